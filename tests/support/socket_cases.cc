// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "tests/support/open_cases.h"

namespace tocsin::test {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

constexpr long kMostAddressBytes = sizeof(sockaddr_storage);  // what the kernel takes

int make_socket(int domain, int type) {
    const int fd = socket(domain, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        throw Skipped("no socket of family " + std::to_string(domain) + ": " +
                      std::strerror(errno));
    return fd;
}

template <typename Address>
std::string bytes_of(const Address& address) {
    return {reinterpret_cast<const char*>(&address), sizeof address};
}

std::string inet(const char* address, uint16_t port = 0) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    inet_pton(AF_INET, address, &in.sin_addr);
    return bytes_of(in);
}

std::string inet6(const char* address, uint16_t port = 0) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    inet_pton(AF_INET6, address, &in.sin6_addr);
    return bytes_of(in);
}

std::string of_family(sa_family_t family) {
    return bytes_of(family);
}

// The name as it is: without a NUL unless it has one.
std::string local(std::string_view name) {
    return of_family(AF_UNIX) + std::string(name);
}
std::string local_path(const fs::path& path) {
    return local(path.native() + '\0');
}

std::string of_length(std::string address, long bytes) {
    address.resize(static_cast<size_t>(bytes));
    return address;
}

int bind_to(int fd, const std::string& address) {
    return status_of_call(SYS_bind, fd, address.data(), address.size());
}
int connect_to(int fd, const std::string& address) {
    return status_of_call(SYS_connect, fd, address.data(), address.size());
}

int bind_new(const std::string& address, int type = SOCK_STREAM) {
    return bind_to(make_socket(address[0], type), address);
}
int connect_new(const std::string& address, int type = SOCK_STREAM) {
    return connect_to(make_socket(address[0], type), address);
}

int bound(const std::string& address, int type = SOCK_STREAM) {
    const int fd = make_socket(address[0], type);
    if (bind_to(fd, address) != 0) throw Skipped("cannot bind: "s + std::strerror(errno));
    return fd;
}
int listener(const std::string& address) {
    const int fd = bound(address);
    if (listen(fd, 1) != 0) give_up("listen");
    return fd;
}

uint16_t port_of(int fd) {
    sockaddr_in6 address{};  // the port lies where that of AF_INET does
    socklen_t length = sizeof address;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
        give_up("find the port");
    return ntohs(address.sin6_port);
}

// A port that nobody listens at: bound, and so not given to anybody else, but not listening.
uint16_t closed_port() {
    return port_of(bound(inet("127.0.0.1")));
}

// A name of as many bytes as the structure holds, which leaves none for a NUL.
std::string name_without_nul() {
    return std::string(sizeof(sockaddr_un::sun_path), 'n');
}

// bind

// To a port that another socket was given and gave back.
int bind_inet(const fs::path&) {
    const int fd = bound(inet("127.0.0.1"));
    const uint16_t port = port_of(fd);
    close(fd);
    return bind_new(inet("127.0.0.1", port));
}
int bind_port_0(const fs::path&) {
    return bind_new(inet("127.0.0.1"));
}
int bind_any(const fs::path&) {
    return bind_new(inet("0.0.0.0"));
}
int bind_datagram(const fs::path&) {
    return bind_new(inet("127.0.0.1"), SOCK_DGRAM);
}
int bind_inet6(const fs::path&) {
    return bind_new(inet6("::1"));
}
int bind_v4_mapped(const fs::path&) {
    return bind_new(inet6("::ffff:127.0.0.1"));
}
int bind_in_use(const fs::path&) {
    return bind_new(inet("127.0.0.1", port_of(listener(inet("127.0.0.1")))));
}
int bind_twice(const fs::path&) {
    return bind_to(bound(inet("127.0.0.1")), inet("127.0.0.1"));
}

