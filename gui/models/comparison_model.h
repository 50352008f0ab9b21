// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "analyzer/judge/comparison.h"
#include "gui/timeline/theme.h"

namespace tocsin::gui {

enum class Change : uint8_t { kNew, kGone, kSame };

// The findings of two results, each fingerprint once, the gravest first; of those that are as
// grave, new ones before those that are gone and those in both. Times count from the first finding
// of a rule in either trace, so that two runs of the same thing can be laid side by side.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { kChange, kSeverity, kRule, kTitle, kCases, kBefore, kAfter, kColumns };
    // Both must outlive this.
    ComparisonModel(const AnalysisResult& before, const AnalysisResult& after,
                    QObject* parent = nullptr);

    const Comparison& comparison() const { return comparison_; }
    // The rules that both have a finding of, each once.
    std::vector<Rule> common_rules() const;
    // nullopt: times count from each trace's first event.
    void align_on(std::optional<Rule> rule);

    struct Row {
        Change change;
        const ComparedFinding* compared;
    };
    const Row& row(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString text_of(const Row& row, int column) const;
    QString time_of(const Alike& alike, BootTime origin) const;

    const AnalysisResult &before_, &after_;
    const Comparison comparison_;
    std::vector<Row> rows_;
    BootTime origin_before_, origin_after_;
    mutable SeverityIcons icons_;
};

// "new", with the sign that stands for it, too: "+ new", "− gone", "= same".
QString text_of(Change change);

}  // namespace tocsin::gui
