// SPDX-License-Identifier: Apache-2.0
#include "analyzer/judge/trust_domain.h"

#include "analyzer/replay/principal.h"

namespace tocsin {
namespace {

// login.defs(5): SYS_UID_MAX. People have higher ones, and so has nobody.
constexpr uint32_t kLastSystemUid = 999;

bool is_descendant(const ProcessImage* image, const ProcessImage* ancestor) {
    if (ancestor == nullptr) return false;
    for (; image != nullptr; image = image->parent.get())
        if (image->parent_id == ancestor->process) return true;
    return false;
}

}  // namespace

bool is_in_trust_domain(const HappensBefore::Party& party, const Operation& use) {
    switch (standing_of(party.task, use.task)) {
        case Standing::kSamePrincipal:
        case Standing::kOtherCapabilities:
        case Standing::kMorePrivileged:
            return true;
        case Standing::kLessPrivileged:
        case Standing::kPeer:
            break;
    }
    return party.task->credentials.euid <= kLastSystemUid &&
           party.task->credentials.uid <= kLastSystemUid &&
           is_descendant(party.image.get(), use.caller.image.get());
}

}  // namespace tocsin
