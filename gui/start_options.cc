// SPDX-License-Identifier: Apache-2.0
#include "gui/start_options.h"

#include <CLI/CLI.hpp>
#include <QtGlobal>

#include "analyzer/query/filter.h"
#include "analyzer/report/escape.h"

namespace tocsin::gui {

Result<StartOptions> parse_command_line(int argc, char** argv) {
    CLI::App app("Shows a recorded trace and the races in it.", "tocsin-gui");
    StartOptions options;
    std::vector<std::string> windows;
    app.set_version_flag("--version", "tocsin-gui " TOCSIN_VERSION);
    app.add_option("TRACE", options.traces,
                   "Traces, a window each; without any, what was open last")
        ->option_text("...");
    app.add_option("--window", windows, "How far apart is together, as `tocsin analyze` takes it")
        ->allow_extra_args(false)
        ->option_text("LIMIT,...");
    app.add_option("--where", options.where, "Only these findings, as `tocsin analyze` takes it")
        ->option_text("FILTER");
    app.footer(
        "Examples:\n"
        "  tocsin-gui victim.tocsin\n"
        "  tocsin-gui --window 50ms --where 'severity >= high' victim.tocsin\n"
        "\n"
        "Without a display, `tocsin analyze TRACE` prints what is found.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        options.print = app.help();
        return options;
    } catch (const CLI::CallForVersion&) {
        options.print = app.version() + '\n';
        return options;
    } catch (const CLI::ParseError& error) {
        return Error{readable(error.what()) + "; tocsin-gui --help lists the options"};
    }
    for (const std::string& items : windows)
        if (auto set = set_windows(options.analysis, items); !set)
            return Error{readable(set.error().message)};
    if (!options.where.empty())
        if (const auto filter = Filter::parse(options.where, RowKind::kFinding); !filter)
            return Error{"--where, " + filter.error().message};
    return options;
}

std::string no_display_text(const std::string& reason) {
    return "no window can be shown here: " + reason +
           ". Run it in a graphical session (ssh -X passes one on), or use `tocsin analyze "
           "TRACE`, which prints what is found";
}

std::string why_no_display() {
    if (!qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") ||
        !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY"))
        return {};
    return no_display_text("neither DISPLAY nor WAYLAND_DISPLAY is set");
}

}  // namespace tocsin::gui
