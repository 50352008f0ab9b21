// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/event_digest.h"

#include <cstring>

namespace tocsin::bench {
namespace {

class Digester {
  public:
    void add(uint64_t value) {
        state_ = (state_ ^ value) * 0x9e3779b97f4a7c15U;
        state_ ^= state_ >> 29U;
    }
    void add_signed(int64_t value) { add(static_cast<uint64_t>(value)); }
    void add(std::string_view text) {
        add(uint64_t{text.size()});
        for (; !text.empty(); text.remove_prefix(text.size() < 8 ? text.size() : 8)) {
            uint64_t word = 0;
            std::memcpy(&word, text.data(), text.size() < 8 ? text.size() : 8);
            add(word);
        }
    }
    void add(const Task& task) {
        add_signed(task.id.tgid);
        add_signed(task.id.tid);
        add(task.id.started.ns);
        const Credentials& ids = task.credentials;
        for (const uint64_t id :
             {uint64_t{ids.uid}, uint64_t{ids.euid}, uint64_t{ids.suid}, uint64_t{ids.fsuid},
              uint64_t{ids.gid}, uint64_t{ids.egid}, uint64_t{ids.sgid}, uint64_t{ids.fsgid},
              ids.permitted, ids.effective})
            add(id);
        for (const uint32_t id : {task.namespaces.user, task.namespaces.mount, task.namespaces.pid})
            add(uint64_t{id});
        add(uint64_t{static_cast<uint8_t>(task.abi)});
        add(task.comm);
    }
    void add(const CapturedBytes& captured) {
        add(captured.bytes);
        add(uint64_t{captured.full_length});
        add_signed(captured.error);
        add(uint64_t{captured.cut});
    }
    void add(std::span<const Claim> claims) {
        add(uint64_t{claims.size()});
        for (const Claim& claim : claims) {
            add(uint64_t{claim.argument} << 8U | static_cast<uint8_t>(claim.kind));
            add(claim.register_value);
            add(uint64_t{claim.memory.has_value()});
            if (claim.memory) add(static_cast<const CapturedBytes&>(*claim.memory));
        }
    }
    void add(std::span<const KernelCopy> copies) {
        add(uint64_t{copies.size()});
        for (const KernelCopy& copy : copies) {
            add(uint64_t{copy.argument} << 8U | static_cast<uint8_t>(copy.kind));
            add(uint64_t{copy.from_descriptor});
            add(static_cast<const CapturedBytes&>(copy.value));
        }
    }
    void add(std::span<const KernelObject> objects) {
        add(uint64_t{objects.size()});
        for (const KernelObject& object : objects) {
            add(uint64_t{static_cast<uint8_t>(object.role)});
            for (const ObjectNode* node = object.node; node != nullptr; node = node->parent) {
                for (const uint64_t value :
                     {node->id.device, node->id.inode, uint64_t{node->id.generation},
                      uint64_t{node->mode}, uint64_t{node->uid}, uint64_t{node->gid},
                      uint64_t{node->links}, uint64_t{node->mount}, uint64_t{node->cut}})
                    add(value);
                add(node->name);
            }
        }
    }
    void add(const SyscallEntered& body) {
        add(uint64_t{body.number});
        add(body.claims);
    }
    void add(const HookFired& body) {
        add(uint64_t{body.hook});
        add_signed(body.detail);
        add(body.copies);
        add(body.objects);
    }
    void add(const SyscallReturned& body) {
        add(uint64_t{body.number});
        add_signed(body.result);
        add(body.claims);
    }
    void add(const TaskForked& body) { add(*body.child); }
    void add(const TaskExited& body) {
        add_signed(body.exit_code);
        add(uint64_t{body.last_thread});
    }
    void add(const TaskFound& body) {
        add(uint64_t{body.parent != nullptr});
        if (body.parent != nullptr) add(*body.parent);
        add(body.objects);
    }
    uint64_t state() const { return state_; }

  private:
    uint64_t state_ = 0x746f6373696e;
};

uint64_t touch_bytes(const CapturedBytes& captured) {
    return captured.bytes.empty()
               ? 0
               : captured.bytes.size() + static_cast<uint8_t>(captured.bytes.front());
}

struct Toucher {
    static uint64_t claims(std::span<const Claim> list) {
        uint64_t sum = 0;
        for (const Claim& claim : list)
            sum += claim.register_value + (claim.memory ? touch_bytes(*claim.memory) : 0);
        return sum;
    }
    static uint64_t objects(std::span<const KernelObject> list) {
        uint64_t sum = 0;
        for (const KernelObject& object : list)
            sum += object.node->id.inode + object.node->name.size();
        return sum;
    }
    uint64_t operator()(const SyscallEntered& body) const {
        return body.number + claims(body.claims);
    }
    uint64_t operator()(const HookFired& body) const {
        uint64_t sum = body.hook + static_cast<uint64_t>(body.detail) + objects(body.objects);
        for (const KernelCopy& copy : body.copies) sum += touch_bytes(copy.value);
        return sum;
    }
    uint64_t operator()(const SyscallReturned& body) const {
        return body.number + static_cast<uint64_t>(body.result) + claims(body.claims);
    }
    uint64_t operator()(const TaskForked& body) const {
        return static_cast<uint32_t>(body.child->id.tid);
    }
    uint64_t operator()(const TaskExited& body) const {
        return static_cast<uint64_t>(int64_t{body.exit_code}) + (body.last_thread ? 1 : 0);
    }
    uint64_t operator()(const TaskFound& body) const {
        return objects(body.objects) +
               (body.parent == nullptr ? 0 : static_cast<uint32_t>(body.parent->id.tid));
    }
};

}  // namespace

uint64_t touch(const Event& event) {
    return event.time.ns + event.sequence + static_cast<uint32_t>(event.task->id.tid) +
           (event.call ? event.call->number : 0) + std::visit(Toucher{}, event.body);
}

uint64_t digest_of(const Event& event) {
    Digester digester;
    digester.add(event.time.ns);
    digester.add(uint64_t{event.cpu});
    digester.add(event.sequence);
    digester.add(uint64_t{event.call.has_value()});
    if (event.call) {
        digester.add(uint64_t{event.call->cpu});
        digester.add(event.call->number);
    }
    digester.add(*event.task);
    digester.add(uint64_t{event.body.index()});
    std::visit([&](const auto& body) { digester.add(body); }, event.body);
    return digester.state();
}

}  // namespace tocsin::bench
