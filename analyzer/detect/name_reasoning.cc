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

void add_explanation(Candidate& candidate, const Mutation& mutation, const char* what) {
    auto& predicates = candidate.predicates;
    predicates.push_back({Truth::kYes, what});
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

void reason_about_swap(Candidate& candidate) {
    const NameRace& race = *candidate.race;
    candidate.predicates.push_back({Truth::kYes, difference_of(race)});
    candidate.predicates.push_back(identity(race));
    if (const Mutation* mutation = race.explained_by())
        add_explanation(candidate, *mutation,
                        "a recorded change of the name's way leads from the one to the other");
    else
        candidate.predicates.push_back(
            {Truth::kUnknown, "no change that leads from the one to the other is recorded"});
}

void reason_about_interference(Candidate& candidate) {
    const NameRace& race = *candidate.race;
    if (race.found == nullptr)
        candidate.predicates.push_back(
            {Truth::kYes, "the use failed, and no hook tells what it found"});
    else if (race.expected_id == race.found_id)
        candidate.predicates.push_back({Truth::kYes, "check and use found the same file"});
    else
        candidate.predicates.push_back({Truth::kYes, difference_of(race)});
    add_explanation(candidate, *race.explained_by(),
                    race.expected_id == race.found_id && race.found != nullptr
                        ? "recorded changes led the name elsewhere, and back again"
                        : "a recorded change led the name elsewhere");
}

void reason_about_exposure(Candidate& candidate) {
    const NameRace& race = *candidate.race;
    candidate.predicates.push_back({Truth::kYes, "check and use found the same file"});
    candidate.predicates.push_back(
        race.exposed_to
            ? Predicate{Truth::kYes, "a user of the trace may change the directory's entries"}
            : Predicate{Truth::kNo,
                        "another user may change the directory's entries, and none "
                        "who may is in the trace"});
    candidate.predicates.push_back({Truth::kNo, "no change of them is recorded between the two"});
}

void reason_about_change(Candidate& candidate) {
    candidate.predicates.push_back({Truth::kYes, "check and use found the same file"});
    add_explanation(candidate, *candidate.race->explained_by(),
                    "a recorded call changed the file's content or rights");
}

const char* counter_hypothesis(const Candidate& candidate) {
    switch (candidate.rule) {
        case Rule::kF1:
            return "The user who owns the directory put another file there for reasons of their "
                   "own, and the program took it as it was meant to. It still acted on what it "
                   "had not checked.";
        case Rule::kF3:
            return "The user who owns the directory was at work there for reasons of their own. "
                   "What the program would have acted on a moment earlier was still another file.";
        case Rule::kF4:
            return "Nobody ever means to change the name. That another user could have is all "
                   "that is said.";
        case Rule::kD1:
            return "Threads that hand descriptors to one another on purpose, in an order of their "
                   "own that no record shows.";
        case Rule::kF5:
            return "The file's owner went on with their work, and the program meant to take "
                   "whatever is in the file. It still acted on what it had not looked at.";
        default:
            return "A change that no hook shows: on a remote file system, in a mount, by the "
                   "kernel itself, before the recording began or among lost records.";
    }
}

void reason_about_descriptor(Candidate& candidate) {
    candidate.predicates.push_back(
        {Truth::kYes, "the descriptor stood for files of different identities"});
    add_explanation(candidate, *candidate.race->explained_by(),
                    "a recorded call of another thread gave it another meaning");
}

}  // namespace

void add_name_reasoning(Candidate& candidate) {
    switch (candidate.rule) {
        case Rule::kD1:
            reason_about_descriptor(candidate);
            break;
        case Rule::kF3:
            reason_about_interference(candidate);
            break;
        case Rule::kF4:
            reason_about_exposure(candidate);
            break;
        case Rule::kF5:
            reason_about_change(candidate);
            break;
        default:
            reason_about_swap(candidate);
            break;
    }
    candidate.counter_hypothesis = counter_hypothesis(candidate);
}

}  // namespace tocsin
