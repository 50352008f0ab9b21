// SPDX-License-Identifier: Apache-2.0
#include "recorder/machine.h"

#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <fstream>
#include <string_view>

namespace tocsin {
namespace {

// Settings that decide how grave a finding is.
constexpr std::array<const char*, 8> kSysctls = {
    "fs.protected_fifos",       "fs.protected_hardlinks",     "fs.protected_regular",
    "fs.protected_symlinks",    "fs.suid_dumpable",           "kernel.unprivileged_bpf_disabled",
    "kernel.yama.ptrace_scope", "vm.unprivileged_userfaultfd"};

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

int64_t now_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

TraceHeader describe_machine() {
    TraceHeader header;
    utsname name{};
    uname(&name);
    header.recorder_version = TOCSIN_VERSION;
    header.host = name.nodename;
    header.kernel_release = name.release;
    header.kernel_version = name.version;
    header.machine = name.machine;
    header.boot_id = first_line("/proc/sys/kernel/random/boot_id");
    header.cpus = static_cast<uint16_t>(std::max(0L, sysconf(_SC_NPROCESSORS_CONF)));
    for (const std::string setting : kSysctls) {
        std::string path = setting;
        std::replace(path.begin(), path.end(), '.', '/');
        if (std::string value = first_line("/proc/sys/" + path); !value.empty())
            header.sysctls.push_back({setting, std::move(value)});
    }
    return header;
}

Result<> check_process(int pid) {
    const std::string id = std::to_string(pid);
    std::ifstream status("/proc/" + id + "/status");
    if (!status) return Error{"there is no process " + id};
    constexpr std::string_view kField = "Tgid:\t";
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(kField) && line.substr(kField.size()) != id)
            return Error{id + " is a thread of process " + line.substr(kField.size()) +
                         "; name that one"};
    return {};
}

ClockSample sample_clocks() {
    constexpr int kTries = 5;
    ClockSample best;
    best.uncertainty_ns = UINT64_MAX;
    for (int i = 0; i < kTries; ++i) {
        ClockSample sample;
        const int64_t before = now_ns(CLOCK_BOOTTIME);
        sample.realtime_ns = now_ns(CLOCK_REALTIME);
        sample.monotonic_ns = now_ns(CLOCK_MONOTONIC);
        sample.tai_ns = now_ns(CLOCK_TAI);
        const int64_t after = now_ns(CLOCK_BOOTTIME);
        sample.time = {static_cast<uint64_t>(before + (after - before) / 2)};
        sample.uncertainty_ns = static_cast<uint64_t>((after - before + 1) / 2);
        if (sample.uncertainty_ns < best.uncertainty_ns) best = sample;
    }
    timex status{};
    adjtimex(&status);
    best.adjtimex_status = status.status;
    return best;
}

std::string default_output_name(const TraceHeader& header) {
    std::string name = header.host.empty() ? "host" : header.host;
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.')
            c = '_';
    if (name.front() == '.' || name.front() == '-') name.front() = '_';
    const std::time_t now = std::time(nullptr);
    tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> time{};
    std::strftime(time.data(), time.size(), "-%Y%m%dT%H%M%SZ", &utc);
    return name + time.data() + ".tocsin";
}

}  // namespace tocsin
