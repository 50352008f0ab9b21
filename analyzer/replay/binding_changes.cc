// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/binding_changes.h"

#include <memory>
#include <string_view>

namespace tocsin {
namespace {

using Id = std::optional<ObjectId>;

constexpr ObjectId kNothing{};
constexpr uint64_t kExchange = 2, kWhiteout = 4;  // renameat2(2)

Id id_of(const std::shared_ptr<const FileObject>& file) {
    return file != nullptr ? Id(file->link.id) : std::nullopt;
}

class Changes {
  public:
    explicit Changes(const Operation& operation) : operation_(operation) {}

    std::vector<BindingChange> take() && { return std::move(list_); }

    void renamed() {
        // rename(2): of two hard links to one file neither goes.
        if (id_of(named()) && id_of(named()) == id_of(second())) return;
        put(named(), id_of(named()), left_by_rename());
        put(second(), id_of(second()), id_of(named()));
    }
    void linked() { put(second(), id_of(second()), id_of(named())); }
    void removed() { put(named(), id_of(named()), kNothing); }
    // Where the name of a mount that goes leads then, too.
    void made() { put(named(), id_of(named()), id_of(operation_.object(ObjectRole::kMade))); }
    void mounted() {
        // Of a mount that is there already, or of how it propagates: mount(2).
        constexpr uint64_t kChangesOnly = 32 | 1U << 17U | 1U << 18U | 1U << 19U | 1U << 20U;
        const Operand* flags = operation_.first_operand(OperandKind::kFlags);
        if (flags != nullptr && (flags->register_value & kChangesOnly) != 0) return;
        made();
    }
    void mount_moved() {
        made();
        put(second(), id_of(second()), id_of(named()));
    }
    // The new root leaves its place, and is where the old one was mounted: pivot_root(2).
    void pivoted() {
        made();
        const auto& root = operation_.object(ObjectRole::kRoot);
        put(root, std::nullopt, id_of(root));
    }
    void opened() {
        const auto& file = operation_.object(ObjectRole::kOpened);
        put(file, kNothing, id_of(file));
    }

  private:
    const std::shared_ptr<const FileObject>& named() const {
        return operation_.object(ObjectRole::kNamed);
    }
    const std::shared_ptr<const FileObject>& second() const {
        return operation_.object(ObjectRole::kSecond);
    }
    void put(const std::shared_ptr<const FileObject>& entry, Id before, Id after) {
        if (entry == nullptr || entry->parent == nullptr || entry->link.name.empty()) return;
        list_.push_back({entry->parent->link.id, entry->link.name, before, after, entry});
    }

    // What has the old name then. Not known without the flags, which are a register at the entry
    // and which the hook does not show: of io_uring's renames, and where the entry was lost.
    Id left_by_rename() const {
        const Operand* flags = operation_.first_operand(OperandKind::kFlags);
        if (operation_.is_orphan || (flags != nullptr && operation_.entry_missing))
            return std::nullopt;
        const uint64_t bits = flags != nullptr ? flags->register_value : 0;
        if ((bits & kWhiteout) != 0) return std::nullopt;
        return (bits & kExchange) != 0 ? id_of(second()) : kNothing;
    }

    const Operation& operation_;
    std::vector<BindingChange> list_;
};

}  // namespace

std::vector<BindingChange> binding_changes(const Operation& operation) {
    const SyscallGroup group = operation.syscall->group;
    const bool may_change = group == SyscallGroup::kChange || group == SyscallGroup::kPlace ||
                            group == SyscallGroup::kSocket || operation.made_file;
    if (!may_change || !operation.succeeded().value_or(true)) return {};
    std::string_view name = operation.syscall->name;
    if (name.starts_with("path_")) name.remove_prefix(5);  // an orphan has its hook's name
    Changes changes(operation);
    if (name.starts_with("rename"))
        changes.renamed();
    else if (name.starts_with("link"))
        changes.linked();
    else if (name.starts_with("unlink") || name == "rmdir")
        changes.removed();
    else if (name.starts_with("mk") || name.starts_with("symlink") || name == "bind")
        changes.made();
    else if (name == "mount" || name == "sb_mount")
        changes.mounted();
    else if (name == "umount2" || name == "sb_umount")
        changes.made();
    else if (name == "move_mount")
        changes.mount_moved();
    else if (name == "pivot_root")
        changes.pivoted();
    else if (operation.made_file)
        changes.opened();
    return std::move(changes).take();
}

}  // namespace tocsin
