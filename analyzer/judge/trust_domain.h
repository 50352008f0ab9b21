// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/replay/happens_before.h"

namespace tocsin {

// Whether the user of a name may take the party's word that something is done: it is the same user,
// or one with more rights, or a worker that the user's process, or a child of that, has started
// under an account of the system's. Anybody else may say so to be believed.
bool is_in_trust_domain(const HappensBefore::Party& party, const Operation& use);

}  // namespace tocsin
