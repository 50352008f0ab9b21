// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analyzer/detect/detector.h"
#include "analyzer/detect/supervisor_claims.h"

namespace tocsin {

// Finds arguments in memory that changed while a call was under way: the argument classes A0 to
// A4. It decides on bytes of one call alone, E against S and X, never on what a name resolves to:
// symlinks, relative names, chroots and mounts make no difference to it.
//
// Works for every call whose table row has a path, argv or environ operand. What a supervisor had
// read of a path, a string or a structure before it let the call go on is compared, too.
class ArgumentRaceDetector : public Detector {
  public:
    void observe(const std::shared_ptr<const Operation>& operation, const WorldState& world,
                 CandidateSink& sink) override;
    void finish(CandidateSink& sink) override { sink.covered(supervisors_.coverage()); }

  private:
    SupervisorClaims supervisors_;
};

}  // namespace tocsin
