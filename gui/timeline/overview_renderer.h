// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>
#include <QPainter>
#include <QSizeF>
#include <QString>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "analyzer/judge/finding.h"
#include "analyzer/replay/event_order.h"
#include "gui/timeline/density.h"
#include "gui/timeline/theme.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {

// All that an overview shows. What it points to must outlive it.
struct OverviewScene {
    const Density* density = nullptr;
    uint64_t from_ns = 0, to_ns = 1;  // the whole
    // When findings are, and how grave.
    std::span<const std::pair<uint64_t, Severity>> findings;
    std::span<const LossInterval> losses;
    std::pair<uint64_t, uint64_t> viewport;
    std::optional<std::pair<uint64_t, uint64_t>> range;
    std::optional<uint64_t> playhead_ns;
    uint64_t selected_ns = 0;  // the selected finding's time; 0: none
    QString note;              // in place of what is not there yet; may be empty
};

// Draws a whole trace in a strip: events by the logarithm of their number, findings above them by
// their severities, lost records hatched, and the part that is shown.
class OverviewRenderer {
  public:
    OverviewRenderer(const Theme& theme, const QFont& font);
    static TimeScale scale(const OverviewScene& scene, QSizeF size);

    void paint(QPainter& painter, const OverviewScene& scene, QSizeF size) const;
    // The same in two: what stays while the viewport moves, and the rest.
    void paint_ground(QPainter& painter, const OverviewScene& scene, QSizeF size) const;
    void paint_overlay(QPainter& painter, const OverviewScene& scene, QSizeF size) const;

  private:
    void paint_density(QPainter& painter, const OverviewScene& scene, QSizeF size) const;
    void paint_losses(QPainter& painter, const OverviewScene& scene, QSizeF size) const;
    void paint_findings(QPainter& painter, const OverviewScene& scene, QSizeF size) const;

    const Theme& theme_;
    QFont font_;
};

}  // namespace tocsin::gui
