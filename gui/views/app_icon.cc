// SPDX-License-Identifier: Apache-2.0
#include "gui/views/app_icon.h"

#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace tocsin::gui {

QIcon app_icon() {
    static const QIcon icon = [] {
        QSvgRenderer drawing(QStringLiteral(":/tocsin/tocsin-gui.svg"));
        QIcon sizes;
        for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
            QPixmap pixmap(size, size);
            pixmap.fill(Qt::transparent);
            QPainter painter(&pixmap);
            drawing.render(&painter);
            painter.end();
            sizes.addPixmap(pixmap);
        }
        return sizes;
    }();
    return icon;
}

}  // namespace tocsin::gui
