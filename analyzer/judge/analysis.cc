// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/analysis.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "analyzer/detect/absent_memory.h"
#include "analyzer/detect/amplifiers.h"
#include "analyzer/detect/argument_reasoning.h"
#include "analyzer/detect/detectors.h"
#include "analyzer/detect/memory_writers.h"
#include "analyzer/judge/judge.h"
#include "analyzer/judge/trust_domain.h"
#include "analyzer/replay/clock.h"
#include "analyzer/replay/happens_before.h"
#include "analyzer/replay/world_state.h"

namespace tocsin {
namespace {

// Of what ordinary work is full of the first one stands for all.
bool is_kept_once(const Candidate& candidate) {
    if (candidate.rule == Rule::kOrphan) return true;
    const Mutation* change = candidate.race != nullptr ? candidate.race->explained_by() : nullptr;
    return change != nullptr && (change->standing == Standing::kSamePrincipal ||
                                 change->standing == Standing::kMorePrivileged);
}

KnownOrder order_of(const Candidate& candidate, const HappensBefore& order_of_calls) {
    const Mutation* change = candidate.race != nullptr ? candidate.race->explained_by() : nullptr;
    if (change == nullptr) return {};
    const Operation& check = *candidate.race->check;
    const Operation& changing = *change->operation;
    const Operation& use = *candidate.operation;
    KnownOrder order;
    order.by_lineage = order_of_calls.is_ordered_by_lineage(check, changing) &&
                       order_of_calls.is_ordered_by_lineage(changing, use);
    const auto is_trusted = [&](const HappensBefore::Party& party) {
        return is_in_trust_domain(party, use);
    };
    if (!is_trusted({changing.task, changing.caller.image})) return order;
    const auto before = order_of_calls.ordered_through(is_trusted, check, changing);
    const auto behind = order_of_calls.ordered_through(is_trusted, changing, use);
    if (before && behind) order.in_trust_domain = std::min(*before, *behind);
    return order;
}

// What is learned of all calls and asked for when a race is found.
struct Observers {
    MemoryWriters writers;
    HappensBefore order_of_calls;
    Amplifiers amplifiers;
    AbsentMemory absent;
};

bool sees_changes(const TraceHeader& header) {
    return std::none_of(header.hooks.begin(), header.hooks.end(), [](const HookStatus& hook) {
        return hook.name == "path_rename" && !hook.refusal.empty();
    });
}

bool protects_symlinks(const TraceHeader& header) {
    return std::any_of(header.sysctls.begin(), header.sysctls.end(), [](const Setting& setting) {
        return setting.name == "fs.protected_symlinks" && setting.value == "1";
    });
}

// How often findings that are not kept had a fingerprint.
using NotKept = std::unordered_map<std::string, uint64_t>;

void judge_findings(std::span<Finding> findings, const NotKept& not_kept,
                    const AnalysisResult& result) {
    std::unordered_map<std::string_view, uint64_t> repetitions(not_kept.begin(), not_kept.end());
    for (const Finding& finding : findings) repetitions[finding.fingerprint] += 1 + finding.more;
    const LossMap losses(result.coverage.losses, result.coverage.damage);
    for (Finding& finding : findings) {
        const Operation& operation = *finding.candidate.operation;
        Circumstances circumstances;
        circumstances.sees_changes = sees_changes(result.trace.header);
        circumstances.protects_symlinks = protects_symlinks(result.trace.header);
        const BootTime end = operation.last_time();
        circumstances.is_ordered_by_lineage = finding.order.by_lineage;
        circumstances.is_ordered_in_trust_domain =
            finding.order.in_trust_domain && !losses.overlaps(*finding.order.in_trust_domain, end);
        circumstances.fingerprint = finding.fingerprint;
        circumstances.policy = result.options.policy.get();
        circumstances.repetitions = repetitions[finding.fingerprint];
        const Operation* check = finding.candidate.check();
        const BootTime began =
            check != nullptr ? std::min(check->began, operation.began) : operation.began;
        circumstances.losses_meanwhile = losses.overlaps(began, end);
        finding.judgement = judge(finding.candidate, circumstances);
    }
}

// Counts each finding as what the chosen window makes of it.
void count_finding(AnalysisResult& result, const Finding& finding) {
    const Candidate& candidate = finding.candidate;
    const std::string_view set_aside_by = finding.judgement.set_aside_by;
    const uint64_t count = 1 + finding.more;
    if (set_aside_by.empty()) {
        result.lifespans.push_back(
            {static_cast<size_t>(candidate.rule), candidate.lifetime, count});
        result.lifespan_severities.push_back(finding.judgement.severity);
    }
    switch (stage_of(candidate, result.options)) {
        case LifeStage::kUnborn:
            result.outside_window += count;
            break;
        case LifeStage::kSuperseded:
            result.superseded += count;
            break;
        case LifeStage::kAlive:
            if (set_aside_by.empty())
                result.by_severity[static_cast<size_t>(finding.judgement.severity)] += count;
            else
                result.set_aside[set_aside_by] += count;
            break;
    }
}

class Collector : public CandidateSink {
  public:
    Collector(AnalysisResult& result, const Observers& observers, const TakeFinding& found)
        : result_(result), coverage_(result.coverage), observers_(observers), found_(found) {}

