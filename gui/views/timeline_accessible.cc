// SPDX-License-Identifier: Apache-2.0
#include "gui/views/timeline_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <unordered_map>

#include "gui/views/timeline_view.h"

namespace tocsin::gui {
namespace {

class TimelineAccessible;

// The finding as item 0, where one is selected, then the rows.
class ItemAccessible : public QAccessibleInterface {
  public:
    ItemAccessible(TimelineAccessible& list, int item) : list_(list), item_(item) {}

    bool isValid() const override;
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* parent() const override;
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QString text(QAccessible::Text text) const override;
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override;
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    QAccessible::State state() const override;

  private:
    TimelineAccessible& list_;
    const int item_;
};

class TimelineAccessible : public QAccessibleWidget {
  public:
    explicit TimelineAccessible(TimelineView* view)
        : QAccessibleWidget(view, QAccessible::List, view->accessibleName()) {}
    ~TimelineAccessible() override { forget_items(); }

    TimelineView& view() const { return *static_cast<TimelineView*>(widget()); }
    int findings() const { return view().finding_text().isEmpty() ? 0 : 1; }
    int childCount() const override { return findings() + static_cast<int>(view().rows().size()); }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount()) return nullptr;
        const auto [at, is_new] = items_.try_emplace(index);
        if (is_new)
            at->second = QAccessible::registerAccessibleInterface(
                new ItemAccessible(const_cast<TimelineAccessible&>(*this), index));
        return QAccessible::accessibleInterface(at->second);
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        for (const auto& [index, id] : items_)
            if (QAccessible::accessibleInterface(id) == child) return index;
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        const QPoint at = view().viewport()->mapFromGlobal(QPoint(x, y));
        const auto row = view().geometry_of_rows().row_at(view().rows(), at.y());
        return row ? child(findings() + static_cast<int>(*row)) : nullptr;
    }
    QAccessibleInterface* focusChild() const override {
        const auto row = view().current_row();
        return row ? child(findings() + static_cast<int>(*row)) : nullptr;
    }

  private:
    void forget_items() {
        for (const auto& [index, id] : items_) QAccessible::deleteAccessibleInterface(id);
    }
    mutable std::unordered_map<int, QAccessible::Id> items_;
};

bool ItemAccessible::isValid() const {
    return list_.isValid() && item_ < list_.childCount();
}

QAccessibleInterface* ItemAccessible::parent() const {
    return &list_;
}

QString ItemAccessible::text(QAccessible::Text text) const {
    if (text != QAccessible::Name || !isValid()) return {};
    const int row = item_ - list_.findings();
    return row < 0 ? list_.view().finding_text()
                   : list_.view().row_text_of(static_cast<size_t>(row));
}

QRect ItemAccessible::rect() const {
    const int row = item_ - list_.findings();
    if (row < 0 || !isValid()) return list_.rect();
    const TimelineGeometry& geometry = list_.view().geometry_of_rows();
    const double top = geometry.top_of(list_.view().rows(), static_cast<size_t>(row));
    const QPoint origin = list_.view().viewport()->mapToGlobal(QPoint(0, static_cast<int>(top)));
    return {origin, QSize(static_cast<int>(geometry.width), static_cast<int>(geometry.row_height))};
}

QAccessible::State ItemAccessible::state() const {
    QAccessible::State state;
    if (!isValid()) {
        state.invalid = true;
        return state;
    }
    const int row = item_ - list_.findings();
    const TimelineView& view = list_.view();
    state.focusable = state.selectable = true;
    state.readOnly = true;
    if (row < 0) {
        state.selected = true;
        return state;
    }
    const auto current = view.current_row();
    const auto at = static_cast<size_t>(row);
    state.selected = current == at;
    state.focused = state.selected && view.hasFocus();
    state.expandable = view.rows().at(at).has_rows_below;
    state.collapsed = view.rows().at(at).is_collapsed;
    state.expanded = state.expandable && !state.collapsed;
    return state;
}

QAccessibleInterface* make(const QString&, QObject* object) {
    auto* view = qobject_cast<TimelineView*>(object);
    return view != nullptr ? new TimelineAccessible(view) : nullptr;
}

void notice(TimelineView* view, QAccessible::Event type, int child) {
    if (!QAccessible::isActive()) return;
    QAccessibleEvent event(view, type);
    event.setChild(child);
    QAccessible::updateAccessibility(&event);
}

int findings_of(const TimelineView* view) {
    return view->finding_text().isEmpty() ? 0 : 1;
}

}  // namespace

void use_timeline_accessibility() {
    static const bool kIsInstalled = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    (void)kIsInstalled;
}

void notice_rows(TimelineView* view) {
    notice(view, QAccessible::ObjectReorder, -1);
}

void notice_finding(TimelineView* view) {
    if (findings_of(view) > 0) notice(view, QAccessible::Selection, 0);
}

void notice_row(TimelineView* view, size_t row) {
    notice(view, QAccessible::Focus, findings_of(view) + static_cast<int>(row));
}

}  // namespace tocsin::gui
