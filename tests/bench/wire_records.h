// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "formats/event.h"

namespace tocsin::bench {

// Events as the BPF programs send them, one record after the other, aligned to 8 bytes.
class WireRecords {
  public:
    explicit WireRecords(std::span<const Event> events);
    size_t size() const { return ends_.size(); }
    std::span<const uint8_t> record(size_t index) const;

  private:
    void put(const Event& event);
    void put_bytes(const void* bytes, size_t size);
    void put_captured(uint8_t kind, uint8_t operand, OperandKind operand_kind, uint64_t address,
                      uint8_t flags, const CapturedBytes& captured);
    void put_object(const KernelObject& object);

    struct Stream {
        uint64_t sequence = 0, lost = 0;
    };
    std::map<uint16_t, Stream> streams_;  // by CPU
    std::vector<uint64_t> words_;
    std::vector<size_t> ends_;  // in words
};

}  // namespace tocsin::bench
