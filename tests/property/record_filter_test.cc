// SPDX-License-Identifier: Apache-2.0
//
// Random filters over random traces: what a filter takes of their records must be what somebody
// says who made the records up and compares with all their values; and the same where chunks are
// left out by their headers.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "analyzer/query/filter.h"
#include "analyzer/query/reach.h"
#include "analyzer/replay/event_order.h"
#include "tests/support/trace_builder.h"

namespace tocsin {
namespace {

using Address = std::array<uint8_t, 16>;
using Known = std::variant<std::string, int64_t, Address>;
// A record's values, by field; what has none is not there.
using Facts = std::map<std::string, std::vector<Known>>;

class Dice {
  public:
    explicit Dice(uint32_t seed) : random_(seed) {}
    size_t below(size_t end) { return random_() % end; }
    bool one_in(size_t chances) { return below(chances) == 0; }
    template <typename List>
    const auto& pick(const List& list) {
        return list[below(std::size(list))];
    }
    // Of few bytes, some of them awkward, so that two names are often alike.
    std::string name() {
        static constexpr std::string_view kBytes = "aab//.*?[\"\\\n\xff";
        std::string name = "/";
        for (size_t length = below(6); length > 0; --length) name += pick(kBytes);
        return name;
    }

  private:
    std::mt19937 random_;
};

// Every byte as an escape that text form and filters share.
std::string as_string(std::string_view bytes) {
    std::string text = "\"";
    for (const char byte : bytes) {
        char escape[5];
        std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(byte));
        text += escape;
    }
    return text + '"';
}

// A trace as text, and what its records say.
class MadeUp {
  public:
    explicit MadeUp(uint32_t seed) : dice_(seed) {
        for (int task = 0; task < 5; ++task) add_task(task);
        for (int file = 0; file < 4; ++file) add_file(file);
        for (int record = 0; record < 80; ++record) add_record();
    }
    const std::string& text() const { return text_; }
    const std::vector<Facts>& records() const { return records_; }

