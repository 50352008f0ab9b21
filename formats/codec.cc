// SPDX-License-Identifier: Apache-2.0
#include "formats/codec.h"

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "formats/check.h"
#include "formats/trace.capnp.h"

namespace tocsin {
namespace {

// Cap'n Proto caps what a reader may visit, against messages whose pointers overlap. Every list
// here is fetched once, so twice the message's size is ample; see also decode_message().
constexpr int kNestingLimit = 8;

Words take(capnp::MallocMessageBuilder& message) {
    const kj::Array<capnp::word> flat = capnp::messageToFlatArray(message);
    Words words(flat.size());
    std::memcpy(words.data(), flat.begin(), flat.size() * sizeof(uint64_t));
    return words;
}

// A list of numbers lies in the message as it does in the column. Cap'n Proto offers its bytes for
// reading only; they are in memory of ours.
template <typename T>
void fill(typename capnp::List<T>::Builder list, const std::vector<T>& column) {
    if (column.empty()) return;
    const auto bytes = capnp::AnyList::Reader(list.asReader()).getRawBytes();
    CHECK(bytes.size() == column.size() * sizeof(T));
    std::memcpy(const_cast<capnp::byte*>(bytes.begin()), column.data(), bytes.size());
}

// The elements of a list of numbers, without Cap'n Proto's arithmetic for every one. The list is
// read in place where it lies as we write it; a later schema may widen its elements to structs.
template <typename T>
class Column {
  public:
    Column() = default;
    Column(typename capnp::List<T>::Reader list)  // NOLINT(google-explicit-constructor)
        : size_(list.size()) {
        const capnp::AnyList::Reader raw(list);
        if (raw.getElementSize() != capnp::ElementSize::INLINE_COMPOSITE &&
            raw.getRawBytes().size() == size_ * sizeof(T)) {
            bytes_ = raw.getRawBytes().begin();
            return;
        }
        copies_.reserve(size_);
        for (const T value : list) copies_.push_back(value);
        bytes_ = reinterpret_cast<const capnp::byte*>(copies_.data());
    }
    Column(const Column&) = delete;
    Column& operator=(Column&&) = default;

    size_t size() const { return size_; }
    T operator[](size_t index) const {
        T value;
        std::memcpy(&value, bytes_ + index * sizeof(T), sizeof(T));
        return value;
    }

