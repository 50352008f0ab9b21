// SPDX-License-Identifier: Apache-2.0
//
// sweep-bench [CANDIDATES [WINDOWS]]: how long it takes to say how many findings of each class any
// window has. README.md says how to read it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <string_view>
#include <vector>

#include "analyzer/window/sweep.h"

namespace tocsin::bench {
namespace {

using std::chrono::nanoseconds;

constexpr size_t kClasses = 14;
constexpr double kLongest = 1e12;  // ns

// Gaps on a log scale, one to six explanations each, and half of them with better ones: more
// corners than candidates of recorded traces have.
class Made {
  public:
    std::vector<Lifespan> lifespans(size_t count) {
        std::vector<Lifespan> made(count);
        for (Lifespan& one : made) {
            one.class_index = random_() % kClasses;
            one.lifetime.better_class = random_() % kClasses;
            one.lifetime.births = staircase(1 + random_() % 6);
            if (random_() % 2 == 0) one.lifetime.deaths = staircase(1 + random_() % 6);
        }
        return made;
    }
    nanoseconds limit() {
        return nanoseconds(static_cast<int64_t>(std::exp(share_(random_) * std::log(kLongest))));
    }

  private:
    Staircase staircase(size_t corners) {
        Staircase made;
        for (size_t i = 0; i < corners; ++i) made.add({limit(), limit()});
        return made;
    }

    std::mt19937_64 random_{1};  // the same candidates in every run
    std::uniform_real_distribution<double> share_{0, 1};
};

double us_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
        .count();
}

std::string spread(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return fmt::format("median {:.1f}, 99 % below {:.1f}, most {:.1f}", times[times.size() / 2],
                       times[times.size() * 99 / 100], times.back());
}

size_t number(int argc, char** argv, int at, size_t otherwise) {
    if (at >= argc) return otherwise;
    const std::string_view text = argv[at];
    size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value > 0) return value;
    fmt::print(stderr, "usage: sweep-bench [CANDIDATES [WINDOWS]]\n");
    std::exit(2);
}

void run(size_t candidates, size_t windows) {
    Made made;
    const auto lifespans = made.lifespans(candidates);
    const std::array<OwnLimits, kClasses> own{};
    fmt::print("{} candidates, {} windows of each axis, {} classes in each; µs\n", candidates,
               windows, kClasses);
    for (const auto& [axis, name] :
         {std::pair(Axis::kBoth, "both"), std::pair(Axis::kCheckUse, "check-use"),
          std::pair(Axis::kMutationUse, "mutation-use")}) {
        const auto begin = std::chrono::steady_clock::now();
        const Sweep sweep = sweep_along(axis, {}, own, lifespans);
        const double built = us_since(begin);
        std::vector<double> times;
        uint64_t alive = 0;
        for (size_t i = 0; i < windows; ++i) {
            const nanoseconds limit = made.limit();
            const auto start = std::chrono::steady_clock::now();
            for (size_t k = 0; k < kClasses; ++k) alive += sweep.count(k, limit);
            times.push_back(us_since(start));
        }
        fmt::print("  {:<13} a window: {}; made ready once in {:.0f} ms; {} alive on average\n",
                   name, spread(std::move(times)), built / 1000, alive / windows);
    }
}

}  // namespace
}  // namespace tocsin::bench

int main(int argc, char** argv) {
    using tocsin::bench::number;
    tocsin::bench::run(number(argc, argv, 1, 1'000'000), number(argc, argv, 2, 1000));
}
