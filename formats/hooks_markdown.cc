// SPDX-License-Identifier: Apache-2.0
#include "formats/hooks_markdown.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "formats/hooks.h"

namespace tocsin {
namespace {

constexpr std::string_view kIntroduction = R"(<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Generated from formats/hooks.def; edit that file, then: hooks-markdown > formats/HOOKS.md -->
# System calls and hooks

What `tocsin-record` takes down, and what it does not. Numbers are those of the x86-64 table
(`syscall_64.tbl` up to Linux 7.0). 337 to 423 name no call; 512 to 547 exist for x32 callers only,
and a call by one of those is counted as a loss (foreign ABI), as is a 32-bit one.
)";

constexpr std::string_view kSyscallsIntroduction = R"(
Arguments are counted from 0, in the order of the C prototype. `path`, `argv` and `environ` are read
from user memory (of an environment only the names before `=`), as are structures, and `output` when
the call returns; the rest are register values. Of the groups `content` and `channel` only those
calls are recorded that hook 24 shows, of `ioctl` only what supervisors of seccomp filters are told
of calls and answer and what memory a userfaultfd answers for, of `fcntl` only what makes
descriptors, says whether an exec closes them or takes a lease, of `fsconfig` only what sets a name,
of `quotactl` only what turns quotas on.
)";

std::string operands_of(const SyscallInfo& syscall) {
    std::string text;
    for (const OperandInfo& operand : syscall.operands) {
        if (operand.kind == OperandKind::kNone) break;
        if (!text.empty()) text += ", ";
        text += std::to_string(operand.argument);
        text += ' ';
        text += name_of(operand.kind);
    }
    return text.empty() ? "none" : text;
}

void append_recorded(std::string& text) {
    text += "\n## Recorded calls: " + std::to_string(recorded_syscalls().size()) + "\n";
    text += kSyscallsIntroduction;
    text += "\n| number | call | group | arguments captured |\n|---:|---|---|---|\n";
    for (const SyscallInfo& syscall : recorded_syscalls()) {
        text += "| " + std::to_string(syscall.number) + " | `";
        text += syscall.name;
        text += "` | ";
        text += name_of(syscall.group);
        text += " | " + operands_of(syscall) + " |\n";
    }
}

void append_hooks(std::string& text) {
    text += "\n## Hooks: " + std::to_string(hooks().size()) + "\n";
    text += "\nWhere the kernel's own view is taken. Traces store the id, which is never reused.\n";
    for (const HookInfo& hook : hooks()) {
        text += "\n### " + std::to_string(hook.id) + " `";
        text += hook.name;
        text += "`\n- Source: ";
        text += name_of(hook.source);
        text += "\n- Sees: ";
        text += hook.sees;
        text += "\n- Cannot see: ";
        text += hook.cannot_see;
        text += "\n";
    }
    if (retired_hooks().empty()) return;
    text += "\nRetired ids, still found in old traces:\n\n";
    for (const RetiredHook& hook : retired_hooks()) {
        text += "- " + std::to_string(hook.id) + " `";
        text += hook.name;
        text += "`\n";
    }
}

// "0 read, 1 write, …" in a code block, broken between entries at 100 columns.
std::string listed(const std::vector<NotRecordedSyscall>& syscalls) {
    constexpr std::size_t kColumns = 100;
    std::string text = "```text\n";
    std::string line;
    for (std::size_t i = 0; i < syscalls.size(); ++i) {
        std::string entry = std::to_string(syscalls[i].number) + ' ';
        entry += syscalls[i].name;
        if (i + 1 < syscalls.size()) entry += ',';
        if (!line.empty() && line.size() + 1 + entry.size() > kColumns) {
            text += line + "\n";
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += entry;
    }
    return text + line + "\n```\n";
}

void append_not_recorded(std::string& text, NotRecordedReason reason, std::string_view meaning) {
    std::vector<NotRecordedSyscall> syscalls;
    std::copy_if(not_recorded_syscalls().begin(), not_recorded_syscalls().end(),
                 std::back_inserter(syscalls),
                 [reason](const NotRecordedSyscall& row) { return row.reason == reason; });
    text += "\n### ";
    text += meaning;
    text += ": " + std::to_string(syscalls.size()) + "\n";
    text += listed(syscalls);
}

}  // namespace

std::string hooks_markdown() {
    std::string text(kIntroduction);
    append_recorded(text);
    append_hooks(text);
    text += "\n## Calls not recorded: " + std::to_string(not_recorded_syscalls().size()) + "\n";
    append_not_recorded(text, NotRecordedReason::kName,
                        "Takes a name, an address or a right, not recorded yet");
    append_not_recorded(text, NotRecordedReason::kDescriptor,
                        "Acts on descriptors or memory only, or makes anonymous ones");
    append_not_recorded(text, NotRecordedReason::kNoName,
                        "Takes no argument that another party judges by name or address");
    append_not_recorded(text, NotRecordedReason::kObsolete,
                        "Not implemented on x86-64 by any kernel since 5.10");
    return text;
}

}  // namespace tocsin
