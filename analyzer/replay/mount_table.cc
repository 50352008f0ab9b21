// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/mount_table.h"

#include <algorithm>
#include <string_view>

namespace tocsin {
namespace {

bool is_root_of_mount(const FileObject& file) {
    return file.link.id != ObjectId{} && file.parent != nullptr && file.parent->link.mount != 0 &&
           file.link.mount != file.parent->link.mount;
}

bool changes_mounts(const Operation& operation) {
    if (operation.syscall->group != SyscallGroup::kPlace) return false;
    const std::string_view name = operation.syscall->name;
    return name == "mount" || name == "umount2" || name == "move_mount" || name == "pivot_root" ||
           name == "sb_mount" || name == "sb_umount";
}

// A mount's root that is to go or to move.
bool takes_mount_away(const Operation& operation) {
    const std::string_view name = operation.syscall->name;
    return name == "umount2" || name == "sb_umount" || name == "move_mount";
}

}  // namespace

void MountTable::observe(const Operation& operation) {
    for (const auto& object : operation.objects)
        for (const FileObject* at = object.file.get(); at != nullptr; at = at->parent.get())
            if (is_root_of_mount(*at)) learn(operation, *at);
    if (!changes_mounts(operation) || operation.succeeded() == false) return;
    last_change_ = std::max(last_change_.value_or(BootTime{}), operation.last_time());
    const auto& named = operation.object(ObjectRole::kNamed);
    if (takes_mount_away(operation) && named != nullptr) mounts_.erase(named->link.mount);
}

void MountTable::learn(const Operation& operation, const FileObject& file) {
    const auto known = mounts_.find(file.link.mount);
    if (known == mounts_.end() && mounts_.size() >= kMostMounts) {
        ++left_out_;
        return;
    }
    const BootTime time = operation.decided.value_or(operation.last_time());
    if (known != mounts_.end() && known->second.learned > time) return;
    const EventRef shown_by =
        operation.hook_events.empty() ? EventRef{} : operation.hook_events.front();
    mounts_[file.link.mount] = {
        file.link.id, file.parent->link.mount, file.parent->link.id, file.link.name, time,
        shown_by};
}

const MountTable::Mount* MountTable::find(uint32_t id) const {
    const auto at = mounts_.find(id);
    return at == mounts_.end() ? nullptr : &at->second;
}

}  // namespace tocsin
