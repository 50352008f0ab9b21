// SPDX-License-Identifier: Apache-2.0
#include "analyzer/window/correlation_window.h"

#include "formats/quantity.h"

namespace tocsin {
namespace {

using std::chrono::nanoseconds;

constexpr std::string_view kUnlimitedWord = "unlimited";

struct Limit {
    std::string_view name;
    nanoseconds CorrelationWindow::*member;
    nanoseconds least;
};
constexpr Limit kCheckUse = {"check-use", &CorrelationWindow::check_use, nanoseconds(1)};
constexpr Limit kMutationUse = {"mutation-use", &CorrelationWindow::mutation_use, nanoseconds(1)};
constexpr Limit kOrphan = {"orphan", &CorrelationWindow::orphan, nanoseconds(0)};

const Limit* limit_named(std::string_view name) {
    for (const Limit* limit : {&kCheckUse, &kMutationUse, &kOrphan})
        if (limit->name == name) return limit;
    return nullptr;
}

Error error_about(const std::string& item, const std::string& what) {
    return Error{"the window '" + item + "' " + what};
}

// `item` is what the value was taken from.
Result<nanoseconds> parse_limit(const Limit& limit, const std::string& value,
                                const std::string& item) {
    if (value == kUnlimitedWord) {
        if (&limit != &kOrphan) return kUnlimited;
        return error_about(item,
                           "has no end: a hook's record is joined to a call by thread and time "
                           "alone, so state how long at most, for example orphan=10ms");
    }
    const auto parsed = parse_duration(value, nanoseconds(0));
    if (!parsed)
        return error_about(
            item,
            "states no time with a unit, of at most ten years; write for example 50ms, "
            "check-use=2s, mutation-use=unlimited or orphan=10ms");
    if (*parsed < limit.least)
        return error_about(item,
                           "admits no time at all, and a check takes some to precede its use; "
                           "write for example 1us, or unlimited");
    return *parsed;
}

std::string joined(const CorrelationWindow& window, std::string_view equals,
                   std::string_view before_unit, std::string_view comma) {
    std::string text;
    for (const Limit* limit : {&kCheckUse, &kMutationUse, &kOrphan}) {
        const nanoseconds value = window.*limit->member;
        if (limit == &kOrphan && value == CorrelationWindow().orphan) continue;
        if (!text.empty()) text += comma;
        text += limit->name;
        text += equals;
        text +=
            value == kUnlimited ? std::string(kUnlimitedWord) : duration_text(value, before_unit);
    }
    return text;
}

}  // namespace

Result<> set_window(CorrelationWindow& window, const std::string& item) {
    const size_t equals = item.find('=');
    if (equals == std::string::npos) {
        const auto both = parse_limit(kCheckUse, item, item);
        if (!both) return both.error();
        window.check_use = window.mutation_use = *both;
        return {};
    }
    const Limit* limit = limit_named(std::string_view(item).substr(0, equals));
    if (limit == nullptr)
        return error_about(item,
                           "names no limit that there is; write check-use=2s, mutation-use=100ms, "
                           "orphan=10ms, or 50ms for the first two");
    const auto value = parse_limit(*limit, item.substr(equals + 1), item);
    if (!value) return value.error();
    window.*limit->member = *value;
    return {};
}

CorrelationWindow with(CorrelationWindow window, const OwnLimits& own) {
    window.check_use = own.check_use.value_or(window.check_use);
    window.mutation_use = own.mutation_use.value_or(window.mutation_use);
    return window;
}

Result<> set_own_limits(OwnLimits& own, const std::string& item) {
    const std::string name = item.substr(0, item.find('='));
    if (name == kOrphan.name)
        return error_about(item,
                           "is of records without a call, which belong to no class yet; set it "
                           "for all");
    CorrelationWindow window;
    if (auto set = set_window(window, item); !set) return set;
    if (name != kMutationUse.name) own.check_use = window.check_use;
    if (name != kCheckUse.name) own.mutation_use = window.mutation_use;
    return {};
}

std::vector<std::string> window_items(const std::string& items) {
    std::vector<std::string> split;
    for (size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
        end = items.find(',', begin);
        split.push_back(items.substr(begin, end - begin));
    }
    return split;
}

Result<> set_windows(CorrelationWindow& window, const std::string& items) {
    CorrelationWindow changed = window;
    for (const std::string& item : window_items(items))
        if (auto set = set_window(changed, item); !set) return set;
    window = changed;
    return {};
}

std::string limit_text(nanoseconds limit) {
    return limit == kUnlimited ? std::string(kUnlimitedWord) : duration_text(limit);
}

std::string text_of(const CorrelationWindow& window) {
    return joined(window, " ", " ", ", ");
}

std::string option_of(const CorrelationWindow& window) {
    return joined(window, "=", "", ",");
}

std::string text_of(const OwnLimits& own) {
    std::string text;
    for (const auto& [limit, value] :
         {std::pair(&kCheckUse, own.check_use), std::pair(&kMutationUse, own.mutation_use)}) {
        if (!value) continue;
        if (!text.empty()) text += ", ";
        text += limit->name;
        text += ' ';
        text += limit_text(*value);
    }
    return text;
}

std::string_view name_of(Axis axis) {
    switch (axis) {
        case Axis::kBoth:
            return "both";
        case Axis::kCheckUse:
            return kCheckUse.name;
        case Axis::kMutationUse:
            return kMutationUse.name;
    }
    return "?";
}

std::optional<Axis> axis_named(std::string_view name) {
    for (const Axis axis : {Axis::kBoth, Axis::kCheckUse, Axis::kMutationUse})
        if (name_of(axis) == name) return axis;
    return std::nullopt;
}

Moves moves_of(Axis axis, const OwnLimits& own) {
    return {axis != Axis::kMutationUse && !own.check_use,
            axis != Axis::kCheckUse && !own.mutation_use};
}

std::optional<nanoseconds> position_of(const CorrelationWindow& window, Axis axis) {
    if (axis == Axis::kMutationUse) return window.mutation_use;
    if (axis == Axis::kBoth && window.check_use != window.mutation_use) return std::nullopt;
    return window.check_use;
}

CorrelationWindow moved_to(CorrelationWindow window, Axis axis, nanoseconds limit) {
    if (axis != Axis::kMutationUse) window.check_use = limit;
    if (axis != Axis::kCheckUse) window.mutation_use = limit;
    return window;
}

}  // namespace tocsin
