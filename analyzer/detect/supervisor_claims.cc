// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/supervisor_claims.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "analyzer/detect/forget.h"
#include "analyzer/detect/reached_memory.h"

namespace tocsin {
namespace {

// linux/seccomp.h: type and number of the commands, without the sizes of their structures.
constexpr uint64_t kCommandMask = 0xffff;
constexpr uint64_t kReceive = 0x2100, kSend = 0x2101, kAddFd = 0x2103;
constexpr uint32_t kContinue = 1;  // SECCOMP_USER_NOTIF_FLAG_CONTINUE
constexpr uint32_t kAnswers = 2;   // SECCOMP_ADDFD_FLAG_SEND

// A member of the structure that the command is about; nullopt: not recorded so far.
template <typename Number>
std::optional<Number> member(const Operation& command, size_t offset) {
    const Operand* structure = command.first_operand(OperandKind::kOutput);
    if (structure == nullptr || !structure->exit) return std::nullopt;
    const std::string_view bytes = structure->exit->bytes;
    if (bytes.size() < offset + sizeof(Number)) return std::nullopt;
    Number number;
    std::memcpy(&number, bytes.data() + offset, sizeof number);
    return number;
}

std::optional<uint64_t> command_of(const Operation& operation) {
    if (operation.is_orphan || operation.syscall->name != "ioctl") return std::nullopt;
    const Operand* command = operation.first_operand(OperandKind::kValue);
    if (command == nullptr) return std::nullopt;
    return command->register_value & kCommandMask;
}

// Of bytes that were read at the operand's address, what is of the operand.
ClaimView claim_of(const Operand& operand, std::string_view bytes) {
    ClaimView claim;
    size_t length = bytes.size();
    if (operand.info.kind == OperandKind::kPath || operand.info.kind == OperandKind::kString) {
        length = std::min(length, bytes.find('\0'));
        claim.cut = length == bytes.size();
    } else if (operand.entry && operand.entry->full_length != 0) {
        length = std::min<size_t>(length, operand.entry->full_length);
        claim.cut = length < operand.entry->full_length;
    }
    claim.bytes = bytes.substr(0, length);
    return claim;
}

// What the call read from that address on; empty: nothing that is recorded.
std::string_view read_at(const Operation& read, uint64_t address) {
    const Operand* local = read.first_operand(OperandKind::kOutputIovec);
    if (local == nullptr || !local->exit) return {};
    const std::string_view bytes = local->exit->bytes;
    uint64_t before = 0;
    for (const MemoryRange& range : ranges_reached(read)) {
        if (range.holds(address)) {
            const uint64_t at = before + (address - range.begin);
            if (at >= bytes.size()) return {};
            return bytes.substr(at, range.size - (address - range.begin));
        }
        before += range.size;
    }
    return {};
}

}  // namespace

void SupervisorClaims::observe(const std::shared_ptr<const Operation>& operation) {
    if (const auto command = command_of(*operation)) {
        if (operation->result.value_or(-1) < 0) return;
        if (*command == kReceive) receive(operation);
        if (*command == kSend || *command == kAddFd) answer(*operation);
    } else if (!operation->is_orphan && operation->syscall->name == "process_vm_readv") {
        read(operation);
    }
}

void SupervisorClaims::receive(const std::shared_ptr<const Operation>& notification) {
    const auto id = member<uint64_t>(*notification, 0);
    const auto thread = member<int32_t>(*notification, 8);
    const auto syscall = member<uint32_t>(*notification, 16);
    if (!id || !thread || !syscall) return;
    if (held_.size() >= kMostHeld) coverage_.forgotten += forget_older_half(held_);
    held_[*thread] = {notification, *id, *syscall, ++coverage_.held_back, {}};
}

void SupervisorClaims::answer(const Operation& operation) {
    const bool is_send = command_of(operation) == kSend;
    const auto id = member<uint64_t>(operation, 0);
    const auto flags = member<uint32_t>(operation, is_send ? 20 : 8);
    if (!id || !flags) return;
    if (is_send ? (*flags & kContinue) != 0 : (*flags & kAnswers) == 0) return;
    std::erase_if(held_, [&](const auto& entry) {
        const Held& held = entry.second;
        return held.id == *id && held.notification->task->id.tgid == operation.task->id.tgid;
    });
}

void SupervisorClaims::read(const std::shared_ptr<const Operation>& operation) {
    for (auto& [thread, held] : held_) {
        if (held.notification->task->id.tgid != operation->task->id.tgid) continue;
        if (operation->began < held.notification->last_time()) continue;
        if (held.reads.size() == kMostReads) {
            held.reads.erase(held.reads.begin());
            ++coverage_.reads_forgotten;
        }
        held.reads.push_back(operation);
    }
}

std::optional<SupervisorClaim> SupervisorClaims::claim_on(const Operation& operation,
                                                          const Operand& operand) const {
    const auto at = held_.find(operation.task->id.tid);
    if (at == held_.end() || operation.is_orphan || operation.entry_missing) return std::nullopt;
    const Held& held = at->second;
    if (held.syscall != operation.syscall->number ||
        operation.began < held.notification->last_time())
        return std::nullopt;
    for (auto read = held.reads.rbegin(); read != held.reads.rend(); ++read) {
        const Operation& reader = **read;
        const int32_t process = process_reached(reader);
        if (process != operation.task->id.tgid && process != operation.task->id.tid) continue;
        if (operation.began < reader.last_time()) continue;
        const std::string_view bytes = read_at(reader, operand.register_value);
        if (bytes.empty()) continue;
        return SupervisorClaim{reader.task,
                               reader.caller,
                               std::string(reader.syscall->name),
                               reader.entry_event.value_or(EventRef{}),
                               reader.last_time(),
                               claim_of(operand, bytes)};
    }
    return std::nullopt;
}

void SupervisorClaims::forget(const Operation& operation) {
    const auto at = held_.find(operation.task->id.tid);
    if (at != held_.end() && at->second.notification->last_time() <= operation.began)
        held_.erase(at);
}

}  // namespace tocsin
