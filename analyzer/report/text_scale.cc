// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/text_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "analyzer/detect/candidate.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

constexpr size_t kScaleColumn = 31;
constexpr size_t kScaleWidth = kPageWidth - kScaleColumn;

// A span of time in a row of its own.
struct Bar {
    std::string_view label;
    const Operation* operation;
    BootTime from, to;
};

// Takes effect between its entry and its decision.
Bar bar_until_decided(std::string_view label, const Operation& operation) {
    return {label, &operation, operation.began, decision_of(operation)};
}

// Takes effect between its hook and its return.
Bar bar_from_effect(const Operation& operation) {
    const BootTime from = effect_of(operation);
    return {"change", &operation, from, operation.ended.value_or(from)};
}

// Which column of the scale a time falls into.
size_t column_of(BootTime time, BootTime from, BootTime to) {
    const BootTime inside = std::clamp(time, from, to);
    const uint64_t whole = std::max<uint64_t>(to.ns - from.ns, 1);
    const auto wide = static_cast<unsigned __int128>(inside.ns - from.ns) * (kScaleWidth - 1);
    return static_cast<size_t>(wide / whole);
}

void add_bar(TextPage& page, const Bar& bar, BootTime from, BootTime to) {
    const size_t first = column_of(bar.from, from, to), last = column_of(bar.to, from, to);
    const std::string name(bar.operation->syscall->name.substr(0, kScaleColumn - 16));
    page.line(fmt::format("    {:<11}{:<16}{}{}", bar.label, name, std::string(first, ' '),
                          std::string(std::max(last, first) - first + 1, '=')));
}

std::string span_text(BootTime from, BootTime to) {
    return gap_text(from, std::max(from, to)).substr(1);  // without its sign
}

}  // namespace

void put_scale(TextPage& page, const Operation& check, std::span<const Operation* const> changes,
               const Operation& use, const Operation* explains, std::string_view order) {
    const BootTime from = check.began, to = std::max(from, decision_of(use));
    const std::string length = " " + span_text(from, to) + " ";
    const size_t columns = width_of(length);
    const size_t left = (kScaleWidth - 2 - columns) / 2;
    page.line(fmt::format("    {:<27}|{}{}{}|", "to scale", std::string(left, '-'), length,
                          std::string(kScaleWidth - 2 - columns - left, '-')));
    add_bar(page, bar_until_decided("check", check), from, to);
    for (const Operation* change : changes) add_bar(page, bar_from_effect(*change), from, to);
    add_bar(page, bar_until_decided("use", use), from, to);
    std::string gaps = "check to use " + span_text(decision_of(check), decision_of(use));
    if (explains != nullptr)
        gaps = fmt::format("check to change {}, change to use {}, {}; the order is {}",
                           span_text(decision_of(check), effect_of(*explains)),
                           span_text(effect_of(*explains), decision_of(use)), gaps, order);
    put_in_finding(page, "gaps", gaps + " (decision to decision)");
}

}  // namespace tocsin
