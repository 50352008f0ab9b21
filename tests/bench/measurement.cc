// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measurement.h"

#include <malloc.h>

#include <algorithm>
#include <ctime>
#include <fstream>

#include "formats/check.h"

namespace tocsin::bench {
namespace {

std::optional<size_t> status_kilobytes(const std::string& field) {
    std::ifstream status("/proc/self/status");
    std::string name;
    size_t value = 0;
    while (status >> name) {
        if (name == field && status >> value) return value;
        std::getline(status, name);
    }
    return std::nullopt;
}

}  // namespace

double thread_cpu_seconds() {
    timespec now{};
    CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double cpu_seconds(const std::function<void()>& work) {
    const double before = thread_cpu_seconds();
    work();
    return thread_cpu_seconds() - before;
}

double median(std::vector<double> values) {
    CHECK(!values.empty());
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

void Contest::add(std::string name, std::function<void()> work, std::function<void()> prepare) {
    entrants_.push_back({std::move(name), std::move(work), std::move(prepare), {}});
}

void Contest::run(size_t rounds) {
    for (size_t round = 0; round < rounds; ++round)
        for (Entrant& entrant : entrants_) {
            if (entrant.prepare) entrant.prepare();
            entrant.rounds.push_back(cpu_seconds(entrant.work));
        }
}

double Contest::seconds(const std::string& name) const {
    for (const Entrant& entrant : entrants_)
        if (entrant.name == name) return median(entrant.rounds);
    CHECK(!"a contest was asked for a name that did not take part");
    return 0;
}

std::optional<size_t> peak_growth(const std::function<void()>& work) {
    malloc_trim(0);  // memory that was freed before would be used again unseen
    // proc(5): 5 resets the peak, VmHWM, to the present size.
    std::ofstream("/proc/self/clear_refs") << "5" << std::flush;
    const auto before = status_kilobytes("VmHWM:");
    work();
    const auto after = status_kilobytes("VmHWM:");
    if (!before || !after) return std::nullopt;
    return (*after - *before) * 1024;
}

}  // namespace tocsin::bench
