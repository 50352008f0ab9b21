// SPDX-License-Identifier: Apache-2.0
//
// The timeline for screen readers: a list of its rows, the selected finding first, with a sentence
// each.
#pragma once

#include <cstddef>

namespace tocsin::gui {

class TimelineView;

// From then on every timeline that is asked for its accessible form has this one.
void use_timeline_accessibility();
// What changed, for who listens.
void notice_rows(TimelineView* view);
void notice_finding(TimelineView* view);
void notice_row(TimelineView* view, size_t row);

}  // namespace tocsin::gui
