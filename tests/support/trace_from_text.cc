// SPDX-License-Identifier: Apache-2.0
//
// trace-from-text IN.events OUT.tocsin: writes the trace that a text form (formats/text_form.h)
// describes. OUT must not exist. Exit status 0, or 2 with the reason.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "formats/file_descriptor.h"
#include "formats/text_form.h"

namespace tocsin {
namespace {

class FileSink : public ByteSink {
  public:
    explicit FileSink(int fd) : fd_(fd) {}
    Result<> write(std::span<const uint8_t> bytes) override {
        while (!bytes.empty()) {
            const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return Error{std::string("cannot write it: ") + std::strerror(errno)};
            bytes = bytes.subspan(static_cast<size_t>(n));
        }
        return {};
    }

  private:
    int fd_;
};

int fail(const std::string& file, const std::string& why) {
    std::fprintf(stderr, "trace-from-text: %s: %s\n", file.c_str(), why.c_str());
    return 2;
}

int run(const std::string& in, const std::string& out) {
    std::ifstream file(in, std::ios::binary);
    if (!file) return fail(in, std::string("cannot open it: ") + std::strerror(errno));
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (file.bad()) return fail(in, "cannot read it");
    const auto trace = parse_text(text);
    if (!trace) return fail(in, trace.error().message);
    const FileDescriptor target(
        ::open(out.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (target.get() < 0)
        return fail(out, std::string("cannot create it: ") + std::strerror(errno));
    FileSink sink(target.get());
    const auto written = write_trace(*trace, sink);
    return written ? 0 : fail(out, written.error().message);
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
    if (argc == 3) return tocsin::run(argv[1], argv[2]);
    std::fprintf(stderr, "usage: trace-from-text IN.events OUT.tocsin\n");
    return 2;
}
