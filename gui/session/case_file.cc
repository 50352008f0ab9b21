// SPDX-License-Identifier: Apache-2.0
#include "gui/session/case_file.h"

#include <array>
#include <utility>

namespace tocsin::gui {

std::string_view name_of(Verdict verdict) {
    static constexpr std::array<std::string_view, kVerdicts> kNames = {"", "confirmed", "possible",
                                                                       "benign", "unprovable"};
    return kNames[static_cast<size_t>(verdict)];
}

void CaseFile::note_change() {
    is_changed_ = true;
    emit changed();
}

Verdict CaseFile::verdict(const std::string& fingerprint) const {
    const auto at = findings_.find(fingerprint);
    return at != findings_.end() ? at->second.verdict : Verdict::kNone;
}

void CaseFile::set_verdict(const std::string& fingerprint, Verdict verdict) {
    Verdict& kept = findings_[fingerprint].verdict;
    if (kept == verdict) return;
    kept = verdict;
    note_change();
}

QString CaseFile::note(const std::string& fingerprint) const {
    const auto at = findings_.find(fingerprint);
    return at != findings_.end() ? at->second.note : QString();
}

void CaseFile::set_note(const std::string& fingerprint, const QString& note) {
    QString& kept = findings_[fingerprint].note;
    if (kept == note) return;
    kept = note;
    note_change();
}

void CaseFile::set_marks(std::vector<CaseMark> marks) {
    if (marks == marks_) return;
    marks_ = std::move(marks);
    note_change();
}

void CaseFile::set_notes(const QString& notes) {
    if (notes == notes_) return;
    notes_ = notes;
    note_change();
}

}  // namespace tocsin::gui
