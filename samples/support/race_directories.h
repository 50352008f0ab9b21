// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "samples/support/scratch.h"

inline constexpr uid_t kAttacker = 1000;  // the user, who need not be in passwd(5)

// "report" and 7 make report7: each try has names of its own.
std::string numbered(std::string_view name, uint32_t number);

// Where root races with user 1000: DIR/user is this user's, DIR/root is root's, both
// mode 0755. DIR admits root only, so that no other process of that user can meddle:
// the sample's attacker is put into its directory before it gives its rights up.
class RaceDirectories {
  public:
    // Complains and returns nothing on failure, or where this is not root.
    static std::optional<RaceDirectories> create(const std::string& scratch);

    std::string users(std::string_view name = {}) const { return path("user", name); }
    std::string roots(std::string_view name = {}) const { return path("root", name); }

    // Makes a file that root alone may read; complains on failure.
    bool add_roots_file(std::string_view name) const;

  private:
    RaceDirectories(Scratch scratch, std::string absolute)
        : scratch_(std::move(scratch)), absolute_(std::move(absolute)) {}

    std::string path(std::string_view directory, std::string_view name) const;

    Scratch scratch_;
    std::string absolute_;
};
