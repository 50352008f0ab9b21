// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <memory>
#include <string>
#include <thread>

#include "analyzer/judge/analysis.h"

namespace tocsin::gui {

// One analysis of the whole of a trace in a thread of its own, for what is exported: exactly what
// `tocsin analyze` makes of it with the same options, whatever a window shows so far.
class AnalysisRun : public QObject {
    Q_OBJECT

  public:
    explicit AnalysisRun(QObject* parent = nullptr);
    // Cancels it, and waits for it.
    ~AnalysisRun() override;

    // Opens the file anew. Only once.
    void start(std::string path, const AnalysisOptions& options);
    void cancel();
    bool is_cancelled() const { return progress_.is_cancelled(); }
    double progress() const;  // 0 to 1

    // nullptr before finished(), where that failed and where it was cancelled.
    const AnalysisResult* result() const { return result_.get(); }

  signals:
    void progressed();
    // Empty: there is a result. Else a sentence, that it was cancelled included.
    void finished(const QString& why);

  private:
    static constexpr int kTickMs = 100;
    void run(const std::string& path, const AnalysisOptions& options);

    Progress progress_;
    std::unique_ptr<const AnalysisResult> result_;
    std::thread thread_;
    QTimer ticking_;
};

}  // namespace tocsin::gui
