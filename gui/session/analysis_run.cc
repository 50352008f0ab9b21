// SPDX-License-Identifier: Apache-2.0
#include "gui/session/analysis_run.h"

#include <utility>

#include "analyzer/report/escape.h"
#include "formats/trace_reader.h"

namespace tocsin::gui {

AnalysisRun::AnalysisRun(QObject* parent) : QObject(parent) {
    ticking_.setInterval(kTickMs);
    connect(&ticking_, &QTimer::timeout, this, &AnalysisRun::progressed);
}

AnalysisRun::~AnalysisRun() {
    cancel();
    if (thread_.joinable()) thread_.join();
}

void AnalysisRun::start(std::string path, const AnalysisOptions& options) {
    ticking_.start();
    AnalysisOptions whole = options;
    whole.kept = KeptWindows::kChosen;
    thread_ = std::thread([this, path = std::move(path), whole] { run(path, whole); });
}

void AnalysisRun::cancel() {
    progress_.cancel();
}

double AnalysisRun::progress() const {
    const auto all = static_cast<double>(progress_.events_in_all());
    return all == 0 ? 0 : static_cast<double>(progress_.events_done()) / all;
}

void AnalysisRun::run(const std::string& path, const AnalysisOptions& options) {
    std::shared_ptr<AnalysisResult> result;
    std::string why;
    if (const auto trace = TraceReader::open(path); !trace)
        why = "cannot analyze " + quote(path) + ": " + trace.error().message;
    else
        result = std::make_shared<AnalysisResult>(analyze(*trace, path, options, &progress_));
    if (why.empty() && progress_.is_cancelled()) why = "the analysis was cancelled";
    QMetaObject::invokeMethod(
        this,
        [this, result, why] {
            ticking_.stop();
            if (why.empty()) result_ = std::make_unique<AnalysisResult>(std::move(*result));
            emit finished(QString::fromStdString(why));
        },
        Qt::QueuedConnection);
}

}  // namespace tocsin::gui
