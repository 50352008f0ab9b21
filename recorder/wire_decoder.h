// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "formats/event.h"
#include "formats/result.h"

namespace tocsin {

// Turns one wire record into an Event. Pure: no kernel, no I/O.
//
// Numbers the records of each CPU in the order in which they come, and leaves out as many numbers
// as records were lost, one that could not be decoded included. Those of the start-up snapshot have
// 0.
//
// The Event lives in the decoder and points into the record, until the next decode() or the end
// of the record's memory. Environment strings are cut to their names here: values stay on the
// machine. Errors: a record that is cut short or contradicts itself.
class WireDecoder {
  public:
    // `record` must be aligned to 8 bytes, as ring buffer and iterator deliver it.
    Result<const Event*> decode(std::span<const uint8_t> record);

  private:
    struct Item {
        const wire_item* head;
        std::string_view payload;
    };
    uint64_t next_sequence(const wire_record& head);
    Result<> read_items(const wire_record& head, std::span<const uint8_t> rest);
    Result<> read_object(const Item& item);
    void read_claim(const Item& item);
    void read_copy(const Item& item);
    void read_bytes(const Item& item, CapturedBytes& out);
    void read_environment(const Item& item, CapturedBytes& out);

    // The names in environment strings as the probes captured them.
    struct Environment {
        std::string strings, names;
        bool breaks_off = false;  // inside the last name
    };
    // A string of `most` bytes may go on in memory.
    static Environment names_in(std::string_view strings, size_t most);

    struct Stream {
        uint64_t sequence = 0, lost = 0;
    };
    std::vector<Stream> streams_;  // by CPU
    Event event_;
    Task task_, other_;
    std::vector<Claim> claims_;
    std::vector<KernelCopy> copies_;
    std::vector<KernelObject> objects_;
    std::vector<ObjectNode> nodes_;
    std::vector<char> names_;  // never grows within a record: views point into it
    // Most programs hand their environment on as they found it.
    Environment last_claimed_, last_copied_;
};

}  // namespace tocsin
