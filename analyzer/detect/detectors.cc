// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/detectors.h"

#include "analyzer/detect/argument_race.h"
#include "analyzer/detect/descriptor_race.h"
#include "analyzer/detect/name_race.h"
#include "analyzer/detect/process_race.h"

namespace tocsin {

std::vector<std::unique_ptr<Detector>> make_detectors() {
    std::vector<std::unique_ptr<Detector>> detectors;
    detectors.push_back(std::make_unique<ArgumentRaceDetector>());
    detectors.push_back(std::make_unique<NameRaceDetector>());
    detectors.push_back(std::make_unique<ProcessRaceDetector>());
    detectors.push_back(std::make_unique<DescriptorRaceDetector>());
    return detectors;
}

}  // namespace tocsin