int bind_unix(const fs::path& directory) {
    return bind_new(local_path(directory / "bound"));
}
int bind_unix_relative(const fs::path& directory) {
    enter(directory);
    return bind_new(local_path("bound_relatively"));
}
int bind_unix_through_symlink(const fs::path& directory) {
    return bind_new(local_path(directory / "directory_link/bound"));
}
int bind_unix_datagram(const fs::path& directory) {
    return bind_new(local_path(directory / "bound_datagram"), SOCK_DGRAM);
}
int bind_unix_existing(const fs::path& directory) {
    return bind_new(local_path(directory / "file"));
}
int bind_unix_missing_directory(const fs::path& directory) {
    return bind_new(local_path(directory / "missing/bound"));
}
int bind_unix_without_nul(const fs::path& directory) {
    enter(directory);
    return bind_new(local(name_without_nul()));
}
int bind_abstract(const fs::path& directory) {
    return bind_new(local('\0' + directory.native()));
}
int bind_abstract_with_nul(const fs::path& directory) {
    return bind_new(local('\0' + directory.native() + "\0with\0nul\0"s));
}
int bind_autobind(const fs::path&) {
    return bind_new(of_family(AF_UNIX));
}

int bind_netlink(const fs::path&) {
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    return bind_to(make_socket(AF_NETLINK, SOCK_RAW), bytes_of(address));
}
int bind_unknown_family(const fs::path&) {
    return bind_to(make_socket(AF_INET, SOCK_STREAM), of_length(of_family(77), 16));
}

int bind_at(const void* address, long length) {
    return status_of_call(SYS_bind, make_socket(AF_INET, SOCK_STREAM), address, length);
}
int bind_of_length(long length) {
    const std::string address = of_length(inet("127.0.0.1"), 2 * kMostAddressBytes);
    return bind_at(address.data(), length);
}
int bind_length_0(const fs::path&) {
    return bind_of_length(0);
}
int bind_length_1(const fs::path&) {
    return bind_of_length(1);
}
int bind_longest(const fs::path&) {
    return bind_of_length(kMostAddressBytes);
}
int bind_too_long(const fs::path&) {
    return bind_of_length(kMostAddressBytes + 1);
}
int bind_negative_length(const fs::path&) {
    return bind_of_length(-1);
}
// The kernel takes the length as 32 bits, whatever is above them.
int bind_length_of_64_bits(const fs::path&) {
    return bind_of_length((1L << 32) + static_cast<long>(sizeof(sockaddr_in)));
}
int bind_unreadable(const fs::path&) {
    return bind_at(map_pages(1, PROT_NONE), sizeof(sockaddr_in));
}
int bind_half_readable(const fs::path&) {
    const std::string address = inet("127.0.0.1");
    return bind_at(put_before_unreadable_page(std::string_view(address).substr(0, 8)),
                   sizeof(sockaddr_in));
}
int bind_untouched(const fs::path& directory) {
    return bind_at(map_untouched(directory, inet("127.0.0.1")), sizeof(sockaddr_in));
}
int bind_null(const fs::path&) {
    return bind_at(nullptr, sizeof(sockaddr_in));
}
int bind_null_of_length_0(const fs::path&) {
    return bind_at(nullptr, 0);
}
int bind_no_socket(const fs::path& directory) {
    return bind_to(open(directory.c_str(), O_RDONLY | O_CLOEXEC), inet("127.0.0.1"));
}
int bind_bad_descriptor(const fs::path&) {
    return bind_to(-1, inet("127.0.0.1"));
}

// connect

