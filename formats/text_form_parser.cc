// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "formats/text_form.h"
#include "formats/text_form_rules.h"
#include "formats/text_scanner.h"

namespace tocsin {
namespace {

using namespace text_form;

constexpr size_t kMaxTextBytes = size_t{512} << 20;
constexpr uint8_t kMaxNodeDepth = 200;
constexpr size_t kMaxOperands = 255;  // of one event; so many the trace can hold
constexpr uint64_t kMaxErrno = UINT16_MAX;
constexpr uint64_t kMaxArgument = 14;

// The labels of a file and what they name.
template <typename Named>
using Labels = std::unordered_map<std::string, Named>;

struct LabelledNode {
    const ObjectNode* node;
    uint8_t depth;
};

class TextParser {
  public:
    Result<ParsedTrace> parse(std::string_view text);

  private:
    bool line(TextScanner& in);
    bool header(TextScanner& in);
    bool option(TextScanner& in);
    bool hook(TextScanner& in);
    bool sysctl(TextScanner& in);
    bool clock(TextScanner& in);
    bool lost(TextScanner& in);
    bool seal(TextScanner& in);
    bool task(TextScanner& in);
    bool object(TextScanner& in);
    bool event(TextScanner& in);

    // What an event's line states though it may leave it out. call: stated as none, too.
    struct Stated {
        std::optional<uint64_t> sequence;
        std::optional<std::optional<CallId>> call;
    };
    bool head(TextScanner& in, Event& event, Stated& stated);
    bool kind(TextScanner& in, Event& event);
    bool complete(TextScanner& in, Event& event, const Stated& stated);
    // What follows the words that say which kind of event it is.
    bool rest(TextScanner& in, SyscallEntered& body);
    bool rest(TextScanner& in, SyscallReturned& body);
    bool rest(TextScanner& in, HookFired& body);
    bool rest(TextScanner& in, TaskForked& body);
    bool rest(TextScanner& in, TaskExited& body);
    bool rest(TextScanner& in, TaskFound& body);

    bool text_value(TextScanner& in, std::string& out);
    // Fails where the text, which the scanner has just read, is longer than a trace may have it.
    bool is_at_most(TextScanner& in, std::string_view text, size_t bytes);
    bool new_label(TextScanner& in, const std::string& label, const char* what, bool is_used);
    bool task_label(TextScanner& in, const Task*& out);
    bool node_label(TextScanner& in, const ObjectNode*& out);
    bool cpu(TextScanner& in, uint16_t& out);
    bool device(TextScanner& in, ObjectId& out);
    bool claims(TextScanner& in, std::span<const Claim>& out);
    bool object_field(TextScanner& in, std::vector<KernelObject>& objects, const char* expected);
    bool operand(TextScanner& in, OperandKind& kind, uint8_t& argument);
    bool bytes(TextScanner& in, CapturedBytes& out, bool* from_descriptor);
    bool error_number(TextScanner& in, int32_t& out);
    bool result(TextScanner& in, int64_t& out);