  private:
    const capnp::byte* bytes_ = nullptr;
    size_t size_ = 0;
    std::vector<T> copies_;
};

uint32_t count_of(const auto& column) {
    return static_cast<uint32_t>(column.size());
}

void put_task(schema::Task::Builder out, const EventColumns::TaskRow& row) {
    const Task& task = row.task;
    out.setTgid(task.id.tgid);
    out.setTid(task.id.tid);
    out.setStarted(task.id.started.ns);
    const Credentials& ids = task.credentials;
    out.setUid(ids.uid);
    out.setEuid(ids.euid);
    out.setSuid(ids.suid);
    out.setFsuid(ids.fsuid);
    out.setGid(ids.gid);
    out.setEgid(ids.egid);
    out.setSgid(ids.sgid);
    out.setFsgid(ids.fsgid);
    out.setPermitted(ids.permitted);
    out.setEffective(ids.effective);
    out.setUserNamespace(task.namespaces.user);
    out.setMountNamespace(task.namespaces.mount);
    out.setPidNamespace(task.namespaces.pid);
    out.setAbi(static_cast<uint8_t>(task.abi));
    out.setComm(row.comm);
}

Task get_task(schema::Task::Reader in) {
    Task task;
    task.id = {in.getTgid(), in.getTid(), {in.getStarted()}};
    task.credentials = {in.getUid(),       in.getEuid(),     in.getSuid(), in.getFsuid(),
                        in.getGid(),       in.getEgid(),     in.getSgid(), in.getFsgid(),
                        in.getPermitted(), in.getEffective()};
    task.namespaces = {in.getUserNamespace(), in.getMountNamespace(), in.getPidNamespace()};
    return task;
}

void put_node(schema::Node::Builder out, const EventColumns::NodeRow& row) {
    out.setDevice(row.id.device);
    out.setInode(row.id.inode);
    out.setGeneration(row.id.generation);
    out.setMode(row.mode);
    out.setUid(row.uid);
    out.setGid(row.gid);
    out.setLinks(row.links);
    out.setMount(row.mount);
    out.setName(row.name);
    out.setParent(row.parent);
    out.setCut(row.cut);
}

void put_tables(schema::EventChunk::Builder out, const EventColumns& c) {
    auto tasks = out.initTasks(count_of(c.tasks));
    for (uint32_t i = 0; i < tasks.size(); ++i) put_task(tasks[i], c.tasks[i]);
    auto nodes = out.initNodes(count_of(c.nodes));
    for (uint32_t i = 0; i < nodes.size(); ++i) put_node(nodes[i], c.nodes[i]);
    auto lengths = out.initStringLengths(count_of(c.string_offsets) - 1);
    for (uint32_t i = 0; i < lengths.size(); ++i)
        lengths.set(i, c.string_offsets[i + 1] - c.string_offsets[i]);
    out.setStringBytes(
        {reinterpret_cast<const capnp::byte*>(c.string_bytes.data()), c.string_bytes.size()});
}

void put_columns(schema::EventChunk::Builder out, const EventColumns& c) {
    out.setCpu(c.cpu);
    out.setFirstTime(c.first_time.ns);
    out.setFirstSequence(c.first_sequence);
    fill(out.initDeltaTime(count_of(c.delta_time)), c.delta_time);
    fill(out.initSequenceGap(count_of(c.sequence_gap)), c.sequence_gap);
    fill(out.initKind(count_of(c.kind)), c.kind);
    fill(out.initCode(count_of(c.code)), c.code);
    fill(out.initValue(count_of(c.value)), c.value);
    fill(out.initTask(count_of(c.task)), c.task);
    fill(out.initCallBack(count_of(c.call_back)), c.call_back);
    fill(out.initViewCount(count_of(c.view_count)), c.view_count);
    fill(out.initObjectCount(count_of(c.object_count)), c.object_count);
    auto far_cpu = out.initFarCallCpu(count_of(c.far_calls));
    auto far_sequence = out.initFarCallSequence(count_of(c.far_calls));
    for (uint32_t i = 0; i < c.far_calls.size(); ++i) {
        far_cpu.set(i, c.far_calls[i].cpu);
        far_sequence.set(i, c.far_calls[i].sequence);
    }
    fill(out.initOtherTask(count_of(c.other_task)), c.other_task);
    fill(out.initViewOperand(count_of(c.view_operand)), c.view_operand);
    fill(out.initViewFlags(count_of(c.view_flags)), c.view_flags);
    fill(out.initViewError(count_of(c.view_error)), c.view_error);
    fill(out.initViewFullLength(count_of(c.view_full_length)), c.view_full_length);
    fill(out.initViewRegister(count_of(c.view_register)), c.view_register);
    fill(out.initViewBytes(count_of(c.view_bytes)), c.view_bytes);
    fill(out.initObjectRole(count_of(c.object_role)), c.object_role);
    fill(out.initObjectNode(count_of(c.object_node)), c.object_node);
    put_tables(out, c);
}

void put_lost(capnp::List<uint64_t>::Builder list, const LossCounts& counts) {
    for (uint32_t i = 0; i < counts.size(); ++i) list.set(i, counts[i]);
}

// Causes that a later version added are not known here; their sum goes to the last one, so that
// no loss disappears.
LossCounts get_lost(capnp::List<uint64_t>::Reader list) {
    LossCounts counts{};
    for (uint32_t i = 0; i < list.size(); ++i)
        counts[std::min<size_t>(i, kLossCauses - 1)] += list[i];
    return counts;
}

capnp::Data::Reader as_data(const Digest& digest) {
    return {digest.data(), digest.size()};
}

Digest get_digest(capnp::Data::Reader data) {
    Digest digest{};
    std::copy_n(data.begin(), std::min(data.size(), digest.size()), digest.begin());
    return digest;
}

std::string get_text(capnp::Text::Reader text) {
    return {text.cStr(), text.size()};
}

// Runs `decode` on the message's root. Cap'n Proto reports what is malformed by throwing, lazily.
template <typename Root, typename Decode>
auto decode_message(const Words& words, Decode&& decode)
    -> decltype(decode(std::declval<typename Root::Reader>())) {
    try {
        capnp::ReaderOptions options;
        options.traversalLimitInWords = 2 * words.size() + 1024;
        options.nestingLimit = kNestingLimit;
        const auto* begin = reinterpret_cast<const capnp::word*>(words.data());
        capnp::FlatArrayMessageReader message({begin, words.size()}, options);
        return decode(message.getRoot<Root>());
    } catch (const kj::Exception& e) {
        return Error{std::string("the message is malformed: ") + e.getDescription().cStr()};
    }
}

}  // namespace

// Turns one EventChunk into an EventBatch. Order matters: strings, tables, views, events; each
// step checks the indexes into the one before.
class EventChunkDecoder {
  public:
    using In = schema::EventChunk::Reader;
    // The strings of the batch point into the message, so the batch takes its memory over.
    EventChunkDecoder(In in, Words& message) : in_(in), message_(message) {}

