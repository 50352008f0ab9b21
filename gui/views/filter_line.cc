// SPDX-License-Identifier: Apache-2.0
#include "gui/views/filter_line.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QTextCharFormat>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "analyzer/report/escape.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {
namespace {

constexpr int kApplyAfterMs = 350, kCountEveryMs = 100;
constexpr qsizetype kMostHistory = 50;
constexpr int kMostRowsShown = 10;
constexpr qsizetype kLongestChip = 48;
const char* const kHistoryKey = "filter/history";

}  // namespace

FilterLine::FilterLine(ViewState& state, QWidget* parent) : QWidget(parent), state_(state) {
    make_widgets();
    history_ = QSettings().value(QLatin1String(kHistoryKey)).toStringList();
    at_ = history_.size();
    applying_.setSingleShot(true);
    applying_.setInterval(kApplyAfterMs);
    counting_.setInterval(kCountEveryMs);
    connect(&applying_, &QTimer::timeout, this, &FilterLine::apply_when_whole);
    connect(&counting_, &QTimer::timeout, this, &FilterLine::show_counts);
    connect(edit_, &QLineEdit::textEdited, this, &FilterLine::edited);
    connect(&state_.filter(), &RowFilter::changed, this, [this] {
        // Somebody else's filter, such as a case file's.
        if (!edit_->hasFocus() && edit_->text() != state_.filter().text())
            edit_->setText(state_.filter().text());
        show_chips();
        show_counts();
    });
    connect(&state_.filter(), &RowFilter::eventsChanged, this, &FilterLine::show_counts);
    connect(&state_, &ViewState::windowChanged, this, &FilterLine::show_counts);
    connect(&state_.session(), &TraceSession::progressed, this, &FilterLine::show_counts);
    connect(&state_.session(), &TraceSession::eventsComplete, this, &FilterLine::show_counts);
    edit_->setText(state_.filter().text());
    show_chips();
    show_counts();
}

FilterLine::~FilterLine() {
    delete popup_;
}

void FilterLine::make_widgets() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 4, 6, 4);
    column->setSpacing(3);
    auto* row = new QHBoxLayout;
    column->addLayout(row);
    edit_ = new QLineEdit(this);
    edit_->setPlaceholderText(
        QStringLiteral("Filter findings and events: proc.uid == 1000 && path glob \"/tmp/**\""));
    edit_->setClearButtonEnabled(true);
    edit_->setAccessibleName(QStringLiteral("Filter"));
    edit_->installEventFilter(this);
    row->addWidget(edit_, 1);
    counts_ = new QLabel(this);
    counts_->setTextFormat(Qt::PlainText);
    row->addWidget(counts_);
    error_ = new QLabel(this);
    error_->setTextFormat(Qt::PlainText);
    error_->setWordWrap(true);
    error_->setAccessibleName(QStringLiteral("What is wrong with the filter"));
    error_->hide();
    column->addWidget(error_);
    chips_ = new QWidget(this);
    chip_row_ = new QHBoxLayout(chips_);
    chip_row_->setContentsMargins(0, 0, 0, 0);
    chip_row_->setSpacing(4);
    column->addWidget(chips_);

    popup_ = new QTreeWidget;
    popup_->setWindowFlags(Qt::ToolTip);
    popup_->setFocusProxy(edit_);
    popup_->setColumnCount(3);
    popup_->setHeaderHidden(true);
    popup_->setRootIsDecorated(false);
    popup_->setUniformRowHeights(true);
    popup_->setFrameShape(QFrame::Box);
    popup_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    popup_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    connect(popup_, &QTreeWidget::itemClicked, this, &FilterLine::accept_completion);
}

QString FilterLine::text() const {
    return edit_->text();
}

void FilterLine::set_text(const QString& text) {
    edit_->setText(text);
    apply();
}

QString FilterLine::error() const {
    return error_->text();
}

void FilterLine::focus() {
    edit_->setFocus(Qt::ShortcutFocusReason);
    edit_->selectAll();
}

void FilterLine::clear() {
    set_text({});
}

void FilterLine::edited() {
    at_ = history_.size();
    underline({});
    applying_.start();
    show_completions();
}

