// SPDX-License-Identifier: Apache-2.0
//
// Arbitrary bytes as a filter, the first of them choosing what it is of: what is accepted is
// accepted again as it was written, and asking it changes nothing.
#include <array>
#include <string_view>

#include "analyzer/query/filter.h"
#include "formats/hooks.h"
#include "tests/fuzz/trace_properties.h"

namespace {

using namespace tocsin;

// An open that failed, as a record, a call and a finding.
struct Rows {
    Rows() {
        task.id = {100, 101, {1}};
        task.comm = "comm";
        claims[0] = {0, OperandKind::kPath, 16, ClaimedBytes{{"/tmp/a.so", 9, 0, false}}};
        event.task = &task;
        event.body = SyscallEntered{2, claims};
        auto call = std::make_shared<Operation>();
        call->syscall = find_syscall("open");
        call->task = own(task);
        call->ended = BootTime{5000};
        call->result = -2;
        Operand& path = call->operands.emplace_back();
        path.info = {OperandKind::kPath, 0};
        path.entry = own(*claims[0].memory);
        finding.candidate.operation = std::move(call);
    }

    Row row(RowKind kind) const {
        if (kind == RowKind::kRecord) return Row::of(event, nullptr, {});
        if (kind == RowKind::kCall) return Row::of(*finding.candidate.operation, {});
        return Row::of(finding, {});
    }

    Task task;
    std::array<Claim, 1> claims;
    Event event;
    Finding finding;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    constexpr std::array kKinds = {RowKind::kRecord, RowKind::kCall, RowKind::kFinding};
    static const Rows rows;
    ++fuzz::reached().inputs;
    if (size == 0) return 0;
    const RowKind kind = kKinds[data[0] % kKinds.size()];
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto filter = Filter::parse(text, kind);
    if (!filter) {
        const std::string& message = filter.error().message;
        fuzz::check(message.starts_with("column ") || message.starts_with("line "),
                    "an error names no place");
        return 0;
    }
    ++fuzz::reached().accepted;
    const bool is_taken = filter->matches(rows.row(kind));
    const auto again = Filter::parse(filter->text(), kind);
    fuzz::check(again.ok(), "a filter is refused that was accepted");
    fuzz::check(again->matches(rows.row(kind)) == is_taken, "a filter takes a row and does not");
    return 0;
}
