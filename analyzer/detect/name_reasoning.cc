// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/name_reasoning.h"

namespace tocsin {
namespace {

const char* difference_of(const NameRace& race) {
    const bool was_there = race.expected_id != ObjectId{};
    const bool is_there = race.found_id != ObjectId{};
    if (was_there && is_there)
        return "the kernel's objects (K) at check and use have different identities";
    if (was_there) return "there was a file of the name at the check, and none before the use";
    if (is_there) return "there was no file of the name at the check, and one at the use";
    return "check and use found no file of the name, and not in the same directory";
}

// A file system without generations gives a new file the old one's identity.
Predicate identity(const NameRace& race) {
    if (race.expected_id == ObjectId{} || race.found_id == ObjectId{})
        return {Truth::kYes, "the directories on the way have identities of their own"};
    const bool has_generations = race.expected_id.generation != 0 || race.found_id.generation != 0;
    return {has_generations ? Truth::kYes : Truth::kUnknown,
            has_generations ? "generations tell a new file from an old one of the same number"
                            : "the file system has no generations: inode numbers may be reused"};
}

const char* who_changed_it(Standing standing) {
    switch (standing) {
        case Standing::kSamePrincipal:
            return "the change is of the same user with the same rights, or of the process itself";
        case Standing::kOtherCapabilities:
            return "the change is of the same user with other capabilities";
        case Standing::kLessPrivileged:
            return "the change is of another user, with fewer rights than the one who uses the "
                   "name";
        case Standing::kPeer:
            return "the change is of another user";
        case Standing::kMorePrivileged:
            return "the change is of another user, with more rights than the one who uses the "
                   "name";
    }
    return "";
}

void add_explanation(Candidate& candidate, const Mutation& mutation) {
    auto& predicates = candidate.predicates;
    predicates.push_back(
        {Truth::kYes, "a recorded change of the name's way leads from the one to the other"});
    predicates.push_back({mutation.standing == Standing::kSamePrincipal ? Truth::kNo : Truth::kYes,
                          who_changed_it(mutation.standing)});
    predicates.push_back({mutation.is_order_certain ? Truth::kYes : Truth::kUnknown,
                          mutation.is_order_certain
                              ? "it began after the check was decided and ended before the use "
                                "began"
                              : "its order is uncertain: by the clock it overlaps the check or the "
                                "use; that the identities differ does not depend on it"});
    if (!mutation.operation->result)
        predicates.push_back(
            {Truth::kUnknown, mutation.operation->is_orphan
                                  ? "whether it succeeded: a hook recorded it, and no call"
                                  : "whether it succeeded: the record of its return is missing"});
}

}  // namespace

void add_name_reasoning(Candidate& candidate) {
    const NameRace& race = *candidate.race;
    candidate.predicates.push_back({Truth::kYes, difference_of(race)});
    candidate.predicates.push_back(identity(race));
    if (const Mutation* mutation = race.explained_by())
        add_explanation(candidate, *mutation);
    else
        candidate.predicates.push_back(
            {Truth::kUnknown, "no change that leads from the one to the other is recorded"});
    if (candidate.rule == Rule::kF1)
        candidate.counter_hypothesis =
            "The user who owns the directory put another file there for reasons of their own, and "
            "the program took it as it was meant to. It still acted on what it had not checked.";
    else
        candidate.counter_hypothesis =
            "A change that no hook shows: on a remote file system, in a mount, by the kernel "
            "itself, before the recording began or among lost records.";
}

}  // namespace tocsin
