// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/replay/operation.h"
#include "formats/event.h"
#include "gui/timeline/segment_forest.h"

namespace tocsin::gui {

// What an event is, in the order of Event::body.
enum class EventKind : uint8_t { kEntry, kHook, kReturn, kFork, kExit, kFound };

inline constexpr uint32_t kNoRow = UINT32_MAX;  // of an index: there is none

// What a row of the timeline stands for. Names are the trace's bytes: escape them.
struct ThreadRow {
    TaskId id;
    uint32_t process = kNoRow;  // index into processes
    std::string comm;           // the latest
};
struct ProcessRow {
    int32_t tgid = 0;
    uint32_t parent = kNoRow;       // index into processes
    std::string executable;         // path of the latest one; empty: not recorded
    std::vector<uint32_t> threads;  // indices into threads
};
struct FileRow {
    ObjectId id;
    std::string path;  // as the first record of it has it
};

// One event in a line; 37 bytes each are all that is kept of it.
struct EventLine {
    uint64_t time_ns = 0;  // since boot
    uint64_t sequence = 0;
    uint32_t thread = kNoRow;
    uint32_t file = kNoRow;         // what its first object is
    EventIndex partner = kNoEvent;  // of a hook or a return: the entry of its call
    uint16_t cpu = 0;
    uint16_t number = 0;  // of the system call or the hook
    EventKind kind = EventKind::kEntry;
    bool failed = false;  // a return with an error
};

// Some events of a trace, in the order of time, and the threads, processes and files that they are
// the first to name. Made on any thread by an EventBlockBuilder.
struct EventBlock {
    static constexpr size_t kMost = size_t{1} << 13U;  // a millisecond's work to append
    std::vector<uint64_t> time_ns, sequence;
    std::vector<uint32_t> thread, file;
    std::vector<EventIndex> partner;
    std::vector<uint16_t> cpu, number;
    std::vector<EventKind> kind;
    std::vector<uint8_t> failed;

    std::vector<ThreadRow> threads;
    std::vector<ProcessRow> processes;
    std::vector<FileRow> files;
    std::vector<std::pair<uint32_t, std::string>> comms;        // of threads, from now on
    std::vector<std::pair<uint32_t, std::string>> executables;  // of processes, from now on

    size_t size() const { return time_ns.size(); }
};

// Makes blocks of events handed to it in the order of time. Each block but the last has kMost
// events.
class EventBlockBuilder {
  public:
    using TakeBlock = std::function<void(EventBlock)>;
    explicit EventBlockBuilder(TakeBlock take) : take_(std::move(take)) {}

    void add(const Event& event);
    // Hands out what is left.
    void finish();

  private:
    struct Open {
        CallId call;
        EventIndex entry = kNoEvent;
    };
    struct TaskHash {
        size_t operator()(const TaskId& id) const;
    };
    struct ObjectHash {
        size_t operator()(const ObjectId& id) const;
    };
    uint32_t thread_of(const Task& task);
    uint32_t process_of(int32_t tgid);
    uint32_t file_of(const ObjectNode& node);
    void note_executable(uint32_t process, const ObjectNode& node);

    TakeBlock take_;
    EventBlock block_;
    uint64_t added_ = 0;
    std::unordered_map<TaskId, uint32_t, TaskHash> threads_;
    std::unordered_map<int32_t, uint32_t> processes_;  // by tgid: of those that live
    std::unordered_map<ObjectId, uint32_t, ObjectHash> files_;
    std::vector<std::string> comms_;  // by thread
    std::vector<Open> open_;          // by thread
    uint32_t made_processes_ = 0, made_files_ = 0;
    TaskId last_task_;
    uint32_t last_thread_ = kNoRow;
};

// Every event of a trace as far as it was loaded: columns by time, and forests of its threads' and
// its files' events. Memory is below 100 bytes an event. For one thread; grows by append().
class EventStore {
  public:
    // Events beyond are not taken: false.
    static constexpr uint64_t kMostEvents = UINT32_MAX - 1;
    bool append(EventBlock block);

