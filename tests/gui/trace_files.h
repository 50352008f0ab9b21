// SPDX-License-Identifier: Apache-2.0
//
// A trace, loaded as a window loads it.
#pragma once

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <string>
#include <string_view>

#include "gui/session/view_state.h"

namespace tocsin::test {

inline constexpr int kPatienceMs = 60000;

std::string sample(const std::string& name);
// A file of the text's trace, in a directory that is removed with the process.
std::string trace_file(std::string_view text);
// So many calls that open a file, by four threads on four CPUs.
std::string trace_file_of_calls(size_t calls);

// Events and findings are there.
struct LoadedTrace {
    explicit LoadedTrace(const std::string& path);
    gui::TraceSession session;
    gui::ViewState state;
};

// Until it holds, with events handled meanwhile; false: patience ended.
template <typename Condition>
bool wait_until(Condition condition) {
    QElapsedTimer waited;
    waited.start();
    while (!condition()) {
        if (waited.elapsed() > kPatienceMs) return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 10);
    }
    return true;
}

}  // namespace tocsin::test
