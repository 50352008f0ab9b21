// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/fd_table.h"

#include <climits>

namespace tocsin {
namespace {

int as_fd(uint32_t number) {
    return number > INT_MAX ? INT_MAX : static_cast<int>(number);
}

}  // namespace

void FdTable::open(int fd, std::shared_ptr<const FileObject> object, bool closes_on_exec) {
    if (fd < 0) return;
    auto at = slots_.find(fd);
    if (at == slots_.end()) {
        if (slots_.size() >= kMostSlots) {
            ++left_out_;
            return;
        }
        at = slots_.emplace(fd, Slot{}).first;
    }
    Slot& slot = at->second;
    ++slot.generation;
    slot.object = std::move(object);
    slot.is_open = true;
    slot.closes_on_exec = closes_on_exec;
}

void FdTable::close(int fd) {
    const auto at = slots_.find(fd);
    if (at == slots_.end()) return;
    at->second.object = nullptr;
    at->second.is_open = false;
}

void FdTable::duplicate(int from, int to, bool closes_on_exec) {
    if (from == to) return;
    const Slot* source = find(from);
    open(to, source != nullptr ? source->object : nullptr, closes_on_exec);
}

void FdTable::set_close_on_exec(int fd, bool closes_on_exec) {
    const auto at = slots_.find(fd);
    if (at != slots_.end()) at->second.closes_on_exec = closes_on_exec;
}

void FdTable::close_range(uint32_t first, uint32_t last) {
    for (auto at = slots_.lower_bound(as_fd(first)); at != slots_.end() && at->first <= as_fd(last);
         ++at) {
        at->second.object = nullptr;
        at->second.is_open = false;
    }
}

void FdTable::set_close_on_exec_range(uint32_t first, uint32_t last) {
    for (auto at = slots_.lower_bound(as_fd(first)); at != slots_.end() && at->first <= as_fd(last);
         ++at)
        at->second.closes_on_exec = true;
}

void FdTable::exec() {
    for (auto& [fd, slot] : slots_) {
        if (!slot.closes_on_exec) continue;
        slot.object = nullptr;
        slot.is_open = false;
    }
}

const FdTable::Slot* FdTable::find(int fd) const {
    const auto at = slots_.find(fd);
    return at == slots_.end() ? nullptr : &at->second;
}

}  // namespace tocsin
