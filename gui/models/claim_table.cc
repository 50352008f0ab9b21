// SPDX-License-Identifier: Apache-2.0
#include "gui/models/claim_table.h"

#include <algorithm>
#include <functional>

#include "analyzer/replay/binding_changes.h"
#include "analyzer/replay/object_changes.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/finding_text.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/views_text.h"

namespace tocsin::gui {
namespace {

using Cell = ClaimTable::Cell;
using Entry = ClaimTable::Entry;

Entry plain(const std::string& text) {
    return {QString::fromStdString(text)};
}
Entry not_recorded() {
    return {QStringLiteral("not recorded"), Cell::kNotRecorded};
}
Entry none() {
    return {QString::fromUtf8("–"), Cell::kNone};
}

std::string type_text(uint32_t mode) {
    switch (mode & FileObject::Link::kTypeMask) {
        case 0100000:
            return "file";
        case 0040000:
            return "directory";
        case 0120000:
            return "symbolic link";
        case 0140000:
            return "socket";
        case 0010000:
            return "fifo";
        case 0020000:
            return "character device";
        case 0060000:
            return "block device";
        default:
            return "unknown";
    }
}

// A property of a file that a name led to.
struct Property {
    const char* what;
    std::string (*of)(const FileObject& file);
};
constexpr Property kOfIdentity[] = {
    {"device", [](const FileObject& file) { return device_text(file.link.id.device); }},
    {"inode", [](const FileObject& file) { return std::to_string(file.link.id.inode); }},
    {"generation", [](const FileObject& file) { return std::to_string(file.link.id.generation); }},
};
constexpr Property kOfFile[] = {
    {"type", [](const FileObject& file) { return type_text(file.link.mode); }},
    {"mode", [](const FileObject& file) { return mode_text(file.link.mode); }},
    {"owner",
     [](const FileObject& file) {
         return std::to_string(file.link.uid) + ':' + std::to_string(file.link.gid);
     }},
    {"links", [](const FileObject& file) { return std::to_string(file.link.links); }},
    {"mount", [](const FileObject& file) { return std::to_string(file.link.mount); }},
};

// What a name led to at one moment.
struct Found {
    std::shared_ptr<const FileObject> file;  // nullptr: not recorded
    ObjectId id;                             // all zeros: nothing had the name

    Entry path() const {
        if (file == nullptr) return not_recorded();
        if (id != ObjectId{}) return plain(path_shown(*file));
        return plain("nothing of that name" +
                     (file->parent ? " in " + path_shown(*file->parent) : std::string()));
    }
    Entry identity(const Property& property) const {
        if (file == nullptr) return not_recorded();
        if (id == ObjectId{}) return none();
        FileObject only_id;
        only_id.link.id = id;
        return plain(property.of(only_id));
    }
    // Of the file itself, not of one that had the name before it.
    Entry of_file(const Property& property) const {
        if (file == nullptr) return not_recorded();
        if (id == ObjectId{}) return none();
        return file->link.id == id ? plain(property.of(*file)) : not_recorded();
    }
};

// What the change put in place; the file as another record of the change has it.
struct Change {
    const Operation* call = nullptr;  // nullptr: none is recorded
    std::optional<BindingChange> binding;
    std::shared_ptr<const FileObject> object;  // of content or rights, as it was before
    Found after;

    explicit Change(const NameRace& race) {
        const Mutation* mutation = race.explained_by();
        if (mutation == nullptr) return;
        call = mutation->operation.get();
        for (BindingChange& one : binding_changes(*call))
            if (!binding || one.entry->path() == race.place.file->path()) binding = std::move(one);
        for (const ObjectChange& one : object_changes(*call)) object = one.object;
        if (!binding || !binding->after) return;
        after.id = *binding->after;
        for (const auto& [role, file] : call->objects)
            if (file->link.id == after.id) after.file = file;
        if (after.file == nullptr && after.id == ObjectId{}) after.file = binding->entry;
    }

