// SPDX-License-Identifier: Apache-2.0
//
// How the parts of a finding are spelled in text, each cut down to a few lines.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "analyzer/replay/operation.h"
#include "analyzer/report/text_page.h"

namespace tocsin {

inline constexpr size_t kFindingIndent = 4;
inline constexpr size_t kFindingColumn = 15;

// A line of a finding; no label: it goes on with the one above.
void put_in_finding(TextPage& page, std::string_view label, std::string_view text);

// The bytes of a view, and how their reading ended.
std::string view_shown(OperandKind kind, const OwnedBytes& view);
std::string path_shown(const FileObject& file);
// Path, identity, mode, owner, links and mount.
std::string object_shown(const FileObject& file);
std::string link_shown(const FollowedLink& followed);
std::string process_shown(const TaskId& id, const std::shared_ptr<const FileObject>& executable);
// Process, comm and user that made the call.
std::string caller_shown(const Operation& operation);
// Command line and ancestors of a process, nullptr if they are not known, in lines of their own
// that begin with the indent.
void put_lineage(TextPage& page, const std::shared_ptr<const ProcessImage>& image,
                 std::string_view indent = "");
// "openat(AT_FDCWD, "/tmp/x", O_RDONLY) = 3", with what was claimed at entry.
std::string call_shown(const Operation& operation);
// "entry cpu0#1, hook cpu0#2, return cpu0#3".
std::string events_shown(const Operation& operation);

}  // namespace tocsin
