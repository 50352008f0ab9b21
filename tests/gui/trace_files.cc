// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/trace_files.h"

#include <QTemporaryDir>
#include <fstream>

#include "formats/check.h"
#include "tests/support/trace_builder.h"
#include "tests/unit/analyzer/analysis_fixture.h"

namespace tocsin::test {

std::string sample(const std::string& name) {
    return std::string(TOCSIN_SOURCE_DIR) + "/samples/" + name + "/recorded.tocsin";
}

namespace {

std::string file_of(const ParsedTrace& trace) {
    static const QTemporaryDir directory;
    static int files = 0;
    const Bytes bytes = bytes_of(trace);
    const std::string path = directory.filePath(QString::number(files++)).toStdString() + ".tocsin";
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    CHECK(file.good());
    return path;
}

}  // namespace

std::string trace_file(std::string_view text) {
    return file_of(parsed(text));
}

// The events are multiplied in memory: text of so many would take long to parse.
std::string trace_file_of_calls(size_t calls) {
    ParsedTrace trace =
        parsed(exec_trace("task w1 tgid=201 comm=\"worker-one\" uid=1000\n"
                          "task w2 tgid=202 comm=\"worker-two\" uid=1000\n"
                          "task w3 tgid=203 comm=\"worker-three\" uid=1000\n"
                          "6.000000001 cpu1 w1 > openat path=0x10:\"/bin/ls\"\n"
                          "6.000000002 cpu1 w1 @ file_open path=\"/bin/ls\" opened=ls\n"
                          "6.000000003 cpu1 w1 < openat 3\n"
                          "6.000000004 cpu2 w2 > openat path=0x10:\"/bin/sh\"\n"
                          "6.000000005 cpu2 w2 < openat -ENOENT\n"
                          "6.000000006 cpu3 w3 > openat path=0x10:\"/bin/ls\"\n"
                          "6.000000007 cpu3 w3 < openat 4\n"));
    constexpr size_t kOfARound = 7;
    const size_t first = trace.events.size() - kOfARound;
    const std::vector<Event> round(trace.events.begin() + static_cast<std::ptrdiff_t>(first),
                                   trace.events.end());
    constexpr uint64_t kRoundNs = 1000;
    for (size_t i = 1; i < calls / 3; ++i)
        for (const Event& event : round) {
            Event again = event;
            again.time.ns += i * kRoundNs;
            const uint64_t of_cpu = event.cpu == 1 ? 3 : 2;
            again.sequence += i * of_cpu;
            if (again.call) again.call->number += i;
            trace.events.push_back(again);
        }
    return file_of(trace);
}

LoadedTrace::LoadedTrace(const std::string& path)
    : session(path, AnalysisOptions()), state(session) {
    bool is_complete = false, is_analyzed = false;
    const QObject here;
    QObject::connect(&session, &gui::TraceSession::eventsComplete, &here,
                     [&] { is_complete = true; });
    QObject::connect(&session, &gui::TraceSession::analyzed, &here, [&] { is_analyzed = true; });
    session.start();
    if (!wait_until([&] { return is_complete && is_analyzed; }))
        ADD_FAILURE() << path << " was not loaded";
}

}  // namespace tocsin::test
