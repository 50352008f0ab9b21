// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_copy.h"

#include "analyzer/report/escape.h"
#include "analyzer/report/json_values.h"
#include "formats/text_form.h"
#include "gui/models/event_text.h"

namespace tocsin::gui {
namespace {

Json json_of(const EventStore& events, EventIndex index, const Event& event) {
    const EventLine line = events.at(index);
    const EventText text = text_of(event);
    Json json;
    json["time"] = json_time(event.time);
    json["cpu"] = event.cpu;
    json["sequence"] = event.sequence;
    json["process"] = event.task->id.tgid;
    json["thread"] = event.task->id.tid;
    json["comm"] = json_bytes(event.task->comm);
    json["event"] = what_text(line.kind, line.number).toStdString();
    if (const auto* back = std::get_if<SyscallReturned>(&event.body)) json["result"] = back->result;
    if (line.file != kNoRow) json["object"] = json_bytes(events.files()[line.file].path);
    json["operands"] = text.operands.toStdString();
    return json;
}

}  // namespace

Result<QString> copied(const TraceSession& session, std::span<const EventIndex> events,
                       CopyForm form) {
    TextFormWriter writer;
    std::string text;
    writer.print(session.reader().header(), text);
    if (session.facts().clock) writer.print(*session.facts().clock, text);
    Json json = Json::array();
    for (const EventIndex index : events) {
        const auto full = session.in_full(index);
        if (!full) return Error{"nothing was copied: " + full.error().message};
        if (form == CopyForm::kText)
            writer.print(*full->event, text);
        else
            json.push_back(json_of(session.events(), index, *full->event));
    }
    return QString::fromStdString(form == CopyForm::kText ? text : json.dump(2) + "\n");
}

}  // namespace tocsin::gui
