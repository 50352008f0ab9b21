// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/raw_struct_format.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "formats/check.h"

namespace tocsin::bench {
namespace {

struct RawTask {
    int32_t tgid, tid;
    uint64_t started;
    Credentials credentials;
    Namespaces namespaces;
    uint32_t abi;
    std::array<char, 16> comm;
};

// No struct has padding of its own: what is written is what was set.
struct RawEvent {
    uint64_t time, sequence, call_sequence;
    int64_t value;
    uint16_t cpu, call_cpu, code;
    uint8_t kind, has_call, has_other, claims, copies, objects;
    uint32_t padding;
    RawTask task;
};

struct RawView {
    uint64_t register_value;
    uint32_t bytes, full_length;
    int32_t error;
    uint8_t argument, kind, cut, flag;  // flag: has memory (claim), from a descriptor (copy)
};

struct RawObject {
    uint32_t bytes;  // of its nodes, which follow, leaf first
    uint32_t role;
};

struct RawNode {
    uint64_t device, inode;
    uint32_t generation, mode, uid, gid, links, mount;
    uint16_t name_bytes, cut;
    uint32_t padding;
};

struct ShortEvent {
    uint64_t time, sequence, call_sequence, started, device, inode;
    int64_t value;
    int32_t tgid, tid;
    uint32_t uid, gid, generation, mode, flags;
    uint16_t cpu, call_cpu, kind, code;
    std::array<char, 16> comm;
    uint32_t path_bytes;
};

size_t padded(size_t bytes) {
    return (bytes + 7) & ~size_t{7};
}

template <typename T>
void put(std::vector<char>& out, const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 8 == 0);
    const auto* at = reinterpret_cast<const char*>(&value);
    out.insert(out.end(), at, at + sizeof value);
}

void put_text(std::vector<char>& out, std::string_view text) {
    out.insert(out.end(), text.begin(), text.end());
    out.resize(padded(out.size()));
}

// Walks one block.
class Cursor {
  public:
    explicit Cursor(std::span<const char> rest) : rest_(rest) {}
    bool at_end() const { return rest_.empty(); }
    template <typename T>
    const T& take() {
        return *reinterpret_cast<const T*>(skip(sizeof(T)));
    }
    std::string_view take_text(size_t bytes) { return {skip(padded(bytes)), bytes}; }
    const char* skip(size_t bytes) {
        const char* at = rest_.data();
        rest_ = rest_.subspan(bytes);
        return at;
    }

  private:
    std::span<const char> rest_;
};

void copy_comm(std::array<char, 16>& out, std::string_view comm) {
    std::copy_n(comm.begin(), std::min(comm.size(), out.size()), out.begin());
}

RawTask raw_task(const Task& task) {
    RawTask out{};
    out.tgid = task.id.tgid;
    out.tid = task.id.tid;
    out.started = task.id.started.ns;
    out.credentials = task.credentials;
    out.namespaces = task.namespaces;
    out.abi = static_cast<uint32_t>(task.abi);
    copy_comm(out.comm, task.comm);
    return out;
}

Task task_from(const RawTask& in) {
    return {{in.tgid, in.tid, {in.started}},
            in.credentials,
            in.namespaces,
            static_cast<Abi>(in.abi),
            {in.comm.data(), strnlen(in.comm.data(), in.comm.size())}};
}

// What the bodies have in common.
struct Parts {
    uint16_t code = 0;
    int64_t value = 0;
    const Task* other = nullptr;
    std::span<const Claim> claims;
    std::span<const KernelCopy> copies;
    std::span<const KernelObject> objects;
};

struct PartsOf {
    Parts operator()(const SyscallEntered& b) const {
        return {b.number, 0, nullptr, b.claims, {}, {}};
    }
    Parts operator()(const HookFired& b) const {
        return {b.hook, b.detail, nullptr, {}, b.copies, b.objects};
    }
    Parts operator()(const SyscallReturned& b) const {
        return {b.number, b.result, nullptr, b.claims, {}, {}};
    }
    Parts operator()(const TaskForked& b) const { return {0, 0, b.child, {}, {}, {}}; }
    Parts operator()(const TaskExited& b) const {
        return {static_cast<uint16_t>(b.last_thread ? 1 : 0), b.exit_code, nullptr, {}, {}, {}};
    }
    Parts operator()(const TaskFound& b) const { return {0, 0, b.parent, {}, {}, b.objects}; }
};

void put_view(std::vector<char>& out, uint8_t argument, OperandKind kind, uint64_t value, bool flag,
              const CapturedBytes& captured) {
    put(out, RawView{value, static_cast<uint32_t>(captured.bytes.size()), captured.full_length,
                     captured.error, argument, static_cast<uint8_t>(kind), captured.cut, flag});
    put_text(out, captured.bytes);
}

void put_object(std::vector<char>& out, const KernelObject& object) {
    const size_t start = out.size();
    put(out, RawObject{0, static_cast<uint32_t>(object.role)});
    for (const ObjectNode* node = object.node; node != nullptr; node = node->parent) {
        put(out, RawNode{node->id.device, node->id.inode, node->id.generation, node->mode,
                         node->uid, node->gid, node->links, node->mount,
                         static_cast<uint16_t>(node->name.size()), node->cut, 0});
        put_text(out, node->name);
    }
    const auto bytes = static_cast<uint32_t>(out.size() - start - sizeof(RawObject));
    std::memcpy(out.data() + start, &bytes, sizeof bytes);
}

void put_event(std::vector<char>& out, const Event& event) {
    const Parts parts = std::visit(PartsOf{}, event.body);
    RawEvent head{};
    head.time = event.time.ns;
    head.sequence = event.sequence;
    head.cpu = event.cpu;
    head.has_call = event.call.has_value();
    if (event.call) {
        head.call_cpu = event.call->cpu;
        head.call_sequence = event.call->number;
    }
    head.kind = static_cast<uint8_t>(event.body.index());
    head.code = parts.code;
    head.value = parts.value;
    head.has_other = parts.other != nullptr;
    head.claims = static_cast<uint8_t>(parts.claims.size());
    head.copies = static_cast<uint8_t>(parts.copies.size());
    head.objects = static_cast<uint8_t>(parts.objects.size());
    head.task = raw_task(*event.task);
    put(out, head);
    if (parts.other != nullptr) put(out, raw_task(*parts.other));
    for (const Claim& claim : parts.claims)
        put_view(out, claim.argument, claim.kind, claim.register_value, claim.memory.has_value(),
                 claim.memory ? static_cast<const CapturedBytes&>(*claim.memory) : CapturedBytes{});
    for (const KernelCopy& copy : parts.copies)
        put_view(out, copy.argument, copy.kind, 0, copy.from_descriptor, copy.value);
    for (const KernelObject& object : parts.objects) put_object(out, object);
}

// Builds Events whose views end with the next one.
class RawDecoder {
  public:
    Event next(Cursor& in) {
        const auto& head = in.take<RawEvent>();
        task_ = task_from(head.task);
        if (head.has_other != 0) other_ = task_from(in.take<RawTask>());
        claims_.clear();
        copies_.clear();
        for (unsigned i = 0; i < head.claims; ++i) read_claim(in);
        for (unsigned i = 0; i < head.copies; ++i) read_copy(in);
        read_objects(in, head.objects);
        Event event;
        event.time = {head.time};
        event.cpu = head.cpu;
        event.sequence = head.sequence;
        if (head.has_call != 0) event.call = CallId{head.call_cpu, head.call_sequence};
        event.task = &task_;
        event.body = body_of(head);
        return event;
    }

