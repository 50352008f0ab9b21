// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPrinter>
#include <string>

#include "analyzer/judge/analysis.h"
#include "gui/timeline/event_store.h"

namespace tocsin::gui {

// The text report, as `tocsin analyze` prints it: no line is broken.
void print_report(QPrinter& printer, const std::string& report);
// What is known of a finding, its drawing first. In the colours of paper.
void print_race_card(QPrinter& printer, const AnalysisResult& result, const EventStore& events,
                     const Finding& finding);

}  // namespace tocsin::gui
