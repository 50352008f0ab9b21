// SPDX-License-Identifier: Apache-2.0
#include "gui/views/time_mode_box.h"

#include <QStandardItemModel>

namespace tocsin::gui {

TimeModeBox::TimeModeBox(ViewState& state, QWidget* parent) : QComboBox(parent) {
    setAccessibleName(QStringLiteral("How times are shown"));
    setToolTip(QStringLiteral("How times are shown"));
    addItem(QStringLiteral("Since start"), static_cast<int>(TimeMode::kRelative));
    addItem(QStringLiteral("UTC"), static_cast<int>(TimeMode::kUtc));
    addItem(QStringLiteral("Nanoseconds"), static_cast<int>(TimeMode::kNanoseconds));
    const auto follow = [this, &state] {
        setCurrentIndex(findData(static_cast<int>(state.time_mode())));
    };
    follow();
    connect(&state, &ViewState::timeModeChanged, this, follow);
    connect(this, &QComboBox::activated, &state,
            [this, &state] { state.set_time_mode(static_cast<TimeMode>(currentData().toInt())); });
    // A trace without a sample of the clock has no UTC.
    const auto offer_utc = [this, &state] {
        auto* items = qobject_cast<QStandardItemModel*>(model());
        QStandardItem* utc = items->item(findData(static_cast<int>(TimeMode::kUtc)));
        const bool is_known = state.session().facts().clock.has_value();
        utc->setEnabled(is_known);
        utc->setToolTip(is_known ? QString()
                                 : QStringLiteral("The trace says nothing of the clock's time"));
    };
    offer_utc();
    connect(&state.session(), &TraceSession::eventsAdded, this, offer_utc);
    connect(&state.session(), &TraceSession::eventsComplete, this, offer_utc);
}

}  // namespace tocsin::gui
