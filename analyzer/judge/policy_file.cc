// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/policy_file.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>

#include "analyzer/judge/analysis_options.h"
#include "formats/byte_source.h"
#include "formats/nearest.h"
#include "formats/sha256.h"

namespace tocsin {
namespace {

constexpr uint64_t kMostBytes = uint64_t{1} << 20U;
constexpr size_t kMostWrongLetters = 2;

using Keys = std::vector<std::string_view>;

// Reads a table and notes what is wrong in it.
class Reader {
  public:
    Reader(const toml::table& table, std::vector<PolicyMistake>& mistakes)
        : table_(table), mistakes_(mistakes) {}

    void mistake(const toml::node& node, std::string what) {
        const auto place = node.source().begin;
        mistakes_.push_back({place.line, place.column, std::move(what)});
    }
    void mistake(std::string what) { mistake(table_, std::move(what)); }

    void knows_only(const Keys& keys) {
        for (const auto& [key, value] : table_) {
            if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
            const std::string_view like = nearest(key.str(), keys, kMostWrongLetters);
            mistakes_.push_back(
                {key.source().begin.line, key.source().begin.column,
                 fmt::format("there is no \"{}\" here; {}known are {}", key.str(),
                             like.empty() ? "" : fmt::format("did you mean {}? ", like),
                             fmt::join(keys, ", "))});
        }
    }

    std::optional<std::string> text(std::string_view key) {
        const toml::node* node = table_.get(key);
        if (node == nullptr) return std::nullopt;
        if (const auto value = node->value_exact<std::string>()) return value;
        mistake(*node, fmt::format("{} is a string, as in {} = \"...\"", key, key));
        return std::nullopt;
    }
    std::optional<int64_t> number(std::string_view key, int64_t least, int64_t most) {
        const toml::node* node = table_.get(key);
        if (node == nullptr) return std::nullopt;
        const auto value = node->value_exact<int64_t>();
        if (value && *value >= least && *value <= most) return value;
        mistake(*node, fmt::format("{} is a number from {} to {}", key, least, most));
        return std::nullopt;
    }
    std::optional<Glob> glob(std::string_view key) {
        const auto pattern = text(key);
        if (!pattern) return std::nullopt;
        auto parsed = Glob::parse(*pattern);
        if (parsed) return std::move(*parsed);
        mistake(*table_.get(key), fmt::format("{} is no pattern: {}", key, parsed.error().message));
        return std::nullopt;
    }
    std::string needed_text(std::string_view key, std::string_view what_for) {
        if (table_.get(key) == nullptr) mistake(fmt::format("it has no {}: say {}", key, what_for));
        auto value = text(key);
        const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
        if (value && value->empty()) mistake(*table_.get(key), fmt::format("{} is empty", key));
        // Reports have it as it is.
        if (value && !std::all_of(value->begin(), value->end(), is_printable))
            mistake(*table_.get(key), fmt::format("{} has characters beyond ASCII's", key));
        return value.value_or("");
    }

    // A table in this one; nullptr: it has none of the name.
    const toml::table* table(std::string_view key) {
        const toml::node* node = table_.get(key);
        if (node == nullptr) return nullptr;
        if (!node->is_table()) mistake(*node, fmt::format("{} is a table: write [{}]", key, key));
        return node->as_table();
    }
    // The tables of a list.
    std::vector<const toml::table*> tables(std::string_view key) {
        std::vector<const toml::table*> tables;
        const toml::node* node = table_.get(key);
        if (node == nullptr) return tables;
        const toml::array* list = node->as_array();
        if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
            mistake(*node, fmt::format("{} is a list of tables: write [[{}]]", key, key));
            return tables;
        }
        for (const toml::node& entry : *list) tables.push_back(entry.as_table());
        return tables;
    }
    const toml::node* node(std::string_view key) const { return table_.get(key); }
    Reader within(const toml::table& table) { return {table, mistakes_}; }

