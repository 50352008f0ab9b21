// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A directory with the files that a try may meet. Removes at its end the files that
// were made through it, the directories with all that they hold by then, and its own
// if it made it; never anything else. Follows no symbolic link when removing.
class Scratch {
  public:
    // Uses the given directory, which must be absent or empty, or makes a new one
    // below /tmp if the name is empty. Complains and returns nothing on failure.
    static std::optional<Scratch> create(const std::string& wanted);

    Scratch(Scratch&& other) noexcept;
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch();

    // Copies a program into the directory, mode 0755; complains on failure.
    bool add_program(const std::string& name, const std::string& source);
    // These complain on failure, too.
    bool add_file(const std::string& name, std::string_view content);
    bool add_fifo(const std::string& name);
    // Mode 0755, and of this user and the group of that number: needs root.
    bool add_directory(const std::string& name, uid_t owner);
    // The path of a file that the caller makes and that goes with the others.
    std::string will_hold(const std::string& name);

    const std::string& directory() const { return directory_; }

  private:
    Scratch(std::string directory, bool made_it)
        : directory_(std::move(directory)), made_it_(made_it) {}

    int create_file(const std::string& path);

    std::string directory_;
    bool made_it_;
    std::vector<std::string> files_;
    std::vector<std::string> directories_;
};
