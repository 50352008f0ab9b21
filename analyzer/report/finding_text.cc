// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/finding_text.h"

#include <fmt/format.h>

#include <vector>

#include "analyzer/report/escape.h"
#include "analyzer/report/operand_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/race_story.h"
#include "analyzer/report/replay_operand.h"

namespace tocsin {
namespace {

constexpr size_t kTargetColumns = 200;  // of a symbolic link's target

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

std::string identity_shown(const std::optional<ObjectId>& id) {
    if (!id) return "not known";
    if (*id == ObjectId{}) return "nothing";
    return fmt::format("device {} inode {} generation {}", device_text(id->device), id->inode,
                       id->generation);
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
           (followed.target ? " → " + elide(quote(followed.target->bytes), kTargetColumns) : "");
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

void put_lineage(Fields& fields, const std::shared_ptr<const ProcessImage>& of,
                 std::string_view indent) {
    constexpr int kMostAncestors = 4;
    const ProcessImage* image = of.get();
    if (image == nullptr) return;
    if (image->command_line)
        fields.put(fmt::format("{}command", indent),
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
    if (!text.empty()) fields.put(fmt::format("{}parent", indent), text);
}

void put_who(Fields& fields, const Operation& operation) {
    const TaskState& task = operation.task;
    const Credentials& ids = task.credentials;
    std::string text = process_shown(task.id, operation.caller.executable());
    if (task.id.tid != task.id.tgid) text += fmt::format(", thread {}", task.id.tid);
    text += fmt::format(", comm {}", quote(task.comm));
    fields.put("who", text);
    text = ids.uid == ids.euid ? fmt::format("uid {}", ids.uid)
                               : fmt::format("uid {} with the rights of uid {}", ids.uid, ids.euid);
    text += ids.gid == ids.egid ? fmt::format(", gid {}", ids.gid)
                                : fmt::format(", gid {} as {}", ids.gid, ids.egid);
    if (operation.task_after && operation.task_after->credentials.euid != ids.euid)
        text += fmt::format("; uid {} after the call", operation.task_after->credentials.euid);
    if (operation.caller.partial) text += "; the process's beginning is not in the trace";
    fields.put("", text);
    put_lineage(fields, operation.caller.image);
}

void put_when(Fields& fields, const TraceFacts& trace, const Operation& operation) {
    std::string text = into_trace_text(trace, operation.began) + " into the trace";
    if (trace.clock) text += ", " + utc_text(*trace.clock, operation.began);
    fields.put("when", text);
}

void put_writer(Fields& fields, const std::optional<MemoryWriter>& writer) {
    if (!writer) return;
    fields.put("writer", fmt::format("{}, comm {}, uid {}: by {}, in trace {}",
                                     process_shown(writer->task->id, writer->caller.executable()),
                                     quote(writer->task->comm), writer->task->credentials.uid,
                                     writer->how, event_text(writer->event)));
    put_lineage(fields, writer->caller.image, "  ");
}

void put_supervisor(Fields& fields, const std::optional<SupervisorClaim>& supervisor) {
    if (!supervisor) return;
    fields.put("supervisor",
               fmt::format("{}, comm {}, uid {}: by {}, in trace {}",
                           process_shown(supervisor->task->id, supervisor->caller.executable()),
                           quote(supervisor->task->comm), supervisor->task->credentials.uid,
                           supervisor->how, event_text(supervisor->event)));
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

void put_events(Fields& fields, const Candidate& candidate) {
    if (candidate.check() == nullptr)
        return fields.put("in trace", events_shown(*candidate.operation));
    const Story story = story_of(candidate);
    fields.put("in trace", "check: " + events_shown(*story.check));
    for (const Operation* change : story.changes)
        fields.put("", "change: " + events_shown(*change));
    fields.put("", "use: " + events_shown(*story.use));
}

std::string capitals_of(Severity severity) {
    std::string name(name_of(severity));
    for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
    return name;
}

}  // namespace tocsin
