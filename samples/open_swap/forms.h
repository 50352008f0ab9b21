// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "samples/support/request.h"

// Rewrites openat2's path from decoy to hidden while the kernel waits for the page
// that holds the call's struct open_how. Every try wins.
Tally run_fault_form(const std::string& directory, const Request& request);

// Rewrites openat's path by a thread that aims between the call's beginning and the
// kernel's copy of the path. A win is a try that opened hidden.
Tally run_flip_form(const std::string& directory, const Request& request);
