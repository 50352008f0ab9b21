// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QLineEdit>
#include <QListView>

#include "gui/models/palette_model.h"
#include "gui/views/actions.h"

namespace tocsin::gui {

// Finds a command by some letters of its name and runs it.
class CommandPalette : public QDialog {
    Q_OBJECT

  public:
    // The actions must outlive this.
    CommandPalette(const Actions& actions, QWidget* parent);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void search(const QString& text);
    void run(const QModelIndex& index);

    const Actions& actions_;
    PaletteModel model_;
    QLineEdit* line_;
    QListView* list_;
};

}  // namespace tocsin::gui
