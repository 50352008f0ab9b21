// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/name_lookup.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/name_text.h"

namespace tocsin {
namespace {

bool is_absent(const FileObject::Link& file) {
    return file.id == ObjectId{} && file.mode == 0;
}

// Which of the call's names the operand is, as hooks show what they lead to. A mount's source is
// looked up last.
size_t place_among_names(const Operation& operation, size_t operand) {
    if (operation.operands[operand].info.kind != OperandKind::kPath) return 1;
    size_t place = 0;
    for (size_t i = 0; i < operand; ++i)
        if (operation.operands[i].info.kind == OperandKind::kPath) ++place;
    return place;
}

// What the call's nth name led to; nullptr: not recorded.
std::shared_ptr<const FileObject> object_of_name(const Operation& operation, size_t nth) {
    if (nth != 0) return nth == 1 ? operation.object(ObjectRole::kSecond) : nullptr;
    const bool is_exec = operation.syscall->group == SyscallGroup::kExec;
    if (is_exec && !operation.object(ObjectRole::kChecked) && !operation.interpreter)
        return operation.object(ObjectRole::kExecutable);
    for (const ObjectRole role : {ObjectRole::kNamed, ObjectRole::kChecked, ObjectRole::kOpened,
                                  ObjectRole::kReturned, ObjectRole::kRoot, ObjectRole::kCwd})
        if (operation.object(role) != nullptr) return operation.object(role);
    return nullptr;
}

// The last component of the name, and what is before it.
struct Split {
    std::string_view directory, last;
};

Split split(std::string_view name) {
    while (name.ends_with('/')) name.remove_suffix(1);
    const size_t slash = name.rfind('/');
    if (slash == std::string_view::npos) return {{}, name};
    return {name.substr(0, slash), name.substr(slash + 1)};
}

// Whether the path, in which no link was followed, can lead to the directory: as far as both are
// known and no ".." is on the way. Names repeat: the first "a" of "a/a" is not the second one.
bool may_lead_to(std::string_view path, const FileObject* directory) {
    while (directory != nullptr) {
        const Split parts = split(path);
        if (parts.last.empty() || parts.last == "..") return true;
        path = parts.directory;
        if (parts.last == ".") continue;
        if (parts.last != std::string_view(directory->link.name)) return false;
        directory = directory->parent.get();
    }
    return true;
}

// The name that was looked up in the last directory, where the hook showed that directory alone:
// that of the call, or of the symbolic link that it led to. nullopt: not known, as it may be the
// lookup of a directory on the way that found nothing.
std::optional<SharedBytes> last_name_looked_up(const Operation& operation, const Operand& operand,
                                               const FileObject& directory) {
    std::string_view name = operand.text();
    bool has_link = false;
    for (const FollowedLink& followed : operation.links) {
        if (followed.argument != operand.info.argument) continue;
        has_link = true;
        if (split(name).last != std::string_view(followed.link->link.name)) continue;
        if (!followed.target) return std::nullopt;
        name = followed.target->bytes;
    }
    const Split parts = split(name);
    if (parts.last == "." || parts.last == ".." || parts.last.empty()) return std::nullopt;
    if (!has_link && !may_lead_to(parts.directory, &directory)) return std::nullopt;
    return SharedBytes(parts.last);
}

// The entry of the root that the path leads through. Empty where the path was not recorded up to
// the root: directories of any name can be nested deeper than that.
std::string_view top_of(const FileObject& file) {
    const FileObject* top = &file;
    if (top->parent == nullptr) return {};
    while (top->parent->parent != nullptr) top = top->parent.get();
    if (top->parent->link.cut) return {};
    return top->link.name;
}

// Kernel file systems make their files anew whenever they are looked up.
bool is_made_up_by_the_kernel(const FileObject& file) {
    const std::string_view top = top_of(file);
    return top == "proc" || top == "sys";
}

// Names like /proc/self/fd/3 and /dev/fd/3 lead to what a descriptor stands for, whatever name that
// has: they are bound by no directory. Not so a name that a symbolic link anywhere else leads
// there: whoever may put it in the way could take a file's name to another file by /proc/self/root.
bool is_anchored(const Operation& operation, const Operand& operand) {
    if (operand.from_descriptor || operand.text().starts_with("/dev/fd/")) return true;
    for (const FollowedLink& followed : operation.links) {
        if (followed.argument != operand.info.argument) continue;
        if (is_made_up_by_the_kernel(*followed.link)) return true;
        if (top_of(*followed.link) != "dev") return false;
    }
    return false;
}

void add_chain(std::vector<Binding>& bindings, std::shared_ptr<const FileObject> file) {
    size_t depth = 0;
    for (const FileObject* at = file.get(); at->parent != nullptr; at = at->parent.get()) ++depth;
    bindings.resize(bindings.size() + depth);
    for (auto binding = bindings.rbegin(); depth > 0; ++binding, --depth) {
        const FileObject::Link& link = file->link;
        binding->cell = {file->parent->link.id, link.name};
        binding->child = is_absent(link) ? ObjectId{} : link.id;
        auto parent = file->parent;
        binding->file = std::exchange(file, std::move(parent));
    }
}

}  // namespace

std::optional<NameEnd> end_of_name(const Operation& operation, size_t operand) {
    const Operand& name = operation.operands[operand];
    if (!is_name(operation, name) || name.text().empty() || is_anchored(operation, name))
        return std::nullopt;
    auto object = object_of_name(operation, place_among_names(operation, operand));
    if (object == nullptr || object->parent == nullptr || is_made_up_by_the_kernel(*object))
        return std::nullopt;
    if (object->link.name.empty()) {
        auto last = last_name_looked_up(operation, name, *object->parent);
        if (!last) return std::nullopt;
        auto named = std::make_shared<FileObject>(*object);
        named->link.name = std::move(*last);
        object = std::move(named);
    }
    NameEnd end;
    end.operand = operand;
    end.child = is_absent(object->link) ? ObjectId{} : object->link.id;
    end.after = end.child;
    for (const BindingChange& change : binding_changes(operation)) {
        if (change.directory != object->parent->link.id || !(change.name == object->link.name))
            continue;
        if (change.before) end.child = *change.before;
        end.after = change.after;
    }
    end.file = std::move(object);
    return end;
}

NameLookup lookup_of(const Operation& operation, NameEnd end) {
    NameLookup lookup;
    lookup.operand = end.operand;
    const uint8_t argument = operation.operands[end.operand].info.argument;
    for (const FollowedLink& followed : operation.links) {
        if (followed.argument != argument || followed.link->parent == nullptr) continue;
        add_chain(lookup.bindings, followed.link);
    }
    add_chain(lookup.bindings, std::move(end.file));
    lookup.bindings.back().child = end.child;
    lookup.after = end.after;
    return lookup;
}

std::optional<NameLookup> lookup_of(const Operation& operation, size_t operand) {
    auto end = end_of_name(operation, operand);
    return end ? std::optional(lookup_of(operation, std::move(*end))) : std::nullopt;
}

std::vector<NameLookup> lookups_of(const Operation& operation) {
    std::vector<NameLookup> lookups;
    for (size_t i = 0; i < operation.operands.size(); ++i)
        if (auto lookup = lookup_of(operation, i)) lookups.push_back(std::move(*lookup));
    return lookups;
}

}  // namespace tocsin
