// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

constexpr size_t kScaleColumn = 31;
constexpr size_t kScaleWidth = kPageWidth - kScaleColumn;

// Which column of the scale a time falls into.
size_t column_of(BootTime time, BootTime from, BootTime to) {
    const BootTime inside = std::clamp(time, from, to);
    const uint64_t whole = std::max<uint64_t>(to.ns - from.ns, 1);
    const auto wide = static_cast<unsigned __int128>(inside.ns - from.ns) * (kScaleWidth - 1);
    return static_cast<size_t>(wide / whole);
}

void add_bar(TextPage& page, const StorySpan& bar, BootTime from, BootTime to) {
    const size_t first = column_of(bar.from, from, to), last = column_of(bar.to, from, to);
    const std::string name(bar.operation->syscall->name.substr(0, kScaleColumn - 16));
    page.line(fmt::format("    {:<11}{:<16}{}{}", bar.label, name, std::string(first, ' '),
                          std::string(std::max(last, first) - first + 1, '=')));
}

}  // namespace

void put_scale(TextPage& page, const Story& story) {
    const BootTime from = story.check->began, to = std::max(from, decision_of(*story.use));
    const std::string length = " " + interval_text(from, to) + " ";
    const size_t columns = width_of(length);
    const size_t left = (kScaleWidth - 2 - columns) / 2;
    page.line(fmt::format("    {:<27}|{}{}{}|", "to scale", std::string(left, '-'), length,
                          std::string(kScaleWidth - 2 - columns - left, '-')));
    for (const StorySpan& span : spans_of(story)) add_bar(page, span, from, to);
    std::string gaps;
    for (const StoryGap& gap : gaps_of(story))
        gaps += fmt::format("{}{} {}", gaps.empty() ? "" : ", ", gap.label,
                            interval_text(gap.from, gap.to));
    if (story.explains != nullptr) gaps += fmt::format("; the order is {}", story.order);
    page.field("gaps", gaps + " (decision to decision)", kFindingIndent, kFindingColumn);
}

}  // namespace tocsin
