// SPDX-License-Identifier: Apache-2.0
#include "formats/event_columns.h"

#include <algorithm>
#include <limits>

#include "formats/check.h"

namespace tocsin {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

size_t combine(size_t hash, uint64_t value) {
    return (hash ^ value) * 0x100000001b3U + (hash >> 29);
}

uint8_t operand_byte(OperandKind kind, uint8_t argument) {
    const uint8_t nibble =
        argument == kUnknownArgument ? EventColumns::kUnknownArgumentNibble : argument;
    CHECK(nibble <= EventColumns::kUnknownArgumentNibble);
    return static_cast<uint8_t>(static_cast<unsigned>(kind) << 4U | nibble);
}

// The most that an event adds to the columns and tables.
struct Needs {
    size_t views = 0, objects = 0, nodes = 0, bytes = 0;
    size_t strings() const { return views + nodes + 2; }  // 2: of its tasks
};

Needs needs_of(const Event& event) {
    Needs needs;
    const auto task = [&](const Task* task_or_null) {
        if (task_or_null != nullptr) needs.bytes += task_or_null->comm.size();
    };
    const auto claims = [&](std::span<const Claim> list) {
        needs.views = list.size();
        for (const Claim& claim : list)
            if (claim.memory) needs.bytes += claim.memory->bytes.size();
    };
    const auto objects = [&](std::span<const KernelObject> list) {
        needs.objects = list.size();
        for (const KernelObject& object : list)
            for (const ObjectNode* at = object.node; at != nullptr; at = at->parent) {
                ++needs.nodes;
                needs.bytes += at->name.size();
            }
    };
    task(event.task);
    std::visit(Overloaded{[&](const SyscallEntered& body) { claims(body.claims); },
                          [&](const SyscallReturned& body) { claims(body.claims); },
                          [&](const HookFired& body) {
                              needs.views = body.copies.size();
                              for (const KernelCopy& copy : body.copies)
                                  needs.bytes += copy.value.bytes.size();
                              objects(body.objects);
                          },
                          [&](const TaskForked& body) { task(body.child); },
                          [&](const TaskFound& body) {
                              task(body.parent);
                              objects(body.objects);
                          },
                          [](const TaskExited&) {}},
               event.body);
    return needs;
}

}  // namespace

IndexTable::IndexTable(size_t slots) : mask_(slots - 1), slots_(slots, kEmpty) {
    CHECK((slots & mask_) == 0);
}

void IndexTable::clear() { std::fill(slots_.begin(), slots_.end(), kEmpty); }

EventColumns::EventColumns()
    : task_table_(size_t{1} << 17), node_table_(size_t{1} << 17), string_table_(size_t{1} << 17) {
    clear();
}

void EventColumns::clear() {
    delta_time.clear();
    sequence_gap.clear();
    kind.clear();
    code.clear();
    value.clear();
    task.clear();
    call_back.clear();
    view_count.clear();
    object_count.clear();
    far_calls.clear();
    other_task.clear();
    view_operand.clear();
    view_flags.clear();
    view_error.clear();
    view_full_length.clear();
    view_register.clear();
    view_bytes.clear();
    object_role.clear();
    object_node.clear();
    tasks.clear();
    nodes.clear();
    string_offsets.assign(1, 0);
    string_bytes.clear();
    last_task_ = kNone16;
    task_table_.clear();
    node_table_.clear();
    string_table_.clear();
}

size_t EventColumns::plain_bytes() const {
    return size() * 27 + far_calls.size() * 10 + other_task.size() * 2 + view_operand.size() * 18 +
           object_role.size() * 3 + tasks.size() * 96 + nodes.size() * 56 +
           string_offsets.size() * 4 + string_bytes.size() + 2048;
}

bool EventColumns::fits(const Event& event) const {
    const Needs needs = needs_of(event);
    const size_t bytes =
        needs.views * 22 + needs.objects * 3 + needs.nodes * (56 + 4) + needs.bytes + 512;
    if (plain_bytes() + bytes > kMaxPlainBytes) return false;
    if (needs.views > UINT8_MAX || needs.objects > UINT8_MAX) return false;
    if (nodes.size() + needs.nodes > kMaxTableEntries || tasks.size() + 2 > kMaxTableEntries ||
        string_offsets.size() + needs.strings() > kMaxTableEntries)
        return false;
    if (empty()) return true;
    if (event.cpu != cpu) return false;
    if (size() >= kMaxEvents || event.sequence <= last_sequence_) return false;
    const int64_t delta = static_cast<int64_t>(event.time.ns - last_time.ns);
    if (delta > std::numeric_limits<int32_t>::max() || delta < std::numeric_limits<int32_t>::min())
        return false;
    return event.sequence - last_sequence_ <= std::numeric_limits<uint32_t>::max();
}

void EventColumns::append_head(const Event& event) {
    if (empty()) {
        cpu = event.cpu;
        first_time = earliest = latest = event.time;
        first_sequence = event.sequence;
        delta_time.push_back(0);
        sequence_gap.push_back(0);
    } else {
        CHECK(event.cpu == cpu);
        CHECK(event.sequence > last_sequence_);
        delta_time.push_back(static_cast<int32_t>(event.time.ns - last_time.ns));
        sequence_gap.push_back(static_cast<uint32_t>(event.sequence - last_sequence_ - 1));
    }
    last_time = event.time;
    earliest = std::min(earliest, event.time);
    latest = std::max(latest, event.time);
    last_sequence_ = event.sequence;
    task.push_back(event.task == nullptr ? kNone16 : intern_task(*event.task));
    if (!event.call) {
        call_back.push_back(kNoCall);
    } else if (event.call->cpu == cpu && event.call->sequence <= event.sequence &&
               event.sequence - event.call->sequence < kFarCall) {
        call_back.push_back(static_cast<uint32_t>(event.sequence - event.call->sequence));
    } else {
        call_back.push_back(kFarCall);
        far_calls.push_back(*event.call);
    }
}