    void found(Candidate candidate) override {
        if (!result_.options.rules[static_cast<size_t>(candidate.rule)]) return;
        Finding finding;
        finding.fingerprint = fingerprint_of(candidate);
        if (is_kept_once(candidate)) {
            const auto [at, is_new] =
                kept_once_.try_emplace(key_of(finding.fingerprint, candidate), findings_.size());
            if (!is_new) {
                ++findings_[at->second].more;
                return;
            }
        }
        finding.order = order_of(candidate, observers_.order_of_calls);
        if (candidate.race != nullptr) candidate.amplifier = observers_.amplifiers.of(candidate);
        if (candidate.amplifier.empty() && candidate.rule == Rule::kA2) {
            candidate.amplifier = observers_.absent.of(candidate);
            candidate.is_hidden = !candidate.amplifier.empty();
        }
        finding.candidate = std::move(candidate);
        if (found_) {
            judge_findings({&finding, 1}, {}, result_);
            found_(finding);
        }
        findings_.push_back(std::move(finding));
        if (findings_.size() > result_.options.most_findings) make_room();
    }
    void evaluated(Evaluation evaluation) override {
        ++coverage_.evaluations[static_cast<size_t>(evaluation)];
    }
    void covered(const NameCoverage& names) override { coverage_.names = names; }
    void covered(const ProcessCoverage& pids) override { coverage_.pids = pids; }
    void covered(const SupervisorCoverage& supervisors) override {
        coverage_.supervisors = supervisors;
    }
    void covered(const DescriptorCoverage& descriptors) override {
        coverage_.descriptors = descriptors;
    }
    std::vector<Finding> take() { return std::move(findings_); }
    const NotKept& not_kept() const { return not_kept_; }

  private:
    std::string key_of(const std::string& fingerprint, const Candidate& candidate) const {
        const LifeStage stage = stage_of(candidate, result_.options);
        return fingerprint + std::to_string(static_cast<int>(stage));
    }

