// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/owned_views.h"

namespace tocsin {
namespace {

// The copy that the place holds, made by `make` where it holds none.
template <typename Owned, typename Make>
std::shared_ptr<const Owned> copy_in(CopyPlace place, const Make& make) {
    if (place.copy == nullptr) return make();
    if (*place.copy == nullptr) *place.copy = make();
    return std::static_pointer_cast<const Owned>(*place.copy);
}

SharedBytes share(std::string_view bytes, CopyPlace place) {
    if (bytes.empty()) return {};
    return SharedBytes(
        copy_in<std::string>(place, [&] { return std::make_shared<const std::string>(bytes); }));
}

template <typename Owned>
Owned with_bytes(const CapturedBytes& captured) {
    Owned owned;
    owned.bytes = share(captured.bytes, captured.place);
    owned.full_length = captured.full_length;
    owned.error = captured.error;
    owned.cut = captured.cut;
    return owned;
}

std::shared_ptr<const FileObject> copy_of(const ObjectNode& node) {
    auto file = std::make_shared<FileObject>();
    file->link = {node.id,
                  node.mode,
                  node.uid,
                  node.gid,
                  node.links,
                  node.mount,
                  share(node.name, node.place_of_name),
                  node.cut};
    if (node.parent != nullptr) file->parent = own(*node.parent);
    return file;
}

}  // namespace

ClaimView own(const ClaimedBytes& claimed) {
    return with_bytes<ClaimView>(claimed);
}
KernelView own(const KernelBytes& kernel) {
    return with_bytes<KernelView>(kernel);
}

const TaskState SharedTask::kNobody;

SharedTask own(const Task& task) {
    return SharedTask(copy_in<TaskState>(task.place, [&] {
        return std::make_shared<const TaskState>(TaskState{
            task.id, task.credentials, task.namespaces, task.abi, std::string(task.comm)});
    }));
}

std::vector<const FileObject::Link*> FileObject::chain() const {
    std::vector<const Link*> links;
    for (const FileObject* at = this; at != nullptr; at = at->parent.get())
        links.push_back(&at->link);
    return links;
}

std::string FileObject::path() const {
    size_t length = 0;
    const FileObject* top = this;
    for (const FileObject* at = this; at != nullptr; top = at, at = at->parent.get())
        if (at->link.name != kRootName) length += 1 + at->link.name.size();
    std::string path = top->link.cut ? "…" : "";
    path.resize(path.size() + length, '/');
    // From its end, as the file comes before its directories.
    size_t end = path.size();
    for (const FileObject* at = this; at != nullptr; at = at->parent.get()) {
        const std::string_view name = at->link.name;
        if (name == kRootName) continue;
        end -= name.size();
        name.copy(path.data() + end, name.size());
        --end;
    }
    return path.empty() ? "/" : path;
}

std::shared_ptr<const FileObject> own(const ObjectNode& node) {
    return copy_in<FileObject>(node.place, [&] { return copy_of(node); });
}

std::shared_ptr<const FileObject> own(std::span<const KernelObject> objects, ObjectRole role) {
    for (const KernelObject& object : objects)
        if (object.role == role && object.node != nullptr) return own(*object.node);
    return nullptr;
}

}  // namespace tocsin
