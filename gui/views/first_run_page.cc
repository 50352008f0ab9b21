// SPDX-License-Identifier: Apache-2.0
#include "gui/views/first_run_page.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "analyzer/report/escape.h"
#include "gui/timeline/theme.h"
#include "gui/views/app_icon.h"

namespace tocsin::gui {
namespace {

constexpr int kPath = Qt::UserRole, kStory = Qt::UserRole + 1, kAside = Qt::UserRole + 2;
constexpr int kLeftWidth = 340, kCardPadding = 12;

QString shown(const QString& bytes) {
    return QString::fromStdString(escape(bytes.toStdString()));
}

QLabel* heading(const QString& text) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setBold(true);
    font.setPointSizeF(font.pointSizeF() * 1.15);
    label->setFont(font);
    return label;
}

// Draws a title, what it is called and up to two lines of a story, one under another.
class CardDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const QFontMetrics title(title_font(option.font));
        const int story =
            index.data(kStory).toString().isEmpty() ? 0 : 2 * option.fontMetrics.lineSpacing() + 2;
        return {100,
                2 * kCardPadding + title.lineSpacing() + option.fontMetrics.lineSpacing() + story};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Theme& theme = Theme::of(option.palette);
        const bool is_chosen = (option.state & QStyle::State_Selected) != 0;
        const bool is_hovered = (option.state & QStyle::State_MouseOver) != 0;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF card = QRectF(option.rect).adjusted(0.5, 3.5, -0.5, -3.5);
        painter->setBrush(is_chosen ? theme.selection : theme.background);
        painter->setPen(is_hovered || is_chosen ? theme.check : theme.line);
        painter->drawRoundedRect(card, 5, 5);
        QRect text = option.rect.adjusted(kCardPadding, kCardPadding, -kCardPadding, 0);
        painter->setFont(title_font(option.font));
        painter->setPen(theme.text);
        const QFontMetrics title(painter->font());
        text.setHeight(title.lineSpacing());
        painter->drawText(text, Qt::AlignVCenter,
                          title.elidedText(index.data().toString(), Qt::ElideRight, text.width()));
        text.translate(0, text.height());
        text.setHeight(option.fontMetrics.lineSpacing());
        painter->setFont(option.font);
        painter->setPen(theme.muted);
        painter->drawText(text, Qt::AlignVCenter,
                          option.fontMetrics.elidedText(index.data(kAside).toString(),
                                                        Qt::ElideMiddle, text.width()));
        text.translate(0, text.height() + 2);
        painter->setPen(theme.text);
        draw_lines(*painter, index.data(kStory).toString(), text, option);
        painter->restore();
    }

  private:
    static QFont title_font(QFont font) {
        font.setBold(true);
        return font;
    }

    // Two at most; what does not fit is elided.
    static void draw_lines(QPainter& painter, const QString& story, const QRect& first,
                           const QStyleOptionViewItem& option) {
        if (story.isEmpty()) return;
        QTextLayout layout(story, option.font);
        layout.beginLayout();
        QTextLine line = layout.createLine();
        line.setLineWidth(first.width());
        layout.endLayout();
        const auto end = line.textLength();
        painter.drawText(first, Qt::AlignVCenter, story.left(end).trimmed());
        painter.drawText(
            first.translated(0, option.fontMetrics.lineSpacing()), Qt::AlignVCenter,
            option.fontMetrics.elidedText(story.mid(end).trimmed(), Qt::ElideRight, first.width()));
    }
};

// Where a file can be dropped: dashed, and filled while one is held over it.
class DropArea : public QWidget {
  public:
    explicit DropArea(QWidget* parent = nullptr) : QWidget(parent) { setMinimumHeight(84); }
    void set_over(bool is_over) {
        is_over_ = is_over;
        update();
    }

  protected:
    void paintEvent(QPaintEvent* /*event*/) override {
        const Theme& theme = Theme::of(palette());
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(is_over_ ? theme.selection : QColor(Qt::transparent));
        painter.setPen(QPen(is_over_ ? theme.check : theme.muted, 1.2, Qt::DashLine));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
        painter.setPen(is_over_ ? theme.text : theme.muted);
        painter.drawText(rect().adjusted(12, 6, -12, -6), Qt::AlignCenter | Qt::TextWordWrap,
                         QStringLiteral("…or drop a recorded trace\n(*.tocsin) anywhere here"));
    }

  private:
    bool is_over_ = false;
};

QListWidget* make_cards(const QString& accessible_name) {
    auto* list = new QListWidget;
    list->setItemDelegate(new CardDelegate(list));
    list->setFrameShape(QFrame::NoFrame);
    list->setMouseTracking(true);
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setAccessibleName(accessible_name);
    list->viewport()->setAutoFillBackground(false);
    list->viewport()->setCursor(Qt::PointingHandCursor);
    return list;
}

void add_card(QListWidget& list, const QString& title, const QString& aside, const QString& story,
              const QString& path) {
    auto* item = new QListWidgetItem(title, &list);
    item->setData(kPath, path);
    item->setData(kAside, aside);
    item->setData(kStory, story);
    item->setToolTip(story.isEmpty() ? aside.toHtmlEscaped() : story.toHtmlEscaped());
    item->setData(Qt::AccessibleTextRole, title + QStringLiteral(". ") + story);
}

}  // namespace

