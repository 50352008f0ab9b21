// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_race.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/object_changes.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_scale.h"

namespace tocsin {
namespace {

constexpr size_t kMostMutations = 8;
// The last ones, which are nearest to the use, and always the one that explains.
std::vector<const Mutation*> mutations_shown(const NameRace& race) {
    std::vector<const Mutation*> shown;
    const size_t count = race.mutations.size();
    const size_t first = count > kMostMutations ? count - kMostMutations : 0;
    if (race.explanation && *race.explanation < first) shown.push_back(race.explained_by());
    for (size_t i = first; i < count; ++i) shown.push_back(&race.mutations[i]);
    return shown;
}

void add_scale(TextPage& page, const Candidate& candidate) {
    const NameRace& race = *candidate.race;
    std::vector<const Operation*> changes;
    for (const Mutation* mutation : mutations_shown(race))
        changes.push_back(mutation->operation.get());
    const Mutation* mutation = race.explained_by();
    std::string_view order;
    if (mutation != nullptr) order = mutation->is_order_certain ? "certain" : "uncertain";
    put_scale(page, *race.check, changes, *candidate.operation,
              mutation != nullptr ? mutation->operation.get() : nullptr, order);
}

std::string identity_shown(const std::optional<ObjectId>& id) {
    if (!id) return "not known";
    if (*id == ObjectId{}) return "nothing";
    return fmt::format("device {} inode {} generation {}", device_text(id->device), id->inode,
                       id->generation);
}

std::string found_shown(const FileObject& file, const ObjectId& id) {
    if (id != ObjectId{}) return object_shown(file);
    return "nothing of that name in " + (file.parent ? object_shown(*file.parent) : "?");
}

void add_name(TextPage& page, const Operation& operation, size_t index) {
    const Operand& operand = operation.operands[index];
    if (operand.entry)
        put_in_finding(page, "  claim", view_shown(operand.info.kind, *operand.entry));
    if (operand.kernel && (!operand.entry || operand.entry->bytes != operand.kernel->bytes))
        put_in_finding(page, "  copy", view_shown(operand.info.kind, *operand.kernel));
    for (const FollowedLink& followed : operation.links)
        if (followed.argument == operand.info.argument)
            put_in_finding(page, "  through", link_shown(followed));
}

void add_check(TextPage& page, const NameRace& race, const Operation& use) {
    const Operation& check = *race.check;
    put_in_finding(page, "check", call_shown(check));
    if (check.task.id.tgid != use.task.id.tgid) put_in_finding(page, "  by", caller_shown(check));
    add_name(page, check, race.check_operand);
    put_in_finding(page, "  truth",
                   race.expected_id == ObjectId{} && !(race.expected->link.id == ObjectId{})
                       ? "nothing of that name any more in " +
                             (race.expected->parent ? object_shown(*race.expected->parent) : "?")
                       : found_shown(*race.expected, race.expected_id));
}

void add_mutation(TextPage& page, const Mutation& mutation) {
    const Operation& operation = *mutation.operation;
    put_in_finding(page, "change", call_shown(operation));
    put_in_finding(page, "  by", caller_shown(operation));
    put_lineage(page, operation.caller.image, "  ");
    for (const BindingChange& change : binding_changes(operation))
        put_in_finding(page, "  truth",
                       fmt::format("{}: {} → {}", path_shown(*change.entry),
                                   identity_shown(change.before), identity_shown(change.after)));
    for (const ObjectChange& change : object_changes(operation))
        put_in_finding(
            page, "  truth",
            fmt::format("{} of {}", name_of(change.aspect), object_shown(*change.object)));
}

std::string_view label_of_place(Rule rule) {
    switch (rule) {
        case Rule::kF4:
            return "exposed";
        case Rule::kF5:
            return "changed";
        default:
            return "swapped";
    }
}

void add_exposure(TextPage& page, const NameRace& race) {
    put_in_finding(page, "directory", object_shown(*race.place.file->parent));
    if (!race.exposed_to) return;
    const TaskState& task = *race.exposed_to;
    put_in_finding(page, "open to",
                   fmt::format("uid {}, gid {}, such as pid {}, comm {}", task.credentials.fsuid,
                               task.credentials.fsgid, task.id.tgid, quote(task.comm)));
}

}  // namespace

void add_race(TextPage& page, const Candidate& candidate) {
    const NameRace& race = *candidate.race;
    page.blank_line();
    put_in_finding(page, "name", elide(quote(race.name), 6 * (kPageWidth - kFindingColumn)));
    put_in_finding(page, label_of_place(candidate.rule),
                   path_shown(*race.place.file) + ", as the check came through it");
    page.blank_line();
    add_scale(page, candidate);
    page.blank_line();
    add_check(page, race, *candidate.operation);
    const auto mutations = mutations_shown(race);
    for (const Mutation* mutation : mutations) add_mutation(page, *mutation);
    const uint64_t left_out = race.mutations.size() - mutations.size() + race.mutations_left_out;
    if (left_out != 0)
        put_in_finding(page, "", fmt::format("and {} more of the same entries", left_out));
    if (race.mutations.empty()) put_in_finding(page, "change", "none is recorded");
    if (candidate.rule == Rule::kF4) add_exposure(page, race);
    put_in_finding(page, "use", call_shown(*candidate.operation));
    add_name(page, *candidate.operation, candidate.operand);
    put_in_finding(page, "  truth",
                   race.found != nullptr ? found_shown(*race.found, race.found_id)
                                         : "not recorded: the call failed before a hook");
    if (candidate.occurrences > 1)
        put_in_finding(page, "seen",
                       fmt::format("{} times through this directory; this is the one "
                                   "with the least time between check and use",
                                   candidate.occurrences));
}

void add_race_events(TextPage& page, const Candidate& candidate) {
    const NameRace& race = *candidate.race;
    put_in_finding(page, "in trace", "check: " + events_shown(*race.check));
    for (const Mutation* mutation : mutations_shown(race))
        put_in_finding(page, "", "change: " + events_shown(*mutation->operation));
    put_in_finding(page, "", "use: " + events_shown(*candidate.operation));
}

}  // namespace tocsin
