// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <cstdint>
#include <vector>

namespace tocsin::gui {

// Between nanoseconds since boot and a drawing's horizontal coordinate. The origin is taken off
// before anything becomes a floating-point number: a double holds no ns of a machine that is up for
// months.
class TimeScale {
  public:
    // `to_ns` beyond `from_ns`; the drawing begins at `left` and is `width` wide.
    TimeScale(uint64_t from_ns, uint64_t to_ns, double left, double width)
        : from_ns_(from_ns),
          length_ns_(to_ns > from_ns ? static_cast<double>(to_ns - from_ns) : 1.0),
          left_(left),
          width_(width > 0 ? width : 1) {}

    double x_of(uint64_t ns) const {
        const double offset = ns >= from_ns_ ? static_cast<double>(ns - from_ns_)
                                             : -static_cast<double>(from_ns_ - ns);
        return left_ + offset / length_ns_ * width_;
    }
    // Never before 0.
    uint64_t ns_of(double x) const {
        const double offset = (x - left_) / width_ * length_ns_;
        if (offset >= 0) return from_ns_ + static_cast<uint64_t>(offset);
        const auto before = static_cast<uint64_t>(-offset);
        return before < from_ns_ ? from_ns_ - before : 0;
    }
    double ns_per_pixel() const { return length_ns_ / width_; }

    // Ticks at 1, 2 or 5 times a power of ten ns, counted from `zero_ns`, at least `least_pixels`
    // apart; rising.
    struct Tick {
        uint64_t ns = 0;
        QString label;  // "1.5 ms", "12.25 s": since zero, in the step's unit
    };
    std::vector<Tick> ticks(uint64_t zero_ns, double least_pixels) const;

  private:
    uint64_t from_ns_;
    double length_ns_, left_, width_;
};

// "182.4 µs", "12 ns", "1.25 s": at most four digits and a unit.
QString duration_text(uint64_t ns);

}  // namespace tocsin::gui
