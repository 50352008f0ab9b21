// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/sweep_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "analyzer/report/escape.h"
#include "analyzer/report/markup.h"
#include "analyzer/report/sensitivity.h"

namespace tocsin {
namespace {

using std::chrono::nanoseconds;

// In pixels. The curve's last column is the unlimited window.
constexpr int kWidth = 920, kPanelHeight = 330;
constexpr int kLeft = 60, kTop = 62, kPlotWidth = 620, kPlotHeight = 210;
constexpr int kUnlimitedAt = kPlotWidth + 50;
constexpr int kLegendAt = kLeft + kUnlimitedAt + 45;
constexpr int kLegendRow = 18;
constexpr double kFirstDecade = 3, kLastDecade = 14;  // 1 us; 1 d is at 13.94
constexpr size_t kTitleColumns = 90;

// Colours of classes: Okabe and Ito's, told apart by the colour-blind, too. Later classes are
// dashed.
constexpr size_t kColours = 7;
constexpr std::string_view kStyle =
    ".grid{stroke:#ddd}.axis{stroke:#444}.chosen{stroke:#888;stroke-dasharray:2 3}"
    ".count{fill:none;stroke-width:2}.dashed{stroke-dasharray:6 3}"
    ".c0{stroke:#0072b2}.c1{stroke:#d55e00}.c2{stroke:#009e73}.c3{stroke:#cc79a7}"
    ".c4{stroke:#e69f00}.c5{stroke:#56b4e9}.c6{stroke:#000}";

struct Tick {
    nanoseconds limit;
    std::string_view label;
};
constexpr std::array<Tick, 10> kTicks = {{
    {std::chrono::microseconds(1), "1 µs"},
    {std::chrono::microseconds(10), "10 µs"},
    {std::chrono::microseconds(100), "100 µs"},
    {std::chrono::milliseconds(1), "1 ms"},
    {std::chrono::milliseconds(10), "10 ms"},
    {std::chrono::milliseconds(100), "100 ms"},
    {std::chrono::seconds(1), "1 s"},
    {std::chrono::seconds(10), "10 s"},
    {std::chrono::minutes(10), "10 min"},
    {std::chrono::hours(24), "1 d"},
}};

// Column of the plot; what lies outside of it is at its ends.
int column_of(nanoseconds limit) {
    if (limit == kUnlimited) return kUnlimitedAt;
    const double decade = std::log10(static_cast<double>(std::max<int64_t>(limit.count(), 1)));
    const double place = (decade - kFirstDecade) / (kLastDecade - kFirstDecade);
    return static_cast<int>(std::lround(std::clamp(place, 0.0, 1.0) * kPlotWidth));
}

nanoseconds limit_at(int column) {
    const double decade =
        kFirstDecade + (kLastDecade - kFirstDecade) * static_cast<double>(column) / kPlotWidth;
    return nanoseconds(std::llround(std::pow(10.0, decade)));
}

std::string text_at(int x, int y, std::string_view anchor, std::string_view text) {
    return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                       markup(text));
}

std::string line_at(int x1, int y1, int x2, int y2, std::string_view style) {
    return fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", x1, y1, x2, y2,
                       style);
}

// What the axis moves, and what stays.
std::string axis_text(Axis axis, const CorrelationWindow& window) {
    switch (axis) {
        case Axis::kBoth:
            return "limit of check-use and mutation-use";
        case Axis::kCheckUse:
            return "limit of check-use, with mutation-use " + limit_text(window.mutation_use);
        case Axis::kMutationUse:
            return "limit of mutation-use, with check-use " + limit_text(window.check_use);
    }
    return {};
}

// The counts of one class, column by column and unlimited.
std::vector<uint64_t> counts_of(const Sweep& sweep, Rule rule) {
    std::vector<uint64_t> counts;
    for (int column = 0; column <= kPlotWidth; ++column)
        counts.push_back(sweep.count(static_cast<size_t>(rule), limit_at(column)));
    counts.push_back(sweep.count(static_cast<size_t>(rule), kUnlimited));
    return counts;
}

// Where the plot's lowest and highest counts are drawn.
int row_of(uint64_t count, uint64_t most) {
    const auto height = static_cast<uint64_t>(kPlotHeight);
    const auto up = static_cast<unsigned __int128>(count) * height / std::max<uint64_t>(most, 1);
    return kTop + kPlotHeight - static_cast<int>(up);
}