    Result<std::shared_ptr<const EventBatch>> decode(bool is_snapshot) {
        out_.reset(new EventBatch);
        out_->is_snapshot_ = is_snapshot;
        for (const auto step :
             {&EventChunkDecoder::strings, &EventChunkDecoder::tasks, &EventChunkDecoder::nodes,
              &EventChunkDecoder::views, &EventChunkDecoder::objects, &EventChunkDecoder::events}) {
            (this->*step)();
            if (!wrong_.empty()) return Error{wrong_};
        }
        out_->words_ = std::move(message_);
        return std::shared_ptr<const EventBatch>(std::move(out_));
    }

  private:
    template <typename T>
    bool expect_size(const T& list, size_t size, const char* column) {
        if (list.size() == size) return true;
        return fail(column, "has", list.size(), size);
    }
    // Indexes are 16 bits wide: a larger table holds what nothing can name.
    bool expect_table(const auto& table, const char* column) {
        return table.size() <= EventColumns::kNone16 ||
               fail(column, "has", table.size(), EventColumns::kNone16);
    }
    bool fail(const char* column, const char* verb, uint64_t found, uint64_t limit) {
        wrong_ = std::string("column ") + column + ' ' + verb + ' ' + std::to_string(found) +
                 " where " + std::to_string(limit) + " was the most or the expected";
        return false;
    }

    void strings() {
        const auto lengths = in_.getStringLengths();
        const auto bytes = in_.getStringBytes();
        if (!expect_table(lengths, "stringLengths")) return;
        const auto* at = reinterpret_cast<const char*>(bytes.begin());
        size_t left = bytes.size();
        out_->strings_.reserve(lengths.size());
        for (const uint32_t length : lengths) {
            if (length > left) {
                fail("stringLengths", "asks for", length, left);
                return;
            }
            out_->strings_.emplace_back(at, length);
            at += length;
            left -= length;
        }
        if (left != 0) fail("stringBytes", "has left over", left, 0);
    }

    void tasks() {
        const auto tasks = in_.getTasks();
        if (!expect_table(tasks, "tasks")) return;
        out_->tasks_.reserve(tasks.size());
        for (const auto in : tasks) {
            if (in.getComm() >= out_->strings_.size()) {
                fail("tasks.comm", "names string", in.getComm(), out_->strings_.size());
                return;
            }
            if (in.getAbi() > static_cast<uint8_t>(Abi::kX32)) {
                fail("tasks.abi", "has", in.getAbi(), static_cast<uint8_t>(Abi::kX32));
                return;
            }
            Task task = get_task(in);
            task.abi = static_cast<Abi>(in.getAbi());
            task.comm = out_->strings_[in.getComm()];
            out_->tasks_.push_back(task);
        }
    }

    void nodes() {
        const auto nodes = in_.getNodes();
        if (!expect_table(nodes, "nodes")) return;
        out_->nodes_.reserve(nodes.size());  // parents are pointers into it
        std::vector<uint8_t> depths;
        for (const auto in : nodes) {
            const uint16_t parent = in.getParent();
            if (in.getName() >= out_->strings_.size()) {
                fail("nodes.name", "names string", in.getName(), out_->strings_.size());
                return;
            }
            if (parent != EventColumns::kNone16 && parent >= out_->nodes_.size()) {
                fail("nodes.parent", "names node", parent, out_->nodes_.size());
                return;
            }
            const bool has_parent = parent != EventColumns::kNone16;
            depths.push_back(has_parent ? static_cast<uint8_t>(depths[parent] + 1) : uint8_t{0});
            if (depths.back() > kMaxDepth) {
                fail("nodes.parent", "is as deep as", depths.back(), kMaxDepth);
                return;
            }
            out_->nodes_.push_back({{in.getDevice(), in.getInode(), in.getGeneration()},
                                    in.getMode(),
                                    in.getUid(),
                                    in.getGid(),
                                    in.getLinks(),
                                    in.getMount(),
                                    out_->strings_[in.getName()],
                                    has_parent ? &out_->nodes_[parent] : nullptr,
                                    in.getCut()});
        }
    }

