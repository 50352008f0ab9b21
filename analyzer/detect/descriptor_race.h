// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "analyzer/detect/detector.h"

namespace tocsin {

// Finds descriptors that stood for another file when a thread used them again, because another one
// that shares the table had closed or replaced them: the class D1.
//
// A thread relies on what a descriptor stood for when it last used it, unless it has given it
// another meaning itself. Tables that nobody shares are not looked at.
class DescriptorRaceDetector : public Detector {
  public:
    // Descriptors in use by threads, and last changes of descriptors; of more all are forgotten,
    // and counted.
    static constexpr size_t kMostInUse = size_t{1} << 16U;

    void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world,
                 CandidateSink& sink) override;
    void finish(CandidateSink& sink) override { sink.covered(coverage_); }

  private:
    using Table = std::weak_ptr<FdTable>;
    struct InUse {
        std::shared_ptr<const Operation> operation;
        size_t operand = 0;
        Table table;
        uint64_t generation = 0;  // of the slot
        std::shared_ptr<const FileObject> object;
    };
    struct PairHash {
        size_t operator()(const std::pair<int32_t, int>& pair) const {
            return std::hash<uint64_t>{}(static_cast<uint64_t>(pair.first) << 32U |
                                         static_cast<uint32_t>(pair.second));
        }
    };
    using Changes = std::map<std::pair<const FdTable*, int>, std::shared_ptr<const Operation>>;

    void use(const std::shared_ptr<const Operation>& operation, size_t operand, int fd,
             const std::shared_ptr<FdTable>& table, CandidateSink& sink);
    void put(const InUse& before, const InUse& now, int fd,
             const std::shared_ptr<const Operation>& change, CandidateSink& sink) const;
    void note_change(const std::shared_ptr<const Operation>& operation, const FdTable* table);

    std::unordered_map<std::pair<int32_t, int>, InUse, PairHash> in_use_;  // by thread and number
    Changes changes_;  // the last one of each descriptor
    DescriptorCoverage coverage_;
};

}  // namespace tocsin
