// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/timeline_rows.h"

#include <algorithm>

namespace tocsin::gui {
namespace {

constexpr uint16_t kDeepest = UINT16_MAX;
// Looking at each event of a part costs about a hundredth of looking a row up.
constexpr size_t kEventsPerLookUp = 100;

}  // namespace

void TimelineRows::refresh() {
    if (grouping_ == Grouping::kByProcess)
        link_processes();
    else
        sort_files();
    look_at(from_ns_, to_ns_);
    rebuild();
}

void TimelineRows::set_grouping(Grouping grouping) {
    if (grouping == grouping_) return;
    grouping_ = grouping;
    refresh();
}

void TimelineRows::set_empty_rows(EmptyRows empty) {
    if (empty == empty_rows_) return;
    empty_rows_ = empty;
    look_at(from_ns_, to_ns_);
    rebuild();
}

bool TimelineRows::look_at(uint64_t from_ns, uint64_t to_ns) {
    from_ns_ = from_ns;
    to_ns_ = to_ns;
    if (empty_rows_ == EmptyRows::kShown) return false;
    std::vector<uint8_t>& seen = grouping_ == Grouping::kByProcess ? thread_seen_ : file_seen_;
    const std::vector<uint8_t> before = std::move(seen);
    if (grouping_ == Grouping::kByProcess)
        see_threads();
    else
        see_files();
    if (seen == before) return false;
    rebuild();
    return true;
}

void TimelineRows::set_wanted(std::vector<uint32_t> threads, std::vector<uint32_t> files) {
    wanted_threads_ = {threads.begin(), threads.end()};
    wanted_files_ = {files.begin(), files.end()};
    wanted_files_in_order_ = std::move(files);
    rebuild();
}

void TimelineRows::set_collapsed(RowId row, bool is_collapsed) {
    const bool has_changed =
        is_collapsed ? collapsed_.insert(key_of(row)).second : collapsed_.erase(key_of(row)) > 0;
    if (has_changed) rebuild();
}

void TimelineRows::set_pinned(RowId row, bool is_pinned) {
    const bool has_changed =
        is_pinned ? pinned_set_.insert(key_of(row)).second : pinned_set_.erase(key_of(row)) > 0;
    if (!has_changed) return;
    if (is_pinned)
        pinned_in_order_.push_back(row);
    else
        std::erase(pinned_in_order_, row);
    rebuild();
}

std::optional<size_t> TimelineRows::row_of_thread(uint32_t thread) const {
    if (thread >= row_of_thread_.size() || row_of_thread_[thread] == kNoRow) return std::nullopt;
    return row_of_thread_[thread];
}

std::optional<size_t> TimelineRows::row_of_file(uint32_t file) const {
    if (file >= row_of_file_.size() || row_of_file_[file] == kNoRow) return std::nullopt;
    return row_of_file_[file];
}

std::optional<size_t> TimelineRows::find(RowId row) const {
    uint32_t at = kNoRow;
    if (row.kind == RowKind::kThread && row.index < row_of_thread_.size())
        at = row_of_thread_[row.index];
    if (row.kind == RowKind::kProcess && row.index < row_of_process_.size())
        at = row_of_process_[row.index];
    if (row.kind == RowKind::kFile && row.index < row_of_file_.size()) at = row_of_file_[row.index];
    if (at != kNoRow && rows_[at].id == row) return at;
    for (size_t i = 0; i < rows_.size() && row.kind == RowKind::kHost; ++i)
        if (rows_[i].id == row) return i;
    return std::nullopt;
}

std::vector<uint32_t> TimelineRows::threads_of(const TimelineRow& row) const {
    if (row.id.kind == RowKind::kThread) return {row.id.index};
    if (row.id.kind != RowKind::kProcess) return {};
    std::vector<uint32_t> threads = store_.processes()[row.id.index].threads;
    if (!row.is_collapsed) return threads;
    std::vector<uint32_t> below = {row.id.index};
    while (!below.empty()) {
        const uint32_t process = below.back();
        below.pop_back();
        each_child(process, [&](uint32_t child) {
            const auto& of = store_.processes()[child].threads;
            threads.insert(threads.end(), of.begin(), of.end());
            below.push_back(child);
        });
    }
    return threads;
}

void TimelineRows::link_processes() {
    const std::vector<ProcessRow>& processes = store_.processes();
    roots_.clear();
    first_child_.assign(processes.size() + 1, 0);
    for (size_t i = 0; i < processes.size(); ++i)
        if (processes[i].parent < i) ++first_child_[processes[i].parent + 1];
    for (size_t i = 0; i < processes.size(); ++i) first_child_[i + 1] += first_child_[i];
    children_.resize(first_child_.back());
    std::vector<uint32_t> next(first_child_.begin(), first_child_.end() - 1);
    for (size_t i = 0; i < processes.size(); ++i) {
        const auto process = static_cast<uint32_t>(i);
        // Whoever forked it was known before it: anything else is no tree.
        if (processes[i].parent < i)
            children_[next[processes[i].parent]++] = process;
        else
            roots_.push_back(process);
    }
}

void TimelineRows::sort_files() {
    const SegmentForest& forest = store_.by_file();
    const size_t files = store_.files().size();
    std::vector<uint8_t> ranks(files, 0);
    for (const auto& [row, place] : forest.marked()) {
        const auto severity = forest.severity_of(forest.events(row)[place]);
        if (severity && row < files)
            ranks[row] =
                std::max(ranks[row], static_cast<uint8_t>(1 + static_cast<int>(*severity)));
    }
    // One number each: sorting half a million pairs takes too long to wait for.
    constexpr uint64_t kMostCounted = (uint64_t{1} << 29U) - 1;
    std::vector<uint64_t> keys(files);
    for (size_t i = 0; i < files; ++i)
        keys[i] = static_cast<uint64_t>(7 - ranks[i]) << 61U |
                  (kMostCounted - std::min<uint64_t>(forest.events_of(i), kMostCounted)) << 32U | i;
    std::sort(keys.begin(), keys.end());
    files_in_order_.resize(files);
    for (size_t i = 0; i < files; ++i) files_in_order_[i] = static_cast<uint32_t>(keys[i]);
}

void TimelineRows::see_threads() {
    thread_seen_.assign(store_.threads().size(), 0);
    const auto is_in = [this](EventIndex event) {
        return store_.kind(event) != EventKind::kFound && store_.time_ns(event) >= from_ns_ &&
               store_.begin_ns(event) <= to_ns_;
    };
    const uint64_t counted_from = store_.snapshot_end_ns();
    for (size_t i = 0; i < thread_seen_.size(); ++i)
        thread_seen_[i] =
            store_.by_thread().has_any(i, from_ns_, to_ns_, counted_from, is_in) ? 1 : 0;
}

void TimelineRows::see_files() {
    file_seen_.assign(store_.files().size(), 0);
    const EventIndex begin = store_.first_at(from_ns_);
    const EventIndex end =
        to_ns_ == UINT64_MAX ? static_cast<EventIndex>(store_.size()) : store_.first_at(to_ns_ + 1);
    if ((end - begin) / kEventsPerLookUp < file_seen_.size()) {
        for (EventIndex event = begin; event < end; ++event)
            if (const uint32_t file = store_.file(event); file != kNoRow)
                file_seen_[file] = store_.kind(event) != EventKind::kFound ? 1 : file_seen_[file];
        return;
    }
    const auto is_in = [this](EventIndex event) {
        return store_.kind(event) != EventKind::kFound && store_.time_ns(event) >= from_ns_ &&
               store_.time_ns(event) <= to_ns_;
    };
    const uint64_t counted_from = store_.snapshot_end_ns();
    for (size_t i = 0; i < file_seen_.size(); ++i)
        file_seen_[i] = store_.by_file().has_any(i, from_ns_, to_ns_, counted_from, is_in) ? 1 : 0;
}

bool TimelineRows::shows_thread(uint32_t thread) const {
    return empty_rows_ == EmptyRows::kShown ||
           (thread < thread_seen_.size() && thread_seen_[thread] != 0) ||
           wanted_threads_.contains(thread);
}

bool TimelineRows::shows_process(uint32_t process) const {
    const auto& threads = store_.processes()[process].threads;
    return std::any_of(threads.begin(), threads.end(),
                       [this](uint32_t thread) { return shows_thread(thread); });
}

void TimelineRows::rebuild() {
    rows_.clear();
    row_of_thread_.assign(store_.threads().size(), kNoRow);
    row_of_process_.assign(store_.processes().size(), kNoRow);
    row_of_file_.assign(store_.files().size(), kNoRow);
    // What the store has grown by is not linked before refresh().
    if (grouping_ == Grouping::kByProcess && first_child_.size() != row_of_process_.size() + 1)
        link_processes();
    add_pinned();
    pinned_rows_ = rows_.size();
    if (grouping_ == Grouping::kByProcess)
        add_processes();
    else
        add_files();
}

void TimelineRows::add_pinned() {
    for (const RowId& id : pinned_in_order_) {
        const auto row = static_cast<uint32_t>(rows_.size());
        rows_.push_back({id, 0, false, false, true});
        if (id.kind == RowKind::kThread) row_of_thread_[id.index] = row;
        if (id.kind == RowKind::kFile) row_of_file_[id.index] = row;
        if (id.kind != RowKind::kProcess) continue;
        row_of_process_[id.index] = row;
        const auto& threads = store_.processes()[id.index].threads;
        for (const uint32_t thread : threads) row_of_thread_[thread] = row;
    }
}

void TimelineRows::add_processes() {
    struct Next {
        uint32_t process;
        uint16_t depth;
    };
    const RowId host{RowKind::kHost, 0};
    const bool is_collapsed = collapsed_.contains(key_of(host));
    rows_.push_back({host, 0, !roots_.empty(), is_collapsed, false});
    if (is_collapsed) return;
    std::vector<Next> next;
    for (size_t i = roots_.size(); i-- > 0;) next.push_back({roots_[i], 1});
    while (!next.empty()) {
        const auto [process, depth] = next.back();
        next.pop_back();
        const bool is_shown = shows_process(process) && !is_pinned({RowKind::kProcess, process});
        if (is_shown) add_process(process, depth);
        if (is_shown && collapsed_.contains(key_of({RowKind::kProcess, process}))) {
            hide_below(process, static_cast<uint32_t>(rows_.size() - 1));
            continue;
        }
        // What a row that is not there has below goes to the one above it.
        const uint16_t below =
            is_shown && depth < kDeepest ? static_cast<uint16_t>(depth + 1) : depth;
        for (uint32_t i = first_child_[process + 1]; i-- > first_child_[process];)
            next.push_back({children_[i], below});
    }
}

void TimelineRows::add_process(uint32_t process, uint16_t depth) {
    const RowId id{RowKind::kProcess, process};
    const auto& threads = store_.processes()[process].threads;
    const bool is_collapsed = collapsed_.contains(key_of(id));
    const auto row = static_cast<uint32_t>(rows_.size());
    const bool has_rows_below =
        threads.size() > 1 || first_child_[process] < first_child_[process + 1];
    rows_.push_back({id, depth, has_rows_below, is_collapsed, false});
    row_of_process_[process] = row;
    for (const uint32_t thread : threads)
        if (row_of_thread_[thread] == kNoRow) row_of_thread_[thread] = row;
    if (threads.size() < 2 || is_collapsed) return;
    for (const uint32_t thread : threads) {
        const RowId own{RowKind::kThread, thread};
        if (!shows_thread(thread) || is_pinned(own)) continue;
        row_of_thread_[thread] = static_cast<uint32_t>(rows_.size());
        const auto below = static_cast<uint16_t>(std::min<int>(depth + 1, kDeepest));
        rows_.push_back({own, below, false, false, false});
    }
}

void TimelineRows::hide_below(uint32_t process, uint32_t row) {
    std::vector<uint32_t> below = {process};
    while (!below.empty()) {
        const uint32_t above = below.back();
        below.pop_back();
        each_child(above, [&](uint32_t child) {
            for (const uint32_t thread : store_.processes()[child].threads)
                if (row_of_thread_[thread] == kNoRow) row_of_thread_[thread] = row;
            below.push_back(child);
        });
    }
}

void TimelineRows::add_files() {
    const auto add = [this](uint32_t file) {
        row_of_file_[file] = static_cast<uint32_t>(rows_.size());
        rows_.push_back({{RowKind::kFile, file}, 0, false, false, false});
    };
    for (const uint32_t file : wanted_files_in_order_)
        if (file < row_of_file_.size() && row_of_file_[file] == kNoRow) add(file);
    for (const uint32_t file : files_in_order_)
        if (row_of_file_[file] == kNoRow && (empty_rows_ == EmptyRows::kShown ||
                                             (file < file_seen_.size() && file_seen_[file] != 0)))
            add(file);
}

}  // namespace tocsin::gui
