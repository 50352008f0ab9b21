// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>

#include "formats/check.h"
#include "formats/text_form.h"
#include "formats/text_form_rules.h"

namespace tocsin {
namespace {

using namespace text_form;

constexpr uint64_t kNsPerSecond = 1'000'000'000;

template <typename Integer>
void put_number(std::string& out, Integer value, int base = 10) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
    out.append(digits.data(), end);
}

void put_hex(std::string& out, uint64_t value) {
    out += value == 0 ? "" : "0x";
    put_number(out, value, 16);
}

void put_seconds(std::string& out, uint64_t ns) {
    put_number(out, ns / kNsPerSecond);
    const std::string fraction = std::to_string(ns % kNsPerSecond + kNsPerSecond);
    out += '.';
    out.append(fraction, 1);
}

void put_seconds(std::string& out, int64_t ns) {
    if (ns < 0) out += '-';
    put_seconds(out, ns < 0 ? 0 - static_cast<uint64_t>(ns) : static_cast<uint64_t>(ns));
}

// Length of the UTF-8 sequence that `bytes` begins with, and its code point; 0: there is none.
size_t decode_utf8(std::string_view bytes, uint32_t& code_point) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
    const uint8_t first = byte(0);
    const size_t length = first < 0xc2   ? 0
                          : first < 0xe0 ? 2
                          : first < 0xf0 ? 3
                          : first < 0xf5 ? 4
                                         : 0;
    if (length == 0 || length > bytes.size()) return 0;
    code_point = first & (0x7fU >> length);
    for (size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) return 0;
        code_point = code_point << 6U | (byte(i) & 0x3fU);
    }
    constexpr std::array<uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    return code_point < kLeast[length] || code_point > 0x10ffff || is_surrogate ? 0 : length;
}

