// SPDX-License-Identifier: Apache-2.0
#include "analyzer/detect/argument_comparison.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace tocsin {
namespace {

using Outcome = Comparison::Outcome;

// Each interpreter puts itself and at most one argument in front; the kernel gives up behind the
// fifth (fs/exec.c, exec_binprm: ELOOP).
constexpr size_t kMostInterpreterStrings = 12;

// Bytes and whether they go on behind what was captured.
struct Seen {
    std::string_view bytes;
    bool is_whole;
    bool is_faulted = false;
};

Seen seen(const OwnedBytes& view) {
    return {view.bytes, view.is_whole(), view.error != 0};
}

// The first byte that proves the two different; nullopt where nothing that was seen does.
std::optional<size_t> first_difference(const Seen& a, const Seen& b) {
    const size_t common = std::min(a.bytes.size(), b.bytes.size());
    const bool is_shared = a.bytes.data() == b.bytes.data();  // see CopyPlace: most are
    const auto at = std::mismatch(a.bytes.begin(),
                                  a.bytes.begin() + static_cast<ptrdiff_t>(is_shared ? 0 : common),
                                  b.bytes.begin());
    const auto offset = is_shared ? common : static_cast<size_t>(at.first - a.bytes.begin());
    if (offset != common) return offset;
    if (a.is_whole && b.bytes.size() > common) return common;
    if (b.is_whole && a.bytes.size() > common) return common;
    return std::nullopt;
}

Comparison compare(const Seen& claim, const Seen& truth) {
    Comparison result;
    result.claim = claim.bytes;
    result.truth = truth.bytes;
    result.whole = claim.is_whole && truth.is_whole;
    result.difference = first_difference(claim, truth);
    if (result.difference) {
        result.outcome = Outcome::kDifferent;
    } else if (result.whole) {
        result.outcome = Outcome::kSame;
    } else {
        result.outcome = claim.is_faulted ? Outcome::kUnreadable : Outcome::kSamePrefix;
    }
    return result;
}

std::string_view up_to_nul(std::string_view bytes) {
    return bytes.substr(0, bytes.find('\0'));
}

// What the caller named of a name that the kernel composed; nullopt where it names another
// descriptor than the call was given.
std::optional<std::string_view> without_descriptor(const Operation& operation,
                                                   std::string_view name) {
    const Operand* descriptor = operation.first_operand(OperandKind::kDirfd);
    if (descriptor == nullptr) return std::nullopt;
    const auto number = static_cast<int32_t>(descriptor->register_value);
    const std::string composed = "/dev/fd/" + std::to_string(number);
    if (!name.starts_with(composed)) return std::nullopt;
    name.remove_prefix(composed.size());
    if (name.empty()) return name;
    if (name.front() != '/') return std::nullopt;
    return name.substr(1);
}

Comparison compare_path(const Operation& operation, const Operand& operand, const Seen& claim) {
    const Seen kernel = seen(*operand.kernel);
    std::string_view name = up_to_nul(kernel.bytes);
    if (operand.from_descriptor) {
        const auto rest = without_descriptor(operation, name);
        if (!rest) {
            Comparison result;
            result.outcome = Outcome::kContradictory;
            result.claim = claim.bytes;
            result.truth = name;
            return result;
        }
        name = *rest;
        // execveat(2), AT_EMPTY_PATH: a null pointer stands for "" since Linux 6.11.
        if (operand.register_value == 0) return compare({{}, true}, {name, kernel.is_whole});
    }
    return compare({up_to_nul(claim.bytes), claim.is_whole, claim.is_faulted},
                   {name, kernel.is_whole});
}

// The strings behind the first one.
std::string_view without_first_string(std::string_view strings) {
    const size_t end = strings.find('\0');
    return end == std::string_view::npos ? std::string_view{} : strings.substr(end + 1);
}

// Whether the kernel's argv is what an interpreter gets for the claimed one.
bool is_interpreters_argv(const Operation& operation, const Seen& claim, const Seen& kernel) {
    const Operand* name = operation.first_operand(OperandKind::kPath);
    if (!operation.interpreter || name == nullptr || !name->kernel) return false;
    const std::string_view script = up_to_nul(name->kernel->bytes);
    std::string_view rest = kernel.bytes;
    if (up_to_nul(rest) != up_to_nul(operation.interpreter->bytes)) return false;
    for (size_t strings = 0; strings < kMostInterpreterStrings && !rest.empty(); ++strings) {
        rest = without_first_string(rest);
        if (up_to_nul(rest) != script) continue;
        const Seen behind{without_first_string(rest), kernel.is_whole};
        const Seen arguments{without_first_string(claim.bytes), claim.is_whole};
        if (!first_difference(arguments, behind)) return true;
        if (!first_difference(claim, behind)) return true;
    }
    return false;
}

Comparison compare_argv(const Operation& operation, const Operand& operand, const Seen& claim) {
    const Seen kernel = seen(*operand.kernel);
    static constexpr std::string_view kOneEmptyString{"\0", 1};
    const Seen given = claim.is_whole && claim.bytes.empty() && !kernel.bytes.empty()
                           ? Seen{kOneEmptyString, true}
                           : claim;
    Comparison result = compare(given, kernel);
    if (result.outcome == Outcome::kDifferent && is_interpreters_argv(operation, given, kernel))
        result.outcome = Outcome::kExplained;
    result.claim = claim.bytes;
    return result;
}

// open(2) flags that reach the kernel's file as the caller set them: not O_CLOEXEC and O_LARGEFILE,
// nor O_DSYNC, which O_SYNC brings along, nor O_NOFOLLOW, which O_CREAT with O_EXCL does, nor
// O_NOATIME, with which overlayfs opens the file below.
constexpr uint64_t kComparableOpenFlags = 03 | 0100 | 0200 | 0400 | 01000 | 02000 | 04000 | 040000 |
                                          0200000 | 04000000 | 010000000 | 020000000;

uint64_t little_endian(std::string_view bytes) {
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof number && i < bytes.size(); ++i)
        number |= uint64_t{static_cast<uint8_t>(bytes[i])} << 8 * i;
    return number;
}

