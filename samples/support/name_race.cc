// SPDX-License-Identifier: Apache-2.0
#include "samples/support/name_race.h"

#include <unistd.h>

#include <cerrno>

#include "samples/support/complain.h"
#include "samples/support/output.h"
#include "samples/support/plain_file.h"

namespace {

const char* word_for(NameRace::Verdict verdict) {
    switch (verdict) {
        case NameRace::Verdict::kWon:
            return "won";
        case NameRace::Verdict::kKept:
            return "kept";
        case NameRace::Verdict::kChanged:
            return "changed";
        case NameRace::Verdict::kFailed:
            break;
    }
    return "failed";
}

void report(Tally& tally, pid_t attacker, const NameRace& race) {
    ++tally.tries;
    std::string line = word_for(race.verdict);
    const std::string user = std::to_string(race.user != 0 ? race.user : getpid());
    line += " try=" + std::to_string(tally.tries) + " pid=" + user + " tid=" + user +
            " attacker=" + std::to_string(attacker) + " check=" + race.check;
    if (race.verdict == NameRace::Verdict::kFailed) {
        tally.last_errno = race.error;
        line += " errno=" + std::to_string(race.error);
    } else {
        ++tally.answered;
        tally.wins += race.verdict == NameRace::Verdict::kWon;
        line += " used=" + race.used;
    }
    if (!print_line(line)) tally.in_trouble = true;
}

}  // namespace

NameRace failed_race(const std::string& check) {
    return {.verdict = NameRace::Verdict::kFailed, .check = check, .used = {}, .error = errno};
}

std::optional<NameRace> judge_open(const std::string& check, int descriptor,
                                   const std::string& target, NameRace::Verdict at_target,
                                   NameRace::Verdict at_name) {
    if (descriptor < 0) return failed_race(check);
    const std::optional<FileIdentity> reached = identity_of(descriptor);
    close(descriptor);
    if (reached && reached == identity_at(target))
        return NameRace{.verdict = at_target, .check = check, .used = target};
    if (reached && reached == identity_at(check))
        return NameRace{.verdict = at_name, .check = check, .used = check};
    complain("the open of %s reached neither that file nor %s; see that nothing else touches them",
             check.c_str(), target.c_str());
    return std::nullopt;
}

std::optional<NameRace> judge_mark(const std::string& check, const std::string& target,
                                   bool is_on_target, bool is_on_checked) {
    if (is_on_target)
        return NameRace{.verdict = NameRace::Verdict::kWon, .check = check, .used = target};
    if (is_on_checked)
        return NameRace{.verdict = NameRace::Verdict::kKept, .check = check, .used = check};
    complain("neither %s nor %s is what it was made; see that nothing else touches them",
             check.c_str(), target.c_str());
    return std::nullopt;
}

Tally make_tries(const Request& request, pid_t attacker,
                 const std::function<std::optional<NameRace>(uint32_t try_number)>& race) {
    Tally tally;
    while (wants_another_try(request, tally)) {
        const std::optional<NameRace> result = race(tally.tries + 1);
        if (result)
            report(tally, attacker, *result);
        else
            tally.in_trouble = true;
    }
    return tally;
}