// Characters that a terminal or an editor obeys, hides or reorders text by, rather than shows:
// general categories Cc, Cf, Zl, Zp, Co and unassigned blocks of such.
bool is_shown(uint32_t code_point) {
    struct Range {
        uint32_t first, last;
    };
    static constexpr Range kHidden[] = {
        {0x80, 0x9f},        {0xad, 0xad},       {0x34f, 0x34f},     {0x600, 0x605},
        {0x61c, 0x61c},      {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},
        {0x8e2, 0x8e2},      {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
        {0x200b, 0x200f},    {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
        {0xe000, 0xf8ff},    {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
        {0xffa0, 0xffa0},    {0xfff0, 0xfffb},   {0xfffe, 0xffff},   {0x110bd, 0x110bd},
        {0x110cd, 0x110cd},  {0x13430, 0x1345f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
        {0xe0000, 0x10ffff},
    };
    for (const Range& range : kHidden)
        if (code_point >= range.first && code_point <= range.last) return false;
    return true;
}

void put_escaped(std::string& out, char byte) {
    constexpr std::string_view kHexDigits = "0123456789abcdef";
    switch (byte) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\r':
            out += "\\r";
            return;
        default:
            break;
    }
    const auto value = static_cast<uint8_t>(byte);
    out += "\\x";
    out += kHexDigits[value >> 4U];
    out += kHexDigits[value & 15U];
}

void put_string(std::string& out, std::string_view bytes) {
    out += '"';
    while (!bytes.empty()) {
        size_t length = 1;
        uint32_t code_point = 0;
        const char first = bytes[0];
        if (first >= 0x20 && first < 0x7f && first != '"' && first != '\\') {
            out += first;
        } else if (size_t sequence = decode_utf8(bytes, code_point);
                   sequence != 0 && is_shown(code_point)) {
            length = sequence;
            out += bytes.substr(0, length);
        } else {
            put_escaped(out, first);
        }
        bytes.remove_prefix(length);
    }
    out += '"';
}

void put_strings(std::string& out, std::string_view bytes) {
    out += '[';
    bool is_first = true;
    while (!bytes.empty()) {
        if (!is_first) out += ' ';
        is_first = false;
        const size_t end = bytes.find('\0');
        put_string(out, bytes.substr(0, end));
        if (end == std::string_view::npos) {
            out += '~';
            break;
        }
        bytes.remove_prefix(end + 1);
    }
    out += ']';
}

void put_text_field(std::string& out, std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out += ' ';
    out += key;
    out += '=';
    put_string(out, value);
}

template <typename Integer>
void put_field(std::string& out, std::string_view key, Integer value, Integer omitted) {
    if (value == omitted) return;
    out += ' ';
    out += key;
    out += '=';
    put_number(out, value);
}

void put_hex_field(std::string& out, std::string_view key, uint64_t value, uint64_t omitted) {
    if (value == omitted) return;
    out += ' ';
    out += key;
    out += '=';
    put_hex(out, value);
}

void put_seconds_field(std::string& out, std::string_view key, auto ns) {
    if (ns == 0) return;
    out += ' ';
    out += key;
    out += '=';
    put_seconds(out, ns);
}

void put_errno(std::string& out, uint64_t number) {
    const std::string_view name = errno_name(number);
    if (name.empty())
        put_number(out, number);
    else
        out += name;
}

void put_result(std::string& out, int64_t result) {
    out += ' ';
    const uint64_t magnitude = 0 - static_cast<uint64_t>(result);
    if (result < 0 && !errno_name(magnitude).empty()) {
        out += '-';
        put_errno(out, magnitude);
    } else {
        put_number(out, result);
    }
}

void put_bytes(std::string& out, OperandKind kind, const CapturedBytes& value,
               bool from_descriptor) {
    if (kind == OperandKind::kArgv || kind == OperandKind::kEnviron)
        put_strings(out, value.bytes);
    else
        put_string(out, value.bytes);
    std::string notes;
    put_field(notes, "full", value.full_length, default_full_length(value));
    if (value.error != 0) {
        notes += " error=";
        put_errno(notes, static_cast<uint64_t>(value.error));
    }
    if (value.cut) notes += " cut";
    if (from_descriptor) notes += " from-descriptor";
    if (notes.empty()) return;
    notes[0] = '(';
    out += notes;
    out += ')';
}

void put_operand_key(std::string& out, const SyscallInfo* row, OperandKind kind, uint8_t argument) {
    out += ' ';
    out += name_of(kind);
    if (default_argument(row, kind) != argument) {
        out += '#';
        if (argument == kUnknownArgument)
            out += '?';
        else
            put_number(out, argument);
    }
    out += '=';
}

void put_register(std::string& out, OperandKind kind, uint64_t value) {
    if (kind == OperandKind::kDirfd || kind == OperandKind::kValue || kind == OperandKind::kPid ||
        kind == OperandKind::kReadFd || kind == OperandKind::kWriteFd)
        put_number(out, static_cast<int64_t>(value));
    else
        put_hex(out, value);
}

void put_claims(std::string& out, const SyscallInfo* row, std::span<const Claim> claims) {
    for (const Claim& claim : claims) {
        put_operand_key(out, row, claim.kind, claim.argument);
        if (!claim.memory || claim.register_value != 0) {
            put_register(out, claim.kind, claim.register_value);
            if (claim.memory) out += ':';
        }
        if (claim.memory) put_bytes(out, claim.kind, *claim.memory, false);
    }
}

void put_copies(std::string& out, const SyscallInfo* row, std::span<const KernelCopy> copies) {
    for (const KernelCopy& copy : copies) {
        put_operand_key(out, row, copy.kind, copy.argument);
        put_bytes(out, copy.kind, copy.value, copy.from_descriptor);
    }
}

size_t mix(size_t hash, uint64_t value) {
    return (hash ^ value) * 0x9e3779b97f4a7c15U + (hash >> 31U);
}

struct TaskHash {
    size_t operator()(const Task& task) const {
        size_t hash = mix(static_cast<uint32_t>(task.id.tid), task.id.started.ns);
        hash = mix(hash, task.credentials.euid);
        return mix(hash, std::hash<std::string_view>{}(task.comm));
    }
};

// A node with its parent's label in place of the parent.
struct NodeKey {
    ObjectNode node;
    uint32_t parent = 0;  // 0: none
    bool operator==(const NodeKey& other) const {
        const auto fields = [](const NodeKey& key) {
            return std::tie(key.node.id, key.node.mode, key.node.uid, key.node.gid, key.node.links,
                            key.node.mount, key.node.name, key.node.cut, key.parent);
        };
        return fields(*this) == fields(other);
    }
};

struct NodeHash {
    size_t operator()(const NodeKey& key) const {
        const size_t hash = mix(mix(key.parent, key.node.id.inode), key.node.id.device);
        return mix(hash, std::hash<std::string_view>{}(key.node.name));
    }
};

}  // namespace

class TextFormWriter::Lines {
  public:
    // Labels of the events that are to be printed, with the declarations of the new ones.
    uint32_t label(const Task& task, std::string& out);
    uint32_t label(const ObjectNode& node, std::string& out);
    void put_event(const Event& event, std::string& out);

  private:
    void declare(const Task& task, uint32_t label, std::string& out);
    void declare(const NodeKey& key, uint32_t label, std::string& out);
    void put_head(const Event& event, uint32_t task, std::string& out);
    void put_body(const Event& event, std::string& out);
    void put_objects(std::string& out, std::span<const KernelObject> objects);
    std::string_view keep(std::string_view text) { return strings_.emplace_back(text); }

    LineDefaults defaults_;
    std::unordered_map<Task, uint32_t, TaskHash> tasks_;
    std::unordered_map<NodeKey, uint32_t, NodeHash> nodes_;
    std::deque<std::string> strings_;
    std::string line_;
};

uint32_t TextFormWriter::Lines::label(const Task& task, std::string& out) {
    if (const auto at = tasks_.find(task); at != tasks_.end()) return at->second;
    const auto next = static_cast<uint32_t>(tasks_.size() + 1);
    Task kept = task;
    kept.comm = keep(task.comm);
    tasks_.emplace(kept, next);
    declare(task, next, out);
    return next;
}

uint32_t TextFormWriter::Lines::label(const ObjectNode& node, std::string& out) {
    NodeKey key{node, node.parent == nullptr ? 0 : label(*node.parent, out)};
    if (const auto at = nodes_.find(key); at != nodes_.end()) return at->second;
    const auto next = static_cast<uint32_t>(nodes_.size() + 1);
    key.node.name = keep(node.name);
    nodes_.emplace(key, next);
    declare(key, next, out);
    return next;
}

void TextFormWriter::Lines::declare(const Task& task, uint32_t label, std::string& out) {
    const std::string name = 't' + std::to_string(label);
    out += "task " + name + " tgid=";
    put_number(out, task.id.tgid);
    put_field(out, "tid", task.id.tid, task.id.tgid);
    if (task.id.started.ns != kDefaultStartedNs) {
        out += " started=";
        put_seconds(out, task.id.started.ns);
    }
    if (task.comm != default_comm(name)) {
        out += " comm=";
        put_string(out, task.comm);
    }
    const Credentials& ids = task.credentials;
    put_field(out, "uid", ids.uid, 0U);
    put_field(out, "euid", ids.euid, ids.uid);
    put_field(out, "suid", ids.suid, ids.uid);
    put_field(out, "fsuid", ids.fsuid, ids.uid);
    put_field(out, "gid", ids.gid, 0U);
    put_field(out, "egid", ids.egid, ids.gid);
    put_field(out, "sgid", ids.sgid, ids.gid);
    put_field(out, "fsgid", ids.fsgid, ids.gid);
    put_hex_field(out, "permitted", ids.permitted, 0);
    put_hex_field(out, "effective", ids.effective, ids.permitted);
    put_field(out, "userns", task.namespaces.user, 0U);
    put_field(out, "mntns", task.namespaces.mount, 0U);
    put_field(out, "pidns", task.namespaces.pid, 0U);
    if (task.abi != Abi::kX86_64) {
        out += " abi=";
        out += abi_word(task.abi);
    }
    out += '\n';
}

void TextFormWriter::Lines::declare(const NodeKey& key, uint32_t label, std::string& out) {
    const ObjectNode& node = key.node;
    out += "object o";
    put_number(out, label);
    out += ' ';
    put_number(out, node.id.device >> kMinorBits);
    out += ':';
    put_number(out, node.id.device & ((uint64_t{1} << kMinorBits) - 1));
    out += '/';
    put_number(out, node.id.inode);
    put_field(out, "gen", node.id.generation, 0U);
    if (node.mode != kDefaultMode) {
        out += " mode=";
        if (node.mode != 0) out += '0';
        put_number(out, node.mode, 8);
    }
    if (node.uid != 0 || node.gid != 0) {
        out += " owner=";
        put_number(out, node.uid);
        out += ':';
        put_number(out, node.gid);
    }
    put_field(out, "links", node.links, kDefaultLinks);
    put_field(out, "mount", node.mount, kDefaultMount);
    put_text_field(out, "name", node.name);
    if (key.parent != 0) {
        out += " in=o";
        put_number(out, key.parent);
    }
    if (node.cut) out += " cut";
    out += '\n';
}

void TextFormWriter::Lines::put_event(const Event& event, std::string& out) {
    CHECK(event.task != nullptr);
    const uint32_t task = label(*event.task, out);
    // Whatever the body declares must stand before the event's own line.
    line_.clear();
    put_body(event, out);
    put_head(event, task, out);
    out += line_;
    out += '\n';
    defaults_.note(event);
}

void TextFormWriter::Lines::put_head(const Event& event, uint32_t task, std::string& out) {
    put_seconds(out, event.time.ns);
    out += " cpu";
    put_number(out, event.cpu);
    if (event.sequence != defaults_.sequence_for(event)) {
        out += " #";
        put_number(out, event.sequence);
    }
    out += " t";
    put_number(out, task);
    if (event.call == defaults_.call_for(event)) return;
    if (!event.call) {
        out += " [-]";
        return;
    }
    out += " [cpu";
    put_number(out, event.call->cpu);
    out += '#';
    put_number(out, event.call->number);
    out += ']';
}

void TextFormWriter::Lines::put_body(const Event& event, std::string& out) {
    const SyscallInfo* row = defaults_.row_for(event);
    const auto print = [&]<typename Body>(const Body& body) {
        if constexpr (std::is_same_v<Body, SyscallEntered>) {
            line_ += " > " + syscall_word(body.number);
            put_claims(line_, row, body.claims);
        } else if constexpr (std::is_same_v<Body, HookFired>) {
            line_ += " @ " + hook_word(body.hook);
            put_copies(line_, row, body.copies);
            put_objects(out, body.objects);
            put_field(line_, "detail", body.detail, int64_t{0});
        } else if constexpr (std::is_same_v<Body, SyscallReturned>) {
            line_ += " < " + syscall_word(body.number);
            put_result(line_, body.result);
            put_claims(line_, row, body.claims);
        } else if constexpr (std::is_same_v<Body, TaskForked>) {
            CHECK(body.child != nullptr);
            line_ += " fork t" + std::to_string(label(*body.child, out));
            if (body.shares_files) line_ += " shares-files";
            if (body.shares_place) line_ += " shares-place";
            if (body.shares_memory) line_ += " shares-memory";
        } else if constexpr (std::is_same_v<Body, TaskExited>) {
            line_ += " exit";
            put_field(line_, "code", body.exit_code, 0);
            if (body.last_thread) line_ += " last";
        } else {
            line_ += " found";
            if (body.parent != nullptr)
                line_ += " parent=t" + std::to_string(label(*body.parent, out));
            put_objects(out, body.objects);
        }
    };
    std::visit(print, event.body);
}

void TextFormWriter::Lines::put_objects(std::string& out, std::span<const KernelObject> objects) {
    for (const KernelObject& object : objects) {
        CHECK(object.node != nullptr);
        line_ += ' ' + role_word(object.role) + "=o" + std::to_string(label(*object.node, out));
    }
}

TextFormWriter::TextFormWriter() : lines_(std::make_unique<Lines>()) {}
TextFormWriter::~TextFormWriter() = default;
TextFormWriter::TextFormWriter(TextFormWriter&&) noexcept = default;
TextFormWriter& TextFormWriter::operator=(TextFormWriter&&) noexcept = default;

void TextFormWriter::print(const TraceHeader& header, std::string& out) {
    out += kFirstLine;
    out += '\n';
    std::string fields;
    put_field(fields, "format", header.format_version, kFormatVersion);
    put_text_field(fields, "recorder", header.recorder_version);
    put_text_field(fields, "host", header.host);
    put_text_field(fields, "kernel", header.kernel_release);
    put_text_field(fields, "version", header.kernel_version);
    put_text_field(fields, "machine", header.machine);
    put_text_field(fields, "boot", header.boot_id);
    put_field(fields, "cpus", header.cpus, uint16_t{0});
    if (!fields.empty()) out += "header" + fields + '\n';
    for (const std::string& option : header.options) {
        out += "option ";
        put_string(out, option);
        out += '\n';
    }
    for (const HookStatus& hook : header.hooks) {
        out += "hook ";
        put_string(out, hook.name);
        put_text_field(out, "source", hook.source);
        put_text_field(out, "refusal", hook.refusal);
        out += '\n';
    }
    for (const Setting& setting : header.sysctls) {
        out += "sysctl ";
        put_string(out, setting.name);
        out += ' ';
        put_string(out, setting.value);
        out += '\n';
    }
}

void TextFormWriter::print(const ClockSample& sample, std::string& out) {
    out += "clock ";
    put_seconds(out, sample.time.ns);
    put_seconds_field(out, "uncertainty", sample.uncertainty_ns);
    put_seconds_field(out, "realtime", sample.realtime_ns);
    put_seconds_field(out, "monotonic", sample.monotonic_ns);
    put_seconds_field(out, "tai", sample.tai_ns);
    put_field(out, "status", sample.adjtimex_status, 0);
    out += '\n';
}

void TextFormWriter::print(const Event& event, std::string& out) {
    lines_->put_event(event, out);
}

void TextFormWriter::print(const RecordsLost& loss, std::string& out) {
    out += "lost ";
    put_seconds(out, loss.time.ns);
    put_field(out, "events", loss.events, uint64_t{0});
    for (size_t i = 0; i < kLossCauses; ++i)
        put_field(out, name_of(static_cast<LossCause>(i)), loss.counts[i], uint64_t{0});
    out += '\n';
}

void TextFormWriter::print_seal(std::string_view reason, std::string& out) {
    out += "seal ";
    put_string(out, reason);
    out += '\n';
}

std::string text_of(const ParsedTrace& trace) {
    TextFormWriter writer;
    std::string text;
    writer.print(trace.header, text);
    for (const ClockSample& sample : trace.clocks) writer.print(sample, text);
    for (const Event& event : trace.found) writer.print(event, text);
    for (const Event& event : trace.events) writer.print(event, text);
    for (const RecordsLost& loss : trace.losses) writer.print(loss, text);
    if (trace.seal_reason) writer.print_seal(*trace.seal_reason, text);
    return text;
}

Result<> write_trace(const ParsedTrace& trace, ByteSink& sink) {
    auto created = TraceWriter::create(sink, trace.header);
    if (!created) return created.error();
    TraceWriter& writer = **created;
    for (const ClockSample& sample : trace.clocks)
        if (auto written = writer.append(sample); !written) return written;
    for (const Event& event : trace.found)
        if (auto written = writer.append_found(event); !written) return written;
    for (const Event& event : trace.events)
        if (auto written = writer.append(event); !written) return written;
    if (auto written = writer.flush(); !written) return written;
    for (const RecordsLost& loss : trace.losses)
        if (auto written = writer.append(loss); !written) return written;
    return trace.seal_reason ? writer.seal(*trace.seal_reason) : Result<>{};
}

}  // namespace tocsin
