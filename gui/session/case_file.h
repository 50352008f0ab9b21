// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gui/session/time_range.h"

namespace tocsin::gui {

// What an analyst makes of a finding.
enum class Verdict : uint8_t { kNone, kConfirmed, kPossible, kBenign, kUnprovable };
inline constexpr size_t kVerdicts = 5;
std::string_view name_of(Verdict verdict);  // "confirmed"; of none ""

// A span of time that an analyst set a mark on.
struct CaseMark {
    TimeRange range;  // of no length: a moment
    QString note;     // may be empty
    bool operator==(const CaseMark&) const = default;
};

// What an analyst adds to a trace, which itself is never written to: verdicts, notes and marks.
// Findings go by their fingerprints, so that it holds for another run over the same trace.
class CaseFile : public QObject {
    Q_OBJECT

  public:
    explicit CaseFile(QObject* parent = nullptr) : QObject(parent) {}

    Verdict verdict(const std::string& fingerprint) const;
    void set_verdict(const std::string& fingerprint, Verdict verdict);
    QString note(const std::string& fingerprint) const;
    void set_note(const std::string& fingerprint, const QString& note);
    const std::vector<CaseMark>& marks() const { return marks_; }
    void set_marks(std::vector<CaseMark> marks);
    const QString& notes() const { return notes_; }  // on the trace as a whole
    void set_notes(const QString& notes);

    // Something is not saved.
    bool is_changed() const { return is_changed_; }

  signals:
    void changed();

  private:
    struct OfFinding {
        Verdict verdict = Verdict::kNone;
        QString note;
    };
    void note_change();

    std::map<std::string, OfFinding> findings_;
    std::vector<CaseMark> marks_;
    QString notes_;
    bool is_changed_ = false;
};

}  // namespace tocsin::gui
