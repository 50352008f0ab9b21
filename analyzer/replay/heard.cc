// SPDX-License-Identifier: Apache-2.0
#include "analyzer/replay/heard.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/hooks.h"

namespace tocsin {
namespace {

constexpr std::array<std::pair<std::string_view, OrderHook>, 5> kOrderHooks = {{
    {"signal_generate", OrderHook::kSignalQueued},
    {"signal_deliver", OrderHook::kSignalTaken},
    {"sched_waking", OrderHook::kWaking},
    {"posix_lock_inode", OrderHook::kPosixLock},
    {"flock_lock_inode", OrderHook::kFlock},
}};

std::vector<OrderHook> by_id() {
    std::vector<OrderHook> hooks;
    for (const auto& [name, kind] : kOrderHooks) {
        const HookInfo* row = find_hook(name);
        if (row == nullptr) continue;
        if (row->id >= hooks.size()) hooks.resize(row->id + size_t{1}, OrderHook::kNone);
        hooks[row->id] = kind;
    }
    return hooks;
}

}  // namespace

OrderHook order_hook(uint16_t hook) {
    static const std::vector<OrderHook> hooks = by_id();
    return hook < hooks.size() ? hooks[hook] : OrderHook::kNone;
}

}  // namespace tocsin