int connect_inet(const fs::path&) {
    return connect_new(inet("127.0.0.1", port_of(listener(inet("127.0.0.1")))));
}
int connect_any(const fs::path&) {
    return connect_new(inet("0.0.0.0", port_of(listener(inet("127.0.0.1")))));
}
int connect_port_0(const fs::path&) {
    return connect_new(inet("127.0.0.1"));
}
int connect_refused(const fs::path&) {
    return connect_new(inet("127.0.0.1", closed_port()));
}
int connect_in_progress(const fs::path&) {
    return connect_new(inet("127.0.0.1", port_of(listener(inet("127.0.0.1")))),
                       SOCK_STREAM | SOCK_NONBLOCK);
}
int connect_datagram(const fs::path&) {
    return connect_new(inet("127.0.0.1", closed_port()), SOCK_DGRAM);
}
int connect_inet6(const fs::path&) {
    return connect_new(inet6("::1", port_of(listener(inet6("::1")))));
}
int connect_v4_mapped(const fs::path&) {
    return connect_new(inet6("::ffff:127.0.0.1", port_of(listener(inet("127.0.0.1")))));
}
int connect_twice(const fs::path&) {
    const std::string address = inet("127.0.0.1", port_of(listener(inet("127.0.0.1"))));
    const int fd = make_socket(AF_INET, SOCK_STREAM);
    if (connect_to(fd, address) != 0) give_up("connect");
    return connect_to(fd, address);
}
// AF_UNSPEC: gives the peer up.
int connect_unspecified(const fs::path&) {
    const int fd = make_socket(AF_INET, SOCK_DGRAM);
    if (connect_to(fd, inet("127.0.0.1", closed_port())) != 0) give_up("connect");
    return connect_to(fd, of_length(of_family(AF_UNSPEC), sizeof(sockaddr_in)));
}

int connect_unix(const fs::path& directory) {
    const std::string address = local_path(directory / "listener");
    listener(address);
    return connect_new(address);
}
int connect_unix_relative(const fs::path& directory) {
    enter(directory);
    const std::string address = local_path("relative_listener");
    listener(address);
    return connect_new(address);
}
int connect_unix_through_symlinks(const fs::path& directory) {
    listener(local_path(directory / "dir/listener"));
    fs::create_symlink("listener", directory / "dir/socket_link");
    return connect_new(local_path(directory / "directory_link/socket_link"));
}
int connect_unix_without_nul(const fs::path& directory) {
    fs::create_directory(directory / "without_nul");
    enter(directory / "without_nul");
    listener(local(name_without_nul()));
    return connect_new(local(name_without_nul()));
}
int connect_unix_datagram(const fs::path& directory) {
    const std::string address = local_path(directory / "datagram_listener");
    bound(address, SOCK_DGRAM);
    return connect_new(address, SOCK_DGRAM);
}
int connect_unix_missing(const fs::path& directory) {
    return connect_new(local_path(directory / "missing"));
}
int connect_unix_refused(const fs::path& directory) {
    return connect_new(local_path(directory / "file"));
}
int connect_abstract_with_nul(const fs::path& directory) {
    const std::string address = local('\0' + directory.native() + "\0listener\0"s);
    listener(address);
    return connect_new(address);
}

int connect_netlink(const fs::path&) {
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    return connect_to(make_socket(AF_NETLINK, SOCK_RAW), bytes_of(address));
}
int connect_unknown_family(const fs::path&) {
    return connect_to(make_socket(AF_INET, SOCK_STREAM), of_length(of_family(77), 16));
}

int connect_at(const void* address, long length) {
    return status_of_call(SYS_connect, make_socket(AF_INET, SOCK_DGRAM), address, length);
}
int connect_of_length(long length) {
    const std::string address = of_length(inet("127.0.0.1", closed_port()), 2 * kMostAddressBytes);
    return connect_at(address.data(), length);
}
int connect_length_0(const fs::path&) {
    return connect_of_length(0);
}
int connect_length_1(const fs::path&) {
    return connect_of_length(1);
}
int connect_longest(const fs::path&) {
    return connect_of_length(kMostAddressBytes);
}
int connect_too_long(const fs::path&) {
    return connect_of_length(kMostAddressBytes + 1);
}
int connect_negative_length(const fs::path&) {
    return connect_of_length(-1);
}
int connect_unreadable(const fs::path&) {
    return connect_at(map_pages(1, PROT_NONE), sizeof(sockaddr_in));
}
int connect_half_readable(const fs::path&) {
    const std::string address = inet("127.0.0.1", closed_port());
    return connect_at(put_before_unreadable_page(std::string_view(address).substr(0, 8)),
                      sizeof(sockaddr_in));
}
int connect_untouched(const fs::path& directory) {
    return connect_at(map_untouched(directory, inet("127.0.0.1", closed_port())),
                      sizeof(sockaddr_in));
}
int connect_no_socket(const fs::path& directory) {
    return connect_to(open(directory.c_str(), O_RDONLY | O_CLOEXEC), inet("127.0.0.1", 9));
}
int connect_bad_descriptor(const fs::path&) {
    return connect_to(-1, inet("127.0.0.1", 9));
}