    // Whether a view is a claim or a copy is known only to the event that it belongs to.
    void views() {
        operands_ = in_.getViewOperand();
        flags_ = in_.getViewFlags();
        errors_ = in_.getViewError();
        full_lengths_ = in_.getViewFullLength();
        registers_ = in_.getViewRegister();
        view_strings_ = in_.getViewBytes();
        const size_t n = operands_.size();
        if (!expect_size(flags_, n, "viewFlags") || !expect_size(errors_, n, "viewError") ||
            !expect_size(full_lengths_, n, "viewFullLength") ||
            !expect_size(registers_, n, "viewRegister") ||
            !expect_size(view_strings_, n, "viewBytes"))
            return;
        constexpr auto kMostKind = static_cast<uint8_t>(OperandKind::kInterpreter);
        for (size_t i = 0; i < n; ++i) {
            if (view_strings_[i] >= out_->strings_.size()) {
                fail("viewBytes", "names string", view_strings_[i], out_->strings_.size());
                return;
            }
            if (operands_[i] >> 4U > kMostKind) {
                fail("viewOperand", "has kind", operands_[i] >> 4U, kMostKind);
                return;
            }
        }
        out_->claims_.reserve(n);
        out_->copies_.reserve(n);
    }

    void objects() {
        const Column<uint8_t> roles = in_.getObjectRole();
        const Column<uint16_t> nodes = in_.getObjectNode();
        if (!expect_size(nodes, roles.size(), "objectNode")) return;
        out_->objects_.reserve(roles.size());
        for (size_t i = 0; i < roles.size(); ++i) {
            if (nodes[i] >= out_->nodes_.size()) {
                fail("objectNode", "names node", nodes[i], out_->nodes_.size());
                return;
            }
            out_->objects_.push_back({static_cast<ObjectRole>(roles[i]), &out_->nodes_[nodes[i]]});
        }
    }

    void events();
    bool body(size_t i, Event& event);
    bool call(uint32_t back, Event& event);
    bool other(const Task*& task);
    std::span<const Claim> next_claims(size_t count);
    std::span<const KernelCopy> next_copies(size_t count);
    std::span<const KernelObject> next_objects(size_t count);

    uint8_t argument_at(size_t view) const {
        const uint8_t nibble = operands_[view] & 15U;
        return nibble == EventColumns::kUnknownArgumentNibble ? kUnknownArgument : nibble;
    }
    OperandKind kind_at(size_t view) const {
        return static_cast<OperandKind>(operands_[view] >> 4U);
    }
    CapturedBytes bytes_at(size_t view) const {
        return {out_->strings_[view_strings_[view]], full_lengths_[view], errors_[view],
                (flags_[view] & EventColumns::kCut) != 0};
    }

    static constexpr uint8_t kMaxDepth = 200;
    In in_;
    Words& message_;
    std::string wrong_;
    std::shared_ptr<EventBatch> out_;
    size_t next_view_ = 0, next_object_ = 0, next_far_ = 0, next_other_ = 0;