  private:
    decltype(Event::body) body_of(const RawEvent& head) const {
        const Task* other = head.has_other != 0 ? &other_ : nullptr;
        switch (head.kind) {
            case 0:
                return SyscallEntered{head.code, claims_};
            case 1:
                return HookFired{head.code, head.value, copies_, objects_};
            case 2:
                return SyscallReturned{head.code, head.value, claims_};
            case 3:
                return TaskForked{other, false, false};
            case 4:
                return TaskExited{static_cast<int32_t>(head.value), head.code != 0};
            default:
                return TaskFound{other, objects_};
        }
    }
    static CapturedBytes captured(const RawView& view, Cursor& in) {
        return {in.take_text(view.bytes), view.full_length, view.error, view.cut != 0};
    }
    void read_claim(Cursor& in) {
        const auto& view = in.take<RawView>();
        const CapturedBytes bytes = captured(view, in);
        claims_.push_back(
            {view.argument, static_cast<OperandKind>(view.kind), view.register_value, {}});
        if (view.flag != 0) claims_.back().memory = ClaimedBytes{bytes};
    }
    void read_copy(Cursor& in) {
        const auto& view = in.take<RawView>();
        copies_.push_back({view.argument, static_cast<OperandKind>(view.kind), view.flag != 0,
                           KernelBytes{captured(view, in)}});
    }
    void read_objects(Cursor& in, size_t count) {
        std::vector<std::pair<ObjectRole, size_t>> first_nodes;
        nodes_.clear();
        for (size_t i = 0; i < count; ++i) {
            const auto& object = in.take<RawObject>();
            first_nodes.emplace_back(static_cast<ObjectRole>(object.role), nodes_.size());
            Cursor chain({in.skip(object.bytes), object.bytes});
            while (!chain.at_end()) {
                const auto& node = chain.take<RawNode>();
                nodes_.push_back({{node.device, node.inode, node.generation},
                                  node.mode,
                                  node.uid,
                                  node.gid,
                                  node.links,
                                  node.mount,
                                  chain.take_text(node.name_bytes),
                                  nullptr,
                                  node.cut != 0});
            }
        }
        objects_.clear();
        for (size_t i = 0; i < count; ++i) {
            const size_t end = i + 1 < count ? first_nodes[i + 1].second : nodes_.size();
            for (size_t at = first_nodes[i].second; at + 1 < end; ++at)
                nodes_[at].parent = &nodes_[at + 1];
            objects_.push_back({first_nodes[i].first, &nodes_[first_nodes[i].second]});
        }
    }

