// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "formats/event.h"

namespace tocsin {

// What kind of thing whose use by an attacker is worst the path names ("credential store");
// empty where it is none. Matches absolute paths as bytes, so give it resolved ones.
std::string_view sensitive_category(std::string_view path);

// Whether the path's last component is that of a command interpreter.
bool is_shell(std::string_view path);
// The same of any program that runs what is in a file: shells, and python3.11, perl and their like.
bool is_interpreter(std::string_view path);

// Whether the task acts with another user's rights: it is, or comes from, a set-uid program.
bool has_borrowed_rights(const Credentials& credentials);

}  // namespace tocsin