  private:
    void add_task(int number) {
        const auto id = [&] { return static_cast<int64_t>(dice_.below(3)); };
        Facts facts{{"proc.pid", {100 + id()}},   {"proc.tid", {200 + int64_t{number}}},
                    {"proc.uid", {id()}},         {"proc.euid", {id()}},
                    {"proc.gid", {id()}},         {"proc.egid", {id()}},
                    {"proc.comm", {dice_.name()}}};
        const auto number_of = [&](const char* field) {
            return std::to_string(std::get<int64_t>(facts[field][0]));
        };
        text_ += "task t" + std::to_string(number) + " tgid=" + number_of("proc.pid") +
                 " tid=" + number_of("proc.tid") + " uid=" + number_of("proc.uid") +
                 " euid=" + number_of("proc.euid") + " gid=" + number_of("proc.gid") +
                 " egid=" + number_of("proc.egid") +
                 " comm=" + as_string(std::get<std::string>(facts["proc.comm"][0])) + '\n';
        tasks_.push_back(std::move(facts));
    }
    void add_file(int number) {
        const auto inode = static_cast<int64_t>(10 + dice_.below(4));
        const auto owner = static_cast<int64_t>(dice_.below(2));
        text_ += "object o" + std::to_string(number) + " 8:1/" + std::to_string(inode) +
                 " mode=0100640 owner=" + std::to_string(owner) + ":0 name=\"/\"\n";
        files_.push_back({{"file.inode", {inode}},
                          {"file.owner", {owner}},
                          {"file.mode", {int64_t{0640}}},
                          {"file.device", {"8:1"}},
                          {"file.type", {"file"}}});
    }
    void add_record() {
        const size_t task = dice_.below(tasks_.size());
        const auto cpu = static_cast<int64_t>(dice_.below(2));
        time_ += static_cast<int64_t>(records_.empty() ? 0 : dice_.below(3) * 1000);
        Facts facts = tasks_[task];
        facts["cpu"] = {cpu};
        facts["time"] = {time_};
        char time[32];
        std::snprintf(time, sizeof time, "7.%09lld", static_cast<long long>(time_));
        text_ += std::string(time) + " cpu" + std::to_string(cpu) + " t" + std::to_string(task);
        switch (dice_.below(4)) {
            case 0:
                add_open(facts);
                break;
            case 1:
                add_connect(facts);
                break;
            case 2:
                add_return(facts);
                break;
            default:
                add_hook(facts);
        }
        text_ += '\n';
        records_.push_back(std::move(facts));
    }
    void add_open(Facts& facts) {
        const std::string name = dice_.name();
        text_ += " > openat path=16:" + as_string(name) + " flags=1";
        facts["record"] = {"enter"};
        facts["call"] = {"openat"};
        facts["path"] = facts["path.claimed"] = {name};
    }
    void add_connect(Facts& facts) {
        Address address{};
        std::string raw;
        const auto port = static_cast<int64_t>(dice_.below(2) + 80);
        const std::string big_endian{'\0', static_cast<char>(port)};
        if (dice_.one_in(2)) {
            address[10] = address[11] = 0xff;
            for (size_t i = 12; i < 16; ++i) address[i] = static_cast<uint8_t>(dice_.below(3));
            raw = std::string("\x02\0", 2) + big_endian +
                  std::string(address.begin() + 12, address.end()) + std::string(8, '\0');
        } else {
            for (uint8_t& byte : address) byte = static_cast<uint8_t>(dice_.below(2) * 0xfe);
            raw = std::string("\x0a\0", 2) + big_endian + std::string(4, '\0') +
                  std::string(address.begin(), address.end()) + std::string(4, '\0');
        }
        text_ += " > connect value#0=3 address=16:" + as_string(raw) + " value#2=28";
        facts["record"] = {"enter"};
        facts["call"] = {"connect"};
        facts["address"] = {address};
        facts["port"] = {port};
    }
    void add_return(Facts& facts) {
        const bool failed = dice_.one_in(2);
        text_ += failed ? " < openat -ENOENT" : " < openat 3";
        facts["record"] = {"return"};
        facts["call"] = {"openat"};
        facts["result"] = {int64_t{failed ? -2 : 3}};
        if (failed) facts["error"] = {"ENOENT"};
    }
    void add_hook(Facts& facts) {
        const std::string name = dice_.name();
        const size_t first = dice_.below(files_.size()), second = dice_.below(files_.size());
        text_ += " @ path_rename path=" + as_string(name) + " named=o" + std::to_string(first) +
                 " second=o" + std::to_string(second);
        facts["record"] = {"hook"};
        facts["hook"] = {"path_rename"};
        facts["path.kernel"] = {name};
        facts["path"] = {name, "/"};
        facts["file.path"] = {"/"};
        for (const size_t file : {first, second})
            for (const auto& [field, values] : files_[file])
                facts[field].insert(facts[field].end(), values.begin(), values.end());
    }

    Dice dice_;
    std::string text_ = "tocsin-text 1\n";
    std::vector<Facts> tasks_, files_, records_;
    int64_t time_ = 0;
};

// One comparison with one value, as text and as a question.
struct Question {
    std::string text;
    std::function<bool(const Known&)> is_like;
};

// A pattern as its parts; each stands for some number of bytes.
struct Part {
    enum Kind { kByte, kOne, kMany } kind = kByte;
    char byte = 0;      // of kByte
    char excluded = 0;  // of kOne and kMany: the byte that it is not; see `any`
    bool any = false;   // no byte is excluded
};
bool matches(const std::vector<Part>& parts, size_t part, std::string_view bytes, bool to_end) {
    if (part == parts.size()) return bytes.empty() || !to_end;
    const Part& first = parts[part];
    if (first.kind == Part::kMany && matches(parts, part + 1, bytes, to_end)) return true;
    if (bytes.empty()) return false;
    const bool is_one = first.kind == Part::kByte ? bytes[0] == first.byte
                                                  : first.any || bytes[0] != first.excluded;
    return is_one &&
           matches(parts, first.kind == Part::kMany ? part : part + 1, bytes.substr(1), to_end);
}

class FilterMaker {
  public:
    struct Made {
        std::string text;
        std::function<bool(const Facts&)> takes;
    };
    FilterMaker(uint32_t seed, const std::vector<Facts>& records)
        : dice_(seed), records_(records) {}

