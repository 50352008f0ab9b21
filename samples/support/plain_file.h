// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <compare>
#include <optional>
#include <string>
#include <string_view>

// Which file it is, whatever its name.
struct FileIdentity {
    dev_t device;
    ino_t inode;
    auto operator<=>(const FileIdentity&) const = default;
};

// Both give nothing, with errno, where there is no such file. A symbolic link is not
// followed.
std::optional<FileIdentity> identity_of(int descriptor);
std::optional<FileIdentity> identity_at(const std::string& path);

// A new file, less what the umask takes from its mode; false, with errno, on failure.
bool make_file(const std::string& path, mode_t mode, std::string_view content);
