// SPDX-License-Identifier: Apache-2.0
//
// How long a step of the window's slider takes at a million candidates: answers, table and
// histogram, painted once, as for a screen of two pixels a point.
#include <fmt/format.h>

#include <QApplication>
#include <QEvent>
#include <QStandardPaths>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "formats/hooks.h"
#include "gui/session/view_state.h"
#include "gui/views/findings_table.h"
#include "gui/views/findings_view.h"
#include "gui/views/histogram_plot.h"
#include "gui/views/histogram_view.h"
#include "tests/bench/measurement.h"

namespace tocsin::gui {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

constexpr size_t kRaces = 1024;  // that differ in more than their gaps
constexpr double kTargetMs = 16;

std::shared_ptr<const FileObject> file_named(const std::string& name, uint64_t inode) {
    FileObject file;
    file.link.id = {0x800001, inode, 1};
    file.link.mode = 0100644;
    file.link.name = std::string_view(name);
    return std::make_shared<const FileObject>(std::move(file));
}

std::shared_ptr<const Operation> call_at(const char* name, uint64_t ns, int32_t process) {
    Operation call;
    call.syscall = find_syscall(std::string_view(name));
    call.task = TaskState{{process, process, {}}, {}, {}, {}, "program"};
    call.began = {ns};
    call.decided = {ns + 500};
    call.ended = {ns + 1000};
    call.result = 0;
    call.operands.resize(1);
    return std::make_shared<const Operation>(std::move(call));
}

Candidate race_of(size_t i, uint64_t gap) {
    NameRace race;
    race.check = call_at("newfstatat", 1'000'000'000 + i * 1000, 100);
    race.name = "/srv/spool/job" + std::to_string(i % 97);
    race.expected = file_named("job", i + 10);
    race.found = file_named("other", i + 100'000);
    race.expected_id = race.expected->link.id;
    race.found_id = race.found->link.id;
    race.place.file = race.expected;
    Mutation change;
    change.operation = call_at("rename", race.check->began.ns + gap / 2, 200);
    change.explains = change.is_order_certain = true;
    race.mutations.push_back(std::move(change));
    race.explanation = 0;
    Candidate candidate;
    candidate.rule = Rule::kF1;
    candidate.operation = call_at("openat", race.check->began.ns + gap, 100);
    candidate.race = std::make_shared<const NameRace>(std::move(race));
    return candidate;
}

AnalysisResult synthetic(const AnalysisResult& real, size_t candidates, size_t findings) {
    AnalysisResult result = real;
    result.findings.clear();
    result.lifespans.clear();
    result.lifespan_severities.clear();
    std::mt19937_64 random(1);
    std::normal_distribution<double> exponent(6, 1.5);
    std::vector<Candidate> races;
    for (size_t i = 0; i < kRaces; ++i)
        races.push_back(race_of(i, static_cast<uint64_t>(std::pow(10.0, exponent(random)))));
    for (size_t i = 0; i < candidates; ++i) {
        const auto gap = static_cast<int64_t>(std::pow(10.0, exponent(random)));
        const Lifetime lifetime{
            {Corner{nanoseconds(gap),
                    nanoseconds(static_cast<int64_t>(random() % 1000) * gap / 1000)}},
            {}};
        const auto severity = static_cast<Severity>(random() % kSeverities);
        result.lifespans.push_back({static_cast<size_t>(Rule::kF1), lifetime, 1});
        result.lifespan_severities.push_back(severity);
        if (i >= findings) continue;
        Finding finding;
        finding.candidate = races[i % kRaces];
        finding.candidate.lifetime = lifetime;
        finding.judgement.severity = severity;
        finding.judgement.severity_score = static_cast<int>(severity) * 20 + 5;
        finding.fingerprint = fmt::format("{:016x}", i);
        result.findings.push_back(std::move(finding));
    }
    result.not_kept = candidates - findings;
    return result;
}

struct Times {
    std::vector<double> ms;
    double at(double part) {
        std::sort(ms.begin(), ms.end());
        return ms[static_cast<size_t>(part * static_cast<double>(ms.size() - 1))];
    }
};

// Whether a widget has been painted since it was asked for last.
class Painting : public QObject {
  public:
    explicit Painting(QWidget& widget) { widget.installEventFilter(this); }
    void await() { is_done_ = false; }
    bool is_done() const { return is_done_; }

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) is_done_ = true;
        return QObject::eventFilter(watched, event);
    }

  private:
    bool is_done_ = false;
};

double cpu_ms() {
    return bench::thread_cpu_seconds() * 1e3;
}

// A step, and all that it makes the views do until they are painted.
void step(ViewState& state, nanoseconds limit, std::span<Painting* const> paintings, Times& wall,
          Times& cpu) {
    for (Painting* painting : paintings) painting->await();
    const auto from = Clock::now();
    const double cpu_from = cpu_ms();
    state.set_window(state.axis(), limit);
    while (!std::all_of(paintings.begin(), paintings.end(),
                        [](const Painting* painting) { return painting->is_done(); }))
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    cpu.ms.push_back(cpu_ms() - cpu_from);
    wall.ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - from).count());
}

