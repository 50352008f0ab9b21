// SPDX-License-Identifier: Apache-2.0
#include "gui/views/status_line.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "gui/models/trace_notices.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {
namespace {

constexpr size_t kHostColumns = 40;

QString grouped(uint64_t count) {
    return QLocale(QLocale::English).toString(static_cast<qulonglong>(count));
}

// A shape and a number for each severity that there is.
class SeverityCounts : public QWidget {
  public:
    explicit SeverityCounts(ViewState& state) : state_(state) {}
    QSize sizeHint() const override {
        int width = 0;
        for (const Severity severity : kAllSeverities)
            if (const uint64_t count = count_of(severity))
                width += kShape + 4 + fontMetrics().horizontalAdvance(grouped(count)) + kGap;
        return {width, fontMetrics().height() + 2};
    }

  protected:
    void paintEvent(QPaintEvent* /*event*/) override {
        QPainter painter(this);
        const Theme& theme = Theme::of(palette());
        int x = 0;
        for (const Severity severity : kAllSeverities) {
            const uint64_t count = count_of(severity);
            if (count == 0) continue;
            draw_severity(painter, severity, QPointF(x + kShape / 2.0, height() / 2.0), kShape,
                          theme.of(severity));
            x += kShape + 4;
            const QString text = grouped(count);
            painter.setPen(palette().color(QPalette::WindowText));
            painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter, text);
            x += fontMetrics().horizontalAdvance(text) + kGap;
        }
    }

  private:
    static constexpr int kShape = 11, kGap = 10;
    uint64_t count_of(Severity severity) const {
        return state_.by_severity()[static_cast<size_t>(severity)];
    }
    ViewState& state_;
};

}  // namespace

StatusLine::StatusLine(ViewState& state, QWidget* parent)
    : QStatusBar(parent),
      state_(state),
      trace_(new QLabel),
      notices_(new QLabel),
      findings_(new QLabel),
      progress_(new QProgressBar),
      cancel_(new QToolButton) {
    trace_->setTextFormat(Qt::PlainText);
    notices_->setTextFormat(Qt::PlainText);
    progress_->setRange(0, 1000);
    progress_->setFixedWidth(160);
    progress_->setMaximumHeight(14);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(QStringLiteral("How much of the trace is loaded"));
    cancel_->setText(QStringLiteral("Cancel"));
    cancel_->setAutoRaise(true);
    addWidget(progress_);
    addWidget(cancel_);
    addWidget(trace_);
    addPermanentWidget(notices_);
    addPermanentWidget(findings_);
    auto* counts = new SeverityCounts(state);
    addPermanentWidget(counts);
    TraceSession& session = state_.session();
    connect(cancel_, &QToolButton::clicked, &session, &TraceSession::cancel);
    for (const auto signal : {&TraceSession::opened, &TraceSession::progressed,
                              &TraceSession::eventsComplete, &TraceSession::analyzed})
        connect(&session, signal, this, [this] {
            show_progress();
            show_notices();
            show_findings();
        });
    connect(&state_, &ViewState::windowChanged, this, [this, counts] {
        show_findings();
        counts->updateGeometry();
        counts->update();
    });
    connect(&state_.filter(), &RowFilter::changed, this, &StatusLine::show_findings);
    show_progress();
}

void StatusLine::show_progress() {
    const TraceSession& session = state_.session();
    const bool is_loading = session.is_loading();
    progress_->setVisible(is_loading);
    cancel_->setVisible(is_loading && !session.is_partial());
    progress_->setValue(static_cast<int>(session.progress() * progress_->maximum()));
    if (!session.is_open()) {
        trace_->setText(QStringLiteral("Opening…"));
        return;
    }
    QString text = grouped(session.events().size()) + QStringLiteral(" events");
    if (is_loading) text = QStringLiteral("Loading: ") + text;
    text += QStringLiteral(" · %1 s").arg(
        QString::fromStdString(seconds_since(session.first(), session.last())));
    const std::string host = elide(escape(session.facts().header.host), kHostColumns);
    if (!host.empty()) text += QStringLiteral(" · ") + QString::fromStdString(host);
    trace_->setText(text);
}

void StatusLine::show_notices() {
    QStringList briefs, sentences;
    for (const Notice& notice : notices_of(state_.session())) {
        if (notice.gravity != Gravity::kWarning) continue;
        briefs.push_back(notice.brief);
        sentences.push_back(notice.sentence);
    }
    notices_->setText(briefs.isEmpty() ? QString()
                                       : QStringLiteral("⚠ ") + briefs.join(QStringLiteral(" · ")));
    notices_->setToolTip(sentences.join(QStringLiteral("\n\n")).toHtmlEscaped());
    notices_->setVisible(!briefs.isEmpty());
}

void StatusLine::show_findings() {
    const TraceSession& session = state_.session();
    if (session.analysis() == nullptr) {
        findings_->setText(
            session.found_in_all() == 0
                ? QString()
                : QStringLiteral("%1 found so far").arg(grouped(session.found_in_all())));
        return;
    }
    uint64_t all = 0;
    for (const uint64_t count : state_.by_severity()) all += count;
    findings_->setText(
        QStringLiteral("%1 %2 in the window")
            .arg(grouped(all), all == 1 ? QStringLiteral("finding") : QStringLiteral("findings")));
    findings_->setToolTip(QStringLiteral("The window: %1")
                              .arg(QString::fromStdString(text_of(state_.options().window))));
}

}  // namespace tocsin::gui
