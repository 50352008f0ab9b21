// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/finding_text.h"

#include <fmt/format.h>

#include <vector>

#include "analyzer/report/escape.h"
#include "analyzer/report/operand_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/replay_operand.h"

namespace tocsin {
namespace {

constexpr size_t kMostNameColumns = 270;

Pieces argument_pieces(const Operand& operand, const SyscallInfo* call) {
    Claim claim;
    claim.argument = operand.info.argument;
    claim.kind = operand.info.kind;
    claim.register_value = operand.register_value;
    if (operand.entry) {
        const ClaimView& view = *operand.entry;
        claim.memory = ClaimedBytes{{view.bytes, view.full_length, view.error, view.cut}};
    }
    return claim_pieces(claim, call);
}

}  // namespace

void put_in_finding(TextPage& page, std::string_view label, std::string_view text) {
    page.field(label, text, kFindingIndent, kFindingColumn);
}

std::string view_shown(OperandKind kind, const OwnedBytes& view) {
    const std::string text = operand_text(kind, view.bytes);
    std::string out = elide(text, kMostNameColumns);
    if (out != text) out += fmt::format(" ({} bytes)", view.bytes.size());
    if (!view.is_whole() && !is_known_part(kind, view.error))
        out += ' ' + read_end_text(view.bytes.empty(), view.error, view.cut);
    return out;
}

std::string path_shown(const FileObject& file) {
    const std::string path = file.path();
    const std::string text = quote(path);
    std::string out = elide(text, kMostNameColumns);
    if (out != text) out += fmt::format(" ({} bytes)", path.size());
    return out;
}

std::string object_shown(const FileObject& file) {
    const FileObject::Link& leaf = file.file();
    return fmt::format("{} device {} inode {} generation {}, {}, owner {}:{}, {}, mount {}",
                       path_shown(file), device_text(leaf.id.device), leaf.id.inode,
                       leaf.id.generation, mode_text(leaf.mode), leaf.uid, leaf.gid,
                       count_text(leaf.links, "link", "links"), leaf.mount);
}

std::string link_shown(const FollowedLink& followed) {
    return path_shown(*followed.link) +
           (followed.target ? " → " + quote(followed.target->bytes) : "");
}

std::string process_shown(const TaskId& id, const std::shared_ptr<const FileObject>& executable) {
    return fmt::format("pid {}, {}", id.tgid,
                       executable ? path_shown(*executable) : "executable not recorded");
}

std::string caller_shown(const Operation& operation) {
    const TaskState& task = operation.task;
    return fmt::format("{}, comm {}, uid {}, gid {}",
                       process_shown(task.id, operation.caller.executable()), quote(task.comm),
                       task.credentials.fsuid, task.credentials.fsgid);
}

void put_lineage(TextPage& page, const std::shared_ptr<const ProcessImage>& of,
                 std::string_view indent) {
    constexpr int kMostAncestors = 4;
    const ProcessImage* image = of.get();
    if (image == nullptr) return;
    if (image->command_line)
        put_in_finding(page, fmt::format("{}command", indent),
                       view_shown(OperandKind::kArgv, *image->command_line));
    std::string text;
    int shown = 0;
    for (; image != nullptr && image->parent_id; image = image->parent.get()) {
        if (shown++ == kMostAncestors) {
            text += ", and so on";
            break;
        }
        text +=
            (text.empty() ? "" : ", child of ") +
            process_shown(*image->parent_id, image->parent ? image->parent->executable : nullptr);
    }
    if (!text.empty()) put_in_finding(page, fmt::format("{}parent", indent), text);
}

std::string call_shown(const Operation& operation) {
    std::vector<Pieces> arguments;
    for (const Operand& operand : operation.operands)
        arguments.push_back(argument_pieces(operand, operation.syscall));
    std::string text;
    for (const std::string& piece : call_pieces(operation.syscall->name, arguments))
        text += (text.empty() ? "" : " ") + elide(piece, kMostNameColumns);
    if (operation.is_orphan) return text + ": a hook alone, no call is recorded";
    return text + " = " + (operation.result ? result_text(*operation.result) : "not recorded");
}

std::string events_shown(const Operation& operation) {
    std::string text;
    const auto add = [&](const char* what, const std::optional<EventRef>& event) {
        if (!text.empty()) text += ", ";
        text += fmt::format("{} {}", what, event ? event_text(*event) : "missing");
    };
    add("entry", operation.entry_event);
    for (const EventRef& event : operation.hook_events) add("hook", event);
    if (operation.hook_events.empty()) add("hook", std::nullopt);
    add("return", operation.exit_event);
    return text;
}

}  // namespace tocsin