    // Fetched once, by views() and events().
    Column<uint8_t> operands_, flags_;
    Column<uint16_t> errors_, view_strings_;
    Column<uint32_t> full_lengths_;
    Column<uint64_t> registers_;
    Column<uint8_t> kinds_, view_counts_, object_counts_;
    Column<uint16_t> codes_, other_tasks_, far_cpus_;
    Column<int64_t> values_;
    Column<uint64_t> far_sequences_;
};

std::span<const Claim> EventChunkDecoder::next_claims(size_t count) {
    const size_t first = out_->claims_.size();
    for (size_t i = 0; i < count; ++i) {
        const size_t view = next_view_++;
        Claim& claim = out_->claims_.emplace_back();
        claim.argument = argument_at(view);
        claim.kind = kind_at(view);
        claim.register_value = registers_[view];
        if ((flags_[view] & EventColumns::kNoMemory) == 0)
            claim.memory.emplace(ClaimedBytes{bytes_at(view)});
    }
    return {out_->claims_.data() + first, count};
}

std::span<const KernelCopy> EventChunkDecoder::next_copies(size_t count) {
    const size_t first = out_->copies_.size();
    for (size_t i = 0; i < count; ++i) {
        const size_t view = next_view_++;
        out_->copies_.push_back({argument_at(view), kind_at(view),
                                 (flags_[view] & EventColumns::kFromDescriptor) != 0,
                                 KernelBytes{bytes_at(view)}});
    }
    return {out_->copies_.data() + first, count};
}

std::span<const KernelObject> EventChunkDecoder::next_objects(size_t count) {
    const size_t first = next_object_;
    next_object_ += count;
    return {out_->objects_.data() + first, count};
}

bool EventChunkDecoder::call(uint32_t back, Event& event) {
    if (back == EventColumns::kNoCall) return true;
    if (back == EventColumns::kFarCall) {
        if (next_far_ >= far_cpus_.size())
            return fail("farCallCpu", "lacks", next_far_, far_cpus_.size());
        const size_t at = next_far_++;
        event.call = CallId{far_cpus_[at], far_sequences_[at]};
        return true;
    }
    if (back > event.sequence) return fail("callBack", "reaches back", back, event.sequence);
    event.call = CallId{event.cpu, event.sequence - back};
    return true;
}

bool EventChunkDecoder::other(const Task*& task) {
    if (next_other_ >= other_tasks_.size())
        return fail("otherTask", "lacks", next_other_, other_tasks_.size());
    const uint16_t index = other_tasks_[next_other_++];
    if (index == EventColumns::kNone16) return true;
    if (index >= out_->tasks_.size())
        return fail("otherTask", "names task", index, out_->tasks_.size());
    task = &out_->tasks_[index];
    return true;
}

bool EventChunkDecoder::body(size_t i, Event& event) {
    const size_t views = view_counts_[i];
    const size_t objects = object_counts_[i];
    if (views > operands_.size() - next_view_)
        return fail("viewCount", "asks for", views, operands_.size() - next_view_);
    if (objects > out_->objects_.size() - next_object_)
        return fail("objectCount", "asks for", objects, out_->objects_.size() - next_object_);
    const auto none = [&](size_t count, const char* column) {
        return count == 0 || fail(column, "gives an event that takes none", count, 0);
    };
    switch (kinds_[i]) {
        case EventColumns::kEntered:
            if (!none(objects, "objectCount")) return false;
            event.body = SyscallEntered{codes_[i], next_claims(views)};
            return true;
        case EventColumns::kHook:
            event.body =
                HookFired{codes_[i], values_[i], next_copies(views), next_objects(objects)};
            return true;
        case EventColumns::kReturned:
            if (!none(objects, "objectCount")) return false;
            event.body = SyscallReturned{codes_[i], values_[i], next_claims(views)};
            return true;
        case EventColumns::kForked: {
            TaskForked forked;
            event.body = forked;
            if (!none(views, "viewCount") || !none(objects, "objectCount") || !other(forked.child))
                return false;
            if (forked.child == nullptr) return fail("otherTask", "has no child at event", i, 0);
            event.body = forked;
            return true;
        }
        case EventColumns::kExited:
            event.body = TaskExited{static_cast<int32_t>(values_[i]), codes_[i] != 0};
            return none(views, "viewCount") && none(objects, "objectCount");
        case EventColumns::kFound: {
            TaskFound found;
            if (!none(views, "viewCount") || !other(found.parent)) return false;
            found.objects = next_objects(objects);
            event.body = found;
            return true;
        }
        default:
            return fail("kind", "has", kinds_[i], EventColumns::kFound);
    }
}

void EventChunkDecoder::events() {
    const Column<int32_t> deltas = in_.getDeltaTime();
    const Column<uint32_t> gaps = in_.getSequenceGap();
    const Column<uint16_t> tasks = in_.getTask();
    const Column<uint32_t> backs = in_.getCallBack();
    const uint16_t cpu = in_.getCpu();
    kinds_ = in_.getKind();
    codes_ = in_.getCode();
    values_ = in_.getValue();
    view_counts_ = in_.getViewCount();
    object_counts_ = in_.getObjectCount();
    far_cpus_ = in_.getFarCallCpu();
    far_sequences_ = in_.getFarCallSequence();
    other_tasks_ = in_.getOtherTask();
    const size_t n = kinds_.size();
    if (!expect_size(deltas, n, "deltaTime") || !expect_size(gaps, n, "sequenceGap") ||
        !expect_size(tasks, n, "task") || !expect_size(backs, n, "callBack") ||
        !expect_size(codes_, n, "code") || !expect_size(values_, n, "value") ||
        !expect_size(view_counts_, n, "viewCount") ||
        !expect_size(object_counts_, n, "objectCount") ||
        !expect_size(far_sequences_, far_cpus_.size(), "farCallSequence"))
        return;
    if (n > EventColumns::kMaxEvents) {
        fail("kind", "has", n, EventColumns::kMaxEvents);
        return;
    }
    out_->events_.reserve(n);
    uint64_t time = in_.getFirstTime();
    uint64_t sequence = in_.getFirstSequence();
    for (size_t i = 0; i < n; ++i) {
        if (i != 0) {
            time += static_cast<uint64_t>(int64_t{deltas[i]});
            if (sequence > UINT64_MAX - gaps[i] - 1) {
                fail("sequenceGap", "runs over with", gaps[i], UINT64_MAX - sequence);
                return;
            }
            sequence += uint64_t{gaps[i]} + 1;
        }
        Event& event = out_->events_.emplace_back();
        event.time.ns = time;
        event.cpu = cpu;
        event.sequence = sequence;
        const uint16_t task = tasks[i];
        if (task != EventColumns::kNone16 && task >= out_->tasks_.size()) {
            fail("task", "names task", task, out_->tasks_.size());
            return;
        }
        if (task == EventColumns::kNone16) {
            fail("task", "is missing at event", i, n);
            return;
        }
        event.task = &out_->tasks_[task];
        if (!call(backs[i], event) || !body(i, event)) return;
    }
    const auto used_up = [&](size_t used, size_t size, const char* column) {
        return used == size || fail(column, "has left over", size - used, 0);
    };
    if (used_up(next_view_, operands_.size(), "viewOperand") &&
        used_up(next_object_, out_->objects_.size(), "objectRole") &&
        used_up(next_far_, far_cpus_.size(), "farCallCpu"))
        used_up(next_other_, other_tasks_.size(), "otherTask");
}

Words encode(const EventColumns& columns, ChunkKind kind) {
    // One segment, built where it stays: stock tools, and the decoder here, read it in place.
    Words words(1 + columns.plain_bytes() / sizeof(uint64_t));
    auto* const segment = reinterpret_cast<capnp::word*>(words.data() + 1);
    capnp::FlatMessageBuilder message({segment, words.size() - 1});
    auto chunk = message.initRoot<schema::Chunk>();
    put_columns(kind == ChunkKind::kSnapshot ? chunk.initSnapshot() : chunk.initEvents(), columns);
    const size_t used = message.getSegmentsForOutput()[0].size();
    words[0] = uint64_t{used} << 32U;  // the table of segments: one, of that many words
    words.resize(1 + used);
    return words;
}

Words encode(const RecordsLost& loss) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Chunk>().initLoss();
    out.setTime(loss.time.ns);
    out.setEvents(loss.events);
    put_lost(out.initCounts(kLossCauses), loss.counts);
    return take(message);
}