    // Judges what is kept by what is known so far, and drops a half of it, counted: the least
    // grave, and of one gravity what is like others.
    void make_room() {
        judge_findings(findings_, not_kept_, result_);
        std::unordered_map<std::string_view, size_t> seen;
        using Rank = std::tuple<bool, Severity, size_t, size_t>;
        std::vector<Rank> ranks;
        for (size_t i = 0; i < findings_.size(); ++i) {
            const Judgement& judgement = findings_[i].judgement;
            ranks.emplace_back(judgement.set_aside_by.empty(), judgement.severity,
                               SIZE_MAX - seen[findings_[i].fingerprint]++, SIZE_MAX - i);
        }
        std::vector<Rank> sorted = ranks;
        const auto middle = sorted.begin() + static_cast<ptrdiff_t>(sorted.size() / 2);
        std::nth_element(sorted.begin(), middle, sorted.end(), std::greater<>());
        const Rank least = *middle;
        std::vector<Finding> kept;
        for (size_t i = 0; i < findings_.size(); ++i) {
            if (ranks[i] > least)
                kept.push_back(std::move(findings_[i]));
            else
                drop(findings_[i]);
        }
        findings_ = std::move(kept);
        kept_once_.clear();
        for (size_t i = 0; i < findings_.size(); ++i)
            if (is_kept_once(findings_[i].candidate))
                kept_once_.emplace(key_of(findings_[i].fingerprint, findings_[i].candidate), i);
    }

    void drop(const Finding& finding) {
        count_finding(result_, finding);
        if (stage_of(finding.candidate, result_.options) == LifeStage::kAlive)
            result_.not_kept += 1 + finding.more;
        not_kept_[finding.fingerprint] += 1 + finding.more;
    }

    AnalysisResult& result_;
    Coverage& coverage_;
    const Observers& observers_;  // of all up to the candidates' uses
    const TakeFinding& found_;    // may be empty
    std::vector<Finding> findings_;
    std::unordered_map<std::string, size_t> kept_once_;  // by fingerprint and stage, into findings_
    NotKept not_kept_;
};

void raise_to(LossCounts& counts, const LossCounts& other) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] = std::max(counts[i], other[i]);
}

// Counts calls by the rows of the table.
class CallCounter {
  public:
    void count(const Operation& operation) {
        const auto row = operation.syscall - recorded_syscalls().data();
        CallCounts& counts = counts_[static_cast<size_t>(row)];
        ++counts.calls;
        if (!operation.succeeded().value_or(true)) ++counts.failed;
        if (operation.entry_missing) ++counts.entry_missing;
        if (operation.unfinished) ++counts.unfinished;
    }
    std::map<std::string_view, CallCounts> by_name() const {
        std::map<std::string_view, CallCounts> by_name;
        for (size_t row = 0; row < counts_.size(); ++row)
            if (counts_[row].calls != 0) by_name[recorded_syscalls()[row].name] = counts_[row];
        return by_name;
    }

  private:
    std::vector<CallCounts> counts_ = std::vector<CallCounts>(recorded_syscalls().size());
};

void note_event(AnalysisResult& result, const Event& event, BootTime from) {
    if (std::holds_alternative<TaskFound>(event.body)) {
        ++result.coverage.events;
        ++result.coverage.snapshot_tasks;
        return;
    }
    if (event.time >= from) ++result.coverage.events;
    TraceFacts& trace = result.trace;
    trace.first = trace.first ? std::min(*trace.first, event.time) : event.time;
    trace.last = trace.last ? std::max(*trace.last, event.time) : event.time;
}

