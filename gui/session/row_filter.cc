// SPDX-License-Identifier: Apache-2.0
#include "gui/session/row_filter.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "analyzer/query/reach.h"
#include "analyzer/replay/world_state.h"

namespace tocsin::gui {
namespace {

using std::chrono::steady_clock;

// More findings than this are filtered by a thread.
constexpr size_t kMostAtOnce = 5000;
constexpr auto kAtATime = std::chrono::milliseconds(5);
constexpr auto kBetweenBatches = std::chrono::milliseconds(50);
constexpr size_t kMostOfABatch = size_t{1} << 16U;

size_t column_in(const std::string& message) {
    constexpr std::string_view kWord = "column ";
    const size_t at = message.find(kWord);
    return at == std::string::npos ? 1 : std::strtoul(&message[at + kWord.size()], nullptr, 10);
}

std::vector<uint8_t> judged(const Filter& filter, const std::vector<Finding>& findings,
                            BootTime start, const Progress* progress) {
    std::vector<uint8_t> shown;
    shown.reserve(findings.size());
    for (const Finding& finding : findings) {
        if (progress != nullptr && progress->is_cancelled()) return {};
        shown.push_back(filter.matches(Row::of(finding, start)) ? 1 : 0);
    }
    return shown;
}

// By the chunks' headers, which may say anything: only so much is believed. Room that is not
// written to costs no memory, and copying what is there into more of it would be felt.
size_t most_events(const TraceReader& trace) {
    constexpr uint64_t kMostBelieved = uint64_t{1} << 26U;
    uint64_t events = 0;
    for (const TraceReader::ChunkEntry& chunk : trace.chunks()) events += chunk.header.events;
    return static_cast<size_t>(std::min(events, kMostBelieved));
}

}  // namespace

FilterMeaning FilterMeaning::of(const QString& text) {
    FilterMeaning meaning;
    const std::string filter = text.trimmed().toStdString();
    if (filter.empty()) return meaning;
    const auto parse = [&](RowKind rows, std::shared_ptr<const Filter>& into) -> std::string {
        auto parsed = Filter::parse(text.toStdString(), rows);
        if (!parsed) return parsed.error().message;
        into = std::make_shared<const Filter>(std::move(*parsed));
        return {};
    };
    const std::string of_findings = parse(RowKind::kFinding, meaning.of_findings);
    const std::string of_events = parse(RowKind::kRecord, meaning.of_events);
    if (of_findings.empty() || of_events.empty()) return meaning;
    meaning.column = std::max(column_in(of_findings), column_in(of_events));
    meaning.why_not = of_findings;
    if (of_findings != of_events)
        meaning.why_not = "it fits neither findings nor events: " + of_findings + "; " + of_events;
    return meaning;
}

// One pass over the records, as `tocsin dump --where` makes it. Runs on a thread.
class RowFilter::Search {
  public:
    using HandOn = std::function<void(Batch)>;

    Search(const TraceReader& trace, const Filter& filter, Progress& progress, HandOn hand_on)
        : filter_(filter),
          reach_(filter.reach()),
          order_(trace, 1, {}, &progress, wanted_chunks(trace, reach_)),
          start_(order_.first_time().value_or(BootTime{})),
          hand_on_(std::move(hand_on)) {}

    void run() {
        while (const auto item = order_.next()) {
            const auto* event = std::get_if<const Event*>(&*item);
            if (event == nullptr) continue;
            if (matches(**event)) note(**event);
            ++index_;
        }
        hand_on_(std::move(batch_));
    }

  private:
    // Where a filter asks what came before, all of that is followed.
    static EventOrder::WantsChunk wanted_chunks(const TraceReader& trace, const Reach& reach) {
        BootTime start{UINT64_MAX};
        for (const auto& chunk : trace.chunks())
            if (chunk.header.kind == ChunkKind::kEvents)
                start = std::min(start, chunk.header.first_time);
        const bool leaves_out =
            !reach.asks_what_came_before &&
            std::any_of(trace.chunks().begin(), trace.chunks().end(), [&](const auto& chunk) {
                return chunk.header.kind == ChunkKind::kEvents &&
                       !reach.may_be_in(chunk.header, start);
            });
        if (!leaves_out) return {};
        return [reach](const ChunkHeader& header, BootTime first) {
            return reach.may_be_in(header, first);
        };
    }
    bool matches(const Event& event) {
        const ProcessImage* image = nullptr;
        if (reach_.asks_what_came_before) {
            world_.observe(event);
            const Process* process = world_.find(event.task->id);
            image = process != nullptr ? process->image.get() : nullptr;
        }
        return filter_.matches(Row::of(event, image, start_));
    }
    void note(const Event& event) {
        // The snapshot comes first and is always whole.
        const bool is_placed =
            order_.left_out() == 0 || std::holds_alternative<TaskFound>(event.body);
        if (is_placed)
            batch_.indices.push_back(static_cast<EventIndex>(index_));
        else
            batch_.unplaced.push_back({{event.cpu, event.sequence}, event.time.ns});
        constexpr uint64_t kClockEvery = 256;
        const size_t found = batch_.indices.size() + batch_.unplaced.size();
        const bool is_late =
            ++noted_ % kClockEvery == 0 && steady_clock::now() - told_ > kBetweenBatches;
        if (noted_ != 1 && found < kMostOfABatch && !is_late) return;
        hand_on_(std::exchange(batch_, {}));
        told_ = steady_clock::now();
    }

