// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/json_lines_format.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>

namespace tocsin::bench {
namespace {

using Json = nlohmann::json;

// Bytes as Latin-1 in UTF-8, and back.
std::string text_of(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (const char byte : bytes) {
        const auto value = static_cast<uint8_t>(byte);
        if (value < 0x80) {
            text += byte;
        } else {
            text += static_cast<char>(0xc0U | value >> 6U);
            text += static_cast<char>(0x80U | (value & 0x3fU));
        }
    }
    return text;
}

std::string bytes_of(const std::string& text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        const auto value = static_cast<uint8_t>(text[i]);
        bytes +=
            value < 0x80
                ? text[i]
                : static_cast<char>((value & 3U) << 6U | (static_cast<uint8_t>(text[++i]) & 0x3fU));
    }
    return bytes;
}

Json json_of(const Task& task) {
    const Credentials& ids = task.credentials;
    return {{"tgid", task.id.tgid},
            {"tid", task.id.tid},
            {"started", task.id.started.ns},
            {"uid", {ids.uid, ids.euid, ids.suid, ids.fsuid}},
            {"gid", {ids.gid, ids.egid, ids.sgid, ids.fsgid}},
            {"permitted", ids.permitted},
            {"effective", ids.effective},
            {"namespaces", {task.namespaces.user, task.namespaces.mount, task.namespaces.pid}},
            {"abi", static_cast<uint8_t>(task.abi)},
            {"comm", text_of(task.comm)}};
}

void put_captured(Json& out, const CapturedBytes& captured) {
    out["bytes"] = text_of(captured.bytes);
    out["full_length"] = captured.full_length;
    out["error"] = captured.error;
    out["cut"] = captured.cut;
}

Json json_of(std::span<const Claim> claims) {
    Json list = Json::array();
    for (const Claim& claim : claims) {
        Json out = {{"argument", claim.argument},
                    {"kind", static_cast<uint8_t>(claim.kind)},
                    {"register", claim.register_value}};
        if (claim.memory) put_captured(out, *claim.memory);
        list.push_back(std::move(out));
    }
    return list;
}

Json json_of(std::span<const KernelCopy> copies) {
    Json list = Json::array();
    for (const KernelCopy& copy : copies) {
        Json out = {{"argument", copy.argument},
                    {"kind", static_cast<uint8_t>(copy.kind)},
                    {"from_descriptor", copy.from_descriptor}};
        put_captured(out, copy.value);
        list.push_back(std::move(out));
    }
    return list;
}

Json json_of(std::span<const KernelObject> objects) {
    Json list = Json::array();
    for (const KernelObject& object : objects) {
        Json nodes = Json::array();
        for (const ObjectNode* node = object.node; node != nullptr; node = node->parent)
            nodes.push_back({{"device", node->id.device},
                             {"inode", node->id.inode},
                             {"generation", node->id.generation},
                             {"mode", node->mode},
                             {"uid", node->uid},
                             {"gid", node->gid},
                             {"links", node->links},
                             {"mount", node->mount},
                             {"name", text_of(node->name)},
                             {"cut", node->cut}});
        list.push_back({{"role", static_cast<uint8_t>(object.role)}, {"nodes", std::move(nodes)}});
    }
    return list;
}

void put_body(Json& out, const SyscallEntered& body) {
    out["entered"] = body.number;
    out["claims"] = json_of(body.claims);
}
void put_body(Json& out, const HookFired& body) {
    out["hook"] = body.hook;
    out["detail"] = body.detail;
    out["copies"] = json_of(body.copies);
    out["objects"] = json_of(body.objects);
}
void put_body(Json& out, const SyscallReturned& body) {
    out["returned"] = body.number;
    out["result"] = body.result;
    out["claims"] = json_of(body.claims);
}
void put_body(Json& out, const TaskForked& body) {
    out["child"] = json_of(*body.child);
}
void put_body(Json& out, const TaskExited& body) {
    out["exit_code"] = body.exit_code;
    out["last_thread"] = body.last_thread;
}
void put_body(Json& out, const TaskFound& body) {
    out["found"] = true;
    if (body.parent != nullptr) out["parent"] = json_of(*body.parent);
    out["objects"] = json_of(body.objects);
}

Json json_of(const Event& event) {
    Json out = {{"time", event.time.ns}, {"cpu", event.cpu}, {"sequence", event.sequence}};
    if (event.call) out["call"] = {event.call->cpu, event.call->number};
    out["task"] = json_of(*event.task);
    std::visit([&](const auto& body) { put_body(out, body); }, event.body);
    return out;
}

class LineDecoder {
  public:
    Event decode(std::string_view line) {
        strings_.clear();
        const Json in = Json::parse(line);
        Event event;
        event.time = {in["time"].get<uint64_t>()};
        event.cpu = in["cpu"].get<uint16_t>();
        event.sequence = in["sequence"].get<uint64_t>();
        if (const auto call = in.find("call"); call != in.end())
            event.call = CallId{(*call)[0].get<uint16_t>(), (*call)[1].get<uint64_t>()};
        task_ = task_from(in["task"]);
        event.task = &task_;
        event.body = body_from(in);
        return event;
    }

