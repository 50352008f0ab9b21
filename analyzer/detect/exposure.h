// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "analyzer/detect/mutations.h"
#include "analyzer/replay/name_lookup.h"

namespace tocsin {

// Names that somebody else could have led elsewhere between check and use, and nobody did: F4.
//
// Uses by one program through one directory are one exposure: the one whose check and use were
// nearest stands for all. Who could have changed it is looked for among the users of the trace when
// it is over: sees() must be told of each task that calls.
class Exposures {
  public:
    static constexpr size_t kMost = size_t{1} << 16U;

    void sees(const TaskState& task);
    // The outermost place of the way that others may change.
    void add(const CheckedUse& pair, const NameLookup& walked);
    void finish(CandidateSink& sink);
    uint64_t left_out() const { return left_out_; }

  private:
    struct Key {
        ObjectId executable, directory;
        uint16_t check = 0, use = 0;
        uint32_t uid = 0;
        auto operator<=>(const Key&) const = default;
    };
    struct Exposure {
        CheckedUse pair;
        Binding place, end;
        std::chrono::nanoseconds gap{0};
        uint64_t times = 1;
    };
    std::vector<Exposure> by_path();
    const TaskState* who_could_change(const Exposure& exposure) const;

    std::map<Key, Exposure> exposures_;
    std::map<uint32_t, TaskState> users_;  // the first task of each, by fsuid
    uint64_t left_out_ = 0;
};

}  // namespace tocsin