    ParsedTrace trace_;
    bool has_header_ = false;
    Labels<const Task*> tasks_;
    Labels<LabelledNode> nodes_;
    LineDefaults defaults_;
    const SyscallInfo* row_ = nullptr;  // of the event that is being read
};

Result<ParsedTrace> TextParser::parse(std::string_view text) {
    if (text.size() > kMaxTextBytes)
        return Error{"the text is of " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(kMaxTextBytes) + " are read"};
    bool has_first_line = false;
    for (size_t number = 1; !text.empty(); ++number) {
        const size_t length = std::min(text.find('\n'), text.size());
        TextScanner in(text.substr(0, length));
        text.remove_prefix(std::min(length + 1, text.size()));
        if (in.at_end()) continue;
        bool is_good = false;
        if (has_first_line)
            is_good = line(in);
        else
            is_good = has_first_line = (in.skip_word("tocsin-text") && in.skip_word("1")) ||
                                       in.fail("'" + std::string(kFirstLine) + "'");
        if (is_good && !in.at_end()) is_good = in.fail("the end of the line");
        if (!is_good) return Error{"line " + std::to_string(number) + ": " + in.failure()};
    }
    if (!has_first_line)
        return Error{"the text is empty; its first line must be '" + std::string(kFirstLine) + "'"};
    return std::move(trace_);
}

bool TextParser::line(TextScanner& in) {
    if (in.next() >= '0' && in.next() <= '9') return event(in);
    using Reader = bool (TextParser::*)(TextScanner&);
    static constexpr std::pair<std::string_view, Reader> kReaders[] = {
        {"header", &TextParser::header}, {"option", &TextParser::option},
        {"hook", &TextParser::hook},     {"sysctl", &TextParser::sysctl},
        {"clock", &TextParser::clock},   {"task", &TextParser::task},
        {"object", &TextParser::object}, {"lost", &TextParser::lost},
        {"seal", &TextParser::seal},
    };
    for (const auto& [name, reader] : kReaders)
        if (in.skip_word(name)) return (this->*reader)(in);
    return in.fail(
        "an event's time or one of header option hook sysctl clock task object lost seal");
}

// The message's Text fields end at a NUL.
bool TextParser::text_value(TextScanner& in, std::string& out) {
    if (!in.quoted(out)) return false;
    return out.find('\0') == std::string::npos || in.fail_found("a NUL", "text without one");
}

bool TextParser::is_at_most(TextScanner& in, std::string_view text, size_t bytes) {
    return text.size() <= bytes ||
           in.fail_found("a string of " + std::to_string(text.size()) + " bytes",
                         "one of at most " + std::to_string(bytes));
}

bool TextParser::header(TextScanner& in) {
    if (std::exchange(has_header_, true)) return in.fail_found("a second header", "one at most");
    TraceHeader& header = trace_.header;
    const auto text = [&](std::string& out) { return [&] { return text_value(in, out); }; };
    return in.fields({{"format", [&] { return in.number(header.format_version); }},
                      {"recorder", text(header.recorder_version)},
                      {"host", text(header.host)},
                      {"kernel", text(header.kernel_release)},
                      {"version", text(header.kernel_version)},
                      {"machine", text(header.machine)},
                      {"boot", text(header.boot_id)},
                      {"cpus", [&] { return in.number(header.cpus); }}});
}

bool TextParser::option(TextScanner& in) {
    return text_value(in, trace_.header.options.emplace_back());
}

bool TextParser::hook(TextScanner& in) {
    HookStatus& hook = trace_.header.hooks.emplace_back();
    return text_value(in, hook.name) &&
           in.fields({{"source", [&] { return text_value(in, hook.source); }},
                      {"refusal", [&] { return text_value(in, hook.refusal); }}});
}

bool TextParser::sysctl(TextScanner& in) {
    Setting& setting = trace_.header.sysctls.emplace_back();
    return text_value(in, setting.name) && text_value(in, setting.value);
}

bool TextParser::clock(TextScanner& in) {
    ClockSample& clock = trace_.clocks.emplace_back();
    return in.seconds(clock.time.ns) &&
           in.fields({{"uncertainty", [&] { return in.seconds(clock.uncertainty_ns); }},
                      {"realtime", [&] { return in.seconds(clock.realtime_ns); }},
                      {"monotonic", [&] { return in.seconds(clock.monotonic_ns); }},
                      {"tai", [&] { return in.seconds(clock.tai_ns); }},
                      {"status", [&] { return in.number(clock.adjtimex_status); }}});
}

bool TextParser::lost(TextScanner& in) {
    RecordsLost& loss = trace_.losses.emplace_back();
    const auto count = [&](LossCause cause) {
        return TextScanner::Field{name_of(cause), [&in, &loss, cause] {
                                      return in.number(loss.counts[static_cast<size_t>(cause)]);
                                  }};
    };
    return in.seconds(loss.time.ns) &&
           in.fields({{"events", [&] { return in.number(loss.events); }},
                      count(LossCause::kRingFull),
                      count(LossCause::kScratchBusy),
                      count(LossCause::kCallsFull),
                      count(LossCause::kFollowedFull),
                      count(LossCause::kTooLarge),
                      count(LossCause::kForeignAbi),
                      count(LossCause::kUndecodable)});
}

bool TextParser::seal(TextScanner& in) {
    if (trace_.seal_reason) return in.fail_found("a second seal", "one at most");
    return text_value(in, trace_.seal_reason.emplace());
}

bool TextParser::new_label(TextScanner& in, const std::string& label, const char* what,
                           bool is_used) {
    if (label.empty()) return in.fail(std::string("a label for the ") + what);
    return !is_used || in.fail_found("a label that an earlier line gives", "a new one");
}

bool TextParser::task(TextScanner& in) {
    std::string label(in.word());
    if (!new_label(in, label, "task", tasks_.contains(label))) return false;
    Task task;
    std::optional<int32_t> tid;
    uint64_t started = kDefaultStartedNs;
    std::string comm(default_comm(label));
    std::optional<uint32_t> euid, suid, fsuid, egid, sgid, fsgid;
    std::optional<uint64_t> effective;
    Credentials& ids = task.credentials;
    const auto number = [&](auto& out) { return [&] { return in.number(out); }; };
    const auto optional = [&](auto& out) { return [&] { return in.number(out.emplace()); }; };
    const auto abi = [&] {
        const auto named = abi_named(in.peek_word());
        if (!named) return in.fail("x86-64, i386 or x32");
        in.word();
        task.abi = *named;
        return true;
    };
    const auto comm_value = [&] {
        comm.clear();
        return in.quoted(comm);
    };
    if (!in.fields({{"tgid", number(task.id.tgid)},
                    {"tid", optional(tid)},
                    {"started", [&] { return in.seconds(started); }},
                    {"comm", comm_value},
                    {"uid", number(ids.uid)},
                    {"euid", optional(euid)},
                    {"suid", optional(suid)},
                    {"fsuid", optional(fsuid)},
                    {"gid", number(ids.gid)},
                    {"egid", optional(egid)},
                    {"sgid", optional(sgid)},
                    {"fsgid", optional(fsgid)},
                    {"permitted", number(ids.permitted)},
                    {"effective", optional(effective)},
                    {"userns", number(task.namespaces.user)},
                    {"mntns", number(task.namespaces.mount)},
                    {"pidns", number(task.namespaces.pid)},
                    {"abi", abi}}))
        return false;
    if (!is_at_most(in, comm, EventColumns::kMaxCommBytes)) return false;
    task.id.tid = tid.value_or(task.id.tgid);
    task.id.started.ns = started;
    ids.euid = euid.value_or(ids.uid);
    ids.suid = suid.value_or(ids.uid);
    ids.fsuid = fsuid.value_or(ids.uid);
    ids.egid = egid.value_or(ids.gid);
    ids.sgid = sgid.value_or(ids.gid);
    ids.fsgid = fsgid.value_or(ids.gid);
    ids.effective = effective.value_or(ids.permitted);
    task.comm = trace_.strings.emplace_back(std::move(comm));
    tasks_.emplace(std::move(label), &trace_.tasks.emplace_back(task));
    return true;
}

bool TextParser::device(TextScanner& in, ObjectId& out) {
    constexpr uint64_t kMaxMajor = UINT64_MAX >> kMinorBits;
    constexpr uint64_t kMaxMinor = (uint64_t{1} << kMinorBits) - 1;
    uint64_t major = 0, minor = 0;
    if (!in.unsigned_number(major, kMaxMajor) || !in.expect(':') ||
        !in.unsigned_number(minor, kMaxMinor) || !in.expect('/') || !in.number(out.inode))
        return false;
    out.device = major << kMinorBits | minor;
    return true;
}

bool TextParser::object(TextScanner& in) {
    std::string label(in.word());
    if (!new_label(in, label, "object", nodes_.contains(label))) return false;
    ObjectNode node;
    node.mode = kDefaultMode;
    node.links = kDefaultLinks;
    node.mount = kDefaultMount;
    uint8_t depth = 0;
    std::string name;
    const auto mode = [&] {
        uint64_t value = 0;
        if (!in.unsigned_number(value, UINT32_MAX, 8)) return false;
        node.mode = static_cast<uint32_t>(value);
        return true;
    };
    const auto owner = [&] { return in.number(node.uid) && in.expect(':') && in.number(node.gid); };
    const auto parent = [&] {
        const auto at = nodes_.find(std::string(in.peek_word()));
        if (at == nodes_.end()) return in.fail("the label of an object above");
        if (at->second.depth >= kMaxNodeDepth)
            return in.fail("an object that is at most " + std::to_string(kMaxNodeDepth) +
                           " directories deep");
        in.word();
        node.parent = at->second.node;
        depth = static_cast<uint8_t>(at->second.depth + 1);
        return true;
    };
    if (!device(in, node.id) || !in.fields({{"gen", [&] { return in.number(node.id.generation); }},
                                            {"mode", mode},
                                            {"owner", owner},
                                            {"links", [&] { return in.number(node.links); }},
                                            {"mount", [&] { return in.number(node.mount); }},
                                            {"name", [&] { return in.quoted(name); }},
                                            {"in", parent}},
                                           {{"cut", &node.cut}}))
        return false;
    if (!is_at_most(in, name, EventColumns::kMaxNameBytes)) return false;
    node.name = trace_.strings.emplace_back(std::move(name));
    nodes_.emplace(std::move(label), LabelledNode{&trace_.nodes.emplace_back(node), depth});
    return true;
}

bool TextParser::task_label(TextScanner& in, const Task*& out) {
    const auto at = tasks_.find(std::string(in.peek_word()));
    if (at == tasks_.end()) return in.fail("the label of a task above");
    in.word();
    out = at->second;
    return true;
}

bool TextParser::node_label(TextScanner& in, const ObjectNode*& out) {
    const auto at = nodes_.find(std::string(in.peek_word()));
    if (at == nodes_.end()) return in.fail("the label of an object above");
    in.word();
    out = at->second.node;
    return true;
}

bool TextParser::cpu(TextScanner& in, uint16_t& out) {
    const auto number = number_after<uint16_t>("cpu", in.peek_word());
    if (!number) return in.fail("a CPU such as cpu0");
    in.word();
    out = *number;
    return true;
}

bool TextParser::head(TextScanner& in, Event& event, Stated& stated) {
    if (!in.seconds(event.time.ns) || !cpu(in, event.cpu)) return false;
    if (in.skip('#') && !in.number(stated.sequence.emplace())) return false;
    if (!task_label(in, event.task)) return false;
    if (!in.skip('[')) return true;
    std::optional<CallId>& call = stated.call.emplace();
    if (!in.skip_word("-")) {
        CallId& id = call.emplace();
        if (!cpu(in, id.cpu) || !in.expect('#') || !in.number(id.number)) return false;
    }
    return in.expect(']');
}

bool TextParser::kind(TextScanner& in, Event& event) {
    const auto number = [&](uint16_t& out, auto named, const char* expected) {
        const std::optional<uint16_t> value = named(in.peek_word());
        if (!value) return in.fail(expected);
        in.word();
        out = *value;
        return true;
    };
    constexpr const char* kCall = "a system call's name or syscall:N";
    if (in.skip_word(">"))
        return number(event.body.emplace<SyscallEntered>().number, syscall_named, kCall);
    if (in.skip_word("<"))
        return number(event.body.emplace<SyscallReturned>().number, syscall_named, kCall);
    if (in.skip_word("@"))
        return number(event.body.emplace<HookFired>().hook, hook_named, "a hook's name or hook:N");
    if (in.skip_word("fork"))
        event.body.emplace<TaskForked>();
    else if (in.skip_word("exit"))
        event.body.emplace<TaskExited>();
    else if (in.skip_word("found"))
        event.body.emplace<TaskFound>();
    else
        return in.fail("one of > @ < fork exit found");
    return true;
}

bool TextParser::complete(TextScanner& in, Event& event, const Stated& stated) {
    event.sequence = stated.sequence.value_or(defaults_.sequence_for(event));
    const auto last = defaults_.last_sequence_for(event);
    if (last && event.sequence <= *last)
        return in.fail_found(
            "record " + std::to_string(event.sequence),
            "one after record " + std::to_string(*last) + " of CPU " + std::to_string(event.cpu));
    event.call = stated.call ? *stated.call : defaults_.call_for(event);
    return true;
}

bool TextParser::event(TextScanner& in) {
    Event event;
    Stated stated;
    if (!head(in, event, stated) || !kind(in, event) || !complete(in, event, stated)) return false;
    row_ = defaults_.row_for(event);
    if (!std::visit([&](auto& body) { return rest(in, body); }, event.body)) return false;
    defaults_.note(event);
    const bool is_found = std::holds_alternative<TaskFound>(event.body);
    (is_found ? trace_.found : trace_.events).push_back(event);
    return true;
}

bool TextParser::rest(TextScanner& in, SyscallEntered& body) {
    return claims(in, body.claims);
}

bool TextParser::rest(TextScanner& in, SyscallReturned& body) {
    return result(in, body.result) && claims(in, body.claims);
}

bool TextParser::rest(TextScanner& in, HookFired& body) {
    std::vector<KernelCopy> copies;
    std::vector<KernelObject> objects;
    while (!in.at_end()) {
        if (in.skip_word("detail")) {
            if (!in.expect('=') || !in.number(body.detail)) return false;
        } else if (operand_kind_named(in.peek_word())) {
            KernelCopy& copy = copies.emplace_back();
            if (!operand(in, copy.kind, copy.argument) ||
                !bytes(in, copy.value, &copy.from_descriptor))
                return false;
        } else if (!object_field(in, objects,
                                 "an operand's kind, a role such as exe=, or detail=")) {
            return false;
        }
        if (copies.size() > kMaxOperands || objects.size() > kMaxOperands)
            return in.fail_found("too many",
                                 "at most " + std::to_string(kMaxOperands) + " of each");
    }
    body.copies = trace_.copies.emplace_back(std::move(copies));
    body.objects = trace_.objects.emplace_back(std::move(objects));
    return true;
}

bool TextParser::rest(TextScanner& in, TaskForked& body) {
    return task_label(in, body.child) && in.fields({}, {{"shares-files", &body.shares_files},
                                                        {"shares-place", &body.shares_place},
                                                        {"shares-memory", &body.shares_memory}});
}

bool TextParser::rest(TextScanner& in, TaskExited& body) {
    return in.fields({{"code", [&] { return in.number(body.exit_code); }}},
                     {{"last", &body.last_thread}});
}

bool TextParser::rest(TextScanner& in, TaskFound& body) {
    if (in.skip_word("parent") && (!in.expect('=') || !task_label(in, body.parent))) return false;
    std::vector<KernelObject> objects;
    while (!in.at_end()) {
        if (!object_field(in, objects, "a role such as exe=")) return false;
        if (objects.size() > kMaxOperands)
            return in.fail_found("more", "at most " + std::to_string(kMaxOperands) + " objects");
    }
    body.objects = trace_.objects.emplace_back(std::move(objects));
    return true;
}

bool TextParser::object_field(TextScanner& in, std::vector<KernelObject>& objects,
                              const char* expected) {
    const auto role = role_named(in.peek_word());
    if (!role) return in.fail(expected);
    in.word();
    KernelObject& object = objects.emplace_back();
    object.role = *role;
    return in.expect('=') && node_label(in, object.node);
}

bool TextParser::claims(TextScanner& in, std::span<const Claim>& out) {
    std::vector<Claim> claims;
    while (!in.at_end()) {
        Claim& claim = claims.emplace_back();
        if (claims.size() > kMaxOperands)
            return in.fail_found("more", "at most " + std::to_string(kMaxOperands) + " operands");
        if (!operand(in, claim.kind, claim.argument)) return false;
        const auto is_bytes = [&] { return in.next() == '"' || in.next() == '['; };
        bool has_memory = is_bytes();
        if (!has_memory) {
            if (!in.register_number(claim.register_value)) return false;
            has_memory = in.skip(':');
        }
        if (has_memory && !bytes(in, claim.memory.emplace(), nullptr)) return false;
    }
    out = trace_.claims.emplace_back(std::move(claims));
    return true;
}

// KIND= or KIND#N=
bool TextParser::operand(TextScanner& in, OperandKind& kind, uint8_t& argument) {
    const auto named = operand_kind_named(in.peek_word());
    if (!named) return in.fail("an operand's kind");
    const std::string word(in.word());
    kind = *named;
    if (in.skip('#')) {
        if (in.skip_word("?")) return in.expect('=');
        uint64_t number = 0;
        if (!in.unsigned_number(number, kMaxArgument)) return false;
        argument = static_cast<uint8_t>(number);
        return in.expect('=');
    }
    const auto usual = default_argument(row_, kind);
    if (!usual)
        return in.fail_found("'" + word + '\'', word + "#N, as " + std::string(row_->name) +
                                                    " has several operands of that kind,");
    argument = *usual;
    return in.expect('=');
}

bool TextParser::bytes(TextScanner& in, CapturedBytes& out, bool* from_descriptor) {
    std::string& kept = trace_.strings.emplace_back();
    if (!(in.next() == '[' ? in.quoted_list(kept) : in.quoted(kept))) return false;
    if (!is_at_most(in, kept, EventColumns::kMaxStringBytes)) return false;
    out.bytes = kept;
    std::optional<uint32_t> full;
    if (in.skip('(')) {
        const auto full_length = [&] { return in.number(full.emplace()); };
        const auto error = [&] { return error_number(in, out.error); };
        const bool is_good =
            from_descriptor == nullptr
                ? in.fields({{"full", full_length}, {"error", error}}, {{"cut", &out.cut}}, ')')
                : in.fields({{"full", full_length}, {"error", error}},
                            {{"cut", &out.cut}, {"from-descriptor", from_descriptor}}, ')');
        if (!is_good || !in.expect(')')) return false;
    }
    out.full_length = full.value_or(default_full_length(out));
    return true;
}

bool TextParser::error_number(TextScanner& in, int32_t& out) {
    if (const auto named = errno_named(in.peek_word())) {
        in.word();
        out = *named;
        return true;
    }
    uint64_t number = 0;
    if (!in.unsigned_number(number, kMaxErrno)) return false;
    out = static_cast<int32_t>(number);
    return true;
}

// A number, or -ENOENT.
bool TextParser::result(TextScanner& in, int64_t& out) {
    const std::string_view word = in.peek_word();
    if (const auto named = errno_named(word.starts_with('-') ? word.substr(1) : "")) {
        in.word();
        out = -int64_t{*named};
        return true;
    }
    return in.number(out);
}

}  // namespace

Result<ParsedTrace> parse_text(std::string_view text) {
    return TextParser().parse(text);
}

}  // namespace tocsin
