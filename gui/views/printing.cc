// SPDX-License-Identifier: Apache-2.0
#include "gui/views/printing.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QImage>
#include <QTextDocument>
#include <QUrl>
#include <algorithm>

#include "gui/models/race_card_text.h"
#include "gui/timeline/race_card_drawing.h"

namespace tocsin::gui {
namespace {

constexpr size_t kPageColumns = 81;  // of the text report, and one to spare
constexpr qreal kPointSize = 10;

// Between the margins that QTextDocument::print() adds.
qreal width_of_page(const QPrinter& printer) {
    constexpr qreal kMarginCm = 2, kCmPerInch = 2.54;
    return printer.pageRect(QPrinter::DevicePixel).width() -
           2 * kMarginCm / kCmPerInch * printer.logicalDpiX();
}

}  // namespace

void print_report(QPrinter& printer, const std::string& report) {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(kPointSize);
    const qreal wanted = QFontMetricsF(font, &printer).horizontalAdvance(QLatin1Char('m')) *
                         static_cast<qreal>(kPageColumns);
    font.setPointSizeF(kPointSize * std::min(1.0, width_of_page(printer) / std::max(1.0, wanted)));
    QTextDocument document;
    document.setDefaultFont(font);
    document.setPlainText(QString::fromStdString(report));
    document.print(&printer);
}

void print_race_card(QPrinter& printer, const AnalysisResult& result, const EventStore& events,
                     const Finding& finding) {
    constexpr int kScale = 3;  // an image of it that is sharp on paper
    const RaceCardDrawing drawing(result, events, finding, Theme::light(), QApplication::font());
    const QSizeF size = drawing.natural_size();
    QImage image((size * kScale).toSize(), QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.scale(kScale, kScale);
    drawing.paint(painter, QRectF(QPointF(), size));
    painter.end();
    QTextDocument document;
    QFont font = QApplication::font();
    font.setPointSizeF(kPointSize);
    document.setDefaultFont(font);
    const QUrl figure(QStringLiteral("tocsin:figure"));
    document.addResource(QTextDocument::ImageResource, figure, image);
    // In pixels of 96 to the inch, as the document has them.
    const qreal width = width_of_page(printer) * 96 / printer.logicalDpiX();
    document.setHtml(QStringLiteral("<p><img src='%1' width='%2' height='%3'></p>%4")
                         .arg(figure.toString())
                         .arg(width)
                         .arg(width * size.height() / size.width())
                         .arg(race_card_text(result, finding, Theme::light())));
    document.print(&printer);
}

}  // namespace tocsin::gui
