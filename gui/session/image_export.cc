// SPDX-License-Identifier: Apache-2.0
#include "gui/session/image_export.h"

#include <QImage>
#include <QSvgGenerator>
#include <algorithm>

#include "gui/session/safe_file.h"

namespace tocsin::gui {
namespace {

constexpr qreal kScale = 2;
constexpr qreal kMostPixels = 16384;  // a side

bool draw_png(const Drawing& drawing, QIODevice& device) {
    const QSizeF size = drawing.natural_size().expandedTo(QSizeF(1, 1));
    const qreal scale = std::min({kScale, kMostPixels / size.width(), kMostPixels / size.height()});
    QImage image((size * scale).toSize().expandedTo(QSize(1, 1)), QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.scale(scale, scale);
    drawing.paint(painter, QRectF(QPointF(), size));
    painter.end();
    return image.save(&device, "PNG");
}

void draw_svg(const Drawing& drawing, QIODevice& device) {
    const QSizeF size = drawing.natural_size().expandedTo(QSizeF(1, 1));
    QSvgGenerator svg;
    svg.setOutputDevice(&device);
    svg.setTitle(drawing.name());
    svg.setSize(size.toSize());
    svg.setViewBox(QRectF(QPointF(), size));
    QPainter painter(&svg);
    drawing.paint(painter, QRectF(QPointF(), size));
}

}  // namespace

Result<> write_image(const Drawing& drawing, ImageFormat format, const QString& path) {
    SafeFile file(path);
    if (auto opened = file.open(); !opened) return opened;
    if (format == ImageFormat::kPng)
        draw_png(drawing, file.device());  // what fails is told by commit()
    else
        draw_svg(drawing, file.device());
    return file.commit();
}

}  // namespace tocsin::gui
