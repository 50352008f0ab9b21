// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// Looks, as a program does that resolves a name in the scope of a container, that neither
// what is below the root nor anything on the way there is a symbolic link. `below` begins with no
// slash. False, with errno, where there is one (ELOOP) or nothing.
bool leads_through_no_link(const std::string& root, const std::string& below);

// The same, and gives a descriptor with O_PATH of what is there; -1 on failure.
int walk_without_links(const std::string& root, const std::string& below);
