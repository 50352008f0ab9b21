// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "analyzer/cli/command.h"
#include "analyzer/query/fields.h"

namespace tocsin {
namespace {

constexpr std::string_view kLanguage =
    "A filter joins tests of fields:\n"
    "\n"
    "  FIELD                  it has a value\n"
    "  FIELD == V, FIELD != V\n"
    "  FIELD < V, <=, >, >=   numbers, durations (250us, 5ms, 2s) and severities\n"
    "  FIELD in {V, V, 1..5}  one of these; addresses also in 10.0.0.0/8\n"
    "  FIELD contains \"text\"\n"
    "  FIELD glob \"/tmp/**\"   * stops at slashes, ** does not\n"
    "  FIELD matches \"^a.*z\"  a regular expression (RE2), anywhere in it\n"
    "  A && B, A || B, !A, (A)\n"
    "\n"
    "Of several values any one suffices. Without a value a test is false.\n";

std::string rows_of(const Field& field) {
    std::string rows;
    for (const RowKind kind : {RowKind::kRecord, RowKind::kCall, RowKind::kFinding})
        if (field.is_of(kind))
            rows += fmt::format("{}{}", rows.empty() ? "" : ", ", command_that_has(kind));
    return rows;
}

// Fields that the same commands have stand together, below these.
std::string text() {
    std::string text(kLanguage);
    std::string commands;
    for (const Field& field : fields()) {
        if (const std::string own = rows_of(field); own != commands) {
            commands = own;
            text += fmt::format("\nIn {}:\n", commands);
        }
        text += fmt::format("  {:<13} {:<9} {}\n", field.name, name_of(field.type), field.meaning);
    }
    return text;
}

ExitStatus run_fields() {
    return print(text());
}

}  // namespace

void add_fields_command(CLI::App& app, const SetRun& set_run) {
    auto* command = app.add_subcommand("fields", "List what filters (--where) may ask for");
    command->footer(
        "Examples of filters:\n"
        "  tocsin dump --where 'proc.uid == 1000 && path glob \"/tmp/**\"' victim.tocsin\n"
        "  tocsin replay --where 'call in {rename, unlink} && !error' victim.tocsin\n"
        "  tocsin analyze --where 'severity >= high && gap < 5ms' victim.tocsin");
    command->callback([set_run] { set_run(run_fields); });
}

}  // namespace tocsin
