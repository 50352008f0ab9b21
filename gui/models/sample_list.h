// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <vector>

namespace tocsin::gui {

// A race that is shipped with a recording of it.
struct Sample {
    QString name;   // "access_then_open", its directory's
    QString title;  // "Root asks about a user's file and opens a file of root's"
    QString story;  // one sentence
    QString trace;  // path
};

// Those of a directory that have a recording, by name; title and story are what their README.md
// begins with.
std::vector<Sample> samples_in(const QString& directory);
// Where they are: in the data directory of this installation, or of this build.
QString samples_directory();

}  // namespace tocsin::gui
