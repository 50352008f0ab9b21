// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <array>
#include <csignal>
#include <string>

#include "tests/support/name_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using Directory = const fs::path&;

constexpr long kBytes = 4;
char bytes[kBytes] = {'t', 'e', 'x', 't'};
iovec vector = {bytes, kBytes};
mmsghdr message = {};

std::string text(const char* name, long value) {
    return std::string(name) + "=" + std::to_string(value);
}

// Two descriptors; what is written to the second one is read from the first one.
struct Channel {
    int reader, writer;
};

Channel make_pipe() {
    std::array<int, 2> ends = {};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) give_up("make a pipe");
    return {ends[0], ends[1]};
}
Channel make_sockets(int type = SOCK_STREAM) {
    std::array<int, 2> ends = {};
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) give_up("make sockets");
    return {ends[0], ends[1]};
}
Channel filled(Channel channel) {
    if (write(channel.writer, bytes, kBytes) != kBytes) give_up("write");
    return channel;
}

Attempt& with_bytes(Attempt& attempt) {
    return attempt.with(bytes).with(kBytes);
}
Attempt& with_message(Attempt& attempt) {
    message.msg_hdr.msg_iov = &vector;
    message.msg_hdr.msg_iovlen = 1;
    return attempt.with(&message);
}

Attempt& reads(Attempt& attempt, const Channel& channel) {
    attempt.shows_behind("read", channel.reader);
    struct stat status = {};
    const bool is_socket = fstat(channel.reader, &status) == 0 && S_ISSOCK(status.st_mode);
    return is_socket ? attempt.shows_behind("opposite", channel.writer) : attempt;
}
Attempt& writes(Attempt& attempt, const Channel& channel) {
    attempt.shows_behind("written", channel.writer);
    struct stat status = {};
    const bool is_socket = fstat(channel.writer, &status) == 0 && S_ISSOCK(status.st_mode);
    return is_socket ? attempt.shows_behind("opposite", channel.reader) : attempt;
}

int read_of(const Channel& channel) {
    return reads(with_bytes(CALL(read).with(channel.reader))
                     .says(text("read-fd", channel.reader) + " value=4"),
                 channel)
        .make();
}
int write_of(const Channel& channel) {
    return writes(with_bytes(CALL(write).with(channel.writer))
                      .says(text("write-fd", channel.writer) + " value=4"),
                  channel)
        .make();
}

int read_end_of_pipe(Directory) {
    const Channel channel = make_pipe();
    close(channel.writer);
    return read_of(channel);
}
int write_broken_pipe(Directory) {
    std::signal(SIGPIPE, SIG_IGN);
    const Channel channel = make_pipe();
    close(channel.reader);
    return write_of(channel);
}
int read_fifo(Directory d) {
    const fs::path name = d / "channel";
    if (mkfifo(name.c_str(), 0600) != 0) give_up("make a FIFO");
    const int both = descriptor_of(name, O_RDWR);
    filled({both, both});
    return with_bytes(CALL(read).with(both)).shows("read", name).make();
}
int write_broken_socket(Directory) {
    std::signal(SIGPIPE, SIG_IGN);
    const Channel channel = make_sockets();
    close(channel.reader);
    return with_bytes(CALL(write).with(channel.writer))
        .shows_behind("written", channel.writer)
        .make();
}
int write_inet_socket(Directory) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) throw Skipped("no sockets in AF_INET");
    return with_bytes(CALL(write).with(socket)).leaves_no_trace().make();
}
int splice_between_pipes(Directory) {
    const Channel from = filled(make_pipe()), to = make_pipe();
    return CALL(splice)
        .with(from.reader)
        .with(0L)
        .with(to.writer)
        .with(0L)
        .with(kBytes)
        .with(0L)
        .shows_behind("read", from.reader)
        .shows_behind("written", to.writer)
        .make();
}
int tee_between_pipes(Directory) {
    const Channel from = filled(make_pipe()), to = make_pipe();
    return CALL(tee)
        .with(from.reader)
        .with(to.writer)
        .with(kBytes)
        .with(0L)
        .says(text("read-fd", from.reader) + " " + text("write-fd", to.writer) + " value=4 flags=0")
        .shows_behind("read", from.reader)
        .shows_behind("written", to.writer)
        .make();
}

constexpr Case kCases[] = {
    {"read_pipe", [](Directory) { return read_of(filled(make_pipe())); }},
    {"read_end_of_pipe", read_end_of_pipe},
    {"read_fifo", read_fifo},
    {"write_pipe", [](Directory) { return write_of(make_pipe()); }},
    {"write_pipe_again", [](Directory) { return write_of(filled(make_pipe())); }},
    {"write_pipe_twice",
     [](Directory) {
         const Channel channel = make_pipe();
         return writes(with_bytes(CALL(write).with(channel.writer)).twice(), channel).make();
     }},
    {"write_broken_pipe", write_broken_pipe},
    {"readv_pipe",
     [](Directory) {
         const Channel channel = filled(make_pipe());
         return reads(CALL(readv).with(channel.reader).with(&vector).with(1L), channel).make();
     }},
    {"preadv2_pipe",
     [](Directory) {
         const Channel channel = filled(make_pipe());
         return reads(CALL(preadv2).with(channel.reader).with(&vector).with(1L).with(-1L).with(-1L),
                      channel)
             .make();
     }},
    {"writev_pipe",
     [](Directory) {
         const Channel channel = make_pipe();
         return writes(CALL(writev).with(channel.writer).with(&vector).with(1L), channel).make();
     }},
    {"splice_between_pipes", splice_between_pipes},
    {"tee_between_pipes", tee_between_pipes},
    {"read_socket", [](Directory) { return read_of(filled(make_sockets())); }},
    {"read_datagram", [](Directory) { return read_of(filled(make_sockets(SOCK_DGRAM))); }},
    {"write_socket", [](Directory) { return write_of(make_sockets()); }},
    {"write_broken_socket", write_broken_socket},
    {"write_inet_socket", write_inet_socket},
    {"sendto_socket",
     [](Directory) {
         const Channel channel = make_sockets();
         return writes(with_bytes(CALL(sendto).with(channel.writer)), channel).make();
     }},
    {"recvfrom_socket",
     [](Directory) {
         const Channel channel = filled(make_sockets());
         return reads(with_bytes(CALL(recvfrom).with(channel.reader)), channel).make();
     }},
    {"sendmsg_socket",
     [](Directory) {
         const Channel channel = make_sockets();
         return writes(with_message(CALL(sendmsg).with(channel.writer)), channel).make();
     }},
    {"recvmsg_socket",
     [](Directory) {
         const Channel channel = filled(make_sockets());
         return reads(with_message(CALL(recvmsg).with(channel.reader)), channel).make();
     }},
    {"sendmmsg_socket",
     [](Directory) {
         const Channel channel = make_sockets();
         return writes(with_message(CALL(sendmmsg).with(channel.writer)).with(1L), channel).make();
     }},
    {"recvmmsg_socket",
     [](Directory) {
         const Channel channel = filled(make_sockets());
         return reads(with_message(CALL(recvmmsg).with(channel.reader)).with(1L), channel).make();
     }},
};

}  // namespace

std::span<const Case> channel_cases() {
    return kCases;
}

}  // namespace tocsin::test
