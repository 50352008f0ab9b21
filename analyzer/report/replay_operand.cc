// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/replay_operand.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/operand_text.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

constexpr uint64_t kNoId32 = 0xffffffff;  // (uid_t)-1: setreuid(2) and its like leave that id alone

Pieces vector_pieces(std::string_view strings) {
    Pieces pieces = quote_each(strings);
    if (pieces.empty()) return {"[]"};
    pieces.front().insert(0, "[");
    for (size_t i = 0; i + 1 < pieces.size(); ++i) pieces[i] += ',';
    pieces.back() += ']';
    return pieces;
}

Pieces bytes_pieces(OperandKind kind, std::string_view bytes) {
    switch (kind) {
        case OperandKind::kArgv:
        case OperandKind::kEnviron:
            return vector_pieces(bytes);
        default:
            return {operand_text(kind, bytes)};
    }
}

bool has_operand(const SyscallInfo& call, OperandKind kind) {
    return std::any_of(call.operands.begin(), call.operands.end(),
                       [kind](const OperandInfo& operand) { return operand.kind == kind; });
}

// open(2), creat(2): the one plain number is the mode of a new file. openat2(2) has a size there.
bool is_mode(OperandKind kind, const SyscallInfo& call) {
    return kind == OperandKind::kValue && call.group == SyscallGroup::kOpen &&
           !has_operand(call, OperandKind::kOpenHow);
}

std::string register_text(OperandKind kind, uint64_t value, const SyscallInfo* call) {
    if (call != nullptr && is_mode(kind, *call)) return fmt::format("0{:o}", value);
    if (call != nullptr && kind == OperandKind::kFlags && call->group == SyscallGroup::kOpen)
        return open_flags_text(value);
    constexpr int32_t kCurrentDirectory = -100;  // AT_FDCWD
    switch (kind) {
        case OperandKind::kDirfd: {
            const auto descriptor = static_cast<int32_t>(value);
            return descriptor == kCurrentDirectory ? "AT_FDCWD" : fmt::format("{}", descriptor);
        }
        case OperandKind::kValue:
            return value == kNoId32 || value == UINT64_MAX ? "-1" : fmt::format("{}", value);
        case OperandKind::kFlags:
            return value == 0 ? "0" : fmt::format("{:#x}", value);
        default:
            return value == 0 ? "NULL" : fmt::format("{:#x}", value);
    }
}

}  // namespace

Pieces memory_pieces(OperandKind kind, const CapturedBytes& memory) {
    Pieces pieces;
    const bool gave_nothing = memory.bytes.empty();
    if (memory.is_whole() || !gave_nothing) pieces = bytes_pieces(kind, memory.bytes);
    if (!memory.is_whole() && !is_known_part(kind, memory.error))
        pieces.push_back(read_end_text(gave_nothing, memory.error, memory.cut));
    return pieces;
}

Pieces claim_pieces(const Claim& claim, const SyscallInfo* call) {
    const std::string value = register_text(claim.kind, claim.register_value, call);
    if (!claim.memory) return {value};
    Pieces pieces = memory_pieces(claim.kind, *claim.memory);
    if (claim.memory->bytes.empty() && !claim.memory->is_whole())
        pieces.insert(pieces.begin(), value);
    return pieces;
}

Pieces call_pieces(std::string_view name, const std::vector<Pieces>& arguments) {
    Pieces pieces;
    for (const Pieces& argument : arguments) {
        if (!pieces.empty()) pieces.back() += ',';
        pieces.insert(pieces.end(), argument.begin(), argument.end());
    }
    if (pieces.empty()) pieces.emplace_back();
    pieces.front().insert(0, std::string(name) + '(');
    pieces.back() += ')';
    return pieces;
}

Pieces object_pieces(const ObjectNode& node) {
    Pieces pieces = {quote(path_of(node)),
                     fmt::format("{}/{}", device_text(node.id.device), node.id.inode)};
    pieces.push_back(mode_text(node.mode));
    pieces.push_back(fmt::format("owner {}:{}", node.uid, node.gid));
    if (node.id.generation != 0) pieces.push_back(fmt::format("gen {}", node.id.generation));
    return pieces;
}

}  // namespace tocsin
