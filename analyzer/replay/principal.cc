// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/principal.h"

namespace tocsin {
namespace {

// capabilities(7); linux/capability.h
constexpr uint64_t kDacOverride = uint64_t{1} << 1U;
constexpr uint64_t kDacReadSearch = uint64_t{1} << 2U;
constexpr uint64_t kFowner = uint64_t{1} << 3U;
// What lets a task act on files or processes of others.
constexpr uint64_t kOverOthers = uint64_t{1} << 0U | kDacOverride | kDacReadSearch | kFowner |
                                 uint64_t{1} << 6U | uint64_t{1} << 7U | uint64_t{1} << 19U |
                                 uint64_t{1} << 21U;

bool is_subset(uint64_t set, uint64_t of) {
    return (set & ~of) == 0;
}

// Capabilities count in the user namespace that gave them; only that of the other one matters here.
uint64_t rights_over_others(const TaskState& task, uint32_t user_namespace) {
    return task.namespaces.user == user_namespace ? task.credentials.effective & kOverOthers : 0;
}

bool has(const TaskState& task, uint64_t capability) {
    return (task.credentials.effective & capability) != 0;
}

// The bits of the class that the task belongs to: owner, group or others.
uint32_t mode_for(const TaskState& task, const FileObject::Link& file) {
    const Credentials& ids = task.credentials;
    if (ids.fsuid == file.uid) return file.mode >> 6U & 7U;
    if (ids.fsgid == file.gid || ids.egid == file.gid) return file.mode >> 3U & 7U;
    return file.mode & 7U;
}

}  // namespace

Standing standing_of(const TaskState& subject, const TaskState& other) {
    const Credentials& a = subject.credentials;
    const Credentials& b = other.credentials;
    const bool same_namespace = subject.namespaces.user == other.namespaces.user;
    if (a == b && same_namespace) return Standing::kSamePrincipal;
    const bool same_ids = a.fsuid == b.fsuid && a.fsgid == b.fsgid && a.euid == b.euid &&
                          a.uid == b.uid && same_namespace;
    if (same_ids) return Standing::kOtherCapabilities;
    const uint64_t own = rights_over_others(subject, other.namespaces.user);
    const uint64_t others = rights_over_others(other, other.namespaces.user);
    if (own == others) return Standing::kPeer;
    if (is_subset(own, others)) return Standing::kLessPrivileged;
    return is_subset(others, own) ? Standing::kMorePrivileged : Standing::kPeer;
}

bool may(const TaskState& task, Right right, const FileObject::Link& file) {
    switch (right) {
        case Right::kOwn:
            return task.credentials.fsuid == file.uid || has(task, kFowner);
        case Right::kRead:
            return has(task, kDacOverride | kDacReadSearch) || (mode_for(task, file) & 4U) != 0;
        case Right::kWrite:
            return has(task, kDacOverride) || (mode_for(task, file) & 2U) != 0;
        case Right::kExecute:
            if (file.is_directory() && has(task, kDacOverride | kDacReadSearch)) return true;
            if (has(task, kDacOverride) && (file.mode & 0111U) != 0) return true;
            return (mode_for(task, file) & 1U) != 0;
    }
    return false;
}

}  // namespace tocsin
