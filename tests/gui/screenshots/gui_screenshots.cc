// SPDX-License-Identifier: Apache-2.0
//
// Pictures of the program as it is: its start page, each sample's finding, the compare view and,
// where one is named, the whole of a trace; light and dark, at 1× and 2×.
//
//   gui-screenshots DIRECTORY [--only NAME] [--size WIDTHxHEIGHT] [TRACE]
#include <sys/wait.h>
#include <unistd.h>

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <cstdio>
#include <functional>

#include "gui/views/appearance.h"
#include "gui/views/compare_window.h"
#include "gui/views/main_window.h"

namespace {

using namespace tocsin;
using namespace tocsin::gui;

constexpr int kPatienceMs = 600000;
constexpr int kSettleMs = 400;  // for what follows a finding a little later

struct Wanted {
    QString directory, only, trace;
    QSize size{1440, 900};
};

class Camera {
  public:
    explicit Camera(Wanted wanted) : wanted_(std::move(wanted)) {}

    void take(const QString& name, const std::function<QWidget*()>& make) {
        if (!wanted_.only.isEmpty() && !name.contains(wanted_.only)) return;
        for (const Appearance appearance : {Appearance::kLight, Appearance::kDark}) {
            choose_appearance(appearance);
            QWidget* widget = make();
            QTest::qWait(kSettleMs);
            const QString file = QStringLiteral("%1/%2-%3-%4x.png")
                                     .arg(wanted_.directory, name,
                                          appearance == Appearance::kDark ? QStringLiteral("dark")
                                                                          : QStringLiteral("light"),
                                          qEnvironmentVariable("QT_SCALE_FACTOR"));
            if (!widget->grab().save(file)) has_failed_ = true;
            std::printf("%s\n", qPrintable(file));
            delete widget;
        }
    }
    bool has_failed() const { return has_failed_; }

  private:
    Wanted wanted_;
    bool has_failed_ = false;
};

// Its size is not left to the screen, as there is none.
MainWindow* opened(const QString& trace, QSize size) {
    auto* window = new MainWindow;
    window->resize(size);
    window->show();
    if (trace.isEmpty()) return window;
    window->open(trace.toStdString());
    if (!QTest::qWaitFor(
            [window] {
                return window->state() != nullptr &&
                       window->state()->session().analysis() != nullptr &&
                       !window->state()->session().is_loading();
            },
            kPatienceMs))
        std::fprintf(stderr, "gui-screenshots: %s was not loaded\n", qPrintable(trace));
    return window;
}

CompareWindow* compared(const Sample& sample, QSize size) {
    const QString twin =
        QString(sample.trace)
            .replace(QStringLiteral("recorded.tocsin"), QStringLiteral("recorded_twin.tocsin"));
    auto* window = new CompareWindow(sample.trace.toStdString(), twin.toStdString(), {});
    window->resize(size);
    QSignalSpy done(window, &CompareWindow::compared);
    window->show();
    done.wait(kPatienceMs);
    return window;
}

bool take_all(const Wanted& wanted) {
    Camera camera(wanted);
    const auto samples = samples_in(QStringLiteral(TOCSIN_SOURCE_DIR "/samples"));
    camera.take(QStringLiteral("start-page"), [&wanted] { return opened({}, wanted.size); });
    for (const Sample& sample : samples)
        camera.take(QStringLiteral("sample-") + sample.name,
                    [&] { return opened(sample.trace, wanted.size); });
    for (const Sample& sample : samples)
        if (sample.name == QStringLiteral("access_then_open"))
            camera.take(QStringLiteral("compare"), [&] { return compared(sample, wanted.size); });
    if (!wanted.trace.isEmpty())
        camera.take(QStringLiteral("overview"), [&wanted] {
            MainWindow* window = opened(wanted.trace, wanted.size);
            window->state()->jump_to(window->state()->whole());
            return window;
        });
    return !camera.has_failed();
}

QSize size_of(const QString& text) {
    return {text.section(QLatin1Char('x'), 0, 0).toInt(),
            text.section(QLatin1Char('x'), 1, 1).toInt()};
}

// The scale is one of a process.
int run_at_each_scale(char** argv) {
    int worst = 0;
    for (const char* scale : {"1", "2"}) {
        const pid_t child = fork();
        if (child == 0) {
            setenv("QT_SCALE_FACTOR", scale, 1);
            setenv("QT_QPA_PLATFORM", "offscreen", 1);
            execv("/proc/self/exe", argv);
            _exit(127);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (status != 0) worst = 1;
    }
    return worst;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr,
                     "usage: gui-screenshots DIRECTORY [--only NAME] [--size WxH] [TRACE]\n");
        return 2;
    }
    if (qEnvironmentVariableIsEmpty("QT_SCALE_FACTOR")) return run_at_each_scale(argv);
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("tocsin"));
    QApplication::setApplicationName(QStringLiteral("gui-screenshots"));
    QApplication::setFont(QFont(QStringLiteral("DejaVu Sans"), 9));
    set_up_appearance();
    const QStringList words = QApplication::arguments();
    Wanted wanted;
    wanted.directory = words[1];
    for (qsizetype i = 2; i < words.size(); ++i)
        if (words[i] == QStringLiteral("--only") && i + 1 < words.size())
            wanted.only = words[++i];
        else if (words[i] == QStringLiteral("--size") && i + 1 < words.size())
            wanted.size = size_of(words[++i]);
        else
            wanted.trace = words[i];
    if (!QDir().mkpath(wanted.directory)) {
        std::fprintf(stderr, "gui-screenshots: cannot create %s\n", argv[1]);
        return 2;
    }
    return take_all(wanted) ? 0 : 1;
}