std::string steps(const std::vector<uint64_t>& counts, uint64_t most) {
    std::string path = fmt::format("M{} {}", kLeft, row_of(counts[0], most));
    for (int column = 1; column <= kPlotWidth; ++column) {
        const auto index = static_cast<size_t>(column);
        if (counts[index] != counts[index - 1])
            path += fmt::format("H{}V{}", kLeft + column, row_of(counts[index], most));
    }
    return path + fmt::format("H{}M{} {}h24", kLeft + kPlotWidth, kLeft + kUnlimitedAt - 12,
                              row_of(counts.back(), most));
}

std::string frame(const AnalysisResult& result, Axis axis, uint64_t most) {
    const int bottom = kTop + kPlotHeight;
    std::string out =
        text_at(kLeft, 22, "start", elide(quote(result.trace.name), kTitleColumns)) +
        text_at(kLeft, 42, "start",
                "findings of each class, by the " + axis_text(axis, result.options.window));
    for (const Tick& tick : kTicks) {
        const int x = kLeft + column_of(tick.limit);
        out += line_at(x, kTop, x, bottom, "class=\"grid\"") +
               text_at(x, bottom + 18, "middle", tick.label);
    }
    out += line_at(kLeft, bottom, kLeft + kPlotWidth, bottom, "class=\"axis\"") +
           line_at(kLeft + kUnlimitedAt - 12, bottom, kLeft + kUnlimitedAt + 12, bottom,
                   "class=\"axis\"") +
           line_at(kLeft, kTop, kLeft, bottom, "class=\"axis\"") +
           text_at(kLeft + kUnlimitedAt, bottom + 18, "middle", "unlimited") +
           text_at(kLeft - 8, bottom + 4, "end", "0");
    if (most != 0) out += text_at(kLeft - 8, kTop + 4, "end", std::to_string(most));
    const auto chosen = position_of(result.options.window, axis);
    if (!chosen) return out;
    const int x = kLeft + column_of(*chosen);
    return out + line_at(x, kTop - 6, x, bottom, "class=\"chosen\"") +
           text_at(x, bottom + 38, "middle", "chosen: " + limit_text(*chosen));
}

}  // namespace

void SweepSvg::add(const AnalysisResult& result, const std::vector<Axis>& axes) {
    for (const Axis axis : axes) add_panel(result, axis);
}

void SweepSvg::add_panel(const AnalysisResult& result, Axis axis) {
    const SensitivityTable table = sensitivity_of(result, axis);
    const Sweep sweep =
        sweep_along(axis, result.options.window, result.options.own_limits, result.lifespans);
    std::vector<std::vector<uint64_t>> counts;
    uint64_t most = 0;
    for (const Rule rule : table.columns) {
        counts.push_back(counts_of(sweep, rule));
        most = std::max(most, *std::max_element(counts.back().begin(), counts.back().end()));
    }
    std::string panel = frame(result, axis, most);
    for (size_t i = 0; i < table.columns.size(); ++i) {
        const std::string style =
            fmt::format("class=\"count c{}{}\"", i % kColours, i < kColours ? "" : " dashed");
        panel += fmt::format("<path {} d=\"{}\"/>\n", style, steps(counts[i], most));
        const int y = kTop + 8 + static_cast<int>(i) * kLegendRow;
        panel += line_at(kLegendAt, y, kLegendAt + 24, y, style) +
                 text_at(kLegendAt + 30, y + 4, "start",
                         fmt::format("{} {}", name_of(table.columns[i]), counts[i].back()));
    }
    panels_ += fmt::format("<g transform=\"translate(0 {})\">\n{}</g>\n", height_, panel);
    height_ += kPanelHeight;
}

std::string SweepSvg::text() const {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
        "viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\">\n"
        "<style>{2}</style>\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n{3}</svg>\n",
        kWidth, height_, kStyle, panels_);
}

std::string SweepSvg::part_of_page(std::string_view id) const {
    return fmt::format(
        "<svg class=\"drawing\" role=\"img\" aria-labelledby=\"{0}-title {0}-text\" "
        "width=\"{1}\" height=\"{2}\" viewBox=\"0 0 {1} {2}\">\n"
        "<title id=\"{0}-title\">Findings by window</title>\n"
        "<desc id=\"{0}-text\">How many findings of each class there are at every limit on the "
        "time between check, change and use. The table below has the same numbers.</desc>\n"
        "{3}</svg>\n",
        id, kWidth, height_, panels_);
}

}  // namespace tocsin
