// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/owned_views.h"

#include <algorithm>

namespace tocsin {
namespace {

template <typename Owned>
Owned with_bytes(const CapturedBytes& captured, SharedBytes bytes) {
    Owned owned;
    owned.bytes = std::move(bytes);
    owned.full_length = captured.full_length;
    owned.error = captured.error;
    owned.cut = captured.cut;
    return owned;
}

bool is_copy(const FileObject::Link& link, const ObjectNode& node) {
    return link.id == node.id && link.mode == node.mode && link.uid == node.uid &&
           link.gid == node.gid && link.links == node.links && link.mount == node.mount &&
           link.cut == node.cut && link.name == node.name;
}

bool is_copy(const FileObject& file, const ObjectNode& node) {
    const FileObject* copy = &file;
    const ObjectNode* at = &node;
    for (; copy != nullptr && at != nullptr; copy = copy->parent.get(), at = at->parent)
        if (!is_copy(copy->link, *at)) return false;
    return copy == nullptr && at == nullptr;
}

}  // namespace

ClaimView own(const ClaimedBytes& claimed) {
    return with_bytes<ClaimView>(claimed, claimed.bytes);
}
KernelView own(const KernelBytes& kernel) {
    return with_bytes<KernelView>(kernel, kernel.bytes);
}

TaskState own(const Task& task) {
    return {task.id, task.credentials, task.namespaces, task.abi, std::string(task.comm)};
}

std::vector<const FileObject::Link*> FileObject::chain() const {
    std::vector<const Link*> links;
    for (const FileObject* at = this; at != nullptr; at = at->parent.get())
        links.push_back(&at->link);
    return links;
}

std::string FileObject::path() const {
    const std::vector<const Link*> links = chain();
    std::vector<ObjectNode> nodes(links.size());
    for (size_t i = 0; i < links.size(); ++i) {
        nodes[i].name = links[i]->name;
        nodes[i].cut = links[i]->cut;
        if (i + 1 < links.size()) nodes[i].parent = &nodes[i + 1];
    }
    return path_of(nodes.front());
}

template <typename Source, typename Owned>
void SharedViews::Known<Source, Owned>::forget_unused() {
    if (by_address.size() < most) return;
    std::erase_if(by_address, [](const auto& entry) { return entry.second.expired(); });
    most = std::max(kFew, 2 * by_address.size());
}

SharedBytes SharedViews::share(std::string_view bytes) {
    if (bytes.empty()) return {};  // lies at the address of the string behind it
    std::weak_ptr<const std::string>& known = strings_.by_address[bytes.data()];
    auto shared = known.lock();
    if (shared == nullptr || *shared != bytes) {
        shared = std::make_shared<const std::string>(bytes);
        known = shared;
        strings_.forget_unused();
    }
    return SharedBytes(std::move(shared));
}

ClaimView SharedViews::own(const ClaimedBytes& claimed) {
    return with_bytes<ClaimView>(claimed, share(claimed.bytes));
}
KernelView SharedViews::own(const KernelBytes& kernel) {
    return with_bytes<KernelView>(kernel, share(kernel.bytes));
}

std::shared_ptr<const FileObject> SharedViews::own(const ObjectNode& node) {
    if (const auto at = files_.by_address.find(&node); at != files_.by_address.end())
        if (auto file = at->second.lock(); file != nullptr && is_copy(*file, node)) return file;
    auto file = std::make_shared<FileObject>();
    file->link = {node.id,    node.mode,  node.uid,         node.gid,
                  node.links, node.mount, share(node.name), node.cut};
    if (node.parent != nullptr) file->parent = own(*node.parent);
    files_.by_address[&node] = file;
    files_.forget_unused();
    return file;
}

std::shared_ptr<const FileObject> SharedViews::own(std::span<const KernelObject> objects,
                                                   ObjectRole role) {
    for (const KernelObject& object : objects)
        if (object.role == role && object.node != nullptr) return own(*object.node);
    return nullptr;
}

}  // namespace tocsin
