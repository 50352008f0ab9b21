// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <optional>
#include <string>
#include <vector>

#include "formats/result.h"
#include "gui/session/case_json.h"

namespace tocsin::gui {

// What an analyst adds to a trace, which itself is never written to: verdicts, notes and marks.
// Findings go by their fingerprints, so that it holds for another run over the same trace.
//
// Kept in a file beside the trace. What is not saved yet is also kept in the user's data directory,
// a moment after each change, until it is: nothing is lost where the folder cannot be written to.
class CaseFile : public QObject {
    Q_OBJECT

  public:
    explicit CaseFile(QObject* parent = nullptr);
    ~CaseFile() override;

    Verdict verdict(const std::string& fingerprint) const;
    void set_verdict(const std::string& fingerprint, Verdict verdict);
    QString note(const std::string& fingerprint) const;
    void set_note(const std::string& fingerprint, const QString& note);
    const std::vector<CaseMark>& marks() const { return contents_.marks; }
    void set_marks(std::vector<CaseMark> marks);
    const QString& notes() const { return contents_.notes; }  // on the trace as a whole
    void set_notes(const QString& notes);
    // No change that asks to be saved.
    const CaseView& view() const { return contents_.view; }
    void set_view(CaseView view) { contents_.view = std::move(view); }

    // Something is not saved.
    bool is_changed() const { return is_changed_; }

    // "TRACE.case.json".
    static std::string default_path(const std::string& trace_path);
    // Before load() and save(): what they hold a file to.
    void set_trace(CaseTrace trace) { trace_ = std::move(trace); }
    // Of what was loaded or saved last; empty: neither.
    const std::string& path() const { return path_; }
    // Takes over what the file says, all of it or nothing. Errors: it cannot be read, is damaged,
    // of another trace, of a newer version.
    Result<> load(const std::string& path);
    // load() of what is there of the trace: beside it, or what was kept of unsaved changes where
    // that is later. Nothing is there: no error.
    Result<> load_for(const std::string& trace_path);
    // At once or not at all; for its owner alone to read. Errors: as load()'s of a file that is
    // there already and must not be lost; it was changed since; it cannot be written.
    Result<> save(const std::string& path);
    // Where unsaved changes are kept; empty without a trace.
    std::string kept_path() const;
    // Writes them there now.
    Result<> keep();
    // Gives them up, there too.
    void discard();

  signals:
    void changed();
    // is_changed() is another, or path().
    void saved();

  private:
    void note_change();
    Result<> expect_replaceable(const std::string& path) const;

    CaseContents contents_;
    CaseTrace trace_;
    std::string path_;
    std::string text_there_;  // in the file of path_ as this knows it
    bool is_changed_ = false;
    QTimer keeping_;
};

}  // namespace tocsin::gui