    size_t size() const { return events_; }
    bool empty() const { return events_ == 0; }
    EventLine at(EventIndex event) const;
    uint64_t time_ns(EventIndex event) const {
        return blocks_[event / EventBlock::kMost].time_ns[event % EventBlock::kMost];
    }
    // Columns of it alone.
    uint32_t thread(EventIndex event) const {
        return blocks_[event / EventBlock::kMost].thread[event % EventBlock::kMost];
    }
    uint32_t file(EventIndex event) const {
        return blocks_[event / EventBlock::kMost].file[event % EventBlock::kMost];
    }
    EventKind kind(EventIndex event) const {
        return blocks_[event / EventBlock::kMost].kind[event % EventBlock::kMost];
    }
    EventIndex partner(EventIndex event) const {
        return blocks_[event / EventBlock::kMost].partner[event % EventBlock::kMost];
    }
    uint16_t number(EventIndex event) const {
        return blocks_[event / EventBlock::kMost].number[event % EventBlock::kMost];
    }
    bool failed(EventIndex event) const {
        return blocks_[event / EventBlock::kMost].failed[event % EventBlock::kMost] != 0;
    }
    uint64_t begin_ns(EventIndex event) const {
        const EventIndex entry = partner(event);
        return time_ns(entry != kNoEvent ? entry : event);
    }
    uint64_t first_ns() const { return first_ns_; }  // of the events behind the snapshot
    // From here on nothing is of the snapshot.
    uint64_t snapshot_end_ns() const { return snapshot_end_ns_; }
    uint64_t last_ns() const { return last_ns_; }
    // The first event that is not before this time; size() where there is none.
    EventIndex first_at(uint64_t time_ns) const;
    // What a call's return or hook lasts from: the entry of its call; else its own time.
    uint64_t begin_ns(const EventLine& event) const {
        return event.partner != kNoEvent ? time_ns(event.partner) : event.time_ns;
    }
    // Of the call with this entry the first of the thread's next few events that is wanted;
    // kNoEvent: none of them.
    template <typename IsWanted>
    EventIndex find_in_call(EventIndex entry, uint32_t thread, const IsWanted& is_wanted) const {
        constexpr size_t kMostLookedAt = 64;
        const ChunkedColumn<EventIndex>& row = by_thread_.events(thread);
        size_t at = by_thread_.place_from(thread, entry + 1);
        for (size_t i = 0; i < kMostLookedAt && at != row.size(); ++i, ++at)
            if (partner(row[at]) == entry && is_wanted(row[at])) return row[at];
        return kNoEvent;
    }
    // By CPU and number, near this time; kNoEvent: it is not there.
    EventIndex find(const EventRef& event, uint64_t time_ns) const;

    const std::vector<ThreadRow>& threads() const { return threads_; }
    const std::vector<ProcessRow>& processes() const { return processes_; }
    const std::vector<FileRow>& files() const { return files_; }
    // Rows are indices into threads() and files(). Calls are in them as their returns, which last
    // from the entry on; an entry is in them, too.
    const SegmentForest& by_thread() const { return by_thread_; }
    const SegmentForest& by_file() const { return by_file_; }
    // Marks the event in both.
    void mark(EventIndex event, Severity severity);
    void clear_marks();
    // What all of it takes.
    size_t bytes() const;

  private:
    // What of a block says whether an event is in it.
    struct Contents {
        struct Numbers {
            uint16_t cpu = 0;
            uint64_t least = 0, most = 0;
        };
        std::vector<Numbers> numbers;  // of what it has of each CPU
    };
    static Contents contents_of(const EventBlock& block);
    EventIndex find_in(size_t block, const EventRef& event) const;

    std::vector<EventBlock> blocks_;
    std::vector<Contents> contents_;  // by block
    // Times of each kEvery-th event, close together: what searches times looks at one page of the
    // rest.
    static constexpr size_t kEvery = 256;
    std::vector<uint64_t> some_times_ns_;
    size_t events_ = 0;
    uint64_t first_ns_ = UINT64_MAX, last_ns_ = 0, snapshot_end_ns_ = 0;
    std::vector<ThreadRow> threads_;
    std::vector<ProcessRow> processes_;
    std::vector<FileRow> files_;
    SegmentForest by_thread_, by_file_;
};

}  // namespace tocsin::gui
