// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes as the records of the probes, one after the other: what the decoder accepts, a
// trace must take and give back equal.
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "formats/text_form.h"
#include "formats/trace_reader.h"
#include "recorder/wire_decoder.h"
#include "tests/fuzz/trace_properties.h"

namespace tocsin::fuzz {
namespace {

// With all that the event points to.
std::string text_of(const Event& event) {
    TextFormWriter writer;
    std::string text;
    writer.print(event, text);
    return text;
}

// Events in the order in which a trace keeps them: by CPU, the start-up snapshot apart.
class Texts {
  public:
    void add(const Event& event) {
        const bool is_found = std::holds_alternative<TaskFound>(event.body);
        by_stream_[is_found ? -1 : int{event.cpu}].push_back(text_of(event));
    }
    bool operator==(const Texts&) const = default;

  private:
    std::map<int, std::vector<std::string>> by_stream_;
};

// In memory of exactly its size, so that a sanitizer sees a read behind it, and aligned.
std::vector<uint64_t> next_record(const uint8_t*& data, size_t& size) {
    uint32_t stated = 0;
    if (size >= sizeof stated) std::memcpy(&stated, data, sizeof stated);
    const size_t padded = (size_t{stated} + 7) / 8 * 8;
    const size_t taken = padded >= sizeof(wire_record) && padded <= size ? padded : size;
    std::vector<uint64_t> record(taken / 8);
    if (!record.empty()) std::memcpy(record.data(), data, record.size() * 8);
    data += taken;
    size -= taken;
    return record;
}

class Recording {
  public:
    Recording() : writer_(std::move(*TraceWriter::create(sink_, {}))) {}

    void add(Event event) {
        if (std::holds_alternative<TaskFound>(event.body)) event.sequence = ++found_;
        written_.add(event);
        const auto appended = std::holds_alternative<TaskFound>(event.body)
                                  ? writer_->append_found(event)
                                  : writer_->append(event);
        check(appended.ok(), "a trace does not take a record that was accepted");
        ++events_;
    }
    void compare() {
        check(writer_->seal("stopped").ok(), "the trace cannot be sealed");
        const auto trace = TraceReader::open(ByteSource::from_memory(sink_.bytes));
        check(trace && trace->end() == TraceEnd::kSealed, "the trace is refused");
        Texts read;
        for (size_t i = 0; i < trace->chunks().size(); ++i) {
            const auto chunk = trace->read(i);
            check(chunk.ok(), chunk ? "" : chunk.error().message);
            for (const Event& event : std::get<std::shared_ptr<const EventBatch>>(*chunk)->events())
                read.add(event);
        }
        check(read == written_, "an event does not come back as it was");
        ++reached().printed;
    }
    size_t events() const { return events_; }

  private:
    MemorySink sink_;
    std::unique_ptr<TraceWriter> writer_;
    Texts written_;
    uint64_t found_ = 0;
    size_t events_ = 0;
};

}  // namespace
}  // namespace tocsin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tocsin;
    using namespace tocsin::fuzz;
    ++reached().inputs;
    WireDecoder decoder;
    Recording recording;
    while (size != 0) {
        const auto record = next_record(data, size);
        const auto event = decoder.decode(
            {reinterpret_cast<const uint8_t*>(record.data()), record.size() * sizeof(uint64_t)});
        if (event) recording.add(**event);
    }
    if (recording.events() == 0) return 0;
    ++reached().accepted;
    reached().events += recording.events();
    recording.compare();
    return 0;
}
