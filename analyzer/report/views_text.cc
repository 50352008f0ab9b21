// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/views_text.h"

#include <fmt/format.h>

#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

std::string exit_absence(const Operation& operation) {
    if (operation.is_orphan) return "none: no call is recorded";
    if (operation.unfinished) return "not recorded: the record of the return is missing";
    if (operation.syscall->group == SyscallGroup::kExec && operation.decided)
        return "none: the exec replaced the memory";
    return "not recorded";
}

// What the kernel acted on, and what led there.
void add_objects(std::vector<ViewRow>& rows, const Operation& operation) {
    if (const FileObject* object = operation.object())
        rows.push_back({"K kernel object", operation.decided, object_shown(*object)});
    for (const FollowedLink& followed : operation.links)
        rows.push_back({"  through link", {}, link_shown(followed)});
    if (operation.peer)
        rows.push_back({"  peer", {}, view_shown(OperandKind::kPeer, *operation.peer)});
    if (!operation.interpreter) return;
    if (const auto& checked = operation.object(ObjectRole::kChecked))
        rows.push_back({"  named file", operation.decided, object_shown(*checked)});
    rows.push_back({"  interpreter", operation.decided,
                    view_shown(OperandKind::kPath, *operation.interpreter)});
}

}  // namespace

std::vector<ViewRow> views_of(const Candidate& candidate) {
    const Operation& operation = *candidate.operation;
    const Operand& operand = candidate.subject();
    const OperandKind kind = operand.info.kind;
    std::vector<ViewRow> rows;
    const auto add_bytes = [&](std::string_view name, const std::optional<BootTime>& time,
                               const auto& view, const std::string& absence) -> ViewRow& {
        ViewRow& row =
            rows.emplace_back(ViewRow{name, time, view ? view_shown(kind, *view) : absence});
        row.is_recorded = view.has_value();
        return row;
    };
    if (const auto& supervisor = candidate.supervisor)
        rows.push_back(
            {"  supervisor", supervisor->time, view_shown(kind, supervisor->bytes), true});
    add_bytes("E entry claim", operation.began, operand.entry, "not recorded").is_claim =
        operand.entry && operand.entry->is_whole();
    ViewRow& copy = add_bytes("S kernel copy", operation.copied, operand.kernel, "not recorded");
    copy.is_copy = operand.kernel.has_value();
    copy.differs = candidate.rule == Rule::kA1 || candidate.rule == Rule::kA4;
    if (operand.from_descriptor)
        rows.push_back({"", {}, "(composed by the kernel from the call's descriptor)"});
    add_objects(rows, operation);
    add_bytes("X exit claim", operation.ended, operand.exit, exit_absence(operation)).is_claim =
        operand.exit && operand.exit->is_whole();
    return rows;
}

std::optional<std::string> difference_text(const Candidate& candidate) {
    if (!candidate.difference) return std::nullopt;
    const Excerpts excerpts = excerpts_of(candidate, kMostNameColumns);
    if (excerpts.is_all) return std::nullopt;
    return fmt::format("{}: {} ≠ {}", excerpts.place, excerpts.claim, excerpts.truth);
}

}  // namespace tocsin
