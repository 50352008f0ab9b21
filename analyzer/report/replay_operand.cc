// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/replay_operand.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/operand_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/register_text.h"

namespace tocsin {
namespace {

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
    const std::string value =
        register_text({claim.kind, claim.argument}, claim.register_value, call);
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
    if (is_absent(node)) {
        if (!node.name.empty()) return {quote(path_of(node)), "is nothing"};
        return {"nothing", "in", node.parent != nullptr ? quote(path_of(*node.parent)) : "?"};
    }
    Pieces pieces = {quote(path_of(node)),
                     fmt::format("{}/{}", device_text(node.id.device), node.id.inode)};
    pieces.push_back(mode_text(node.mode));
    pieces.push_back(fmt::format("owner {}:{}", node.uid, node.gid));
    if (node.id.generation != 0) pieces.push_back(fmt::format("gen {}", node.id.generation));
    return pieces;
}

}  // namespace tocsin
