// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/event_store.h"

#include <algorithm>
#include <array>

#include "formats/check.h"

namespace tocsin::gui {
namespace {

// Spreads the bits of a number (the finaliser of SplitMix64).
size_t mixed(uint64_t bits) {
    bits ^= bits >> 30U;
    bits *= 0xbf58476d1ce4e5b9U;
    bits ^= bits >> 27U;
    bits *= 0x94d049bb133111ebU;
    return bits ^ bits >> 31U;
}

// The object that an event is about, rather than where its process is.
const ObjectNode* subject_of(const Event& event) {
    const auto* hook = std::get_if<HookFired>(&event.body);
    if (hook == nullptr) return nullptr;
    for (const KernelObject& object : hook->objects)
        if (object.role != ObjectRole::kCwd && object.role != ObjectRole::kRoot &&
            object.role != ObjectRole::kSymlink && object.node != nullptr &&
            !is_absent(*object.node))
            return object.node;
    return nullptr;
}

const ObjectNode* executable_in(std::span<const KernelObject> objects) {
    for (const KernelObject& object : objects)
        if (object.role == ObjectRole::kExecutable) return object.node;
    return nullptr;
}

template <typename T>
size_t bytes_of(const std::vector<T>& column) {
    return column.capacity() * sizeof(T);
}

}  // namespace

size_t EventBlockBuilder::TaskHash::operator()(const TaskId& id) const {
    return mixed(id.started.ns ^ static_cast<uint64_t>(id.tid) << 32U ^
                 static_cast<uint64_t>(id.tgid));
}

size_t EventBlockBuilder::ObjectHash::operator()(const ObjectId& id) const {
    return mixed(id.inode ^ id.device << 40U ^ static_cast<uint64_t>(id.generation) << 20U);
}

uint32_t EventBlockBuilder::process_of(int32_t tgid) {
    const auto [at, is_new] = processes_.try_emplace(tgid, made_processes_);
    if (is_new) {
        block_.processes.push_back({tgid, kNoRow, {}, {}});
        ++made_processes_;
    }
    return at->second;
}

uint32_t EventBlockBuilder::thread_of(const Task& task) {
    if (last_thread_ == kNoRow || task.id != last_task_) {
        const auto [at, is_new] =
            threads_.try_emplace(task.id, static_cast<uint32_t>(comms_.size()));
        if (is_new) {
            block_.threads.push_back({task.id, process_of(task.id.tgid), std::string(task.comm)});
            comms_.emplace_back(task.comm);
            open_.emplace_back();
        }
        last_task_ = task.id;
        last_thread_ = at->second;
    }
    if (comms_[last_thread_] != task.comm) {
        comms_[last_thread_] = task.comm;
        block_.comms.emplace_back(last_thread_, task.comm);
    }
    return last_thread_;
}

uint32_t EventBlockBuilder::file_of(const ObjectNode& node) {
    const auto [at, is_new] = files_.try_emplace(node.id, made_files_);
    if (is_new) {
        block_.files.push_back({node.id, path_of(node)});
        ++made_files_;
    }
    return at->second;
}

void EventBlockBuilder::note_executable(uint32_t process, const ObjectNode& node) {
    block_.executables.emplace_back(process, path_of(node));
}

void EventBlockBuilder::add(const Event& event) {
    CHECK(event.task != nullptr);
    const auto index = static_cast<EventIndex>(std::min(added_, EventStore::kMostEvents));
    ++added_;
    const uint32_t thread = thread_of(*event.task);
    EventIndex partner = kNoEvent;
    uint16_t number = 0;
    bool failed = false;
    const bool is_of_open_call = event.call && open_[thread].call == *event.call;
    if (const auto* entry = std::get_if<SyscallEntered>(&event.body)) {
        number = entry->number;
        if (event.call) open_[thread] = {*event.call, index};
    } else if (const auto* hook = std::get_if<HookFired>(&event.body)) {
        number = hook->hook;
        if (is_of_open_call) partner = open_[thread].entry;
        if (const ObjectNode* program = executable_in(hook->objects))
            note_executable(process_of(event.task->id.tgid), *program);
    } else if (const auto* back = std::get_if<SyscallReturned>(&event.body)) {
        number = back->number;
        failed = back->result < 0;
        if (is_of_open_call) partner = std::exchange(open_[thread], {}).entry;
    } else if (const auto* fork = std::get_if<TaskForked>(&event.body)) {
        const bool is_process =
            fork->child != nullptr && fork->child->id.tgid != event.task->id.tgid;
        if (is_process) {
            const uint32_t parent = process_of(event.task->id.tgid);
            processes_.erase(fork->child->id.tgid);  // an id that is given anew
            process_of(fork->child->id.tgid);
            block_.processes.back().parent = parent;
        }
    } else if (const auto* exit = std::get_if<TaskExited>(&event.body)) {
        if (exit->last_thread) processes_.erase(event.task->id.tgid);
    } else if (const auto* found = std::get_if<TaskFound>(&event.body)) {
        if (const ObjectNode* program = executable_in(found->objects))
            note_executable(process_of(event.task->id.tgid), *program);
    }
    const ObjectNode* subject = subject_of(event);
    block_.time_ns.push_back(event.time.ns);
    block_.sequence.push_back(event.sequence);
    block_.thread.push_back(thread);
    block_.file.push_back(subject != nullptr ? file_of(*subject) : kNoRow);
    block_.partner.push_back(partner);
    block_.cpu.push_back(event.cpu);
    block_.number.push_back(number);
    block_.kind.push_back(static_cast<EventKind>(event.body.index()));
    block_.failed.push_back(failed ? 1 : 0);
    if (block_.size() == EventBlock::kMost) finish();
}

void EventBlockBuilder::finish() {
    if (block_.size() == 0) return;
    take_(std::exchange(block_, {}));
}

bool EventStore::append(EventBlock block) {
    if (events_ + block.size() > kMostEvents) return false;
    for (ThreadRow& thread : block.threads) threads_.push_back(std::move(thread));
    for (ProcessRow& process : block.processes) processes_.push_back(std::move(process));
    for (FileRow& file : block.files) files_.push_back(std::move(file));
    for (size_t i = threads_.size() - block.threads.size(); i < threads_.size(); ++i)
        processes_[threads_[i].process].threads.push_back(static_cast<uint32_t>(i));
    for (auto& [thread, comm] : block.comms) threads_[thread].comm = std::move(comm);
    for (auto& [process, path] : block.executables)
        processes_[process].executable = std::move(path);
    block.threads = {};
    block.processes = {};
    block.files = {};
    block.comms = {};
    block.executables = {};
    if (block.size() == 0) return true;
    const size_t before = events_;
    events_ += block.size();
    contents_.push_back(contents_of(block));
    blocks_.push_back(std::move(block));
    const EventBlock& added = blocks_.back();
    for (size_t i = 0; i < added.size(); ++i) {
        const uint64_t to = added.time_ns[i];
        if (i % kEvery == 0) some_times_ns_.push_back(to);
        if (added.kind[i] != EventKind::kFound) {
            first_ns_ = std::min(first_ns_, to);
            last_ns_ = std::max(last_ns_, to);
        } else {
            snapshot_end_ns_ = std::max(snapshot_end_ns_, to == UINT64_MAX ? to : to + 1);
        }
        const uint64_t from =
            added.partner[i] != kNoEvent ? std::min(to, time_ns(added.partner[i])) : to;
        const auto index = static_cast<EventIndex>(before + i);
        by_thread_.append(added.thread[i], index, from, to);
        if (added.file[i] != kNoRow) by_file_.append(added.file[i], index, from, to);
    }
    return true;
}

EventLine EventStore::at(EventIndex event) const {
    const EventBlock& block = blocks_[event / EventBlock::kMost];
    const size_t i = event % EventBlock::kMost;
    return {block.time_ns[i], block.sequence[i], block.thread[i],
            block.file[i],    block.partner[i],  block.cpu[i],
            block.number[i],  block.kind[i],     block.failed[i] != 0};
}

EventIndex EventStore::first_at(uint64_t time) const {
    const auto behind = std::lower_bound(some_times_ns_.begin(), some_times_ns_.end(), time);
    if (behind == some_times_ns_.begin()) return 0;
    const size_t from = static_cast<size_t>(behind - some_times_ns_.begin() - 1) * kEvery;
    const std::vector<uint64_t>& times = blocks_[from / EventBlock::kMost].time_ns;
    const auto begin = times.begin() + static_cast<ptrdiff_t>(from % EventBlock::kMost);
    const auto end = times.end() - begin > ptrdiff_t{kEvery} ? begin + kEvery : times.end();
    return static_cast<EventIndex>(from +
                                   static_cast<size_t>(std::lower_bound(begin, end, time) - begin));
}

EventStore::Contents EventStore::contents_of(const EventBlock& block) {
    Contents contents;
    size_t last = 0;
    for (size_t i = 0; i < block.size(); ++i) {
        if (block.kind[i] == EventKind::kFound) continue;
        auto& numbers = contents.numbers;
        if (last == numbers.size() || numbers[last].cpu != block.cpu[i])
            for (last = 0; last < numbers.size() && numbers[last].cpu != block.cpu[i];) ++last;
        if (last == numbers.size())
            numbers.push_back({block.cpu[i], block.sequence[i], block.sequence[i]});
        numbers[last].least = std::min(numbers[last].least, block.sequence[i]);
        numbers[last].most = std::max(numbers[last].most, block.sequence[i]);
    }
    contents.numbers.shrink_to_fit();
    return contents;
}

EventIndex EventStore::find_in(size_t block, const EventRef& event) const {
    const auto& numbers = contents_[block].numbers;
    const bool may_have = std::any_of(numbers.begin(), numbers.end(), [&](const auto& of_cpu) {
        return of_cpu.cpu == event.cpu && of_cpu.least <= event.sequence &&
               event.sequence <= of_cpu.most;
    });
    if (!may_have) return kNoEvent;
    const EventBlock& in = blocks_[block];
    for (size_t i = 0; i < in.size(); ++i)
        if (in.sequence[i] == event.sequence && in.cpu[i] == event.cpu &&
            in.kind[i] != EventKind::kFound)
            return static_cast<EventIndex>(block * EventBlock::kMost + i);
    return kNoEvent;
}

EventIndex EventStore::find(const EventRef& event, uint64_t time) const {
    // Times of one CPU may run back by a little, so some blocks in either direction are looked at,
    // too.
    constexpr size_t kBlocksAway = 8;
    const size_t middle = first_at(time) / EventBlock::kMost;
    for (size_t away = 0; away <= kBlocksAway; ++away)
        for (const size_t block : {middle + away, middle - away})
            if (block < blocks_.size())
                if (const EventIndex found = find_in(block, event); found != kNoEvent) return found;
    return kNoEvent;
}

void EventStore::mark(EventIndex event, Severity severity) {
    const EventLine line = at(event);
    by_thread_.mark(line.thread, event, severity);
    if (line.file != kNoRow) by_file_.mark(line.file, event, severity);
}

void EventStore::clear_marks() {
    by_thread_.clear_marks();
    by_file_.clear_marks();
}

size_t EventStore::bytes() const {
    size_t bytes = by_thread_.bytes() + by_file_.bytes() + bytes_of(some_times_ns_);
    for (const EventBlock& block : blocks_)
        bytes += bytes_of(block.time_ns) + bytes_of(block.sequence) + bytes_of(block.thread) +
                 bytes_of(block.file) + bytes_of(block.partner) + bytes_of(block.cpu) +
                 bytes_of(block.number) + bytes_of(block.kind) + bytes_of(block.failed);
    for (const Contents& block : contents_) bytes += sizeof(Contents) + bytes_of(block.numbers);
    for (const FileRow& file : files_) bytes += sizeof(FileRow) + file.path.capacity();
    for (const ThreadRow& thread : threads_) bytes += sizeof(ThreadRow) + thread.comm.capacity();
    for (const ProcessRow& process : processes_)
        bytes += sizeof(ProcessRow) + process.executable.capacity() + bytes_of(process.threads);
    return bytes;
}

}  // namespace tocsin::gui