Words encode(const ClockSample& sample) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Chunk>().initClock();
    out.setTime(sample.time.ns);
    out.setUncertainty(sample.uncertainty_ns);
    out.setRealtime(sample.realtime_ns);
    out.setMonotonic(sample.monotonic_ns);
    out.setTai(sample.tai_ns);
    out.setAdjtimexStatus(sample.adjtimex_status);
    return take(message);
}

Words encode(const TraceHeader& header) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Header>();
    out.setFormatVersion(header.format_version);
    out.setRecorderVersion(header.recorder_version);
    out.setHost(header.host);
    out.setKernelRelease(header.kernel_release);
    out.setKernelVersion(header.kernel_version);
    out.setMachine(header.machine);
    out.setBootId(header.boot_id);
    out.setCpus(header.cpus);
    auto options = out.initOptions(count_of(header.options));
    for (uint32_t i = 0; i < options.size(); ++i) options.set(i, header.options[i]);
    auto hooks = out.initHooks(count_of(header.hooks));
    for (uint32_t i = 0; i < hooks.size(); ++i) {
        hooks[i].setName(header.hooks[i].name);
        hooks[i].setSource(header.hooks[i].source);
        hooks[i].setRefusal(header.hooks[i].refusal);
    }
    auto sysctls = out.initSysctls(count_of(header.sysctls));
    for (uint32_t i = 0; i < sysctls.size(); ++i) {
        sysctls[i].setName(header.sysctls[i].name);
        sysctls[i].setValue(header.sysctls[i].value);
    }
    return take(message);
}

