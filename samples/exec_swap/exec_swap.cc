// SPDX-License-Identifier: Apache-2.0
// A program that claims to run "ls" and runs something else: execve's filename or
// argv is rewritten by a second thread after the call has begun. See README.md.
#include <limits.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>

#include "forms.h"
#include "samples/support/complain.h"
#include "samples/support/request.h"
#include "samples/support/scratch.h"

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

constexpr std::string_view kName = "name", kArgv = "argv";

std::string default_witness() {
    char link[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", link, sizeof link);
    if (length <= 0) return "witness";
    const std::string_view path(link, static_cast<size_t>(length));
    return std::string(path.substr(0, path.rfind('/') + 1)) + "witness";
}

bool was_silent(const Tally& tally) {
    return tally.tries != 0 && tally.answered == 0 && tally.last_errno == 0;
}

int run(const Request& request) {
    const std::string witness = request.witness.empty() ? default_witness() : request.witness;
    std::optional<Scratch> scratch = Scratch::create(request.scratch);
    if (!scratch || !scratch->add_program("ls", witness) || !scratch->add_program("sh", witness))
        return 2;
    const Tally tally = request.form.name == kName ? run_name_form(scratch->directory(), request)
                                                   : run_argv_form(scratch->directory(), request);
    if (!tally.in_trouble && was_silent(tally)) {
        complain("%s ran, but printed no line; name the sample's witness with --witness PATH",
                 witness.c_str());
        return 2;
    }
    return conclude(request, tally,
                    "if the scratch directory is mounted noexec, name another with --scratch DIR");
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = kName, .every_try_wins = false, .default_tries = 2000},
                  {.name = kArgv, .every_try_wins = true, .default_tries = 2000}},
        .takes_witness = true,
    };
    return run_sample(argc, argv, offer, run);
}