  private:
    decltype(Event::body) body_from(const Json& in) {
        if (in.contains("entered"))
            return SyscallEntered{in["entered"].get<uint16_t>(), read_claims(in["claims"])};
        if (in.contains("hook"))
            return HookFired{in["hook"].get<uint16_t>(), in["detail"].get<int64_t>(),
                             read_copies(in["copies"]), read_objects(in["objects"])};
        if (in.contains("returned"))
            return SyscallReturned{in["returned"].get<uint16_t>(), in["result"].get<int64_t>(),
                                   read_claims(in["claims"])};
        if (in.contains("child")) {
            other_ = task_from(in["child"]);
            return TaskForked{&other_, false, false};
        }
        if (in.contains("exit_code"))
            return TaskExited{in["exit_code"].get<int32_t>(), in["last_thread"].get<bool>()};
        TaskFound found;
        if (const auto parent = in.find("parent"); parent != in.end()) {
            other_ = task_from(*parent);
            found.parent = &other_;
        }
        found.objects = read_objects(in["objects"]);
        return found;
    }

    std::string_view keep(const Json& text) {
        return strings_.emplace_back(bytes_of(text.get_ref<const std::string&>()));
    }

    Task task_from(const Json& in) {
        Task task;
        task.id = {
            in["tgid"].get<int32_t>(), in["tid"].get<int32_t>(), {in["started"].get<uint64_t>()}};
        const auto& uid = in["uid"];
        const auto& gid = in["gid"];
        const auto id = [](const Json& value) { return value.get<uint32_t>(); };
        task.credentials = {id(uid[0]),
                            id(uid[1]),
                            id(uid[2]),
                            id(uid[3]),
                            id(gid[0]),
                            id(gid[1]),
                            id(gid[2]),
                            id(gid[3]),
                            in["permitted"].get<uint64_t>(),
                            in["effective"].get<uint64_t>()};
        const auto& namespaces = in["namespaces"];
        task.namespaces = {id(namespaces[0]), id(namespaces[1]), id(namespaces[2])};
        task.abi = static_cast<Abi>(in["abi"].get<uint8_t>());
        task.comm = keep(in["comm"]);
        return task;
    }

    CapturedBytes captured(const Json& in) {
        return {keep(in["bytes"]), in["full_length"].get<uint32_t>(), in["error"].get<int32_t>(),
                in["cut"].get<bool>()};
    }

    std::span<const Claim> read_claims(const Json& list) {
        claims_.clear();
        for (const Json& in : list) {
            Claim& claim = claims_.emplace_back();
            claim.argument = in["argument"].get<uint8_t>();
            claim.kind = static_cast<OperandKind>(in["kind"].get<uint8_t>());
            claim.register_value = in["register"].get<uint64_t>();
            if (in.contains("bytes")) claim.memory = ClaimedBytes{captured(in)};
        }
        return claims_;
    }

    std::span<const KernelCopy> read_copies(const Json& list) {
        copies_.clear();
        for (const Json& in : list)
            copies_.push_back({in["argument"].get<uint8_t>(),
                               static_cast<OperandKind>(in["kind"].get<uint8_t>()),
                               in["from_descriptor"].get<bool>(), KernelBytes{captured(in)}});
        return copies_;
    }

    std::span<const KernelObject> read_objects(const Json& list) {
        objects_.clear();
        nodes_.clear();
        for (const Json& in : list) {
            ObjectNode* below = nullptr;
            for (const Json& node : in["nodes"]) {
                ObjectNode& at = nodes_.emplace_back(node_from(node));
                if (below != nullptr)
                    below->parent = &at;
                else
                    objects_.push_back({static_cast<ObjectRole>(in["role"].get<uint8_t>()), &at});
                below = &at;
            }
        }
        return objects_;
    }

    ObjectNode node_from(const Json& in) {
        return {{in["device"].get<uint64_t>(), in["inode"].get<uint64_t>(),
                 in["generation"].get<uint32_t>()},
                in["mode"].get<uint32_t>(),
                in["uid"].get<uint32_t>(),
                in["gid"].get<uint32_t>(),
                in["links"].get<uint32_t>(),
                in["mount"].get<uint32_t>(),
                keep(in["name"]),
                nullptr,
                in["cut"].get<bool>()};
    }

    Task task_, other_;
    std::vector<Claim> claims_;
    std::vector<KernelCopy> copies_;
    std::vector<KernelObject> objects_;
    std::deque<ObjectNode> nodes_;
    std::deque<std::string> strings_;
};

}  // namespace

void encode_json_lines(std::span<const Event> events, ZstdBlocks& out) {
    out.clear();
    std::string plain;
    while (!events.empty()) {
        const size_t count = std::min(events.size(), kEventsPerBlock);
        plain.clear();
        for (const Event& event : events.first(count)) plain += json_of(event).dump() + '\n';
        out.append(plain);
        events = events.subspan(count);
    }
}

void decode_json_lines(ZstdBlocks& blocks, const std::function<void(const Event&)>& consume) {
    LineDecoder decoder;
    for (size_t i = 0; i < blocks.size(); ++i) {
        const auto plain = blocks.read(i);
        std::string_view rest(plain.data(), plain.size());
        while (!rest.empty()) {
            const size_t end = rest.find('\n');
            consume(decoder.decode(rest.substr(0, end)));
            rest.remove_prefix(end + 1);
        }
    }
}

}  // namespace tocsin::bench
