// SPDX-License-Identifier: Apache-2.0
#include "tests/support/trace_builder.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>

namespace tocsin::test {
namespace {

template <typename T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "a test's own trace is refused: %s\n", result.error().message.c_str());
        std::abort();
    }
    if constexpr (!std::is_same_v<T, std::monostate>) return std::move(*result);
    return {};
}

// Draws by itself: the standard's distributions differ between libraries.
class Dice {
  public:
    explicit Dice(uint32_t seed) : engine_(seed) {}
    uint64_t below(uint64_t limit) { return any() % limit; }
    bool one_in(uint64_t n) { return below(n) == 0; }
    uint64_t any() { return uint64_t{engine_()} << 32U | engine_(); }
    // Small, large or at the edge.
    template <typename Integer>
    Integer number() {
        switch (below(4)) {
            case 0:
                return 0;
            case 1:
                return static_cast<Integer>(below(100));
            case 2:
                return static_cast<Integer>(any());
            default: {
                using Limits = std::numeric_limits<Integer>;
                return one_in(2) ? Limits::min() : Limits::max();
            }
        }
    }
    template <typename T, size_t N>
    const T& pick(const T (&values)[N]) {
        return values[below(N)];
    }

  private:
    std::mt19937 engine_;
};

class RandomTrace {
  public:
    explicit RandomTrace(uint32_t seed) : dice_(seed) {}

    ParsedTrace make() {
        header();
        for (size_t i = dice_.below(3); i > 0; --i) trace_.clocks.push_back(clock());
        for (size_t i = 0; i < 5; ++i) task();
        for (size_t i = 0; i < 12; ++i) node();
        for (size_t i = dice_.below(10); i > 0; --i) found();
        for (size_t i = dice_.below(300); i > 0; --i) event();
        for (size_t i = dice_.below(3); i > 0; --i) trace_.losses.push_back(loss());
        if (!dice_.one_in(4)) trace_.seal_reason = text();
        return std::move(trace_);
    }

  private:
    // Any bytes but NUL, which the message's Text fields cannot hold.
    std::string text() {
        std::string value(bytes());
        std::erase(value, '\0');
        return value;
    }

    std::string_view bytes() {
        static constexpr std::string_view kPieces[] = {
            "/bin/ls",      "a b",  "\"",   "\\",       "\n",   "\t",           "\r",
            "\x7f",         "\x01", "\xff", "\xc3\xa4", "\xc3", "\xe2\x80\xae", "\xf0\x9f\x94\x94",
            "\xed\xa0\x80", "#",    "=",    "]",        "~",    "\\x41"};
        std::string& value = trace_.strings.emplace_back();
        for (size_t i = dice_.below(6); i > 0; --i) {
            if (dice_.one_in(5)) value += '\0';
            value += dice_.pick(kPieces);
            if (dice_.one_in(5)) value += static_cast<char>(dice_.any());
        }
        if (dice_.one_in(50)) value.append(dice_.below(5000), 'A');
        return value;
    }

    void header() {
        TraceHeader& header = trace_.header;
        header.host = text();
        header.recorder_version = text();
        header.kernel_release = text();
        header.kernel_version = text();
        header.machine = text();
        header.boot_id = text();
        header.cpus = dice_.number<uint16_t>();
        for (size_t i = dice_.below(4); i > 0; --i) header.options.push_back(text());
        for (size_t i = dice_.below(3); i > 0; --i)
            header.hooks.push_back({text(), text(), text()});
        for (size_t i = dice_.below(3); i > 0; --i) header.sysctls.push_back({text(), text()});
    }

    ClockSample clock() {
        return {{dice_.number<uint64_t>()}, dice_.number<uint64_t>(), dice_.number<int64_t>(),
                dice_.number<int64_t>(),    dice_.number<int64_t>(),  dice_.number<int32_t>()};
    }

    RecordsLost loss() {
        RecordsLost loss{{dice_.number<uint64_t>()}, dice_.number<uint64_t>(), {}};
        for (uint64_t& count : loss.counts) count = dice_.number<uint64_t>();
        return loss;
    }