Comparison compare_how(const Operand& operand, const Seen& claim) {
    const Seen kernel = seen(*operand.kernel);
    constexpr size_t kFlagBytes = sizeof(uint64_t);
    Comparison result;
    result.claim = claim.bytes;
    result.truth = kernel.bytes;
    if (claim.bytes.size() < kFlagBytes || kernel.bytes.size() < kFlagBytes) {
        if (claim.is_faulted) result.outcome = Outcome::kUnreadable;
        return result;
    }
    const uint64_t differing =
        (little_endian(claim.bytes) ^ little_endian(kernel.bytes)) & kComparableOpenFlags;
    result.outcome = differing == 0 ? Outcome::kSamePrefix : Outcome::kDifferent;
    if (differing != 0) result.difference = static_cast<size_t>(std::countr_zero(differing)) / 8;
    return result;
}

// What of a struct sockaddr says where it leads: family and port, and the address itself.
std::pair<std::string_view, std::string_view> address_of(std::string_view sockaddr) {
    constexpr size_t kFamily = 2, kFamilyAndPort = 4, kFlowInfo = 4, kInet6 = 28;
    if (sockaddr.size() > kFamily && sockaddr[0] == 1 && sockaddr[1] == 0 && sockaddr[kFamily] != 0)
        return {sockaddr.substr(0, kFamily), up_to_nul(sockaddr.substr(kFamily))};
    const std::string_view rest = sockaddr.substr(std::min(sockaddr.size(), kFamilyAndPort));
    if (sockaddr.size() == kInet6)
        return {sockaddr.substr(0, kFamilyAndPort), rest.substr(kFlowInfo, 16)};
    if (sockaddr.size() == 16) return {sockaddr.substr(0, kFamilyAndPort), rest.substr(0, 4)};
    return {sockaddr, {}};
}

// A null vector is an empty one; memory behind a null pointer is none at all.
std::optional<Seen> claimed(const Operand& operand, const OptionalView<ClaimView>& view) {
    if (view) return seen(*view);
    const bool is_vector =
        operand.info.kind == OperandKind::kArgv || operand.info.kind == OperandKind::kEnviron;
    if (is_vector && operand.register_value == 0) return Seen{{}, true};
    return std::nullopt;
}

Comparison compare_with_kernel(const Operation& operation, const Operand& operand,
                               const OptionalView<ClaimView>& view) {
    const auto claim = claimed(operand, view);
    // A kernel copy of which nothing could be read is none.
    if (!claim || !operand.kernel || (operand.kernel->bytes.empty() && !operand.kernel->is_whole()))
        return {};
    switch (operand.info.kind) {
        case OperandKind::kPath:
            return compare_path(operation, operand, *claim);
        case OperandKind::kArgv:
            return compare_argv(operation, operand, *claim);
        case OperandKind::kOpenHow:
            return compare_how(operand, *claim);
        default:
            return compare(*claim, seen(*operand.kernel));
    }
}

}  // namespace

Comparison compare_entry_with_kernel(const Operation& operation, const Operand& operand) {
    return compare_with_kernel(operation, operand, operand.entry);
}

Comparison compare_foreign_claim(const Operation& operation, const Operand& operand,
                                 const ClaimView& claim) {
    if (operand.kernel) return compare_with_kernel(operation, operand, claim);
    if (!operand.entry) return {};
    return compare(seen(claim), seen(*operand.entry));
}

Comparison compare_exit_with_kernel(const Operation& operation, const Operand& operand) {
    return compare_with_kernel(operation, operand, operand.exit);
}

Comparison compare_entry_with_exit(const Operand& operand) {
    if (!operand.entry || !operand.exit) return {};
    return compare(seen(*operand.entry), seen(*operand.exit));
}

std::optional<bool> leads_to_object(const Operation& operation, const Operand& operand,
                                    std::string_view bytes) {
    if (operand.info.kind == OperandKind::kSockaddr) {
        if (!operation.peer || !operation.peer->is_whole()) return std::nullopt;
        return address_of(bytes) == address_of(operation.peer->bytes);
    }
    const FileObject* object = operation.object();
    if (operand.info.kind != OperandKind::kPath || object == nullptr) return std::nullopt;
    std::string_view name = up_to_nul(bytes);
    while (name.ends_with('/')) name.remove_suffix(1);
    return name.substr(name.rfind('/') + 1) == object->file().name;
}

}  // namespace tocsin
