// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCache>
#include <QObject>
#include <QTimer>
#include <vector>

#include "gui/models/event_text.h"
#include "gui/session/background_job.h"
#include "gui/session/trace_session.h"

namespace tocsin::gui {

// The texts of events, made by a thread as rows ask for them: chunks that nobody looks at are not
// decoded, and whoever scrolls does not wait for those that are.
class EventTexts : public QObject {
    Q_OBJECT

  public:
    explicit EventTexts(TraceSession& session, QObject* parent = nullptr);
    ~EventTexts() override;

    // nullptr: it is not there yet, and made() tells when. Good until the next call.
    const EventText* find(EventIndex event);

  signals:
    // Some of those that were asked for last are there.
    void made();

  private:
    struct Wanted {
        EventIndex index;
        EventRef event;
        BootTime time;
        bool is_found;
    };
    static constexpr int kMostKept = 4000;
    // What was asked for last, more than a screen has rows.
    static constexpr size_t kMostWanted = 400;
    void ask();

    TraceSession& session_;
    QCache<EventIndex, EventText> kept_{kMostKept};
    std::vector<Wanted> wanted_;
    QTimer asking_;                       // once for all rows of a paint
    std::shared_ptr<ChunkCache> chunks_;  // the thread's
    BackgroundJob making_;
};

}  // namespace tocsin::gui
