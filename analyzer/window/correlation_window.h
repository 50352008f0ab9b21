// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/replay/operation_assembler.h"
#include "formats/result.h"

namespace tocsin {

// The limit that nothing exceeds.
inline constexpr std::chrono::nanoseconds kUnlimited = std::chrono::nanoseconds::max();

// How far records may lie apart and still be taken together. Limits are inclusive.
struct CorrelationWindow {
    // From the kernel's decision about a check to that about its use.
    std::chrono::nanoseconds check_use = kUnlimited;
    // From a mutation to the use.
    std::chrono::nanoseconds mutation_use = kUnlimited;
    // From a call's begin to a hook's record of its thread that names no call (see
    // OperationAssembler). A weak join: never unlimited.
    std::chrono::nanoseconds orphan = OperationAssembler::kDefaultOrphanWindow;

    bool operator==(const CorrelationWindow&) const = default;
};

// Limits that one class of candidates has to itself, instead of the window's.
struct OwnLimits {
    std::optional<std::chrono::nanoseconds> check_use, mutation_use;

    bool operator==(const OwnLimits&) const = default;
    bool any() const { return check_use || mutation_use; }
};
CorrelationWindow with(CorrelationWindow window, const OwnLimits& own);
// Sets what one item says, "50ms", "check-use=2s" or "mutation-use=100ms", as set_window() does.
Result<> set_own_limits(OwnLimits& own, const std::string& item);

// Sets what one item says: "50ms" check-use and mutation-use, "check-use=2s", "mutation-use=100ms"
// or "orphan=10ms" only that limit. "unlimited" is a value of all but orphan, zero ("0ns") of
// orphan alone. Errors are sentences that quote the item as it is: escape them. `window` is then
// unchanged.
Result<> set_window(CorrelationWindow& window, const std::string& item);

// What stands between commas.
std::vector<std::string> window_items(const std::string& items);
// set_window() with each of the items between commas, in turn: later ones win.
Result<> set_windows(CorrelationWindow& window, const std::string& items);

// "50 ms", "unlimited"; exact.
std::string limit_text(std::chrono::nanoseconds limit);
// For people: "check-use 50 ms, mutation-use unlimited", and ", orphan 20 ms" where that is not the
// default. Exact: equal texts are equal windows.
std::string text_of(const CorrelationWindow& window);
// The same as set_windows() takes it back: "check-use=50ms,mutation-use=unlimited".
std::string option_of(const CorrelationWindow& window);
// "check-use 50 ms, mutation-use unlimited", of those that are set.
std::string text_of(const OwnLimits& own);

// Which limits a sweep moves.
enum class Axis : uint8_t {
    kBoth,         // check-use and mutation-use together, as a bare value sets them
    kCheckUse,     // mutation-use stays
    kMutationUse,  // check-use stays
};
std::string_view name_of(Axis axis);  // "check-use"
std::optional<Axis> axis_named(std::string_view name);

// The limits that an axis moves, or those of them that a class does not keep to itself.
struct Moves {
    bool check_use = false, mutation_use = false;
};
Moves moves_of(Axis axis, const OwnLimits& own = {});

// Where the window stands on the axis; on kBoth nullopt where its two limits differ.
std::optional<std::chrono::nanoseconds> position_of(const CorrelationWindow& window, Axis axis);
// The window with its limits on the axis moved there.
CorrelationWindow moved_to(CorrelationWindow window, Axis axis, std::chrono::nanoseconds limit);

}  // namespace tocsin
