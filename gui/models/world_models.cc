// SPDX-License-Identifier: Apache-2.0
#include "gui/models/world_models.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"

namespace tocsin::gui {
namespace {

constexpr size_t kPathColumns = 200, kCommandColumns = 1000;
constexpr const char* kNotRecorded = "not recorded";

std::string path_text(const std::string& path) {
    return elide(quote(path), kPathColumns);
}

std::string file_text(const std::optional<FileAt>& file) {
    if (!file) return kNotRecorded;
    return fmt::format("{} {}/{} {} owner {}:{}", path_text(file->path),
                       device_text(file->id.device), file->id.inode, mode_text(file->mode),
                       file->uid, file->gid);
}

std::string ids_text(uint32_t id, uint32_t effective, uint32_t saved, uint32_t of_files) {
    return fmt::format("real {}, effective {}, saved {}, of files {}", id, effective, saved,
                       of_files);
}

void add_identity(FieldNode& root, const ProcessInFull& full) {
    const ProcessAt& process = full.process;
    FieldNode& group =
        root.add("Process", fmt::format("{} {}", quote(process.comm), process.id.tgid));
    group.add("started", process.id.started.ns != 0
                             ? fmt::format("{} ns since boot", process.id.started.ns)
                             : kNotRecorded);
    group.add("parent", process.parent ? std::to_string(process.parent->tgid) : kNotRecorded);
    group.add("executable", file_text(full.executable));
    group.add("command line", full.command_line
                                  ? elide(quote_strings(*full.command_line), kCommandColumns)
                                  : kNotRecorded);
    group.add("threads", fmt::format("{}, as far as they were seen", process.threads));
    group.add("memory shared by", count_text(full.sharers_of_memory, "process", "processes"));
    if (process.is_partial)
        group.add("its beginning", "is not in the trace: what it had then is not known");
}

void add_credentials(FieldNode& root, const ProcessInFull& full) {
    const Credentials& who = full.credentials;
    FieldNode& group = root.add("Credentials", "of the thread that made its last record");
    group.add("user", ids_text(who.uid, who.euid, who.suid, who.fsuid));
    group.add("group", ids_text(who.gid, who.egid, who.sgid, who.fsgid));
    group.add("capabilities",
              fmt::format("effective 0x{:x}, permitted 0x{:x}", who.effective, who.permitted));
    const Namespaces& spaces = full.namespaces;
    group.add("namespaces",
              fmt::format("user {}, mount {}, pid {}", spaces.user, spaces.mount, spaces.pid));
}

void add_places(FieldNode& root, const ProcessInFull& full) {
    FieldNode& group =
        root.add("Directories", full.has_own_places ? "some thread has its own since: not followed"
                                                    : "where its names start from");
    group.add("working directory", file_text(full.cwd));
    group.add("root", file_text(full.root));
}

void add_descriptors(FieldNode& root, const ProcessInFull& full) {
    FieldNode& group =
        root.add("Descriptors",
                 full.has_own_tables ? "some thread has a table of its own since: not followed"
                 : full.descriptors.empty()
                     ? "none was recorded"
                     : fmt::format("{} known; others may be open", full.descriptors.size()));
    for (const DescriptorAt& descriptor : full.descriptors)
        group.add(QString::number(descriptor.number),
                  QString::fromStdString(file_text(descriptor.file) +
                                         (descriptor.closes_on_exec ? ", closes on exec" : "")));
}

// The mounts that its files are on: of others nothing is recorded.
void add_mounts(FieldNode& root, const ProcessInFull& full) {
    std::map<uint32_t, std::set<uint64_t>> devices_of;
    const auto note = [&](const std::optional<FileAt>& file) {
        if (file && file->mount != 0) devices_of[file->mount].insert(file->id.device);
    };
    for (const auto* file : {&full.executable, &full.cwd, &full.root}) note(*file);
    for (const DescriptorAt& descriptor : full.descriptors) note(descriptor.file);
    FieldNode& group =
        root.add("Mounts", devices_of.empty() ? kNotRecorded : "that the files above are on");
    for (const auto& [mount, devices] : devices_of) {
        std::string text;
        for (const uint64_t device : devices)
            text += (text.empty() ? "device " : ", ") + device_text(device);
        group.add(QString::number(mount), QString::fromStdString(text));
    }
}

}  // namespace

void ProcessTree::show(const WorldSnapshot& snapshot) {
    if (snapshot.processes == shown_) return;
    shown_ = snapshot.processes;
    std::map<int32_t, const ProcessAt*> living;
    for (const ProcessAt& process : shown_) living.emplace(process.id.tgid, &process);
    const auto parent_of = [&](const ProcessAt& process) -> const ProcessAt* {
        if (!process.parent) return nullptr;
        const auto at = living.find(process.parent->tgid);
        // An id that is given anew is another process.
        const bool is_it =
            at != living.end() && at->second != &process &&
            (process.parent->started == at->second->id.started || process.parent->started.ns == 0);
        return is_it ? at->second : nullptr;
    };
    std::map<const ProcessAt*, std::vector<const ProcessAt*>> children;
    for (const ProcessAt& process : shown_) children[parent_of(process)].push_back(&process);
    auto root = std::make_unique<FieldNode>();
    // Deeper ones, and those in a ring of parents that a damaged trace makes, are put to the top.
    constexpr int kDeepest = 100;
    std::set<const ProcessAt*> added;
    const auto add = [&](const auto& self, FieldNode& into, const ProcessAt& process,
                         int depth) -> void {
        if (!added.insert(&process).second) return;
        FieldNode& node = into.add(
            QString::fromStdString(
                fmt::format("{} {}", elide(escape(process.comm), 24), process.id.tgid)),
            QString::fromStdString(process.executable.empty() ? kNotRecorded
                                                              : path_text(process.executable)));
        node.key = process.id.tgid;
        if (depth >= kDeepest) return;
        for (const ProcessAt* child : children[&process]) self(self, node, *child, depth + 1);
    };
    for (const ProcessAt* process : children[nullptr]) add(add, *root, *process, 0);
    for (const ProcessAt& process : shown_) add(add, *root, process, 0);
    update_root(std::move(root));
}

QVariant ProcessTree::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == kLabel ? QStringLiteral("Process") : QStringLiteral("Executable");
}

void ProcessFields::show(const ProcessInFull* process) {
    auto root = std::make_unique<FieldNode>();
    if (process != nullptr) {
        add_identity(*root, *process);
        add_credentials(*root, *process);
        add_places(*root, *process);
        add_descriptors(*root, *process);
        add_mounts(*root, *process);
    }
    update_root(std::move(root));
}

}  // namespace tocsin::gui
