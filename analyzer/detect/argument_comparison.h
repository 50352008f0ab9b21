// SPDX-License-Identifier: Apache-2.0
//
// Compares two views of one argument as bytes, as far as both were captured, after taking away
// what the kernel itself puts between a claim and its own copy.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/replay/operation.h"

namespace tocsin {

struct Comparison {
    enum class Outcome {
        kSame,           // equal to the end of both
        kSamePrefix,     // equal as far as both were captured
        kExplained,      // different, and the kernel itself made the difference
        kDifferent,      // proven by a byte, or by one ending where the other goes on
        kUnreadable,     // the claim ends in a fault before anything differs
        kContradictory,  // the kernel's name does not fit the call's descriptor
        kNoView,         // one of the two was not recorded
    };
    Outcome outcome = Outcome::kNoView;
    // As compared: an execveat name without "/dev/fd/N". They point into the operation's views.
    std::string_view claim, truth;
    std::optional<size_t> difference;  // of kDifferent: offset in both
    bool whole = false;                // both were seen to their ends
};

// E against S of the call's operand. Knows what the kernel does to an exec and to an open:
//
// - of openat2's struct open_how its hooks show the flags alone, with some added and some taken
// away
//   (fs/open.c, build_open_flags): those that a caller can set and the kernel keeps are compared;
// - execveat composes "/dev/fd/N" or "/dev/fd/N/REST" (fs/exec.c, alloc_bprm): REST is compared;
// - interpreters of #! scripts and binfmt_misc get argv [interpreter, up to one argument, name,
//   argv[1]...], repeated for nested ones, at most five deep (fs/binfmt_script.c, fs/exec.c);
//   binfmt_misc with flag P keeps argv[0] (fs/binfmt_misc.c);
// - an empty argv becomes [""] (since Linux 5.18, commit dcd46d897adb).
Comparison compare_entry_with_kernel(const Operation& operation, const Operand& operand);

// The same of a claim that somebody else made; without a copy of the kernel, against E.
Comparison compare_foreign_claim(const Operation& operation, const Operand& operand,
                                 const ClaimView& claim);

// E against X, byte for byte.
Comparison compare_entry_with_exit(const Operand& operand);
// Whether the bytes name what the call was found to act on where no copy of the kernel is there to
// say: the object's name is the last component, or the address is the peer's. nullopt: not known.
std::optional<bool> leads_to_object(const Operation& operation, const Operand& operand,
                                    std::string_view bytes);
// X against S: whether what is there at the return is what the kernel acted on.
Comparison compare_exit_with_kernel(const Operation& operation, const Operand& operand);

}  // namespace tocsin