  private:
    const toml::table& table_;
    std::vector<PolicyMistake>& mistakes_;
};

std::string rule_names() {
    std::string names;
    for (size_t i = 0; i < kRules; ++i)
        names += fmt::format("{}{}", i == 0 ? "" : ", ", name_of(static_cast<Rule>(i)));
    return names;
}

bool is_beginning_of_fingerprint(std::string_view text) {
    constexpr size_t kFewest = 4, kMost = 16;
    return text.size() >= kFewest && text.size() <= kMost &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Of all classes, or behind `prefix` of one.
void read_limits(Reader& in, std::initializer_list<std::string_view> limits,
                 const std::string& prefix, Policy& policy) {
    for (const std::string_view limit : limits) {
        const auto value = in.text(limit);
        if (!value) continue;
        const std::string item = fmt::format("{}{}={}", prefix, limit, *value);
        AnalysisOptions options;
        if (value->find(',') != std::string::npos)
            in.mistake(*in.node(limit), fmt::format("{} is one time, as in \"50ms\"", limit));
        else if (auto set = set_windows(options, item); !set)
            in.mistake(*in.node(limit), set.error().message);
        else
            policy.windows += (policy.windows.empty() ? "" : ",") + item;
    }
}

void read_windows(Reader in, Policy& policy) {
    Keys keys = {"check-use", "mutation-use", "orphan"};
    for (const Rule rule : rules_with_windows()) keys.push_back(name_of(rule));
    in.knows_only(keys);
    read_limits(in, {"check-use", "mutation-use", "orphan"}, "", policy);
    for (const Rule rule : rules_with_windows()) {
        const toml::table* table = in.table(name_of(rule));
        if (table == nullptr) continue;
        Reader of_rule = in.within(*table);
        of_rule.knows_only(Keys{"check-use", "mutation-use"});
        read_limits(of_rule, {"check-use", "mutation-use"}, std::string(name_of(rule)) + ':',
                    policy);
    }
}

void read_thresholds(Reader in, Policy& policy) {
    in.knows_only(Keys{"confidence"});
    policy.confidence = static_cast<int>(in.number("confidence", 0, 100).value_or(0));
}

void read_trusted(Reader in, Policy& policy) {
    in.knows_only(Keys{"uid", "program", "reason"});
    Policy::Trusted trusted;
    if (const auto uid = in.number("uid", 0, UINT32_MAX)) trusted.uid = static_cast<uint32_t>(*uid);
    trusted.program = in.glob("program");
    trusted.reason = in.needed_text("reason", "why they are trusted");
    if (in.node("uid") == nullptr && in.node("program") == nullptr)
        in.mistake("it trusts everybody: say uid, program or both");
    else if (trusted.uid || trusted.program)
        policy.trusted.push_back(std::move(trusted));
}

void read_sensitive(Reader in, Policy& policy) {
    in.knows_only(Keys{"path", "category"});
    if (in.node("path") == nullptr) in.mistake("it has no path: say which files");
    auto path = in.glob("path");
    std::string category = in.needed_text("category", "what they are");
    if (path) policy.sensitive.push_back({std::move(*path), std::move(category)});
}

void read_off(Reader in, Policy& policy) {
    in.knows_only(Keys{"rule", "finding", "reason"});
    Policy::Off off;
    if (const auto name = in.text("rule")) {
        off.rule = rule_named(*name);
        if (!off.rule)
            in.mistake(*in.node("rule"),
                       fmt::format("\"{}\" is no class; there are {}", *name, rule_names()));
    }
    if (const auto finding = in.text("finding")) {
        if (is_beginning_of_fingerprint(*finding))
            off.finding = *finding;
        else
            in.mistake(*in.node("finding"),
                       fmt::format("\"{}\" is no id of a finding: 4 to 16 hexadecimal digits, as "
                                   "reports give it",
                                   *finding));
    }
    off.reason = in.needed_text("reason", "why that is no matter");
    if (in.node("rule") == nullptr && in.node("finding") == nullptr)
        in.mistake("it sets everything aside: say a rule or a finding");
    else if (off.rule || !off.finding.empty())
        policy.off.push_back(std::move(off));
}

void read_tables(const toml::table& root, ParsedPolicy& parsed) {
    Reader in(root, parsed.mistakes);
    in.knows_only(Keys{"windows", "thresholds", "trusted", "sensitive", "off"});
    const auto reader = [&](const toml::table& table) { return Reader(table, parsed.mistakes); };
    if (const auto* table = in.table("windows")) read_windows(reader(*table), parsed.policy);
    if (const auto* table = in.table("thresholds")) read_thresholds(reader(*table), parsed.policy);
    for (const auto* table : in.tables("trusted")) read_trusted(reader(*table), parsed.policy);
    for (const auto* table : in.tables("sensitive")) read_sensitive(reader(*table), parsed.policy);
    for (const auto* table : in.tables("off")) read_off(reader(*table), parsed.policy);
}

}  // namespace

bool Policy::Trusted::holds(const Actor& actor) const {
    if (actor.task == nullptr) return false;
    if (uid && actor.task->credentials.euid != *uid) return false;
    if (!program) return true;
    const auto executable = actor.caller->executable();
    return executable != nullptr && program->matches(executable->path());
}

bool Policy::Off::holds(const Candidate& candidate, std::string_view fingerprint) const {
    return (!rule || *rule == candidate.rule) && fingerprint.starts_with(finding);
}

namespace {

// A line with keys nested deeper than any policy has; the parser goes down one call for each. Dots
// within quotes nest nothing. 0: there is none.
uint32_t line_of_deep_keys(std::string_view text) {
    constexpr size_t kMostDots = 200;
    uint32_t line = 1;
    size_t dots = 0;
    char quoted_by = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char byte = text[i];
        if (byte == '\n') {
            ++line;
            dots = 0;
            quoted_by = 0;
        } else if (quoted_by == '"' && byte == '\\') {
            ++i;
        } else if (quoted_by != 0) {
            if (byte == quoted_by) quoted_by = 0;
        } else if (byte == '"' || byte == '\'') {
            quoted_by = byte;
        } else if (byte == '.' && ++dots > kMostDots) {
            return line;
        }
    }
    return 0;
}

}  // namespace

