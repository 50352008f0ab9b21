// SPDX-License-Identifier: Apache-2.0
#include "gui/views/case_keeper.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin::gui {

CaseKeeper::CaseKeeper(QWidget& window, ViewState& state, CaseLook look)
    : window_(window), state_(state), look_(look) {
    connect(&state_.session(), &TraceSession::opened, this, &CaseKeeper::take_up);
}

void CaseKeeper::take_up() {
    const TraceFacts& facts = state_.session().facts();
    const std::string& path = state_.session().path();
    const QString name = QFileInfo(QFile::decodeName(QByteArray::fromStdString(path))).fileName();
    CaseFile& file = state_.case_file();
    file.set_trace({name, hex(facts.chain_hash)});
    const auto loaded = file.load_for(path);
    if (!loaded) {
        notices_.push_back({Gravity::kWarning, QStringLiteral("case not used"),
                            QString::fromStdString(readable(loaded.error().message)) +
                                QStringLiteral(". Nothing of it was changed; a case that is saved "
                                               "now needs another name.")});
        emit noticesChanged();
        return;
    }
    if (look_ == CaseLook::kAsKept) show_as_kept();
}

void CaseKeeper::show_as_kept() {
    const CaseView view = state_.case_file().view();
    if (view.axis) state_.set_window(*view.axis, view.limit);
    if (!view.filter.isEmpty()) static_cast<void>(state_.filter().set(view.filter));
    if (view.viewport) state_.set_viewport(*view.viewport);
}

bool CaseKeeper::save() {
    CaseFile& file = state_.case_file();
    file.set_view({state_.viewport(), state_.filter().text(), state_.axis(), state_.limit()});
    std::string path =
        file.path().empty() ? CaseFile::default_path(state_.session().path()) : file.path();
    while (true) {
        const auto saved = file.save(path);
        if (saved) {
            emit said(QString::fromStdString("Saved the case in " + quote(path) + "."));
            return true;
        }
        QMessageBox box(QMessageBox::Warning, QStringLiteral("Tocsin"),
                        QStringLiteral("The case was not saved."), QMessageBox::Cancel, &window_);
        box.setTextFormat(Qt::PlainText);
        box.setInformativeText(QString::fromStdString(readable(saved.error().message)) +
                               QLatin1Char('.'));
        QAbstractButton* const elsewhere =
            box.addButton(QStringLiteral("Save &Elsewhere…"), QMessageBox::AcceptRole);
        box.exec();
        if (box.clickedButton() != elsewhere) return false;
        const QString chosen = QFileDialog::getSaveFileName(
            &window_, QStringLiteral("Save the case"), QFile::decodeName(path.c_str()),
            QStringLiteral("Cases (*.case.json)"));
        if (chosen.isEmpty()) return false;
        path = QFile::encodeName(chosen).toStdString();
    }
}

}  // namespace tocsin::gui
