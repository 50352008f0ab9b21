// SPDX-License-Identifier: Apache-2.0
#include "listeners.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "samples/support/complain.h"

namespace {

constexpr int kPatienceMs = 10'000;
constexpr int kPortsToTry = 64;

template <typename T>
T& as(Address& address) {
    address.length = sizeof(T);
    return reinterpret_cast<T&>(address.bytes);
}

template <typename T>
const T& as(const Address& address) {
    return reinterpret_cast<const T&>(address.bytes);
}

Address inet(uint32_t host, in_port_t port) {
    Address address;
    sockaddr_in& in = as<sockaddr_in>(address);
    in.sin_family = AF_INET;
    in.sin_port = port;
    in.sin_addr.s_addr = htonl(host);
    return address;
}

Address inet6(in_port_t port) {
    Address address;
    sockaddr_in6& in = as<sockaddr_in6>(address);
    in.sin6_family = AF_INET6;
    in.sin6_port = port;
    in.sin6_addr = in6addr_loopback;
    return address;
}

in_port_t port_of(const Address& address) {
    return address.bytes.ss_family == AF_INET ? as<sockaddr_in>(address).sin_port
                                              : as<sockaddr_in6>(address).sin6_port;
}

std::optional<Address> unix_path(const std::string& path) {
    Address address;
    sockaddr_un& un = as<sockaddr_un>(address);
    un.sun_family = AF_UNIX;
    if (path.size() >= sizeof un.sun_path) {
        complain(
            "%s is %zu bytes long, too long for a socket's path; name another directory with "
            "--scratch DIR",
            path.c_str(), path.size());
        return std::nullopt;
    }
    std::memcpy(un.sun_path, path.c_str(), path.size() + 1);
    address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
    return address;
}

bool is_same(const Address& a, const Address& b) {
    return a.length == b.length && std::memcmp(&a.bytes, &b.bytes, a.length) == 0;
}

// Whether the accepted connection is the client's, not one of a stranger who found the
// port. Sockets in our own directory are found by nobody.
bool is_from(const Address& peer, int client) {
    if (peer.bytes.ss_family == AF_UNIX) return true;
    Address own;
    own.length = sizeof own.bytes;
    return getsockname(client, reinterpret_cast<sockaddr*>(&own.bytes), &own.length) == 0 &&
           is_same(own, peer);
}

}  // namespace

std::string Address::text() const {
    char host[INET6_ADDRSTRLEN] = "?";
    if (bytes.ss_family == AF_UNIX) return as<sockaddr_un>(*this).sun_path;
    if (bytes.ss_family == AF_INET) {
        const sockaddr_in& in = as<sockaddr_in>(*this);
        inet_ntop(AF_INET, &in.sin_addr, host, sizeof host);
        return host + (":" + std::to_string(ntohs(in.sin_port)));
    }
    const sockaddr_in6& in = as<sockaddr_in6>(*this);
    inet_ntop(AF_INET6, &in.sin6_addr, host, sizeof host);
    return "[" + std::string(host) + "]:" + std::to_string(ntohs(in.sin6_port));
}

Listener::~Listener() {
    if (socket_ >= 0) close(socket_);
}

bool Listener::open(const Address& wanted) {
    if (socket_ >= 0) close(socket_);
    address_ = wanted;
    const auto address = reinterpret_cast<sockaddr*>(&address_.bytes);
    socket_ = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0 || bind(socket_, address, address_.length) != 0 || listen(socket_, 8) != 0)
        return false;
    if (address->sa_family == AF_UNIX) return true;
    return getsockname(socket_, address, &address_.length) == 0;
}

bool Listeners::open_unix(Scratch& scratch) {
    const std::optional<Address> first = unix_path(scratch.will_hold("d.socket"));
    if (!first) return false;
    const std::optional<Address> second = unix_path(scratch.will_hold("h.socket"));
    return second && open(*first, decoy_) && open(*second, hidden_);
}

// Not every pair of ports is free: tries some.
bool Listeners::open_internet(std::string_view family) {
    const bool is_inet6 = family == "inet6";
    for (int tries_left = kPortsToTry;; --tries_left) {
        if (!open(is_inet6 ? inet6(0) : inet(INADDR_LOOPBACK, 0), decoy_)) return false;
        const in_port_t port = port_of(decoy_.address());
        const Address second = is_inet6 ? inet6(static_cast<in_port_t>(port ^ htons(1)))
                                        : inet(INADDR_LOOPBACK + 1, port);
        if (hidden_.open(second)) return true;
        if (errno != EADDRINUSE || tries_left == 0) return open(second, hidden_);
    }
}

bool Listeners::open(const Address& wanted, Listener& listener) {
    if (listener.open(wanted)) return true;
    complain("cannot listen on %s: %s; try another --family", wanted.text().c_str(),
             std::strerror(errno));
    return false;
}

size_t Listeners::differing_byte() const {
    const auto first = reinterpret_cast<const char*>(&decoy().bytes);
    const auto second = reinterpret_cast<const char*>(&hidden().bytes);
    return static_cast<size_t>(std::mismatch(first, first + decoy().length, second).first - first);
}

const Address* Listeners::accept_from(int client) const {
    for (;;) {
        pollfd events[] = {{decoy_.socket(), POLLIN, 0}, {hidden_.socket(), POLLIN, 0}};
        const int ready = poll(events, 2, kPatienceMs);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) break;
        const Listener& listener = events[0].revents != 0 ? decoy_ : hidden_;
        Address peer;
        peer.length = sizeof peer.bytes;
        const int accepted = accept4(listener.socket(), reinterpret_cast<sockaddr*>(&peer.bytes),
                                     &peer.length, SOCK_CLOEXEC);
        if (accepted < 0) continue;
        close(accepted);
        if (is_from(peer, client)) return &listener.address();
    }
    complain(
        "a connection was made, but neither %s nor %s got it within %d s; try another "
        "--family",
        decoy().text().c_str(), hidden().text().c_str(), kPatienceMs / 1000);
    return nullptr;
}
