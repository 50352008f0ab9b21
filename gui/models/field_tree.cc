// SPDX-License-Identifier: Apache-2.0
#include "gui/models/field_tree.h"

#include <QFont>
#include <utility>

#include "gui/models/plain_tool_tip.h"

namespace tocsin::gui {
namespace {

bool has_same_rows(const FieldNode& one, const FieldNode& other) {
    if (one.label != other.label || one.children.size() != other.children.size()) return false;
    for (size_t i = 0; i < one.children.size(); ++i)
        if (!has_same_rows(*one.children[i], *other.children[i])) return false;
    return true;
}

const FieldNode* node_with(const FieldNode& node, const QVariant& key) {
    if (node.key == key) return &node;
    for (const auto& child : node.children)
        if (const FieldNode* found = node_with(*child, key)) return found;
    return nullptr;
}

}  // namespace

FieldNode& FieldNode::add(QString child_label, QString child_value) {
    auto child = std::make_unique<FieldNode>();
    child->label = std::move(child_label);
    child->value = std::move(child_value);
    child->parent = this;
    child->row = static_cast<int>(children.size());
    children.push_back(std::move(child));
    return *children.back();
}

FieldNode& FieldNode::add(const char* child_label, std::string_view child_value) {
    return add(QString::fromUtf8(child_label),
               QString::fromUtf8(child_value.data(), static_cast<qsizetype>(child_value.size())));
}

FieldTree::FieldTree(QObject* parent)
    : QAbstractItemModel(parent), root_(std::make_unique<FieldNode>()) {}

FieldTree::~FieldTree() = default;

void FieldTree::set_root(std::unique_ptr<FieldNode> root) {
    beginResetModel();
    root_ = std::move(root);
    endResetModel();
}

void FieldTree::update_root(std::unique_ptr<FieldNode> root) {
    if (!has_same_rows(*root_, *root)) return set_root(std::move(root));
    // In place, so that indices stay good.
    const auto take = [this](const auto& self, FieldNode& into, FieldNode& from) -> void {
        const bool is_other = into.value != from.value || into.bytes != from.bytes;
        into.value = std::move(from.value);
        into.bytes = std::move(from.bytes);
        into.key = std::move(from.key);
        if (is_other && into.parent != nullptr) {
            const QModelIndex at = createIndex(into.row, kValue, &into);
            emit dataChanged(at, at);
        }
        for (size_t i = 0; i < into.children.size(); ++i)
            self(self, *into.children[i], *from.children[i]);
    };
    take(take, *root_, *root);
}

const FieldNode& FieldTree::node_of(const QModelIndex& index) const {
    return index.isValid() ? *static_cast<const FieldNode*>(index.internalPointer()) : *root_;
}

QModelIndex FieldTree::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, node_of(parent).children[static_cast<size_t>(row)].get());
}

QModelIndex FieldTree::parent(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    FieldNode* above = node_of(index).parent;
    return above == root_.get() ? QModelIndex() : createIndex(above->row, 0, above);
}

int FieldTree::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(node_of(parent).children.size());
}

int FieldTree::columnCount(const QModelIndex&) const {
    return 2;
}

QVariant FieldTree::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const FieldNode& node = node_of(index);
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == kLabel ? node.label : node.value;
        case Qt::ToolTipRole:
            return plain_tool_tip(node.value);
        case kBytesRole:
            return node.bytes;
        case kKeyRole:
            return node.key;
        default:
            return {};
    }
}

QVariant FieldTree::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == kLabel ? QStringLiteral("Field") : QStringLiteral("Value");
}

QModelIndex FieldTree::find(const QVariant& key) const {
    const FieldNode* node = key.isValid() ? node_with(*root_, key) : nullptr;
    return node != nullptr ? createIndex(node->row, 0, node) : QModelIndex();
}

}  // namespace tocsin::gui
