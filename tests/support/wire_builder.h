// SPDX-License-Identifier: Apache-2.0
//
// Builds the records that the BPF programs would send (bpf/wire.h), by hand.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "bpf/wire.h"

namespace tocsin {

// How an item ended; by default it was read whole.
struct WireEnd {
    uint8_t flags = 0;
    int32_t error = 0;
    uint32_t full_length = 0;
};

struct WireNode {
    uint64_t inode = 0;
    std::string_view name;
    bool cut = false;
};

// One record; bytes() of it is what a decoder gets.
class WireBuilder {
  public:
    explicit WireBuilder(wire_kind kind, uint16_t code = 0, int64_t value = 0)
        : bytes_(sizeof(wire_record)) {
        head_.kind = static_cast<uint16_t>(kind);
        head_.code = code;
        head_.value = value;
    }

    // Fields to set; size and number of items are set by bytes().
    wire_record& head() { return head_; }

    WireBuilder& claim(operand_kind kind, uint8_t argument, std::string_view memory,
                       WireEnd end = {}, uint64_t address = 0x1000) {
        return item(ITEM_CLAIM, kind, argument, memory, end, address);
    }
    WireBuilder& register_claim(operand_kind kind, uint8_t argument, uint64_t value) {
        return item(ITEM_CLAIM, kind, argument, {}, {.flags = ITEM_REGISTER}, value);
    }
    WireBuilder& copy(operand_kind kind, uint8_t argument, std::string_view memory,
                      WireEnd end = {}) {
        return item(ITEM_COPY, kind, argument, memory, end, 0);
    }
    // Leaf first. Each node's numbers follow from its inode, for a test to tell them apart.
    WireBuilder& object(uint8_t role, std::span<const WireNode> nodes) {
        std::vector<uint8_t> payload;
        for (const WireNode& node : nodes) {
            wire_node out{};
            out.device = 8U << 20U | 1U;
            out.inode = node.inode;
            out.generation = static_cast<uint32_t>(node.inode + 1);
            out.mode = 0100755;
            out.uid = static_cast<uint32_t>(node.inode + 2);
            out.gid = static_cast<uint32_t>(node.inode + 3);
            out.links = static_cast<uint32_t>(node.inode + 4);
            out.mount = static_cast<uint32_t>(node.inode + 5);
            out.name_bytes = static_cast<uint16_t>(node.name.size());
            out.cut = node.cut ? 1 : 0;
            append(payload, &out, sizeof out);
            append(payload, node.name.data(), node.name.size());
            payload.resize((payload.size() + 7) / 8 * 8);
        }
        const std::string_view view(reinterpret_cast<const char*>(payload.data()), payload.size());
        return item(ITEM_OBJECT, OPERAND_NONE, role, view, {}, 0);
    }
    WireBuilder& item(uint8_t kind, uint8_t operand_kind, uint8_t operand, std::string_view payload,
                      WireEnd end, uint64_t address) {
        wire_item out{};
        out.kind = kind;
        out.operand = operand;
        out.operand_kind = operand_kind;
        out.flags = end.flags;
        out.error = end.error;
        out.bytes = static_cast<uint32_t>(payload.size());
        out.full_length = end.full_length;
        out.address = address;
        append(bytes_, &out, sizeof out);
        append(bytes_, payload.data(), payload.size());
        bytes_.resize((bytes_.size() + 7) / 8 * 8);
        ++head_.items;
        return *this;
    }

    // In memory of exactly the record's size, aligned as a decoder may expect; lives until the
    // next call of any member.
    std::span<const uint8_t> bytes() {
        head_.bytes = static_cast<uint32_t>(bytes_.size());
        std::memcpy(bytes_.data(), &head_, sizeof head_);
        bytes_.shrink_to_fit();
        return bytes_;
    }

  private:
    static void append(std::vector<uint8_t>& to, const void* from, size_t size) {
        const auto* first = static_cast<const uint8_t*>(from);
        to.insert(to.end(), first, first + size);
    }

    wire_record head_{};
    std::vector<uint8_t> bytes_;  // operator new aligns it to 16
};

}  // namespace tocsin
