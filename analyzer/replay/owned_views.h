// SPDX-License-Identifier: Apache-2.0
//
// Owning counterparts of the event model's views, for what outlives the chunk it was read from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/event.h"

namespace tocsin {

struct OwnedBytes {
    std::string bytes;
    uint32_t full_length = 0;
    int32_t error = 0;
    bool cut = false;
    bool is_whole() const { return error == 0 && !cut; }
};

// User memory said so: views E and X.
struct ClaimView : OwnedBytes {};
// The kernel's own copy: view S.
struct KernelView : OwnedBytes {};

ClaimView own(const ClaimedBytes& claimed);
KernelView own(const KernelBytes& kernel);

// A thread as it was when some record was made.
struct TaskState {
    TaskId id;
    Credentials credentials;
    Namespaces namespaces;
    Abi abi = Abi::kX86_64;
    std::string comm;  // chosen by the program itself: never evidence of what it is
};

TaskState own(const Task& task);

// A file and the directories that it was found in, leaf first.
struct FileObject {
    struct Link {
        ObjectId id;
        uint32_t mode = 0;
        uint32_t uid = 0, gid = 0;
        uint32_t links = 0;
        uint32_t mount = 0;
        std::string name;
    };
    std::vector<Link> chain;  // never empty
    // As path_of() spells it: a path from the root of the mount tree, not of anybody's chroot.
    std::string path;

    const Link& file() const { return chain.front(); }
};

// nullptr where the event names no object of that role.
std::shared_ptr<const FileObject> own(std::span<const KernelObject> objects, ObjectRole role);

}  // namespace tocsin
