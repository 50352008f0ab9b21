// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

enum class Rewrite { kYes, kNo };  // kNo: the benign twin

// One of the ways to make the race that a program offers.
struct Form {
    std::string_view name;
    bool every_try_wins;  // else it is looped, and takes --until-wins
    uint32_t default_tries;
};

// What a program offers on its command line; the first form is the default.
struct Offer {
    const char* usage;        // printed for --help
    const char* form_option;  // "form", or a better name for it
    std::vector<Form> forms;
    bool takes_witness = false;  // --witness PATH
};

// What the user asked for.
struct Request {
    Form form;
    Rewrite rewrite = Rewrite::kYes;
    uint32_t tries = 0;
    uint32_t until_wins = 0;  // 0: all tries are made
    uint32_t wins_wanted = 0;
    std::string scratch;
    std::string witness;  // empty if not given
};

// What a main() does: runs what the user asked for, with the signals that would end
// the program held back meanwhile, and gives the exit status; or prints the usage; or
// complains of arguments that are none of the offer's.
int run_sample(int argc, char** argv, const Offer& offer,
               const std::function<int(const Request&)>& run);

struct Tally {
    uint32_t tries = 0;
    uint32_t wins = 0;
    uint32_t answered = 0;    // tries in which the call succeeded, so that the truth is known
    int last_errno = 0;       // of the last call that failed
    bool in_trouble = false;  // and a sentence on stderr said why
};

// Whether another try is to be made: the tries have not run out, the wins are not
// reached, there is no trouble, and nobody asked the program to stop.
bool wants_another_try(const Request& request, const Tally& tally);

// Prints the closing line, unless there was trouble. Complains if no call succeeded,
// ending with the advice, or if a control won. The exit status: 0 done as asked, 1
// the tries ran out before the wins, 2 trouble.
int conclude(const Request& request, const Tally& tally, const char* advice);
