// SPDX-License-Identifier: Apache-2.0
#include "gui/models/palette_model.h"

#include <algorithm>
#include <utility>

#include "gui/models/fuzzy_match.h"

namespace tocsin::gui {

PaletteModel::PaletteModel(IsEnabled is_enabled, QObject* parent)
    : QAbstractListModel(parent), is_enabled_(std::move(is_enabled)) {
    search({});
}

void PaletteModel::search(const QString& text) {
    struct Match {
        const ActionRow* row;
        bool is_disabled;
        int score;
    };
    std::vector<Match> matches;
    for (const ActionRow& row : action_table())
        if (const auto score = fuzzy_match(text, plain_name(row)))
            matches.push_back({&row, !is_enabled_(row.id), *score});
    std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
        return std::pair(a.is_disabled, -a.score) < std::pair(b.is_disabled, -b.score);
    });
    beginResetModel();
    rows_.clear();
    for (const Match& match : matches) rows_.push_back(match.row);
    endResetModel();
}

ActionId PaletteModel::action(const QModelIndex& index) const {
    return rows_[static_cast<size_t>(index.row())]->id;
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const ActionRow& row = *rows_[static_cast<size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return plain_name(row);
        case Qt::ToolTipRole:
        case Qt::AccessibleDescriptionRole:
        case kWhat:
            return QString::fromUtf8(row.what);
        case kShortcut: {
            const auto keys = shortcuts_of(row);
            return keys.isEmpty() ? QString() : keys.front().toString(QKeySequence::NativeText);
        }
        case kMenu:
            return name_of(row.menu).remove(QLatin1Char('&'));
        case kIsEnabled:
            return is_enabled_(row.id);
        default:
            return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    const ActionRow& row = *rows_[static_cast<size_t>(index.row())];
    return is_enabled_(row.id) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

}  // namespace tocsin::gui
