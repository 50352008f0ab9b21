// SPDX-License-Identifier: Apache-2.0
#include "analyzer/window/sweep.h"

#include <algorithm>
#include <iterator>

#include "formats/check.h"

namespace tocsin {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr nanoseconds kScale[] = {1us, 10us, 100us, 1ms, 10ms, 100ms,     1s,
                                  10s, 1min, 10min, 1h,  24h,  kUnlimited};

nanoseconds twice(nanoseconds limit) {
    return limit > kUnlimited / 2 ? kUnlimited : limit * 2;
}

nanoseconds half(nanoseconds limit) {
    return limit == kUnlimited ? kUnlimited : limit / 2;
}

}  // namespace

Sweep::Sweep(size_t classes, std::span<const Item> items) : classes_(classes) {
    for (const Item& item : items) {
        CHECK(item.class_index < classes);
        OfClass& of_class = classes_[item.class_index];
        of_class.born.push_back({item.interval.birth, item.count});
        if (item.interval.death) of_class.died.push_back({*item.interval.death, item.count});
    }
    for (OfClass& of_class : classes_) {
        for (Steps* steps : {&of_class.born, &of_class.died}) {
            add_up(*steps);
            for (const Step& step : *steps)
                if (step.limit > 0ns) changes_.push_back(step.limit);
        }
    }
    std::sort(changes_.begin(), changes_.end());
    changes_.erase(std::unique(changes_.begin(), changes_.end()), changes_.end());
}

// Makes one step of those at the same limit, and each total that of all steps up to it.
void Sweep::add_up(Steps& steps) {
    std::sort(steps.begin(), steps.end(),
              [](const Step& a, const Step& b) { return a.limit < b.limit; });
    size_t kept = 0;
    uint64_t total = 0;
    for (const Step& step : steps) {
        total += step.total;
        if (kept == 0 || steps[kept - 1].limit != step.limit) ++kept;
        steps[kept - 1] = {step.limit, total};
    }
    steps.resize(kept);
    steps.shrink_to_fit();
}

uint64_t Sweep::total_at(const Steps& steps, nanoseconds limit) {
    const auto behind =
        std::upper_bound(steps.begin(), steps.end(), limit,
                         [](nanoseconds at, const Step& step) { return at < step.limit; });
    return behind == steps.begin() ? 0 : std::prev(behind)->total;
}

uint64_t Sweep::count(size_t class_index, nanoseconds limit) const {
    CHECK(class_index < classes_.size());
    const OfClass& of_class = classes_[class_index];
    return total_at(of_class.born, limit) - total_at(of_class.died, limit);
}

Sweep sweep_along(Axis axis, const CorrelationWindow& window, std::span<const OwnLimits> own,
                  std::span<const Lifespan> lifespans) {
    std::vector<Sweep::Item> items;
    for (const Lifespan& lifespan : lifespans) {
        const size_t better = lifespan.lifetime.better_class;
        CHECK(lifespan.class_index < own.size() && better < own.size());
        if (const auto interval =
                lifespan.lifetime.interval(axis, window, own[lifespan.class_index], own[better]))
            items.push_back({lifespan.class_index, *interval, lifespan.count});
    }
    return Sweep(own.size(), items);
}

std::vector<SweepRow> table_rows(std::optional<nanoseconds> chosen) {
    std::vector<SweepRow> rows;
    if (chosen)
        rows = {{*chosen, RowMark::kChosen},
                {half(*chosen), RowMark::kHalf},
                {twice(*chosen), RowMark::kTwice}};
    for (const nanoseconds limit : kScale) rows.push_back({limit, RowMark::kNone});
    // Stable, so that of equal limits the mark that comes first above stays.
    std::stable_sort(rows.begin(), rows.end(),
                     [](const SweepRow& a, const SweepRow& b) { return a.limit < b.limit; });
    rows.erase(std::unique(rows.begin(), rows.end(),
                           [](const SweepRow& a, const SweepRow& b) { return a.limit == b.limit; }),
               rows.end());
    return rows;
}

}  // namespace tocsin
