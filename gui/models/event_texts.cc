// SPDX-License-Identifier: Apache-2.0
#include "gui/models/event_texts.h"

#include <algorithm>
#include <utility>

#include "analyzer/report/escape.h"

namespace tocsin::gui {

EventTexts::EventTexts(TraceSession& session, QObject* parent)
    : QObject(parent), session_(session) {
    asking_.setSingleShot(true);
    asking_.setInterval(0);
    connect(&asking_, &QTimer::timeout, this, &EventTexts::ask);
}

EventTexts::~EventTexts() = default;

const EventText* EventTexts::find(EventIndex event) {
    if (const EventText* text = kept_.object(event)) return text;
    const bool is_wanted =
        std::any_of(wanted_.begin(), wanted_.end(),
                    [event](const Wanted& wanted) { return wanted.index == event; });
    if (is_wanted) return nullptr;
    const EventLine line = session_.events().at(event);
    if (wanted_.size() == kMostWanted) wanted_.erase(wanted_.begin());
    wanted_.push_back(
        {event, {line.cpu, line.sequence}, {line.time_ns}, line.kind == EventKind::kFound});
    asking_.start();
    return nullptr;
}

void EventTexts::ask() {
    if (making_.progress() != nullptr) return;  // asks again when it is done
    if (chunks_ == nullptr) chunks_ = std::make_shared<ChunkCache>(session_.shared_reader());
    using Made = std::vector<std::pair<EventIndex, EventText>>;
    making_.start([this, wanted = std::exchange(wanted_, {}),
                   chunks = chunks_](const std::shared_ptr<Progress>& progress) {
        auto made = std::make_shared<Made>();
        for (const Wanted& one : wanted) {
            if (progress->is_cancelled()) return;
            const auto full = chunks->find(one.event, one.time, one.is_found);
            made->emplace_back(
                one.index,
                full ? text_of(*full->event)
                     : EventText{{}, QString::fromStdString(readable(full.error().message))});
        }
        QMetaObject::invokeMethod(
            this,
            [this, made, progress] {
                if (!making_.is_current(progress)) return;
                making_.finish();
                for (auto& [index, text] : *made)
                    kept_.insert(index, new EventText(std::move(text)));
                if (!wanted_.empty()) asking_.start();
                emit this->made();
            },
            Qt::QueuedConnection);
    });
}

}  // namespace tocsin::gui