    void task() {
        Task& task = trace_.tasks.emplace_back();
        task.id = {dice_.number<int32_t>(), dice_.number<int32_t>(), {dice_.number<uint64_t>()}};
        if (dice_.one_in(2)) task.id = {100, 100, {1'000'000'000}};
        Credentials& ids = task.credentials;
        for (uint32_t* id : {&ids.uid, &ids.euid, &ids.suid, &ids.fsuid, &ids.gid, &ids.egid,
                             &ids.sgid, &ids.fsgid})
            *id = dice_.number<uint32_t>();
        ids.permitted = dice_.number<uint64_t>();
        ids.effective = dice_.one_in(2) ? ids.permitted : dice_.number<uint64_t>();
        task.namespaces = {dice_.number<uint32_t>(), dice_.number<uint32_t>(),
                           dice_.number<uint32_t>()};
        task.abi = static_cast<Abi>(dice_.below(3));
        task.comm = bytes().substr(0, EventColumns::kMaxCommBytes);
    }

    void node() {
        ObjectNode node;
        node.id = {dice_.number<uint64_t>(), dice_.number<uint64_t>(), dice_.number<uint32_t>()};
        node.mode = dice_.one_in(2) ? 0100755 : dice_.number<uint32_t>();
        node.uid = dice_.number<uint32_t>();
        node.gid = dice_.number<uint32_t>();
        node.links = dice_.number<uint32_t>();
        node.mount = dice_.number<uint32_t>();
        node.name = bytes().substr(0, EventColumns::kMaxNameBytes);
        node.cut = dice_.one_in(4);
        if (!trace_.nodes.empty() && !dice_.one_in(4)) node.parent = &any_node();
        trace_.nodes.push_back(node);
    }

    const Task& any_task() { return trace_.tasks[dice_.below(trace_.tasks.size())]; }
    const ObjectNode& any_node() { return trace_.nodes[dice_.below(trace_.nodes.size())]; }

    uint16_t any_call() {
        static constexpr uint16_t kCalls[] = {59, 322, 117, 126, 0, 350, 9999};
        return dice_.pick(kCalls);
    }

    CapturedBytes captured() {
        CapturedBytes value{bytes(), 0, 0, dice_.one_in(4)};
        value.full_length =
            dice_.one_in(2) ? static_cast<uint32_t>(value.bytes.size()) : dice_.number<uint32_t>();
        if (dice_.one_in(4)) value.error = dice_.number<uint16_t>();
        return value;
    }

    uint8_t any_argument() {
        return dice_.one_in(4) ? kUnknownArgument : static_cast<uint8_t>(dice_.below(6));
    }
    OperandKind any_kind() { return static_cast<OperandKind>(dice_.below(kOperandKinds)); }

    std::span<const Claim> claims() {
        auto& list = trace_.claims.emplace_back();
        for (size_t i = dice_.below(5); i > 0; --i) {
            Claim& claim = list.emplace_back(
                Claim{any_argument(), any_kind(), dice_.number<uint64_t>(), std::nullopt});
            if (dice_.one_in(2)) claim.memory = ClaimedBytes{captured()};
        }
        return list;
    }

    std::span<const KernelCopy> copies() {
        auto& list = trace_.copies.emplace_back();
        for (size_t i = dice_.below(5); i > 0; --i)
            list.push_back({any_argument(), any_kind(), dice_.one_in(3), KernelBytes{captured()}});
        return list;
    }

    std::span<const KernelObject> objects() {
        auto& list = trace_.objects.emplace_back();
        for (size_t i = dice_.below(4); i > 0; --i)
            list.push_back({static_cast<ObjectRole>(dice_.below(5)), &any_node()});
        return list;
    }

    // Of CPU 0 mostly, with gaps; `sequences` are those of the events' own list.
    Event numbered(std::map<uint16_t, uint64_t>& sequences) {
        Event event;
        event.cpu = dice_.one_in(3) ? static_cast<uint16_t>(dice_.below(3)) : uint16_t{0};
        uint64_t& sequence = sequences[event.cpu];
        sequence += 1 + (dice_.one_in(10) ? dice_.below(uint64_t{1} << 34U) : 0);
        event.sequence = sequence;
        // Later than all before it, so that the order of the lines is the order in time.
        time_ += 1 + dice_.below(dice_.one_in(20) ? uint64_t{1} << 34U : 1000);
        event.time.ns = time_;
        event.task = &any_task();
        return event;
    }

    void found() {
        Event event = numbered(found_sequences_);
        event.body = TaskFound{dice_.one_in(2) ? nullptr : &any_task(), objects()};
        if (dice_.one_in(8)) event.call = CallId{3, 4};
        trace_.found.push_back(event);
    }

    void event() {
        Event event = numbered(sequences_);
        switch (dice_.below(6)) {
            case 0:
                event.body = SyscallEntered{any_call(), claims()};
                break;
            case 1:
                event.body = SyscallReturned{any_call(), result(), claims()};
                break;
            case 2:
                event.body = TaskForked{&any_task(), dice_.one_in(2), dice_.one_in(2)};
                break;
            case 3:
                event.body = TaskExited{dice_.number<int32_t>(), dice_.one_in(2)};
                break;
            default:
                event.body = HookFired{static_cast<uint16_t>(dice_.one_in(2) ? 1 : dice_.any()),
                                       dice_.number<int64_t>(), copies(), objects()};
        }
        switch (dice_.below(4)) {
            case 0:
                break;
            case 1:
                event.call = CallId{event.cpu, event.sequence};
                break;
            case 2:
                event.call = CallId{dice_.number<uint16_t>(), dice_.number<uint64_t>()};
                break;
            default:
                event.call = last_call_;
        }
        if (std::holds_alternative<SyscallEntered>(event.body)) last_call_ = event.call;
        trace_.events.push_back(event);
    }

    int64_t result() {
        return dice_.one_in(2) ? -static_cast<int64_t>(dice_.below(140)) : dice_.number<int64_t>();
    }

    Dice dice_;
    ParsedTrace trace_;
    uint64_t time_ = 0;
    std::map<uint16_t, uint64_t> sequences_, found_sequences_;
    std::optional<CallId> last_call_;
};

bool same_node(const ObjectNode* left, const ObjectNode* right) {
    for (; left != nullptr && right != nullptr; left = left->parent, right = right->parent) {
        if (left->id != right->id || left->mode != right->mode || left->uid != right->uid ||
            left->gid != right->gid || left->links != right->links || left->mount != right->mount ||
            left->name != right->name || left->cut != right->cut)
            return false;
    }
    return left == right;
}

bool same_task(const Task* left, const Task* right) {
    return left == nullptr || right == nullptr ? left == right : *left == *right;
}

bool same_body(const KernelObject& left, const KernelObject& right) {
    return left.role == right.role && same_node(left.node, right.node);
}

bool same_body(const Claim& left, const Claim& right) {
    return left.argument == right.argument && left.kind == right.kind &&
           left.register_value == right.register_value && left.memory == right.memory;
}

bool same_body(const KernelCopy& left, const KernelCopy& right) {
    return left.argument == right.argument && left.kind == right.kind &&
           left.from_descriptor == right.from_descriptor && left.value == right.value;
}

template <typename T>
bool same_list(std::span<const T> left, std::span<const T> right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const T& a, const T& b) { return same_body(a, b); });
}

