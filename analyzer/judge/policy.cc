// SPDX-License-Identifier: Apache-2.0
//
// The policy: what an attacker must never reach through a race. Edit the tables; order does not
// matter.
#include "analyzer/judge/policy.h"

#include <algorithm>
#include <array>

namespace tocsin {
namespace {

enum class Match {
    kExactly,
    kBelow,     // the directory itself and everything in it
    kContains,  // anywhere in the path
};

struct SensitiveName {
    std::string_view pattern;
    Match match;
    std::string_view category;
};

constexpr std::array kSensitive = {
    SensitiveName{"/etc/shadow", Match::kExactly, "credential store"},
    SensitiveName{"/etc/gshadow", Match::kExactly, "credential store"},
    SensitiveName{"/etc/passwd", Match::kExactly, "credential store"},
    SensitiveName{"/etc/group", Match::kExactly, "credential store"},
    SensitiveName{"/etc/security/opasswd", Match::kExactly, "credential store"},
    SensitiveName{"/etc/krb5.keytab", Match::kExactly, "credential store"},
    SensitiveName{"/etc/pam.d", Match::kBelow, "authentication rules"},
    SensitiveName{"/etc/polkit-1", Match::kBelow, "authentication rules"},
    SensitiveName{"/etc/sudoers", Match::kExactly, "sudoers"},
    SensitiveName{"/etc/sudoers.d", Match::kBelow, "sudoers"},
    SensitiveName{"/etc/crontab", Match::kExactly, "cron table"},
    SensitiveName{"/etc/cron.d", Match::kBelow, "cron table"},
    SensitiveName{"/etc/cron.hourly", Match::kBelow, "cron table"},
    SensitiveName{"/etc/cron.daily", Match::kBelow, "cron table"},
    SensitiveName{"/etc/cron.weekly", Match::kBelow, "cron table"},
    SensitiveName{"/etc/cron.monthly", Match::kBelow, "cron table"},
    SensitiveName{"/var/spool/cron", Match::kBelow, "cron table"},
    SensitiveName{"/etc/systemd", Match::kBelow, "systemd unit"},
    SensitiveName{"/run/systemd/system", Match::kBelow, "systemd unit"},
    SensitiveName{"/lib/systemd/system", Match::kBelow, "systemd unit"},
    SensitiveName{"/usr/lib/systemd/system", Match::kBelow, "systemd unit"},
    SensitiveName{"/etc/ssh", Match::kBelow, "ssh keys"},
    SensitiveName{"/.ssh/", Match::kContains, "ssh keys"},
    SensitiveName{"/etc/ld.so.preload", Match::kExactly, "loader configuration"},
    SensitiveName{"/etc/ld.so.conf", Match::kExactly, "loader configuration"},
    SensitiveName{"/etc/ld.so.conf.d", Match::kBelow, "loader configuration"},
    SensitiveName{"/etc/ld.so.cache", Match::kExactly, "loader configuration"},
    SensitiveName{"/etc/modprobe.d", Match::kBelow, "kernel modules"},
    SensitiveName{"/lib/modules", Match::kBelow, "kernel modules"},
    SensitiveName{"/usr/lib/modules", Match::kBelow, "kernel modules"},
};

constexpr std::array<std::string_view, 14> kShells = {
    "sh",    "bash", "rbash", "dash", "ash",  "zsh",     "ksh",
    "ksh93", "mksh", "fish",  "csh",  "tcsh", "busybox", "yash",
};

// Without a version: "python3.11" is "python".
constexpr std::array<std::string_view, 12> kInterpreters = {
    "python", "pypy", "perl",  "ruby", "php",  "node",
    "nodejs", "lua",  "tclsh", "awk",  "gawk", "mawk",
};

std::string_view last_component(std::string_view path) {
    const size_t slash = path.rfind('/');
    return slash == path.npos ? path : path.substr(slash + 1);
}

bool matches(const SensitiveName& name, std::string_view path) {
    switch (name.match) {
        case Match::kExactly:
            return path == name.pattern;
        case Match::kBelow:
            return path.starts_with(name.pattern) &&
                   (path.size() == name.pattern.size() || path[name.pattern.size()] == '/');
        case Match::kContains:
            return path.find(name.pattern) != std::string_view::npos;
    }
    return false;
}

}  // namespace

std::string_view sensitive_category(std::string_view path) {
    const auto* at = std::find_if(kSensitive.begin(), kSensitive.end(),
                                  [&](const SensitiveName& name) { return matches(name, path); });
    return at == kSensitive.end() ? std::string_view{} : at->category;
}

bool is_shell(std::string_view path) {
    return std::find(kShells.begin(), kShells.end(), last_component(path)) != kShells.end();
}

bool is_interpreter(std::string_view path) {
    std::string_view name = last_component(path);
    name = name.substr(0, name.find_last_not_of("0123456789.") + 1);
    return is_shell(path) ||
           std::find(kInterpreters.begin(), kInterpreters.end(), name) != kInterpreters.end();
}

bool has_borrowed_rights(const Credentials& credentials) {
    return credentials.euid != credentials.uid;
}

}  // namespace tocsin
