// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "formats/result.h"

namespace tocsin {

// Exit status of `tocsin`.
enum class ExitStatus : int { kDone = 0, kFindings = 1, kTrouble = 2, kDamaged = 3 };

// The one that a run with both ends with: trouble before findings before damage.
ExitStatus worse_of(ExitStatus a, ExitStatus b);

// One line on standard error: "tocsin: " and the sentence, or a JSON object with "error" once that
// was asked for. Nothing where it is empty, as it is of an output whose reader has gone.
void complain(std::string_view sentence);
void complain_in_json();
// Complains; kTrouble.
ExitStatus fail(const Error& error);

// Writes the text to the file that an -o option names, which may be none; complains where it
// cannot.
ExitStatus print(std::string_view text, const std::string& output = "");

// Each adds its subcommand to the program; `run` is called with what to do once all options are
// read. The subcommand's options live as long as `app`.
using Run = std::function<ExitStatus()>;
using SetRun = std::function<void(Run)>;
void add_info_command(CLI::App& app, const SetRun& set_run);
void add_dump_command(CLI::App& app, const SetRun& set_run);
void add_analyze_command(CLI::App& app, const SetRun& set_run);
void add_sweep_command(CLI::App& app, const SetRun& set_run);
void add_replay_command(CLI::App& app, const SetRun& set_run);
void add_explain_command(CLI::App& app, const SetRun& set_run);
void add_diff_command(CLI::App& app, const SetRun& set_run);
void add_stats_command(CLI::App& app, const SetRun& set_run);
void add_rules_command(CLI::App& app, const SetRun& set_run);
void add_fields_command(CLI::App& app, const SetRun& set_run);

// -o FILE: what print() and OutputFile::open() take.
void add_output_option(CLI::App& command, std::string& output);
// --color WHEN: what OutputFile::colour_for() takes.
void add_colour_option(CLI::App& command, std::string& when);

}  // namespace tocsin
