// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_text.h"

#include <fmt/format.h>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/replay_operand.h"
#include "formats/text_form_rules.h"

namespace tocsin::gui {
namespace {

constexpr size_t kOperandColumns = 160, kTextColumns = 400, kNameColumns = 24;

std::string joined(const Pieces& pieces) {
    std::string text;
    for (const Pieces::value_type& piece : pieces) {
        if (!text.empty()) text += ' ';
        text += piece;
        if (text.size() > 4 * kOperandColumns) break;  // the rest would be cut away
    }
    return elide(text, kOperandColumns);
}

void add(std::string& text, const std::string& part) {
    if (!text.empty()) text += ", ";
    text += part;
}

std::string task_text(const Task& task) {
    return fmt::format("{} {}/{}", quote(task.comm), task.id.tgid, task.id.tid);
}

std::string operands_of(const SyscallEntered& entry) {
    std::string text;
    const SyscallInfo* call = find_syscall(entry.number);
    for (const Claim& claim : entry.claims) add(text, joined(claim_pieces(claim, call)));
    return text;
}

// Views that say more than their register.
std::string operands_of(const SyscallReturned& back) {
    std::string text;
    for (const Claim& claim : back.claims)
        if (claim.memory)
            add(text, fmt::format("{} {}", name_of(claim.kind),
                                  joined(claim_pieces(claim, find_syscall(back.number)))));
    return text;
}

std::string operands_of(const HookFired& hook) {
    std::string text;
    for (const KernelCopy& copy : hook.copies)
        add(text,
            fmt::format("{} {}", name_of(copy.kind), joined(memory_pieces(copy.kind, copy.value))));
    for (const KernelObject& object : hook.objects)
        add(text, fmt::format("{} {}", text_form::role_word(object.role),
                              joined(object_pieces(*object.node))));
    return text;
}

std::string operands_of(const TaskForked& fork) {
    return fork.child != nullptr ? task_text(*fork.child) : std::string();
}

std::string operands_of(const TaskExited& exit) {
    const int signal = exit.exit_code & 0x7f;
    std::string text = signal != 0 ? fmt::format("by signal {}", signal)
                                   : fmt::format("with {}", exit.exit_code >> 8);
    if (exit.last_thread) text += ", the process's last thread";
    return text;
}

std::string operands_of(const TaskFound& found) {
    std::string text = "was there when the recording began";
    for (const KernelObject& object : found.objects)
        add(text, fmt::format("{} {}", text_form::role_word(object.role),
                              joined(object_pieces(*object.node))));
    return text;
}

}  // namespace

EventText text_of(const Event& event) {
    EventText text;
    if (const auto* back = std::get_if<SyscallReturned>(&event.body))
        text.result = QString::fromStdString(result_text(back->result));
    const std::string operands =
        std::visit([](const auto& body) { return operands_of(body); }, event.body);
    text.operands = QString::fromStdString(elide(operands, kTextColumns));
    return text;
}

std::string name_of_event(EventKind kind, uint16_t number) {
    switch (kind) {
        case EventKind::kEntry:
        case EventKind::kReturn:
            return text_form::syscall_word(number);
        case EventKind::kHook:
            return text_form::hook_word(number);
        case EventKind::kFork:
            return "fork";
        case EventKind::kExit:
            return "exit";
        case EventKind::kFound:
            break;
    }
    return "found";
}

QString what_text(EventKind kind, uint16_t number) {
    const char* sign = kind == EventKind::kEntry    ? "> "
                       : kind == EventKind::kHook   ? "@ "
                       : kind == EventKind::kReturn ? "< "
                                                    : "";
    return QString::fromStdString(sign + escape(name_of_event(kind, number)));
}

QString process_text(const EventStore& events, uint32_t thread) {
    const ThreadRow& row = events.threads()[thread];
    const ProcessRow& process = events.processes()[row.process];
    const size_t slash = process.executable.rfind('/');
    const std::string name = process.executable.empty()   ? row.comm
                             : slash == std::string::npos ? process.executable
                                                          : process.executable.substr(slash + 1);
    return QString::fromStdString(
        fmt::format("{} {}", elide(escape(name), kNameColumns), process.tgid));
}

QString thread_text(const EventStore& events, uint32_t thread) {
    const ThreadRow& row = events.threads()[thread];
    return QString::fromStdString(
        fmt::format("{} {}", elide(escape(row.comm), kNameColumns), row.id.tid));
}

}  // namespace tocsin::gui