bool same_body(const SyscallEntered& left, const SyscallEntered& right) {
    return left.number == right.number && same_list(left.claims, right.claims);
}
bool same_body(const SyscallReturned& left, const SyscallReturned& right) {
    return left.number == right.number && left.result == right.result &&
           same_list(left.claims, right.claims);
}
bool same_body(const HookFired& left, const HookFired& right) {
    return left.hook == right.hook && left.detail == right.detail &&
           same_list(left.copies, right.copies) && same_list(left.objects, right.objects);
}
bool same_body(const TaskForked& left, const TaskForked& right) {
    return same_task(left.child, right.child) && left.shares_files == right.shares_files &&
           left.shares_place == right.shares_place && left.shares_memory == right.shares_memory;
}
bool same_body(const TaskExited& left, const TaskExited& right) {
    return left.exit_code == right.exit_code && left.last_thread == right.last_thread;
}
bool same_body(const TaskFound& left, const TaskFound& right) {
    return same_task(left.parent, right.parent) && same_list(left.objects, right.objects);
}

bool same_clock(const ClockSample& left, const ClockSample& right) {
    return left.time == right.time && left.uncertainty_ns == right.uncertainty_ns &&
           left.realtime_ns == right.realtime_ns && left.monotonic_ns == right.monotonic_ns &&
           left.tai_ns == right.tai_ns && left.adjtimex_status == right.adjtimex_status;
}

