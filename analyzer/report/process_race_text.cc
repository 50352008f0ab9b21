// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/process_race_text.h"

#include <fmt/format.h>

#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

void put_process(Fields& fields, const ProcessSeen& process) {
    const Credentials& ids = process.state.credentials;
    fields.put("  truth",
               fmt::format("{}, comm {}, uid {} with the rights of uid {}, gid {} as {}, "
                           "began {} after boot",
                           process_shown(process.state.id, process.image->executable),
                           quote(process.state.comm), ids.uid, ids.euid, ids.gid, ids.egid,
                           seconds_text(process.state.id.started.ns)));
    put_lineage(fields, process.image, "  ");
}

}  // namespace

void put_process_race_story(Fields& fields, const Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    fields.put("check", call_shown(*race.check));
    put_process(fields, race.expected);
    if (race.change != nullptr)
        fields.put("change", call_shown(*race.change));
    else
        fields.put("change", race.is_another_process()
                                 ? "the process ended, and its id was given anew"
                                 : "none is recorded");
    fields.put("use", call_shown(*candidate.operation));
    put_process(fields, race.found);
}

}  // namespace tocsin
