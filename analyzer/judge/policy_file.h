// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/judge/finding.h"
#include "formats/codec.h"
#include "formats/glob.h"
#include "formats/result.h"

namespace tocsin {

// What somebody who analyzes traces adds to the built-in policy, from a file in TOML:
//
//   [windows]                          # as --window has them; that wins
//   check-use = "2s"
//   F1 = {mutation-use = "100ms"}      # of one class
//
//   [thresholds]
//   confidence = 50                    # findings below are set aside
//
//   [[trusted]]                        # changes by them are set aside
//   program = "/usr/bin/dpkg"          # a glob of its path; uid, program or both
//   uid = 0
//   reason = "package management"
//
//   [[sensitive]]                      # what a race must never reach
//   path = "/srv/keys/**"
//   category = "signing keys"
//
//   [[off]]                            # set aside
//   rule = "F4"                        # a class, or finding = "885165d078643852"
//   reason = "the build directory is shared on purpose"
struct Policy {
    struct Trusted {
        std::optional<uint32_t> uid;
        std::optional<Glob> program;
        std::string reason;
        bool holds(const Actor& actor) const;
    };
    struct Sensitive {
        Glob path;
        std::string category;
    };
    struct Off {
        std::optional<Rule> rule;
        std::string finding;  // the beginning of a fingerprint; empty: any of the rule
        std::string reason;
        bool holds(const Candidate& candidate, std::string_view fingerprint) const;
    };

    std::string name;  // as the user gave it
    Digest hash{};     // of the file's bytes
    std::string windows;
    int confidence = 0;
    std::vector<Trusted> trusted;
    std::vector<Sensitive> sensitive;
    std::vector<Off> off;
};

struct PolicyMistake {
    size_t line = 0, column = 0;  // from 1
    std::string what;             // a sentence without its full stop; holds the file's bytes
};

// What is said right, and all that is not.
struct ParsedPolicy {
    Policy policy;
    std::vector<PolicyMistake> mistakes;  // in the order of the file
};
ParsedPolicy parse_policy(std::string_view text, std::string name);

// Errors: the file cannot be read, is larger than 1 MiB, or has mistakes, of which the first is
// named with its place.
Result<std::shared_ptr<const Policy>> read_policy(const std::string& path);
Result<std::string> read_policy_text(const std::string& path);

}  // namespace tocsin
