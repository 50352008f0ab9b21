// SPDX-License-Identifier: Apache-2.0
#include "gui/timeline/event_text.h"

#include <QLocale>
#include <algorithm>

#include "analyzer/report/escape.h"
#include "analyzer/report/phrases.h"
#include "gui/timeline/time_scale.h"

namespace tocsin::gui {
namespace {

constexpr size_t kCommColumns = 32;
constexpr size_t kPathColumns = 100;

QString shown(std::string_view bytes, size_t columns) {
    return QString::fromStdString(elide(escape(bytes), columns));
}

std::string_view last_component(std::string_view path) {
    const size_t slash = path.rfind('/');
    return slash == std::string_view::npos || slash + 1 == path.size() ? path
                                                                       : path.substr(slash + 1);
}

// The name that a process gave itself last, else its program's.
QString process_name(const EventStore& events, const ProcessRow& process) {
    for (const uint32_t thread : process.threads)
        if (events.threads()[thread].id.tid == process.tgid &&
            !events.threads()[thread].comm.empty())
            return shown(events.threads()[thread].comm, kCommColumns);
    if (!process.executable.empty()) return shown(last_component(process.executable), kCommColumns);
    if (!process.threads.empty())
        return shown(events.threads()[process.threads.front()].comm, kCommColumns);
    return QStringLiteral("process");
}

uint64_t events_in(const EventStore& events, RowId row) {
    if (row.kind == RowKind::kHost) return events.size();
    if (row.kind == RowKind::kFile) return events.by_file().events_of(row.index);
    if (row.kind == RowKind::kThread) return events.by_thread().events_of(row.index);
    uint64_t count = 0;
    for (const uint32_t thread : events.processes()[row.index].threads)
        count += events.by_thread().events_of(thread);
    return count;
}

}  // namespace

QString grouped(uint64_t number) {
    return QLocale(QLocale::English).toString(static_cast<qulonglong>(number));
}

RowText row_text(const EventStore& events, RowId row, std::string_view host) {
    switch (row.kind) {
        case RowKind::kHost:
            return {host.empty() ? QStringLiteral("host") : shown(host, kCommColumns), {}};
        case RowKind::kProcess: {
            const ProcessRow& process = events.processes()[row.index];
            return {process_name(events, process), QString::number(process.tgid)};
        }
        case RowKind::kThread: {
            const ThreadRow& thread = events.threads()[row.index];
            return {shown(thread.comm, kCommColumns),
                    QStringLiteral("thread %1").arg(thread.id.tid)};
        }
        case RowKind::kFile:
            return {file_name(events, row.index), grouped(events.by_file().events_of(row.index))};
    }
    return {};
}

RowText label_text(const EventStore& events, RowId row, std::string_view host) {
    const RowText text = row_text(events, row, host);
    if (row.kind != RowKind::kThread) return text;
    const ThreadRow& thread = events.threads()[row.index];
    const bool is_same = thread.process != kNoRow &&
                         text.name == process_name(events, events.processes()[thread.process]);
    return is_same ? RowText{text.detail, {}} : text;
}

QString row_sentence(const EventStore& events, const TimelineRow& row, std::string_view host) {
    const RowText text = row_text(events, row.id, host);
    const QString count =
        QString::fromStdString(count_text(events_in(events, row.id), "event", "events"));
    switch (row.id.kind) {
        case RowKind::kHost:
            return QStringLiteral("Host %1, %2.").arg(text.name, count);
        case RowKind::kProcess: {
            const ProcessRow& process = events.processes()[row.id.index];
            const QString executable = process.executable.empty()
                                           ? QStringLiteral("program not recorded")
                                           : shown(process.executable, kPathColumns);
            return QStringLiteral("Process %1, pid %2, %3, %4.")
                .arg(text.name, text.detail, executable, count);
        }
        case RowKind::kThread:
            return QStringLiteral("%2 %1, %3.").arg(text.name, text.detail, count);
        case RowKind::kFile: {
            const ObjectId& id = events.files()[row.id.index].id;
            return QStringLiteral("File %1, device %2, inode %3, %4.")
                .arg(text.name, QString::fromStdString(device_text(id.device)),
                     QString::number(id.inode), count);
        }
    }
    return {};
}

QString thread_name(const EventStore& events, uint32_t thread) {
    const ThreadRow& of = events.threads()[thread];
    const QString id = of.id.tid == of.id.tgid
                           ? QStringLiteral("pid %1").arg(of.id.tgid)
                           : QStringLiteral("pid %1, thread %2").arg(of.id.tgid).arg(of.id.tid);
    return shown(of.comm, kCommColumns) + QStringLiteral(" (") + id + QLatin1Char(')');
}

QString file_name(const EventStore& events, uint32_t file) {
    const FileRow& of = events.files()[file];
    if (!of.path.empty()) return shown(of.path, kPathColumns);
    return QStringLiteral("inode %1").arg(of.id.inode);
}

QString event_name(const EventStore& events, EventIndex event) {
    const uint16_t number = events.number(event);
    switch (events.kind(event)) {
        case EventKind::kEntry:
        case EventKind::kReturn:
            if (const SyscallInfo* call = find_syscall(number))
                return QString::fromUtf8(call->name.data(),
                                         static_cast<qsizetype>(call->name.size()));
            return QStringLiteral("system call %1").arg(number);
        case EventKind::kHook:
            if (const HookInfo* hook = find_hook(number))
                return QString::fromUtf8(hook->name.data(),
                                         static_cast<qsizetype>(hook->name.size()));
            return QStringLiteral("hook %1").arg(number);
        case EventKind::kFork:
            return QStringLiteral("fork");
        case EventKind::kExit:
            return QStringLiteral("exit");
        case EventKind::kFound:
            return QStringLiteral("found running");
    }
    return {};
}

QString event_sentence(const EventStore& events, EventIndex event, const TimeText& time_text) {
    const EventLine line = events.at(event);
    const QString by = thread_name(events, line.thread);
    const QString name = event_name(events, event);
    QString file;
    if (line.file != kNoRow) {
        file = file_name(events, line.file);
    } else if (line.kind == EventKind::kReturn) {
        if (const FileRow* of = file_of_call(events, event)) file = shown(of->path, kPathColumns);
    }
    const QString of = file.isEmpty() ? QString() : QStringLiteral(" of ") + file;
    switch (line.kind) {
        case EventKind::kEntry:
            return QStringLiteral("%1 entered by %2 at %3.").arg(name, by, time_text(line.time_ns));
        case EventKind::kHook:
            return QStringLiteral("%1%2, within a call by %3, at %4.")
                .arg(name, of, by, time_text(line.time_ns));
        case EventKind::kReturn: {
            const QString how = line.failed ? QStringLiteral("failed") : QStringLiteral("returned");
            if (line.partner == kNoEvent)
                return QStringLiteral("%1 by %2 %3 at %4; its entry is not recorded.")
                    .arg(name, by, how, time_text(line.time_ns));
            const uint64_t began = events.time_ns(line.partner);
            return QStringLiteral("%1%2 by %3 at %4, %5 after %6.")
                .arg(name, of, by, time_text(began), how,
                     duration_text(line.time_ns > began ? line.time_ns - began : 0));
        }
        case EventKind::kFork:
        case EventKind::kExit:
        case EventKind::kFound:
            break;
    }
    return QStringLiteral("%1: %2 at %3.").arg(by, name, time_text(line.time_ns));
}

const FileRow* file_of_call(const EventStore& events, EventIndex back) {
    const EventIndex entry = events.partner(back);
    if (entry == kNoEvent) return nullptr;
    const EventIndex named = events.find_in_call(entry, events.thread(back), [&](EventIndex event) {
        return event < back && events.file(event) != kNoRow;
    });
    return named != kNoEvent ? &events.files()[events.file(named)] : nullptr;
}

}  // namespace tocsin::gui
