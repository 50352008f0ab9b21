// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// From here on this process and its children see mounts of their own, which nobody else does and
// which go with the last of them. Complains on failure.
bool have_own_mounts();

// The same without a word: false, with errno.
bool unshare_mounts();

// Takes away what was mounted on a directory last, when it goes. Nothing may remove what lies
// below the directory before, for that would be what was mounted.
class MountedOn {
  public:
    explicit MountedOn(std::string directory) : directory_(std::move(directory)) {}
    MountedOn(const MountedOn&) = delete;
    MountedOn& operator=(const MountedOn&) = delete;
    ~MountedOn();

  private:
    std::string directory_;
};
