// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <array>
#include <unordered_map>
#include <vector>

#include "gui/models/event_list_model.h"

namespace tocsin::gui {

enum class FindDirection : int8_t { kBackward = -1, kForward = 1 };

// Looks for rows of the event list by a piece of the call's or hook's name, of the thread's name,
// of the executable's or the object's path, whatever the case of ASCII letters. A few milliseconds
// at a time: the interface goes on meanwhile.
class EventFinder : public QObject {
    Q_OBJECT

  public:
    EventFinder(ViewState& state, const EventListModel& model, QObject* parent = nullptr);

    // From the row next to `from` to the end, then from the other end to `from`.
    void find(const QString& text, int from, FindDirection direction);
    void cancel();
    bool is_looking() const { return looking_.isActive(); }
    double progress() const;

  signals:
    void found(int row);
    void notFound();
    void progressed();

  private:
    void look();
    bool matches(EventIndex event);
    bool has_text(const std::string& name) const;

    ViewState& state_;
    const EventListModel& model_;
    std::string text_;  // in lower case
    FindDirection direction_ = FindDirection::kForward;
    int64_t next_ = 0, left_ = 0, in_all_ = 0;
    // Whether a thread's, a file's or a kind's name has the text: found once each.
    enum class Known : uint8_t { kNot, kYes, kNo };
    std::vector<Known> threads_, files_;
    std::unordered_map<uint32_t, Known> kinds_;
    QTimer looking_;
};

}  // namespace tocsin::gui
