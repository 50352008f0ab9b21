// SPDX-License-Identifier: Apache-2.0
#include "gui/views/race_card_view.h"

#include <QAbstractTextDocumentLayout>
#include <QBoxLayout>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTextBrowser>
#include <QWheelEvent>
#include <atomic>
#include <cmath>
#include <string>
#include <thread>

#include "analyzer/report/phrases.h"
#include "gui/models/explanation_text.h"
#include "gui/models/finding_words.h"
#include "gui/models/line_breaks.h"
#include "gui/models/race_card_text.h"
#include "gui/views/race_figure.h"

namespace tocsin::gui {
namespace {

constexpr size_t kStoryColumns = 160;
constexpr int kBadge = 20;

// As high as its text: what scrolls is the card around it.
class WholeText : public QTextBrowser {
  public:
    explicit WholeText(QWidget* parent) : QTextBrowser(parent) {
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        setOpenLinks(false);
        document()->setDocumentMargin(0);
        viewport()->setAutoFillBackground(false);
        connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged,
                this, [this](const QSizeF& size) {
                    setFixedHeight(static_cast<int>(std::ceil(size.height())) + 2);
                });
    }

  protected:
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
    QMimeData* createMimeDataFromSelection() const override {
        QMimeData* copied = QTextBrowser::createMimeDataFromSelection();
        copied->setText(without_breaks(copied->text()));
        if (copied->hasHtml()) copied->setHtml(without_breaks(copied->html()));
        return copied;
    }
};

QPixmap badge_of(Severity severity, const Theme& theme, qreal scale) {
    QPixmap pixmap((QSizeF(kBadge, kBadge) * scale).toSize());
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    draw_severity(painter, severity, QPointF(kBadge, kBadge) / 2.0, kBadge - 2, theme.of(severity));
    return pixmap;
}

}  // namespace

// The explanation being made, by a thread of its own.
class RaceCardView::Copying {
  public:
    template <typename Done>
    Copying(const TraceReader& trace, ExplainedFinding finding, Done done)
        : thread_([&trace, finding = std::move(finding), done] {
              done(QString::fromStdString(explanation_text(trace, finding)));
          }) {}
    ~Copying() { thread_.join(); }

  private:
    std::thread thread_;
};

RaceCardView::RaceCardView(ViewState& state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      pages_(new QStackedWidget(this)),
      nothing_(new QLabel(tr("Select a finding to see its race."), this)),
      severity_(new QLabel(this)),
      headline_(new QLabel(this)),
      copy_(new QPushButton(tr("&Copy as text"), this)),
      figure_(new RaceFigure(this)),
      story_(new WholeText(this)),
      text_(new WholeText(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    nothing_->setAlignment(Qt::AlignCenter);
    nothing_->setWordWrap(true);
    nothing_->setMargin(24);
    pages_->addWidget(nothing_);
    pages_->addWidget(make_card());
    column->addWidget(pages_);
    connect(&state_, &ViewState::findingSelected, this, &RaceCardView::show_finding);
    // Times of who wrote to a call's memory are those of events.
    connect(&state_.session(), &TraceSession::eventsComplete, this, &RaceCardView::show_finding);
    connect(copy_, &QPushButton::clicked, this, &RaceCardView::copy_as_text);
    show_finding();
}

RaceCardView::~RaceCardView() = default;

QWidget* RaceCardView::make_header() {
    auto* header = new QWidget;
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    QFont bold = headline_->font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    headline_->setFont(bold);
    headline_->setTextFormat(Qt::PlainText);
    headline_->setWordWrap(true);
    headline_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    story_->setAccessibleName(tr("The race in a sentence"));
    copy_->setToolTip(tr("What tocsin explain prints of this finding"));
    row->addWidget(severity_);
    row->addWidget(headline_, 1);
    row->addWidget(copy_);
    return header;
}

QWidget* RaceCardView::make_card() {
    auto* card = new QWidget;
    card->setAutoFillBackground(true);
    card->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(make_header());
    column->addWidget(story_);
    column->addWidget(figure_);
    column->addWidget(text_);
    column->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(card);
    text_->setAccessibleName(tr("Claim beside truth, and why it was flagged"));
    return scroll;
}

void RaceCardView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) show_finding();
    QWidget::changeEvent(event);
}

void RaceCardView::show_finding() {
    const Finding* finding = state_.selected_finding();
    pages_->setCurrentIndex(finding != nullptr ? 1 : 0);
    if (finding == nullptr) return;
    const Theme& theme = Theme::of(palette());
    const Severity severity = finding->judgement.severity;
    severity_->setPixmap(badge_of(severity, theme, devicePixelRatioF()));
    severity_->setToolTip(word_of(severity));
    const std::string_view rule = name_of(finding->candidate.rule),
                           meaning = meaning_of(finding->candidate.rule);
    headline_->setText(word_of(severity) + QLatin1Char(' ') +
                       QString::fromUtf8(rule.data(), static_cast<qsizetype>(rule.size())) +
                       QStringLiteral(": ") +
                       QString::fromUtf8(meaning.data(), static_cast<qsizetype>(meaning.size())));
    story_->setPlainText(with_breaks(QString::fromStdString(title_text(*finding, kStoryColumns))));
    figure_->show_race(
        drawing_of(*state_.session().analysis(), state_.session().events(), *finding));
    text_->setHtml(race_card_text(*state_.session().analysis(), *finding, theme));
}

void RaceCardView::copy_as_text() {
    const Finding* finding = state_.selected_finding();
    if (finding == nullptr || copying_) return;
    copy_->setEnabled(false);
    copy_->setText(tr("Copying…"));
    copying_ = std::make_unique<Copying>(
        state_.session().reader(),
        explained(*state_.session().analysis(), state_.options(), *finding),
        [this](const QString& text) {
            QMetaObject::invokeMethod(
                this, [this, text] { end_copying(text); }, Qt::QueuedConnection);
        });
}

void RaceCardView::end_copying(const QString& text) {
    copying_.reset();
    copy_->setEnabled(true);
    copy_->setText(tr("&Copy as text"));
    if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
    emit copied();
}

}  // namespace tocsin::gui
