// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/references.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/judge/boundary.h"
#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/open_flags.h"

namespace tocsin {
namespace {

constexpr uint32_t kOthersWrite = 0002;

// cwe.mitre.org, capec.mitre.org, attack.mitre.org
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kTitles = {{
    {"CWE-59", "Improper Link Resolution Before File Access"},
    {"CWE-61", "UNIX Symbolic Link Following"},
    {"CWE-62", "UNIX Hard Link"},
    {"CWE-362", "Concurrent Execution using Shared Resource with Improper Synchronization"},
    {"CWE-363", "Race Condition Enabling Link Following"},
    {"CWE-367", "Time-of-check Time-of-use Race Condition"},
    {"CWE-377", "Insecure Temporary File"},
    {"CAPEC-27", "Leveraging Race Conditions via Symbolic Links"},
    {"CAPEC-29", "Leveraging Time-of-Check and Time-of-Use Race Conditions"},
    {"T1068", "Exploitation for Privilege Escalation"},
}};

bool is_link(const ObjectId& id, const Operation& use) {
    return std::any_of(use.links.begin(), use.links.end(),
                       [&](const FollowedLink& followed) { return followed.link->link.id == id; });
}

// Whether the use went through a symbolic link that the check had not found there.
bool follows_a_new_link(const NameRace& race, const Operation& use) {
    for (const Mutation& mutation : race.mutations)
        if (mutation.explains)
            for (const BindingChange& change : binding_changes(*mutation.operation))
                if (change.after && is_link(*change.after, use)) return true;
    return race.found != nullptr && race.found->link.is_symlink() &&
           !(race.expected_id == race.found_id);
}

// Another name of a file that was there before.
bool found_a_hard_link(const NameRace& race) {
    return race.found != nullptr && race.found->link.links > 1 && race.found->link.is_regular() &&
           !(race.expected_id == race.found_id);
}

bool is_temporary_file(const NameRace& race, const Operation& use) {
    const FileObject* directory = race.place.file->parent.get();  // a descriptor's may have none
    const bool anybody_writes = directory != nullptr && (directory->link.mode & kOthersWrite) != 0;
    const bool creates =
        race.check->made_file || use.made_file ||
        (use.syscall->group == SyscallGroup::kOpen && (open_flags_of(use) & kOpenCreate) != 0);
    return anybody_writes && creates;
}

bool raised_rights(const Candidate& candidate, const Judgement& judgement) {
    const Mutation* mutation = candidate.race->explained_by();
    return mutation != nullptr && mutation->standing == Standing::kLessPrivileged &&
           judgement.severity >= Severity::kHigh &&
           candidate.operation->succeeded().value_or(false);
}

void add_for_name(const Candidate& candidate, const Judgement& judgement, References& out) {
    const NameRace& race = *candidate.race;
    const Operation& use = *candidate.operation;
    if (candidate.rule == Rule::kF5) out.cwe.push_back("CWE-362");
    if (follows_a_new_link(race, use)) {
        for (const std::string_view id : {"CWE-363", "CWE-61", "CWE-59"}) out.cwe.push_back(id);
        out.capec.insert(out.capec.begin(), "CAPEC-27");
    } else if (found_a_hard_link(race)) {
        for (const std::string_view id : {"CWE-62", "CWE-59"}) out.cwe.push_back(id);
    }
    if (is_temporary_file(race, use)) out.cwe.push_back("CWE-377");
    if (raised_rights(candidate, judgement)) out.attack.push_back("T1068");
}

}  // namespace

References references_of(const Candidate& candidate, const Judgement& judgement) {
    References out;
    if (candidate.rule == Rule::kOrphan) return out;
    out.cwe.push_back("CWE-367");
    out.capec.push_back("CAPEC-29");
    if (candidate.race != nullptr) add_for_name(candidate, judgement, out);
    if (candidate.process_race != nullptr) out.cwe.push_back("CWE-362");
    if (candidate.process_race != nullptr && judgement.severity >= Severity::kHigh)
        out.attack.push_back("T1068");
    return out;
}

std::string_view title_of_reference(std::string_view id) {
    for (const auto& [known, title] : kTitles)
        if (known == id) return title;
    return {};
}

}  // namespace tocsin
