// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/query/filter.h"
#include "gui/session/background_job.h"
#include "gui/session/trace_session.h"

namespace tocsin::gui {

// What a text is as a filter of the one and of the other kind of row.
struct FilterMeaning {
    std::shared_ptr<const Filter> of_findings, of_events;  // nullptr: it is none of theirs
    // Why it is a filter of neither; empty: it is one, or there is no text.
    std::string why_not;
    size_t column = 0;  // from 1, in bytes of UTF-8: where it goes wrong

    static FilterMeaning of(const QString& text);
};

// Which rows of findings and events are shown, by one filter as `--where` has it. A filter that
// speaks of findings alone leaves all events, and one that speaks of records alone all findings. It
// hides rows, never what a finding rests on.
class RowFilter : public QObject {
    Q_OBJECT

  public:
    explicit RowFilter(TraceSession& session, QObject* parent = nullptr);
    ~RowFilter() override;

    const QString& text() const { return text_; }
    // Errors: it is no filter of either; nothing has changed then. Empty: all rows.
    Result<> set(const QString& text);

    bool is_of_findings() const { return meaning_.of_findings != nullptr; }
    bool is_of_events() const { return meaning_.of_events != nullptr; }

    bool shows(const Finding& finding) const;
    // Those that are shown, rising, as far as they are found; nullptr: all events are. Ones that
    // the session has not loaded yet may be among them.
    const std::vector<EventIndex>* events() const { return events_.get(); }
    // Not all of them are found yet.
    bool is_searching() const { return search_.progress() != nullptr || !unplaced_.empty(); }
    double progress() const;  // of the search: 0 to 1

  signals:
    void changed();  // the text; what is shown of findings
    void
    eventsChanged();     // what is shown of events, which takes its time: at its begin and its end
    void eventsFound();  // events() has more at its end

  private:
    // An event that was found where chunks were left out, so that its index is not known.
    struct Found {
        EventRef event;
        uint64_t time_ns = 0;
    };
    struct Batch {
        std::vector<EventIndex> indices;
        std::vector<Found> unplaced;
    };
    class Search;
    void apply_to_findings();
    void search_events();
    void take(Batch batch);
    void place_events();
    void end_search();
    template <typename Function>
    void post(const std::shared_ptr<Progress>& progress, BackgroundJob& job, Function function);

    TraceSession& session_;
    QString text_;
    FilterMeaning meaning_;
    // By which shows() answers: the last that was applied to all findings.
    std::shared_ptr<const Filter> applied_;
    std::vector<uint8_t> shown_findings_;  // by index; empty: not known before
    std::unique_ptr<std::vector<EventIndex>> events_;
    std::deque<Found> unplaced_;
    bool has_all_events_ = false;
    QTimer placing_;
    BackgroundJob judging_, search_;  // the last: they end before what they write to
};

}  // namespace tocsin::gui
