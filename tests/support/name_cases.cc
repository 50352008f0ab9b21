// SPDX-License-Identifier: Apache-2.0
//
// name_cases [CASE...]: calls that look names up, name a process, or write or read what others
// share, in every way that is hard to record, each in a child of its own, and prints what a trace
// must agree with: the lines of Attempt (name_cases.h), then "PID CASE STATUS", where STATUS is 0
// or the errno of the call, or "PID CASE skipped: REASON". Without arguments: all cases. Exit
// status 0, or 2 for trouble.
//
// Touches only a directory of its own under /tmp, which it removes. Mounts are made in a namespace
// of their own.
#include "tests/support/name_cases.h"

#include <sys/stat.h>

namespace {

namespace fs = std::filesystem;
using namespace tocsin::test;

// Each leads to the one before it, the first to a file: number N takes N + 1 links.
void make_links(const fs::path& directory, int count) {
    fs::create_directory(directory);
    for (int i = 0; i < count; ++i)
        fs::create_symlink(i == 0 ? "../file" : std::to_string(i - 1),
                           directory / std::to_string(i));
}

void prepare(const fs::path& directory) {
    umask(022);
    if (chmod(directory.c_str(), 0711) != 0) give_up("let others into the directory");
    for (const char* name : {"dir", "dir/sub", "locked", "mount_point"})
        fs::create_directory(directory / name);
    for (const char* name : {"file", "dir/file", "locked/file", "locked_file", kOddName})
        write_file(directory / name, "content\n");
    write_file(directory / std::string(255, 'n'), "content\n");
    fs::permissions(directory / "locked", fs::perms::owner_all);
    fs::permissions(directory / "locked_file", fs::perms::owner_read);
    fs::create_symlink("dir/file", directory / "link");
    fs::create_symlink("file", directory / "dir/link");
    fs::create_symlink("dir", directory / "dir_link");
    fs::create_symlink("nothing", directory / "dangling");
    fs::create_symlink("loop", directory / "loop");
    make_links(directory / "links", 45);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<Case> cases;
    for (const auto more : {check_cases(), entry_cases(), change_cases(), place_cases(),
                            attribute_cases(), process_cases(), content_cases(), channel_cases()})
        cases.insert(cases.end(), more.begin(), more.end());
    return run_case_program({"name_cases", prepare, cases}, argc, argv);
}
