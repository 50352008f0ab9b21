// SPDX-License-Identifier: Apache-2.0
#include "samples/support/absent_page.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

#include "samples/support/complain.h"

AbsentPage::~AbsentPage() {
    give_up();
    if (address_ != nullptr) munmap(address_, size_);
}

bool AbsentPage::open(std::string_view content) {
    content_ = content;
    content_.resize(size_);
    faults_ = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
    if (faults_ < 0) {
        complain(errno == ENOSYS ? "this kernel has no userfaultfd (%s); use another form, or a "
                                   "kernel with CONFIG_USERFAULTFD"
                                 : "userfaultfd is refused: %s; run as root, or set sysctl "
                                   "vm.unprivileged_userfaultfd=1",
                 std::strerror(errno));
        return false;
    }
    void* const page =
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) address_ = page;
    uffdio_api api{};
    api.api = UFFD_API;
    uffdio_register range{};
    range.range = {reinterpret_cast<uintptr_t>(address_), size_};
    range.mode = UFFDIO_REGISTER_MODE_MISSING;
    if (address_ != nullptr && ioctl(faults_, UFFDIO_API, &api) == 0 &&
        ioctl(faults_, UFFDIO_REGISTER, &range) == 0)
        return true;
    complain("cannot watch a page by userfaultfd: %s; use another form or kernel",
             std::strerror(errno));
    return false;
}

bool AbsentPage::empty_again() {
    if (madvise(address_, size_, MADV_DONTNEED) == 0) return true;
    complain("cannot empty the watched page: %s; use another form or kernel", std::strerror(errno));
    return false;
}

void AbsentPage::give_up() {
    if (faults_ >= 0) close(faults_);
    faults_ = -1;
}

bool AbsentPage::fill() {
    uffdio_copy copy{};
    copy.dst = reinterpret_cast<uintptr_t>(address_);
    copy.src = reinterpret_cast<uintptr_t>(content_.data());
    copy.len = size_;
    while (ioctl(faults_, UFFDIO_COPY, &copy) != 0) {
        if (errno == EAGAIN) continue;
        if (errno != EEXIST) return false;
        // A debugger that reads the page faults, too: the page is there by now.
        uffdio_range range{copy.dst, copy.len};
        return ioctl(faults_, UFFDIO_WAKE, &range) == 0;
    }
    return true;
}

AbsentPage::Answer AbsentPage::answer_fault(const std::function<bool()>& before_fill) {
    uffd_msg message;
    const ssize_t count = read(faults_, &message, sizeof message);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? Answer::kGiven : Answer::kFailed;
    if (count != sizeof message || message.event != UFFD_EVENT_PAGEFAULT)
        return errno = EBADMSG, Answer::kFailed;
    if (!before_fill()) return Answer::kRefused;
    return fill() ? Answer::kGiven : Answer::kFailed;
}

FaultHandler::FaultHandler(AbsentPage& page, std::function<bool()> before_fill)
    : page_(page), before_fill_(std::move(before_fill)), stop_(eventfd(0, EFD_CLOEXEC)) {
    if (stop_ >= 0) {
        thread_ = std::thread([this] { answer_faults(); });
        return;
    }
    complain("cannot make an eventfd: %s; raise the limit on open files", std::strerror(errno));
    refuse();
}

FaultHandler::~FaultHandler() {
    if (!thread_.joinable()) return;
    eventfd_write(stop_, 1);
    thread_.join();
    close(stop_);
}

void FaultHandler::answer_faults() {
    pollfd events[] = {{page_.faults(), POLLIN, 0}, {stop_, POLLIN, 0}};
    AbsentPage::Answer answer = AbsentPage::Answer::kGiven;
    while (answer == AbsentPage::Answer::kGiven) {
        const int ready = poll(events, 2, -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready > 0 && events[1].revents != 0) return;
        answer = ready < 0 ? AbsentPage::Answer::kFailed : page_.answer_fault(before_fill_);
    }
    if (answer == AbsentPage::Answer::kFailed)
        complain("cannot answer a page fault: %s; try again, or another form",
                 std::strerror(errno));
    refuse();
}

void FaultHandler::refuse() {
    in_trouble_ = true;
    page_.give_up();
}

bool a_debugger_would_hang() {
    long tracer = 0;
    std::thread([&tracer] {
        std::ifstream status("/proc/thread-self/status");
        for (std::string word; status >> word;)
            if (word == "TracerPid:") status >> tracer;
    }).join();
    if (tracer == 0) return false;
    complain(
        "process %ld traces this program's new threads, too; it would wait for ever for a page "
        "that one of them fills: let it trace the first thread only (strace without -f)",
        tracer);
    return true;
}
