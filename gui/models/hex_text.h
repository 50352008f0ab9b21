// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

namespace tocsin::gui {

// Bytes as lines of offset, hexadecimal and characters; what is not printable ASCII is a dot. Of
// more than `most` bytes the first, and how many are left out.
//
//   00000000  2f 74 6d 70 2f 78 00                              /tmp/x.
QString hex_text(const QByteArray& bytes, qsizetype most = 65536);

}  // namespace tocsin::gui