// While a word is being completed its beginning is no error.
void FilterLine::apply_when_whole() {
    if (!popup_->isVisible() || FilterMeaning::of(edit_->text()).why_not.empty()) apply();
}

void FilterLine::apply() {
    applying_.stop();
    const QString text = edit_->text();
    const FilterMeaning meaning = FilterMeaning::of(text);
    if (!meaning.why_not.empty())
        return show_error(QString::fromStdString(readable(meaning.why_not)), meaning.column);
    show_error({}, 0);
    if (const auto set = state_.filter().set(text); !set)
        show_error(QString::fromStdString(readable(set.error().message)), 1);
}

void FilterLine::show_error(const QString& why, size_t column) {
    error_->setText(why.isEmpty() ? QString() : QStringLiteral("✕ ") + why);
    error_->setVisible(!why.isEmpty());
    edit_->setToolTip({});
    QPalette palette = QWidget::palette();
    palette.setColor(QPalette::WindowText, Theme::of(palette).change);
    error_->setPalette(palette);
    underline(why.isEmpty() ? TextSpan{} : span_at_column(edit_->text(), column));
}

// A line edit takes formats of its text from an input method alone.
void FilterLine::underline(TextSpan span) {
    QList<QInputMethodEvent::Attribute> attributes;
    if (span.length > 0) {
        QTextCharFormat format;
        format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        format.setUnderlineColor(Theme::of(palette()).change);
        format.setFontUnderline(true);
        attributes.append({QInputMethodEvent::TextFormat, span.from - edit_->cursorPosition(),
                           span.length, format});
    }
    QInputMethodEvent event({}, attributes);
    QCoreApplication::sendEvent(edit_, &event);
}

QString FilterLine::counts() const {
    RowFilter& filter = state_.filter();
    const size_t events = state_.session().events().size();
    const AnalysisResult* analysis = state_.session().analysis();
    size_t findings = 0, shown_findings = 0;
    if (analysis != nullptr)
        for (const uint32_t index : state_.alive()) {
            if (state_.is_set_aside(index)) continue;
            ++findings;
            if (filter.shows(analysis->findings[index])) ++shown_findings;
        }
    const QLocale locale;
    const auto part = [&](size_t shown, size_t all, const QString& what, bool is_filtered) {
        if (!is_filtered) return QStringLiteral("%1 %2").arg(locale.toString(all), what);
        return QStringLiteral("%1 of %2 %3")
            .arg(locale.toString(shown), locale.toString(all), what);
    };
    QString text =
        part(filter.events() != nullptr ? filter.events()->size() : events, events,
             QStringLiteral("events"), filter.is_of_events()) +
        QStringLiteral(", ") +
        part(shown_findings, findings, QStringLiteral("findings"), filter.is_of_findings());
    if (filter.is_of_events() && !filter.is_of_findings())
        text += QStringLiteral(" · of events only");
    if (filter.is_of_findings() && !filter.is_of_events())
        text += QStringLiteral(" · of findings only");
    if (filter.is_searching())
        text += QStringLiteral(" · %1 %").arg(static_cast<int>(100 * filter.progress()));
    return text;
}

void FilterLine::show_counts() {
    counts_->setText(counts());
    if (state_.filter().is_searching())
        counting_.start();
    else
        counting_.stop();
}

void FilterLine::show_chips() {
    while (QLayoutItem* item = chip_row_->takeAt(0)) {
        if (item->widget() != nullptr) item->widget()->deleteLater();
        delete item;
    }
    const QString filter = state_.filter().text();
    const auto parts = parts_of_filter(filter);
    chips_->setVisible(parts.size() > 1);
    if (parts.size() < 2) return;
    for (size_t i = 0; i < parts.size(); ++i) {
        auto* chip = new QToolButton(chips_);
        QString name = parts[i].text;
        if (name.size() > kLongestChip) name = name.left(kLongestChip - 1) + QChar(0x2026);
        chip->setText(name.replace(QLatin1Char('&'), QStringLiteral("&&")) + QStringLiteral("  ✕"));
        chip->setToolTip(QStringLiteral("Remove this part"));
        chip->setAccessibleName(QStringLiteral("Remove ") + parts[i].text);
        connect(chip, &QToolButton::clicked, this, [this, filter, i] {
            remember();
            set_text(without_part(filter, i));
            remember();
        });
        chip_row_->addWidget(chip);
    }
    chip_row_->addStretch();
}

