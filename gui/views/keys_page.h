// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QString>

namespace tocsin::gui {

// What every key and every move of the mouse does, in one page.
class KeysPage : public QDialog {
    Q_OBJECT

  public:
    explicit KeysPage(QWidget* parent);
};

// The page as HTML, from the tables of actions and of what views do themselves.
QString keys_html();

}  // namespace tocsin::gui
