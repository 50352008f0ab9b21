// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <functional>
#include <vector>

#include "gui/models/action_table.h"

namespace tocsin::gui {

// The actions whose names hold the letters that are searched for, the best first.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { kShortcut = Qt::UserRole, kMenu, kWhat, kIsEnabled };
    using IsEnabled = std::function<bool(ActionId)>;
    explicit PaletteModel(IsEnabled is_enabled, QObject* parent = nullptr);

    // Those that cannot be run now come last. Of an empty text: all, in the table's order.
    void search(const QString& text);
    ActionId action(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

  private:
    IsEnabled is_enabled_;
    std::vector<const ActionRow*> rows_;
};

}  // namespace tocsin::gui
