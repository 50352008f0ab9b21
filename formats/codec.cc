// SPDX-License-Identifier: Apache-2.0
#include "formats/codec.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>
#include <string>

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

template <typename ListBuilder, typename Column>
void fill(ListBuilder list, const Column& column) {
    for (uint32_t i = 0; i < column.size(); ++i) list.set(i, column[i]);
}

uint32_t count_of(const auto& column) { return static_cast<uint32_t>(column.size()); }

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
    task.credentials = {in.getUid(),  in.getEuid(),   in.getSuid(),
                        in.getFsuid(), in.getGid(),   in.getEgid(),
                        in.getSgid(), in.getFsgid(),  in.getPermitted(),
                        in.getEffective()};
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
    out.setStringBytes({reinterpret_cast<const capnp::byte*>(c.string_bytes.data()),
                        c.string_bytes.size()});
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
    fill(list, counts);
}

// Causes that a later version added are not known here; their sum goes to the last one, so that
// no loss disappears.
LossCounts get_lost(capnp::List<uint64_t>::Reader list) {
    LossCounts counts{};
    for (uint32_t i = 0; i < list.size(); ++i) counts[std::min<size_t>(i, kLossCauses - 1)] += list[i];
    return counts;
}

capnp::Data::Reader as_data(const Digest& digest) { return {digest.data(), digest.size()}; }

Digest get_digest(capnp::Data::Reader data) {
    Digest digest{};
    std::copy_n(data.begin(), std::min(data.size(), digest.size()), digest.begin());
    return digest;
}

std::string get_text(capnp::Text::Reader text) { return {text.cStr(), text.size()}; }

// Runs `decode` on the message's root. Cap'n Proto reports what is malformed by throwing, lazily.
template <typename Root, typename Decode>
auto decode_message(const Words& words, Decode&& decode) -> decltype(decode(
    std::declval<typename Root::Reader>())) {
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
        for (const auto step : {&EventChunkDecoder::strings, &EventChunkDecoder::tasks,
                                &EventChunkDecoder::nodes, &EventChunkDecoder::views,
                                &EventChunkDecoder::objects, &EventChunkDecoder::events}) {
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
                                    in.getMode(), in.getUid(), in.getGid(), in.getLinks(),
                                    in.getMount(), out_->strings_[in.getName()],
                                    has_parent ? &out_->nodes_[parent] : nullptr, in.getCut()});
        }
    }

    // Views are kept twice as wide as they are: as a claim and as a copy. Which one an index means
    // is known only to the event that it belongs to.
    void views() {
        const auto operands = in_.getViewOperand();
        const auto flags = in_.getViewFlags();
        const auto errors = in_.getViewError();
        const auto lengths = in_.getViewFullLength();
        const auto registers = in_.getViewRegister();
        const auto bytes = in_.getViewBytes();
        const size_t n = operands.size();
        if (!expect_size(flags, n, "viewFlags") || !expect_size(errors, n, "viewError") ||
            !expect_size(lengths, n, "viewFullLength") ||
            !expect_size(registers, n, "viewRegister") || !expect_size(bytes, n, "viewBytes"))
            return;
        views_.reserve(n);
        for (uint32_t i = 0; i < n; ++i) {
            if (bytes[i] >= out_->strings_.size()) {
                fail("viewBytes", "names string", bytes[i], out_->strings_.size());
                return;
            }
            const uint8_t nibble = operands[i] & 15U;
            const uint8_t kind = operands[i] >> 4U;
            if (kind > static_cast<uint8_t>(OperandKind::kInterpreter)) {
                fail("viewOperand", "has kind", kind, static_cast<uint8_t>(OperandKind::kInterpreter));
                return;
            }
            views_.push_back({nibble == 15 ? kUnknownArgument : nibble,
                              static_cast<OperandKind>(kind), flags[i], registers[i],
                              {out_->strings_[bytes[i]], lengths[i], errors[i],
                               (flags[i] & EventColumns::kCut) != 0}});
        }
        out_->claims_.reserve(n);
        out_->copies_.reserve(n);
    }

    void objects() {
        const auto roles = in_.getObjectRole();
        const auto nodes = in_.getObjectNode();
        if (!expect_size(nodes, roles.size(), "objectNode")) return;
        out_->objects_.reserve(roles.size());
        for (uint32_t i = 0; i < roles.size(); ++i) {
            if (nodes[i] >= out_->nodes_.size()) {
                fail("objectNode", "names node", nodes[i], out_->nodes_.size());
                return;
            }
            out_->objects_.push_back(
                {static_cast<ObjectRole>(roles[i]), &out_->nodes_[nodes[i]]});
        }
    }

    void events();
    bool body(uint32_t i, Event& event);
    bool call(uint32_t back, Event& event);
    bool other(const Task*& task);
    std::span<const Claim> next_claims(size_t count);
    std::span<const KernelCopy> next_copies(size_t count);
    std::span<const KernelObject> next_objects(size_t count);

    struct View {
        uint8_t argument;
        OperandKind kind;
        uint8_t flags;
        uint64_t register_value;
        CapturedBytes bytes;
    };

    static constexpr uint8_t kMaxDepth = 200;
    In in_;
    Words& message_;
    std::string wrong_;
    std::shared_ptr<EventBatch> out_;
    std::vector<View> views_;
    size_t next_view_ = 0, next_object_ = 0, next_far_ = 0, next_other_ = 0;

    // The per-event columns, fetched once by events().
    capnp::List<uint8_t>::Reader kinds_, view_counts_, object_counts_;
    capnp::List<uint16_t>::Reader codes_, other_tasks_, far_cpus_;
    capnp::List<int64_t>::Reader values_;
    capnp::List<uint64_t>::Reader far_sequences_;
};

