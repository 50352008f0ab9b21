// SPDX-License-Identifier: Apache-2.0
//
// How the parts of a finding are spelled in text, each cut down to a few lines.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/judge/analysis.h"
#include "analyzer/report/fields.h"

namespace tocsin {

// Columns that a name takes at most; of longer ones the middle is left out.
inline constexpr size_t kMostNameColumns = 270;

// The bytes of a view, and how their reading ended.
std::string view_shown(OperandKind kind, const OwnedBytes& view);
std::string path_shown(const FileObject& file);
// "device 8:1 inode 42 generation 7"; all zeros: "nothing".
std::string identity_shown(const std::optional<ObjectId>& id);
// Path, identity, mode, owner, links and mount.
std::string object_shown(const FileObject& file);
std::string link_shown(const FollowedLink& followed);
std::string process_shown(const TaskId& id, const std::shared_ptr<const FileObject>& executable);
// Process, comm and user that made the call.
std::string caller_shown(const Operation& operation);
// Who made the call, with whose rights, and where the process comes from.
void put_who(Fields& fields, const Operation& operation);
void put_when(Fields& fields, const TraceFacts& trace, const Operation& operation);
// Nothing where there is none.
void put_writer(Fields& fields, const std::optional<MemoryWriter>& writer);
void put_supervisor(Fields& fields, const std::optional<SupervisorClaim>& supervisor);
// Command line and ancestors of a process, nullptr if they are not known, in lines of their own
// that begin with the indent.
void put_lineage(Fields& fields, const std::shared_ptr<const ProcessImage>& image,
                 std::string_view indent = "");
// "openat(AT_FDCWD, "/tmp/x", O_RDONLY) = 3", with what was claimed at entry.
std::string call_shown(const Operation& operation);
// "entry cpu0#1, hook cpu0#2, return cpu0#3".
std::string events_shown(const Operation& operation);
// What to look up in `tocsin dump`.
void put_events(Fields& fields, const Candidate& candidate);
std::string capitals_of(Severity severity);  // "HIGH"

}  // namespace tocsin
