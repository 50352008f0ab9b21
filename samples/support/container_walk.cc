// SPDX-License-Identifier: Apache-2.0
#include "samples/support/container_walk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

bool leads_through_no_link(const std::string& root, const std::string& below) {
    size_t end = 0;
    while (end != std::string::npos) {
        end = below.find('/', end + 1);
        struct stat status;
        if (lstat((root + "/" + below.substr(0, end)).c_str(), &status) != 0) return false;
        if (S_ISLNK(status.st_mode)) return errno = ELOOP, false;
    }
    return true;
}

int walk_without_links(const std::string& root, const std::string& below) {
    int place = open(root.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    size_t begin = 0;
    while (place >= 0 && begin != std::string::npos) {
        const size_t end = below.find('/', begin);
        const std::string component = below.substr(begin, end - begin);
        const int next = openat(place, component.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
        const int why = errno;
        close(std::exchange(place, next));
        errno = why;
        begin = end == std::string::npos ? end : end + 1;
    }
    return place;
}
