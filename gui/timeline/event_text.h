// SPDX-License-Identifier: Apache-2.0
//
// How rows and events of the timeline are named. Names from the trace are escaped and cut to what a
// line holds.
#pragma once

#include <QString>
#include <cstdint>
#include <functional>
#include <string_view>

#include "gui/timeline/event_store.h"
#include "gui/timeline/timeline_rows.h"

namespace tocsin::gui {

using TimeText = std::function<QString(uint64_t ns)>;

// What a row's label says: the name, and what tells it from others of that name.
struct RowText {
    QString name, detail;
};
RowText row_text(const EventStore& events, RowId row, std::string_view host);
// The same below the rows that it belongs to: a thread of its process's name has its number alone.
RowText label_text(const EventStore& events, RowId row, std::string_view host);
// "Process victim, pid 812, 1,204 events."
QString row_sentence(const EventStore& events, const TimelineRow& row, std::string_view host);

// "openat", "file_open", "fork", "system call 999".
QString event_name(const EventStore& events, EventIndex event);
// "victim/812".
QString thread_name(const EventStore& events, uint32_t thread);
QString file_name(const EventStore& events, uint32_t file);
// "openat of /tmp/x by victim (pid 812) at 1.204 s, returned after 12 µs."
QString event_sentence(const EventStore& events, EventIndex event, const TimeText& time_text);
// The first file that a hook of the call names, nullptr: none. The call is given by its return.
const FileRow* file_of_call(const EventStore& events, EventIndex back);

QString grouped(uint64_t number);  // "1,204"

}  // namespace tocsin::gui
