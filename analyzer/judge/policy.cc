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
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return std::find(kShells.begin(), kShells.end(), name) != kShells.end();
}

bool has_borrowed_rights(const Credentials& credentials) {
    return credentials.euid != credentials.uid;
}

}  // namespace tocsin
