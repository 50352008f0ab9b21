// SPDX-License-Identifier: Apache-2.0
#include "recorder/bpf_refusal.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tocsin {

std::string explain_refusal(int error) {
    std::string reason = std::strerror(error);
    switch (error) {
        case EPERM:
        case EACCES:
            if (geteuid() != 0)
                return reason + "; run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_RESOURCE";
            return reason + "; refused even to root, by this kernel or this container";
        case ENOENT:
            return reason + "; this kernel has no such probe point";
        case ESRCH:
            return reason + "; the kernel has no type information for it";
        case ENOMEM:
            return reason + "; try a smaller --buffer";
        case EINVAL:
        case ENOTSUP:
            return reason + "; this kernel does not know it";
        default:
            return reason;
    }
}

}  // namespace tocsin
