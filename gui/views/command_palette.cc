// SPDX-License-Identifier: Apache-2.0
#include "gui/views/command_palette.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "gui/timeline/theme.h"

namespace tocsin::gui {
namespace {

constexpr int kPadding = 8, kWidth = 620, kHeight = 420;

// The name, its menu before it and its shortcut at the right edge.
class CommandDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option,
                   const QModelIndex& /*index*/) const override {
        return {100, option.fontMetrics.lineSpacing() + kPadding};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Theme& theme = Theme::of(option.palette);
        painter->save();
        if ((option.state & QStyle::State_Selected) != 0)
            painter->fillRect(option.rect, theme.selection);
        QRect area = option.rect.adjusted(kPadding, 0, -kPadding, 0);
        const QString shortcut = index.data(PaletteModel::kShortcut).toString();
        const QString menu = index.data(PaletteModel::kMenu).toString();
        const int menu_width = option.fontMetrics.horizontalAdvance(QStringLiteral("View   "));
        painter->setPen(theme.muted);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, menu);
        painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, shortcut);
        area.adjust(menu_width, 0, -option.fontMetrics.horizontalAdvance(shortcut) - kPadding, 0);
        painter->setPen(index.data(PaletteModel::kIsEnabled).toBool() ? theme.text : theme.muted);
        painter->drawText(
            area, Qt::AlignVCenter | Qt::AlignLeft,
            option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, area.width()));
        painter->restore();
    }
};

}  // namespace

CommandPalette::CommandPalette(const Actions& actions, QWidget* parent)
    : QDialog(parent, Qt::Popup),
      actions_(actions),
      model_([&actions](ActionId id) { return actions.at(id).isEnabled(); }),
      line_(new QLineEdit),
      list_(new QListView) {
    setWindowTitle(QStringLiteral("Commands"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(8, 8, 8, 8);
    line_->setPlaceholderText(QStringLiteral("Search for a command"));
    line_->setAccessibleName(QStringLiteral("Search for a command"));
    line_->setClearButtonEnabled(true);
    line_->installEventFilter(this);
    list_->setModel(&model_);
    list_->setItemDelegate(new CommandDelegate(list_));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setUniformItemSizes(true);
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setAccessibleName(QStringLiteral("Commands"));
    rows->addWidget(line_);
    rows->addWidget(list_, 1);
    connect(line_, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(line_, &QLineEdit::returnPressed, this, [this] { run(list_->currentIndex()); });
    connect(list_, &QListView::clicked, this, &CommandPalette::run);
    resize(std::min(kWidth, parent->width()), std::min(kHeight, parent->height()));
    move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, parent->height() / 10)));
    search({});
    line_->setFocus();
}

void CommandPalette::search(const QString& text) {
    model_.search(text);
    list_->setCurrentIndex(model_.index(0));
    list_->scrollToTop();
}

void CommandPalette::run(const QModelIndex& index) {
    if (!index.isValid() || (index.flags() & Qt::ItemIsEnabled) == 0) return;
    QAction& action = actions_.at(model_.action(index));
    close();
    // Once this has gone, so that the action meets the window as it is without it.
    QMetaObject::invokeMethod(&action, &QAction::trigger, Qt::QueuedConnection);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool moves = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down ||
                           key->key() == Qt::Key_PageUp || key->key() == Qt::Key_PageDown;
        if (moves) {
            const bool is_page = key->key() == Qt::Key_PageUp || key->key() == Qt::Key_PageDown;
            const bool is_up = key->key() == Qt::Key_Up || key->key() == Qt::Key_PageUp;
            const int by = (is_up ? -1 : 1) * (is_page ? 10 : 1);
            const int row = std::clamp(list_->currentIndex().row() + by, 0, model_.rowCount() - 1);
            list_->setCurrentIndex(model_.index(row));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

}  // namespace tocsin::gui
