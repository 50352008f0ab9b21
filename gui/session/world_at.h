// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/event.h"
#include "gui/session/background_job.h"
#include "gui/session/trace_session.h"

namespace tocsin::gui {

// What is shown of a file. Bytes of the trace: escape them.
struct FileAt {
    std::string path;
    ObjectId id;
    uint32_t mode = 0, uid = 0, gid = 0, mount = 0;
    bool operator==(const FileAt&) const = default;
};

struct DescriptorAt {
    int number = 0;
    std::optional<FileAt> file;  // nullopt: open, and of what is not recorded
    bool closes_on_exec = false;
    bool operator==(const DescriptorAt&) const = default;
};

struct ProcessAt {
    TaskId id;
    std::optional<TaskId> parent;  // nullopt: not recorded
    std::string comm, executable;  // of which empty: not recorded
    uint32_t threads = 1;
    uint32_t euid = 0;
    bool is_partial = false;  // its beginning is not in the trace
    bool operator==(const ProcessAt&) const = default;
};

// More than is shown of every process.
struct ProcessInFull {
    ProcessAt process;
    std::optional<FileAt> executable, cwd, root;  // nullopt: not recorded
    std::optional<std::string> command_line;      // strings with a NUL each
    Credentials credentials;                      // of the thread that made the last record
    Namespaces namespaces;
    uint64_t sharers_of_memory = 1;
    bool has_own_places = false, has_own_tables = false;  // some thread: what the process has is
                                                          // not known
    std::vector<DescriptorAt> descriptors;                // as far as they are known
    bool operator==(const ProcessInFull&) const = default;
};

// The recorded machine at a moment.
struct WorldSnapshot {
    uint64_t ns = 0;                   // every event up to then is in it
    std::vector<ProcessAt> processes;  // that live, by their ids
    std::optional<ProcessInFull> selected;
    bool operator==(const WorldSnapshot&) const = default;
};

// Replays a trace up to a moment. Forward it goes on from where it is; back it begins anew. For one
// thread.
class WorldReplay {
  public:
    explicit WorldReplay(std::shared_ptr<const TraceReader> trace);
    ~WorldReplay();

    // Observes all events up to this time, in EventOrder's order up to the first one behind it.
    // False: it was cancelled before.
    bool go_to(uint64_t ns, Progress& progress);
    // `process`: whose details are wanted.
    WorldSnapshot snapshot(std::optional<int32_t> process) const;

  private:
    struct Pass;
    const std::shared_ptr<const TraceReader> trace_;
    std::unique_ptr<Pass> pass_;
    uint64_t ns_ = 0;
};

// What the machine was like at a moment that moves, by a thread that replays the trace. Latest wish
// first: a moment that nobody waits for any more is not gone to.
class WorldAt : public QObject {
    Q_OBJECT

  public:
    explicit WorldAt(TraceSession& session, QObject* parent = nullptr);
    ~WorldAt() override;

    // The process by its id in the initial pid namespace; nullopt: none.
    void ask(uint64_t ns, std::optional<int32_t> process);
    // The last that was ready; nullptr: none was yet.
    const WorldSnapshot* snapshot() const { return snapshot_.get(); }
    // It is not of the moment and process that were asked for last.
    bool is_behind() const { return wanted_ != shown_; }
    // Of the replay: events observed to events in all.
    double progress() const;

  signals:
    void changed();

  private:
    struct Wish {
        uint64_t ns = 0;
        std::optional<int32_t> process;
        bool operator==(const Wish&) const = default;
    };
    void start();

    TraceSession& session_;
    std::shared_ptr<const WorldSnapshot> snapshot_;
    std::optional<Wish> wanted_, shown_;
    std::shared_ptr<WorldReplay> replay_;  // the thread's
    BackgroundJob replaying_;
};

}  // namespace tocsin::gui
