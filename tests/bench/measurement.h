// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tocsin::bench {

// Seconds of CPU that this thread has had: what a busy machine takes away is not among them.
double thread_cpu_seconds();
// The same of one call.
double cpu_seconds(const std::function<void()>& work);

double median(std::vector<double> values);

// Things to be timed against each other. Rounds are interleaved (every thing once, then all
// again), so that a busy machine slows all of them alike.
class Contest {
  public:
    // `prepare` comes before each run and is not timed.
    void add(std::string name, std::function<void()> work, std::function<void()> prepare = {});
    void run(size_t rounds);
    // Median of the rounds.
    double seconds(const std::string& name) const;

  private:
    struct Entrant {
        std::string name;
        std::function<void()> work, prepare;
        std::vector<double> rounds;
    };
    std::vector<Entrant> entrants_;
};

// By how many bytes the memory of the process grows at the most while `work` runs; nullopt where
// the kernel does not tell.
std::optional<size_t> peak_growth(const std::function<void()>& work);

}  // namespace tocsin::bench
