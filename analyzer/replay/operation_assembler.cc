// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/operation_assembler.h"

#include <algorithm>
#include <vector>

#include "analyzer/replay/heard.h"

namespace tocsin {
namespace {

void add_operands(Operation& operation, const SyscallInfo& syscall) {
    operation.syscall = &syscall;
    const auto none =
        std::find_if(syscall.operands.begin(), syscall.operands.end(),
                     [](const OperandInfo& info) { return info.kind == OperandKind::kNone; });
    operation.operands.resize(static_cast<size_t>(none - syscall.operands.begin()));
    for (size_t i = 0; i < operation.operands.size(); ++i)
        operation.operands[i].info = syscall.operands[i];
}

// Whether the call waits for others to act: the end of a trace, or its thread's, finds it waiting.
bool may_last(const Operation& operation) {
    if (operation.syscall == nullptr) return false;
    const SyscallGroup group = operation.syscall->group;
    return group == SyscallGroup::kWait || group == SyscallGroup::kContent ||
           group == SyscallGroup::kChannel;
}

}  // namespace

const SyscallInfo* orphan_call(uint16_t hook) {
    static constexpr uint16_t kNoNumber = UINT16_MAX;
    static constexpr std::pair<std::string_view, SyscallInfo> kCalls[] = {
        {"file_open", {kNoNumber, "file_open", SyscallGroup::kOpen, {{{OperandKind::kPath, 0}}}}},
        {"bprm_check_security",
         {kNoNumber, "bprm_check_security", SyscallGroup::kExec, {{{OperandKind::kPath, 0}}}}},
        {"socket_connect",
         {kNoNumber, "socket_connect", SyscallGroup::kSocket, {{{OperandKind::kSockaddr, 0}}}}},
        {"socket_bind",
         {kNoNumber, "socket_bind", SyscallGroup::kSocket, {{{OperandKind::kSockaddr, 0}}}}},
        {"path_unlink",
         {kNoNumber, "path_unlink", SyscallGroup::kChange, {{{OperandKind::kPath, 0}}}}},
        {"path_rmdir",
         {kNoNumber, "path_rmdir", SyscallGroup::kChange, {{{OperandKind::kPath, 0}}}}},
        {"path_mkdir",
         {kNoNumber, "path_mkdir", SyscallGroup::kChange, {{{OperandKind::kPath, 0}}}}},
        {"path_mknod",
         {kNoNumber, "path_mknod", SyscallGroup::kChange, {{{OperandKind::kPath, 0}}}}},
        {"path_symlink",
         {kNoNumber, "path_symlink", SyscallGroup::kChange, {{{OperandKind::kString, 0}}}}},
        {"path_link", {kNoNumber, "path_link", SyscallGroup::kChange, {{{OperandKind::kPath, 0}}}}},
        {"path_rename",
         {kNoNumber, "path_rename", SyscallGroup::kChange, {{{OperandKind::kPath, 0}}}}},
        {"inode_setxattr",
         {kNoNumber, "inode_setxattr", SyscallGroup::kChange, {{{OperandKind::kString, 0}}}}},
        {"inode_removexattr",
         {kNoNumber, "inode_removexattr", SyscallGroup::kChange, {{{OperandKind::kString, 0}}}}},
        {"inode_set_acl",
         {kNoNumber, "inode_set_acl", SyscallGroup::kChange, {{{OperandKind::kString, 0}}}}},
        {"inode_remove_acl",
         {kNoNumber, "inode_remove_acl", SyscallGroup::kChange, {{{OperandKind::kString, 0}}}}},
        {"sb_mount", {kNoNumber, "sb_mount", SyscallGroup::kPlace, {{{OperandKind::kString, 0}}}}},
        {"sb_umount", {kNoNumber, "sb_umount", SyscallGroup::kPlace, {{{OperandKind::kPath, 0}}}}},
        {"move_mount",
         {kNoNumber, "move_mount", SyscallGroup::kPlace, {{{OperandKind::kPath, 0}}}}},
    };
    const HookInfo* info = find_hook(hook);
    for (const auto& [name, call] : kCalls)
        if (info != nullptr && info->name == name) return &call;
    return nullptr;
}

std::optional<bool> Operation::succeeded() const {
    constexpr int64_t kInterrupted = -4, kInProgress = -115, kRestarted = -512;
    if (result && *result >= 0) return true;
    const bool is_connect =
        syscall != nullptr && syscall->group == SyscallGroup::kSocket && syscall->name == "connect";
    if (!result) {
        if (object(ObjectRole::kExecutable) || (is_connect && (peer || object(ObjectRole::kPeer))))
            return true;
        return std::nullopt;
    }
    if (is_connect && (*result == kInterrupted || *result == kInProgress || *result == kRestarted))
        return true;
    return false;
}

OperationAssembler::OperationAssembler(const WorldState& world, Sink sink,
                                       std::chrono::nanoseconds orphan_window)
    : world_(world), sink_(std::move(sink)), orphan_window_(orphan_window) {}

void OperationAssembler::observe(const Event& event) {
    if (event.task == nullptr) return;
    if (const auto* entered = std::get_if<SyscallEntered>(&event.body)) {
        observe_entry(event, *entered);
    } else if (const auto* hook = std::get_if<HookFired>(&event.body)) {
        observe_hook(event, *hook);
    } else if (const auto* returned = std::get_if<SyscallReturned>(&event.body)) {
        observe_return(event, *returned);
    } else if (std::holds_alternative<TaskExited>(event.body)) {
        const auto at = by_task_.find(event.task->id);
        if (at != by_task_.end()) close(open_.find(at->second));
    }
}

const Operation* OperationAssembler::find_open(const CallId& call) const {
    const auto at = open_.find(call);
    return at == open_.end() ? nullptr : at->second.get();
}

// As new; where nobody has kept the last one, in the memory that it and its vectors had.
std::shared_ptr<Operation> OperationAssembler::new_operation() {
    if (spare_operation_ == nullptr) return std::make_shared<Operation>();
    Operation fresh;
    const auto take_memory = [](auto& to, auto& from) {
        to = std::move(from);
        to.clear();
    };
    take_memory(fresh.operands, spare_operation_->operands);
    take_memory(fresh.objects, spare_operation_->objects);
    take_memory(fresh.hook_events, spare_operation_->hook_events);
    *spare_operation_ = std::move(fresh);
    return std::move(spare_operation_);
}

OperationAssembler::OpenCalls::iterator OperationAssembler::open(const CallId& call,
                                                                 const Event& event) {
    const auto older = by_task_.find(event.task->id);
    if (older != by_task_.end()) close(open_.find(older->second));
    if (const auto same = open_.find(call); same != open_.end()) close(same);
    if (open_.size() >= kMostOpenCalls) {
        // Many at a time: to look for the oldest takes a look at all.
        constexpr size_t kAtATime = kMostOpenCalls / 16;
        gaps_.closed_early += kAtATime;
        close_oldest(kAtATime);
    }
    auto opened = new_operation();
    opened->call = call;
    opened->task = own(*event.task);
    opened->began = event.time;
    if (!spare_call_.empty() && !spare_task_.empty()) {
        spare_task_.key() = event.task->id;
        spare_task_.mapped() = call;
        by_task_.insert(std::move(spare_task_));
        spare_call_.key() = call;
        spare_call_.mapped() = std::move(opened);
        return open_.insert(std::move(spare_call_)).position;
    }
    by_task_.emplace(event.task->id, call);
    return open_.emplace(call, std::move(opened)).first;
}

OperationAssembler::OpenCalls::iterator OperationAssembler::find_or_open(const CallId& call,
                                                                         const Event& event) {
    auto at = open_.find(call);
    if (at == open_.end()) {
        at = open(call, event);
        at->second->entry_missing = true;
    } else if (names_call_of_another_process(at, event)) {
        return open_.end();
    }
    return at;
}

// Of several files that an open's hooks were asked about the one behind its descriptor counts, else
// the first: an overlay's own comes before the one below it, except where a file without a name is
// made.
void OperationAssembler::add_object(Operation& operation, std::shared_ptr<const FileObject> object,
                                    ObjectRole role) {
    if (static_cast<size_t>(role) >= kObjectRoles) return;
    if (const auto& known = operation.object(role)) {
        if (role != ObjectRole::kOpened || known->file().id == object->file().id) return;
        if (operation.also_opened.size() >= kMostAlsoOpened)
            ++gaps_.objects_left_out;
        else
            operation.also_opened.push_back(std::move(object));
        return;
    }
    const ObjectId id = object->file().id;
    operation.objects.set(role, std::move(object));
    if (role != ObjectRole::kReturned) return;
    for (auto& other : operation.also_opened) {
        const auto opened = operation.object(ObjectRole::kOpened);
        if (opened->file().id == id || other->file().id != id) continue;
        operation.objects.set(ObjectRole::kOpened, other);
        other = opened;
    }
}

void OperationAssembler::add_copies(Operation& operation, std::span<const KernelCopy> copies) {
    for (const KernelCopy& copy : copies) {
        if (copy.kind == OperandKind::kInterpreter) {
            operation.interpreter = own(copy.value);
            continue;
        }
        if (copy.kind == OperandKind::kPeer) {
            operation.peer = own(copy.value);
            continue;
        }
        Operand* operand = operation.operand_of(copy.argument, copy.kind);
        if (operand == nullptr || operand->kernel) continue;
        operand->kernel = own(copy.value);
        operand->from_descriptor = copy.from_descriptor;
    }
}

void OperationAssembler::add_link(Operation& operation, FollowedLink link) {
    // A walk that is begun anew follows them again.
    for (const FollowedLink& known : operation.links)
        if (known.link->file().id == link.link->file().id && known.argument == link.argument)
            return;
    if (operation.links.size() == kMostLinks) {
        ++gaps_.links_left_out;
        return;
    }
    operation.links.push_back(std::move(link));
}

void OperationAssembler::add_hook(Operation& operation, const Event& event, const HookFired& body) {
    operation.task_after = own(*event.task);
    operation.hook_events.push_back({event.cpu, event.sequence});
    const bool had_object = operation.object() != nullptr;
    if (auto link = own(body.objects, ObjectRole::kSymlink)) {
        FollowedLink followed{std::move(link), {}, kUnknownArgument};
        if (body.detail > 0 && body.detail < kUnknownArgument)
            followed.argument = static_cast<uint8_t>(body.detail - 1);
        for (const KernelCopy& copy : body.copies)
            if (copy.kind == OperandKind::kLinkTarget && copy.value.error == 0)
                followed.target = own(copy.value);
        add_link(operation, std::move(followed));
    }
    for (const KernelObject& object : body.objects) {
        if (object.role != ObjectRole::kSymlink)
            add_object(operation, own(body.objects, object.role), object.role);
    }
    add_copies(operation, body.copies);
    if (const HookInfo* hook = find_hook(body.hook)) {
        if (hook->name == "ptrace_access_check")
            operation.target_process = static_cast<int32_t>(body.detail);
        if (hook->name == "file_open") operation.made_file |= body.detail != 0;
        if (hook->name == "sys_enter" && body.detail > 0)
            operation.waiting = static_cast<uint64_t>(body.detail) - 1;
    }
    if (!operation.copied) operation.copied = event.time;
    const bool names_it = !had_object && operation.object() != nullptr;
    if (!operation.decided || names_it) operation.decided = event.time;
}

void OperationAssembler::observe_entry(const Event& event, const SyscallEntered& body) {
    // No recorder writes an entry without a call; nothing could be joined to it.
    Operation& operation = *open(event.call.value_or(CallId{event.cpu, 0}), event)->second;
    if (const SyscallInfo* syscall = find_syscall(body.number)) add_operands(operation, *syscall);
    operation.caller = world_.caller(event.task->id);
    operation.entry_event = EventRef{event.cpu, event.sequence};
    for (const Claim& claim : body.claims) {
        Operand* operand = operation.operand_of(claim.argument, claim.kind);
        if (operand == nullptr) continue;
        operand->register_value = claim.register_value;
        if (claim.memory) operand->entry = own(*claim.memory);
    }
}

// No recorder writes such a record: an exec gives its thread another tid, never another tgid.
bool OperationAssembler::names_call_of_another_process(OpenCalls::iterator open,
                                                       const Event& event) {
    if (open->second->task->id.tgid == event.task->id.tgid) return false;
    ++gaps_.calls_of_others;
    return true;
}

void OperationAssembler::observe_hook(const Event& event, const HookFired& body) {
    if (!event.call) {
        if (order_hook(body.hook) == OrderHook::kNone) observe_orphan(event, body);
        return;
    }
    if (const auto at = find_or_open(*event.call, event); at != open_.end())
        add_hook(*at->second, event, body);
}

void OperationAssembler::observe_orphan(const Event& event, const HookFired& body) {
    const SyscallInfo* call = orphan_call(body.hook);
    if (const auto current = by_task_.find(event.task->id); current != by_task_.end()) {
        Operation& operation = *open_.at(current->second);
        const bool is_near =
            event.time >= operation.began &&
            event.time.ns - operation.began.ns <= static_cast<uint64_t>(orphan_window_.count());
        const bool is_alike = call != nullptr && operation.syscall != nullptr &&
                              operation.syscall->group == call->group;
        if (is_near && is_alike && operation.hook_events.empty()) {
            ++gaps_.hooks_joined_by_time;
            operation.joined_by_time = true;
            return add_hook(operation, event, body);
        }
    }
    ++gaps_.hooks_without_call;
    if (call == nullptr) return;
    auto operation = std::make_shared<Operation>();
    operation->is_orphan = operation->entry_missing = operation->unfinished = true;
    operation->began = event.time;
    operation->task = own(*event.task);
    operation->caller = world_.caller(event.task->id);
    add_operands(*operation, *call);
    add_hook(*operation, event, body);
    sink_(std::move(operation));
}

void OperationAssembler::observe_return(const Event& event, const SyscallReturned& body) {
    if (!event.call) {
        ++gaps_.returns_without_call;
        return;
    }
    const auto at = find_or_open(*event.call, event);
    if (at == open_.end()) return;
    Operation& operation = *at->second;
    if (operation.syscall == nullptr)
        if (const SyscallInfo* syscall = find_syscall(body.number))
            add_operands(operation, *syscall);
    operation.task_after = own(*event.task);
    operation.ended = event.time;
    operation.result = body.result;
    operation.exit_event = EventRef{event.cpu, event.sequence};
    for (const Claim& claim : body.claims) {
        Operand* operand = operation.operand_of(claim.argument, claim.kind);
        if (operand == nullptr) continue;
        if (operation.entry_missing) operand->register_value = claim.register_value;
        if (claim.memory) operand->exit = own(*claim.memory);
    }
    close(at);
}

void OperationAssembler::close(OpenCalls::iterator at) {
    spare_call_ = open_.extract(at);
    std::shared_ptr<Operation> closed = std::move(spare_call_.mapped());
    Operation& operation = *closed;
    const auto task = by_task_.find(operation.task->id);
    if (task != by_task_.end() && task->second == operation.call)
        spare_task_ = by_task_.extract(task);
    operation.unfinished = !operation.ended;
    if (operation.entry_missing) ++gaps_.entries_missing;
    if (operation.unfinished && !operation.entry_missing && !may_last(operation))
        ++gaps_.returns_missing;
    if (operation.syscall != nullptr) {
        sink_(closed);
    } else if (operation.entry_missing && operation.unfinished) {
        ++gaps_.hooks_only;
    } else {
        ++gaps_.unknown_calls;
    }
    if (closed.use_count() == 1) spare_operation_ = std::move(closed);
}

void OperationAssembler::close_oldest(size_t count) {
    std::vector<std::pair<BootTime, CallId>> calls;
    calls.reserve(open_.size());
    for (const auto& [call, opened] : open_) calls.emplace_back(opened->began, call);
    std::sort(calls.begin(), calls.end());
    calls.resize(std::min(count, calls.size()));
    for (const auto& [began, call] : calls) close(open_.find(call));
}

void OperationAssembler::finish() {
    close_oldest(open_.size());
}

}  // namespace tocsin