ParsedPolicy parse_policy(std::string_view text, std::string name) {
    ParsedPolicy parsed;
    parsed.policy.name = std::move(name);
    parsed.policy.hash =
        sha256({std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size())});
    if (const uint32_t line = line_of_deep_keys(text); line != 0) {
        parsed.mistakes.push_back({line, 1, "no key of a policy is nested as deep as this line's"});
        return parsed;
    }
    try {
        read_tables(toml::parse(text), parsed);
    } catch (const toml::parse_error& error) {
        const auto place = error.source().begin;
        parsed.mistakes.push_back(
            {place.line, place.column, "this is no TOML: " + std::string(error.description())});
    }
    std::stable_sort(parsed.mistakes.begin(), parsed.mistakes.end(),
                     [](const PolicyMistake& a, const PolicyMistake& b) {
                         return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                     });
    return parsed;
}

Result<std::string> read_policy_text(const std::string& path) {
    const auto source = ByteSource::open(path, kMostBytes);
    if (!source) return source.error();
    std::string text((*source)->size(), '\0');
    auto read =
        (*source)->read_at(0, std::span(reinterpret_cast<uint8_t*>(text.data()), text.size()));
    if (!read) return read.error();
    return text;
}

Result<std::shared_ptr<const Policy>> read_policy(const std::string& path) {
    const auto text = read_policy_text(path);
    if (!text) return text.error();
    ParsedPolicy parsed = parse_policy(*text, path);
    if (!parsed.mistakes.empty()) {
        const PolicyMistake& first = parsed.mistakes.front();
        return Error{fmt::format("line {}, column {}: {}{}", first.line, first.column, first.what,
                                 parsed.mistakes.size() == 1
                                     ? std::string()
                                     : fmt::format("; `tocsin rules --lint` lists all {} mistakes",
                                                   parsed.mistakes.size()))};
    }
    return std::make_shared<const Policy>(std::move(parsed.policy));
}

}  // namespace tocsin
