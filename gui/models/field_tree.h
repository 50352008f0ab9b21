// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemModel>
#include <QByteArray>
#include <QVariant>
#include <memory>
#include <string_view>
#include <vector>

namespace tocsin::gui {

// A label, a value, and what belongs to them. All text is escaped already.
struct FieldNode {
    QString label, value;
    QByteArray bytes;  // what was read of memory, as it was
    QVariant key;      // of what it stands for, such as an event
    FieldNode* parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<FieldNode>> children;

    FieldNode& add(QString child_label, QString child_value = {});
    FieldNode& add(const char* child_label, std::string_view child_value);
};

// Groups of labels and values, as a tree of two columns.
class FieldTree : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column : int { kLabel, kValue };
    enum Role : int { kBytesRole = Qt::UserRole, kKeyRole };

    explicit FieldTree(QObject* parent = nullptr);
    ~FieldTree() override;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    // The first that stands for this, however deep; invalid: none does.
    QModelIndex find(const QVariant& key) const;

  protected:
    // Everything anew.
    void set_root(std::unique_ptr<FieldNode> root);
    // The same rows with other values, where the labels are the same; else everything anew.
    void update_root(std::unique_ptr<FieldNode> root);

  private:
    const FieldNode& node_of(const QModelIndex& index) const;
    std::unique_ptr<FieldNode> root_;
};

}  // namespace tocsin::gui