    Made make(size_t depth = 3) {
        if (depth == 0 || dice_.one_in(4)) return test();
        if (dice_.one_in(4)) {
            const Made inner = make(depth - 1);
            return {"!(" + inner.text + ")",
                    [inner](const Facts& facts) { return !inner.takes(facts); }};
        }
        const Made left = make(depth - 1), right = make(depth - 1);
        // && binds closer: parentheses around an || only where it stands within an &&.
        if (dice_.one_in(2))
            return {"(" + left.text + ") && (" + right.text + ')',
                    [left, right](const Facts& facts) {
                        return left.takes(facts) && right.takes(facts);
                    }};
        return {left.text + "||" + right.text, [left, right](const Facts& facts) {
                    return left.takes(facts) || right.takes(facts);
                }};
    }

  private:
    Made test() {
        static std::vector<const Field*> asked;
        if (asked.empty())
            for (const Field& field : fields())
                if (field.is_of(RowKind::kRecord) && field.name != "group") asked.push_back(&field);
        // Often those that chunks are chosen by.
        const Field* field = dice_.one_in(3) ? find_field(dice_.one_in(2) ? kPidField : kTimeField)
                                             : dice_.pick(asked);
        const std::string name(field->name);
        if (dice_.one_in(12))
            return {name, [name](const Facts& facts) { return facts.contains(name); }};
        const auto some = [name](const Facts& facts, const auto& is_like) {
            const auto values = facts.find(name);
            return values != facts.end() &&
                   std::any_of(values->second.begin(), values->second.end(), is_like);
        };
        if (dice_.one_in(8)) {
            const Question equal = equality(*field, "", false);
            return {name + " != " + equal.text, [=](const Facts& facts) {
                        return facts.contains(name) && !some(facts, equal.is_like);
                    }};
        }
        if (dice_.one_in(4)) {
            std::string text = name + " in {";
            std::vector<Question> set;
            for (size_t count = 1 + dice_.below(3); count > 0; --count) {
                set.push_back(equality(*field, "", true));
                text += (set.size() > 1 ? "," : "") + set.back().text;
            }
            return {text + "}", [=](const Facts& facts) {
                        return std::any_of(set.begin(), set.end(), [&](const Question& one) {
                            return some(facts, one.is_like);
                        });
                    }};
        }
        const Question question = comparison(*field);
        return {name + ' ' + question.text,
                [=](const Facts& facts) { return some(facts, question.is_like); }};
    }

    // A value that some record has of the field, mostly.
    Known value_of(const Field& field) {
        for (int tries = 0; tries < 20; ++tries) {
            const auto& facts = dice_.pick(records_);
            const auto values = facts.find(std::string(field.name));
            if (values != facts.end()) return dice_.pick(values->second);
        }
        if (field.names != nullptr) return std::string(dice_.pick(field.names()));
        if (field.type == FieldType::kText) return dice_.name();
        if (field.type == FieldType::kAddress) return Address{};
        return static_cast<int64_t>(dice_.below(5000));
    }
    static std::string text_of(const Field& field, int64_t number) {
        return std::to_string(number) + (field.type == FieldType::kDuration ? "ns" : "");
    }

