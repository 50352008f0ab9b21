// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/operand_text.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin {
namespace {

// The trace's machine is little-endian, whatever this one is.
uint64_t little_endian(std::string_view bytes, size_t at, size_t size) {
    uint64_t number = 0;
    for (size_t i = 0; i < size; ++i)
        number |= uint64_t{static_cast<uint8_t>(bytes[at + i])} << 8 * i;
    return number;
}

std::string in_hex(std::string_view bytes) {
    return bytes.empty() ? "no bytes" : "0x" + hex(bytes);
}

// include/uapi/asm-generic/fcntl.h, as on x86-64.
constexpr std::array kOpenFlags = {
    FlagName{0100, "O_CREAT"},        FlagName{0200, "O_EXCL"},
    FlagName{0400, "O_NOCTTY"},       FlagName{01000, "O_TRUNC"},
    FlagName{02000, "O_APPEND"},      FlagName{04000, "O_NONBLOCK"},
    FlagName{04010000, "O_SYNC"},     FlagName{010000, "O_DSYNC"},
    FlagName{020000, "O_ASYNC"},      FlagName{040000, "O_DIRECT"},
    FlagName{0100000, "O_LARGEFILE"}, FlagName{020200000, "O_TMPFILE"},
    FlagName{0200000, "O_DIRECTORY"}, FlagName{0400000, "O_NOFOLLOW"},
    FlagName{01000000, "O_NOATIME"},  FlagName{02000000, "O_CLOEXEC"},
    FlagName{010000000, "O_PATH"},
};

// include/uapi/linux/openat2.h
constexpr std::array kResolveFlags = {
    FlagName{1, "RESOLVE_NO_XDEV"},     FlagName{2, "RESOLVE_NO_MAGICLINKS"},
    FlagName{4, "RESOLVE_NO_SYMLINKS"}, FlagName{8, "RESOLVE_BENEATH"},
    FlagName{16, "RESOLVE_IN_ROOT"},    FlagName{32, "RESOLVE_CACHED"},
};

// openat2(2): flags, mode, resolve, 64 bits each. Of the kernel's copy the flags alone are seen.
std::string how_text(std::string_view bytes) {
    constexpr size_t kMember = 8;
    if (bytes.size() < kMember) return in_hex(bytes);
    std::string text = "{flags=" + open_flags_text(little_endian(bytes, 0, kMember));
    if (bytes.size() >= 2 * kMember)
        text += fmt::format(", mode=0{:o}", little_endian(bytes, kMember, kMember));
    if (bytes.size() >= 3 * kMember)
        text +=
            ", resolve=" + flags_text(kResolveFlags, little_endian(bytes, 2 * kMember, kMember));
    if (bytes.size() > 3 * kMember) text += ", " + in_hex(bytes.substr(3 * kMember));
    return text + "}";
}

std::string inet_text(std::string_view bytes, int family, std::string_view word, size_t at) {
    const auto port = static_cast<unsigned>(static_cast<uint8_t>(bytes[2]) << 8U |
                                            static_cast<uint8_t>(bytes[3]));
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(family, bytes.data() + at, text.data(), text.size());
    return fmt::format("{} {} port {}", word, text.data(), port);
}

// unix(7): a path ends at its NUL, an abstract name begins with one and has its length for an end.
std::string unix_text(std::string_view name) {
    if (name.empty()) return "unix, unnamed";
    if (name.front() == '\0') return "unix abstract " + quote(name.substr(1));
    return "unix " + quote(name.substr(0, name.find('\0')));
}

std::string sockaddr_text(std::string_view bytes) {
    constexpr size_t kFamily = 2, kInet = 8, kInet6 = 24;
    if (bytes.size() < kFamily) return in_hex(bytes);
    switch (little_endian(bytes, 0, kFamily)) {
        case 0:
            return "unspecified address";
        case 1:
            return unix_text(bytes.substr(kFamily));
        case 2:
            if (bytes.size() >= kInet) return inet_text(bytes, AF_INET, "inet", 4);
            break;
        case 10:
            if (bytes.size() >= kInet6) return inet_text(bytes, AF_INET6, "inet6", 8);
            break;
        default:
            break;
    }
    return fmt::format("family {} {}", little_endian(bytes, 0, kFamily),
                       in_hex(bytes.substr(kFamily)));
}

// Address and length, 64 bits each.
std::string iovec_text(std::string_view bytes) {
    constexpr size_t kMember = 8;
    std::string text = "[";
    for (; bytes.size() >= 2 * kMember; bytes.remove_prefix(2 * kMember))
        text +=
            fmt::format("{}{:#x}+{}", text.size() == 1 ? "" : ", ",
                        little_endian(bytes, 0, kMember), little_endian(bytes, kMember, kMember));
    if (!bytes.empty()) text += (text.size() == 1 ? "" : ", ") + in_hex(bytes);
    return text + "]";
}

}  // namespace

std::string flags_text(std::span<const FlagName> names, uint64_t flags, std::string_view none) {
    std::string text;
    for (const auto& [bits, name] : names) {
        if ((flags & bits) != bits) continue;
        text += fmt::format("{}{}", text.empty() ? "" : "|", name);
        flags &= ~bits;
    }
    if (flags != 0) text += fmt::format("{}{:#x}", text.empty() ? "" : "|", flags);
    return text.empty() ? std::string(none) : text;
}

std::string open_flags_text(uint64_t flags) {
    static constexpr std::array<std::string_view, 4> kAccess = {"O_RDONLY", "O_WRONLY", "O_RDWR",
                                                                "O_ACCMODE"};
    const std::string access(kAccess[flags & 3U]);
    const std::string others = flags_text(kOpenFlags, flags & ~uint64_t{3}, "");
    return others.empty() ? access : access + "|" + others;
}

bool is_structure(OperandKind kind) {
    return kind == OperandKind::kOpenHow || kind == OperandKind::kSockaddr ||
           kind == OperandKind::kPeer || kind == OperandKind::kIovec;
}

bool is_known_part(OperandKind kind, int32_t error) {
    return kind == OperandKind::kOpenHow && error == 0;
}

std::string operand_text(OperandKind kind, std::string_view bytes) {
    switch (kind) {
        case OperandKind::kPath:
        case OperandKind::kString:
        case OperandKind::kInterpreter:
        case OperandKind::kLinkTarget:
            return quote(bytes);
        case OperandKind::kArgv:
        case OperandKind::kEnviron:
            return quote_strings(bytes);
        case OperandKind::kOpenHow:
            return how_text(bytes);
        case OperandKind::kSockaddr:
        case OperandKind::kPeer:
            return sockaddr_text(bytes);
        case OperandKind::kIovec:
            return iovec_text(bytes);
        default:
            return in_hex(bytes);
    }
}

}  // namespace tocsin