std::span<const Claim> EventChunkDecoder::next_claims(size_t count) {
    const size_t first = out_->claims_.size();
    for (size_t i = 0; i < count; ++i) {
        const View& view = views_[next_view_++];
        Claim claim{view.argument, view.kind, view.register_value, std::nullopt};
        if ((view.flags & EventColumns::kNoMemory) == 0) claim.memory = ClaimedBytes{view.bytes};
        out_->claims_.push_back(claim);
    }
    return {out_->claims_.data() + first, count};
}

std::span<const KernelCopy> EventChunkDecoder::next_copies(size_t count) {
    const size_t first = out_->copies_.size();
    for (size_t i = 0; i < count; ++i) {
        const View& view = views_[next_view_++];
        out_->copies_.push_back({view.argument, view.kind,
                                 (view.flags & EventColumns::kFromDescriptor) != 0,
                                 KernelBytes{view.bytes}});
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
        if (next_far_ >= far_cpus_.size()) return fail("farCallCpu", "lacks", next_far_, far_cpus_.size());
        const auto at = static_cast<uint32_t>(next_far_++);
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
    const uint16_t index = other_tasks_[static_cast<uint32_t>(next_other_++)];
    if (index == EventColumns::kNone16) return true;
    if (index >= out_->tasks_.size()) return fail("otherTask", "names task", index, out_->tasks_.size());
    task = &out_->tasks_[index];
    return true;
}

bool EventChunkDecoder::body(uint32_t i, Event& event) {
    const size_t views = view_counts_[i];
    const size_t objects = object_counts_[i];
    if (views > views_.size() - next_view_)
        return fail("viewCount", "asks for", views, views_.size() - next_view_);
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
            event.body = HookFired{codes_[i], values_[i], next_copies(views), next_objects(objects)};
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
        default: return fail("kind", "has", kinds_[i], EventColumns::kFound);
    }
}

void EventChunkDecoder::events() {
    const auto deltas = in_.getDeltaTime();
    const auto gaps = in_.getSequenceGap();
    const auto tasks = in_.getTask();
    const auto backs = in_.getCallBack();
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
    for (uint32_t i = 0; i < n; ++i) {
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
        event.cpu = in_.getCpu();
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
    if (used_up(next_view_, views_.size(), "viewOperand") &&
        used_up(next_object_, out_->objects_.size(), "objectRole") &&
        used_up(next_far_, far_cpus_.size(), "farCallCpu"))
        used_up(next_other_, other_tasks_.size(), "otherTask");
}

Words encode(const EventColumns& columns, ChunkKind kind) {
    // Room for one segment: stock tools, and the decoder here, then read the message in place.
    capnp::MallocMessageBuilder message(static_cast<unsigned>(columns.plain_bytes() / 8));
    auto chunk = message.initRoot<schema::Chunk>();
    put_columns(kind == ChunkKind::kSnapshot ? chunk.initSnapshot() : chunk.initEvents(), columns);
    return take(message);
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
            case schema::Chunk::EVENTS: return batch(in.getEvents(), false);
            case schema::Chunk::SNAPSHOT: return batch(in.getSnapshot(), true);
            case schema::Chunk::LOSS: {
                const auto loss = in.getLoss();
                return Chunk{
                    RecordsLost{{loss.getTime()}, loss.getEvents(), get_lost(loss.getCounts())}};
            }
            case schema::Chunk::CLOCK: {
                const auto clock = in.getClock();
                return Chunk{ClockSample{{clock.getTime()}, clock.getUncertainty(),
                                         clock.getRealtime(), clock.getMonotonic(),
                                         clock.getTai(), clock.getAdjtimexStatus()}};
            }
        }
        return Error{"the chunk's kind is unknown to this version"};
    });
}

Result<TraceHeader> decode_trace_header(const Words& words) {
    return decode_message<schema::Header>(words, [](schema::Header::Reader in) -> Result<TraceHeader> {
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
