// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/detector.h"

namespace tocsin {

std::string_view name_of(Evaluation evaluation) {
    switch (evaluation) {
        case Evaluation::kWhole:
            return "compared whole";
        case Evaluation::kPrefix:
            return "compared as far as captured";
        case Evaluation::kRewrittenByKernel:
            return "compared, kernel's own additions aside";
        case Evaluation::kClaimUnreadable:
            return "not readable at entry";
        case Evaluation::kExitOnly:
            return "no kernel copy, entry compared with exit";
        case Evaluation::kNothingToCompare:
            return "not evaluated: neither kernel copy nor exit view";
        case Evaluation::kEntryLost:
            return "not evaluated: record of the entry is missing";
        case Evaluation::kHookLost:
            return "not evaluated: record of the kernel's copy is missing";
        case Evaluation::kContradictory:
            return "not evaluated: the records contradict each other";
    }
    return "?";
}

void Detector::finish(CandidateSink&) {}

bool is_evaluated(Evaluation evaluation) {
    switch (evaluation) {
        case Evaluation::kWhole:
        case Evaluation::kPrefix:
        case Evaluation::kRewrittenByKernel:
        case Evaluation::kExitOnly:
            return true;
        case Evaluation::kClaimUnreadable:
        case Evaluation::kNothingToCompare:
        case Evaluation::kEntryLost:
        case Evaluation::kHookLost:
        case Evaluation::kContradictory:
            break;
    }
    return false;
}

}  // namespace tocsin
