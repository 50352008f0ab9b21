// SPDX-License-Identifier: Apache-2.0
//
// Text traces of calls that look names up and rebind them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/replay/operation.h"

namespace tocsin::test {

// What every story begins with. Tasks: v, a process of root's (tgid 100), v5 a second thread of it,
// ve the same with the effective ids of user 1000; u and u2, two processes of user 1000; w one of
// user 1001; r another one of root's. Files: /etc with passwd, shadow and cron; /home, which is
// user 1000's, with the regular file x (and x2, x3, xp in its place: another one, one that reuses
// its inode number, /etc/passwd by a hard link), the link xl to /etc/passwd in its place, x0 where
// there is none, nothing0 where the kernel keeps no name; l and l0, the same link as "l"; the
// directory d with the file df, dl a link to /etc in its place, d0 nothing; dold and dold0, the
// directory as "d.old", and doldf its file.
extern const std::string_view kCast;

// Tenths of a millisecond after 5 seconds.
std::string stamp(int time);
std::string line(int time, std::string_view task, std::string_view rest);

// One whole call: its entry at `time`, each hook one later, and then its return; v and its like on
// CPU 0, others on CPU 1. An empty result: the return is not recorded.
std::string call(int time, std::string_view task, std::string_view entry, std::string_view result,
                 const std::vector<std::string>& hooks = {});

// The cast, the lines and a seal.
std::string story(std::string_view lines);

// The calls of a story, in the order of their ends.
std::vector<std::shared_ptr<const Operation>> calls_of(std::string_view lines);

}  // namespace tocsin::test
