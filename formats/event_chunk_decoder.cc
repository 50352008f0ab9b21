// SPDX-License-Identifier: Apache-2.0
#include "formats/event_chunk_decoder.h"

#include <capnp/any.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace tocsin {
namespace {

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
    Column& operator=(Column&&) noexcept = default;

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

Task get_task(schema::Task::Reader in) {
    Task task;
    task.id = {in.getTgid(), in.getTid(), {in.getStarted()}};
    task.credentials = {in.getUid(),       in.getEuid(),     in.getSuid(), in.getFsuid(),
                        in.getGid(),       in.getEgid(),     in.getSgid(), in.getFsgid(),
                        in.getPermitted(), in.getEffective()};
    task.namespaces = {in.getUserNamespace(), in.getMountNamespace(), in.getPidNamespace()};
    return task;
}

}  // namespace

// Order matters: strings, tables, views, events; each step checks the indexes into the one before.
class EventChunkDecoder {
  public:
    using In = schema::EventChunk::Reader;
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
    // Lists may overlap in the message: their entries can be far more than its bytes.
    bool expect_at_most(size_t size, size_t most, const char* column) {
        return size <= most || fail(column, "has", size, most);
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
            if (length > EventColumns::kMaxStringBytes) {
                fail("stringLengths", "has", length, EventColumns::kMaxStringBytes);
                return;
            }
            out_->strings_.emplace_back(at, length);
            at += length;
            left -= length;
        }
        out_->string_copies_.resize(lengths.size());
        if (left != 0) fail("stringBytes", "has left over", left, 0);
    }

    void tasks() {
        const auto tasks = in_.getTasks();
        if (!expect_table(tasks, "tasks")) return;
        out_->tasks_.reserve(tasks.size());
        out_->task_copies_.resize(tasks.size());
        for (const auto in : tasks) {
            if (in.getComm() >= out_->strings_.size()) {
                fail("tasks.comm", "names string", in.getComm(), out_->strings_.size());
                return;
            }
            if (const size_t size = out_->strings_[in.getComm()].size();
                size > EventColumns::kMaxCommBytes) {
                fail("tasks.comm", "names a string of", size, EventColumns::kMaxCommBytes);
                return;
            }
            if (in.getAbi() > static_cast<uint8_t>(Abi::kX32)) {
                fail("tasks.abi", "has", in.getAbi(), static_cast<uint8_t>(Abi::kX32));
                return;
            }
            Task task = get_task(in);
            task.abi = static_cast<Abi>(in.getAbi());
            task.comm = out_->strings_[in.getComm()];
            task.place = {&out_->task_copies_[out_->tasks_.size()]};
            out_->tasks_.push_back(task);
        }
    }

    void nodes() {
        const auto nodes = in_.getNodes();
        if (!expect_table(nodes, "nodes")) return;
        out_->nodes_.reserve(nodes.size());  // parents are pointers into it
        out_->node_copies_.resize(nodes.size());
        std::vector<uint8_t> depths;
        for (const auto in : nodes) {
            const uint16_t parent = in.getParent();
            if (in.getName() >= out_->strings_.size()) {
                fail("nodes.name", "names string", in.getName(), out_->strings_.size());
                return;
            }
            if (const size_t size = out_->strings_[in.getName()].size();
                size > EventColumns::kMaxNameBytes) {
                fail("nodes.name", "names a string of", size, EventColumns::kMaxNameBytes);
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
                                    in.getCut(),
                                    {&out_->node_copies_[out_->nodes_.size()]},
                                    {&out_->string_copies_[in.getName()]}});
        }
    }

    // Whether a view is a claim or a copy is known only to the event that it belongs to.
    void views() {
        operands_ = in_.getViewOperand();
        flags_ = in_.getViewFlags();
        registers_ = in_.getClaimRegister();
        view_strings_ = in_.getViewBytes();
        odd_errors_ = in_.getOddError();
        odd_lengths_ = in_.getOddLength();
        const size_t n = operands_.size();
        if (!expect_at_most(n, EventColumns::kMaxViews, "viewOperand") ||
            !expect_size(flags_, n, "viewFlags"))
            return;
        if (registers_.size() > n) {
            fail("claimRegister", "has", registers_.size(), n);
            return;
        }
        constexpr uint8_t kMostKind = kOperandKinds - 1;
        size_t with_bytes = 0, odd = 0;
        for (size_t i = 0; i < n; ++i) {
            if (flags_[i] > EventColumns::kKnownViewFlags) {
                fail("viewFlags", "has flags", flags_[i], EventColumns::kKnownViewFlags);
                return;
            }
            if (const auto kind = static_cast<uint8_t>(kind_at(i)); kind > kMostKind) {
                fail("viewOperand", "has kind", kind, kMostKind);
                return;
            }
            if ((flags_[i] & EventColumns::kNoBytes) != 0) continue;
            ++with_bytes;
            if ((flags_[i] & EventColumns::kOdd) != 0) ++odd;
        }
        if (!expect_size(view_strings_, with_bytes, "viewBytes") ||
            !expect_size(odd_errors_, odd, "oddError") ||
            !expect_size(odd_lengths_, odd, "oddLength"))
            return;
        for (size_t i = 0; i < with_bytes; ++i)
            if (view_strings_[i] >= out_->strings_.size()) {
                fail("viewBytes", "names string", view_strings_[i], out_->strings_.size());
                return;
            }
        out_->claims_.reserve(registers_.size());
        out_->copies_.reserve(n - registers_.size());
    }

    void objects() {
        const Column<uint8_t> roles = in_.getObjectRole();
        const Column<uint16_t> nodes = in_.getObjectNode();
        if (!expect_at_most(roles.size(), EventColumns::kMaxObjects, "objectRole") ||
            !expect_size(nodes, roles.size(), "objectNode"))
            return;
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
    bool call(int32_t delta, Event& event);
    bool other(const Task*& task);
    bool value(int64_t& value);
    bool next_claims(size_t count, std::span<const Claim>& claims);
    bool next_copies(size_t count, std::span<const KernelCopy>& copies);
    std::span<const KernelObject> next_objects(size_t count);
    // Of a view that has some. Filled in place, here and below: a copy of fields that were just
    // written one by one waits for all of them.
    void next_bytes(uint8_t flags, CapturedBytes& captured);

    uint8_t argument_at(size_t view) const {
        const uint8_t nibble = operands_[view] & 15U;
        return nibble == EventColumns::kUnknownArgumentNibble ? kUnknownArgument : nibble;
    }
    OperandKind kind_at(size_t view) const {
        const bool is_plus_16 = (flags_[view] & EventColumns::kKindPlus16) != 0;
        return static_cast<OperandKind>((operands_[view] >> 4U) + (is_plus_16 ? 16U : 0U));
    }

    static constexpr uint8_t kMaxDepth = 200;
    In in_;
    Words& message_;
    std::string wrong_;
    std::shared_ptr<EventBatch> out_;
    size_t next_view_ = 0, next_register_ = 0, next_string_ = 0, next_odd_ = 0;
    uint64_t last_call_ = 0;
    size_t next_object_ = 0, next_value_ = 0, next_far_ = 0, next_other_ = 0;

    // Fetched once, by views() and events().
    Column<uint8_t> operands_, flags_;
    Column<uint64_t> registers_;
    Column<uint16_t> view_strings_, odd_errors_;
    Column<uint32_t> odd_lengths_;
    Column<uint8_t> kinds_, view_counts_, object_counts_;
    Column<uint16_t> codes_, other_tasks_, far_cpus_;
    Column<int64_t> values_;
    Column<uint64_t> far_numbers_;
};

