// SPDX-License-Identifier: Apache-2.0
//
// What the text form's writer and parser must agree on: what a line may leave out, and the words.
#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "formats/chunk_file.h"
#include "formats/event.h"
#include "formats/event_columns.h"
#include "formats/hooks.h"

namespace tocsin::text_form {

inline constexpr std::string_view kFirstLine = "tocsin-text 1";
// Of one string on a line; those of events have limits of their own, as in EventColumns.
inline constexpr size_t kMaxQuotedBytes = kMaxMetadataBytes;
static_assert(kMaxQuotedBytes >= EventColumns::kMaxStringBytes);
inline constexpr uint64_t kDefaultStartedNs = 1'000'000'000;
inline constexpr uint32_t kDefaultMode = 0100755;
inline constexpr uint32_t kDefaultLinks = 1;
inline constexpr uint32_t kDefaultMount = 1;
inline constexpr unsigned kMinorBits = 20;  // of ObjectId::device

// Follows the events of a trace, in the order of their lines, to know what the next may leave out.
class LineDefaults {
  public:
    // Of the CPU and list (snapshot or not) that the event, its body and cpu set, belongs to.
    uint64_t sequence_for(const Event& event) const;
    // nullopt before the first event of that CPU and list.
    std::optional<uint64_t> last_sequence_for(const Event& event) const;
    // Needs the event's task, body and sequence.
    std::optional<CallId> call_for(const Event& event) const;
    // The row that says which argument is meant; nullptr: not known. Needs the event's call, too.
    const SyscallInfo* row_for(const Event& event) const;
    void note(const Event& event);

  private:
    struct OpenCall {
        CallId id;
        uint16_t number;
    };
    void close(const TaskId& task);
    CallId next_call_on(uint16_t cpu) const;

    std::map<uint32_t, uint64_t> last_sequences_;
    std::map<uint16_t, uint64_t> last_calls_;
    std::map<TaskId, OpenCall> open_by_task_;
    std::map<CallId, uint16_t> numbers_;
};

// The 7 of "syscall:7"; nullopt: the word is not so made.
template <typename Number>
std::optional<Number> number_after(std::string_view prefix, std::string_view word) {
    if (!word.starts_with(prefix)) return std::nullopt;
    word.remove_prefix(prefix.size());
    Number number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return number;
}

// nullopt: the row has several operands of this kind, so the argument must be given.
std::optional<uint8_t> default_argument(const SyscallInfo* row, OperandKind kind);
uint32_t default_full_length(const CapturedBytes& bytes);
std::string_view default_comm(std::string_view label);

// Words and the numbers they stand for; of what has no name "syscall:7", "hook:7", "role:7".
std::string syscall_word(uint16_t number);
std::optional<uint16_t> syscall_named(std::string_view word);
std::string hook_word(uint16_t id);
std::optional<uint16_t> hook_named(std::string_view word);
std::string role_word(ObjectRole role);
std::optional<ObjectRole> role_named(std::string_view word);
std::string_view abi_word(Abi abi);
std::optional<Abi> abi_named(std::string_view word);
// "" where errno(3) has no name for it.
std::string_view errno_name(uint64_t number);
std::optional<uint16_t> errno_named(std::string_view name);

}  // namespace tocsin::text_form
