// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCache>
#include <QFont>
#include <QHashFunctions>
#include <QStaticText>
#include <QString>
#include <QStyledItemDelegate>

namespace tocsin::gui {

struct CellText {
    QString text;
    QFont font;
    int width = 0;
    bool operator==(const CellText&) const = default;
};
inline size_t qHash(const CellText& cell, size_t seed = 0) {
    return qHashMulti(seed, cell.text, cell.font, cell.width);
}

// Paints the cells of a table whose rows change many times a second: what was laid out once, on one
// line and cut to its cell, is only drawn from then on. Looks as a QStyledItemDelegate does.
class TextCells : public QStyledItemDelegate {
  public:
    explicit TextCells(QObject* parent = nullptr) : QStyledItemDelegate(parent) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  private:
    static constexpr int kMostTexts = 4000;
    const QStaticText& laid_out(const QStyleOptionViewItem& cell, int width) const;

    mutable QCache<CellText, QStaticText> texts_{kMostTexts};
};

}  // namespace tocsin::gui