void EventChunkDecoder::next_bytes(uint8_t flags, CapturedBytes& captured) {
    const size_t string = view_strings_[next_string_++];
    const std::string_view bytes = out_->strings_[string];
    captured.bytes = bytes;
    captured.place = {&out_->string_copies_[string]};
    captured.full_length = static_cast<uint32_t>(bytes.size());
    captured.cut = (flags & EventColumns::kCut) != 0;
    if ((flags & EventColumns::kOdd) == 0) return;
    captured.error = odd_errors_[next_odd_];
    captured.full_length = odd_lengths_[next_odd_++];
}

bool EventChunkDecoder::next_claims(size_t count, std::span<const Claim>& claims) {
    if (count > registers_.size() - next_register_)
        return fail("claimRegister", "lacks", next_register_ + count, registers_.size());
    const size_t first = next_register_;
    for (size_t i = 0; i < count; ++i) {
        const size_t view = next_view_++;
        Claim& claim = out_->claims_.emplace_back();
        claim.argument = argument_at(view);
        claim.kind = kind_at(view);
        claim.register_value = registers_[next_register_++];
        if ((flags_[view] & EventColumns::kNoBytes) == 0)
            next_bytes(flags_[view], claim.memory.emplace());
    }
    claims = {out_->claims_.data() + first, count};
    return true;
}

bool EventChunkDecoder::next_copies(size_t count, std::span<const KernelCopy>& copies) {
    const size_t first = out_->copies_.size();
    if (count > operands_.size() - registers_.size() - first)
        return fail("claimRegister", "leaves too few views to copies, with", registers_.size(),
                    operands_.size() - first - count);
    for (size_t i = 0; i < count; ++i) {
        const size_t view = next_view_++;
        if ((flags_[view] & EventColumns::kNoBytes) != 0)
            return fail("viewFlags", "has a copy without bytes at view", view, 0);
        KernelCopy& copy = out_->copies_.emplace_back();
        copy.argument = argument_at(view);
        copy.kind = kind_at(view);
        copy.from_descriptor = (flags_[view] & EventColumns::kFromDescriptor) != 0;
        next_bytes(flags_[view], copy.value);
    }
    copies = {out_->copies_.data() + first, count};
    return true;
}

std::span<const KernelObject> EventChunkDecoder::next_objects(size_t count) {
    const size_t first = next_object_;
    next_object_ += count;
    return {out_->objects_.data() + first, count};
}

