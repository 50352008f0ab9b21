// SPDX-License-Identifier: Apache-2.0
#include "gui/views/exports.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPrintPreviewDialog>
#include <QPrinterInfo>
#include <QProgressDialog>
#include <QSettings>
#include <algorithm>

#include "analyzer/report/report_writer.h"
#include "gui/session/image_export.h"
#include "gui/session/report_export.h"
#include "gui/session/safe_file.h"
#include "gui/timeline/race_card_drawing.h"
#include "gui/views/printing.h"
#include "gui/views/timeline_drawing.h"

namespace tocsin::gui {
namespace {

constexpr int kSteps = 1000;
constexpr int kShowAfterMs = 300;

QString folder_key() {
    return QStringLiteral("export_folder");
}

QString filter_of(const std::string& format) {
    const QString name = QString::fromStdString(format);
    const QString shown = name == QStringLiteral("text") ? QStringLiteral("Text") : name.toUpper();
    return QStringLiteral("%1 (*.%2)").arg(shown, QString::fromStdString(extension_of(format)));
}

}  // namespace

Exports::Exports(QWidget& window, ViewState& state, TimelineView& timeline)
    : window_(window), state_(state), timeline_(timeline) {}

Exports::~Exports() = default;

std::vector<std::unique_ptr<Drawing>> Exports::drawings() {
    std::vector<std::unique_ptr<Drawing>> all;
    all.push_back(std::make_unique<TimelineDrawing>(timeline_));
    if (const Finding* finding = state_.selected_finding())
        all.push_back(std::make_unique<RaceCardDrawing>(
            *state_.session().analysis(), state_.session().events(), *finding,
            Theme::of(window_.palette()), window_.font()));
    return all;
}

void Exports::complain(const QString& sentence) {
    auto* box = new QMessageBox(QMessageBox::Warning, QStringLiteral("Tocsin"), sentence,
                                QMessageBox::Ok, &window_);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void Exports::with_result(const QString& what, const TakeResult& take) {
    run_ = std::make_unique<AnalysisRun>();
    auto* progress = new QProgressDialog(what, QStringLiteral("Cancel"), 0, kSteps, &window_);
    progress->setWindowModality(Qt::WindowModal);
    progress->setMinimumDuration(kShowAfterMs);
    progress->setAutoReset(false);
    progress->setAutoClose(false);
    progress->setValue(0);
    AnalysisRun* run = run_.get();
    connect(progress, &QProgressDialog::canceled, run, &AnalysisRun::cancel);
    connect(run, &AnalysisRun::progressed, progress, [run, progress] {
        progress->setValue(static_cast<int>(run->progress() * (kSteps - 1)));
    });
    connect(run, &AnalysisRun::finished, this, [this, run, progress, take](const QString& why) {
        progress->disconnect(run);
        progress->close();
        progress->deleteLater();
        if (run->result() != nullptr)
            take(*run->result());
        else if (!run->is_cancelled())
            complain(why + QLatin1Char('.'));
    });
    run->start(state_.session().path(), state_.options());
}

QString Exports::ask_for_file(const QString& title, const QString& name, const QString& filters,
                              QString* chosen) {
    const QFileInfo trace(QFile::decodeName(QByteArray::fromStdString(state_.session().path())));
    const QString folder = QSettings().value(folder_key(), trace.path()).toString();
    QFileDialog dialog(&window_, title, folder, filters);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.selectFile(trace.completeBaseName() + QLatin1Char('-') + name);
    const auto complete = [&dialog] {
        const QString filter = dialog.selectedNameFilter();
        const auto dot = filter.lastIndexOf(QStringLiteral("*."));
        dialog.setDefaultSuffix(filter.mid(dot + 2).chopped(1));
    };
    complete();
    connect(&dialog, &QFileDialog::filterSelected, &dialog, complete);
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) return {};
    *chosen = dialog.selectedNameFilter();
    const QString path = dialog.selectedFiles().front();
    QSettings().setValue(folder_key(), QFileInfo(path).path());
    return path;
}

void Exports::export_report() {
    QStringList filters;
    for (const std::string& format : report_formats()) filters.push_back(filter_of(format));
    QString chosen;
    const QString path = ask_for_file(QStringLiteral("Export report"), QStringLiteral("report"),
                                      filters.join(QStringLiteral(";;")), &chosen);
    if (path.isEmpty()) return;
    const auto at = static_cast<size_t>(std::max<qsizetype>(0, filters.indexOf(chosen)));
    const std::string format = report_formats()[at];
    with_result(QStringLiteral("Writing the report…"),
                [this, path, format, where = state_.filter().text()](const AnalysisResult& result) {
                    SafeFile file(path);
                    Result<> done = file.open();
                    if (done) done = write_report(result, format, where.toStdString(), file);
                    if (done) done = file.commit();
                    if (!done) complain(QString::fromStdString(done.error().message));
                });
}

void Exports::export_image() {
    const auto offered = drawings();
    QStringList filters;
    for (const auto& drawing : offered) {
        filters.push_back(drawing->name() + QStringLiteral(" as SVG (*.svg)"));
        filters.push_back(drawing->name() + QStringLiteral(" as PNG (*.png)"));
    }
    QString chosen;
    const QString path = ask_for_file(QStringLiteral("Export image"), QStringLiteral("image"),
                                      filters.join(QStringLiteral(";;")), &chosen);
    if (path.isEmpty()) return;
    const auto at = static_cast<size_t>(std::max<qsizetype>(0, filters.indexOf(chosen)));
    const auto done =
        write_image(*offered[at / 2], at % 2 == 0 ? ImageFormat::kSvg : ImageFormat::kPng, path);
    if (!done) complain(QString::fromStdString(done.error().message));
}

void Exports::preview(const QString& title, const std::function<void(QPrinter&)>& paint) {
    QPrinter printer(QPrinter::HighResolution);
    printer.setDocName(title);
    printer.setCreator(QStringLiteral("Tocsin " TOCSIN_VERSION));
    if (QPrinterInfo::availablePrinters().isEmpty()) printer.setOutputFormat(QPrinter::PdfFormat);
    QPrintPreviewDialog dialog(&printer, &window_);
    dialog.setWindowTitle(title);
    dialog.resize(900, 760);
    connect(&dialog, &QPrintPreviewDialog::paintRequested, &dialog,
            [&paint](QPrinter* to) { paint(*to); });
    dialog.exec();
}

void Exports::print_report() {
    with_result(QStringLiteral("Preparing the report…"), [this](const AnalysisResult& result) {
        StringOutput text;
        const auto done = write_report(result, "text", state_.filter().text().toStdString(), text);
        if (!done)
            complain(QString::fromStdString(done.error().message));
        else
            preview(QStringLiteral("Report"),
                    [&text](QPrinter& printer) { gui::print_report(printer, text.text()); });
    });
}

void Exports::print_race_card() {
    const Finding* finding = state_.selected_finding();
    if (finding == nullptr) return;
    preview(QStringLiteral("Race card"), [this, finding](QPrinter& printer) {
        gui::print_race_card(printer, *state_.session().analysis(), state_.session().events(),
                             *finding);
    });
}

}  // namespace tocsin::gui
