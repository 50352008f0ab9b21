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

// Whether the file's owner, or its mode, is this one. A symbolic link is not followed.
bool is_owned_by(uid_t user, const std::string& path);
bool is_owned_by(uid_t user, int descriptor);
bool has_mode(mode_t mode, const std::string& path);
bool has_mode(mode_t mode, int descriptor);

// A new file, less what the umask takes from its mode; false, with errno, on failure.
bool make_file(const std::string& path, mode_t mode, std::string_view content);
// Writes behind what is in the file; the same on failure.
bool add_to_file(const std::string& path, std::string_view content);
