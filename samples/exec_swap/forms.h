// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "samples/support/request.h"

// Races execve's filename: DIR/ls when the call begins, DIR/sh some time later, by
// a thread that aims between the call's beginning and the kernel's copy of the
// name. A win is a try in which DIR/sh ran.
Tally run_name_form(const std::string& directory, const Request& request);

// Rewrites execve's last argument while the kernel waits for a page of the
// environment. A win is a try in which the program got the rewritten argument:
// every one.
Tally run_argv_form(const std::string& directory, const Request& request);
