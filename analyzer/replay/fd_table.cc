// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/fd_table.h"

#include <climits>

namespace tocsin {
namespace {

int as_fd(uint32_t number) {
    return number > INT_MAX ? INT_MAX : static_cast<int>(number);
}

void make_closed(FdTable::Slot& slot) {
    slot.object = nullptr;
    slot.is_open = false;
}

void make_unknown(FdTable::Slot& slot) {
    ++slot.generation;
    slot.object = nullptr;
    slot.is_open = true;
}

}  // namespace

FdTable::FdTable(std::shared_ptr<SlotBudget> budget)
    : budget_(std::move(budget)), slots_(std::make_shared<Slots>(budget_)) {}

std::map<int, FdTable::Slot>& FdTable::own() {
    if (slots_.use_count() == 1) return slots_->by_fd;
    const size_t size = slots_->by_fd.size();
    if (size > kMostSlotsInAll - budget_->used) {
        budget_->left_out += size;
        slots_ = std::make_shared<Slots>(budget_);
    } else {
        slots_ = std::make_shared<Slots>(*slots_);
    }
    return slots_->by_fd;
}

template <typename Change>
void FdTable::change_range(uint32_t first, uint32_t last, Change change) {
    const auto known = slots_->by_fd.lower_bound(as_fd(first));
    if (known == slots_->by_fd.end() || known->first > as_fd(last)) return;
    auto& slots = own();
    for (auto at = slots.lower_bound(as_fd(first)); at != slots.end() && at->first <= as_fd(last);
         ++at)
        change(at->second);
}

void FdTable::open(int fd, std::shared_ptr<const FileObject> object, bool closes_on_exec) {
    if (fd < 0) return;
    auto& slots = own();
    auto at = slots.find(fd);
    if (at == slots.end()) {
        if (slots.size() >= kMostSlots || budget_->used >= kMostSlotsInAll) {
            ++budget_->left_out;
            return;
        }
        ++budget_->used;
        at = slots.emplace(fd, Slot{}).first;
    }
    Slot& slot = at->second;
    ++slot.generation;
    slot.object = std::move(object);
    slot.is_open = true;
    slot.closes_on_exec = closes_on_exec;
}

void FdTable::close(int fd) {
    if (fd >= 0) close_range(static_cast<uint32_t>(fd), static_cast<uint32_t>(fd));
}

void FdTable::duplicate(int from, int to, bool closes_on_exec) {
    if (from == to) return;
    const Slot* source = find(from);
    open(to, source != nullptr ? source->object : nullptr, closes_on_exec);
}

void FdTable::set_close_on_exec(int fd, bool closes_on_exec) {
    if (fd < 0) return;
    const auto number = static_cast<uint32_t>(fd);
    change_range(number, number, [=](Slot& slot) { slot.closes_on_exec = closes_on_exec; });
}

void FdTable::close_range(uint32_t first, uint32_t last) {
    change_range(first, last, make_closed);
}

void FdTable::set_close_on_exec_range(uint32_t first, uint32_t last) {
    change_range(first, last, [](Slot& slot) { slot.closes_on_exec = true; });
}

void FdTable::exec() {
    change_range(0, INT_MAX, [](Slot& slot) {
        if (slot.closes_on_exec) make_closed(slot);
    });
}

void FdTable::forget(int fd) {
    if (fd >= 0) forget_range(static_cast<uint32_t>(fd), static_cast<uint32_t>(fd));
}

void FdTable::forget_range(uint32_t first, uint32_t last) {
    change_range(first, last, make_unknown);
}

void FdTable::forget_all() {
    forget_range(0, INT_MAX);
}

void FdTable::forget_close_on_exec() {
    change_range(0, INT_MAX, [](Slot& slot) {
        if (slot.closes_on_exec) make_unknown(slot);
    });
}

const FdTable::Slot* FdTable::find(int fd) const {
    const auto at = slots_->by_fd.find(fd);
    return at == slots_->by_fd.end() ? nullptr : &at->second;
}

}  // namespace tocsin
