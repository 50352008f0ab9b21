// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/workload.h"

#include "formats/trace_reader.h"

namespace tocsin::bench {

Result<Workload> load_trace(const std::string& path) {
    auto reader = TraceReader::open(path);
    if (!reader) return Error{path + ": " + reader.error().message};
    Workload workload;
    workload.name = "trace " + path.substr(path.rfind('/') + 1);
    workload.file_bytes = reader->file_bytes();
    for (size_t i = 0; i < reader->chunks().size(); ++i) {
        const auto chunk = reader->read(i);
        if (!chunk) return Error{path + ": " + chunk.error().message};
        const auto* batch = std::get_if<std::shared_ptr<const EventBatch>>(&*chunk);
        if (batch == nullptr) continue;
        workload.batches.push_back(*batch);
        const auto events = (*batch)->events();
        workload.events.insert(workload.events.end(), events.begin(), events.end());
    }
    if (workload.events.empty()) return Error{path + " holds no event; record for longer"};
    return workload;
}

}  // namespace tocsin::bench