// Runs every event of the trace through world and assembler, and the calls of the span through the
// detectors: what was there before it is known.
void replay(const TraceReader& trace, std::span<const std::unique_ptr<Detector>> detectors,
            CandidateSink& sink, Observers& observers, AnalysisResult& result, Progress* progress) {
    WorldState world;
    CallCounter calls;
    const TimeSpan& span = result.options.span;
    EventOrder order(trace, result.options.threads, {0, span.to_ns}, progress);
    const BootTime from = later(order.first_time().value_or(BootTime{}), span.from_ns);
    const auto take = [&](const std::shared_ptr<const Operation>& operation) {
        const bool is_in_span = operation->last_time() >= from;
        if (is_in_span && !operation->is_orphan) calls.count(*operation);
        observers.writers.observe(operation);
        observers.order_of_calls.observe(*operation);
        observers.amplifiers.observe(operation, world);
        observers.absent.observe(operation);
        if (is_in_span)
            for (const auto& detector : detectors) detector->observe(operation, world, sink);
        world.observe(*operation);
    };
    OperationAssembler assembler(world, take, result.options.window.orphan);
    while (const auto item = order.next()) {
        if (const auto* event = std::get_if<const Event*>(&*item)) {
            note_event(result, **event, from);
            world.observe(**event);
            observers.order_of_calls.observe(**event, world);
            assembler.observe(**event);
        } else if (const auto* loss = std::get_if<RecordsLost>(&*item)) {
            raise_to(result.coverage.lost, loss->counts);
        } else if (!result.trace.clock) {
            result.trace.clock = std::get<ClockSample>(*item);
        }
    }
    assembler.finish();
    for (const auto& detector : detectors) detector->finish(sink);
    result.coverage.calls = calls.by_name();
    result.coverage.gaps = assembler.gaps();
    result.coverage.processes = world.processes_seen();
    result.coverage.partial_processes = world.partial_processes();
    result.coverage.world = world.gaps();
    result.coverage.orders_forgotten = observers.order_of_calls.forgotten();
    result.coverage.losses = order.losses();
    result.coverage.damage = order.damage();
    result.coverage.chunks_left_out = order.left_out();
}

void sort_findings(std::vector<Finding>& findings) {
    const auto key = [](const Finding& finding) {
        const Operation& operation = *finding.candidate.operation;
        return std::tuple(operation.began, operation.call, finding.candidate.operand,
                          finding.candidate.rule);
    };
    std::stable_sort(findings.begin(), findings.end(),
                     [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
}

void keep_alive(AnalysisResult& result) {
    for (const Finding& finding : result.findings) count_finding(result, finding);
    if (result.options.kept == KeptWindows::kAll) return;
    std::erase_if(result.findings, [&result](const Finding& finding) {
        return stage_of(finding.candidate, result.options) != LifeStage::kAlive;
    });
}

}  // namespace

TraceFacts facts_of(const TraceReader& trace, std::string name) {
    TraceFacts facts;
    facts.name = std::move(name);
    facts.header = trace.header();
    facts.end = trace.end();
    facts.end_reason = trace.end_reason();
    if (trace.seal()) facts.seal_reason = trace.seal()->reason;
    facts.chain_hash = trace.chain_hash();
    facts.file_bytes = trace.file_bytes();
    facts.chunks = trace.chunks().size();
    return facts;
}

bool AnalysisResult::is_lossy() const {
    return !coverage.losses.empty() || !coverage.damage.empty() ||
           std::any_of(coverage.lost.begin(), coverage.lost.end(),
                       [](uint64_t count) { return count != 0; });
}

uint64_t AnalysisResult::shown_findings() const {
    return std::accumulate(by_severity.begin(), by_severity.end(), uint64_t{0});
}

AnalysisResult analyze(const TraceReader& trace, std::string name, const AnalysisOptions& options,
                       Progress* progress) {
    return analyze(trace, std::move(name), options, progress, {});
}

AnalysisResult analyze(const TraceReader& trace, std::string name, const AnalysisOptions& options,
                       Progress* progress, const TakeFinding& found) {
    return analyze(trace, std::move(name), options, make_detectors(), progress, found);
}

AnalysisResult analyze(const TraceReader& trace, std::string name, const AnalysisOptions& options,
                       std::span<const std::unique_ptr<Detector>> detectors, Progress* progress,
                       const TakeFinding& found) {
    AnalysisResult result;
    result.options = options;
    result.trace = facts_of(trace, std::move(name));
    result.coverage.lost = trace.lost();
    Observers observers;
    Collector collector(result, observers, found);
    replay(trace, detectors, collector, observers, result, progress);
    result.findings = collector.take();
    for (Finding& finding : result.findings)
        if (auto writer = observers.writers.writer_of(finding.candidate))
            add_writer(finding.candidate, std::move(*writer));
    sort_findings(result.findings);
    judge_findings(result.findings, collector.not_kept(), result);
    keep_alive(result);
    return result;
}

}  // namespace tocsin
