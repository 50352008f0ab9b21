// SPDX-License-Identifier: Apache-2.0
#include "recorder/wire_decoder.h"

#include <cstring>

#include "formats/check.h"

namespace tocsin {
namespace {

static_assert(static_cast<int>(OperandKind::kPath) == OPERAND_PATH);
static_assert(static_cast<int>(OperandKind::kArgv) == OPERAND_ARGV);
static_assert(static_cast<int>(OperandKind::kEnviron) == OPERAND_ENVIRON);
static_assert(static_cast<int>(OperandKind::kDirfd) == OPERAND_DIRFD);
static_assert(static_cast<int>(OperandKind::kFlags) == OPERAND_FLAGS);
static_assert(static_cast<int>(OperandKind::kValue) == OPERAND_VALUE);
static_assert(static_cast<int>(OperandKind::kInterpreter) == OPERAND_INTERPRETER);
static_assert(static_cast<int>(OperandKind::kOpenHow) == OPERAND_OPEN_HOW);
static_assert(static_cast<int>(OperandKind::kSockaddr) == OPERAND_SOCKADDR);
static_assert(static_cast<int>(OperandKind::kIovec) == OPERAND_IOVEC);
static_assert(static_cast<int>(OperandKind::kLinkTarget) == OPERAND_LINK_TARGET);
static_assert(static_cast<int>(OperandKind::kPeer) == OPERAND_PEER);
static_assert(static_cast<int>(OperandKind::kString) == OPERAND_STRING);
static_assert(static_cast<int>(OperandKind::kPid) == OPERAND_PID);
static_assert(static_cast<int>(OperandKind::kOutput) == OPERAND_OUTPUT);
static_assert(static_cast<int>(OperandKind::kReadFd) == OPERAND_READ_FD);
static_assert(static_cast<int>(OperandKind::kWriteFd) == OPERAND_WRITE_FD);
static_assert(static_cast<int>(OperandKind::kOutputIovec) == OPERAND_OUTPUT_IOVEC);
static_assert(kOperandKinds == OPERAND_OUTPUT_IOVEC + 1);
static_assert(static_cast<int>(SyscallGroup::kExec) == GROUP_EXEC);
static_assert(static_cast<int>(SyscallGroup::kCredentials) == GROUP_CREDENTIALS);
static_assert(static_cast<int>(SyscallGroup::kOpen) == GROUP_OPEN);
static_assert(static_cast<int>(SyscallGroup::kSocket) == GROUP_SOCKET);
static_assert(static_cast<int>(SyscallGroup::kMemory) == GROUP_MEMORY);
static_assert(static_cast<int>(SyscallGroup::kCheck) == GROUP_CHECK);
static_assert(static_cast<int>(SyscallGroup::kChange) == GROUP_CHANGE);
static_assert(static_cast<int>(SyscallGroup::kPlace) == GROUP_PLACE);
static_assert(static_cast<int>(SyscallGroup::kDescriptor) == GROUP_DESCRIPTOR);
static_assert(static_cast<int>(SyscallGroup::kProcess) == GROUP_PROCESS);
static_assert(static_cast<int>(SyscallGroup::kWait) == GROUP_WAIT);
static_assert(static_cast<int>(SyscallGroup::kContent) == GROUP_CONTENT);
static_assert(static_cast<int>(SyscallGroup::kChannel) == GROUP_CHANNEL);
static_assert(static_cast<int>(ObjectRole::kExecutable) == OBJECT_EXECUTABLE);
static_assert(static_cast<int>(ObjectRole::kCwd) == OBJECT_CWD);
static_assert(static_cast<int>(ObjectRole::kRoot) == OBJECT_ROOT);
static_assert(static_cast<int>(ObjectRole::kChecked) == OBJECT_CHECKED);
static_assert(static_cast<int>(ObjectRole::kOpened) == OBJECT_OPENED);
static_assert(static_cast<int>(ObjectRole::kReturned) == OBJECT_RETURNED);
static_assert(static_cast<int>(ObjectRole::kSymlink) == OBJECT_SYMLINK);
static_assert(static_cast<int>(ObjectRole::kPeer) == OBJECT_PEER);
static_assert(static_cast<int>(ObjectRole::kNamed) == OBJECT_NAMED);
static_assert(static_cast<int>(ObjectRole::kSecond) == OBJECT_SECOND);
static_assert(static_cast<int>(ObjectRole::kMade) == OBJECT_MADE);
static_assert(static_cast<int>(ObjectRole::kRead) == OBJECT_READ);
static_assert(static_cast<int>(ObjectRole::kWritten) == OBJECT_WRITTEN);
static_assert(static_cast<int>(ObjectRole::kOpposite) == OBJECT_OPPOSITE);
static_assert(static_cast<int>(ObjectRole::kLocked) == OBJECT_LOCKED);
static_assert(kObjectRoles == OBJECT_LOCKED + 1);
static_assert(static_cast<int>(LossCause::kUndecodable) == LOSS_UNDECODABLE);
static_assert(kLossCauses == LOSS_CAUSES);
static_assert(static_cast<int>(Abi::kX32) == ABI_X32);

// What the trace's columns take of one record.
constexpr unsigned kMaxItems = 255;
constexpr int32_t kMaxErrno = 4095;

size_t padded(size_t bytes) {
    return (bytes + 7) & ~size_t{7};
}

// A view of the first sizeof(T) bytes; the wire's alignment is part of its contract.
template <typename T>
const T* view_as(const uint8_t* at) {
    CHECK(reinterpret_cast<uintptr_t>(at) % alignof(T) == 0);
    return reinterpret_cast<const T*>(at);
}

// Tasks and views are filled in place: a copy of fields that were just written one by one waits
// for all of them.
void fill(Task& task, const wire_task& in) {
    task.id = {in.tgid, in.tid, {in.started_ns}};
    task.credentials = {in.uid,  in.euid, in.suid,  in.fsuid,     in.gid,
                        in.egid, in.sgid, in.fsgid, in.permitted, in.effective};
    task.namespaces = {in.user_ns, in.mount_ns, in.pid_ns};
    task.abi = in.abi <= ABI_X32 ? static_cast<Abi>(in.abi) : Abi::kX86_64;
    task.comm = {in.comm, strnlen(in.comm, sizeof in.comm)};
}

Error contradiction(const char* what, uint64_t value) {
    return Error{std::string("a record of the probes states an impossible ") + what + " of " +
                 std::to_string(value)};
}

Result<> check(const wire_item& item) {
    if (item.kind == ITEM_OBJECT) {
        if (item.operand < OBJECT_EXECUTABLE || item.operand >= kObjectRoles)
            return contradiction("object role", item.operand);
        return {};
    }
    if (item.operand >= TOCSIN_MAX_OPERANDS && item.operand != TOCSIN_NO_OPERAND)
        return contradiction("argument", item.operand);
    if (item.operand_kind == OPERAND_NONE || item.operand_kind >= kOperandKinds)
        return contradiction("operand kind", item.operand_kind);
    if (item.error < 0 || item.error > kMaxErrno)
        return contradiction("errno", static_cast<uint64_t>(int64_t{item.error}));
    return {};
}

}  // namespace

WireDecoder::Environment WireDecoder::names_in(std::string_view strings, size_t most) {
    Environment found{std::string(strings), {}, false};
    while (!strings.empty() && !found.breaks_off) {
        const size_t end = strings.find('\0');
        const std::string_view string = strings.substr(0, end);
        const std::string_view name = string.substr(0, string.find('='));
        found.names += name;
        found.breaks_off = name.size() == string.size() &&
                           (end == std::string_view::npos || string.size() == most);
        if (!found.breaks_off) found.names += '\0';
        strings = end == std::string_view::npos ? std::string_view{} : strings.substr(end + 1);
    }
    return found;
}

Result<const Event*> WireDecoder::decode(std::span<const uint8_t> record) {
    if (record.size() < sizeof(wire_record)) return contradiction("size", record.size());
    const auto& head = *view_as<wire_record>(record.data());
    if (head.bytes > record.size() || head.bytes < sizeof(wire_record))
        return contradiction("size", head.bytes);
    const uint64_t sequence = head.kind == WIRE_TASK_FOUND ? 0 : next_sequence(head);
    const auto items = record.first(head.bytes).subspan(sizeof(wire_record));
    if (auto read = read_items(head, items); !read) return read.error();

    event_.time = {head.time_ns};
    event_.cpu = head.cpu;
    event_.sequence = sequence;
    event_.call.reset();
    if (head.call_number != 0) event_.call = CallId{head.call_cpu, head.call_number};
    fill(task_, head.task);
    event_.task = &task_;
    const Task* other = nullptr;
    if (head.has_other != 0) {
        fill(other_, head.other);
        other = &other_;
    }
    switch (head.kind) {
        case WIRE_SYSCALL_ENTERED: {
            auto& entered = event_.body.emplace<SyscallEntered>();
            entered.number = head.code;
            entered.claims = claims_;
            break;
        }
        case WIRE_HOOK_FIRED: {
            auto& hook = event_.body.emplace<HookFired>();
            hook.hook = head.code;
            hook.detail = head.value;
            hook.copies = copies_;
            hook.objects = objects_;
            break;
        }
        case WIRE_SYSCALL_RETURNED: {
            auto& returned = event_.body.emplace<SyscallReturned>();
            returned.number = head.code;
            returned.result = head.value;
            returned.claims = claims_;
            break;
        }
        case WIRE_TASK_FORKED:
            if (other == nullptr) return contradiction("child", 0);
            event_.body =
                TaskForked{other, (head.value & SHARES_FILES) != 0,
                           (head.value & SHARES_PLACE) != 0, (head.value & SHARES_MEMORY) != 0};
            break;
        case WIRE_TASK_EXITED:
            event_.body = TaskExited{static_cast<int32_t>(head.value), head.code != 0};
            break;
        case WIRE_TASK_FOUND: {
            auto& found = event_.body.emplace<TaskFound>();
            found.parent = other;
            found.objects = objects_;
            break;
        }
        default:
            return contradiction("kind", head.kind);
    }
    return &event_;
}

uint64_t WireDecoder::next_sequence(const wire_record& head) {
    if (head.cpu >= streams_.size()) streams_.resize(size_t{head.cpu} + 1);
    Stream& stream = streams_[head.cpu];
    // A program that another one preempted counted its losses before that one did.
    const uint64_t lost = head.lost > stream.lost ? head.lost - stream.lost : 0;
    stream.lost += lost;
    stream.sequence += lost + 1;
    return stream.sequence;
}

Result<> WireDecoder::read_items(const wire_record& head, std::span<const uint8_t> rest) {
    claims_.clear();
    copies_.clear();
    objects_.clear();
    nodes_.clear();
    names_.clear();
    nodes_.reserve(rest.size() / sizeof(wire_node));
    names_.reserve(rest.size() + head.items);
    if (head.items > kMaxItems) return contradiction("item count", head.items);
    for (unsigned i = 0; i < head.items; ++i) {
        if (rest.size() < sizeof(wire_item)) return contradiction("item count", head.items);
        Item item{view_as<wire_item>(rest.data()), {}};
        const size_t size = sizeof(wire_item) + padded(item.head->bytes);
        if (size > rest.size()) return contradiction("item size", item.head->bytes);
        item.payload = {reinterpret_cast<const char*>(rest.data()) + sizeof(wire_item),
                        item.head->bytes};
        if (auto checked = check(*item.head); !checked) return checked;
        switch (item.head->kind) {
            case ITEM_CLAIM:
                read_claim(item);
                break;
            case ITEM_COPY:
                read_copy(item);
                break;
            case ITEM_OBJECT:
                if (auto read = read_object(item); !read) return read;
                break;
            default:
                return contradiction("item kind", item.head->kind);
        }
        rest = rest.subspan(size);
    }
    return {};
}

void WireDecoder::read_claim(const Item& item) {
    Claim& claim = claims_.emplace_back();
    claim.argument = item.head->operand;
    claim.kind = static_cast<OperandKind>(item.head->operand_kind);
    claim.register_value = item.head->address;
    if ((item.head->flags & ITEM_REGISTER) == 0) read_bytes(item, claim.memory.emplace());
}

void WireDecoder::read_copy(const Item& item) {
    KernelCopy& copy = copies_.emplace_back();
    copy.argument = item.head->operand;
    copy.kind = static_cast<OperandKind>(item.head->operand_kind);
    copy.from_descriptor = (item.head->flags & ITEM_FDPATH) != 0;
    read_bytes(item, copy.value);
}

void WireDecoder::read_bytes(const Item& item, CapturedBytes& out) {
    const wire_item& head = *item.head;
    out.error = head.error;
    out.cut = (head.flags & ITEM_CUT) != 0;
    if (head.operand_kind == OPERAND_ENVIRON) {
        read_environment(item, out);
        return;
    }
    const bool is_whole = head.error == 0 && (head.flags & ITEM_CUT) == 0;
    out.bytes = item.payload;
    out.full_length = head.full_length == 0 && is_whole ? head.bytes : head.full_length;
}

void WireDecoder::read_environment(const Item& item, CapturedBytes& out) {
    const bool is_claim = item.head->kind == ITEM_CLAIM;
    Environment& last = is_claim ? last_claimed_ : last_copied_;
    if (last.strings != item.payload)
        last = names_in(item.payload, is_claim ? TOCSIN_ENV_NAME_MAX - 1 : SIZE_MAX);
    if (last.breaks_off && out.error == 0) out.cut = true;
    const size_t first = names_.size();
    names_.insert(names_.end(), last.names.begin(), last.names.end());
    out.bytes = {names_.data() + first, last.names.size()};
    if (out.is_whole()) out.full_length = static_cast<uint32_t>(out.bytes.size());
}

Result<> WireDecoder::read_object(const Item& item) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(item.payload.data());
    size_t left = item.payload.size();
    const size_t first = nodes_.size();
    while (left != 0) {
        if (left < sizeof(wire_node)) return contradiction("object size", item.payload.size());
        if (nodes_.size() - first == TOCSIN_ANCESTORS_MAX)
            return contradiction("object size", item.payload.size());
        const auto& in = *view_as<wire_node>(bytes);
        const size_t size = sizeof(wire_node) + padded(in.name_bytes);
        if (size > left || in.name_bytes >= TOCSIN_NAME_MAX)
            return contradiction("name length", in.name_bytes);
        ObjectNode& node = nodes_.emplace_back();
        node.id = {in.device, in.inode, in.generation};
        node.mode = in.mode;
        node.uid = in.uid;
        node.gid = in.gid;
        node.links = in.links;
        node.mount = in.mount;
        node.name = {reinterpret_cast<const char*>(bytes) + sizeof(wire_node), in.name_bytes};
        node.cut = in.cut != 0;
        if (nodes_.size() - 1 > first) nodes_[nodes_.size() - 2].parent = &node;
        bytes += size;
        left -= size;
    }
    if (nodes_.size() == first) return contradiction("object size", 0);
    objects_.push_back({static_cast<ObjectRole>(item.head->operand), &nodes_[first]});
    return {};
}

}  // namespace tocsin
