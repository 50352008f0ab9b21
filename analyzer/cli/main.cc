// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/cli/man.h"
#include "analyzer/cli/watch.h"
#include "analyzer/report/escape.h"
#include "formats/nearest.h"

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

// What something is like is looked for in short words.
constexpr size_t kLongestWord = 40, kMostWrongLetters = 2;

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

// CLI11's sentences say "--rule: f1 not in {A0,A1}" and "--lint: 1 required TEXT missing".
std::string of_value(const std::string& message, const std::string& command) {
    constexpr std::string_view kNotIn = " not in {";
    const size_t colon = message.find(": "), not_in = message.rfind(kNotIn);
    if (colon == std::string::npos) return one_sentence(message, command);
    const std::string name = message.substr(0, colon);
    if (message.ends_with(" missing")) return one_sentence(name + " needs a value", command);
    const size_t end = message.find('}', not_in);
    if (not_in == std::string::npos || not_in < colon || end == std::string::npos)
        return one_sentence(message, command);
    const std::string value = message.substr(colon + 2, not_in - colon - 2);
    const size_t begin = not_in + kNotIn.size();
    std::vector<std::string> choices(1);
    for (const char c : message.substr(begin, end - begin))
        if (c == ',')
            choices.emplace_back();
        else
            choices.back() += c;
    std::string text = name + ' ' + quote(value) + " is none of";
    for (const std::string& choice : choices)
        text += (&choice == &choices.front() ? " " : ", ") + choice;
    const std::string_view like =
        value.size() > kLongestWord ? "" : nearest(value, choices, kMostWrongLetters);
    return text + (like.empty() ? "; see" : "; did you mean " + std::string(like) + "? See") +
           " tocsin " + command + " --help";
}

// "; did you mean --where? See" or "; see": the option or subcommand that is most like the word.
std::string suggestion(const CLI::App& app, const std::string& word) {
    if (word.size() > kLongestWord) return "; see";
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    for (const CLI::App* sub : app.get_subcommands(std::function<bool(const CLI::App*)>()))
        known.push_back(sub->get_name());
    const std::string_view like = nearest(word, known, kMostWrongLetters);
    return like.empty() ? "; see" : "; did you mean " + std::string(like) + "? See";
}

// What is wrong with the command line.
std::string complaint_of(const CLI::App& app, const CLI::ParseError& error,
                         const std::string& first_word) {
    const auto chosen = app.get_subcommands();
    if (chosen.empty() && !first_word.empty())
        return quote(first_word) + " is neither a subcommand nor an option of tocsin" +
               suggestion(app, first_word) + " tocsin --help";
    const std::string command = chosen.empty() ? std::string() : chosen.front()->get_name();
    const auto extras = app.remaining(true);
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError) || extras.empty())
        return of_value(error.what(), command);
    const std::string extra = extras.front().substr(0, extras.front().find('='));
    const bool is_option = extra.starts_with('-');
    return quote(extra) +
           (is_option ? " is no option of tocsin " : " is one operand too many for tocsin ") +
           command + (is_option ? suggestion(*chosen.front(), extra) : "; see") + " tocsin " +
           command + " --help";
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
    add_man_command(app, set_run);
    add_completion_command(app, set_run);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::string help = app.help();
        if (!help.ends_with('\n')) help += '\n';
        return print(help);
    } catch (const CLI::CallForVersion&) {
        return print(app.version() + "\n");
    } catch (const CLI::ParseError& error) {
        complain(complaint_of(app, error, argc > 1 ? argv[1] : ""));
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
