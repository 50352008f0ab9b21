// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/trace_properties.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_set>
#include <vector>

#include "analyzer/replay/event_order.h"
#include "analyzer/replay/operation_assembler.h"
#include "analyzer/replay/world_state.h"
#include "formats/text_form.h"
#include "formats/trace_reader.h"

namespace tocsin::fuzz {
namespace {

// Tables name a string, a task or an object once and events as often as they like, so that a chunk
// can say far more than it holds. Replay needs memory for what it holds only, but has to look at
// all: beyond the first an input is only decoded, beyond the second not printed and parsed. That
// takes longer than a fuzzer should spend on one.
constexpr size_t kMaxReplayedBytes = size_t{256} << 20;
constexpr size_t kMaxPrintedBytes = size_t{1} << 20;

template <typename T>
T must(Result<T> result, const char* what) {
    if (!result) fail(std::string(what) + ": " + result.error().message);
    return std::move(*result);
}

size_t expanded(std::span<const Claim> claims) {
    size_t bytes = 0;
    for (const Claim& claim : claims) bytes += 64 + (claim.memory ? claim.memory->bytes.size() : 0);
    return bytes;
}

size_t expanded(std::span<const KernelCopy> copies) {
    size_t bytes = 0;
    for (const KernelCopy& copy : copies) bytes += 64 + copy.value.bytes.size();
    return bytes;
}

size_t expanded(std::span<const KernelObject> objects) {
    size_t bytes = 0;
    for (const KernelObject& object : objects)
        for (const ObjectNode* node = object.node; node != nullptr; node = node->parent)
            bytes += 64 + node->name.size();
    return bytes;
}

// About what the event takes where nothing is shared.
size_t expanded(const Event& event) {
    size_t bytes = 64 + event.task->comm.size();
    if (const auto* entered = std::get_if<SyscallEntered>(&event.body))
        bytes += expanded(entered->claims);
    else if (const auto* returned = std::get_if<SyscallReturned>(&event.body))
        bytes += expanded(returned->claims);
    else if (const auto* hook = std::get_if<HookFired>(&event.body))
        bytes += expanded(hook->copies) + expanded(hook->objects);
    else if (const auto* found = std::get_if<TaskFound>(&event.body))
        bytes += expanded(found->objects);
    return bytes;
}

struct Contents {
    size_t events = 0;
    size_t expanded = 0;
    size_t unreadable = 0;  // chunks
};

Contents read_chunks(const TraceReader& trace) {
    Contents contents;
    for (size_t i = 0; i < trace.chunks().size(); ++i) {
        const auto chunk = trace.read(i);
        if (!chunk) {
            ++contents.unreadable;
            if (chunk.error().message.empty()) fail("a chunk is refused without a reason");
            continue;
        }
        const auto* batch = std::get_if<std::shared_ptr<const EventBatch>>(&*chunk);
        if (batch == nullptr) continue;
        contents.events += (*batch)->events().size();
        for (const Event& event : (*batch)->events()) contents.expanded += expanded(event);
    }
    return contents;
}

// What calls hold of the trace's strings, each counted as often as it is in memory.
class HeldBytes {
  public:
    void add(const Operation& operation) {
        for (const Operand& operand : operation.operands) {
            if (operand.entry) add(operand.entry->bytes);
            if (operand.kernel) add(operand.kernel->bytes);
            if (operand.exit) add(operand.exit->bytes);
        }
        if (operation.interpreter) add(operation.interpreter->bytes);
        if (operation.peer) add(operation.peer->bytes);
        for (const ProcessImage* image = operation.caller.image.get(); image != nullptr;
             image = image->parent.get())
            add(image->executable.get());
        for (const auto& object : operation.objects) add(object.file.get());
        for (const auto& object : operation.also_opened) add(object.get());
        for (const FollowedLink& followed : operation.links) {
            add(followed.link.get());
            if (followed.target) add(followed.target->bytes);
        }
    }
    size_t total() const { return total_; }

  private:
    void add(const SharedBytes& bytes) {
        if (!bytes.empty() && seen_.insert(bytes.data()).second) total_ += bytes.size();
    }
    void add(const FileObject* file) {
        for (; file != nullptr && seen_.insert(file).second; file = file->parent.get())
            add(file->link.name);
    }

    std::unordered_set<const void*> seen_;
    size_t total_ = 0;
};

enum class Print { kNo, kYes };

// Replays the trace as an analysis does, and prints it as `tocsin dump` does.
class Replay {
  public:
    explicit Replay(const TraceReader& trace, Print print = Print::kYes)
        : trace_(trace), print_(print), order_(trace) {}

    std::string run() {
        std::string text;
        writer_.print(trace_.header(), text);
        print_clocks(text);
        std::string losses;
        while (const auto item = order_.next()) {
            if (const auto* event = std::get_if<const Event*>(&*item)) observe(**event, text);
            if (const auto* loss = std::get_if<RecordsLost>(&*item)) writer_.print(*loss, losses);
        }
        assembler_.finish();
        check_held_bytes();
        text += losses;
        if (trace_.seal()) writer_.print_seal(trace_.seal()->reason, text);
        return text;
    }
    size_t events() const { return events_; }
    size_t damaged_chunks() const { return order_.damage().size(); }