    Entry path() const {
        if (call == nullptr) return not_recorded();
        if (binding) return plain(path_shown(*binding->entry));
        return object ? plain(path_shown(*object)) : not_recorded();
    }
    Entry identity(const Property& property) const {
        if (binding && binding->after) {
            if (after.id == ObjectId{}) return plain("nothing");
            return Found{binding->entry, after.id}.identity(property);
        }
        return object ? plain(property.of(*object)) : not_recorded();
    }
    Entry of_file(const Property& property) const {
        if (binding) return after.of_file(property);
        return object ? plain(property.of(*object)) : not_recorded();
    }
};

Entry claim_of(const Operand& operand, const OptionalView<ClaimView>& view) {
    return view ? plain(view_shown(operand.info.kind, *view)) : not_recorded();
}
Entry copy_of(const Operand& operand) {
    return operand.kernel ? plain(view_shown(operand.info.kind, *operand.kernel)) : not_recorded();
}

Entry link_of(const Operation& call, const Operand& operand) {
    for (const FollowedLink& followed : call.links)
        if (followed.argument == operand.info.argument) return plain(link_shown(followed));
    return none();
}

bool is_same(const Entry& one, const Entry& other) {
    return one.state == other.state && one.text == other.text;
}

// Of two rows that say the same, one.
void add_claims(ClaimTable& table, ClaimTable::Row entry, ClaimTable::Row copy) {
    if (std::equal(entry.cells.begin(), entry.cells.end(), copy.cells.begin(), is_same)) {
        entry.what += QStringLiteral(", ") + copy.what;
        table.rows.push_back(std::move(entry));
        return;
    }
    table.rows.push_back(std::move(entry));
    table.rows.push_back(std::move(copy));
}

// Marks the cells of check and use where both are known and not the same.
void mark_difference(ClaimTable::Row& row) {
    Entry &first = row.cells.front(), &last = row.cells.back();
    const auto is_known = [](const Entry& entry) { return entry.state == Cell::kPlain; };
    if (is_known(first) && is_known(last) && first.text != last.text)
        first.state = last.state = Cell::kChanged;
}

ClaimTable of_names(const Candidate& candidate) {
    const NameRace& race = *candidate.race;
    const Operation &check = *race.check, &use = *candidate.operation;
    const Operand& checked_name = check.operands[race.check_operand];
    const Operand& used_name = use.operands[candidate.operand];
    const Found checked{race.expected, race.expected_id}, used{race.found, race.found_id};
    const Change change(race);
    const Operand* changed_name = nullptr;
    if (change.call != nullptr)
        for (const Operand& operand : change.call->operands)
            if (operand.info.kind == OperandKind::kPath) changed_name = &operand;
    ClaimTable table{QStringLiteral("What the name led to"),
                     {QStringLiteral("At the check"), QStringLiteral("By the change"),
                      QStringLiteral("At the use")},
                     {}};
    const auto add = [&](const char* what, Entry at_check, Entry at_change, Entry at_use) {
        table.rows.push_back({QString::fromUtf8(what),
                              {std::move(at_check), std::move(at_change), std::move(at_use)}});
    };
    const auto of_change = [&](auto&& entry) {
        if (change.call == nullptr) return not_recorded();
        return changed_name != nullptr ? entry(*changed_name) : none();
    };
    add("call", plain(call_shown(check)),
        change.call != nullptr ? plain(call_shown(*change.call)) : not_recorded(),
        plain(call_shown(use)));
    add_claims(table,
               {QStringLiteral("entry bytes"),
                {claim_of(checked_name, checked_name.entry),
                 of_change([](const Operand& o) { return claim_of(o, o.entry); }),
                 claim_of(used_name, used_name.entry)}},
               {QStringLiteral("kernel copy"),
                {copy_of(checked_name), of_change(copy_of), copy_of(used_name)}});
    const size_t first_truth = table.rows.size();
    add("through link", link_of(check, checked_name), none(), link_of(use, used_name));
    add("object", checked.path(), change.path(), used.path());
    for (const Property& property : kOfIdentity)
        add(property.what, checked.identity(property), change.identity(property),
            used.identity(property));
    for (const Property& property : kOfFile)
        add(property.what, checked.of_file(property), change.of_file(property),
            used.of_file(property));
    for (size_t i = first_truth; i < table.rows.size(); ++i) mark_difference(table.rows[i]);
    add("exit bytes", claim_of(checked_name, checked_name.exit),
        of_change([](const Operand& o) { return claim_of(o, o.exit); }),
        claim_of(used_name, used_name.exit));
    return table;
}

ClaimTable of_processes(const Candidate& candidate) {
    const ProcessRace& race = *candidate.process_race;
    const auto& [one, one_image] = race.expected;
    const auto& [other, other_image] = race.found;
    const Operation* change = race.change.get();
    ClaimTable table{QStringLiteral("Whom the pid stood for"),
                     {QStringLiteral("At the check"), QStringLiteral("By the change"),
                      QStringLiteral("At the use")},
                     {}};
    const auto add = [&](const char* what, Entry at_check, Entry at_change, Entry at_use) {
        table.rows.push_back({QString::fromUtf8(what),
                              {std::move(at_check), std::move(at_change), std::move(at_use)}});
    };
    const auto executable = [](const ProcessImage& image) {
        return image.executable ? plain(path_shown(*image.executable)) : not_recorded();
    };
    const auto began = [](const TaskState& task) {
        return plain(seconds_text(task.id.started.ns) + " after boot");
    };
    const auto ids = [](uint32_t real, uint32_t effective) {
        return std::to_string(real) + ", acts as " + std::to_string(effective);
    };
    const auto ids_changed = [&](uint32_t Credentials::*real, uint32_t Credentials::*effective) {
        if (change == nullptr) return race.is_another_process() ? none() : not_recorded();
        if (!change->task_after) return not_recorded();
        const Credentials& now = change->task_after->credentials;
        return plain(ids(now.*real, now.*effective));
    };
    add("call", plain(call_shown(*race.check)),
        change != nullptr           ? plain(call_shown(*change))
        : race.is_another_process() ? Entry{QStringLiteral("the process ended, and its id was "
                                                           "given anew"),
                                            Cell::kNone}
                                    : not_recorded(),
        plain(call_shown(*candidate.operation)));
    add("pid", plain(std::to_string(one.id.tgid)), none(), plain(std::to_string(other.id.tgid)));
    add("began", began(one), none(), began(other));
    add("executable", executable(*one_image), none(), executable(*other_image));
    add("comm", plain(quote(one.comm)), none(), plain(quote(other.comm)));
    const Credentials &then = one.credentials, &now = other.credentials;
    add("uid", plain(ids(then.uid, then.euid)), ids_changed(&Credentials::uid, &Credentials::euid),
        plain(ids(now.uid, now.euid)));
    add("gid", plain(ids(then.gid, then.egid)), ids_changed(&Credentials::gid, &Credentials::egid),
        plain(ids(now.gid, now.egid)));
    for (size_t i = 1; i < table.rows.size(); ++i) mark_difference(table.rows[i]);
    return table;
}

ClaimTable of_views(const Candidate& candidate) {
    const Operation& call = *candidate.operation;
    const Operand& operand = candidate.subject();
    ClaimTable table{
        QStringLiteral("Argument %1, %2: what the program showed, and what the kernel "
                       "used")
            .arg(operand.info.argument)
            .arg(QString::fromUtf8(name_of(operand.info.kind).data(),
                                   static_cast<qsizetype>(name_of(operand.info.kind).size()))),
        {QStringLiteral("E: entry claim"), QStringLiteral("S: kernel copy"),
         QStringLiteral("X: exit claim")},
        {}};
    const FileObject* object = call.object();
    const auto since = [&](const std::optional<BootTime>& time) {
        return time ? plain(gap_text(call.began, *time)) : not_recorded();
    };
    table.rows.push_back({QStringLiteral("since entry"),
                          {since(call.began), since(call.copied), since(call.ended)}});
    ClaimTable::Row bytes{
        QStringLiteral("bytes"),
        {claim_of(operand, operand.entry), copy_of(operand), claim_of(operand, operand.exit)}};
    // Held against the kernel's copy, else against the claim at entry.
    const size_t reference = operand.kernel ? 1 : 0;
    for (size_t i = 0; i < bytes.cells.size(); ++i)
        if (i != reference && bytes.cells[i].state == Cell::kPlain &&
            bytes.cells[reference].state != Cell::kNotRecorded &&
            bytes.cells[i].text != bytes.cells[reference].text)
            bytes.cells[i].state = Cell::kChanged;
    table.rows.push_back(std::move(bytes));
    const auto add_of_object = [&](const char* what, Entry entry) {
        table.rows.push_back({QString::fromUtf8(what), {std::move(entry)}});
    };
    add_of_object("K: object", object != nullptr ? plain(path_shown(*object)) : not_recorded());
    add_of_object("decided", since(call.decided));
    for (const Property& property : kOfIdentity)
        if (object != nullptr) add_of_object(property.what, plain(property.of(*object)));
    for (const Property& property : kOfFile)
        if (object != nullptr) add_of_object(property.what, plain(property.of(*object)));
    if (call.peer) add_of_object("peer", plain(view_shown(OperandKind::kPeer, *call.peer)));
    if (const auto& supervisor = candidate.supervisor) {
        table.columns.prepend(QStringLiteral("Supervisor's claim"));
        table.rows[0].cells.insert(table.rows[0].cells.begin(), since(supervisor->time));
        Entry claim = plain(view_shown(operand.info.kind, supervisor->bytes));
        const Entry& copy = table.rows[1].cells[1];
        if (copy.state != Cell::kNotRecorded && claim.text != copy.text)
            claim.state = Cell::kChanged;
        table.rows[1].cells.insert(table.rows[1].cells.begin(), std::move(claim));
    }
    return table;
}

}  // namespace

ClaimTable claim_table_of(const Candidate& candidate) {
    ClaimTable table = candidate.race != nullptr           ? of_names(candidate)
                       : candidate.process_race != nullptr ? of_processes(candidate)
                                                           : of_views(candidate);
    std::stable_partition(table.rows.begin(), table.rows.end(), [](const ClaimTable::Row& row) {
        return std::any_of(row.cells.begin(), row.cells.end(),
                           [](const Entry& cell) { return cell.state == Cell::kChanged; });
    });
    return table;
}

}  // namespace tocsin::gui
