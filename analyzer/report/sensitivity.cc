// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/report/asked.h"

namespace tocsin {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kBetweenColumns = 2;

std::vector<Rule> columns_of(const AnalysisResult& result) {
    std::array<bool, kRules> occurs{};
    for (const Lifespan& lifespan : result.lifespans) occurs[lifespan.class_index] = true;
    if (result.lifespans.empty()) occurs = result.options.rules;
    std::vector<Rule> columns;
    for (size_t i = 0; i < kRules; ++i)
        if (occurs[i]) columns.push_back(static_cast<Rule>(i));
    return columns;
}

// A column's head and cells, as wide as the widest of them.
std::vector<std::string> cells_of(const SensitivityTable& table, size_t column) {
    std::vector<std::string> cells = {std::string(name_of(table.columns[column]))};
    for (const auto& row : table.rows) cells.push_back(std::to_string(row.counts[column]));
    const auto widest = std::max_element(
        cells.begin(), cells.end(),
        [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
    const size_t width = widest->size() + kBetweenColumns;
    for (std::string& cell : cells) cell = fmt::format("{:>{}}", cell, width);
    return cells;
}

// The first two columns: the limit and its mark.
std::vector<std::string> row_heads_of(const SensitivityTable& table) {
    size_t width = std::string_view("unlimited").size();
    for (const auto& row : table.rows) width = std::max(width, limit_text(row.window.limit).size());
    const auto head = [width](std::string_view limit, std::string_view mark) {
        return fmt::format("{:<{}}{:<6}", limit, width + kBetweenColumns, mark);
    };
    std::vector<std::string> heads = {head("window", "")};
    for (const auto& row : table.rows)
        heads.push_back(head(limit_text(row.window.limit), word_of(row.window.mark)));
    return heads;
}

}  // namespace

SensitivityTable sensitivity_of(const AnalysisResult& result, Axis axis) {
    SensitivityTable table;
    table.axis = axis;
    table.window = result.options.window;
    table.columns = columns_of(result);
    table.own_limits = own_limits_text(result.options);
    const Sweep sweep =
        sweep_along(axis, table.window, result.options.own_limits, result.lifespans);
    table.depends_on_window = !sweep.changes().empty();
    for (const SweepRow& window : table_rows(position_of(table.window, axis))) {
        SensitivityTable::Row row{window, {}};
        for (const Rule rule : table.columns)
            row.counts.push_back(sweep.count(static_cast<size_t>(rule), window.limit));
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::vector<Axis> axes_of(const CorrelationWindow& window) {
    if (position_of(window, Axis::kBoth)) return {Axis::kBoth};
    return {Axis::kCheckUse, Axis::kMutationUse};
}

std::vector<SensitivityTable> sensitivities_of(const AnalysisResult& result) {
    std::vector<SensitivityTable> tables;
    for (const Axis axis : axes_of(result.options.window))
        tables.push_back(sensitivity_of(result, axis));
    return tables;
}

std::string_view word_of(RowMark mark) {
    switch (mark) {
        case RowMark::kNone:
            return "";
        case RowMark::kHalf:
            return "half";
        case RowMark::kChosen:
            return "chosen";
        case RowMark::kTwice:
            return "twice";
    }
    return "?";
}

std::string moves_text(const SensitivityTable& table) {
    const std::string kept =
        table.own_limits.empty() ? "" : " (throughout " + table.own_limits + ")";
    switch (table.axis) {
        case Axis::kBoth:
            return fmt::format(
                "Findings by class, with check-use and mutation-use limited alike{}:", kept);
        case Axis::kCheckUse:
            return fmt::format("Findings by class, by check-use, with mutation-use {}{}:",
                               limit_text(table.window.mutation_use), kept);
        case Axis::kMutationUse:
            return fmt::format("Findings by class, by mutation-use, with check-use {}{}:",
                               limit_text(table.window.check_use), kept);
    }
    return {};
}

void add_sensitivity(TextPage& page, const SensitivityTable& table) {
    page.paragraph(moves_text(table), kIndent);
    const std::vector<std::string> heads = row_heads_of(table);
    for (size_t column = 0; column < table.columns.size();) {
        page.blank_line();
        std::vector<std::string> lines = heads;
        const size_t first = column;
        for (; column < table.columns.size(); ++column) {
            const auto cells = cells_of(table, column);
            if (column != first && kIndent + lines[0].size() + cells[0].size() > kPageWidth) break;
            for (size_t i = 0; i < lines.size(); ++i) lines[i] += cells[i];
        }
        for (const std::string& line : lines) page.paragraph(line, kIndent);
    }
}

Json json_sensitivity(const SensitivityTable& table) {
    Json rows = Json::array();
    for (const auto& row : table.rows) {
        Json counts = Json::object();
        for (size_t i = 0; i < table.columns.size(); ++i)
            counts[std::string(name_of(table.columns[i]))] = row.counts[i];
        Json out;
        out["limit_ns"] = json_limit(row.window.limit);
        out["mark"] =
            row.window.mark == RowMark::kNone ? Json(nullptr) : Json(word_of(row.window.mark));
        out["counts"] = std::move(counts);
        rows.push_back(std::move(out));
    }
    Json out;
    out["axis"] = name_of(table.axis);
    out["depends_on_window"] = table.depends_on_window;
    out["rows"] = std::move(rows);
    return out;
}

}  // namespace tocsin
