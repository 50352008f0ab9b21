// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <QDir>
#include <QFile>
#include <QImage>
#include <QProcess>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <csignal>
#include <filesystem>

#include "analyzer/report/report_writer.h"
#include "gui/session/analysis_run.h"
#include "gui/session/cli_command.h"
#include "gui/session/image_export.h"
#include "gui/session/report_export.h"
#include "gui/session/safe_file.h"
#include "loaded_trace.h"

namespace tocsin::gui {
namespace {

constexpr int kPatienceMs = 60000;

std::string printed_by_cli(const QStringList& words) {
    QProcess tocsin;
    tocsin.start(QStringLiteral(TOCSIN_PROGRAM), words);
    EXPECT_TRUE(tocsin.waitForFinished(kPatienceMs));
    return tocsin.readAllStandardOutput().toStdString();
}

std::string contents_of(const QString& path) {
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << path.toStdString();
    return file.readAll().toStdString();
}

TEST(ReportExport, WritesTheBytesOfTheCommandLine) {
    for (const char* sample : {"access_then_open", "open_swap"})
        for (const char* window : {"", "check-use=100us,mutation-use=1s"}) {
            AnalysisOptions options;
            if (*window != '\0') {
                ASSERT_TRUE(set_windows(options, window).ok());
            }
            AnalysisRun run;
            QSignalSpy finished(&run, &AnalysisRun::finished);
            run.start(sample_trace(sample), options);
            ASSERT_TRUE(finished.wait(kPatienceMs));
            ASSERT_NE(run.result(), nullptr) << finished[0][0].toString().toStdString();
            for (const std::string& format : report_formats())
                for (const char* where : {"", "severity >= high"}) {
                    StringOutput output;
                    ASSERT_TRUE(write_report(*run.result(), format, where, output).ok());
                    QStringList words = {QStringLiteral("analyze"), QStringLiteral("--format"),
                                         QString::fromStdString(format),
                                         QString::fromStdString(sample_trace(sample))};
                    if (*window != '\0')
                        words << QStringLiteral("--window") << QString::fromUtf8(window);
                    if (*where != '\0')
                        words << QStringLiteral("--where") << QString::fromUtf8(where);
                    EXPECT_EQ(output.text(), printed_by_cli(words))
                        << sample << ' ' << window << ' ' << format << ' ' << where;
                }
        }
}

TEST(AnalysisRun, SaysWhyThereIsNoResult) {
    AnalysisRun run;
    QSignalSpy finished(&run, &AnalysisRun::finished);
    run.start("/nonexistent/trace.tocsin", {});
    ASSERT_TRUE(finished.wait(kPatienceMs));
    EXPECT_EQ(run.result(), nullptr);
    EXPECT_TRUE(finished[0][0].toString().contains(QStringLiteral("/nonexistent/trace.tocsin")));
}

TEST(AnalysisRun, EndsWhenItIsCancelledOrDestroyed) {
    AnalysisRun run;
    QSignalSpy finished(&run, &AnalysisRun::finished);
    run.start(sample_trace("container_mount"), {});
    run.cancel();
    ASSERT_TRUE(finished.wait(kPatienceMs));
    EXPECT_EQ(run.result(), nullptr);
    AnalysisRun other;
    other.start(sample_trace("container_mount"), {});
}

TEST(SafeFile, IsForItsOwnerAlone) {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("report.txt"));
    SafeFile file(path);
    ASSERT_TRUE(file.open().ok());
    ASSERT_TRUE(file.write("text").ok());
    EXPECT_FALSE(QFile::exists(path));
    ASSERT_TRUE(file.commit().ok());
    EXPECT_EQ(contents_of(path), "text");
    struct stat status {};
    ASSERT_EQ(stat(path.toUtf8().constData(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST(SafeFile, LeavesWhatALinkLeadsToAlone) {
    const QTemporaryDir folder;
    const QString target = folder.filePath(QStringLiteral("target")),
                  link = folder.filePath(QStringLiteral("link"));
    std::filesystem::create_symlink(target.toStdString(), link.toStdString());
    SafeFile file(link);
    const auto opened = file.open();
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().message.find("symbolic link"), std::string::npos);
    EXPECT_FALSE(QFile::exists(target));
}

TEST(SafeFile, SaysWhereNothingCanBeCreated) {
    SafeFile file(QStringLiteral("/proc/none/report.txt"));
    const auto opened = file.open();
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().message.find("/proc/none/report.txt"), std::string::npos);
    EXPECT_NE(opened.error().message.find("Choose another place."), std::string::npos);
}

// A limit on the size of files stands for a disk that is full.
class FullDisk {
  public:
    FullDisk() : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{4096, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FullDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }

  private:
    rlimit before_{};
    void (*signal_)(int);
};

TEST(SafeFile, KeepsWhatWasThereWhereTheDiskIsFull) {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("report.txt"));
    {
        QFile before(path);
        ASSERT_TRUE(before.open(QIODevice::WriteOnly));
        before.write("before");
    }
    Result<> done;
    {
        const FullDisk full;
        SafeFile file(path);
        done = file.open();
        for (int i = 0; done && i < 100; ++i) done = file.write(std::string(1000, 'x'));
        if (done) done = file.commit();
    }
    ASSERT_FALSE(done.ok());
    EXPECT_NE(done.error().message.find("as it was"), std::string::npos) << done.error().message;
    EXPECT_EQ(contents_of(path), "before");
    EXPECT_EQ(QDir(folder.path()).entryList(QDir::Files).size(), 1);
}

class Diagonal : public Drawing {
  public:
    explicit Diagonal(QSizeF size) : size_(size) {}
    QString name() const override { return QStringLiteral("Diagonal"); }
    QSizeF natural_size() const override { return size_; }
    void paint(QPainter& painter, const QRectF& area) const override {
        painter.fillRect(area, Qt::white);
        painter.setPen(QPen(Qt::black, 4));
        painter.drawLine(area.topLeft(), area.bottomRight());
    }

  private:
    QSizeF size_;
};

TEST(ImageExport, WritesPngAtTwiceItsSize) {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("image.png"));
    ASSERT_TRUE(write_image(Diagonal({100, 50}), ImageFormat::kPng, path).ok());
    const QImage image(path);
    ASSERT_EQ(image.size(), QSize(200, 100));
    EXPECT_EQ(image.pixelColor(100, 50), QColor(Qt::black));
    EXPECT_EQ(image.pixelColor(190, 5), QColor(Qt::white));
}

TEST(ImageExport, KeepsAnImageToASizeThatFits) {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("image.png"));
    ASSERT_TRUE(write_image(Diagonal({1000000, 10}), ImageFormat::kPng, path).ok());
    EXPECT_EQ(QImage(path).width(), 16384);
}

TEST(ImageExport, WritesSvgThatDrawsTheSame) {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("image.svg"));
    ASSERT_TRUE(write_image(Diagonal({100, 50}), ImageFormat::kSvg, path).ok());
    QSvgRenderer svg(path);
    ASSERT_TRUE(svg.isValid());
    EXPECT_EQ(svg.viewBoxF(), QRectF(0, 0, 100, 50));
    QImage image(100, 50, QImage::Format_ARGB32);
    image.fill(Qt::red);
    QPainter painter(&image);
    svg.render(&painter);
    painter.end();
    EXPECT_EQ(image.pixelColor(50, 25), QColor(Qt::black));
    EXPECT_EQ(image.pixelColor(95, 3), QColor(Qt::white));
}

}  // namespace
}  // namespace tocsin::gui