int run(const std::string& trace, size_t candidates, size_t findings, int steps) {
    TraceSession session(trace, AnalysisOptions());
    ViewState state(session);
    FindingsView table(state);
    HistogramView histogram(state);
    table.resize(900, 700);
    histogram.resize(900, 240);
    table.show();
    histogram.show();
    session.start();
    while (session.analysis() == nullptr || session.is_loading())
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    const auto from = Clock::now();
    session.take_analysis(synthetic(*session.analysis(), candidates, findings));
    const double prepared = std::chrono::duration<double, std::milli>(Clock::now() - from).count();
    Painting of_table(*table.findChild<FindingsTable*>()->viewport());
    Painting of_plot(*histogram.findChild<HistogramPlot*>());
    const std::array paintings{&of_table, &of_plot};
    bool is_met = true;
    for (const auto& [name, group_by] :
         {std::pair("flat", GroupBy::kNothing), std::pair("grouped by object", GroupBy::kObject)}) {
        table.model().set_group_by(group_by);
        QApplication::processEvents();
        Times wall, cpu;
        for (int i = 0; i < steps; ++i) {
            const double wave = 6 + 3 * std::sin(i * 0.05);
            step(state, nanoseconds(std::llround(std::pow(10.0, wave))), paintings, wall, cpu);
        }
        fmt::print(
            "{}: {} steps, {} candidates, {} kept: median {:.2f} ms, 99th percentile {:.2f} "
            "ms, most {:.2f} ms; of CPU {:.2f}, {:.2f} and {:.2f} ms\n",
            name, steps, candidates, findings, wall.at(0.5), wall.at(0.99), wall.at(1), cpu.at(0.5),
            cpu.at(0.99), cpu.at(1));
        is_met = is_met && wall.at(0.5) < kTargetMs;
    }
    fmt::print("prepared in {:.0f} ms; target: a step below {} ms: {}\n", prepared, kTargetMs,
               is_met ? "met" : "missed");
    return 0;
}

}  // namespace
}  // namespace tocsin::gui

// gui-window-bench TRACE [CANDIDATES FINDINGS STEPS]: the trace lends the session all but findings.
int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    if (qEnvironmentVariableIsEmpty("QT_SCALE_FACTOR")) qputenv("QT_SCALE_FACTOR", "2");
    QStandardPaths::setTestModeEnabled(true);
    const QApplication application(argc, argv);
    if (argc != 2 && argc != 5) {
        fmt::print(stderr, "usage: gui-window-bench TRACE [CANDIDATES FINDINGS STEPS]\n");
        return 2;
    }
    const auto number = [&](int i, size_t otherwise) {
        return argc == 5 ? std::strtoull(argv[i], nullptr, 10) : otherwise;
    };
    return tocsin::gui::run(argv[1], number(2, 1'000'000), number(3, size_t{1} << 16U),
                            static_cast<int>(number(4, 500)));
}
