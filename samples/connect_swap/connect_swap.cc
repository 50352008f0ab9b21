// SPDX-License-Identifier: Apache-2.0
// A program that claims to connect to one address and connects to another: the
// sockaddr is rewritten by a second thread after the call has begun. See README.md.
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "listeners.h"
#include "samples/support/aimed_rewriter.h"
#include "samples/support/complain.h"
#include "samples/support/output.h"
#include "samples/support/request.h"
#include "samples/support/scratch.h"

namespace {

constexpr char kUsage[] =
    "Usage: connect_swap [options]\n"
    "Connects to one of its own listeners while a second thread rewrites the address to\n"
    "that of another one.\n"
    "  --family inet|inet6|unix  the kind of address; default inet\n"
    "  --control                 the same, but the address that the call was given is not\n"
    "                            rewritten\n"
    "  --tries N                 at most N calls; default 20000\n"
    "  --until-wins N            stop after N tries in which the other listener accepted;\n"
    "                            0: make all tries; default 1\n"
    "  --scratch DIR             a new or empty directory for the sockets of family unix;\n"
    "                            default below /tmp\n"
    "  --help                    this text\n"
    "Exit status: 0 done as asked, 1 fewer wins than asked for, 2 trouble.\n";

constexpr std::string_view kUnix = "unix";

// The address that connect is given, in memory that the second thread writes.
class SwappableAddress {
  public:
    SwappableAddress(const Listeners& listeners, Rewrite rewrite)
        : decoy_(listeners.decoy()), hidden_(listeners.hidden()), given_(decoy_) {
        const size_t offset = listeners.differing_byte();
        decoy_byte_ = byte(decoy_, offset);
        hidden_byte_ = byte(hidden_, offset);
        target_ = rewrite == Rewrite::kYes ? &byte(given_, offset) : &elsewhere_;
    }

    void put_decoy() { put(decoy_byte_); }
    void put_hidden() { put(hidden_byte_); }

    int connect(int socket) const {
        return ::connect(socket, reinterpret_cast<const sockaddr*>(&given_.bytes), given_.length);
    }

  private:
    static char& byte(Address& address, size_t offset) {
        return reinterpret_cast<char*>(&address.bytes)[offset];
    }
    void put(char value) { std::atomic_ref<char>(*target_).store(value); }

    Address decoy_;
    Address hidden_;
    alignas(64) Address given_;
    char decoy_byte_;
    char hidden_byte_;
    char elsewhere_ = 0;
    char* target_;
};

// A socket whose connect takes ten seconds at most, and which leaves no TIME_WAIT
// behind when it is closed: looping would run out of ports.
int make_client(int family) {
    const int client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return client;
}

struct Connected {
    int client;
    int connect_errno;  // 0 if someone accepted
    const Address* accepted_at = nullptr;
};

// Counts the try and prints its line.
void report(Tally& tally, const Connected& connected, bool won) {
    ++tally.tries;
    const bool failed = connected.connect_errno != 0;
    std::string line = (failed ? "failed try=" : "connected try=") + std::to_string(tally.tries) +
                       " pid=" + std::to_string(getpid()) + " tid=" + std::to_string(gettid()) +
                       " fd=" + std::to_string(connected.client);
    if (failed) {
        tally.last_errno = connected.connect_errno;
        line += " errno=" + std::to_string(connected.connect_errno);
    } else {
        ++tally.answered;
        tally.wins += won;
        line += won ? " listener=hidden address=" : " listener=decoy address=";
        line += connected.accepted_at->text();
    }
    if (!print_line(line)) tally.in_trouble = true;
}

// One connect; nothing where there was trouble.
std::optional<Connected> race_once(AimedRewriter& rewriter, SwappableAddress& address,
                                   const Listeners& listeners) {
    Connected connected{.client = make_client(listeners.decoy().bytes.ss_family),
                        .connect_errno = 0};
    if (connected.client < 0) {
        complain("cannot make a socket: %s; raise the limit on open files", std::strerror(errno));
        return std::nullopt;
    }
    address.put_decoy();
    rewriter.arm();
    rewriter.go();
    if (address.connect(connected.client) != 0) connected.connect_errno = errno;
    rewriter.finish();
    const bool is_connected = connected.connect_errno == 0;
    if (is_connected) connected.accepted_at = listeners.accept_from(connected.client);
    close(connected.client);
    if (is_connected && connected.accepted_at == nullptr) return std::nullopt;
    return connected;
}

int run(const Request& request) {
    Tally tally;
    Listeners listeners;
    const bool is_unix = request.form.name == kUnix;
    std::optional<Scratch> scratch = is_unix ? Scratch::create(request.scratch) : std::nullopt;
    if (is_unix && (!scratch || !listeners.open_unix(*scratch))) return 2;
    if (!is_unix && !listeners.open_internet(request.form.name)) return 2;
    SwappableAddress address(listeners, request.rewrite);
    AimedRewriter rewriter([&address] { address.put_hidden(); });
    while (wants_another_try(request, tally)) {
        const std::optional<Connected> connected = race_once(rewriter, address, listeners);
        if (!connected) return 2;
        const bool won = connected->accepted_at == &listeners.hidden();
        report(tally, *connected, won);
        if (connected->connect_errno == 0) rewriter.learn(won);
    }
    return conclude(request, tally, "see that no firewall is between, or try another --family");
}

}  // namespace

int main(int argc, char** argv) {
    const Offer offer{
        .usage = kUsage,
        .form_option = "family",
        .forms = {{.name = "inet", .every_try_wins = false, .default_tries = 20000},
                  {.name = "inet6", .every_try_wins = false, .default_tries = 20000},
                  {.name = kUnix, .every_try_wins = false, .default_tries = 20000}},
    };
    return run_sample(argc, argv, offer, run);
}
