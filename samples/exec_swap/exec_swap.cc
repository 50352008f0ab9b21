// SPDX-License-Identifier: Apache-2.0
// A program that claims to run "ls" and runs something else: execve's filename or
// argv is rewritten by a second thread after the call has begun. See README.md.
#include <getopt.h>
#include <limits.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "attempt.h"
#include "complain.h"
#include "forms.h"
#include "scratch.h"
#include "stop_signals.h"

namespace {

constexpr char kUsage[] =
    "Usage: exec_swap [options]\n"
    "Calls execve on a program named ls while a second thread rewrites what it was given.\n"
    "  --form name|argv  rewrite the file name (a race, looped) or the last argument\n"
    "                    (certain, needs userfaultfd); default name\n"
    "  --control         the same, but nothing that execve is given is rewritten\n"
    "  --tries N         at most N calls of execve; default 2000\n"
    "  --until-wins N    form name: stop after N tries in which sh ran; 0: run all tries;\n"
    "                    default 1\n"
    "  --scratch DIR     a new or empty directory for the programs; default below /tmp\n"
    "  --witness PATH    the program to run; default witness beside this one\n"
    "  --help            this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

enum class Form { kName, kArgv };

struct Request {
    Form form = Form::kName;
    Rewrite rewrite = Rewrite::kYes;
    uint32_t tries = 2000;
    std::optional<uint32_t> until_wins;
    std::string scratch;
    std::string witness;
    bool help = false;
};

bool read_count(const char* option, std::string_view text, uint32_t least, uint32_t& value) {
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && stopped == end && value >= least) return true;
    complain("%s takes a number from %u to %u, not \"%s\"; see --help", option, least, UINT_MAX,
             text.data());
    return false;
}

bool read_form(std::string_view text, Form& form) {
    form = text == "argv" ? Form::kArgv : Form::kName;
    if (text == "argv" || text == "name") return true;
    complain("--form is name or argv, not \"%s\"; see --help", text.data());
    return false;
}

bool take_option(int letter, Request& request) {
    switch (letter) {
        case 'f':
            return read_form(optarg, request.form);
        case 'c':
            request.rewrite = Rewrite::kNo;
            return true;
        case 't':
            return read_count("--tries", optarg, 1, request.tries);
        case 'u':
            return read_count("--until-wins", optarg, 0, request.until_wins.emplace());
        case 's':
            request.scratch = optarg;
            return true;
        case 'w':
            request.witness = optarg;
            return true;
        case 'h':
            request.help = true;
            return true;
        default:
            return false;  // getopt_long has said why
    }
}

std::string default_witness() {
    char link[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", link, sizeof link);
    if (length <= 0) return "witness";
    const std::string_view path(link, static_cast<size_t>(length));
    return std::string(path.substr(0, path.rfind('/') + 1)) + "witness";
}

std::optional<Request> parse(int argc, char** argv) {
    constexpr option kOptions[] = {
        {"form", required_argument, nullptr, 'f'},
        {"control", no_argument, nullptr, 'c'},
        {"tries", required_argument, nullptr, 't'},
        {"until-wins", required_argument, nullptr, 'u'},
        {"scratch", required_argument, nullptr, 's'},
        {"witness", required_argument, nullptr, 'w'},
        {"help", no_argument, nullptr, 'h'},
        {nullptr, 0, nullptr, 0},
    };
    Request request;
    for (int letter; (letter = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;)
        if (!take_option(letter, request)) return std::nullopt;
    if (optind < argc) {
        complain("\"%s\" is not an option; see --help", argv[optind]);
        return std::nullopt;
    }
    if (request.form == Form::kArgv && request.until_wins) {
        complain(
            "--until-wins is for --form name, since every try of --form argv wins; "
            "use --tries");
        return std::nullopt;
    }
    if (request.witness.empty()) request.witness = default_witness();
    return request;
}

int explain_silence(const Request& request, const Tally& tally) {
    if (tally.last_errno == 0)
        complain("%s ran, but printed no line; name the sample's witness with --witness PATH",
                 request.witness.c_str());
    else
        complain(
            "none of %u tries ran %s: %s; if the scratch directory is mounted noexec, name "
            "another with --scratch DIR",
            tally.tries, request.witness.c_str(), std::strerror(tally.last_errno));
    return 2;
}

int judge(const Request& request, const Tally& tally) {
    if (tally.ran == 0) return explain_silence(request, tally);
    if (request.rewrite == Rewrite::kNo) {
        if (tally.wins == 0) return 0;
        complain("%u of %u control tries won, though nothing was rewritten; report this bug",
                 tally.wins, tally.tries);
        return 2;
    }
    const uint32_t wanted =
        request.form == Form::kArgv ? request.tries : request.until_wins.value_or(1);
    return tally.wins >= wanted ? 0 : 1;
}

int run(const Request& request) {
    std::optional<Scratch> scratch = Scratch::create(request.scratch);
    if (!scratch || !scratch->add_program("ls", request.witness) ||
        !scratch->add_program("sh", request.witness))
        return 2;
    const bool name = request.form == Form::kName;
    const Tally tally = name ? run_name_form(scratch->directory(), request.rewrite, request.tries,
                                             request.until_wins.value_or(1))
                             : run_argv_form(scratch->directory(), request.rewrite, request.tries);
    if (tally.in_trouble) return 2;
    const std::string closing = std::string("exec_swap: form=") + (name ? "name" : "argv") +
                                " control=" + (request.rewrite == Rewrite::kNo ? "1" : "0") +
                                " tries=" + std::to_string(tally.tries) +
                                " wins=" + std::to_string(tally.wins);
    const int status = judge(request, tally);
    return print_line(closing) ? status : 2;
}

}  // namespace

int main(int argc, char** argv) {
    const std::optional<Request> request = parse(argc, argv);
    if (!request) return 2;
    if (request->help) return std::fputs(kUsage, stdout) < 0 ? 2 : 0;
    const HeldStopSignals held;
    return run(*request);
}
