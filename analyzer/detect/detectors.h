// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "analyzer/detect/detector.h"

namespace tocsin {

// Every detector there is, one of each, in the order in which they see a call.
std::vector<std::unique_ptr<Detector>> make_detectors();

}  // namespace tocsin
