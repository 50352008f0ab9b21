// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/replay/owned_views.h"
#include "analyzer/replay/process_image.h"

namespace tocsin {

// Names one event of a trace; what a reader of a report looks up in `tocsin dump`.
struct EventRef {
    uint16_t cpu = 0;
    uint64_t sequence = 0;
    auto operator<=>(const EventRef&) const = default;
};

// One argument of a call, as far as it was seen.
struct Operand {
    OperandInfo info;
    bool from_descriptor = false;     // S: the kernel composed the name, see KernelCopy
    uint64_t register_value = 0;      // at entry, else at exit
    OptionalView<ClaimView> entry;    // E
    OptionalView<KernelView> kernel;  // S
    OptionalView<ClaimView> exit;     // X

    // S, else E; empty where neither is recorded.
    std::string_view text() const {
        return kernel  ? std::string_view(kernel->bytes)
               : entry ? std::string_view(entry->bytes)
                       : std::string_view();
    }
    // The register as the kernel takes descriptors and process ids.
    int32_t as_int() const { return static_cast<int32_t>(static_cast<uint32_t>(register_value)); }
};

// What was known about the calling process when the call began.
struct Caller {
    std::shared_ptr<const ProcessImage> image;  // nullptr: nothing
    bool partial = false;                       // neither forked nor found in this trace
    // Threads of the process, and processes that share its memory, as far as they were seen.
    uint64_t threads = 0, sharers_of_memory = 0;

    // nullptr: not recorded.
    std::shared_ptr<const FileObject> executable() const {
        return image != nullptr ? image->executable : nullptr;
    }
};

// What a call's records say of files, in the order of their roles: few calls have more than three.
class FilesByRole {
  public:
    struct Entry {
        ObjectRole role;
        std::shared_ptr<const FileObject> file;  // never nullptr
    };
    // nullptr: none has the role.
    const std::shared_ptr<const FileObject>& find(ObjectRole role) const {
        static const std::shared_ptr<const FileObject> kNone;
        for (const Entry& entry : entries_)
            if (entry.role == role) return entry.file;
        return kNone;
    }
    void set(ObjectRole role, std::shared_ptr<const FileObject> file) {
        const auto at = std::find_if(entries_.begin(), entries_.end(),
                                     [role](const Entry& entry) { return entry.role >= role; });
        if (at != entries_.end() && at->role == role)
            at->file = std::move(file);
        else
            entries_.insert(at, {role, std::move(file)});
    }
    void clear() { entries_.clear(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }

  private:
    std::vector<Entry> entries_;
};

// A symbolic link that the kernel followed on its way.
struct FollowedLink {
    std::shared_ptr<const FileObject> link;
    OptionalView<KernelView> target;      // nullopt: the kernel did not keep it in memory
    uint8_t argument = kUnknownArgument;  // whose name led through it
};

// One system call with every record that belongs to it. An orphan is what hooks tell of a call
// whose entry is not recorded: io_uring, or a call that no row is of. It has the operands that the
// hook has copies of.
struct Operation {
    const SyscallInfo* syscall = nullptr;  // of an orphan: no row of the table, see orphan_call()
    CallId call;
    SharedTask task;        // as it was at the first record; for an exec, before it
    SharedTask task_after;  // as it was at the last one, where there are two
    Caller caller;
    std::vector<Operand> operands;  // in the order of syscall->operands

    BootTime began;                   // the entry's time, else the first record's
    std::optional<BootTime> copied;   // the first hook's time: the kernel has its copies by now
    std::optional<BootTime> decided;  // the time of the first hook that names the object, else the
                                      // first hook's
    std::optional<BootTime> ended;
    std::optional<int64_t> result;

    // K, as the first record of each role has it. For an exec kChecked is the file that was named
    // and kExecutable the one that runs, which is the interpreter's for a script.
    FilesByRole objects;
    // Files beside kOpened that the call's hooks were asked about: those below an overlay's.
    std::vector<std::shared_ptr<const FileObject>> also_opened;
    std::vector<FollowedLink> links;  // in the order in which they were followed, each once a name
    // The name of the interpreter that runs in the named file's place; nullopt: none does.
    OptionalView<KernelView> interpreter;
    OptionalView<KernelView> peer;          // the address that the socket is connected to
    std::optional<int32_t> target_process;  // whose memory the call reaches
    // How many pieces waited in the channel that the call reads, as it began: buffers of a pipe,
    // messages or parts of a socket's stream. nullopt: not recorded.
    std::optional<uint64_t> waiting;

    bool made_file = false;      // an open that made the file
    bool entry_missing = false;  // the record of the entry was lost
    bool unfinished = false;     // no record of the return
    bool is_orphan = false;
    bool joined_by_time = false;  // a hook's record without a call was taken for this call's

    std::optional<EventRef> entry_event, exit_event;
    std::vector<EventRef> hook_events;  // in the order in which they fired

    // Whether the call did what it was asked to; nullopt: not recorded. An exec's program and a
    // connected socket's peer tell, too: they are recorded once there is no way back. A connect
    // that goes on by itself has its way (connect(2): EINPROGRESS, EINTR).
    std::optional<bool> succeeded() const;

    // The last moment that any record of the call is of.
    BootTime last_time() const { return ended ? *ended : decided ? *decided : began; }
    const std::shared_ptr<const FileObject>& object(ObjectRole role) const {
        return objects.find(role);
    }
    // What the kernel acted on, or checked where that was all; nullptr: not recorded.
    const FileObject* object() const {
        for (const ObjectRole role :
             {ObjectRole::kExecutable, ObjectRole::kOpened, ObjectRole::kReturned,
              ObjectRole::kPeer, ObjectRole::kChecked, ObjectRole::kNamed, ObjectRole::kWritten})
            if (object(role) != nullptr) return object(role).get();
        return nullptr;
    }
    // The one that a view is of: by argument, or by kind alone where the argument is not known.
    // nullptr where the call has no such argument.
    Operand* operand_of(uint8_t argument, OperandKind kind) {
        for (Operand& operand : operands)
            if (operand.info.kind == kind &&
                (argument == kUnknownArgument || operand.info.argument == argument))
                return &operand;
        // In older traces a pid is a plain value.
        for (Operand& operand : operands)
            if (kind == OperandKind::kValue && operand.info.kind == OperandKind::kPid &&
                operand.info.argument == argument)
                return &operand;
        return nullptr;
    }
    const Operand* operand_of(uint8_t argument, OperandKind kind) const {
        return const_cast<Operation*>(this)->operand_of(argument, kind);
    }
    // nullptr where the call has no such argument.
    const Operand* first_operand(OperandKind kind) const {
        for (const Operand& operand : operands)
            if (operand.info.kind == kind) return &operand;
        return nullptr;
    }
};

// The row that an orphan of this hook has in place of a system call's: the hook's name, number
// 65535 and one operand. nullptr: the hook says too little to stand alone.
const SyscallInfo* orphan_call(uint16_t hook);

}  // namespace tocsin
