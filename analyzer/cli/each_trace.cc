// SPDX-License-Identifier: Apache-2.0
#include "analyzer/cli/each_trace.h"

#include <algorithm>
#include <deque>
#include <future>
#include <memory>
#include <thread>

#include "analyzer/cli/span_options.h"
#include "analyzer/cli/trace_inputs.h"
#include "analyzer/cli/watch.h"
#include "analyzer/report/escape.h"

namespace tocsin {
namespace {

constexpr size_t kJobsByDefault = 4;
constexpr size_t kMostJobs = 64;

// A trace and what became of it.
struct Pass {
    std::unique_ptr<const TraceReader> trace;  // `finish` points to it
    std::string trouble;                       // why there is nothing to finish
    Finish finish;
};

Pass pass_over(const std::string& path, const TimeSpan& span, const PassOver& take, Watch& watch) {
    Pass pass;
    const std::string name = display_name(path);
    auto trace = TraceReader::open(path);
    if (!trace) {
        pass.trouble = "cannot read " + quote(name) + ": " + trace.error().message;
    } else if (const auto in_span = expect_in(*trace, span); !in_span) {
        pass.trouble = quote(name) + ": " + in_span.error().message;
    } else {
        pass.trace = std::make_unique<const TraceReader>(std::move(*trace));
        Progress& progress = watch.begin();
        pass.finish = take(*pass.trace, name, progress);
        watch.end(progress);
    }
    return pass;
}

}  // namespace

void add_jobs_option(CLI::App& command, size_t& jobs) {
    command
        .add_option("--jobs", jobs,
                    "How many traces at once, 1 to 64, by default one a\n"
                    "processor up to 4; the result is the same")
        ->check(CLI::Range(size_t{1}, kMostJobs))
        ->option_text("N");
}

size_t processors() {
    return std::max(1U, std::thread::hardware_concurrency());
}

size_t jobs_for(size_t asked, const std::vector<std::string>& operands) {
    const auto paths = trace_paths(operands);
    if (!paths) return 1;
    const size_t most = asked != 0 ? asked : std::min(processors(), kJobsByDefault);
    return std::clamp(paths->size(), size_t{1}, most);
}

Result<ExitStatus> for_each_trace(const EachTrace& traces, const PassOver& take) {
    const auto paths = trace_paths(traces.operands);
    if (!paths) return paths.error();
    Watch watch(paths->size());
    ExitStatus worst = ExitStatus::kDone;
    // With one job each is passed over when its turn comes, on this thread.
    const auto policy = traces.jobs > 1 ? std::launch::async : std::launch::deferred;
    std::deque<std::future<Pass>> under_way;  // ends before the watch does, also by an error
    auto next = paths->begin();
    while (next != paths->end() || !under_way.empty()) {
        while (next != paths->end() && under_way.size() < traces.jobs)
            under_way.push_back(std::async(policy, pass_over, *next++, std::cref(traces.span),
                                           std::cref(take), std::ref(watch)));
        const Pass pass = under_way.front().get();
        under_way.pop_front();
        if (Watch::caught_signal() != 0) return interruption();
        const Watch::Quiet quiet(watch);
        if (!pass.finish) {
            complain(pass.trouble);
            worst = worse_of(worst, ExitStatus::kTrouble);
            continue;
        }
        const auto status = pass.finish();
        if (!status) {
            watch.cancel();
            return status.error();
        }
        worst = worse_of(worst, *status);
    }
    return worst;
}

}  // namespace tocsin