bool same_loss(const RecordsLost& left, const RecordsLost& right) {
    return left.time == right.time && left.events == right.events && left.counts == right.counts;
}

std::map<uint16_t, std::vector<Event>> by_cpu(const std::vector<Event>& events) {
    std::map<uint16_t, std::vector<Event>> lists;
    for (const Event& event : events) lists[event.cpu].push_back(event);
    return lists;
}

// Events of several CPUs, each CPU's in its order, as one list by (time, CPU).
std::vector<Event> merged(const std::map<uint16_t, std::vector<Event>>& lists) {
    std::map<uint16_t, size_t> next;
    std::vector<Event> all;
    while (true) {
        const Event* first = nullptr;
        for (const auto& [cpu, events] : lists) {
            const size_t at = next[cpu];
            if (at < events.size() && (first == nullptr || events[at].time < first->time))
                first = &events[at];
        }
        if (first == nullptr) return all;
        all.push_back(*first);
        ++next[first->cpu];
    }
}

}  // namespace

const std::string_view kSmallTrace = R"(tocsin-text 1
header host="debian" kernel="6.1.0" cpus=2
option "--buffer"
hook "sched_process_exec" source="tracepoint"
sysctl "fs.protected_symlinks" "1"
clock 5.000000000 uncertainty=0.000000100 realtime=1700000000.000000000
task t1 tgid=100 comm="victim" uid=1000
task t2 tgid=1 comm=""
object o1 8:1/2 mode=040755 name="/"
object o2 8:1/42 gen=7 mode=0104755 links=2 mount=29 name="sh" in=o1
5.000000000 cpu0 t1 found parent=t2 exe=o2 cwd=o1
5.000100000 cpu0 t1 > execve path=0x7ffd10:"/bin/ls" argv=0x7ffd20:["ls" "-l"]
5.000110000 cpu0 t1 @ sched_process_exec path="/bin/sh" argv=["ls" "-l"] exe=o2 detail=100
5.000120000 cpu0 t1 < execve 0
task t3 tgid=200 comm="attacker"
5.000130000 cpu1 #7 t3 > setresuid value#0=-1 value#1=0 value#2=-1
5.000140000 cpu1 t3 < setresuid -EPERM
task t4 tgid=201 comm="child"
5.000150000 cpu1 t3 fork t4
5.000160000 cpu1 t4 exit code=256 last
lost 6.000000000 events=8 ring-full=3
seal "stopped"
)";

ParsedTrace parsed(std::string_view text) {
    return must(parse_text(text));
}

Bytes bytes_of(const ParsedTrace& trace) {
    MemorySink sink;
    must(write_trace(trace, sink));
    return std::move(sink.bytes);
}

