// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "formats/event.h"
#include "gui/timeline/event_store.h"

namespace tocsin::gui {

// What a row of the event list says beyond what its columns in memory do. Escaped.
struct EventText {
    QString result;    // "3", "−2 (ENOENT)"; empty: it is no return
    QString operands;  // as a replay spells them, shortened
};
EventText text_of(const Event& event);

// "> openat", "@ file_open", "< openat", "fork", "exit", "found".
QString what_text(EventKind kind, uint16_t number);
// The name alone: "openat".
std::string name_of_event(EventKind kind, uint16_t number);
// "victim 812": the end of the executable's path, else the name that its thread gives itself.
QString process_text(const EventStore& events, uint32_t thread);
// "victim 812".
QString thread_text(const EventStore& events, uint32_t thread);

}  // namespace tocsin::gui
