// SPDX-License-Identifier: Apache-2.0
#include "analyzer/query/reach.h"

#include <algorithm>
#include <utility>

#include "analyzer/query/filter_node.h"

namespace tocsin {
namespace {

// Filters name a few processes. Of more than these any is looked at.
constexpr size_t kMostRanges = 1024;

NumberRange range_of(Comparison comparison, const NumberRange& literal) {
    switch (comparison) {
        case Comparison::kLess:
        case Comparison::kAtMost:
            return {INT64_MIN, literal.least};
        case Comparison::kGreater:
        case Comparison::kAtLeast:
            return {literal.least, INT64_MAX};
        default:
            return literal;
    }
}

Reach reach_of(const Test& test) {
    Reach reach;
    reach.asks_what_came_before = test.field->is_known_from_before;
    const bool is_of_time = test.field->name == kTimeField;
    if ((!is_of_time && test.field->name != kPidField) || test.literals.empty() ||
        test.literals.size() > kMostRanges || test.comparison == Comparison::kNotEqual)
        return reach;
    std::vector<NumberRange> ranges;
    for (const Literal& literal : test.literals)
        ranges.push_back(range_of(test.comparison, std::get<NumberRange>(literal)));
    if (!is_of_time) {
        reach.pids = std::move(ranges);
        return reach;
    }
    reach.time = ranges.front();
    for (const NumberRange& range : ranges) {
        reach.time.least = std::min(reach.time.least, range.least);
        reach.time.most = std::max(reach.time.most, range.most);
    }
    return reach;
}

// Where both are. Of two lists of processes the shorter one suffices.
Reach narrowed(Reach a, const Reach& b) {
    a.time = {std::max(a.time.least, b.time.least), std::min(a.time.most, b.time.most)};
    if (!a.pids || (b.pids && b.pids->size() < a.pids->size())) a.pids = b.pids;
    a.asks_what_came_before |= b.asks_what_came_before;
    return a;
}

// Where one of both is.
Reach widened(Reach a, const Reach& b) {
    a.time = {std::min(a.time.least, b.time.least), std::max(a.time.most, b.time.most)};
    if (a.pids && b.pids && a.pids->size() + b.pids->size() <= kMostRanges)
        a.pids->insert(a.pids->end(), b.pids->begin(), b.pids->end());
    else
        a.pids.reset();
    a.asks_what_came_before |= b.asks_what_came_before;
    return a;
}

}  // namespace

Reach Reach::of(const Filter::Node& node) {
    using Kind = Filter::Node::Kind;
    if (node.kind == Kind::kTest) return reach_of(node.test);
    Reach reach = of(*node.parts.front());
    if (node.kind == Kind::kNot) {
        Reach any;
        any.asks_what_came_before = reach.asks_what_came_before;
        return any;
    }
    for (size_t i = 1; i < node.parts.size(); ++i) {
        const Reach part = of(*node.parts[i]);
        reach = node.kind == Kind::kAll ? narrowed(std::move(reach), part)
                                        : widened(std::move(reach), part);
    }
    return reach;
}

bool Reach::may_be_in(const ChunkHeader& header, BootTime start) const {
    const auto since_start = [&](BootTime at) {
        return static_cast<int64_t>(
            std::min<uint64_t>(at.ns - std::min(at.ns, start.ns), INT64_MAX));
    };
    if (since_start(header.last_time) < time.least || since_start(header.first_time) > time.most)
        return false;
    const auto& processes = header.processes;
    if (!pids || processes.empty()) return true;
    return std::any_of(pids->begin(), pids->end(), [&](const NumberRange& range) {
        const auto first = std::lower_bound(processes.begin(), processes.end(), range.least);
        return first != processes.end() && *first <= range.most;
    });
}

}  // namespace tocsin
