// SPDX-License-Identifier: Apache-2.0
#include "gui/views/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <algorithm>

#include "gui/timeline/theme.h"

namespace tocsin::gui {
namespace {

// A sentence behind a bar of the notice's colour, with a sign: colour alone says nothing.
class NoticeRow : public QWidget {
  public:
    NoticeRow(const Notice& notice, QWidget* parent) : QWidget(parent), gravity_(notice.gravity) {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(kSign, 4, 4, 4);
        text_ = new QLabel(notice.sentence);
        text_->setTextFormat(Qt::PlainText);
        text_->setWordWrap(true);
        text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
        row->addWidget(text_, 1);
        close_ = new QToolButton;
        close_->setAutoRaise(true);
        close_->setText(QStringLiteral("×"));
        close_->setToolTip(QStringLiteral("Put this away"));
        close_->setAccessibleName(QStringLiteral("Put this notice away"));
        row->addWidget(close_, 0, Qt::AlignTop);
        setAccessibleName(notice.sentence);
    }
    QToolButton* close_button() const { return close_; }

  protected:
    void paintEvent(QPaintEvent* /*event*/) override {
        const Theme& theme = Theme::of(palette());
        const QColor colour =
            gravity_ == Gravity::kWarning ? theme.of(Severity::kMedium) : theme.of(Severity::kInfo);
        QPainter painter(this);
        QColor ground = colour;
        ground.setAlphaF(0.14F);
        painter.fillRect(rect(), ground);
        painter.fillRect(QRect(0, 0, 4, height()), colour);
        painter.setPen(colour);
        QFont bold = font();
        bold.setBold(true);
        painter.setFont(bold);
        const int line = fontMetrics().height() + 8;
        painter.drawText(QRect(4, 0, kSign - 4, line), Qt::AlignCenter,
                         gravity_ == Gravity::kWarning ? QStringLiteral("!") : QStringLiteral("i"));
        painter.setPen(theme.line);
        painter.drawLine(rect().bottomLeft(), rect().bottomRight());
    }

  private:
    static constexpr int kSign = 30;
    Gravity gravity_;
    QLabel* text_;
    QToolButton* close_;
};

}  // namespace

NoticeBar::NoticeBar(QWidget* parent) : QWidget(parent), rows_(new QVBoxLayout(this)) {
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(0);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    hide();
}

QWidget* NoticeBar::make_row(const Notice& notice) {
    auto* row = new NoticeRow(notice, this);
    connect(row->close_button(), &QToolButton::clicked, this, [this, row, notice] {
        put_away_.push_back(notice.sentence);
        row->hide();
        row->deleteLater();
        rows_->removeWidget(row);
        setVisible(rows_->count() != 0);
    });
    return row;
}

void NoticeBar::show_notices(const std::vector<Notice>& notices) {
    std::vector<QString> sentences;
    for (const Notice& notice : notices) sentences.push_back(notice.sentence);
    if (sentences == shown_) return;
    shown_ = sentences;
    while (QLayoutItem* item = rows_->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    for (const Notice& notice : notices)
        if (std::find(put_away_.begin(), put_away_.end(), notice.sentence) == put_away_.end())
            rows_->addWidget(make_row(notice));
    setVisible(rows_->count() != 0);
}

}  // namespace tocsin::gui
