// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

#include "gui/session/trace_session.h"

namespace tocsin::gui {

enum class Gravity : uint8_t { kToKnow, kWarning };

// Something about the trace that bears on what its views show.
struct Notice {
    Gravity gravity = Gravity::kToKnow;
    QString brief;     // "cut short", for where there is little room
    QString sentence;  // with counts and a next step
};

// By what is known of it so far, the gravest first.
std::vector<Notice> notices_of(const TraceSession& session);

}  // namespace tocsin::gui