void FilterLine::show_completions() {
    completions_ =
        completions_of(edit_->text(), edit_->cursorPosition(), state_.session().events());
    popup_->clear();
    if (completions_.words.empty() || !edit_->hasFocus()) return hide_completions();
    QList<QTreeWidgetItem*> items;
    for (const Completion& word : completions_.words)
        items.append(new QTreeWidgetItem({word.text, word.kind, word.meaning}));
    popup_->addTopLevelItems(items);
    const int rows = static_cast<int>(std::min<qsizetype>(items.size(), kMostRowsShown));
    int wide = 40;
    for (int column = 0; column < 3; ++column)
        wide += std::max(popup_->columnWidth(column), popup_->header()->sectionSize(column));
    const int x = edit_->inputMethodQuery(Qt::ImCursorRectangle).toRect().left();
    popup_->setGeometry(QRect(edit_->mapToGlobal(QPoint(std::max(0, x), edit_->height())),
                              QSize(std::min(wide, 800), rows * popup_->sizeHintForRow(0) + 4)));
    popup_->show();
}

void FilterLine::hide_completions() {
    popup_->hide();
}

void FilterLine::accept_completion() {
    const int row =
        popup_->currentItem() != nullptr ? popup_->indexOfTopLevelItem(popup_->currentItem()) : 0;
    if (row < 0 || static_cast<size_t>(row) >= completions_.words.size()) return;
    QString text = edit_->text();
    const QString word = completions_.words[static_cast<size_t>(row)].text + QLatin1Char(' ');
    text.replace(completions_.from, completions_.to - completions_.from, word);
    edit_->setText(text);
    edit_->setCursorPosition(completions_.from + static_cast<int>(word.size()));
    applying_.start();
    show_completions();
}

void FilterLine::remember() {
    const QString text = edit_->text().trimmed();
    if (text.isEmpty()) return;
    history_.removeAll(text);
    history_.append(text);
    while (history_.size() > kMostHistory) history_.removeFirst();
    at_ = history_.size();
    QSettings().setValue(QLatin1String(kHistoryKey), history_);
}

void FilterLine::walk_history(int by) {
    if (at_ == history_.size()) written_ = edit_->text();
    at_ = std::clamp<qsizetype>(at_ + by, 0, history_.size());
    edit_->setText(at_ == history_.size() ? written_ : history_[at_]);
    applying_.start();
}

bool FilterLine::eventFilter(QObject* watched, QEvent* event) {
    if (watched != edit_) return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut) {
        hide_completions();
        if (edit_->text() != state_.filter().text()) applying_.start();
    }
    // Keys of the shell's, such as Space, are letters here.
    if (event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape)
        event->accept();
    return event->type() == QEvent::KeyPress && handle_key(static_cast<QKeyEvent*>(event)->key());
}

bool FilterLine::handle_key(int key) {
    const bool is_completing = popup_->isVisible();
    const auto move = [this](int by) {
        const int count = popup_->topLevelItemCount();
        const int now = popup_->currentItem() != nullptr
                            ? popup_->indexOfTopLevelItem(popup_->currentItem())
                            : (by > 0 ? -1 : count);
        popup_->setCurrentItem(popup_->topLevelItem((now + by + count) % count));
    };
    switch (key) {
        case Qt::Key_Down:
        case Qt::Key_Up: {
            const int by = key == Qt::Key_Down ? 1 : -1;
            if (is_completing)
                move(by);
            else
                walk_history(by);
            return true;
        }
        case Qt::Key_Tab:
            if (!is_completing) return false;
            accept_completion();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (is_completing && popup_->currentItem() != nullptr) {
                accept_completion();
                return true;
            }
            hide_completions();
            apply();
            if (error().isEmpty()) remember();
            return true;
        case Qt::Key_Escape:
            if (is_completing) {
                hide_completions();
                applying_.start();
            } else {
                clear();
            }
            return true;
        default:
            return false;
    }
}

}  // namespace tocsin::gui
