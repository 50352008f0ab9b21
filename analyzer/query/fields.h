// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "analyzer/judge/finding.h"
#include "analyzer/query/value.h"
#include "analyzer/replay/operation.h"
#include "formats/event.h"

namespace tocsin {

// What is filtered.
enum class RowKind : uint8_t {
    kRecord = 1,   // of a trace: what dump prints
    kCall = 2,     // with all its records: what replay prints
    kFinding = 4,  // what analyze prints; it has the fields of its call, too
};
std::string_view plural_of(RowKind kind);         // "records"
std::string_view command_that_has(RowKind kind);  // "dump"

struct Row {
    RowKind kind = RowKind::kRecord;
    BootTime start;                        // of the trace
    const Event* event = nullptr;          // of a record
    const Operation* operation = nullptr;  // of a call or a finding
    const Finding* finding = nullptr;      // of a finding
    const ProcessImage* image = nullptr;   // of whose row it is; nullptr: not known

    static Row of(const Event& event, const ProcessImage* image, BootTime start);
    static Row of(const Operation& call, BootTime start);
    static Row of(const Finding& finding, BootTime start);
};

// Takes a value of a field; true: that is enough.
using TakeValue = std::function<bool(const Value&)>;

struct Field {
    std::string_view name;
    FieldType type;
    uint8_t rows;  // RowKinds that may have it
    std::string_view meaning;
    void (*read)(const Row& row, const TakeValue& take);  // none, one or several values
    bool is_known_from_before = false;  // by records before the row's: whoever leaves these out
                                        // does not know it
    std::span<const std::string_view> (*names)() = nullptr;  // all values that it can have;
                                                             // nullptr: any

    bool is_of(RowKind kind) const { return (rows & static_cast<uint8_t>(kind)) != 0; }
};

// Fields that the headers of a trace's chunks tell of.
inline constexpr std::string_view kTimeField = "time", kPidField = "proc.pid";

// All of them, in the order in which they are listed.
std::span<const Field> fields();
const Field* find_field(std::string_view name);  // nullptr: none
// The name that is most like it, to suggest; empty: none is like it.
std::string_view field_like(std::string_view name);

}  // namespace tocsin
