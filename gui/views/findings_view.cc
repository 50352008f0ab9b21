// SPDX-License-Identifier: Apache-2.0
#include "gui/views/findings_view.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QStackedWidget>

#include "analyzer/report/phrases.h"
#include "gui/models/finding_words.h"
#include "gui/views/findings_table.h"

namespace tocsin::gui {

FindingsView::FindingsView(ViewState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      model_(state),
      table_(new FindingsTable(state, model_, this)),
      counts_(new QLabel(this)),
      empty_(new QLabel(this)),
      pages_(new QStackedWidget(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(make_controls());
    column->addWidget(pages_, 1);
    empty_->setTextFormat(Qt::PlainText);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setMargin(24);
    empty_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    pages_->addWidget(table_);
    pages_->addWidget(empty_);
    setFocusProxy(table_);
    connect(&model_, &FindingsModel::refreshed, this, &FindingsView::follow);
    connect(&state_.session(), &TraceSession::progressed, this, &FindingsView::follow);
    connect(&state_.session(), &TraceSession::failed, this, &FindingsView::follow);
    follow();
}

QWidget* FindingsView::make_controls() {
    auto* controls = new QWidget(this);
    auto* column = new QVBoxLayout(controls);
    column->setContentsMargins(6, 4, 6, 4);
    column->setSpacing(4);
    counts_->setTextFormat(Qt::PlainText);
    counts_->setWordWrap(true);
    counts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(counts_);
    auto* row = new QHBoxLayout;
    column->addLayout(row);
    auto* group_by = new QComboBox(controls);
    group_by->addItems({tr("nothing"), tr("race"), tr("object"), tr("process"), tr("class")});
    group_by->setToolTip(tr("Rows with the same race, object, misled process or class together"));
    auto* label = new QLabel(tr("&Group by"), controls);
    label->setBuddy(group_by);
    auto* set_aside = new QCheckBox(tr("Show set &aside"), controls);
    set_aside->setToolTip(
        tr("Findings that a rule sets aside are kept and counted, and not shown unless asked for"));
    row->addWidget(label);
    row->addWidget(group_by);
    row->addSpacing(12);
    row->addWidget(set_aside);
    row->addStretch(1);
    connect(group_by, &QComboBox::activated, this,
            [this](int index) { model_.set_group_by(static_cast<GroupBy>(index)); });
    connect(set_aside, &QCheckBox::toggled, this, [this](bool is_on) {
        model_.set_set_aside(is_on ? SetAsideRows::kShown : SetAsideRows::kHidden);
    });
    return controls;
}

void FindingsView::select_next() {
    table_->select_next();
}

void FindingsView::select_previous() {
    table_->select_previous();
}

void FindingsView::follow() {
    if (!has_selected_ && !model_.is_provisional()) {
        has_selected_ = true;
        if (!state_.finding()) state_.select_finding(model_.gravest());
    }
    counts_->setText(counts_text());
    const QString why = why_empty();
    empty_->setText(why);
    pages_->setCurrentWidget(why.isEmpty() ? static_cast<QWidget*>(table_) : empty_);
}

QString FindingsView::counts_text() const {
    const TraceSession& session = state_.session();
    if (model_.is_provisional()) {
        if (session.is_partial())
            return tr("Cancelled after %1: partial, not for reports.")
                .arg(QString::fromStdString(
                    count_text(session.found_in_all(), "finding", "findings")));
        if (!session.is_loading()) return {};
        return tr("Still analyzing: %1 so far, in whatever window")
            .arg(QString::fromStdString(count_text(session.found_in_all(), "finding", "findings")));
    }
    QStringList severities;
    for (const Severity severity : kAllSeverities)
        if (const uint64_t count = state_.by_severity()[static_cast<size_t>(severity)])
            severities << QString::number(count) + QLatin1Char(' ') + word_of(severity).toLower();
    QStringList parts{severities.isEmpty() ? tr("No findings in the window")
                                           : severities.join(QStringLiteral(", "))};
    const FindingsModel::Counts& counts = model_.counts();
    if (counts.set_aside != 0) parts << tr("%1 set aside").arg(counts.set_aside);
    if (const uint64_t beyond = state_.gaps()->beyond(state_.limit()); beyond != 0)
        parts << tr("%1 outside the window").arg(beyond);
    if (counts.filtered_away != 0) parts << tr("%1 hidden by the filter").arg(counts.filtered_away);
    if (counts.brushed_away != 0) parts << tr("%1 of other gaps").arg(counts.brushed_away);
    if (const uint64_t not_kept = session.analysis()->not_kept; not_kept != 0)
        parts << tr("%1 counted and not kept").arg(not_kept);
    return parts.join(QStringLiteral("; "));
}

QString FindingsView::why_empty() const {
    const TraceSession& session = state_.session();
    if (model_.rowCount() != 0) return {};
    if (model_.is_provisional()) {
        if (session.is_partial())
            return tr(
                "The analysis was cancelled before it found anything. That says nothing: "
                "open the trace anew to know.");
        return session.is_loading()
                   ? tr("Analyzing the trace. Findings appear here as they are found.")
                   : QString();
    }
    const FindingsModel::Counts& counts = model_.counts();
    if (counts.filtered_away != 0)
        return tr("None of %1 in this window passes the filter. Change it, or clear it.")
            .arg(QString::fromStdString(count_text(counts.filtered_away, "finding", "findings")));
    if (counts.brushed_away != 0)
        return tr(
            "No finding has a gap in the part that is marked in the histogram. Esc there "
            "shows all again.");
    if (const uint64_t beyond = state_.gaps()->beyond(state_.limit()); beyond != 0)
        return tr("Nothing in this window, %1. %2 a wider one: drag the handle in the histogram "
                  "to the right.")
            .arg(QString::fromStdString(text_of(state_.window())),
                 QString::fromStdString(beyond == 1 ? std::string("1 finding needs")
                                                    : std::to_string(beyond) + " findings need"));
    QString why = QString::fromStdString(verdict_text(*session.analysis()));
    if (counts.set_aside != 0)
        why += tr("\n\n%1 set aside by a rule: \u201cShow set aside\u201d shows them.")
                   .arg(QString::fromStdString(count_text(counts.set_aside, "is", "are")));
    return why;
}

}  // namespace tocsin::gui