FirstRunPage::FirstRunPage(RecentFiles& recent, const std::vector<Sample>& samples, QWidget* parent)
    : QWidget(parent), recent_(recent), failure_(new NoticeBar) {
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    page->addWidget(failure_);
    // The window may be as small as what it shows of a trace.
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    auto* both = new QWidget;
    auto* columns = new QHBoxLayout(both);
    columns->setContentsMargins(48, 40, 48, 32);
    columns->setSpacing(48);
    QWidget* open_part = make_open_part();
    open_part->setFixedWidth(kLeftWidth);
    QWidget* samples_part = make_samples_part(samples);
    samples_part->setMaximumWidth(860);
    columns->addStretch(1);
    columns->addWidget(open_part);
    columns->addWidget(samples_part, 6);
    columns->addStretch(1);
    scroll->setWidget(both);
    page->addWidget(scroll, 1);
    for (QListWidget* list : {recent_list_, samples_list_}) {
        const auto choose = [this](const QListWidgetItem* item) {
            emit traceChosen(item->data(kPath).toString());
        };
        connect(list, &QListWidget::itemActivated, this, choose);
        if (!list->style()->styleHint(QStyle::SH_ItemView_ActivateItemOnSingleClick, nullptr, list))
            connect(list, &QListWidget::itemClicked, this, choose);
    }
    connect(&recent_, &RecentFiles::changed, this, &FirstRunPage::list_recent);
    list_recent();
}

QWidget* FirstRunPage::make_open_part() {
    auto* part = new QWidget;
    auto* rows = new QVBoxLayout(part);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(10);
    auto* top = new QHBoxLayout;
    top->setSpacing(14);
    auto* icon = new QLabel;
    icon->setPixmap(app_icon().pixmap(QSize(56, 56), devicePixelRatioF()));
    top->addWidget(icon);
    auto* name = new QLabel(QStringLiteral("Tocsin"));
    QFont large = name->font();
    large.setPointSizeF(large.pointSizeF() * 2.2);
    large.setBold(true);
    name->setFont(large);
    top->addWidget(name, 1);
    rows->addLayout(top);
    auto* what = new QLabel(QStringLiteral(
        "See the race: what a program checked, what somebody changed, and what was used instead."));
    what->setWordWrap(true);
    rows->addWidget(what);
    rows->addSpacing(8);
    auto* open = new QPushButton(QStringLiteral("Open a trace…"));
    open->setDefault(true);
    open->setMinimumHeight(36);
    connect(open, &QPushButton::clicked, this, &FirstRunPage::openAsked);
    rows->addWidget(open);
    auto* drop = new DropArea;
    drop_ = drop;
    rows->addWidget(drop);
    rows->addSpacing(12);
    rows->addWidget(heading(QStringLiteral("Opened last")));
    recent_list_ = make_cards(QStringLiteral("Traces that were opened last"));
    no_recent_ = make_no_recent();
    rows->addWidget(recent_list_, 1);
    rows->addWidget(no_recent_, 1);
    return part;
}

QWidget* FirstRunPage::make_no_recent() {
    auto* part = new QWidget;
    auto* rows = new QVBoxLayout(part);
    rows->setContentsMargins(0, 0, 0, 0);
    auto* what = new QLabel(
        QStringLiteral("Nothing yet. Record a trace on the machine in question, as root:"));
    what->setWordWrap(true);
    what->setForegroundRole(QPalette::PlaceholderText);
    rows->addWidget(what);
    auto* command = new QLabel(QStringLiteral("tocsin-record -d 30s"));
    command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    command->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    command->setAccessibleName(QStringLiteral("Command that records"));
    command->setMargin(6);
    command->setAutoFillBackground(true);
    command->setBackgroundRole(QPalette::Base);
    rows->addWidget(command, 0, Qt::AlignLeft);
    rows->addStretch(1);
    return part;
}

QWidget* FirstRunPage::make_samples_part(const std::vector<Sample>& samples) {
    auto* part = new QWidget;
    auto* rows = new QVBoxLayout(part);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(6);
    rows->addWidget(heading(QStringLiteral("Recorded races to look at")));
    auto* what = new QLabel(
        samples.empty()
            ? QStringLiteral("None are installed: they belong in %1.")
                  .arg(shown(samples_directory()))
            : QStringLiteral(
                  "Each is an attack that was made for real and recorded by tocsin-record."));
    what->setWordWrap(true);
    what->setForegroundRole(QPalette::PlaceholderText);
    rows->addWidget(what);
    samples_list_ = make_cards(QStringLiteral("Recorded races"));
    for (const Sample& sample : samples)
        add_card(*samples_list_, sample.title, sample.name, sample.story, sample.trace);
    rows->addWidget(samples_list_, 1);
    return part;
}

void FirstRunPage::list_recent() {
    recent_list_->clear();
    for (const QString& path : recent_.paths()) {
        const QFileInfo file(path);
        const QString name = file.fileName() == QStringLiteral("recorded.tocsin")
                                 ? file.dir().dirName() + QLatin1Char('/') + file.fileName()
                                 : file.fileName();
        add_card(*recent_list_, shown(name), shown(file.path()), {}, path);
    }
    recent_list_->setVisible(recent_list_->count() != 0);
    no_recent_->setVisible(recent_list_->count() == 0);
}

void FirstRunPage::show_failure(const QString& sentence) {
    std::vector<Notice> notices;
    if (!sentence.isEmpty()) notices.push_back({Gravity::kWarning, {}, sentence});
    failure_->show_notices(notices);
}

void FirstRunPage::show_drop(bool is_over) {
    static_cast<DropArea*>(drop_)->set_over(is_over);
}

}  // namespace tocsin::gui