  private:
    void print_clocks(std::string& text) {
        for (size_t i = 0; i < trace_.chunks().size(); ++i) {
            if (trace_.chunks()[i].header.kind != ChunkKind::kClock) continue;
            const auto chunk = trace_.read(i);
            if (!chunk) continue;
            if (const auto* clock = std::get_if<ClockSample>(&*chunk)) writer_.print(*clock, text);
        }
    }
    void observe(const Event& event, std::string& text) {
        ++events_;
        world_.observe(event);
        assembler_.observe(event);
        if (print_ == Print::kYes) writer_.print(event, text);
    }
    void take(std::shared_ptr<const Operation> operation) {
        if (operation->syscall == nullptr) fail("an operation has no system call");
        if (kept_.size() < kMostKept) kept_.push_back(std::move(operation));
    }
    // World and assembler each have at most one of every string of a chunk.
    void check_held_bytes() const {
        size_t plain = 0;
        for (const auto& chunk : trace_.chunks()) plain += chunk.header.plain_bytes;
        HeldBytes held;
        for (const auto& operation : kept_) held.add(*operation);
        if (held.total() > 2 * plain)
            fail("calls hold " + std::to_string(held.total()) + " bytes of a trace of " +
                 std::to_string(plain));
    }

    static constexpr size_t kMostKept = 20000;  // tens of megabytes
    const TraceReader& trace_;
    const Print print_;
    EventOrder order_;
    TextFormWriter writer_;
    WorldState world_;
    std::vector<std::shared_ptr<const Operation>> kept_;  // as findings are
    OperationAssembler assembler_{
        world_, [this](std::shared_ptr<const Operation> operation) { take(std::move(operation)); }};
    size_t events_ = 0;
};

enum class Whole { kNo, kYes };

// Behind a damaged chunk, events wait until the time that its header states: of such a trace the
// text must be readable, and no more.
void check_text(const std::string& text, Whole whole) {
    const ParsedTrace parsed = must(parse_text(text), "a trace's own text is refused");
    if (!fits_its_frames(parsed)) return;
    MemorySink sink;
    must(write_trace(parsed, sink), "a trace's own text cannot be written");
    const TraceReader again = must(TraceReader::open(ByteSource::from_memory(sink.bytes)),
                                   "a trace that was just written is refused");
    if ((again.end() == TraceEnd::kSealed) != parsed.seal_reason.has_value())
        fail("a trace that was just written does not end as it should: " + again.end_reason());
    Replay replay(again);
    const std::string text_again = replay.run();
    if (replay.damaged_chunks() != 0) fail("a trace that was just written has damaged chunks");
    if (text_again == text || whole == Whole::kNo) return;
    std::fprintf(stderr, "--- the text of the trace\n%s\n--- and of what was written from it\n%s\n",
                 text.c_str(), text_again.c_str());
    fail("trace, text, trace: the texts differ");
}

}  // namespace

void fail(const std::string& why) {
    std::fprintf(stderr, "a property does not hold: %s\n", why.c_str());
    std::abort();
}

bool fits_its_frames(const ParsedTrace& trace) {
    constexpr size_t kSealWithoutReason = 1024;
    return as_bytes(encode(trace.header)).size() <= kMaxMetadataBytes &&
           (!trace.seal_reason ||
            trace.seal_reason->size() + kSealWithoutReason <= kMaxMetadataBytes);
}

Reached::~Reached() {
    std::fprintf(stderr,
                 "reached: %llu inputs, %llu accepted, %llu events in them, %llu replayed, %llu "
                 "texts compared\n",
                 static_cast<unsigned long long>(inputs), static_cast<unsigned long long>(accepted),
                 static_cast<unsigned long long>(events), static_cast<unsigned long long>(replayed),
                 static_cast<unsigned long long>(printed));
}

Reached& reached() {
    static Reached counts;
    return counts;
}

bool check_trace(Bytes bytes) {
    const auto trace = TraceReader::open(ByteSource::from_memory(std::move(bytes)));
    if (!trace) {
        if (trace.error().message.empty()) fail("a trace is refused without a reason");
        return false;
    }
    if ((trace->end() == TraceEnd::kSealed) != trace->end_reason().empty())
        fail("a trace's end and its reason contradict each other");
    if (trace->seal() && trace->end() == TraceEnd::kSealed &&
        trace->seal()->final_hash != trace->chain_hash())
        fail("a sealed trace's chain is not what its seal says");
    const Contents contents = read_chunks(*trace);
    reached().events += contents.events;
    if (contents.expanded > kMaxReplayedBytes) return true;
    const Print print = contents.expanded > kMaxPrintedBytes ? Print::kNo : Print::kYes;
    Replay replay(*trace, print);
    const std::string text = replay.run();
    if (replay.damaged_chunks() < contents.unreadable) fail("a chunk's damage is not reported");
    if (replay.damaged_chunks() == contents.unreadable && replay.events() != contents.events)
        fail("the replay has another number of events than the chunks");
    ++reached().replayed;
    if (print == Print::kNo) return true;
    const bool is_whole = replay.damaged_chunks() == 0;
    check_text(text, is_whole ? Whole::kYes : Whole::kNo);
    if (is_whole) ++reached().printed;
    return true;
}

}  // namespace tocsin::fuzz
