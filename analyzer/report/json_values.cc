// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/json_values.h"

#include <fmt/format.h>

#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/object_changes.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/operand_text.h"
#include "analyzer/report/phrases.h"
#include "formats/text_form_rules.h"

namespace tocsin {
namespace {

Json json_view(OperandKind kind, const OwnedBytes& view) {
    Json out = json_bytes(view.bytes);
    if (is_structure(kind)) out["meaning"] = operand_text(kind, view.bytes);
    out["whole"] = view.is_whole();
    if (view.error != 0) out["errno"] = view.error;
    if (view.cut) out["cut"] = true;
    if (view.full_length != 0) out["full_length"] = view.full_length;
    return out;
}

template <typename Optional>
Json json_optional_view(OperandKind kind, const Optional& view) {
    return view ? json_view(kind, *view) : Json(nullptr);
}

Json json_operand(const Operand& operand) {
    Json out;
    out["argument"] = operand.info.argument;
    out["kind"] = name_of(operand.info.kind);
    out["register"] = fmt::format("{:#x}", operand.register_value);
    out["entry"] = json_optional_view(operand.info.kind, operand.entry);
    out["kernel"] = json_optional_view(operand.info.kind, operand.kernel);
    if (operand.from_descriptor) out["kernel_composed_from_descriptor"] = true;
    out["exit"] = json_optional_view(operand.info.kind, operand.exit);
    return out;
}

Json json_object(const FileObject& file) {
    const FileObject::Link& leaf = file.file();
    Json out;
    out["path"] = json_bytes(file.path());
    out["device"] = device_text(leaf.id.device);
    out["inode"] = std::to_string(leaf.id.inode);
    out["generation"] = leaf.id.generation;
    out["mode"] = fmt::format("{:06o}", leaf.mode);
    out["uid"] = leaf.uid;
    out["gid"] = leaf.gid;
    out["links"] = leaf.links;
    out["mount"] = leaf.mount;
    Json chain = Json::array();
    for (const FileObject::Link* link : file.chain())
        chain.push_back({{"name", json_bytes(link->name)},
                         {"device", device_text(link->id.device)},
                         {"inode", std::to_string(link->id.inode)},
                         {"generation", link->id.generation}});
    out["chain"] = std::move(chain);
    return out;
}

Json json_executable(const std::shared_ptr<const FileObject>& file) {
    return file ? json_object(*file) : Json(nullptr);
}

Json json_task(const TaskState& task) {
    static constexpr std::string_view kAbis[] = {"x86-64", "i386", "x32"};
    const Credentials& ids = task.credentials;
    Json out;
    out["pid"] = task.id.tgid;
    out["tid"] = task.id.tid;
    out["started_ns"] = json_time(task.id.started);
    out["comm"] = json_bytes(task.comm);
    out["abi"] = kAbis[static_cast<size_t>(task.abi)];
    out["uid"] = {ids.uid, ids.euid, ids.suid, ids.fsuid};
    out["gid"] = {ids.gid, ids.egid, ids.sgid, ids.fsgid};
    out["permitted"] = fmt::format("{:#x}", ids.permitted);
    out["effective"] = fmt::format("{:#x}", ids.effective);
    out["namespaces"] = {{"user", task.namespaces.user},
                         {"mount", task.namespaces.mount},
                         {"pid", task.namespaces.pid}};
    return out;
}

Json json_event(const std::optional<EventRef>& event) {
    if (!event) return nullptr;
    return {{"cpu", event->cpu}, {"sequence", event->sequence}};
}

Json json_call(const Operation& operation) {
    Json out;
    out["name"] = operation.syscall->name;
    out["number"] = operation.syscall->number;
    out["result"] = operation.result ? Json(*operation.result) : Json(nullptr);
    out["entered_ns"] = json_time(operation.began);
    out["copied_ns"] = operation.copied ? Json(json_time(*operation.copied)) : Json(nullptr);
    out["decided_ns"] = operation.decided ? Json(json_time(*operation.decided)) : Json(nullptr);
    out["returned_ns"] = operation.ended ? Json(json_time(*operation.ended)) : Json(nullptr);
    Json operands = Json::array();
    for (const Operand& operand : operation.operands) operands.push_back(json_operand(operand));
    out["operands"] = std::move(operands);
    Json objects = Json::object();
    for (const auto& [role, file] : operation.objects)
        objects[text_form::role_word(role)] = json_object(*file);
    out["objects"] = std::move(objects);
    Json links = Json::array();
    for (const FollowedLink& followed : operation.links)
        links.push_back(
            {{"link", json_object(*followed.link)},
             {"target", json_optional_view(OperandKind::kLinkTarget, followed.target)}});
    out["links_followed"] = std::move(links);
    out["peer"] = json_optional_view(OperandKind::kPeer, operation.peer);
    out["target_pid"] = operation.target_process ? Json(*operation.target_process) : Json(nullptr);
    out["joined_by_time"] = operation.joined_by_time;
    out["interpreter"] = json_optional_view(OperandKind::kInterpreter, operation.interpreter);
    Json hook_events = Json::array();
    for (const EventRef& event : operation.hook_events) hook_events.push_back(json_event(event));
    out["events"] = {{"entry", json_event(operation.entry_event)},
                     {"hooks", std::move(hook_events)},
                     {"return", json_event(operation.exit_event)}};
    return out;
}

// The parent first.
Json json_ancestors(const Caller& caller) {
    Json out = Json::array();
    const ProcessImage* child = caller.image.get();
    for (; child != nullptr && child->parent_id; child = child->parent.get()) {
        const ProcessImage* image = child->parent.get();
        Json one = {{"pid", child->parent_id->tgid},
                    {"started_ns", json_time(child->parent_id->started)}};
        one["comm"] = image ? Json(json_bytes(image->comm)) : Json(nullptr);
        one["executable"] = json_executable(image ? image->executable : nullptr);
        one["command_line"] =
            json_optional_view(OperandKind::kArgv, image ? image->command_line : std::nullopt);
        out.push_back(std::move(one));
    }
    return out;
}

void add_lineage(Json& out, const Caller& caller) {
    out["command_line"] = json_optional_view(
        OperandKind::kArgv, caller.image ? caller.image->command_line : std::nullopt);
    out["ancestors"] = json_ancestors(caller);
}

Json json_caller(const Operation& operation) {
    const Caller& caller = operation.caller;
    Json out = json_task(operation.task);
    out["executable"] = json_executable(caller.executable());
    out["origin_known"] = !caller.partial;
    add_lineage(out, caller);
    out["after"] = operation.task_after ? json_task(*operation.task_after) : Json(nullptr);
    return out;
}

std::string_view word_of(Truth truth) {
    switch (truth) {
        case Truth::kYes:
            return "yes";
        case Truth::kNo:
            return "no";
        case Truth::kUnknown:
            break;
    }
    return "unknown";
}

Json json_writer(const std::optional<MemoryWriter>& writer) {
    if (!writer) return nullptr;
    Json out = json_task(writer->task);
    out["executable"] = json_executable(writer->caller.executable());
    add_lineage(out, writer->caller);
    out["by"] = json_text(writer->how);
    out["wrote_these_bytes"] = word_of(writer->truth);
    out["event"] = json_event(writer->event);
    return out;
}

Json json_supervisor(const Candidate& candidate) {
    const auto& supervisor = candidate.supervisor;
    if (!supervisor) return nullptr;
    Json out = json_task(supervisor->task);
    out["executable"] = json_executable(supervisor->caller.executable());
    add_lineage(out, supervisor->caller);
    out["by"] = json_text(supervisor->how);
    out["claim"] = json_view(candidate.subject().info.kind, supervisor->bytes);
    out["time_ns"] = json_time(supervisor->time);
    out["event"] = json_event(supervisor->event);
    return out;
}

Json json_identity(const std::optional<ObjectId>& id) {
    if (!id) return nullptr;
    return {{"device", device_text(id->device)},
            {"inode", std::to_string(id->inode)},
            {"generation", id->generation},
            {"is_absent", *id == ObjectId{}}};
}

Json json_cell(const Cell& cell) {
    return {{"directory", json_identity(cell.directory)}, {"name", json_bytes(cell.name)}};
}

std::string_view word_of(Standing standing) {
    switch (standing) {
        case Standing::kSamePrincipal:
            return "same-principal";
        case Standing::kOtherCapabilities:
            return "same-user-other-capabilities";
        case Standing::kLessPrivileged:
            return "less-privileged";
        case Standing::kPeer:
            return "peer";
        case Standing::kMorePrivileged:
            return "more-privileged";
    }
    return "unknown";
}

Json json_mutation(const Mutation& mutation) {
    const Operation& operation = *mutation.operation;
    Json changes = Json::array();
    for (const BindingChange& change : binding_changes(operation))
        changes.push_back({{"cell", json_cell({change.directory, change.name})},
                           {"path", json_bytes(change.entry->path())},
                           {"before", json_identity(change.before)},
                           {"after", json_identity(change.after)}});
    Json files = Json::array();
    for (const ObjectChange& change : object_changes(operation))
        files.push_back(
            {{"aspect", name_of(change.aspect)}, {"file", json_object(*change.object)}});
    return {{"caller", json_caller(operation)},
            {"call", json_call(operation)},
            {"changes", std::move(changes)},
            {"changed_files", std::move(files)},
            {"standing_to_user_of_name", word_of(mutation.standing)},
            {"explains", mutation.explains},
            {"order_is_certain", mutation.is_order_certain}};
}

Json json_race(const std::shared_ptr<const NameRace>& race, const Operation& use) {
    if (race == nullptr) return nullptr;
    Json out;
    out["name"] = json_bytes(race->name);
    out["place"] = json_cell(race->place.cell);
    out["place"]["file"] = json_object(*race->place.file);
    out["expected"] = json_identity(race->expected_id);
    out["found"] = race->found ? json_identity(race->found_id) : Json(nullptr);
    out["check"] = json_call(*race->check);
    out["check_argument"] = race->check->operands[race->check_operand].info.argument;
    Json mutations = Json::array();
    for (const Mutation& mutation : race->mutations) mutations.push_back(json_mutation(mutation));
    out["mutations"] = std::move(mutations);
    out["mutations_left_out"] = race->mutations_left_out;
    out["explained_by"] = race->explanation ? Json(*race->explanation) : Json(nullptr);
    out["exposed_to"] = race->exposed_to ? json_task(*race->exposed_to) : Json(nullptr);
    const auto ns = [](std::chrono::nanoseconds gap) { return std::to_string(gap.count()); };
    out["check_to_use_ns"] = ns(gap_between(decision_of(*race->check), decision_of(use)));
    const Mutation* mutation = race->explained_by();
    out["change_to_use_ns"] =
        mutation != nullptr
            ? Json(ns(gap_between(effect_of(*mutation->operation), decision_of(use))))
            : Json(nullptr);
    return out;
}

Json json_process(const ProcessSeen& process) {
    Json out = json_task(process.state);
    out["executable"] = json_executable(process.image->executable);
    add_lineage(out, {process.image, false});
    return out;
}

Json json_process_race(const std::shared_ptr<const ProcessRace>& race) {
    if (race == nullptr) return nullptr;
    return {{"check", json_call(*race->check)},
            {"expected", json_process(race->expected)},
            {"found", json_process(race->found)},
            {"is_another_process", race->is_another_process()},
            {"change", race->change ? json_call(*race->change) : Json(nullptr)}};
}

Json json_pids(const ProcessCoverage& pids) {
    return {{"named", pids.named},
            {"compared", pids.compared},
            {"of_unknown_process", pids.unknown},
            {"forgotten", pids.forgotten}};
}

Json json_places(const WorldGaps& world) {
    return {{"names_started", world.names_started},
            {"of_unknown_root", world.of_unknown_root},
            {"of_unknown_cwd", world.of_unknown_cwd},
            {"of_unknown_descriptor", world.of_unknown_descriptor},
            {"descriptors_left_out", world.slots_left_out},
            {"pivots", world.pivots}};
}

Json json_names(const NameCoverage& names) {
    return {{"looked_up", names.looked_up},
            {"of_unknown_place", names.of_unknown_place},
            {"uses", names.uses},
            {"uses_compared", names.uses_compared},
            {"of_unknown_mounts", names.of_unknown_mounts},
            {"changes", names.changes},
            {"checks_forgotten", names.checks_forgotten},
            {"changes_forgotten", names.changes_forgotten},
            {"exposures_left_out", names.exposures_left_out}};
}

Json json_reasoning(const Candidate& candidate) {
    Json deceived = Json::array();
    for (const Deception& deception : candidate.deceptions)
        deceived.push_back({{"monitor", name_of(deception.monitor)},
                            {"deceived", word_of(deception.deceived)},
                            {"why", deception.why}});
    Json predicates = Json::array();
    for (const Predicate& predicate : candidate.predicates)
        predicates.push_back(
            {{"holds", word_of(predicate.truth)}, {"statement", predicate.statement}});
    return {{"deceived", std::move(deceived)},
            {"predicates", std::move(predicates)},
            {"counter_hypothesis", candidate.counter_hypothesis}};
}

}  // namespace

Json json_bytes(std::string_view bytes) {
    Json out;
    out["text"] = escape(bytes);
    if (out["text"].get_ref<const std::string&>() != bytes) out["hex"] = hex(bytes);
    return out;
}

std::string json_text(std::string_view text) {
    return escape(text);
}

std::string json_time(BootTime time) {
    return std::to_string(time.ns);
}

Json json_losses(const LossCounts& lost) {
    Json out = Json::object();
    for (size_t i = 0; i < kLossCauses; ++i)
        out[std::string(name_of(static_cast<LossCause>(i)))] = lost[i];
    return out;
}

Json json_span(const TimeSpan& span) {
    return {{"from_ns", json_time({span.from_ns})},
            {"to_ns", span.to_ns == UINT64_MAX ? Json(nullptr) : Json(json_time({span.to_ns}))}};
}

Json json_trace(const TraceFacts& trace) {
    const TraceHeader& header = trace.header;
    Json out;
    out["name"] = json_bytes(trace.name);
    out["host"] = json_text(header.host);
    out["kernel_release"] = json_text(header.kernel_release);
    out["kernel_version"] = json_text(header.kernel_version);
    out["machine"] = json_text(header.machine);
    out["boot_id"] = json_text(header.boot_id);
    out["cpus"] = header.cpus;
    out["recorder_version"] = json_text(header.recorder_version);
    out["format_version"] = header.format_version;
    Json options = Json::array();
    for (const std::string& option : header.options) options.push_back(json_bytes(option));
    out["recorder_options"] = std::move(options);
    Json sysctls = Json::object();
    for (const Setting& setting : header.sysctls)
        sysctls[json_text(setting.name)] = json_text(setting.value);
    out["sysctls"] = std::move(sysctls);
    Json hooks = Json::array();
    for (const HookStatus& hook : header.hooks) {
        Json entry{{"name", json_text(hook.name)}, {"source", json_text(hook.source)}};
        entry["refusal"] = hook.refusal.empty() ? Json(nullptr) : Json(json_text(hook.refusal));
        if (const HookInfo* info = find_hook(hook.name)) entry["cannot_see"] = info->cannot_see;
        hooks.push_back(std::move(entry));
    }
    out["hooks"] = std::move(hooks);
    out["first_ns"] = trace.first ? Json(json_time(*trace.first)) : Json(nullptr);
    out["last_ns"] = trace.last ? Json(json_time(*trace.last)) : Json(nullptr);
    out["began_utc"] =
        trace.first && trace.clock ? Json(utc_text(*trace.clock, *trace.first)) : Json(nullptr);
    out["end"] = name_of(trace.end);
    out["end_reason"] =
        json_text(trace.end == TraceEnd::kSealed ? trace.seal_reason : trace.end_reason);
    out["chunks"] = trace.chunks;
    out["file_bytes"] = trace.file_bytes;
    out["chain_hash"] = hex(trace.chain_hash);
    return out;
}

Json json_coverage(const Coverage& coverage) {
    Json out;
    out["events"] = coverage.events;
    out["snapshot_threads"] = coverage.snapshot_tasks;
    Json calls = Json::object();
    for (const auto& [name, counts] : coverage.calls)
        calls[std::string(name)] = {{"calls", counts.calls},
                                    {"failed", counts.failed},
                                    {"entry_missing", counts.entry_missing},
                                    {"return_missing", counts.unfinished}};
    out["calls"] = std::move(calls);
    Json arguments = Json::object();
    for (size_t i = 0; i < kEvaluations; ++i)
        arguments[std::string(name_of(static_cast<Evaluation>(i)))] = coverage.evaluations[i];
    out["arguments"] = std::move(arguments);
    out["names"] = json_names(coverage.names);
    out["pids"] = json_pids(coverage.pids);
    out["supervisors"] = {{"held_back", coverage.supervisors.held_back},
                          {"forgotten", coverage.supervisors.forgotten},
                          {"reads_forgotten", coverage.supervisors.reads_forgotten}};
    out["shared_descriptors"] = {{"used", coverage.descriptors.used},
                                 {"forgotten", coverage.descriptors.forgotten}};
    out["places"] = json_places(coverage.world);
    out["unjoined"] = {{"returns_without_call", coverage.gaps.returns_without_call},
                       {"hooks_without_call", coverage.gaps.hooks_without_call},
                       {"hooks_joined_by_time", coverage.gaps.hooks_joined_by_time},
                       {"hooks_only", coverage.gaps.hooks_only},
                       {"calls_of_others", coverage.gaps.calls_of_others},
                       {"unknown_calls", coverage.gaps.unknown_calls},
                       {"closed_early", coverage.gaps.closed_early},
                       {"links_left_out", coverage.gaps.links_left_out},
                       {"objects_left_out", coverage.gaps.objects_left_out}};
    out["orders_forgotten"] = coverage.orders_forgotten;
    out["processes"] = coverage.processes;
    out["partial_processes"] = coverage.partial_processes;
    out["lost"] = json_losses(coverage.lost);
    Json gaps = Json::array();
    for (const LossInterval& loss : coverage.losses)
        gaps.push_back({{"cpu", loss.cpu},
                        {"after_ns", json_time(loss.after)},
                        {"before_ns", json_time(loss.before)},
                        {"records", loss.count},
                        {"in_damaged_chunk", loss.in_damaged_chunk}});
    out["gaps"] = std::move(gaps);
    Json damage = Json::array();
    for (const DamagedChunk& chunk : coverage.damage)
        damage.push_back({{"chunk", chunk.chunk},
                          {"cpu", chunk.cpu},
                          {"first_ns", json_time(chunk.first_time)},
                          {"last_ns", json_time(chunk.last_time)},
                          {"events", chunk.events},
                          {"message", json_text(chunk.message)}});
    out["damage"] = std::move(damage);
    return out;
}

Json json_finding(const TraceFacts& trace, const Finding& finding) {
    const Candidate& candidate = finding.candidate;
    const Judgement& judgement = finding.judgement;
    Json out;
    out["fingerprint"] = finding.fingerprint;
    out["more_like_it"] = finding.more;
    out["occurrences"] = candidate.occurrences;
    out["rule"] = name_of(candidate.rule);
    out["meaning"] = meaning_of(candidate.rule);
    out["severity"] = name_of(judgement.severity);
    out["severity_score"] = judgement.severity_score;
    out["severity_reasons"] = judgement.severity_reasons;
    out["confidence"] = judgement.confidence;
    Json steps = Json::array();
    for (const ConfidenceStep& step : judgement.confidence_steps)
        steps.push_back({{"points", step.points}, {"why", step.why}});
    out["confidence_steps"] = std::move(steps);
    out["set_aside_by"] =
        judgement.set_aside_by.empty() ? Json(nullptr) : Json(judgement.set_aside_by);
    if (!judgement.set_aside_reason.empty()) out["set_aside_reason"] = judgement.set_aside_reason;
    out["references"] = {{"cwe", judgement.references.cwe},
                         {"capec", judgement.references.capec},
                         {"attack", judgement.references.attack}};
    out["argument"] = candidate.subject().info.argument;
    out["claim"] = json_bytes(candidate.claim);
    out["truth"] = json_bytes(candidate.truth);
    out["first_difference"] = candidate.difference ? Json(*candidate.difference) : Json(nullptr);
    out["utc"] =
        trace.clock ? Json(utc_text(*trace.clock, candidate.operation->began)) : Json(nullptr);
    out["caller"] = json_caller(*candidate.operation);
    out["call"] = json_call(*candidate.operation);
    out["race"] = json_race(candidate.race, *candidate.operation);
    out["process_race"] = json_process_race(candidate.process_race);
    out["writer"] = json_writer(candidate.writer);
    out["supervisor"] = json_supervisor(candidate);
    out["reasoning"] = json_reasoning(candidate);
    return out;
}

}  // namespace tocsin
