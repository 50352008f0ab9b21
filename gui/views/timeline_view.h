// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QPixmap>
#include <QPoint>
#include <QTimer>
#include <memory>
#include <optional>
#include <vector>

#include "gui/session/view_state.h"
#include "gui/timeline/finding_marks.h"
#include "gui/timeline/timeline_renderer.h"
#include "gui/timeline/timeline_rows.h"
#include "gui/timeline/timeline_scene.h"

class QMenu;

namespace tocsin::gui {

// Whose arrows are drawn.
enum class Arrows : uint8_t { kOfSelection, kAllInViewport };
enum class Towards : int8_t { kEarlier = -1, kLater = 1 };

// Threads or files in rows over a common time, with what the selected finding is made of.
class TimelineView : public QAbstractScrollArea {
    Q_OBJECT

  public:
    // The state must outlive this.
    explicit TimelineView(ViewState& state, QWidget* parent = nullptr);
    ~TimelineView() override;

    // What keys do, for menus and palettes, too.
    void zoom(double factor);  // of the shown length; at the mouse, else in the middle
    void pan(double part);     // of the shown length
    void centre_selection();   // a second time soon after: fits it
    void fit_selection();
    void step_event(Towards towards);  // within the row
    void cycle_calls();                // check, change, use of the selected finding
    Arrows arrows() const { return arrows_; }
    void set_arrows(Arrows arrows);
    EmptyRows empty_rows() const { return rows_.empty_rows(); }
    void set_empty_rows(EmptyRows empty);
    // As it is on the screen, in this size: for images and pages.
    void draw(QPainter& painter, QSizeF size);

    const TimelineRows& rows() const { return rows_; }
    const TimelineGeometry& geometry_of_rows() const { return geometry_; }
    TimelineScene scene() const;
    std::optional<size_t> current_row() const;
    // A sentence each, for who cannot see it.
    QString row_text_of(size_t row) const;
    QString finding_text() const;  // empty: none is selected

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool viewportEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    enum class Drag : uint8_t { kNone, kMayBegin, kRange, kPan, kPlayhead };
    void follow_state();
    void set_looks();
    void take_finding();
    void take_others();
    void refresh_rows();
    void look_at_rows();
    void tell_statistics();
    // Runs a change of the rows so that what is on the screen stays where it is.
    template <typename Change>
    void change_rows(const Change& change);
    void update_scrolling();
    void scroll_to_rows(size_t first, size_t last);
    void repaint_ground();
    void zoom_at(double x, double factor);
    void drag_to(const QPointF& at);
    void hover_at(const QPointF& at);
    void show_event(EventIndex event);
    void move_current(int by);
    void set_collapsed(size_t row, bool is_collapsed);
    bool key_pressed(const QKeyEvent& event);
    void change_pinned(RowId row);
    void notice_current();
    void add_row_actions(QMenu& menu, size_t row);
    void press_label(const QPointF& at);
    QString tip_at(const QPointF& at) const;
    std::optional<TimeRange> selection() const;

    ViewState& state_;
    TimelineRows rows_;
    TimelineGeometry geometry_;
    double least_row_height_ = 0;
    std::unique_ptr<TimelineRenderer> renderer_;
    QPixmap ground_;  // what does not follow the mouse
    bool is_ground_good_ = false;

    std::optional<FindingMarks> finding_;
    std::vector<FindingMarks> others_;
    size_t others_left_out_ = 0;
    Arrows arrows_ = Arrows::kOfSelection;
    std::optional<RowId> current_;
    QString statistics_;
    size_t next_call_ = 0;

    Drag drag_ = Drag::kNone;
    QPointF pressed_at_, mouse_at_;
    TimeRange pressed_viewport_;
    bool is_mouse_in_ = false;
    QElapsedTimer since_centred_;
    QTimer refreshing_, looking_, counting_;
};

}  // namespace tocsin::gui