bool EventChunkDecoder::call(int32_t delta, Event& event) {
    if (delta == EventColumns::kNoCall) return true;
    if (delta == EventColumns::kFarCall) {
        if (next_far_ >= far_cpus_.size())
            return fail("farCallCpu", "lacks", next_far_, far_cpus_.size());
        const size_t at = next_far_++;
        event.call = CallId{far_cpus_[at], far_numbers_[at]};
        return true;
    }
    const uint64_t number = last_call_ + static_cast<uint64_t>(int64_t{delta});
    if (delta < 0 ? number > last_call_ : number < last_call_)
        return fail("callDelta", "runs over from", last_call_, UINT64_MAX);
    event.call = CallId{event.cpu, number};
    last_call_ = std::max(last_call_, number);
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

bool EventChunkDecoder::value(int64_t& value) {
    if (next_value_ >= values_.size()) return fail("value", "lacks", next_value_, values_.size());
    value = values_[next_value_++];
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
        case EventColumns::kEntered: {
            auto& entered = event.body.emplace<SyscallEntered>();
            entered.number = codes_[i];
            return none(objects, "objectCount") && next_claims(views, entered.claims);
        }
        case EventColumns::kHook: {
            auto& hook = event.body.emplace<HookFired>();
            hook.hook = codes_[i];
            hook.objects = next_objects(objects);
            return value(hook.detail) && next_copies(views, hook.copies);
        }
        case EventColumns::kReturned: {
            auto& returned = event.body.emplace<SyscallReturned>();
            returned.number = codes_[i];
            return none(objects, "objectCount") && value(returned.result) &&
                   next_claims(views, returned.claims);
        }
        case EventColumns::kForked: {
            auto& forked = event.body.emplace<TaskForked>();
            forked.shares_files = (codes_[i] & EventColumns::kSharesFiles) != 0;
            forked.shares_place = (codes_[i] & EventColumns::kSharesPlace) != 0;
            forked.shares_memory = (codes_[i] & EventColumns::kSharesMemory) != 0;
            if (!none(views, "viewCount") || !none(objects, "objectCount") || !other(forked.child))
                return false;
            return forked.child != nullptr || fail("otherTask", "has no child at event", i, 0);
        }
        case EventColumns::kExited: {
            int64_t exit_code = 0;
            if (!none(views, "viewCount") || !none(objects, "objectCount") || !value(exit_code))
                return false;
            event.body = TaskExited{static_cast<int32_t>(exit_code), codes_[i] != 0};
            return true;
        }
        case EventColumns::kFound: {
            auto& found = event.body.emplace<TaskFound>();
            found.objects = next_objects(objects);
            return none(views, "viewCount") && other(found.parent);
        }
        default:
            return fail("kind", "has", kinds_[i], EventColumns::kFound);
    }
}

void EventChunkDecoder::events() {
    const Column<int32_t> deltas = in_.getDeltaTime();
    const Column<uint32_t> gaps = in_.getSequenceGap();
    const Column<uint16_t> tasks = in_.getTask();
    const Column<int32_t> call_deltas = in_.getCallDelta();
    const uint16_t cpu = in_.getCpu();
    kinds_ = in_.getKind();
    codes_ = in_.getCode();
    values_ = in_.getValue();
    view_counts_ = in_.getViewCount();
    object_counts_ = in_.getObjectCount();
    far_cpus_ = in_.getFarCallCpu();
    far_numbers_ = in_.getFarCallNumber();
    last_call_ = in_.getFirstCall();
    other_tasks_ = in_.getOtherTask();
    const size_t n = kinds_.size();
    if (!expect_size(deltas, n, "deltaTime") || !expect_size(gaps, n, "sequenceGap") ||
        !expect_size(tasks, n, "task") || !expect_size(call_deltas, n, "callDelta") ||
        !expect_size(codes_, n, "code") || !expect_size(view_counts_, n, "viewCount") ||
        !expect_size(object_counts_, n, "objectCount") ||
        !expect_size(far_numbers_, far_cpus_.size(), "farCallNumber"))
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
        if (!call(call_deltas[i], event) || !body(i, event)) return;
    }
    const auto used_up = [&](size_t used, size_t size, const char* column) {
        return used == size || fail(column, "has left over", size - used, 0);
    };
    if (used_up(next_view_, operands_.size(), "viewOperand") &&
        used_up(next_register_, registers_.size(), "claimRegister") &&
        used_up(next_value_, values_.size(), "value") &&
        used_up(next_object_, out_->objects_.size(), "objectRole") &&
        used_up(next_far_, far_cpus_.size(), "farCallCpu"))
        used_up(next_other_, other_tasks_.size(), "otherTask");
}

Result<std::shared_ptr<const EventBatch>> decode_event_chunk(schema::EventChunk::Reader in,
                                                             bool is_snapshot, Words& message) {
    return EventChunkDecoder(in, message).decode(is_snapshot);
}

}  // namespace tocsin
