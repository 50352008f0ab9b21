// SPDX-License-Identifier: Apache-2.0
// A program that claims to open "decoy" and opens "hidden": the path is rewritten by
// a second thread after the call has begun. See README.md.
#include <optional>
#include <string_view>

#include "forms.h"
#include "samples/support/opened_file.h"
#include "samples/support/request.h"
#include "samples/support/scratch.h"

namespace {

constexpr char kUsage[] =
    "Usage: open_swap [options]\n"
    "Opens a file named decoy while a second thread rewrites the name to hidden.\n"
    "  --form fault|flip  while the kernel waits for a page (certain, needs userfaultfd),\n"
    "                     or aimed at the kernel's copy (a race, looped); default fault\n"
    "  --control          the same, but the name that the call was given is not rewritten\n"
    "  --tries N          at most N calls; default 200 (fault) or 20000 (flip)\n"
    "  --until-wins N     form flip: stop after N tries that opened hidden; 0: make all\n"
    "                     tries; default 1\n"
    "  --scratch DIR      a new or empty directory for the files; default below /tmp\n"
    "  --help             this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

constexpr std::string_view kFault = "fault", kFlip = "flip";

int run(const Request& request) {
    std::optional<Scratch> scratch = Scratch::create(request.scratch);
    if (!scratch || !add_decoy_and_hidden(*scratch)) return 2;
    const Tally tally = request.form.name == kFault ? run_fault_form(scratch->directory(), request)
                                                    : run_flip_form(scratch->directory(), request);
    return conclude(request, tally, kAdviceOnOpens);
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "form",
        .forms = {{.name = kFault, .every_try_wins = true, .default_tries = 200},
                  {.name = kFlip, .every_try_wins = false, .default_tries = 20000}},
    };
    return run_sample(argc, argv, offer, run);
}
