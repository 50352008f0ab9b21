// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/wire_records.h"

#include <algorithm>
#include <cstring>

#include "bpf/wire.h"

namespace tocsin::bench {
namespace {

wire_task wire_from(const Task& task) {
    const Credentials& ids = task.credentials;
    wire_task out{};
    out.tgid = task.id.tgid;
    out.tid = task.id.tid;
    out.started_ns = task.id.started.ns;
    out.uid = ids.uid;
    out.euid = ids.euid;
    out.suid = ids.suid;
    out.fsuid = ids.fsuid;
    out.gid = ids.gid;
    out.egid = ids.egid;
    out.sgid = ids.sgid;
    out.fsgid = ids.fsgid;
    out.permitted = ids.permitted;
    out.effective = ids.effective;
    out.user_ns = task.namespaces.user;
    out.mount_ns = task.namespaces.mount;
    out.pid_ns = task.namespaces.pid;
    out.abi = static_cast<uint32_t>(task.abi);
    std::memcpy(out.comm, task.comm.data(), std::min(task.comm.size(), sizeof out.comm));
    return out;
}

struct Contents {
    wire_record head{};
    std::span<const Claim> claims;
    std::span<const KernelCopy> copies;
    std::span<const KernelObject> objects;

    void operator()(const SyscallEntered& body) {
        head.kind = WIRE_SYSCALL_ENTERED;
        head.code = body.number;
        claims = body.claims;
    }
    void operator()(const HookFired& body) {
        head.kind = WIRE_HOOK_FIRED;
        head.code = body.hook;
        head.value = body.detail;
        copies = body.copies;
        objects = body.objects;
    }
    void operator()(const SyscallReturned& body) {
        head.kind = WIRE_SYSCALL_RETURNED;
        head.code = body.number;
        head.value = body.result;
        claims = body.claims;
    }
    void operator()(const TaskForked& body) {
        head.kind = WIRE_TASK_FORKED;
        set_other(body.child);
    }
    void operator()(const TaskExited& body) {
        head.kind = WIRE_TASK_EXITED;
        head.code = body.last_thread ? 1 : 0;
        head.value = body.exit_code;
    }
    void operator()(const TaskFound& body) {
        head.kind = WIRE_TASK_FOUND;
        set_other(body.parent);
        objects = body.objects;
    }
    void set_other(const Task* other) {
        if (other == nullptr) return;
        head.has_other = 1;
        head.other = wire_from(*other);
    }
};

}  // namespace

WireRecords::WireRecords(std::span<const Event> events) {
    for (const Event& event : events) put(event);
}

std::span<const uint8_t> WireRecords::record(size_t index) const {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return {reinterpret_cast<const uint8_t*>(words_.data() + begin),
            (ends_[index] - begin) * sizeof(uint64_t)};
}

void WireRecords::put_bytes(const void* bytes, size_t size) {
    const size_t at = words_.size();
    words_.resize(at + (size + 7) / 8);
    if (size != 0) std::memcpy(words_.data() + at, bytes, size);
}

void WireRecords::put(const Event& event) {
    Contents contents;
    std::visit([&](const auto& body) { contents(body); }, event.body);
    wire_record& head = contents.head;
    head.time_ns = event.time.ns;
    head.cpu = event.cpu;
    if (head.kind != WIRE_TASK_FOUND) {
        // Sequence numbers rise by one for each record and each lost one.
        Stream& stream = streams_[event.cpu];
        stream.lost += event.sequence - stream.sequence - 1;
        stream.sequence = event.sequence;
        head.lost = stream.lost;
    }
    if (event.call) {
        head.call_cpu = event.call->cpu;
        head.call_number = event.call->number;
    }
    head.items = static_cast<uint16_t>(contents.claims.size() + contents.copies.size() +
                                       contents.objects.size());
    head.task = wire_from(*event.task);
    const size_t begin = words_.size();
    put_bytes(&head, sizeof head);
    for (const Claim& claim : contents.claims)
        put_captured(
            ITEM_CLAIM, claim.argument, claim.kind, claim.register_value,
            claim.memory ? 0 : ITEM_REGISTER,
            claim.memory ? static_cast<const CapturedBytes&>(*claim.memory) : CapturedBytes{});
    for (const KernelCopy& copy : contents.copies)
        put_captured(ITEM_COPY, copy.argument, copy.kind, 0, copy.from_descriptor ? ITEM_FDPATH : 0,
                     copy.value);
    for (const KernelObject& object : contents.objects) put_object(object);
    head.bytes = static_cast<uint32_t>((words_.size() - begin) * sizeof(uint64_t));
    std::memcpy(words_.data() + begin, &head, sizeof head);
    ends_.push_back(words_.size());
}

void WireRecords::put_captured(uint8_t kind, uint8_t operand, OperandKind operand_kind,
                               uint64_t address, uint8_t flags, const CapturedBytes& captured) {
    wire_item item{};
    item.kind = kind;
    item.operand = operand;
    item.operand_kind = static_cast<uint8_t>(operand_kind);
    item.flags = static_cast<uint8_t>(flags | (captured.cut ? ITEM_CUT : 0));
    item.error = captured.error;
    item.bytes = static_cast<uint32_t>(captured.bytes.size());
    item.full_length = captured.full_length;
    item.address = address;
    put_bytes(&item, sizeof item);
    put_bytes(captured.bytes.data(), captured.bytes.size());
}

void WireRecords::put_object(const KernelObject& object) {
    wire_item item{};
    item.kind = ITEM_OBJECT;
    item.operand = static_cast<uint8_t>(object.role);
    const size_t begin = words_.size();
    put_bytes(&item, sizeof item);
    for (const ObjectNode* node = object.node; node != nullptr; node = node->parent) {
        wire_node out{};
        out.device = node->id.device;
        out.inode = node->id.inode;
        out.generation = node->id.generation;
        out.mode = node->mode;
        out.uid = node->uid;
        out.gid = node->gid;
        out.links = node->links;
        out.mount = node->mount;
        out.name_bytes = static_cast<uint16_t>(node->name.size());
        out.cut = node->cut;
        put_bytes(&out, sizeof out);
        put_bytes(node->name.data(), node->name.size());
    }
    item.bytes = static_cast<uint32_t>((words_.size() - begin) * sizeof(uint64_t) - sizeof item);
    std::memcpy(words_.data() + begin, &item, sizeof item);
}

}  // namespace tocsin::bench
