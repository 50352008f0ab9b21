// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/process_image.h"

namespace tocsin {
namespace {

std::shared_ptr<const ProcessImage> without_ancestors(const ProcessImage& image) {
    auto alone = std::make_shared<ProcessImage>(image);
    alone->parent = nullptr;
    alone->ancestors = 0;
    return alone;
}

}  // namespace

std::shared_ptr<const ProcessImage> forked_from(const std::shared_ptr<const ProcessImage>& parent,
                                                const TaskState& child) {
    auto image = std::make_shared<ProcessImage>(*parent);
    const bool is_full = parent->ancestors >= ProcessImage::kMostAncestors;
    image->parent = is_full ? without_ancestors(*parent) : parent;
    image->ancestors = image->parent->ancestors + 1;
    image->parent_id = parent->process;
    image->process = child.id;
    image->comm = child.comm;
    image->credentials = child.credentials;
    return image;
}

}  // namespace tocsin
