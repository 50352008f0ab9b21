// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_finder.h"

#include <algorithm>
#include <chrono>

namespace tocsin::gui {
namespace {

constexpr auto kAtATime = std::chrono::milliseconds(8);
constexpr int64_t kRowsBetweenLooksAtTheClock = 1024;

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
}

}  // namespace

EventFinder::EventFinder(ViewState& state, const EventListModel& model, QObject* parent)
    : QObject(parent), state_(state), model_(model) {
    looking_.setInterval(0);
    connect(&looking_, &QTimer::timeout, this, &EventFinder::look);
    // Rows are others then.
    connect(&model_, &QAbstractItemModel::modelReset, this, &EventFinder::cancel);
}

void EventFinder::find(const QString& text, int from, FindDirection direction) {
    text_ = text.toStdString();
    std::transform(text_.begin(), text_.end(), text_.begin(), lower);
    direction_ = direction;
    threads_.clear();
    files_.clear();
    kinds_.clear();
    in_all_ = left_ = model_.rowCount();
    next_ = from + static_cast<int>(direction);
    if (text_.empty() || left_ == 0) {
        looking_.stop();
        emit notFound();
        return;
    }
    looking_.start();
    look();  // what is near is found at once
}

void EventFinder::cancel() {
    looking_.stop();
    emit progressed();
}

double EventFinder::progress() const {
    return in_all_ == 0 ? 1 : 1 - static_cast<double>(left_) / static_cast<double>(in_all_);
}

void EventFinder::look() {
    const auto until = std::chrono::steady_clock::now() + kAtATime;
    for (; left_ > 0; --left_, next_ += static_cast<int>(direction_)) {
        if (next_ >= in_all_) next_ = 0;
        if (next_ < 0) next_ = in_all_ - 1;
        const auto row = static_cast<int>(next_);
        if (matches(model_.event_of(row))) {
            looking_.stop();
            emit found(row);
            return;
        }
        if (left_ % kRowsBetweenLooksAtTheClock == 0 && std::chrono::steady_clock::now() > until) {
            --left_;
            next_ += static_cast<int>(direction_);
            emit progressed();
            return;
        }
    }
    looking_.stop();
    emit notFound();
}

bool EventFinder::has_text(const std::string& name) const {
    return std::search(name.begin(), name.end(), text_.begin(), text_.end(),
                       [](char one, char other) { return lower(one) == other; }) != name.end();
}

bool EventFinder::matches(EventIndex event) {
    const EventStore& events = state_.session().events();
    const EventLine line = events.at(event);
    const auto look_up = [](std::vector<Known>& known, uint32_t at, const auto& has) {
        if (at >= known.size()) known.resize(at + 1, Known::kNot);
        if (known[at] == Known::kNot) known[at] = has() ? Known::kYes : Known::kNo;
        return known[at] == Known::kYes;
    };
    Known& kind = kinds_[static_cast<uint32_t>(line.kind) << 16U | line.number];
    if (kind == Known::kNot)
        kind = has_text(name_of_event(line.kind, line.number)) ? Known::kYes : Known::kNo;
    if (kind == Known::kYes) return true;
    const bool by_thread = look_up(threads_, line.thread, [&] {
        const ThreadRow& thread = events.threads()[line.thread];
        return has_text(thread.comm) || has_text(events.processes()[thread.process].executable);
    });
    if (by_thread || line.file == kNoRow) return by_thread;
    return look_up(files_, line.file, [&] { return has_text(events.files()[line.file].path); });
}

}  // namespace tocsin::gui
