// SPDX-License-Identifier: Apache-2.0
// Says what really ran: one line with the name of its own executable, as the
// kernel knows it, and the argv that the kernel gave it. One write(2), so that
// lines of several witnesses on one pipe do not mix.
#include <limits.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace {

std::string own_executable() {
    char link[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", link, sizeof link);
    if (length <= 0) return "?";  // no /proc here
    const std::string_view path(link, static_cast<size_t>(length));
    return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

int main(int argc, char** argv) {
    std::string line = "witness pid=" + std::to_string(getpid()) + " exe=" + own_executable();
    for (int i = 0; i < argc; ++i) line += (i == 0 ? " argv=" : "|") + std::string(argv[i]);
    line += '\n';
    return write(STDOUT_FILENO, line.data(), line.size()) < 0 ? 1 : 0;
}