constexpr Case kCases[] = {
    {"bind_inet", bind_inet},
    {"bind_port_0", bind_port_0},
    {"bind_any", bind_any},
    {"bind_datagram", bind_datagram},
    {"bind_inet6", bind_inet6},
    {"bind_v4_mapped", bind_v4_mapped},
    {"bind_in_use", bind_in_use},
    {"bind_twice", bind_twice},
    {"bind_unix", bind_unix},
    {"bind_unix_relative", bind_unix_relative},
    {"bind_unix_through_symlink", bind_unix_through_symlink},
    {"bind_unix_datagram", bind_unix_datagram},
    {"bind_unix_existing", bind_unix_existing},
    {"bind_unix_missing_directory", bind_unix_missing_directory},
    {"bind_unix_without_nul", bind_unix_without_nul},
    {"bind_abstract", bind_abstract},
    {"bind_abstract_with_nul", bind_abstract_with_nul},
    {"bind_autobind", bind_autobind},
    {"bind_netlink", bind_netlink},
    {"bind_unknown_family", bind_unknown_family},
    {"bind_length_0", bind_length_0},
    {"bind_length_1", bind_length_1},
    {"bind_longest", bind_longest},
    {"bind_too_long", bind_too_long},
    {"bind_negative_length", bind_negative_length},
    {"bind_length_of_64_bits", bind_length_of_64_bits},
    {"bind_unreadable", bind_unreadable},
    {"bind_half_readable", bind_half_readable},
    {"bind_untouched", bind_untouched},
    {"bind_null", bind_null},
    {"bind_null_of_length_0", bind_null_of_length_0},
    {"bind_no_socket", bind_no_socket},
    {"bind_bad_descriptor", bind_bad_descriptor},
    {"connect_inet", connect_inet},
    {"connect_any", connect_any},
    {"connect_port_0", connect_port_0},
    {"connect_refused", connect_refused},
    {"connect_in_progress", connect_in_progress},
    {"connect_datagram", connect_datagram},
    {"connect_inet6", connect_inet6},
    {"connect_v4_mapped", connect_v4_mapped},
    {"connect_twice", connect_twice},
    {"connect_unspecified", connect_unspecified},
    {"connect_unix", connect_unix},
    {"connect_unix_relative", connect_unix_relative},
    {"connect_unix_through_symlinks", connect_unix_through_symlinks},
    {"connect_unix_without_nul", connect_unix_without_nul},
    {"connect_unix_datagram", connect_unix_datagram},
    {"connect_unix_missing", connect_unix_missing},
    {"connect_unix_refused", connect_unix_refused},
    {"connect_abstract_with_nul", connect_abstract_with_nul},
    {"connect_netlink", connect_netlink},
    {"connect_unknown_family", connect_unknown_family},
    {"connect_length_0", connect_length_0},
    {"connect_length_1", connect_length_1},
    {"connect_longest", connect_longest},
    {"connect_too_long", connect_too_long},
    {"connect_negative_length", connect_negative_length},
    {"connect_unreadable", connect_unreadable},
    {"connect_half_readable", connect_half_readable},
    {"connect_untouched", connect_untouched},
    {"connect_no_socket", connect_no_socket},
    {"connect_bad_descriptor", connect_bad_descriptor},
};

}  // namespace

std::span<const Case> socket_cases() {
    return kCases;
}

}  // namespace tocsin::test
