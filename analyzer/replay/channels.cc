// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/channels.h"

#include <algorithm>
#include <cerrno>

#include "formats/hooks.h"

namespace tocsin {
namespace {

constexpr uint32_t kTypeMask = 0170000, kFifo = 0010000, kSocket = 0140000;  // inode(7)
constexpr BootTime kNever{UINT64_MAX};

const ObjectNode* node_of(std::span<const KernelObject> objects, ObjectRole role) {
    for (const KernelObject& object : objects)
        if (object.role == role) return object.node;
    return nullptr;
}

// The inode by which what is written there is read; nullopt: no channel, or not known.
std::optional<ObjectId> written_by(std::span<const KernelObject> objects) {
    const ObjectNode* written = node_of(objects, ObjectRole::kWritten);
    if (written == nullptr) return std::nullopt;
    if ((written->mode & kTypeMask) == kFifo) return written->id;
    const ObjectNode* opposite = node_of(objects, ObjectRole::kOpposite);
    if ((written->mode & kTypeMask) != kSocket || opposite == nullptr) return std::nullopt;
    return opposite->id;
}

// Whether the call left nothing in the pipe that was there when it began: read(2) of a pipe takes
// what there is, and waits where there is nothing.
bool drains(const Operation& read) {
    if (!read.result) return false;
    if (read.waiting == 0 || *read.result == 0 || *read.result == -EAGAIN) return true;
    const Operand* wanted = read.first_operand(OperandKind::kValue);
    return read.syscall->name == "read" && *read.result > 0 && wanted != nullptr &&
           static_cast<uint64_t>(*read.result) < wanted->register_value;
}

// Adds a write that what was read may be of; false: it is another thread's than those before.
template <typename Write>
bool add(std::optional<Heard>& heard, const Write& write) {
    if (!heard) heard = Heard{write.task, write.began, write.began};
    heard->at = std::min(heard->at, write.began);
    return heard->from == write.task;
}

}  // namespace

void Channels::observe(const Event& event) {
    if (event.task == nullptr) return;
    if (writing_.contains(event.task->id)) continue_write(event);
    if (const auto* body = std::get_if<HookFired>(&event.body)) begin_write(event, *body);
}

Channels::Channel* Channels::channel_of(const ObjectId& id) {
    const auto at = channels_.find(id);
    return at == channels_.end() ? nullptr : &at->second;
}

Channels::Channel& Channels::make_channel(const ObjectId& id) {
    if (Channel* known = channel_of(id)) return *known;
    if (channels_.size() >= kMostChannels) {
        const Channel& oldest = channels_.at(in_order_.front());
        for (const Write& write : oldest.writes)
            forgotten_until_ = std::max(forgotten_until_, write.last.value_or(kNever));
        channels_.erase(in_order_.front());
        in_order_.pop_front();
    }
    in_order_.push_back(id);
    Channel& made = channels_[id];
    made.complete_since = forgotten_until_;
    return made;
}

void Channels::begin_write(const Event& event, const HookFired& body) {
    const HookInfo* hook = find_hook(body.hook);
    if (hook == nullptr || hook->name != "sys_enter" || !event.call) return;
    const auto id = written_by(body.objects);
    if (!id) return;
    Channel& channel = make_channel(*id);
    channel.is_socket = node_of(body.objects, ObjectRole::kOpposite) != nullptr;
    if (channel.writes.size() == kMostWrites) {
        const BootTime last = channel.writes.front().last.value_or(kNever);
        channel.complete_since = std::max(channel.complete_since, last);
        channel.writes.pop_front();
    }
    channel.writes.push_back({event.task->id, *event.call, event.time, std::nullopt});
    writing_[event.task->id] = *id;
}

// The thread's write ended, or it did something else since.
void Channels::continue_write(const Event& event) {
    const auto writing = writing_.find(event.task->id);
    Channel* channel = channel_of(writing->second);
    const auto end_of_writing = [&] { writing_.erase(writing); };
    if (channel == nullptr) return end_of_writing();
    auto& writes = channel->writes;
    const auto write = std::find_if(writes.rbegin(), writes.rend(), [&](const Write& one) {
        return one.task == event.task->id && !one.last;
    });
    if (write == writes.rend()) return end_of_writing();
    const auto* returned = std::get_if<SyscallReturned>(&event.body);
    const bool is_of_the_call = event.call == write->call;
    if (is_of_the_call && returned == nullptr) return;
    if (is_of_the_call && returned->result > 0 && !channel->is_socket) return;
    if (is_of_the_call && returned->result <= 0)
        writes.erase(std::next(write).base());
    else
        write->last = event.time;
    end_of_writing();
}

std::optional<Heard> Channels::heard_by(const Operation& operation) {
    const auto& end = operation.object(ObjectRole::kRead);
    if (end == nullptr || !operation.ended) return std::nullopt;
    Channel* channel = channel_of(end->link.id);
    const bool is_pipe = (end->link.mode & kTypeMask) == kFifo;
    std::optional<Heard> heard;
    if (channel != nullptr && operation.result.value_or(0) > 0)
        heard =
            is_pipe ? heard_from_pipe(*channel, operation) : heard_from_socket(*channel, operation);
    if (is_pipe && drains(operation)) {
        Channel& drained = make_channel(end->link.id);
        if (drained.drained < operation.began) {
            drained.drained = operation.began;
            drained.drained_by = operation.ended;
        }
    }
    return heard;
}

std::optional<Heard> Channels::heard_from_pipe(const Channel& channel, const Operation& read) {
    std::optional<BootTime> empty;
    if (channel.drained_by < read.began) empty = channel.drained;
    if (read.waiting == 0) empty = read.began;
    if (!empty || *empty <= channel.complete_since) return std::nullopt;
    std::optional<Heard> heard;
    for (const Write& write : channel.writes)
        if (write.began <= *read.ended && write.last.value_or(kNever) >= *empty &&
            !add(heard, write))
            return std::nullopt;
    if (heard) heard->rests_on = *empty;
    return heard;
}

// A write that was over is not in the queue if as many as wait there, or more, came behind it. Who
// has no lasting partner may have heard from anybody.
std::optional<Heard> Channels::heard_from_socket(const Channel& channel, const Operation& read) {
    if (!read.waiting || read.object(ObjectRole::kOpposite) == nullptr) return std::nullopt;
    const auto is_over = [&](const Write& write) {
        return write.last.value_or(kNever) < read.began;
    };
    std::optional<Heard> heard;
    uint64_t over = 0;
    for (const Write& write : channel.writes) {
        if (write.began > *read.ended) continue;
        if (is_over(write)) {
            ++over;
            const auto behind = std::count_if(
                channel.writes.begin(), channel.writes.end(),
                [&](const Write& other) { return is_over(other) && other.began > *write.last; });
            if (static_cast<uint64_t>(behind) >= *read.waiting) continue;
        }
        if (!add(heard, write)) return std::nullopt;
    }
    if (!heard || over < *read.waiting || heard->at <= channel.complete_since) return std::nullopt;
    heard->rests_on = std::min(heard->at, read.began);
    return heard;
}

}  // namespace tocsin
