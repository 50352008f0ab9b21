// SPDX-License-Identifier: Apache-2.0
#include "formats/event_columns.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>

#include "formats/check.h"

namespace tocsin {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// One step of a hash: both halves of the product, as in wyhash and aHash. Names and inode numbers
// are chosen by whom we record: with a secret in it nobody can make them all collide.
size_t combine(size_t hash, uint64_t value) {
    const auto product = static_cast<unsigned __int128>(hash ^ value) * 0x9e3779b97f4a7c15U;
    return static_cast<size_t>(product) ^ static_cast<size_t>(product >> 64U);
}

size_t combine(size_t hash, std::string_view bytes) {
    uint64_t last = uint64_t{bytes.size()} << 56U;
    for (; bytes.size() >= sizeof(uint64_t); bytes.remove_prefix(sizeof(uint64_t))) {
        uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        hash = combine(hash, word);
    }
    for (size_t i = 0; i < bytes.size(); ++i)
        last ^= uint64_t{static_cast<uint8_t>(bytes[i])} << 8 * i;
    return combine(hash, last);
}

// Of a node and its ancestors, with all that changes often: inode numbers are used again, and
// directories above a file are renamed or gain links while the file stays as it is.
size_t hash_of_chain(size_t hash, const ObjectNode& node) {
    for (const ObjectNode* at = &node; at != nullptr; at = at->parent) {
        hash = combine(hash, at->id.inode ^ uint64_t{at->id.generation} << 32U);
        hash = combine(hash, uint64_t{at->mode} << 32U | at->links);
        hash = combine(hash, at->name);
    }
    return hash;
}

uint64_t random_secret() {
    std::random_device random;
    return uint64_t{random()} << 32U | random();
}

template <typename T>
bool same_bytes(const T& a, const T& b) {
    static_assert(std::has_unique_object_representations_v<T>);
    return std::memcmp(&a, &b, sizeof a) == 0;
}

uint8_t operand_byte(OperandKind kind, uint8_t argument) {
    const uint8_t nibble =
        argument == kUnknownArgument ? EventColumns::kUnknownArgumentNibble : argument;
    CHECK(nibble <= EventColumns::kUnknownArgumentNibble);
    return static_cast<uint8_t>((static_cast<unsigned>(kind) & 15U) << 4U | nibble);
}

// What the operand's byte has no room for.
uint8_t kind_flag(OperandKind kind) {
    static_assert(kOperandKinds <= 32);
    return static_cast<unsigned>(kind) > 15U ? EventColumns::kKindPlus16 : EventColumns::kPlain;
}

// What each row takes in the encoded message, at the most.
constexpr size_t kEventBytes = 27, kFarCallBytes = 10, kOtherTaskBytes = 2, kTaskBytes = 96,
                 kNodeBytes = 56, kStringBytes = 4, kFixedBytes = 2048;

// The most that an event adds to the columns and tables.
struct Needs {
    size_t views = 0, objects = 0, nodes = 0, bytes = 0;
    bool are_strings_short = true;
    void add_string(std::string_view string, size_t limit) {
        bytes += string.size();
        are_strings_short = are_strings_short && string.size() <= limit;
    }
    size_t strings() const { return views + nodes + 2; }  // 2: of its tasks
};

Needs needs_of(const Event& event) {
    Needs needs;
    const auto task = [&](const Task* task_or_null) {
        if (task_or_null != nullptr)
            needs.add_string(task_or_null->comm, EventColumns::kMaxCommBytes);
    };
    const auto claims = [&](std::span<const Claim> list) {
        needs.views = list.size();
        for (const Claim& claim : list)
            if (claim.memory) needs.add_string(claim.memory->bytes, EventColumns::kMaxStringBytes);
    };
    const auto objects = [&](std::span<const KernelObject> list) {
        needs.objects = list.size();
        for (const KernelObject& object : list)
            for (const ObjectNode* at = object.node; at != nullptr; at = at->parent) {
                ++needs.nodes;
                needs.add_string(at->name, EventColumns::kMaxNameBytes);
            }
    };
    task(event.task);
    std::visit(Overloaded{[&](const SyscallEntered& body) { claims(body.claims); },
                          [&](const SyscallReturned& body) { claims(body.claims); },
                          [&](const HookFired& body) {
                              needs.views = body.copies.size();
                              for (const KernelCopy& copy : body.copies)
                                  needs.add_string(copy.value.bytes, EventColumns::kMaxStringBytes);
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

IndexTable::IndexTable(size_t slots) : mask_(slots - 1), slots_(slots) {
    CHECK((slots & mask_) == 0);
}

void IndexTable::clear() {
    std::fill(slots_.begin(), slots_.end(), Slot{});
    used_ = 0;
}

void IndexTable::add(size_t hash, uint32_t index) {
    if (2 * ++used_ > slots_.size()) grow();
    put({index, mix(hash)});
}

void IndexTable::put(Slot slot) {
    size_t at = slot.tag & mask_;
    while (slots_[at].index != kNone) at = (at + 1) & mask_;
    slots_[at] = slot;
}

void IndexTable::grow() {
    std::vector<Slot> smaller(2 * slots_.size());
    smaller.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : smaller)
        if (slot.index != kNone) put(slot);
}

EventColumns::EventColumns()
    : secret_(random_secret()),
      task_table_(size_t{1} << 9),
      node_table_(size_t{1} << 12),
      string_table_(size_t{1} << 12) {
    clear();
}

std::vector<int32_t> EventColumns::processes() const {
    std::vector<int32_t> ids;
    ids.reserve(tasks.size());
    for (const TaskRow& row : tasks) ids.push_back(row.task.id.tgid);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

void EventColumns::clear() {
    delta_time.clear();
    sequence_gap.clear();
    kind.clear();
    code.clear();
    task.clear();
    call_delta.clear();
    view_count.clear();
    object_count.clear();
    value.clear();
    far_calls.clear();
    other_task.clear();
    view_operand.clear();
    view_flags.clear();
    claim_register.clear();
    view_bytes.clear();
    odd_error.clear();
    odd_length.clear();
    object_role.clear();
    object_node.clear();
    tasks.clear();
    nodes.clear();
    string_offsets.assign(1, 0);
    string_bytes.clear();
    plain_bytes_ = kFixedBytes + kStringBytes;
    first_call = 0;
    last_call_.reset();
    last_task_ = kNone16;
    recent_strings_.fill(kNone16);
    recent_nodes_.fill(kNone16);
    task_table_.clear();
    node_table_.clear();
    string_table_.clear();
}

bool EventColumns::fits(const Event& event) const {
    if (!empty() && (event.cpu != cpu || size() >= kMaxEvents || event.sequence <= last_sequence_ ||
                     event.sequence - last_sequence_ > std::numeric_limits<uint32_t>::max() ||
                     !time_fits(event.time)))
        return false;
    const Needs needs = needs_of(event);
    const size_t bytes = needs.views * (kViewBytes + kStringBytes) + needs.objects * kObjectBytes +
                         needs.nodes * (kNodeBytes + kStringBytes) + needs.bytes + 512;
    return plain_bytes_ + bytes <= kMaxPlainBytes && needs.views <= UINT8_MAX &&
           needs.objects <= UINT8_MAX && needs.are_strings_short &&
           nodes.size() + needs.nodes <= kMaxTableEntries && tasks.size() + 2 <= kMaxTableEntries &&
           string_offsets.size() + needs.strings() <= kMaxTableEntries;
}

bool EventColumns::time_fits(BootTime time) const {
    const auto delta = static_cast<int64_t>(time.ns - last_time.ns);
    return delta <= std::numeric_limits<int32_t>::max() &&
           delta >= std::numeric_limits<int32_t>::min();
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
        CHECK(event.sequence - last_sequence_ <= std::numeric_limits<uint32_t>::max());
        CHECK(time_fits(event.time));
        delta_time.push_back(static_cast<int32_t>(event.time.ns - last_time.ns));
        sequence_gap.push_back(static_cast<uint32_t>(event.sequence - last_sequence_ - 1));
    }
    last_time = event.time;
    earliest = std::min(earliest, event.time);
    latest = std::max(latest, event.time);
    last_sequence_ = event.sequence;
    task.push_back(event.task == nullptr ? kNone16 : intern_task(*event.task));
    append_call(event.call);
}

void EventColumns::append_call(const std::optional<CallId>& call) {
    if (!call) {
        call_delta.push_back(kNoCall);
        return;
    }
    if (call->cpu == cpu && !last_call_) first_call = *(last_call_ = call->number);
    const uint64_t last = last_call_.value_or(0);
    const uint64_t distance = call->number > last ? call->number - last : last - call->number;
    if (call->cpu == cpu && distance < INT32_MAX) {
        call_delta.push_back(static_cast<int32_t>(call->number - last));
        last_call_ = std::max(last, call->number);
    } else {
        call_delta.push_back(kFarCall);
        far_calls.push_back(*call);
        plain_bytes_ += kFarCallBytes;
    }
}

void EventColumns::append(const Event& event) {
    append_head(event);
    const auto head = [&](Kind event_kind, uint16_t event_code, size_t views, size_t objects) {
        CHECK(views <= UINT8_MAX && objects <= UINT8_MAX);
        kind.push_back(event_kind);
        code.push_back(event_code);
        view_count.push_back(static_cast<uint8_t>(views));
        object_count.push_back(static_cast<uint8_t>(objects));
        plain_bytes_ += kEventBytes + views * kViewBytes + objects * kObjectBytes;
    };
    const auto other = [&](const Task* task_or_null) {
        other_task.push_back(task_or_null == nullptr ? kNone16 : intern_task(*task_or_null));
        plain_bytes_ += kOtherTaskBytes;
    };
    std::visit(Overloaded{[&](const SyscallEntered& body) {
                              head(kEntered, body.number, body.claims.size(), 0);
                              for (const Claim& claim : body.claims) append_claim(claim);
                          },
                          [&](const HookFired& body) {
                              head(kHook, body.hook, body.copies.size(), body.objects.size());
                              value.push_back(body.detail);
                              for (const KernelCopy& copy : body.copies) append_copy(copy);
                              for (const KernelObject& object : body.objects) append_object(object);
                          },
                          [&](const SyscallReturned& body) {
                              head(kReturned, body.number, body.claims.size(), 0);
                              value.push_back(body.result);
                              for (const Claim& claim : body.claims) append_claim(claim);
                          },
                          [&](const TaskForked& body) {
                              head(kForked,
                                   (body.shares_files ? kSharesFiles : 0) |
                                       (body.shares_place ? kSharesPlace : 0) |
                                       (body.shares_memory ? kSharesMemory : 0),
                                   0, 0);
                              other(body.child);
                          },
                          [&](const TaskExited& body) {
                              head(kExited, body.last_thread ? 1 : 0, 0, 0);
                              value.push_back(body.exit_code);
                          },
                          [&](const TaskFound& body) {
                              head(kFound, 0, 0, body.objects.size());
                              other(body.parent);
                              for (const KernelObject& object : body.objects) append_object(object);
                          }},
               event.body);
    // What fits() promised: cheaper to see now than to ask twice.
    CHECK(size() <= kMaxEvents && plain_bytes_ <= kMaxPlainBytes);
    CHECK(tasks.size() <= kMaxTableEntries && nodes.size() <= kMaxTableEntries &&
          string_offsets.size() <= kMaxTableEntries);
}

void EventColumns::append_claim(const Claim& claim) {
    view_operand.push_back(operand_byte(claim.kind, claim.argument));
    claim_register.push_back(claim.register_value);
    if (claim.memory)
        append_bytes(kind_flag(claim.kind), *claim.memory);
    else
        view_flags.push_back(kNoBytes | kind_flag(claim.kind));
}

void EventColumns::append_copy(const KernelCopy& copy) {
    view_operand.push_back(operand_byte(copy.kind, copy.argument));
    append_bytes(kind_flag(copy.kind) | (copy.from_descriptor ? kFromDescriptor : kPlain),
                 copy.value);
}

void EventColumns::append_bytes(uint8_t flags, const CapturedBytes& captured) {
    const bool odd = captured.error != 0 || captured.full_length != captured.bytes.size();
    view_flags.push_back(
        static_cast<uint8_t>(flags | (captured.cut ? kCut : 0) | (odd ? kOdd : 0)));
    view_bytes.push_back(intern_string(captured.bytes));
    if (!odd) return;
    odd_error.push_back(static_cast<uint16_t>(captured.error));
    odd_length.push_back(captured.full_length);
}

void EventColumns::append_object(const KernelObject& object) {
    CHECK(object.node != nullptr);
    object_role.push_back(static_cast<uint8_t>(object.role));
    object_node.push_back(intern_node(*object.node));
}

bool EventColumns::is_task(const TaskRow& row, const Task& wanted) const {
    return row.task.id == wanted.id && same_bytes(row.task.credentials, wanted.credentials) &&
           same_bytes(row.task.namespaces, wanted.namespaces) && row.task.abi == wanted.abi &&
           string_at(row.comm) == wanted.comm;
}

uint16_t EventColumns::intern_task(const Task& wanted) {
    if (last_task_ != kNone16 && is_task(tasks[last_task_], wanted)) return last_task_;
    size_t hash = combine(secret_, uint64_t{static_cast<uint32_t>(wanted.id.tid)});
    hash = combine(hash, wanted.id.started.ns);
    hash = combine(hash, wanted.credentials.effective ^ wanted.credentials.euid);
    hash = combine(hash, wanted.comm);
    uint32_t index = task_table_.find(hash, [&](uint32_t i) { return is_task(tasks[i], wanted); });
    if (index == IndexTable::kNone) {
        index = static_cast<uint32_t>(tasks.size());
        tasks.push_back({wanted, intern_string(wanted.comm)});
        tasks.back().task.comm = {};
        plain_bytes_ += kTaskBytes;
        task_table_.add(hash, index);
    }
    last_task_ = static_cast<uint16_t>(index);
    return last_task_;
}

// Whether that row and its ancestors say the same as the node and its own.
bool EventColumns::is_chain(uint32_t index, const ObjectNode& node) const {
    const ObjectNode* at = &node;
    while (true) {
        const NodeRow& row = nodes[index];
        if (row.id != at->id || row.mode != at->mode || row.uid != at->uid || row.gid != at->gid ||
            row.links != at->links || row.mount != at->mount || row.cut != at->cut ||
            string_at(row.name) != at->name)
            return false;
        at = at->parent;
        if (row.parent == kNone16 || at == nullptr) return row.parent == kNone16 && at == nullptr;
        index = row.parent;
    }
}

uint16_t EventColumns::intern_node(const ObjectNode& node) {
    uint16_t& recent = recent_nodes_[node.id.inode % kRecentNodes];
    if (recent != kNone16 && is_chain(recent, node)) return recent;
    const size_t hash = hash_of_chain(secret_, node);
    uint32_t index = node_table_.find(hash, [&](uint32_t i) { return is_chain(i, node); });
    if (index == IndexTable::kNone) {
        const uint16_t parent = node.parent == nullptr ? kNone16 : intern_node(*node.parent);
        index = static_cast<uint32_t>(nodes.size());
        nodes.push_back({node.id, node.mode, node.uid, node.gid, node.links, node.mount,
                         intern_string(node.name), parent, node.cut});
        plain_bytes_ += kNodeBytes;
        node_table_.add(hash, index);
    }
    recent = static_cast<uint16_t>(index);
    return recent;
}

uint16_t EventColumns::intern_string(std::string_view bytes) {
    uint16_t& recent = recent_strings_[bytes.size() % kRecentStrings];
    if (recent != kNone16 && string_at(recent) == bytes) return recent;
    const size_t hash = combine(secret_, bytes);
    uint32_t index = string_table_.find(hash, [&](uint32_t i) { return string_at(i) == bytes; });
    if (index == IndexTable::kNone) {
        index = static_cast<uint32_t>(string_offsets.size() - 1);
        string_bytes.insert(string_bytes.end(), bytes.begin(), bytes.end());
        string_offsets.push_back(static_cast<uint32_t>(string_bytes.size()));
        plain_bytes_ += kStringBytes + bytes.size();
        string_table_.add(hash, index);
    }
    recent = static_cast<uint16_t>(index);
    return recent;
}

}  // namespace tocsin
