// SPDX-License-Identifier: Apache-2.0
#include "analyzer/query/fields.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "analyzer/detect/candidate.h"
#include "analyzer/judge/set_aside.h"
#include "analyzer/replay/event_order.h"
#include "formats/hooks.h"
#include "formats/nearest.h"
#include "formats/text_form_rules.h"

namespace tocsin {
namespace {

constexpr uint8_t kRecords = static_cast<uint8_t>(RowKind::kRecord);
constexpr uint8_t kCalls = static_cast<uint8_t>(RowKind::kCall);
constexpr uint8_t kFindings = static_cast<uint8_t>(RowKind::kFinding);
constexpr uint8_t kOfCalls = kCalls | kFindings;
constexpr uint8_t kAll = kRecords | kCalls | kFindings;

using Take = const TakeValue&;

int64_t whole(uint64_t number) {
    return static_cast<int64_t>(std::min<uint64_t>(number, INT64_MAX));
}

// Who.

struct Who {
    TaskId id;
    const Credentials* credentials;
    std::string_view comm;
};
Who who(const Row& row) {
    if (row.event != nullptr)
        return {row.event->task->id, &row.event->task->credentials, row.event->task->comm};
    const TaskState& task = row.operation->task;
    return {task.id, &task.credentials, task.comm};
}
template <auto Member>
void read_id(const Row& row, Take take) {
    take(int64_t{who(row).id.*Member});
}
template <auto Member>
void read_credential(const Row& row, Take take) {
    take(whole(who(row).credentials->*Member));
}
void read_comm(const Row& row, Take take) {
    take(who(row).comm);
}
void take_executable(const ProcessImage* image, Take take) {
    if (image != nullptr && image->executable != nullptr) take(image->executable->path());
}
void read_executable(const Row& row, Take take) {
    take_executable(row.image, take);
}
// As the program found it: its words, with blanks between them.
void read_command_line(const Row& row, Take take) {
    if (row.image == nullptr || !row.image->command_line) return;
    std::string words(row.image->command_line->bytes);
    while (!words.empty() && words.back() == '\0') words.pop_back();
    std::replace(words.begin(), words.end(), '\0', ' ');
    take(words);
}
void read_parent_pid(const Row& row, Take take) {
    if (row.image != nullptr && row.image->parent_id) take(int64_t{row.image->parent_id->tgid});
}
void read_parent_executable(const Row& row, Take take) {
    if (row.image != nullptr) take_executable(row.image->parent.get(), take);
}

// When.

void read_time(const Row& row, Take take) {
    const BootTime time = row.event != nullptr ? row.event->time : row.operation->began;
    take(whole(time.ns < row.start.ns ? 0 : time.ns - row.start.ns));
}
void read_duration(const Row& row, Take take) {
    const Operation& call = *row.operation;
    if (call.ended) take(int64_t{gap_between(call.began, *call.ended).count()});
}

// What.

const SyscallInfo* syscall_of(const Row& row) {
    if (row.operation != nullptr) return row.operation->syscall;
    if (const auto* entered = std::get_if<SyscallEntered>(&row.event->body))
        return find_syscall(entered->number);
    if (const auto* returned = std::get_if<SyscallReturned>(&row.event->body))
        return find_syscall(returned->number);
    return nullptr;
}
std::optional<int64_t> result_of(const Row& row) {
    if (row.operation != nullptr) return row.operation->result;
    const auto* returned = std::get_if<SyscallReturned>(&row.event->body);
    return returned != nullptr ? std::optional(returned->result) : std::nullopt;
}
void read_call(const Row& row, Take take) {
    if (const SyscallInfo* call = syscall_of(row)) take(call->name);
}
void read_group(const Row& row, Take take) {
    if (const SyscallInfo* call = syscall_of(row)) take(name_of(call->group));
}
void read_result(const Row& row, Take take) {
    if (const auto result = result_of(row)) take(*result);
}
void read_error(const Row& row, Take take) {
    const auto result = result_of(row);
    constexpr int64_t kLastErrno = -4095;
    if (!result || *result >= 0 || *result < kLastErrno) return;
    const std::string_view name = text_form::errno_name(static_cast<uint64_t>(-*result));
    if (!name.empty()) take(name);
}
constexpr std::array<std::string_view, 6> kRecordKinds = {"enter", "hook", "return",
                                                          "fork",  "exit", "found"};
void read_record(const Row& row, Take take) {
    take(kRecordKinds[row.event->body.index()]);
}
void read_hook(const Row& row, Take take) {
    const auto* fired = std::get_if<HookFired>(&row.event->body);
    const HookInfo* hook = fired != nullptr ? find_hook(fired->hook) : nullptr;
    if (hook != nullptr) take(hook->name);
}
void read_cpu(const Row& row, Take take) {
    take(int64_t{row.event->cpu});
}

// Names and files.

bool is_name(OperandKind kind) {
    return kind == OperandKind::kPath || kind == OperandKind::kString ||
           kind == OperandKind::kLinkTarget;
}
// True as soon as one was enough.
template <typename Views>
bool take_views(const Views& views, bool (*is_wanted)(OperandKind), Take take) {
    return std::any_of(views.begin(), views.end(), [&](const auto& view) {
        return is_wanted(view.kind) && take(view.value.bytes);
    });
}
bool take_claims(std::span<const Claim> claims, bool (*is_wanted)(OperandKind), Take take) {
    return std::any_of(claims.begin(), claims.end(), [&](const Claim& claim) {
        return is_wanted(claim.kind) && claim.memory && take(claim.memory->bytes);
    });
}
bool take_claimed(const Row& row, bool (*is_wanted)(OperandKind), Take take) {
    if (row.operation != nullptr) {
        for (const Operand& operand : row.operation->operands) {
            if (!is_wanted(operand.info.kind)) continue;
            if (operand.entry && take(operand.entry->bytes)) return true;
            if (operand.exit && take(operand.exit->bytes)) return true;
        }
        return false;
    }
    if (const auto* entered = std::get_if<SyscallEntered>(&row.event->body))
        return take_claims(entered->claims, is_wanted, take);
    if (const auto* returned = std::get_if<SyscallReturned>(&row.event->body))
        return take_claims(returned->claims, is_wanted, take);
    return false;
}
bool take_copied(const Row& row, bool (*is_wanted)(OperandKind), Take take) {
    if (row.operation != nullptr) {
        for (const Operand& operand : row.operation->operands)
            if (is_wanted(operand.info.kind) && operand.kernel && take(operand.kernel->bytes))
                return true;
        return false;
    }
    const auto* fired = std::get_if<HookFired>(&row.event->body);
    return fired != nullptr && take_views(fired->copies, is_wanted, take);
}

struct File {
    ObjectId id;
    uint32_t mode, uid;
    std::string path;
};
template <typename With>
void each_file(const Row& row, const With& with) {
    if (row.operation != nullptr) {
        for (const auto& [role, file] : row.operation->objects)
            if (file->link.id != ObjectId{} && with(file->link, *file)) return;
        return;
    }
    const auto each_of = [&](std::span<const KernelObject> objects) {
        for (const KernelObject& object : objects)
            if (!is_absent(*object.node) && with(*object.node, *object.node)) return;
    };
    if (const auto* fired = std::get_if<HookFired>(&row.event->body)) each_of(fired->objects);
    if (const auto* found = std::get_if<TaskFound>(&row.event->body)) each_of(found->objects);
}
std::string path_text(const FileObject& file) {
    return file.path();
}
std::string path_text(const ObjectNode& node) {
    return path_of(node);
}
bool take_file_paths(const Row& row, Take take) {
    bool is_enough = false;
    each_file(row, [&](const auto&, const auto& file) {
        return is_enough = take(std::string_view(path_text(file)));
    });
    return is_enough;
}
void read_claimed_path(const Row& row, Take take) {
    take_claimed(row, is_name, take);
}
void read_kernel_path(const Row& row, Take take) {
    take_copied(row, is_name, take);
}
void read_file_path(const Row& row, Take take) {
    take_file_paths(row, take);
}
void read_path(const Row& row, Take take) {
    const Candidate* candidate = row.finding != nullptr ? &row.finding->candidate : nullptr;
    if (candidate != nullptr && candidate->race != nullptr && take(candidate->race->name)) return;
    if (take_claimed(row, is_name, take) || take_copied(row, is_name, take)) return;
    take_file_paths(row, take);
}
void read_inode(const Row& row, Take take) {
    each_file(row, [&](const auto& link, const auto&) { return take(whole(link.id.inode)); });
}
void read_device(const Row& row, Take take) {
    each_file(row, [&](const auto& link, const auto&) {
        return take(std::to_string(link.id.device >> 20U) + ":" +
                    std::to_string(link.id.device & 0xfffffU));
    });
}
void read_owner(const Row& row, Take take) {
    each_file(row, [&](const auto& link, const auto&) { return take(int64_t{link.uid}); });
}
void read_mode(const Row& row, Take take) {
    each_file(row,
              [&](const auto& link, const auto&) { return take(int64_t{link.mode & 07777U}); });
}
// By the upper bits of a mode; some stand for none.
constexpr std::array<std::string_view, 16> kFileTypes = {
    "",     "fifo", "char",    "", "directory", "", "block", "",
    "file", "",     "symlink", "", "socket",    "", "",      ""};
void read_type(const Row& row, Take take) {
    each_file(row, [&](const auto& link, const auto&) {
        return take(kFileTypes[link.mode >> 12U & 15U]);
    });
}

// Addresses.

struct SocketAddress {
    std::optional<IpAddress> address;
    std::optional<uint16_t> port;
};
uint16_t port_at(std::string_view bytes, size_t at) {
    return static_cast<uint16_t>(static_cast<unsigned char>(bytes[at]) << 8U |
                                 static_cast<unsigned char>(bytes[at + 1]));
}
SocketAddress address_in(std::string_view bytes) {
    constexpr uint16_t kInet = 2, kInet6 = 10;  // AF_INET, AF_INET6
    uint16_t family = 0;
    if (bytes.size() < sizeof family) return {};
    std::memcpy(&family, bytes.data(), sizeof family);
    SocketAddress found;
    if (family == kInet && bytes.size() >= 8) {
        found.address.emplace().bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        std::memcpy(found.address->bytes.data() + 12, bytes.data() + 4, 4);
        found.port = port_at(bytes, 2);
    } else if (family == kInet6 && bytes.size() >= 24) {
        std::memcpy(found.address.emplace().bytes.data(), bytes.data() + 8, 16);
        found.port = port_at(bytes, 2);
    }
    return found;
}
bool is_socket_address(OperandKind kind) {
    return kind == OperandKind::kSockaddr || kind == OperandKind::kPeer;
}
template <typename With>
void each_address(const Row& row, const With& with) {
    const TakeValue take = [&](const Value& bytes) {
        return with(address_in(std::get<std::string_view>(bytes)));
    };
    if (take_claimed(row, is_socket_address, take) || take_copied(row, is_socket_address, take))
        return;
    if (row.operation != nullptr && row.operation->peer) take(row.operation->peer->bytes);
}
void read_address(const Row& row, Take take) {
    each_address(row, [&](const SocketAddress& one) { return one.address && take(*one.address); });
}
void read_port(const Row& row, Take take) {
    each_address(row,
                 [&](const SocketAddress& one) { return one.port && take(int64_t{*one.port}); });
}

// Findings.

const Candidate& candidate_of(const Row& row) {
    return row.finding->candidate;
}
void read_rule(const Row& row, Take take) {
    take(name_of(candidate_of(row).rule));
}
void read_severity(const Row& row, Take take) {
    take(static_cast<int64_t>(row.finding->judgement.severity));
}
void read_score(const Row& row, Take take) {
    take(int64_t{row.finding->judgement.severity_score});
}
void read_confidence(const Row& row, Take take) {
    take(int64_t{row.finding->judgement.confidence});
}
void read_set_aside(const Row& row, Take take) {
    if (!row.finding->judgement.set_aside_by.empty()) take(row.finding->judgement.set_aside_by);
}
void read_id(const Row& row, Take take) {
    take(std::string_view(row.finding->fingerprint));
}
void read_reference(const Row& row, Take take) {
    const References& references = row.finding->judgement.references;
    for (const auto* list : {&references.cwe, &references.capec, &references.attack})
        for (const std::string_view reference : *list)
            if (take(reference)) return;
}
void read_check(const Row& row, Take take) {
    if (const Operation* check = candidate_of(row).check()) take(check->syscall->name);
}
void read_gap(const Row& row, Take take) {
    const Candidate& candidate = candidate_of(row);
    if (const Operation* check = candidate.check())
        take(int64_t{gap_between(decision_of(*check), decision_of(*candidate.operation)).count()});
}
void read_age(const Row& row, Take take) {
    const Candidate& candidate = candidate_of(row);
    if (const Operation* change = candidate.change())
        take(int64_t{gap_between(decision_of(*change), decision_of(*candidate.operation)).count()});
}
void read_change(const Row& row, Take take) {
    if (const Operation* change = candidate_of(row).change()) take(change->syscall->name);
}
void read_mutator_pid(const Row& row, Take take) {
    if (const Actor mutator = candidate_of(row).mutator(); mutator.task != nullptr)
        take(int64_t{mutator.task->id.tgid});
}
void read_mutator_uid(const Row& row, Take take) {
    if (const Actor mutator = candidate_of(row).mutator(); mutator.task != nullptr)
        take(whole(mutator.task->credentials.euid));
}
void read_mutator_comm(const Row& row, Take take) {
    if (const Actor mutator = candidate_of(row).mutator(); mutator.task != nullptr)
        take(std::string_view(mutator.task->comm));
}
void read_mutator_executable(const Row& row, Take take) {
    if (const Actor mutator = candidate_of(row).mutator(); mutator.caller != nullptr)
        take_executable(mutator.caller->image.get(), take);
}

// Names of which there are some and no others.

using Names = std::vector<std::string_view>;

std::span<const std::string_view> call_names() {
    static const Names kNames = [] {
        Names names;
        for (const SyscallInfo& call : recorded_syscalls()) names.push_back(call.name);
        return names;
    }();
    return kNames;
}
std::span<const std::string_view> group_names() {
    static const Names kNames = [] {
        Names names;
        for (const SyscallInfo& call : recorded_syscalls())
            if (std::find(names.begin(), names.end(), name_of(call.group)) == names.end())
                names.push_back(name_of(call.group));
        return names;
    }();
    return kNames;
}
std::span<const std::string_view> error_names() {
    static const Names kNames = [] {
        constexpr uint64_t kLastErrno = 4095;
        Names names;
        for (uint64_t number = 1; number <= kLastErrno; ++number)
            if (const auto name = text_form::errno_name(number); !name.empty())
                names.push_back(name);
        return names;
    }();
    return kNames;
}
std::span<const std::string_view> type_names() {
    static const Names kNames = [] {
        Names names(kFileTypes.begin(), kFileTypes.end());
        std::erase(names, "");
        return names;
    }();
    return kNames;
}
std::span<const std::string_view> record_names() {
    return kRecordKinds;
}
std::span<const std::string_view> hook_names() {
    static const Names kNames = [] {
        Names names;
        for (const HookInfo& hook : hooks()) names.push_back(hook.name);
        return names;
    }();
    return kNames;
}
std::span<const std::string_view> class_names() {
    static const Names kNames = [] {
        Names names;
        for (size_t i = 0; i < kRules; ++i) names.push_back(name_of(static_cast<Rule>(i)));
        return names;
    }();
    return kNames;
}
std::span<const std::string_view> set_aside_names() {
    static const Names kNames = [] {
        Names names;
        for (const SetAsideRule& rule : set_aside_rules()) names.push_back(rule.name);
        return names;
    }();
    return kNames;
}

constexpr Field kFields[] = {
    {kPidField, FieldType::kNumber, kAll, "id of the process", read_id<&TaskId::tgid>},
    {"proc.tid", FieldType::kNumber, kAll, "id of the thread", read_id<&TaskId::tid>},
    {"proc.exe", FieldType::kText, kAll, "path of the program that it runs", read_executable, true},
    {"proc.cmdline", FieldType::kText, kAll, "its words as it was started, blanks between",
     read_command_line, true},
    {"proc.comm", FieldType::kText, kAll, "the name that it gives itself; proves nothing",
     read_comm},
    {"proc.uid", FieldType::kNumber, kAll, "its real user", read_credential<&Credentials::uid>},
    {"proc.euid", FieldType::kNumber, kAll, "its effective user",
     read_credential<&Credentials::euid>},
    {"proc.gid", FieldType::kNumber, kAll, "its real group", read_credential<&Credentials::gid>},
    {"proc.egid", FieldType::kNumber, kAll, "its effective group",
     read_credential<&Credentials::egid>},
    {"proc.ppid", FieldType::kNumber, kAll, "id of its parent", read_parent_pid, true},
    {"parent.exe", FieldType::kText, kAll, "path of the program that its parent ran at the fork",
     read_parent_executable, true},

    {kTimeField, FieldType::kDuration, kAll, "since the trace's first record; of a call, its entry",
     read_time},
    {"call", FieldType::kText, kAll, "name of the system call; a finding's use", read_call, false,
     call_names},
    {"group", FieldType::kText, kAll, "the call's group, as formats/HOOKS.md has them", read_group,
     false, group_names},
    {"result", FieldType::kNumber, kAll, "what the call returned", read_result},
    {"error", FieldType::kText, kAll, "why it failed, as in EACCES", read_error, false,
     error_names},

    {"path", FieldType::kText, kAll, "any name or path of these three", read_path},
    {"path.claimed", FieldType::kText, kAll, "a name as user memory had it, at entry or exit",
     read_claimed_path},
    {"path.kernel", FieldType::kText, kAll, "the kernel's own copy of a name", read_kernel_path},
    {"file.path", FieldType::kText, kAll, "path of a file that the kernel found, in its mount",
     read_file_path},
    {"file.inode", FieldType::kNumber, kAll, "its inode's number", read_inode},
    {"file.device", FieldType::kText, kAll, "its device, as in 8:1", read_device},
    {"file.owner", FieldType::kNumber, kAll, "its user", read_owner},
    {"file.mode", FieldType::kNumber, kAll, "its permission bits, as in 04755", read_mode},
    {"file.type", FieldType::kText, kAll, "file, directory, symlink, socket, fifo, char or block",
     read_type, false, type_names},

    {"address", FieldType::kAddress, kAll, "that a socket is bound or connected to", read_address},
    {"port", FieldType::kNumber, kAll, "the same", read_port},

    {"duration", FieldType::kDuration, kOfCalls, "from the call's entry to its return",
     read_duration},

    {"record", FieldType::kText, kRecords, "enter, hook, return, fork, exit or found", read_record,
     false, record_names},
    {"hook", FieldType::kText, kRecords, "name of the hook that fired", read_hook, false,
     hook_names},
    {"cpu", FieldType::kNumber, kRecords, "where it was recorded", read_cpu},

    {"rule", FieldType::kText, kFindings, "class of the finding, as in F1", read_rule, false,
     class_names},
    {"severity", FieldType::kSeverity, kFindings, "info, low, medium, high or critical",
     read_severity},
    {"score", FieldType::kNumber, kFindings, "severity from 0 to 100", read_score},
    {"confidence", FieldType::kNumber, kFindings, "from 0 to 100", read_confidence},
    {"set_aside", FieldType::kText, kFindings, "the rule that set it aside, if one did",
     read_set_aside, false, set_aside_names},
    {"finding", FieldType::kText, kFindings, "its id: 16 digits, the same in every trace", read_id},
    {"reference", FieldType::kText, kFindings, "a catalogue's entry, as in CWE-367",
     read_reference},
    {"check", FieldType::kText, kFindings, "name of the call that checked", read_check, false,
     call_names},
    {"change", FieldType::kText, kFindings, "name of the call that changed what was checked",
     read_change, false, call_names},
    {"gap", FieldType::kDuration, kFindings, "from check to use", read_gap},
    {"age", FieldType::kDuration, kFindings, "from change to use", read_age},
    {"mutator.pid", FieldType::kNumber, kFindings, "process that changed it, or the argument",
     read_mutator_pid},
    {"mutator.uid", FieldType::kNumber, kFindings, "its effective user", read_mutator_uid},
    {"mutator.exe", FieldType::kText, kFindings, "path of the program that it runs",
     read_mutator_executable, true},
    {"mutator.comm", FieldType::kText, kFindings, "the name that it gives itself; proves nothing",
     read_mutator_comm},
};

}  // namespace

std::string_view plural_of(RowKind kind) {
    return kind == RowKind::kRecord ? "records" : kind == RowKind::kCall ? "calls" : "findings";
}
std::string_view command_that_has(RowKind kind) {
    return kind == RowKind::kRecord ? "dump" : kind == RowKind::kCall ? "replay" : "analyze";
}

Row Row::of(const Event& event, const ProcessImage* image, BootTime start) {
    return {RowKind::kRecord, start, &event, nullptr, nullptr, image};
}
Row Row::of(const Operation& call, BootTime start) {
    return {RowKind::kCall, start, nullptr, &call, nullptr, call.caller.image.get()};
}
Row Row::of(const Finding& finding, BootTime start) {
    const Operation& call = *finding.candidate.operation;
    return {RowKind::kFinding, start, nullptr, &call, &finding, call.caller.image.get()};
}

std::span<const Field> fields() {
    return kFields;
}

const Field* find_field(std::string_view name) {
    const auto* at = std::find_if(std::begin(kFields), std::end(kFields),
                                  [&](const Field& field) { return field.name == name; });
    return at == std::end(kFields) ? nullptr : at;
}

std::string_view field_like(std::string_view name) {
    constexpr size_t kLongest = 40;
    if (name.size() > kLongest) return {};
    std::string_view nearest;
    size_t least = 1 + std::max<size_t>(2, name.size() / 3);
    for (const Field& field : kFields) {
        // "pid" stands for "proc.pid" rather than for "gid".
        const size_t dot = field.name.find('.');
        const bool is_end = dot != std::string_view::npos && field.name.substr(dot + 1) == name;
        const size_t away = is_end ? 0 : distance_between(name, field.name);
        if (away >= least) continue;
        least = away;
        nearest = field.name;
    }
    return nearest;
}

}  // namespace tocsin