    Task task_, other_;
    std::vector<Claim> claims_;
    std::vector<KernelCopy> copies_;
    std::vector<KernelObject> objects_;
    std::vector<ObjectNode> nodes_;
};

uint64_t touch_text(std::string_view text) {
    return text.empty() ? 0 : text.size() + static_cast<uint8_t>(text.front());
}

uint64_t touch_one(Cursor& in) {
    const auto& head = in.take<RawEvent>();
    uint64_t sum = head.time + head.sequence + static_cast<uint32_t>(head.task.tid) +
                   head.call_sequence + head.code + static_cast<uint64_t>(head.value);
    if (head.has_other != 0) sum += static_cast<uint32_t>(in.take<RawTask>().tid);
    for (unsigned i = 0; i < unsigned{head.claims} + head.copies; ++i) {
        const auto& view = in.take<RawView>();
        sum += view.register_value + touch_text(in.take_text(view.bytes));
    }
    for (unsigned i = 0; i < head.objects; ++i) {
        const auto& object = in.take<RawObject>();
        const auto* leaf = reinterpret_cast<const RawNode*>(in.skip(object.bytes));
        sum += leaf->inode + leaf->name_bytes;
    }
    return sum;
}

// Cuts the events into blocks of structs that `put_one` appends.
template <typename PutOne>
void encode_blocks(std::span<const Event> events, ZstdBlocks& out, PutOne&& put_one) {
    out.clear();
    std::vector<char> plain;
    while (!events.empty()) {
        const size_t count = std::min(events.size(), kEventsPerBlock);
        plain.clear();
        for (const Event& event : events.first(count)) put_one(plain, event);
        out.append(plain);
        events = events.subspan(count);
    }
}

ShortEvent short_event(const Event& event, std::string& path) {
    const Parts parts = std::visit(PartsOf{}, event.body);
    ShortEvent out{};
    out.time = event.time.ns;
    out.sequence = event.sequence;
    out.cpu = event.cpu;
    if (event.call) {
        out.call_cpu = event.call->cpu;
        out.call_sequence = event.call->number;
    }
    out.kind = static_cast<uint16_t>(event.body.index());
    out.code = parts.code;
    out.value = parts.value;
    out.tgid = event.task->id.tgid;
    out.tid = event.task->id.tid;
    out.started = event.task->id.started.ns;
    out.uid = event.task->credentials.euid;
    out.gid = event.task->credentials.egid;
    copy_comm(out.comm, event.task->comm);
    path.clear();
    for (const Claim& claim : parts.claims) {
        if (claim.kind == OperandKind::kPath && claim.memory) path = claim.memory->bytes;
        if (claim.kind == OperandKind::kFlags)
            out.flags = static_cast<uint32_t>(claim.register_value);
    }
    if (!parts.objects.empty()) {
        const ObjectNode& node = *parts.objects.front().node;
        out.device = node.id.device;
        out.inode = node.id.inode;
        out.generation = node.id.generation;
        out.mode = node.mode;
        path = path_of(node);
    }
    out.path_bytes = static_cast<uint32_t>(path.size());
    return out;
}

uint64_t touch_one_short(const ShortEvent& event, std::string_view path) {
    return event.time + event.sequence + static_cast<uint32_t>(event.tid) + event.call_sequence +
           event.code + static_cast<uint64_t>(event.value) + event.inode + event.flags +
           touch_text(path);
}

}  // namespace

void encode_raw_structs(std::span<const Event> events, ZstdBlocks& out) {
    encode_blocks(events, out, put_event);
}

uint64_t touch_raw_structs(ZstdBlocks& blocks) {
    uint64_t sum = 0;
    for (size_t i = 0; i < blocks.size(); ++i)
        for (Cursor in(blocks.read(i)); !in.at_end();) sum += touch_one(in);
    return sum;
}

void decode_raw_structs(ZstdBlocks& blocks, const std::function<void(const Event&)>& consume) {
    RawDecoder decoder;
    for (size_t i = 0; i < blocks.size(); ++i)
        for (Cursor in(blocks.read(i)); !in.at_end();) consume(decoder.next(in));
}

void encode_short_structs(std::span<const Event> events, ZstdBlocks& out) {
    std::string path;
    encode_blocks(events, out, [&](std::vector<char>& plain, const Event& event) {
        put(plain, short_event(event, path));
        put_text(plain, path);
    });
}

uint64_t touch_short_structs(ZstdBlocks& blocks) {
    uint64_t sum = 0;
    for (size_t i = 0; i < blocks.size(); ++i)
        for (Cursor in(blocks.read(i)); !in.at_end();) {
            const auto& event = in.take<ShortEvent>();
            sum += touch_one_short(event, in.take_text(event.path_bytes));
        }
    return sum;
}

uint64_t touch_short(std::span<const Event> events) {
    uint64_t sum = 0;
    std::string path;
    for (const Event& event : events) {
        const ShortEvent as_struct = short_event(event, path);
        sum += touch_one_short(as_struct, path);
    }
    return sum;
}

}  // namespace tocsin::bench
