// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>

#include "analyzer/cli/command.h"
#include "analyzer/cli/watch.h"
#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  tocsin analyze victim.tocsin            what raced, for people\n"
    "  tocsin analyze --format json -o report.json traces/\n"
    "  tocsin sweep victim.tocsin              findings against the window\n"
    "  tocsin info victim.tocsin               what the trace is, and what it lacks\n"
    "  tocsin replay victim.tocsin | less      what happened, call by call\n"
    "  tocsin dump victim.tocsin | less        every record as text\n"
    "\n"
    "Exit status: 0 done; 1 findings at or above --fail-on; 2 trouble; 3 a trace is\n"
    "damaged or cut short, and what is sound of it was used.";

// Whether the command line asks for JSON, right or wrong as it may be.
bool asks_for_json(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--format=json") return true;
        if (word == "--format" && i + 1 < argc && std::string_view(argv[i + 1]) == "json")
            return true;
    }
    return false;
}

// CLI11's messages quote the command line as it is, and some end with a line break or more.
std::string one_sentence(std::string message, const std::string& command) {
    std::replace(message.begin(), message.end(), '\n', ' ');
    message = escape(message);
    while (message.ends_with(' ') || message.ends_with('.')) message.pop_back();
    return message + "; see tocsin " + (command.empty() ? "" : command + ' ') + "--help";
}

ExitStatus run(int argc, char** argv) {
    if (asks_for_json(argc, argv)) complain_in_json();
    CLI::App app{"Finds time-of-check-to-time-of-use races in traces that tocsin-record made."};
    app.name("tocsin");
    app.footer(kExamples);
    app.set_version_flag("--version", "tocsin " TOCSIN_VERSION, "Print the version and exit");
    app.set_help_flag("-h,--help", "Print this help and exit");
    app.get_formatter()->column_width(28);
    app.require_subcommand(1);
    Run chosen;
    const SetRun set_run = [&](Run to_run) { chosen = std::move(to_run); };
    add_info_command(app, set_run);
    add_dump_command(app, set_run);
    add_analyze_command(app, set_run);
    add_sweep_command(app, set_run);
    add_replay_command(app, set_run);
    add_explain_command(app, set_run);
    add_diff_command(app, set_run);
    add_stats_command(app, set_run);
    add_rules_command(app, set_run);
    add_fields_command(app, set_run);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::string help = app.help();
        if (!help.ends_with('\n')) help += '\n';
        return print(help);
    } catch (const CLI::CallForVersion&) {
        return print(app.version() + "\n");
    } catch (const CLI::ParseError& error) {
        const auto chosen_commands = app.get_subcommands();
        const std::string command =
            chosen_commands.empty() ? std::string() : chosen_commands.front()->get_name();
        complain(command.empty() && argc > 1
                     ? quote(argv[1]) +
                           " is neither a subcommand nor an option of tocsin; see tocsin --help"
                     : one_sentence(error.what(), command));
        return ExitStatus::kTrouble;
    }
    return chosen();
}

}  // namespace

}  // namespace tocsin

int main(int argc, char** argv) {
    // A reader that goes away is an error of write(2), not a silent death.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const auto status = tocsin::run(argc, argv);
        // Who waits for the program is to see the signal.
        if (const int signal = tocsin::Watch::caught_signal(); signal != 0) {
            std::signal(signal, SIG_DFL);
            std::raise(signal);
        }
        return static_cast<int>(status);
    } catch (const std::exception& error) {  // out of memory, above all
        tocsin::complain(std::string("stopped: ") + error.what());
        return static_cast<int>(tocsin::ExitStatus::kTrouble);
    }
}
