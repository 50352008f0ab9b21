// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "samples/support/scratch.h"

struct Address {
    sockaddr_storage bytes{};
    socklen_t length = 0;

    std::string text() const;  // 127.0.0.1:80, [::1]:80 or a path
};

// A socket that listens on an address of this machine.
class Listener {
  public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

    // False, with errno, where the address cannot be had. Port 0 becomes the port
    // that the kernel chose.
    bool open(const Address& wanted);

    int socket() const { return socket_; }
    const Address& address() const { return address_; }

  private:
    int socket_ = -1;
    Address address_;
};

// Two listeners whose addresses differ in one byte only, so that no torn address is
// seen: inet in the address (127.0.0.1, 127.0.0.2), inet6 in the port, unix in the
// path (DIR/d.socket, DIR/h.socket).
class Listeners {
  public:
    // One of these is to be called, once; they complain on failure.
    bool open_internet(std::string_view family);
    bool open_unix(Scratch& scratch);

    const Address& decoy() const { return decoy_.address(); }
    const Address& hidden() const { return hidden_.address(); }
    size_t differing_byte() const;

    // Accepts the connection that comes from this socket, whose connect has succeeded,
    // and closes it. The address of who accepted; complains and gives nothing where
    // nobody did within ten seconds.
    const Address* accept_from(int client) const;

  private:
    static bool open(const Address& wanted, Listener& listener);

    Listener decoy_;
    Listener hidden_;
};
