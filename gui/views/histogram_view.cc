// SPDX-License-Identifier: Apache-2.0
#include "gui/views/histogram_view.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <array>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "gui/timeline/time_scale.h"
#include "gui/views/histogram_plot.h"

namespace tocsin::gui {
namespace {

constexpr std::array kAxes = {Axis::kBoth, Axis::kCheckUse, Axis::kMutationUse};

std::string spelled(std::chrono::nanoseconds limit) {
    std::string text = limit_text(limit);
    std::erase(text, ' ');
    return text;
}

// As take_window() takes it back.
QString text_of_window(const ViewState& state) {
    const CorrelationWindow& window = state.window();
    const auto both = position_of(window, Axis::kBoth);
    std::string text = both ? spelled(*both)
                            : "check-use=" + spelled(window.check_use) +
                                  ",mutation-use=" + spelled(window.mutation_use);
    const AnalysisOptions options = state.options();
    for (size_t i = 0; i < kRules; ++i) {
        const std::string rule = "," + std::string(name_of(static_cast<Rule>(i))) + ":";
        if (options.own_limits[i].check_use)
            text += rule + "check-use=" + spelled(*options.own_limits[i].check_use);
        if (options.own_limits[i].mutation_use)
            text += rule + "mutation-use=" + spelled(*options.own_limits[i].mutation_use);
    }
    return QString::fromStdString(text);
}

}  // namespace

HistogramView::HistogramView(ViewState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      plot_(new HistogramPlot(state, this)),
      axis_(new QComboBox(this)),
      scale_(new QComboBox(this)),
      window_(new QLineEdit(this)),
      complaint_(new QLabel(this)),
      counts_(new QLabel(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 4, 6, 4);
    column->setSpacing(4);
    column->addWidget(make_controls());
    column->addWidget(complaint_);
    column->addWidget(counts_);
    column->addWidget(plot_, 1);
    complaint_->setWordWrap(true);
    complaint_->setVisible(false);
    complaint_->setTextFormat(Qt::PlainText);
    counts_->setWordWrap(true);
    counts_->setTextFormat(Qt::PlainText);
    counts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(&state_, &ViewState::windowChanged, this, &HistogramView::show_window);
    connect(&state_, &ViewState::brushChanged, this, &HistogramView::show_counts);
    connect(&state_.session(), &TraceSession::opened, this, &HistogramView::show_window);
    show_window();
}

QWidget* HistogramView::make_controls() {
    auto* controls = new QWidget(this);
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins(0, 0, 0, 0);
    const auto add_labelled = [&](const QString& text, QWidget* widget) {
        auto* label = new QLabel(text, controls);
        label->setBuddy(widget);
        row->addWidget(label);
        row->addWidget(widget);
    };
    window_->setMinimumWidth(140);
    window_->setMaximumWidth(320);
    window_->setToolTip(
        tr("How far apart check, change and use may lie, as tocsin analyze --window takes it:\n"
           "50ms, unlimited, check-use=2s,mutation-use=100ms, F1:50ms. Enter applies it."));
    window_->setAccessibleName(tr("Correlation window"));
    add_labelled(tr("&Window"), window_);
    axis_->addItems({tr("moves both limits"), tr("moves check-use"), tr("moves mutation-use")});
    axis_->setToolTip(tr("Which limit the handle moves, and which gap the bars show"));
    axis_->setAccessibleName(tr("Limits that the handle moves"));
    row->addWidget(axis_);
    scale_->addItems({tr("linear"), tr("logarithmic")});
    scale_->setToolTip(tr("How high a bar of so many findings is"));
    add_labelled(tr("Co&unts"), scale_);
    row->addStretch(1);
    connect(window_, &QLineEdit::returnPressed, this, &HistogramView::take_window);
    connect(axis_, &QComboBox::activated, this, [this](int index) {
        const Axis axis = kAxes[static_cast<size_t>(index)];
        const CorrelationWindow& window = state_.window();
        state_.set_window(axis, position_of(window, axis).value_or(window.check_use));
    });
    connect(scale_, &QComboBox::activated, this, [this](int index) {
        plot_->set_scale(index == 0 ? CountScale::kLinear : CountScale::kLogarithmic);
    });
    return controls;
}

void HistogramView::show_window() {
    if (!window_->hasFocus() || !window_->isModified()) window_->setText(text_of_window(state_));
    complaint_->setVisible(false);
    axis_->setCurrentIndex(static_cast<int>(state_.axis()));
    show_counts();
}

void HistogramView::show_counts() {
    const GapDistribution* gaps = state_.gaps();
    if (gaps == nullptr) return counts_->clear();
    QStringList parts;
    uint64_t inside = 0;
    for (const uint64_t count : state_.by_severity()) inside += count;
    parts << tr("%1 in the window")
                 .arg(QString::fromStdString(count_text(inside, "finding", "findings")));
    if (const uint64_t beyond = gaps->beyond(state_.limit()); beyond != 0)
        parts << tr("%1 outside it").arg(beyond);
    if (gaps->without_gap() != 0)
        parts << (gaps->without_gap() == 1
                      ? tr("1 within one call has no gap and is in every window")
                      : tr("%1 within one call have no gap and are in every window")
                            .arg(gaps->without_gap()));
    if (const auto& brush = state_.brush())
        parts << tr("shown: gaps of %1 to %2 (Esc shows all)")
                     .arg(duration_text(static_cast<uint64_t>(brush->from.count())),
                          brush->to == kUnlimited
                              ? tr("any length")
                              : duration_text(static_cast<uint64_t>(brush->to.count())));
    counts_->setText(parts.join(QStringLiteral("; ")));
}

void HistogramView::take_window() {
    const auto taken = state_.set_windows(window_->text().toStdString());
    complaint_->setVisible(!taken.ok());
    if (!taken.ok()) {
        complaint_->setText(QString::fromStdString(readable(taken.error().message)));
        return;
    }
    window_->setModified(false);
    window_->setText(text_of_window(state_));
}

}  // namespace tocsin::gui
