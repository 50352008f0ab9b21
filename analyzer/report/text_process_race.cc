// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_process_race.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/text_scale.h"

namespace tocsin {
namespace {

void add_process(TextPage& page, const ProcessSeen& process) {
    const Credentials& ids = process.state.credentials;
    put_in_finding(page, "  truth",
                   fmt::format("{}, comm {}, uid {} with the rights of uid {}, gid {} as {}, "
                               "began {} after boot",
                               process_shown(process.state.id, process.image->executable),
                               quote(process.state.comm), ids.uid, ids.euid, ids.gid, ids.egid,
                               seconds_text(process.state.id.started.ns)));
    put_lineage(page, process.image, "  ");
}

}  // namespace

void add_process_race(TextPage& page, const Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    const Operation& use = *candidate.operation;
    page.blank_line();
    std::vector<const Operation*> changes;
    if (race.change != nullptr) changes.push_back(race.change.get());
    put_scale(page, *race.check, changes, use, race.change.get(), "that of the records");
    page.blank_line();
    put_in_finding(page, "check", call_shown(*race.check));
    add_process(page, race.expected);
    if (race.change != nullptr)
        put_in_finding(page, "change", call_shown(*race.change));
    else
        put_in_finding(page, "change",
                       race.is_another_process() ? "the process ended, and its id was given anew"
                                                 : "none is recorded");
    put_in_finding(page, "use", call_shown(use));
    add_process(page, race.found);
}

void add_process_race_events(TextPage& page, const Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    put_in_finding(page, "in trace", "check: " + events_shown(*race.check));
    if (race.change != nullptr) put_in_finding(page, "", "change: " + events_shown(*race.change));
    put_in_finding(page, "", "use: " + events_shown(*candidate.operation));
}

}  // namespace tocsin
