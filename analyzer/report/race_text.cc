// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/race_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/object_changes.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/race_story.h"

namespace tocsin {
namespace {

constexpr size_t kMostWholeNameColumns = 390;

// Of a file that was renamed meanwhile only its new name and its identity may be known.
std::string found_shown(const FileObject& file, const ObjectId& id) {
    if (id != ObjectId{} && id != file.link.id)
        return fmt::format("{} {}, rights and owner not recorded", path_shown(file),
                           identity_shown(id));
    if (id != ObjectId{}) return object_shown(file);
    return "nothing of that name in " + (file.parent ? object_shown(*file.parent) : "?");
}

void put_name(Fields& fields, const Operation& operation, size_t index) {
    const Operand& operand = operation.operands[index];
    if (operand.entry) fields.put("  claim", view_shown(operand.info.kind, *operand.entry));
    if (operand.kernel && (!operand.entry || operand.entry->bytes != operand.kernel->bytes))
        fields.put("  copy", view_shown(operand.info.kind, *operand.kernel));
    for (const FollowedLink& followed : operation.links)
        if (followed.argument == operand.info.argument)
            fields.put("  through", link_shown(followed));
}

void put_check(Fields& fields, const NameRace& race, const Operation& use) {
    const Operation& check = *race.check;
    fields.put("check", call_shown(check));
    if (check.task->id.tgid != use.task->id.tgid) fields.put("  by", caller_shown(check));
    put_name(fields, check, race.check_operand);
    fields.put("  truth",
               race.expected_id == ObjectId{} && !(race.expected->link.id == ObjectId{})
                   ? "nothing of that name any more in " +
                         (race.expected->parent ? object_shown(*race.expected->parent) : "?")
                   : found_shown(*race.expected, race.expected_id));
}

void put_mutation(Fields& fields, const Mutation& mutation, bool is_introduced) {
    const Operation& operation = *mutation.operation;
    fields.put("change", call_shown(operation));
    fields.put("  by", caller_shown(operation));
    if (!is_introduced) put_lineage(fields, operation.caller.image, "  ");
    for (const BindingChange& change : binding_changes(operation))
        fields.put("  truth",
                   fmt::format("{}: {} → {}", path_shown(*change.entry),
                               identity_shown(change.before), identity_shown(change.after)));
    for (const ObjectChange& change : object_changes(operation))
        fields.put("  truth",
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

void put_exposure(Fields& fields, const NameRace& race) {
    fields.put("directory", object_shown(*race.place.file->parent));
    if (!race.exposed_to) return;
    const TaskState& task = *race.exposed_to;
    fields.put("open to",
               fmt::format("uid {}, gid {}, such as pid {}, comm {}", task.credentials.fsuid,
                           task.credentials.fsgid, task.id.tgid, quote(task.comm)));
}

}  // namespace

void put_race_name(Fields& fields, const Candidate& candidate) {
    const NameRace& race = *candidate.race;
    fields.put("name", elide(quote(race.name), kMostWholeNameColumns));
    fields.put(label_of_place(candidate.rule),
               path_shown(*race.place.file) + ", as the check came through it");
}

void put_race_story(Fields& fields, const Candidate& candidate, const Operation* introduced) {
    const NameRace& race = *candidate.race;
    put_check(fields, race, *candidate.operation);
    const auto mutations = mutations_shown(race);
    for (const Mutation* mutation : mutations)
        put_mutation(fields, *mutation, mutation->operation.get() == introduced);
    const uint64_t left_out = race.mutations.size() - mutations.size() + race.mutations_left_out;
    if (left_out != 0) fields.put("", fmt::format("and {} more of the same entries", left_out));
    if (race.mutations.empty()) fields.put("change", "none is recorded");
    if (candidate.rule == Rule::kF4) put_exposure(fields, race);
    fields.put("use", call_shown(*candidate.operation));
    put_name(fields, *candidate.operation, candidate.operand);
    fields.put("  truth", race.found != nullptr ? found_shown(*race.found, race.found_id)
                                                : "not recorded: the call failed before a hook");
    if (candidate.occurrences > 1)
        fields.put("seen", fmt::format("{} times through this directory; this is the one "
                                       "with the least time between check and use",
                                       candidate.occurrences));
}

}  // namespace tocsin
