// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "gui/timeline/event_store.h"

namespace tocsin::gui {

// A word that may stand where the cursor is.
struct Completion {
    QString text;     // to be inserted, quoted where it has to be
    QString kind;     // "text", "duration"; of values the field's name
    QString meaning;  // of a field
    bool operator==(const Completion&) const = default;
};

// What may follow, and which part of the text it takes the place of: positions in QString's units.
struct Completions {
    int from = 0, to = 0;
    std::vector<Completion> words;
};

// Of a filter that is being written, up to the cursor: fields where one is expected, the
// comparisons that the field's type has, the values that are known of it, && and ||. Those that
// have what is written already come first by their beginnings. `events` is where names of processes
// come from.
Completions completions_of(const QString& filter, int cursor, const EventStore& events);

// A part of a filter between && that are in no parentheses.
struct FilterPart {
    QString text;
    bool operator==(const FilterPart&) const = default;
};
// Empty where the text is none that can be taken apart.
std::vector<FilterPart> parts_of_filter(const QString& filter);
// The filter without one of its parts.
QString without_part(const QString& filter, size_t part);

// The length of what stands at a byte's column (from 1), for it to be pointed out; positions in
// QString's units.
struct TextSpan {
    int from = 0, length = 0;
};
TextSpan span_at_column(const QString& filter, size_t column);

}  // namespace tocsin::gui