ReadTrace read_all(const TraceReader& reader) {
    ReadTrace read;
    read.trace.header = reader.header();
    std::map<uint16_t, std::vector<Event>> found, events;
    for (size_t i = 0; i < reader.chunks().size(); ++i) {
        const auto chunk = reader.read(i);
        if (!chunk) {
            read.error = chunk.error().message;
            break;
        }
        if (const auto* clock = std::get_if<ClockSample>(&*chunk))
            read.trace.clocks.push_back(*clock);
        if (const auto* loss = std::get_if<RecordsLost>(&*chunk))
            read.trace.losses.push_back(*loss);
        const auto* batch = std::get_if<std::shared_ptr<const EventBatch>>(&*chunk);
        if (batch == nullptr) continue;
        read.batches.push_back(*batch);
        auto& lists = (*batch)->is_snapshot() ? found : events;
        for (const Event& event : (*batch)->events()) lists[event.cpu].push_back(event);
    }
    read.trace.found = merged(found);
    read.trace.events = merged(events);
    if (reader.seal()) read.trace.seal_reason = reader.seal()->reason;
    return read;
}

Result<std::string> text_of(const TraceReader& reader) {
    const ReadTrace read = read_all(reader);
    if (!read.error.empty()) return Error{read.error};
    return tocsin::text_of(read.trace);
}

ParsedTrace random_trace(uint32_t seed) {
    return RandomTrace(seed).make();
}

::testing::AssertionResult same(const Event& left, const Event& right) {
    const auto differs = [&](const char* what) {
        return ::testing::AssertionFailure()
               << what << " of record " << left.sequence << " of CPU " << left.cpu << " differs";
    };
    if (left.time != right.time) return differs("the time");
    if (left.cpu != right.cpu || left.sequence != right.sequence) return differs("the number");
    if (left.call != right.call) return differs("the call");
    if (!same_task(left.task, right.task)) return differs("the task");
    if (left.body.index() != right.body.index()) return differs("the kind");
    const auto compare = [&]<typename Body>(const Body& body) {
        return same_body(body, std::get<Body>(right.body));
    };
    if (!std::visit(compare, left.body)) return differs("the body");
    return ::testing::AssertionSuccess();
}

::testing::AssertionResult same(const ParsedTrace& left, const ParsedTrace& right) {
    const auto failure = [] { return ::testing::AssertionFailure(); };
    if (!(left.header == right.header)) return failure() << "the headers differ";
    if (left.seal_reason != right.seal_reason) return failure() << "the seals differ";
    if (!std::equal(left.clocks.begin(), left.clocks.end(), right.clocks.begin(),
                    right.clocks.end(), same_clock))
        return failure() << "the clock samples differ";
    if (!std::equal(left.losses.begin(), left.losses.end(), right.losses.begin(),
                    right.losses.end(), same_loss))
        return failure() << "the losses differ";
    if (left.found.size() != right.found.size() || left.events.size() != right.events.size())
        return failure() << "the numbers of events differ";
    for (size_t i = 0; i < left.found.size(); ++i)
        if (auto result = same(left.found[i], right.found[i]); !result) return result;
    for (size_t i = 0; i < left.events.size(); ++i)
        if (auto result = same(left.events[i], right.events[i]); !result) return result;
    return ::testing::AssertionSuccess();
}

::testing::AssertionResult is_prefix(const ParsedTrace& part, const ParsedTrace& whole) {
    const auto failure = [] { return ::testing::AssertionFailure(); };
    if (!(part.header == whole.header)) return failure() << "the headers differ";
    if (part.clocks.size() > whole.clocks.size() ||
        !std::equal(part.clocks.begin(), part.clocks.end(), whole.clocks.begin(), same_clock))
        return failure() << "the clock samples differ";
    if (part.losses.size() > whole.losses.size() ||
        !std::equal(part.losses.begin(), part.losses.end(), whole.losses.begin(), same_loss))
        return failure() << "the losses differ";
    for (const auto list : {&ParsedTrace::found, &ParsedTrace::events}) {
        const auto all = by_cpu(whole.*list);
        for (const auto& [cpu, events] : by_cpu(part.*list)) {
            const auto at = all.find(cpu);
            if (at == all.end() || events.size() > at->second.size())
                return failure() << "CPU " << cpu << " has events that the whole has not";
            for (size_t i = 0; i < events.size(); ++i)
                if (auto result = same(events[i], at->second[i]); !result) return result;
        }
    }
    return ::testing::AssertionSuccess();
}

}  // namespace tocsin::test