Words encode(const ChunkHeader& header) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::ChunkHeader>();
    out.setNumber(header.number);
    out.setKind(static_cast<uint16_t>(header.kind));
    out.setCpu(header.cpu);
    out.setFirstTime(header.first_time.ns);
    out.setLastTime(header.last_time.ns);
    out.setEvents(header.events);
    out.setCompressedBytes(header.compressed_bytes);
    out.setPlainBytes(header.plain_bytes);
    out.setPreviousHash(as_data(header.previous_hash));
    put_lost(out.initLost(kLossCauses), header.lost);
    return take(message);
}

Words encode(const Seal& seal) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<schema::Seal>();
    out.setReason(seal.reason);
    out.setChunks(seal.chunks);
    out.setEvents(seal.events);
    out.setFinalHash(as_data(seal.final_hash));
    put_lost(out.initLost(kLossCauses), seal.lost);
    return take(message);
}

Result<Chunk> decode_chunk(Words words) {
    const auto batch = [&words](schema::EventChunk::Reader in, bool is_snapshot) -> Result<Chunk> {
        auto decoded = EventChunkDecoder(in, words).decode(is_snapshot);
        if (!decoded) return decoded.error();
        return Chunk{std::move(*decoded)};
    };
    return decode_message<schema::Chunk>(words, [&](schema::Chunk::Reader in) -> Result<Chunk> {
        switch (in.which()) {
            case schema::Chunk::EVENTS:
                return batch(in.getEvents(), false);
            case schema::Chunk::SNAPSHOT:
                return batch(in.getSnapshot(), true);
            case schema::Chunk::LOSS: {
                const auto loss = in.getLoss();
                return Chunk{
                    RecordsLost{{loss.getTime()}, loss.getEvents(), get_lost(loss.getCounts())}};
            }
            case schema::Chunk::CLOCK: {
                const auto clock = in.getClock();
                return Chunk{ClockSample{{clock.getTime()},
                                         clock.getUncertainty(),
                                         clock.getRealtime(),
                                         clock.getMonotonic(),
                                         clock.getTai(),
                                         clock.getAdjtimexStatus()}};
            }
        }
        return Error{"the chunk's kind is unknown to this version"};
    });
}

Result<TraceHeader> decode_trace_header(const Words& words) {
    return decode_message<
        schema::Header>(words, [](schema::Header::Reader in) -> Result<TraceHeader> {
        TraceHeader header;
        header.format_version = in.getFormatVersion();
        header.recorder_version = get_text(in.getRecorderVersion());
        header.host = get_text(in.getHost());
        header.kernel_release = get_text(in.getKernelRelease());
        header.kernel_version = get_text(in.getKernelVersion());
        header.machine = get_text(in.getMachine());
        header.boot_id = get_text(in.getBootId());
        header.cpus = in.getCpus();
        for (const auto option : in.getOptions()) header.options.push_back(get_text(option));
        for (const auto hook : in.getHooks())
            header.hooks.push_back({get_text(hook.getName()), get_text(hook.getSource()),
                                    get_text(hook.getRefusal())});
        for (const auto setting : in.getSysctls())
            header.sysctls.push_back({get_text(setting.getName()), get_text(setting.getValue())});
        return header;
    });
}

Result<ChunkHeader> decode_chunk_header(const Words& words) {
    return decode_message<schema::ChunkHeader>(
        words, [](schema::ChunkHeader::Reader in) -> Result<ChunkHeader> {
            return ChunkHeader{in.getNumber(),
                               static_cast<ChunkKind>(in.getKind()),
                               in.getCpu(),
                               {in.getFirstTime()},
                               {in.getLastTime()},
                               in.getEvents(),
                               in.getCompressedBytes(),
                               in.getPlainBytes(),
                               get_digest(in.getPreviousHash()),
                               get_lost(in.getLost())};
        });
}

Result<Seal> decode_seal(const Words& words) {
    return decode_message<schema::Seal>(words, [](schema::Seal::Reader in) -> Result<Seal> {
        return Seal{get_text(in.getReason()), in.getChunks(), in.getEvents(),
                    get_digest(in.getFinalHash()), get_lost(in.getLost())};
    });
}

}  // namespace tocsin
