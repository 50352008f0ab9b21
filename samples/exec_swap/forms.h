// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

enum class Rewrite { kYes, kNo };  // kNo: the benign twin

struct Tally {
    uint32_t tries = 0;
    uint32_t wins = 0;
    uint32_t ran = 0;         // tries in which a witness spoke
    int last_errno = 0;       // of the last execve that failed
    bool in_trouble = false;  // and a sentence on stderr said why
};

// Races execve's filename: DIR/ls when the call begins, DIR/sh some time later, by
// a thread that aims between the call's beginning and the kernel's copy of the
// name. A win is a try in which DIR/sh ran. Stops after until_wins wins, 0: never.
Tally run_name_form(const std::string& directory, Rewrite rewrite, uint32_t tries,
                    uint32_t until_wins);

// Rewrites execve's last argument while the kernel waits for a page of the
// environment. A win is a try in which the program got the rewritten argument:
// every one.
Tally run_argv_form(const std::string& directory, Rewrite rewrite, uint32_t tries);
