// SPDX-License-Identifier: Apache-2.0
#include "gui/session/trace_session.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

constexpr int kTickMs = 100;
constexpr size_t kMostFoundSoFar = 1000;  // more are counted
constexpr size_t kTitleColumns = 60;

}  // namespace

TraceSession::TraceSession(std::string path, const AnalysisOptions& options, QObject* parent)
    : QObject(parent), path_(std::move(path)), options_(options) {
    options_.kept = KeptWindows::kAll;
    ticking_.setInterval(kTickMs);
    connect(&ticking_, &QTimer::timeout, this, &TraceSession::progressed);
}

TraceSession::~TraceSession() {
    cancel();
    room_.release(kMostBlocksUnderWay / 2);
    for (std::thread& thread : threads_) thread.join();
}

template <typename Function>
void TraceSession::post(Function function) {
    QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
}

void TraceSession::start() {
    ++running_;
    ticking_.start();
    threads_.emplace_back([this] { open_in_thread(); });
}

void TraceSession::cancel() {
    if (!is_loading()) return;
    is_cancelled_ = true;
    events_progress_.cancel();
    analysis_progress_.cancel();
}

void TraceSession::end_of_thread() {
    if (--running_ == 0) ticking_.stop();
    emit progressed();
}

double TraceSession::progress() const {
    const auto part = [](const Progress& progress) {
        const auto all = static_cast<double>(progress.events_in_all());
        return all == 0 ? 0.0 : static_cast<double>(progress.events_done()) / all;
    };
    return std::min(part(events_progress_), part(analysis_progress_));
}

void TraceSession::open_in_thread() {
    auto opened_reader = TraceReader::open(path_);
    if (!opened_reader) {
        const std::string why =
            "cannot read " + quote(path_) + ": " + opened_reader.error().message;
        post([this, why] {
            end_of_thread();
            emit failed(QString::fromStdString(why));
        });
        return;
    }
    auto reader = std::make_shared<const TraceReader>(std::move(*opened_reader));
    post([this, reader] {
        reader_ = reader;
        facts_ = facts_of(*reader_, path_);
        chunks_ = std::make_unique<ChunkCache>(reader_);
        BootTime first{UINT64_MAX}, last;
        for (const TraceReader::ChunkEntry& chunk : reader_->chunks()) {
            if (chunk.header.kind != ChunkKind::kEvents) continue;
            first = std::min(first, chunk.header.first_time);
            last = std::max(last, chunk.header.last_time);
        }
        if (first <= last) {
            first_ = first;
            last_ = last;
        }
        emit opened();
        running_ += 2;
        threads_.emplace_back([this] { load_events_in_thread(); });
        threads_.emplace_back([this] { analyze_in_thread(); });
        end_of_thread();
    });
}

void TraceSession::load_events_in_thread() {
    // How much this is ahead of the thread that shows it is bounded.
    EventBlockBuilder builder([this](EventBlock block) {
        auto shared = std::make_shared<EventBlock>(std::move(block));
        while (!room_.try_acquire_for(std::chrono::milliseconds(kTickMs)))
            if (is_cancelled_) return;
        post([this, shared] {
            events_.append(std::move(*shared));
            room_.release();
            emit eventsAdded();
        });
    });
    EventOrder order(*reader_, 1, {}, &events_progress_);
    ClockSample clock;
    bool has_clock = false;
    while (const auto item = order.next()) {
        if (const auto* event = std::get_if<const Event*>(&*item)) {
            builder.add(**event);
        } else if (const auto* sample = std::get_if<ClockSample>(&*item); sample && !has_clock) {
            clock = *sample;
            has_clock = true;
            post([this, clock] {
                if (!facts_.clock) facts_.clock = clock;
            });
        }
    }
    builder.finish();
    post([this, losses = order.losses(), damage = order.damage()] {
        losses_ = losses;
        damage_ = damage;
        end_of_thread();
        emit eventsComplete();
    });
}

void TraceSession::analyze_in_thread() {
    std::vector<FoundSoFar> found;
    uint64_t count = 0;
    auto told = std::chrono::steady_clock::now();
    const auto tell = [&] {
        post([this, found = std::exchange(found, {}), count] {
            for (const FoundSoFar& one : found)
                if (found_.size() < kMostFoundSoFar) found_.push_back(one);
            found_in_all_ = count;
            emit findingsAdded();
        });
        told = std::chrono::steady_clock::now();
    };
    auto result = std::make_shared<AnalysisResult>(
        analyze(*reader_, path_, options_, &analysis_progress_, [&](const Finding& finding) {
            ++count;
            if (count <= kMostFoundSoFar)
                found.push_back({finding.candidate.rule, finding.judgement.severity,
                                 !finding.judgement.set_aside_by.empty(),
                                 finding.candidate.operation->began,
                                 title_text(finding, kTitleColumns)});
            if (std::chrono::steady_clock::now() - told > std::chrono::milliseconds(kTickMs))
                tell();
        }));
    const bool is_whole = !analysis_progress_.is_cancelled();
    std::shared_ptr<PreparedAnswers> answers;
    if (is_whole)
        answers =
            std::make_shared<PreparedAnswers>(*result, options_, place_of(options_.window).axis);
    post([this, result, answers] {
        end_of_thread();
        if (answers != nullptr) take_analysis(std::move(*result), std::move(*answers));
    });
}

void TraceSession::take_analysis(AnalysisResult result, std::optional<PreparedAnswers> answers) {
    answers_ = std::move(answers);
    analysis_ = std::make_unique<AnalysisResult>(std::move(result));
    emit analyzed();
}

Result<EventInFull> TraceSession::in_full(EventIndex event) const {
    const EventLine line = events_.at(event);
    return chunks_->find({line.cpu, line.sequence}, {line.time_ns}, line.kind == EventKind::kFound);
}

}  // namespace tocsin::gui
