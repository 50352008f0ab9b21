// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/query/filter.h"
#include "gui/session/trace_session.h"

namespace tocsin::gui {

// Which rows of findings and events are shown, by one filter as `--where` has it. A filter that
// speaks of findings alone leaves all events, and one that speaks of records alone all findings. It
// hides rows, never what a finding rests on.
class RowFilter : public QObject {
    Q_OBJECT

  public:
    explicit RowFilter(TraceSession& session, QObject* parent = nullptr);

    const QString& text() const { return text_; }
    // Errors: it is no filter of either; nothing has changed then. Empty: all rows.
    Result<> set(const QString& text);

    bool shows(const Finding& finding) const;
    // Those that are shown, rising; nullptr: all events are.
    const std::vector<EventIndex>* events() const { return events_.get(); }

  signals:
    void changed();        // the text; what is shown of findings
    void eventsChanged();  // what is shown of events, which takes its time

  private:
    TraceSession& session_;
    QString text_;
    std::optional<Filter> of_findings_;
    std::unique_ptr<std::vector<EventIndex>> events_;
};

}  // namespace tocsin::gui