    Question equality(const Field& field, const std::string& sign, bool in_set) {
        const Known value = value_of(field);
        if (field.type == FieldType::kText) {
            const auto text = std::get<std::string>(value);
            return {sign + as_string(text),
                    [text](const Known& known) { return known == Known(text); }};
        }
        if (field.type == FieldType::kAddress)
            return network(sign, std::get<Address>(value), in_set ? dice_.below(129) : 128);
        const int64_t least = std::get<int64_t>(value);
        const int64_t most = in_set && least >= 0 && dice_.one_in(2)
                                 ? least + static_cast<int64_t>(dice_.below(3000))
                                 : least;
        return {sign + text_of(field, least) + (most == least ? "" : ".." + text_of(field, most)),
                [least, most](const Known& known) {
                    const int64_t number = std::get<int64_t>(known);
                    return number >= least && number <= most;
                }};
    }
    static Question network(const std::string& sign, const Address& address, size_t bits) {
        std::string text;
        for (size_t i = 0; i < 16; i += 2) {
            char group[8];
            std::snprintf(group, sizeof group, "%s%x", i == 0 ? "" : ":",
                          unsigned{address[i]} << 8U | address[i + 1]);
            text += group;
        }
        return {sign + text + (bits == 128 ? "" : "/" + std::to_string(bits)),
                [address, bits](const Known& known) {
                    const Address& other = std::get<Address>(known);
                    for (size_t bit = 0; bit < bits; ++bit)
                        if (((address[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1) != 0)
                            return false;
                    return true;
                }};
    }

    Question comparison(const Field& field) {
        if (field.type == FieldType::kAddress || dice_.one_in(4))
            return equality(field, "== ", false);
        const Known value = value_of(field);
        if (field.type == FieldType::kText) return text_comparison(std::get<std::string>(value));
        const int64_t limit = std::get<int64_t>(value);
        const std::string text = text_of(field, limit);
        const auto number = [](const Known& known) { return std::get<int64_t>(known); };
        switch (dice_.below(4)) {
            case 0:
                return {"<" + text, [=](const Known& known) { return number(known) < limit; }};
            case 1:
                return {"<= " + text, [=](const Known& known) { return number(known) <= limit; }};
            case 2:
                return {"> " + text, [=](const Known& known) { return number(known) > limit; }};
            default:
                return {">=" + text, [=](const Known& known) { return number(known) >= limit; }};
        }
    }
    Question text_comparison(const std::string& text) {
        if (dice_.one_in(3)) {
            const std::string part = text.substr(dice_.below(text.size()), 1 + dice_.below(3));
            return {"contains " + as_string(part), [part](const Known& known) {
                        return std::get<std::string>(known).find(part) != std::string::npos;
                    }};
        }
        return dice_.one_in(2) ? glob(text) : expression(text);
    }
    Question glob(const std::string& text) {
        std::vector<Part> parts;
        std::string pattern;
        for (const char byte : text) {
            if (dice_.one_in(4) && pattern.back() != '*') {
                // Between slashes ** means more; that is for the pattern's own tests.
                const bool any = dice_.one_in(2) && (pattern.empty() || pattern.back() != '/');
                parts.push_back({Part::kMany, 0, '/', any});
                pattern += any ? "**" : "*";
            } else if (dice_.one_in(4) && byte != '/') {
                parts.push_back({Part::kOne, 0, '/'});
                pattern += '?';
            } else {
                parts.push_back({Part::kByte, byte});
                pattern += std::string("\\") + byte;
            }
        }
        return {"glob " + as_string(pattern), [parts](const Known& known) {
                    return matches(parts, 0, std::get<std::string>(known), true);
                }};
    }
    Question expression(const std::string& text) {
        std::vector<Part> parts;
        std::string pattern;
        const bool from_begin = dice_.one_in(2), to_end = dice_.one_in(2);
        if (from_begin) pattern += '^';
        for (const char byte : text) {
            if (dice_.one_in(4)) {
                parts.push_back({Part::kMany, 0, '\n'});
                pattern += ".*";
            } else if (dice_.one_in(4)) {
                parts.push_back({Part::kOne, 0, '\n'});
                pattern += '.';
            } else if (!dice_.one_in(5)) {
                parts.push_back({Part::kByte, byte});
                char escape[5];
                std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(byte));
                pattern += escape;
            }
        }
        if (to_end) pattern += '$';
        return {"matches " + as_string(pattern), [=](const Known& known) {
                    const std::string_view bytes = std::get<std::string>(known);
                    for (size_t at = 0; at <= (from_begin ? 0 : bytes.size()); ++at)
                        if (matches(parts, 0, bytes.substr(at), to_end)) return true;
                    return false;
                }};
    }

    Dice dice_;
    const std::vector<Facts>& records_;
};

// Positions, in time order, of the records that the filter takes. Chunks are left out as it says.
struct Taken {
    std::vector<std::pair<uint16_t, uint64_t>> records;
    size_t left_out = 0;
};
Taken taken(const TraceReader& trace, const Filter& filter, bool by_headers) {
    const Reach reach = filter.reach();
    EventOrder::WantsChunk wants;
    if (by_headers)
        wants = [&](const ChunkHeader& header, BootTime start) {
            return reach.may_be_in(header, start);
        };
    EventOrder order(trace, 1, {}, nullptr, wants);
    Taken taken;
    while (const auto item = order.next()) {
        const Event& event = *std::get<const Event*>(*item);
        if (filter.matches(Row::of(event, nullptr, *order.first_time())))
            taken.records.emplace_back(event.cpu, event.sequence);
    }
    EXPECT_TRUE(order.losses().empty());
    taken.left_out = order.left_out();
    return taken;
}

TEST(Filter, TakesRecordsByWhatTheySayAndFindsThemByHeaders) {
    size_t all = 0, some = 0, left_out = 0;
    for (uint32_t seed = 1; seed <= 40; ++seed) {
        const MadeUp made(seed);
        const ParsedTrace text = test::parsed(made.text());
        ASSERT_EQ(text.events.size(), made.records().size());
        test::MemorySink sink;
        const auto writer = TraceWriter::create(sink, text.header);
        for (size_t i = 0; i < text.events.size(); ++i) {
            ASSERT_TRUE((*writer)->append(text.events[i]));
            ASSERT_TRUE(i % 6 != 0 || (*writer)->flush());
        }
        ASSERT_TRUE((*writer)->seal("stopped"));
        const auto trace = TraceReader::open(ByteSource::from_memory(std::move(sink.bytes)));
        ASSERT_TRUE(trace);
        FilterMaker maker(seed, made.records());
        for (int i = 0; i < 100; ++i) {
            const auto wanted = maker.make();
            SCOPED_TRACE(wanted.text);
            const auto filter = Filter::parse(wanted.text, RowKind::kRecord);
            ASSERT_TRUE(filter) << filter.error().message;
            std::vector<std::pair<uint16_t, uint64_t>> expected;
            for (size_t at = 0; at < made.records().size(); ++at)
                if (wanted.takes(made.records()[at]))
                    expected.emplace_back(text.events[at].cpu, text.events[at].sequence);
            auto whole = taken(*trace, *filter, false);
            // Records of two CPUs at one time go by CPU.
            std::sort(expected.begin(), expected.end());
            const auto by_headers = taken(*trace, *filter, true);
            EXPECT_EQ(by_headers.records, whole.records);
            std::sort(whole.records.begin(), whole.records.end());
            ASSERT_EQ(whole.records, expected);
            all += made.records().size();
            some += expected.size();
            left_out += by_headers.left_out;
        }
    }
    EXPECT_GT(some, all / 10);
    EXPECT_LT(some, all - all / 10);
    EXPECT_GT(left_out, 4000U);
}

}  // namespace
}  // namespace tocsin
