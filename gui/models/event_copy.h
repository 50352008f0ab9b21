// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <span>

#include "formats/result.h"
#include "gui/session/trace_session.h"

namespace tocsin::gui {

enum class CopyForm : uint8_t { kText, kJson };

// What is copied within a moment.
inline constexpr size_t kMostCopied = 5000;

// The events as `tocsin dump` prints them, so that they may be read as a trace again; or as an
// array of JSON objects of their columns and their line of the former. Rising. Errors:
// one cannot be decoded.
Result<QString> copied(const TraceSession& session, std::span<const EventIndex> events,
                       CopyForm form);

}  // namespace tocsin::gui
