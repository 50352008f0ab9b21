// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/owned_views.h"

namespace tocsin {
namespace {

template <typename Owned>
Owned own_bytes(const CapturedBytes& captured) {
    Owned owned;
    owned.bytes = captured.bytes;
    owned.full_length = captured.full_length;
    owned.error = captured.error;
    owned.cut = captured.cut;
    return owned;
}

}  // namespace

ClaimView own(const ClaimedBytes& claimed) {
    return own_bytes<ClaimView>(claimed);
}
KernelView own(const KernelBytes& kernel) {
    return own_bytes<KernelView>(kernel);
}

TaskState own(const Task& task) {
    return {task.id, task.credentials, task.namespaces, task.abi, std::string(task.comm)};
}

std::shared_ptr<const FileObject> own(std::span<const KernelObject> objects, ObjectRole role) {
    for (const KernelObject& object : objects) {
        if (object.role != role || object.node == nullptr) continue;
        auto file = std::make_shared<FileObject>();
        file->path = path_of(*object.node);
        for (const ObjectNode* node = object.node; node != nullptr; node = node->parent)
            file->chain.push_back({node->id, node->mode, node->uid, node->gid, node->links,
                                   node->mount, std::string(node->name)});
        return file;
    }
    return nullptr;
}

}  // namespace tocsin
