// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/codec.h"
#include "formats/event.h"
#include "formats/result.h"

namespace tocsin::bench {

// Events in the order of their arrival at a recorder, with all that they point to.
struct Workload {
    std::string name;
    std::vector<Event> events;
    uint64_t file_bytes = 0;  // of the trace that they came from; 0: from none

    // Copies that live as long as the workload.
    std::string_view keep(std::string_view text) {
        auto* copy = static_cast<char*>(memory->allocate(text.size() + 1, 1));
        std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }
    template <typename T>
    std::span<const T> keep(std::span<const T> values) {
        static_assert(std::is_trivially_destructible_v<T>);
        auto* copy = static_cast<T*>(memory->allocate(values.size_bytes() + 1, alignof(T)));
        std::uninitialized_copy(values.begin(), values.end(), copy);
        return {copy, values.size()};
    }
    template <typename T>
    const T* keep_one(const T& value) {
        return keep(std::span<const T>(&value, 1)).data();
    }

    std::unique_ptr<std::pmr::monotonic_buffer_resource> memory =
        std::make_unique<std::pmr::monotonic_buffer_resource>();
    std::vector<std::shared_ptr<const EventBatch>> batches;
};

// The events of a trace, snapshot included; other chunks are left out. Errors: those of
// TraceReader, and a trace that holds no event.
Result<Workload> load_trace(const std::string& path);

}  // namespace tocsin::bench
