// SPDX-License-Identifier: Apache-2.0
//
// `tocsin man` and `tocsin completion`: the manual page and the shells' completions, written from
// the same options that are parsed, so that neither can say anything else than --help.
#pragma once

#include <CLI/CLI.hpp>

#include "analyzer/cli/command.h"

namespace tocsin {

// Of `app` with all the subcommands that it has when they run.
void add_man_command(CLI::App& app, const SetRun& set_run);
void add_completion_command(CLI::App& app, const SetRun& set_run);

}  // namespace tocsin
