// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "formats/result.h"
#include "gui/timeline/drawing.h"

namespace tocsin::gui {

enum class ImageFormat : uint8_t { kPng, kSvg };

// A PNG is twice its natural size, for paper and screens of today; of huge ones as large as an
// image can be. Errors are those of SafeFile.
Result<> write_image(const Drawing& drawing, ImageFormat format, const QString& path);

}  // namespace tocsin::gui