void EventColumns::append(const Event& event) {
    CHECK(fits(event));
    append_head(event);
    const auto head = [&](Kind event_kind, uint16_t event_code, int64_t event_value, size_t views,
                          size_t objects) {
        CHECK(views <= UINT8_MAX && objects <= UINT8_MAX);
        kind.push_back(event_kind);
        code.push_back(event_code);
        value.push_back(event_value);
        view_count.push_back(static_cast<uint8_t>(views));
        object_count.push_back(static_cast<uint8_t>(objects));
    };
    const auto other = [&](const Task* task_or_null) {
        other_task.push_back(task_or_null == nullptr ? kNone16 : intern_task(*task_or_null));
    };
    std::visit(Overloaded{[&](const SyscallEntered& body) {
                              head(kEntered, body.number, 0, body.claims.size(), 0);
                              for (const Claim& claim : body.claims) append_claim(claim);
                          },
                          [&](const HookFired& body) {
                              head(kHook, body.hook, body.detail, body.copies.size(),
                                   body.objects.size());
                              for (const KernelCopy& copy : body.copies) append_copy(copy);
                              for (const KernelObject& object : body.objects) append_object(object);
                          },
                          [&](const SyscallReturned& body) {
                              head(kReturned, body.number, body.result, body.claims.size(), 0);
                              for (const Claim& claim : body.claims) append_claim(claim);
                          },
                          [&](const TaskForked& body) {
                              head(kForked, 0, 0, 0, 0);
                              other(body.child);
                          },
                          [&](const TaskExited& body) {
                              head(kExited, body.last_thread ? 1 : 0, body.exit_code, 0, 0);
                          },
                          [&](const TaskFound& body) {
                              head(kFound, 0, 0, 0, body.objects.size());
                              other(body.parent);
                              for (const KernelObject& object : body.objects) append_object(object);
                          }},
               event.body);
}

void EventColumns::append_claim(const Claim& claim) {
    view_operand.push_back(operand_byte(claim.kind, claim.argument));
    view_register.push_back(claim.register_value);
    const bool has_memory = claim.memory.has_value();
    const ClaimedBytes& memory = has_memory ? *claim.memory : ClaimedBytes{};
    view_flags.push_back(!has_memory ? kNoMemory : memory.cut ? kCut : kPlain);
    view_error.push_back(static_cast<uint16_t>(memory.error));
    view_full_length.push_back(memory.full_length);
    view_bytes.push_back(intern_string(memory.bytes));
}

void EventColumns::append_copy(const KernelCopy& copy) {
    view_operand.push_back(operand_byte(copy.kind, copy.argument));
    view_register.push_back(0);
    view_flags.push_back(static_cast<uint8_t>((copy.value.cut ? kCut : 0) |
                                              (copy.from_descriptor ? kFromDescriptor : 0)));
    view_error.push_back(static_cast<uint16_t>(copy.value.error));
    view_full_length.push_back(copy.value.full_length);
    view_bytes.push_back(intern_string(copy.value.bytes));
}

void EventColumns::append_object(const KernelObject& object) {
    CHECK(object.node != nullptr);
    object_role.push_back(static_cast<uint8_t>(object.role));
    object_node.push_back(intern_node(*object.node));
}

uint16_t EventColumns::intern_task(const Task& wanted) {
    TaskRow row{wanted, intern_string(wanted.comm)};
    row.task.comm = {};
    if (last_task_ != kNone16 && tasks[last_task_] == row) return last_task_;
    size_t hash = combine(static_cast<uint32_t>(row.task.id.tid), row.task.id.started.ns);
    hash = combine(hash, uint64_t{row.task.credentials.euid} << 16U | row.comm);
    const uint32_t index = task_table_.find_or_add(hash, static_cast<uint32_t>(tasks.size()),
                                                   [&](uint32_t i) { return tasks[i] == row; });
    if (index == tasks.size()) tasks.push_back(row);
    last_task_ = static_cast<uint16_t>(index);
    return last_task_;
}

uint16_t EventColumns::intern_node(const ObjectNode& node) {
    const uint16_t parent = node.parent == nullptr ? kNone16 : intern_node(*node.parent);
    const NodeRow row{node.id,    node.mode,  node.uid, node.gid, node.links,
                      node.mount, intern_string(node.name), parent,   node.cut};
    size_t hash = combine(row.id.inode, row.id.device);
    hash = combine(hash, uint64_t{row.parent} << 16U | row.name);
    const uint32_t index = node_table_.find_or_add(hash, static_cast<uint32_t>(nodes.size()),
                                                   [&](uint32_t i) { return nodes[i] == row; });
    if (index == nodes.size()) nodes.push_back(row);
    return static_cast<uint16_t>(index);
}

uint16_t EventColumns::intern_string(std::string_view bytes) {
    const auto next = static_cast<uint32_t>(string_offsets.size() - 1);
    const uint32_t index = string_table_.find_or_add(
        std::hash<std::string_view>{}(bytes), next, [&](uint32_t i) {
            const size_t length = string_offsets[i + 1] - string_offsets[i];
            return std::string_view(string_bytes.data() + string_offsets[i], length) == bytes;
        });
    if (index == next) {
        string_bytes.insert(string_bytes.end(), bytes.begin(), bytes.end());
        string_offsets.push_back(static_cast<uint32_t>(string_bytes.size()));
    }
    return static_cast<uint16_t>(index);
}

}  // namespace tocsin
