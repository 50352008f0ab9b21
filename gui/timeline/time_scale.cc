// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/time_scale.h"

#include <array>
#include <cmath>

#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

struct Unit {
    uint64_t ns;
    const char* name;
};
constexpr std::array<Unit, 4> kUnits = {
    {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "µs"}, {1, "ns"}}};
constexpr double kMostTicks = 1000;

const Unit& unit_of(uint64_t ns) {
    for (const Unit& unit : kUnits)
        if (ns >= unit.ns) return unit;
    return kUnits.back();
}

uint64_t step_of(double least_ns) {
    uint64_t power = 1;
    while (static_cast<double>(power) * 5 < least_ns && power < 1'000'000'000'000'000'000U)
        power *= 10;
    for (const uint64_t factor : {1U, 2U, 5U})
        if (static_cast<double>(power * factor) >= least_ns) return power * factor;
    return power * 10;
}

// The number without a fraction that the step does not need.
QString label_of(bool is_negative, uint64_t ns, uint64_t step) {
    const Unit& unit = unit_of(std::max(ns, step));
    int digits = 0;
    for (uint64_t left = unit.ns; left > step && digits < 9; left /= 10) ++digits;
    const QString number =
        QString::number(static_cast<double>(ns) / static_cast<double>(unit.ns), 'f', digits);
    return (is_negative ? QStringLiteral("−") : QString()) + number + QLatin1Char(' ') +
           QString::fromUtf8(unit.name);
}

}  // namespace

std::vector<TimeScale::Tick> TimeScale::ticks(uint64_t zero_ns, double least_pixels) const {
    std::vector<Tick> ticks;
    const uint64_t step = step_of(std::max(ns_per_pixel() * least_pixels, length_ns_ / kMostTicks));
    const uint64_t to_ns = from_ns_ + static_cast<uint64_t>(length_ns_);
    // The first multiple of the step, counted from zero, that is not before the start.
    uint64_t at;
    if (from_ns_ >= zero_ns) {
        at = zero_ns + (from_ns_ - zero_ns + step - 1) / step * step;
    } else {
        at = zero_ns - (zero_ns - from_ns_) / step * step;
    }
    for (; at <= to_ns; at += step) {
        const bool is_negative = at < zero_ns;
        ticks.push_back(
            {at, label_of(is_negative, is_negative ? zero_ns - at : at - zero_ns, step)});
        if (at > UINT64_MAX - step) break;
    }
    return ticks;
}

QString duration_text(uint64_t ns) {
    return QString::fromStdString(interval_text(ns));
}

}  // namespace tocsin::gui
