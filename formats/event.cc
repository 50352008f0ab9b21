// SPDX-License-Identifier: Apache-2.0
#include "formats/event.h"

#include <vector>

namespace tocsin {

std::string path_of(const ObjectNode& node) {
    std::vector<const ObjectNode*> chain;
    for (const ObjectNode* at = &node; at != nullptr; at = at->parent) chain.push_back(at);
    std::string path = chain.back()->cut ? "…" : "";
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        if ((*at)->name == kRootName) continue;
        path += '/';
        path += (*at)->name;
    }
    return path.empty() ? "/" : path;
}

std::string_view name_of(LossCause cause) {
    switch (cause) {
        case LossCause::kRingFull:
            return "ring-full";
        case LossCause::kScratchBusy:
            return "scratch-busy";
        case LossCause::kCallsFull:
            return "calls-full";
        case LossCause::kFollowedFull:
            return "followed-full";
        case LossCause::kTooLarge:
            return "too-large";
        case LossCause::kForeignAbi:
            return "foreign-abi";
        case LossCause::kUndecodable:
            return "undecodable";
    }
    return "unknown";
}

std::string_view advice_for(LossCause cause) {
    switch (cause) {
        case LossCause::kRingFull:
            return "the ring buffer was full: record with a larger --buffer";
        case LossCause::kScratchBusy:
            return "one probe interrupted another on its CPU: rare, nothing to set";
        case LossCause::kCallsFull:
            return "too many calls were open at once: narrow the recording with -p or a command";
        case LossCause::kFollowedFull:
            return "too many processes were followed: record the whole machine instead";
        case LossCause::kTooLarge:
            return "a record outgrew its buffer: its last operands are missing";
        case LossCause::kForeignAbi:
            return "a 32-bit or x32 program made the call: its arguments are not decoded";
        case LossCause::kUndecodable:
            return "the recorder could not read its own probes' record: report this bug";
    }
    return "";
}

}  // namespace tocsin
