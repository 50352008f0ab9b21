// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "formats/hooks.h"

namespace tocsin {

// What was read of an argument's memory, spelled as its kind demands: "/bin/ls"; ["ls", "-l"];
// inet 127.0.0.1 port 80; unix "/run/x.sock"; {flags=O_RDONLY|O_CREAT, mode=0644,
// resolve=RESOLVE_BENEATH};
// [0x7ffe10+6]. Bytes that do not make a whole structure, and kinds without a spelling of their
// own, are hex. Escaped: it may be printed as it is.
std::string operand_text(OperandKind kind, std::string_view bytes);

// Whether operand_text() takes the bytes apart: offsets into them then say nothing to a reader.
bool is_structure(OperandKind kind);

// Whether a view of that kind that ended without an error is what there is to see of it rather than
// cut: of struct open_how the kernel's hooks show the flags alone.
bool is_known_part(OperandKind kind, int32_t error);

struct FlagName {
    uint64_t bits;
    std::string_view name;
};
// "MS_RDONLY|MS_BIND|0x40": those of the names whose bits are all set, and the bits that are left
// over; `none` where no bit is set.
std::string flags_text(std::span<const FlagName> names, uint64_t flags,
                       std::string_view none = "0");

// open(2)'s flags: "O_RDWR|O_CREAT|O_CLOEXEC", what has no name as a number.
std::string open_flags_text(uint64_t flags);

}  // namespace tocsin
