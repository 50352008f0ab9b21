// SPDX-License-Identifier: Apache-2.0
#include "recorder/trace_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "formats/trace_reader.h"
#include "formats/trace_writer.h"

namespace tocsin {
namespace {

namespace fs = std::filesystem;

using Bytes = std::vector<uint8_t>;

// A directory that goes away with the test.
class TraceFileTest : public testing::Test {
  protected:
    TraceFileTest() {
        std::string name = "/tmp/trace_file_test.XXXXXX";
        directory_ = mkdtemp(name.data());
    }
    ~TraceFileTest() override { fs::remove_all(directory_); }

    std::string path() const { return directory_ / "trace"; }
    std::string error_of(const std::string& path) const {
        const auto file = TraceFile::create(path);
        return file ? "no error" : file.error().message;
    }

    fs::path directory_;
};

Bytes contents_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Bytes that differ from frame to frame.
Bytes frame(size_t size, uint8_t first) {
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
}

// Writes frames until one is refused; the bytes of those that were not.
Bytes fill(TraceFile& file, size_t frame_size, std::string& error) {
    Bytes written;
    for (uint8_t i = 0; i < 200; ++i) {
        const Bytes next = frame(frame_size, i);
        const auto result = file.write(next);
        if (!result) {
            error = result.error().message;
            break;
        }
        written.insert(written.end(), next.begin(), next.end());
    }
    return written;
}

TEST_F(TraceFileTest, HoldsWhatWasWrittenInOrder) {
    auto file = TraceFile::create(path());
    ASSERT_TRUE(file.ok());
    EXPECT_FALSE((*file)->is_stream());
    EXPECT_TRUE((*file)->write(frame(3, 1)).ok());
    EXPECT_TRUE((*file)->write({}).ok());
    EXPECT_TRUE((*file)->write(frame(2, 4)).ok());
    EXPECT_TRUE((*file)->sync().ok());
    EXPECT_EQ(contents_of(path()), (Bytes{1, 2, 3, 4, 5}));
}

TEST_F(TraceFileTest, IsForItsOwnerAloneWhateverTheUmask) {
    const mode_t before = umask(0);
    const auto file = TraceFile::create(path());
    umask(before);
    ASSERT_TRUE(file.ok());
    struct stat status {};
    ASSERT_EQ(stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(TraceFileTest, AnExistingFileIsRefusedAndKept) {
    std::ofstream(path()) << "evidence";
    EXPECT_EQ(error_of(path()),
              path() + " exists and is not overwritten; name another file with -o");
    EXPECT_EQ(contents_of(path()).size(), 8U);
}

TEST_F(TraceFileTest, ASymbolicLinkIsRefusedAndNotFollowed) {
    fs::create_symlink(directory_ / "target", path());
    EXPECT_NE(error_of(path()), "no error");
    EXPECT_FALSE(fs::exists(directory_ / "target"));
}

TEST_F(TraceFileTest, AMissingDirectoryIsNamed) {
    const std::string path = directory_ / "missing" / "trace";
    EXPECT_EQ(error_of(path),
              "cannot create " + path + ": No such file or directory; name another file with -o");
}

TEST_F(TraceFileTest, ADirectoryIsRefused) {
    EXPECT_NE(error_of(directory_), "no error");
}

TEST_F(TraceFileTest, DiscardingRemovesTheFile) {
    auto file = TraceFile::create(path());
    ASSERT_TRUE(file.ok());
    (*file)->discard();
    EXPECT_FALSE(fs::exists(path()));
}

// A file system of 64 KiB, for as long as the object lives. Makes no sense without root.
class SmallFileSystem {
  public:
    explicit SmallFileSystem(const fs::path& at) : at_(at) {
        fs::create_directory(at_);
        mounted_ = mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=64k") == 0;
        reason_ = mounted_ ? "" : std::strerror(errno);
    }
    ~SmallFileSystem() {
        if (mounted_) umount(at_.c_str());
    }
    SmallFileSystem(const SmallFileSystem&) = delete;
    SmallFileSystem& operator=(const SmallFileSystem&) = delete;
    bool is_mounted() const { return mounted_; }
    const std::string& reason() const { return reason_; }

  private:
    fs::path at_;
    bool mounted_ = false;
    std::string reason_;
};

TEST_F(TraceFileTest, OnAFullDiskTheTornFrameIsTakenBackAndASmallOneFits) {
    const SmallFileSystem disk(directory_ / "disk");
    if (!disk.is_mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.reason();
    const std::string path = directory_ / "disk" / "trace";
    {
        auto file = TraceFile::create(path);
        ASSERT_TRUE(file.ok());
        std::string error;
        Bytes expected = fill(**file, 5000, error);
        EXPECT_EQ(error, "cannot write to " + path + ": No space left on device");
        EXPECT_EQ(expected.size(), 13U * 5000U);
        EXPECT_EQ(contents_of(path), expected);
        const Bytes seal = frame(256, 99);
        EXPECT_TRUE((*file)->write(seal).ok());
        expected.insert(expected.end(), seal.begin(), seal.end());
        EXPECT_EQ(contents_of(path), expected);
    }
}

// One that does not compress: 4000 random bytes in its argv.
Event event_number(uint64_t sequence, std::string& memory, std::vector<Claim>& claims,
                   std::mt19937& random) {
    static const Task task{};
    memory.resize(4000);
    for (char& byte : memory) byte = static_cast<char>(random());
    claims = {{1, OperandKind::kArgv, 0x1000, ClaimedBytes{{.bytes = memory}}}};
    Event event;
    event.sequence = sequence;
    event.task = &task;
    event.body = SyscallEntered{59, claims};
    return event;
}

TEST_F(TraceFileTest, OnAFullDiskATraceEndsInASealThatSaysSo) {
    const SmallFileSystem disk(directory_ / "disk");
    if (!disk.is_mounted()) GTEST_SKIP() << "cannot mount a tmpfs here: " << disk.reason();
    const std::string path = directory_ / "disk" / "trace";
    {
        auto file = TraceFile::create(path);
        ASSERT_TRUE(file.ok());
        auto writer = TraceWriter::create(**file, TraceHeader{});
        ASSERT_TRUE(writer.ok());
        std::mt19937 random(1);
        std::string memory;
        std::vector<Claim> claims;
        Result<> written;
        for (uint64_t i = 1; written.ok() && i < 100; ++i) {
            written = (*writer)->append(event_number(i, memory, claims, random));
            if (written.ok()) written = (*writer)->flush();
        }
        EXPECT_FALSE(written.ok());
        EXPECT_TRUE((*writer)->seal_without_flush("disk-full").ok());
    }
    const auto reader = TraceReader::open(path);
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(reader->end(), TraceEnd::kSealed) << reader->end_reason();
    EXPECT_EQ(reader->seal()->reason, "disk-full");
    EXPECT_GT(reader->chunks().size(), 10U);
    for (size_t i = 0; i < reader->chunks().size(); ++i) EXPECT_TRUE(reader->read(i).ok()) << i;
}

// Files may not grow beyond the limit, for as long as the object lives.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    void (*signal_)(int);
};

TEST_F(TraceFileTest, AtTheFileSizeLimitTheTornFrameIsTakenBack) {
    auto file = TraceFile::create(path());
    ASSERT_TRUE(file.ok());
    std::string error;
    Bytes expected;
    bool small_fits = false;
    {
        const FileSizeLimit limit(12000);
        expected = fill(**file, 5000, error);
        small_fits = (*file)->write(frame(256, 99)).ok();
    }
    EXPECT_EQ(error, "cannot write to " + path() + ": File too large");
    EXPECT_EQ(expected.size(), 10000U);
    EXPECT_TRUE(small_fits);
    EXPECT_EQ(contents_of(path()).size(), 10256U);
}

// Standard output is another descriptor, for as long as the object lives.
class StandardOutput {
  public:
    explicit StandardOutput(int fd) {
        std::fflush(stdout);
        before_ = dup(STDOUT_FILENO);
        dup2(fd, STDOUT_FILENO);
    }
    ~StandardOutput() {
        dup2(before_, STDOUT_FILENO);
        close(before_);
    }
    StandardOutput(const StandardOutput&) = delete;
    StandardOutput& operator=(const StandardOutput&) = delete;

  private:
    int before_ = -1;
};

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
        out = FileDescriptor(ends[0]);
        in = FileDescriptor(ends[1]);
    }
    FileDescriptor out, in;
};

TEST(TraceStream, GoesToStandardOutput) {
    Pipe pipe;
    {
        const StandardOutput redirected(pipe.in.get());
        auto file = TraceFile::create("-");
        ASSERT_TRUE(file.ok());
        EXPECT_TRUE((*file)->is_stream());
        EXPECT_TRUE((*file)->write(frame(3, 7)).ok());
        EXPECT_TRUE((*file)->sync().ok());
        (*file)->discard();
    }
    Bytes got(10);
    EXPECT_EQ(read(pipe.out.get(), got.data(), got.size()), 3);
    EXPECT_EQ(got[0], 7);
}

// The recorder ignores SIGPIPE (stop_on_signals()), so that this is an error like any other.
TEST(TraceStream, AReaderThatLeftIsAnError) {
    Pipe pipe;
    pipe.out.reset();
    const auto signal_before = std::signal(SIGPIPE, SIG_IGN);
    std::string error;
    {
        const StandardOutput redirected(pipe.in.get());
        auto file = TraceFile::create("-");
        ASSERT_TRUE(file.ok());
        const auto written = (*file)->write(frame(3, 7));
        error = written ? "no error" : written.error().message;
    }
    std::signal(SIGPIPE, signal_before);
    EXPECT_EQ(error, "cannot write to standard output: Broken pipe");
}

// Another process may have set a shared pipe so.
TEST(TraceStream, APipeThatDoesNotBlockIsWaitedFor) {
    Pipe pipe;
    ASSERT_EQ(fcntl(pipe.in.get(), F_SETFL, O_NONBLOCK), 0);
    const Bytes sent = frame(200'000, 1);  // more than a pipe holds
    Bytes got;
    const int writer = fork();
    ASSERT_GE(writer, 0);
    if (writer == 0) {
        const StandardOutput redirected(pipe.in.get());
        auto file = TraceFile::create("-");
        _exit(file && (*file)->write(sent).ok() ? 0 : 1);
    }
    pipe.in.reset();
    std::array<uint8_t, 4096> some{};
    for (ssize_t n = 0; (n = read(pipe.out.get(), some.data(), some.size())) > 0;)
        got.insert(got.end(), some.begin(), some.begin() + n);
    EXPECT_EQ(got, sent);
    int status = 0;
    EXPECT_EQ(waitpid(writer, &status, 0), writer);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace tocsin
