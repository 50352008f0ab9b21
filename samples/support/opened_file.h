// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/openat2.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "samples/support/request.h"
#include "samples/support/scratch.h"

// What the open samples open: files that hold their own name.
inline constexpr std::string_view kDecoy = "decoy";    // what the call claims
inline constexpr std::string_view kHidden = "hidden";  // what it is made to open

// What conclude() advises where no open succeeded.
inline constexpr char kAdviceOnOpens[] =
    "see that this kernel has openat2 (5.6 or later) and that nothing else touches the scratch "
    "directory, or name another with --scratch DIR";

bool add_decoy_and_hidden(Scratch& scratch);  // complains on failure

// What became of one open.
struct OpenedFile {
    int descriptor = -1;  // as the call returned it; closed by now
    int open_errno = 0;   // 0 if a file was opened
    std::string name;     // what the file itself says it is
};

// Reads which file a call that returned this descriptor opened, and closes it. Where
// the descriptor is negative, errno says why.
OpenedFile identify(long descriptor);

// openat2 of the path, relative to nothing, with how from memory of the caller's
// choice: the kernel copies it before the path (fs/open.c, SYSCALL_DEFINE4(openat2)).
long open_with(const char* path, const open_how* how);

// What open_with needs to be given for a plain open for reading.
std::string_view plain_open_how();

// The last component of a path.
std::string base_name(std::string_view path);

// Counts the try, which is a win if it was won and a file was opened, and prints its
// line, which ends with more.
void report_open(Tally& tally, const OpenedFile& opened, bool won, const std::string& more);