    const Filter& filter_;
    const Reach reach_;
    EventOrder order_;
    const BootTime start_;
    HandOn hand_on_;
    WorldState world_;
    Batch batch_;
    uint64_t index_ = 0, noted_ = 0;
    steady_clock::time_point told_ = steady_clock::now();
};

RowFilter::RowFilter(TraceSession& session, QObject* parent) : QObject(parent), session_(session) {
    placing_.setInterval(0);
    connect(&placing_, &QTimer::timeout, this, &RowFilter::place_events);
    connect(&session_, &TraceSession::opened, this, &RowFilter::search_events);
    connect(&session_, &TraceSession::analyzed, this, &RowFilter::apply_to_findings);
    connect(&session_, &TraceSession::eventsAdded, this, [this] {
        if (!unplaced_.empty()) placing_.start();
    });
    connect(&session_, &TraceSession::eventsComplete, this, [this] {
        has_all_events_ = true;
        if (!unplaced_.empty()) placing_.start();
    });
}

RowFilter::~RowFilter() = default;

Result<> RowFilter::set(const QString& text) {
    if (text == text_) return {};
    FilterMeaning meaning = FilterMeaning::of(text);
    if (!meaning.why_not.empty()) return Error{meaning.why_not};
    const bool was_of_events = is_of_events();
    meaning_ = std::move(meaning);
    text_ = text;
    apply_to_findings();
    if (was_of_events || is_of_events()) search_events();
    return {};
}

template <typename Function>
void RowFilter::post(const std::shared_ptr<Progress>& progress, BackgroundJob& job,
                     Function function) {
    QMetaObject::invokeMethod(
        this,
        [&job, progress, function = std::move(function)]() mutable {
            if (job.is_current(progress)) function();
        },
        Qt::QueuedConnection);
}

void RowFilter::apply_to_findings() {
    const AnalysisResult* analysis = session_.analysis();
    const std::shared_ptr<const Filter> filter = meaning_.of_findings;
    judging_.cancel();
    const bool is_little =
        analysis == nullptr || filter == nullptr || analysis->findings.size() <= kMostAtOnce;
    if (is_little) {
        applied_ = filter;
        shown_findings_.clear();
        if (filter != nullptr && analysis != nullptr)
            shown_findings_ = judged(*filter, analysis->findings, session_.first(), nullptr);
        emit changed();
        return;
    }
    judging_.start([this, filter, analysis, start = session_.first()](const auto& progress) {
        auto shown = judged(*filter, analysis->findings, start, progress.get());
        post(progress, judging_, [this, filter, shown = std::move(shown)]() mutable {
            judging_.finish();
            applied_ = filter;
            shown_findings_ = std::move(shown);
            emit changed();
        });
    });
}

bool RowFilter::shows(const Finding& finding) const {
    if (applied_ == nullptr) return true;
    const AnalysisResult* analysis = session_.analysis();
    if (analysis != nullptr && !shown_findings_.empty()) {
        const Finding* first = analysis->findings.data();
        if (first <= &finding && &finding < first + shown_findings_.size())
            return shown_findings_[static_cast<size_t>(&finding - first)] != 0;
    }
    return applied_->matches(Row::of(finding, session_.first()));
}

double RowFilter::progress() const {
    const Progress* progress = search_.progress().get();
    if (progress == nullptr) return 1;
    const auto all = static_cast<double>(progress->events_in_all());
    return all == 0 ? 0 : static_cast<double>(progress->events_done()) / all;
}

void RowFilter::search_events() {
    search_.cancel();
    placing_.stop();
    unplaced_.clear();
    events_.reset();
    if (!is_of_events()) {
        emit eventsChanged();
        return;
    }
    events_ = std::make_unique<std::vector<EventIndex>>();
    if (session_.is_open()) {
        events_->reserve(most_events(session_.reader()));
        search_.start([this, filter = meaning_.of_events,
                       trace = &session_.reader()](const std::shared_ptr<Progress>& progress) {
            Search(*trace, *filter, *progress, [&](Batch batch) {
                post(progress, search_,
                     [this, batch = std::move(batch)]() mutable { take(std::move(batch)); });
            }).run();
            post(progress, search_, [this] { end_search(); });
        });
    }
    emit eventsChanged();
}

void RowFilter::take(Batch batch) {
    events_->insert(events_->end(), batch.indices.begin(), batch.indices.end());
    unplaced_.insert(unplaced_.end(), batch.unplaced.begin(), batch.unplaced.end());
    if (!unplaced_.empty()) placing_.start();
    if (!batch.indices.empty()) emit eventsFound();
}

void RowFilter::end_search() {
    search_.finish();
    if (unplaced_.empty()) emit eventsChanged();
}

// A little at a time: the session's events are for its own thread alone.
void RowFilter::place_events() {
    const EventStore& events = session_.events();
    const auto until = steady_clock::now() + kAtATime;
    const size_t before = events_->size();
    while (!unplaced_.empty() && steady_clock::now() < until) {
        const Found& found = unplaced_.front();
        if (!has_all_events_ && (events.empty() || events.last_ns() <= found.time_ns)) {
            placing_.stop();  // it goes on with more events
            break;
        }
        const EventIndex index = events.find(found.event, found.time_ns);
        if (index != kNoEvent) events_->push_back(index);
        unplaced_.pop_front();
    }
    if (events_->size() != before) emit eventsFound();
    if (!unplaced_.empty()) return;
    placing_.stop();
    if (search_.progress() == nullptr) emit eventsChanged();
}

}  // namespace tocsin::gui
