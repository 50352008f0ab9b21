// SPDX-License-Identifier: Apache-2.0
//
// Who may do what, as far as credentials, modes and owners of a trace say: supplementary groups,
// ACLs and other LSMs are not recorded.
#pragma once

#include <cstdint>

#include "analyzer/replay/owned_views.h"

namespace tocsin {

// How one task stands to another, by their credentials at the time of two calls.
enum class Standing : uint8_t {
    kSamePrincipal,      // the same ids and capabilities in one user namespace
    kOtherCapabilities,  // the same ids
    kLessPrivileged,     // may override less than the other, and is another user
    kPeer,               // another user, with no more and no less rights
    kMorePrivileged,
};

Standing standing_of(const TaskState& subject, const TaskState& other);

enum class Right : uint8_t { kRead, kWrite, kExecute, kOwn };

// Whether the mode, the owner and the capabilities give the task this right on the file. kWrite on
// a directory is to change its entries, kExecute to look them up; kOwn is what chmod(2) asks for.
bool may(const TaskState& task, Right right, const FileObject::Link& file);

}  // namespace tocsin
