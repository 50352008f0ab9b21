// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QApplication>
#include <QFile>
#include <cstdio>

#include "analyzer/report/escape.h"
#include "gui/session/saved_view.h"
#include "gui/start_options.h"
#include "gui/views/app_icon.h"
#include "gui/views/appearance.h"
#include "gui/views/main_window.h"

namespace {

using namespace tocsin;
using namespace tocsin::gui;

constexpr int kTrouble = 2;

void complain(const std::string& sentence) {
    std::fprintf(stderr, "tocsin-gui: %s\n", sentence.c_str());
}

// Qt ends the program with SIGABRT where it finds no display; this says why in a sentence.
void end_without_display(QtMsgType type, const QMessageLogContext& /*where*/,
                         const QString& message) {
    if (type == QtFatalMsg) {
        complain(no_display_text(readable(message.section(QLatin1Char('\n'), 0, 0).toStdString())));
        _exit(kTrouble);
    }
}

// A window for each; what was open last where none is named.
void open_windows(const StartOptions& options) {
    auto* window = new MainWindow;
    window->show();
    for (const std::string& trace : options.traces)
        window->open({trace, options.analysis, QString::fromStdString(options.where), {}});
    if (!options.traces.empty()) return;
    for (const SavedView& view : take_session())
        window->open({QFile::encodeName(view.trace).toStdString(), options_of(view), {}, view});
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = parse_command_line(argc, argv);
    if (!options) {
        complain(options.error().message);
        return kTrouble;
    }
    if (!options->print.empty()) {
        std::fputs(options->print.c_str(), stdout);
        return std::fflush(stdout) == 0 ? 0 : kTrouble;
    }
    if (const std::string why = why_no_display(); !why.empty()) {
        complain(why);
        return kTrouble;
    }
    int qt_argc = 1;  // its own options are for the environment: QT_QPA_PLATFORM and others
    const QtMessageHandler usual = qInstallMessageHandler(end_without_display);
    QApplication application(qt_argc, argv);
    qInstallMessageHandler(usual);
    QApplication::setOrganizationName(QStringLiteral("tocsin"));
    QApplication::setApplicationName(QStringLiteral("tocsin-gui"));
    QApplication::setApplicationDisplayName(QStringLiteral("Tocsin"));
    QApplication::setApplicationVersion(QStringLiteral(TOCSIN_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("tocsin-gui"));
    QApplication::setWindowIcon(app_icon());
    set_up_appearance();
    open_windows(*options);
    return QApplication::exec();
}
