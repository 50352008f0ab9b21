// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "gui/timeline/event_store.h"
#include "gui/timeline/grouping.h"

namespace tocsin::gui {

enum class RowKind : uint8_t { kHost, kProcess, kThread, kFile };
enum class EmptyRows : uint8_t { kShown, kHidden };

// What a row is of: an index into the store's processes, threads or files; of the host 0.
struct RowId {
    RowKind kind = RowKind::kHost;
    uint32_t index = 0;
    bool operator==(const RowId&) const = default;
};

struct TimelineRow {
    RowId id;
    uint16_t depth = 0;  // below the host
    bool has_rows_below = false;
    bool is_collapsed = false;
    bool is_pinned = false;
};

// The rows of a timeline from the top down, pinned ones first. By process a tree: host, processes
// below those that forked them in the order of their first events, and threads of those that have
// several. By file: what the selected finding is about, then by the gravest mark, then by the
// number of events.
//
// Rows are made anew by refresh() and by what changes them, in O(rows); the store must outlive
// this.
class TimelineRows {
  public:
    explicit TimelineRows(const EventStore& store) : store_(store) {}

    // The store has grown, or its marks have changed.
    void refresh();
    Grouping grouping() const { return grouping_; }
    void set_grouping(Grouping grouping);
    EmptyRows empty_rows() const { return empty_rows_; }
    // Whether rows without an event in the part that look_at() was told are there.
    void set_empty_rows(EmptyRows empty);
    // Whether rows have changed for it. O(rows log events), and for files O(events in the part)
    // where that is less.
    bool look_at(uint64_t from_ns, uint64_t to_ns);
    // What is selected: shown even where it is empty, and of files first, in this order.
    void set_wanted(std::vector<uint32_t> threads, std::vector<uint32_t> files);

    void set_collapsed(RowId row, bool is_collapsed);
    bool is_pinned(RowId row) const { return pinned_set_.contains(key_of(row)); }
    void set_pinned(RowId row, bool is_pinned);

    size_t size() const { return rows_.size(); }
    size_t pinned() const { return pinned_rows_; }
    const TimelineRow& at(size_t row) const { return rows_[row]; }
    // Where what is of the thread or the file is shown: in its own row or in a collapsed one above;
    // nullopt: nowhere.
    std::optional<size_t> row_of_thread(uint32_t thread) const;
    std::optional<size_t> row_of_file(uint32_t file) const;
    std::optional<size_t> find(RowId row) const;

    // Rows of the store's by_thread() whose events the row shows, itself and what is collapsed into
    // it; of the host none, as it shows all there is.
    std::vector<uint32_t> threads_of(const TimelineRow& row) const;

  private:
    static uint64_t key_of(RowId row) { return static_cast<uint64_t>(row.kind) << 32U | row.index; }
    void rebuild();
    void add_pinned();
    void add_processes();
    void add_process(uint32_t process, uint16_t depth);
    void hide_below(uint32_t process, uint32_t row);
    void add_files();
    void link_processes();
    void sort_files();
    bool shows_thread(uint32_t thread) const;
    bool shows_process(uint32_t process) const;
    void see_threads();
    void see_files();
    template <typename Take>
    void each_child(uint32_t process, const Take& take) const {
        for (uint32_t i = first_child_[process]; i < first_child_[process + 1]; ++i)
            take(children_[i]);
    }

    const EventStore& store_;
    Grouping grouping_ = Grouping::kByProcess;
    EmptyRows empty_rows_ = EmptyRows::kShown;
    uint64_t from_ns_ = 0, to_ns_ = UINT64_MAX;
    std::vector<uint8_t> thread_seen_, file_seen_;  // in the part looked at
    std::unordered_set<uint32_t> wanted_threads_, wanted_files_;
    std::vector<uint32_t> wanted_files_in_order_;
    std::unordered_set<uint64_t> collapsed_, pinned_set_;
    std::vector<RowId> pinned_in_order_;

    std::vector<uint32_t> roots_, children_, first_child_;  // of processes
    std::vector<uint32_t> files_in_order_;

    std::vector<TimelineRow> rows_;
    size_t pinned_rows_ = 0;
    std::vector<uint32_t> row_of_thread_, row_of_process_, row_of_file_;
};

}  // namespace tocsin::gui
