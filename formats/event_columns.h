// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/event.h"

namespace tocsin {

// Gives equal values one small index. The values themselves live with the caller, who says
// whether the value at an index equals the one looked for.
class IndexTable {
  public:
    static constexpr uint32_t kNone = UINT32_MAX;

    explicit IndexTable(size_t slots);  // a power of two to begin with; it grows

    // The index of an equal value, else kNone.
    template <typename Equals>
    uint32_t find(size_t hash, Equals&& equals) const {
        const uint32_t tag = mix(hash);
        for (size_t at = tag & mask_; slots_[at].index != kNone; at = (at + 1) & mask_)
            if (slots_[at].tag == tag && equals(slots_[at].index)) return slots_[at].index;
        return kNone;
    }
    // Only for a value that find() did not find.
    void add(size_t hash, uint32_t index);
    void clear();

  private:
    // The tag decides almost always, so that values are looked at only to confirm.
    struct Slot {
        uint32_t index = kNone;
        uint32_t tag = 0;
    };
    static uint32_t mix(size_t hash) {
        const size_t product = hash * 0x9e3779b97f4a7c15U;
        return static_cast<uint32_t>(product >> 32U);
    }
    void put(Slot slot);
    void grow();
    size_t mask_, used_ = 0;
    std::vector<Slot> slots_;
};

// One chunk's events as columns and tables, ready to be encoded. Names of the columns are those
// of EventChunk in trace.capnp.
class EventColumns {
  public:
    static constexpr size_t kMaxEvents = 16384;
    static constexpr size_t kMaxTableEntries = 60000;
    static constexpr size_t kMaxPlainBytes = size_t{4} << 20;
    // Of one view, eight times what a recorder captures (bpf/wire.h, TOCSIN_VECTOR_MAX). A chunk
    // names a string once and its events as often as they like: whoever prints or keeps them needs
    // at most this for each.
    static constexpr uint32_t kMaxStringBytes = uint32_t{64} << 10;
    // Of a file's name, NAME_MAX of limits.h; and of a task's, four times the kernel's
    // TASK_COMM_LEN. Tables name these for each row, and replay keeps a task's name for each call.
    static constexpr uint32_t kMaxNameBytes = 255, kMaxCommBytes = 64;
    // What one takes in the encoded message, at the most; and so how many a chunk can have.
    static constexpr size_t kViewBytes = 18, kObjectBytes = 3;
    static constexpr size_t kMaxViews = kMaxPlainBytes / kViewBytes;
    static constexpr size_t kMaxObjects = kMaxPlainBytes / kObjectBytes;
    static constexpr uint16_t kNone16 = UINT16_MAX;
    static constexpr int32_t kNoCall = INT32_MIN;
    static constexpr int32_t kFarCall = INT32_MIN + 1;
    static constexpr uint8_t kUnknownArgumentNibble = 15;

    enum Kind : uint8_t { kEntered = 1, kHook, kReturned, kForked, kExited, kFound };
    enum Sharing : uint8_t {
        kSharesFiles = 1,
        kSharesPlace = 2,
        kSharesMemory = 4
    };  // code of a kForked
    enum ViewFlag : uint8_t {
        kPlain = 0,
        kCut = 1,
        kFromDescriptor = 2,
        kNoBytes = 4,
        kOdd = 8,
        kKindPlus16 = 16
    };
    static constexpr uint8_t kKnownViewFlags = 31;

    struct TaskRow {
        Task task;  // its comm is empty: see `comm`
        uint16_t comm;
        bool operator==(const TaskRow&) const = default;
    };
    struct NodeRow {
        ObjectId id;
        uint32_t mode, uid, gid, links, mount;
        uint16_t name, parent;
        bool cut;
        bool operator==(const NodeRow&) const = default;
    };

    EventColumns();

    // Whether the event can be added; where not, encode, clear() and add it then. Only an event
    // of megabytes, of more than 255 views or objects, or with a string or name beyond its limit
    // does not fit an empty chunk.
    bool fits(const Event& event) const;
    // Upper bound of the encoded message.
    size_t plain_bytes() const { return plain_bytes_; }
    // event.cpu must be that of the events before, event.sequence must rise (CHECK).
    void append(const Event& event);
    void clear();  // keeps the memory

    // Ids of the tasks' processes, ascending, each once.
    std::vector<int32_t> processes() const;

    bool empty() const { return kind.empty(); }
    size_t size() const { return kind.size(); }

    uint16_t cpu = 0;
    BootTime first_time, last_time;  // of the first and last event added
    BootTime earliest, latest;
    uint64_t first_sequence = 0, first_call = 0;

    std::vector<int32_t> delta_time;
    std::vector<uint32_t> sequence_gap;
    std::vector<uint8_t> kind;
    std::vector<uint16_t> code;
    std::vector<uint16_t> task;
    std::vector<int32_t> call_delta;
    std::vector<uint8_t> view_count;
    std::vector<uint8_t> object_count;
    std::vector<int64_t> value;
    std::vector<CallId> far_calls;
    std::vector<uint16_t> other_task;
    std::vector<uint8_t> view_operand;
    std::vector<uint8_t> view_flags;
    std::vector<uint64_t> claim_register;
    std::vector<uint16_t> view_bytes;
    std::vector<uint16_t> odd_error;
    std::vector<uint32_t> odd_length;
    std::vector<uint8_t> object_role;
    std::vector<uint16_t> object_node;
    std::vector<TaskRow> tasks;
    std::vector<NodeRow> nodes;
    std::vector<uint32_t> string_offsets;  // and one past the last
    std::vector<char> string_bytes;

  private:
    bool time_fits(BootTime time) const;
    void append_head(const Event& event);
    void append_call(const std::optional<CallId>& call);
    void append_claim(const Claim& claim);
    void append_copy(const KernelCopy& copy);
    void append_bytes(uint8_t flags, const CapturedBytes& captured);
    void append_object(const KernelObject& object);
    uint16_t intern_task(const Task& task);
    uint16_t intern_node(const ObjectNode& node);
    uint16_t intern_string(std::string_view bytes);

    std::string_view string_at(uint32_t index) const {
        const uint32_t begin = string_offsets[index];
        return {string_bytes.data() + begin, string_offsets[index + 1] - begin};
    }
    bool is_task(const TaskRow& row, const Task& wanted) const;
    bool is_chain(uint32_t index, const ObjectNode& node) const;

    uint64_t last_sequence_ = 0;
    std::optional<uint64_t> last_call_;  // the greatest number of this CPU's calls
    size_t plain_bytes_ = 0;
    uint16_t last_task_ = kNone16;
    // What was looked for last, strings by length and nodes by inode: the views of one call mostly
    // say the same, and so do the calls of one process.
    static constexpr size_t kRecentStrings = 32;
    static constexpr size_t kRecentNodes = 512;
    std::array<uint16_t, kRecentStrings> recent_strings_;
    std::array<uint16_t, kRecentNodes> recent_nodes_;
    const uint64_t secret_;  // in all hashes
    IndexTable task_table_, node_table_, string_table_;
};

}  // namespace tocsin
