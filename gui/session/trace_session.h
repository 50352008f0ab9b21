// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <atomic>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "analyzer/judge/analysis.h"
#include "analyzer/replay/event_order.h"
#include "formats/trace_reader.h"
#include "gui/session/chunk_cache.h"
#include "gui/session/prepared_answers.h"
#include "gui/timeline/event_store.h"

namespace tocsin::gui {

// A finding while the analysis is under way: what is shown of it until all are judged.
struct FoundSoFar {
    Rule rule = Rule::kA0;
    Severity severity = Severity::kInfo;
    bool is_set_aside = false;
    BootTime time;
    std::string title;  // escaped
};

// One trace, opened read-only and loaded by threads of its own: first its header and the headers of
// its chunks, then its events and its findings at once. Everything here is for the thread that
// made the session; it is told by signals. What is there stays good while the session lives.
class TraceSession : public QObject {
    Q_OBJECT

  public:
    // Nothing is read before start(). The options' window is that of the first look; findings of
    // every window are kept. `path` is opened once.
    TraceSession(std::string path, const AnalysisOptions& options, QObject* parent = nullptr);
    // Cancels what is under way, and waits for it.
    ~TraceSession() override;

    void start();
    // What was loaded stays: see is_partial().
    void cancel();

    const std::string& path() const { return path_; }
    bool is_open() const { return reader_ != nullptr; }
    bool is_loading() const { return running_ > 0; }
    // Something of the trace is not here, as loading was cancelled: not for reports.
    bool is_partial() const { return is_cancelled_; }
    // 0 to 1, by the slower of events and findings.
    double progress() const;

    // From opened() on.
    const TraceReader& reader() const { return *reader_; }
    const TraceFacts& facts() const { return facts_; }
    const AnalysisOptions& options() const { return options_; }
    // Of the first and the last event, by the chunks' headers; both 0 where there are none.
    BootTime first() const { return first_; }
    BootTime last() const { return last_; }

    const EventStore& events() const { return events_; }
    // Grows by marks of findings only.
    EventStore& events() { return events_; }
    // As far as events are loaded, by time.
    const std::vector<LossInterval>& losses() const { return losses_; }
    const std::vector<DamagedChunk>& damage() const { return damage_; }

    // Until analyzed().
    const std::vector<FoundSoFar>& found_so_far() const { return found_; }
    uint64_t found_in_all() const { return found_in_all_; }
    // nullptr before analyzed(), and for ever where that was cancelled.
    const AnalysisResult* analysis() const { return analysis_.get(); }
    // From here on these are the findings: analyzed() is given.
    void take_analysis(AnalysisResult result,
                       std::optional<PreparedAnswers> answers = std::nullopt);
    // What came with analysis(): where a thread analyzed, the answers along the axis of the
    // options' window. Once.
    std::optional<PreparedAnswers> take_answers() { return std::exchange(answers_, std::nullopt); }

    // The whole of an event, decoded when it is asked for. Errors: its chunk cannot be decoded.
    Result<EventInFull> in_full(EventIndex event) const;
    // For threads that read the trace on their own; from opened() on.
    std::shared_ptr<const TraceReader> shared_reader() const { return reader_; }

  signals:
    // Header and chunks' headers are known.
    void opened();
    // It is no trace, or cannot be read: a sentence. Nothing follows.
    void failed(const QString& why);
    // More events are there.
    void eventsAdded();
    void eventsComplete();
    // More findings are there.
    void findingsAdded();
    // All of them, judged.
    void analyzed();
    // A tenth of a second has passed, or something has ended.
    void progressed();

  private:
    static constexpr std::ptrdiff_t kMostBlocksUnderWay = 8;
    void open_in_thread();
    void load_events_in_thread();
    void analyze_in_thread();
    // Runs on the session's own thread.
    template <typename Function>
    void post(Function function);
    void end_of_thread();

    const std::string path_;
    AnalysisOptions options_;
    std::shared_ptr<const TraceReader> reader_;
    TraceFacts facts_;
    BootTime first_, last_;
    EventStore events_;
    std::vector<LossInterval> losses_;
    std::vector<DamagedChunk> damage_;
    std::vector<FoundSoFar> found_;
    uint64_t found_in_all_ = 0;
    std::unique_ptr<AnalysisResult> analysis_;
    std::optional<PreparedAnswers> answers_;
    std::unique_ptr<ChunkCache> chunks_;

    Progress events_progress_, analysis_progress_;
    std::counting_semaphore<kMostBlocksUnderWay> room_{kMostBlocksUnderWay};
    std::atomic<bool> is_cancelled_{false};
    int running_ = 0;
    std::vector<std::thread> threads_;
    QTimer ticking_;
};

}  // namespace tocsin::gui
