// SPDX-License-Identifier: Apache-2.0
#include <QApplication>

#include "gui/views/main_window.h"

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    tocsin::gui::MainWindow window;
    window.show();
    if (argc > 1) window.open(argv[1]);
    return QApplication::exec();
}
