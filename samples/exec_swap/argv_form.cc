// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "attempt.h"
#include "complain.h"
#include "forms.h"
#include "stop_signals.h"

namespace {

constexpr char kClaimed[] = "--list";
constexpr char kReal[] = "--evil";
static_assert(sizeof kClaimed == sizeof kReal);

// A page of this process that is absent until the handler fills it: whoever touches
// it sleeps meanwhile, the kernel on behalf of a system call included.
class AbsentPage {
  public:
    AbsentPage() = default;
    AbsentPage(const AbsentPage&) = delete;
    AbsentPage& operator=(const AbsentPage&) = delete;
    ~AbsentPage() {
        give_up();
        if (address_ != MAP_FAILED) munmap(address_, size_);
    }

    bool open();  // complains on failure
    bool empty_again() { return madvise(address_, size_, MADV_DONTNEED) == 0; }
    bool fill(const std::vector<char>& content);
    // Lets sleepers go on with a page of zeroes.
    void give_up() {
        if (faults_ >= 0) close(faults_);
        faults_ = -1;
    }

    int faults() const { return faults_; }
    char* address() const { return static_cast<char*>(address_); }
    size_t size() const { return size_; }

  private:
    int faults_ = -1;
    size_t size_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void* address_ = MAP_FAILED;
};

bool AbsentPage::open() {
    faults_ = static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
    if (faults_ < 0) {
        complain(errno == ENOSYS ? "this kernel has no userfaultfd (%s); use --form name, or a "
                                   "kernel with CONFIG_USERFAULTFD"
                                 : "userfaultfd is refused: %s; run as root, or set sysctl "
                                   "vm.unprivileged_userfaultfd=1",
                 std::strerror(errno));
        return false;
    }
    address_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uffdio_api api{};
    api.api = UFFD_API;
    uffdio_register range{};
    range.range = {reinterpret_cast<uintptr_t>(address_), size_};
    range.mode = UFFDIO_REGISTER_MODE_MISSING;
    if (address_ != MAP_FAILED && ioctl(faults_, UFFDIO_API, &api) == 0 &&
        ioctl(faults_, UFFDIO_REGISTER, &range) == 0)
        return true;
    complain("cannot watch a page by userfaultfd: %s; use --form name", std::strerror(errno));
    return false;
}

bool AbsentPage::fill(const std::vector<char>& content) {
    uffdio_copy copy{};
    copy.dst = reinterpret_cast<uintptr_t>(address_);
    copy.src = reinterpret_cast<uintptr_t>(content.data());
    copy.len = size_;
    while (ioctl(faults_, UFFDIO_COPY, &copy) != 0)
        if (errno != EAGAIN) return false;
    return true;
}

struct Race {
    AbsentPage page;
    std::vector<char> page_content;
    char last_argument[sizeof kClaimed];
    Rewrite rewrite;
    int stop;  // eventfd
};

// The second thread. By the time of the fault the call has begun and whoever reads
// arguments at its entry has read them; argv itself is not copied yet.
void resolve_faults(Race& race) {
    pollfd events[] = {{race.page.faults(), POLLIN, 0}, {race.stop, POLLIN, 0}};
    for (;;) {
        if (poll(events, 2, -1) < 0 && errno != EINTR) break;
        if (events[1].revents != 0) return;
        uffd_msg message;
        const ssize_t count = read(race.page.faults(), &message, sizeof message);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count != sizeof message || message.event != UFFD_EVENT_PAGEFAULT) break;
        if (race.rewrite == Rewrite::kYes) std::memcpy(race.last_argument, kReal, sizeof kReal);
        if (!race.page.fill(race.page_content)) break;
    }
    complain("cannot resolve a page fault: %s; later tries will not win", std::strerror(errno));
    race.page.give_up();
}

// fs/exec.c, do_execveat_common: copies the filename, then envp, then argv, each
// vector from its last string to its first.
std::optional<Attempt> race_once(Race& race, const std::string& path) {
    char program[] = "ls", option[] = "-l";
    char* const argv[] = {program, option, race.last_argument, nullptr};
    char* const envp[] = {race.page.address(), nullptr};
    std::memcpy(race.last_argument, kClaimed, sizeof kClaimed);
    if (!race.page.empty_again()) {
        complain("cannot empty the watched page: %s; use --form name", std::strerror(errno));
        return std::nullopt;
    }
    return attempt_exec(path.c_str(), argv, envp, [] {});
}

void count(Tally& tally, const Attempt& attempt) {
    ++tally.tries;
    if (attempt.exec_errno != 0) tally.last_errno = attempt.exec_errno;
    if (attempt.line.empty()) return;
    ++tally.ran;
    tally.wins += attempt.line.ends_with(std::string("|") + kReal);
}

}  // namespace

Tally run_argv_form(const std::string& directory, Rewrite rewrite, uint32_t tries) {
    Tally tally;
    Race race{.page{}, .page_content{}, .last_argument{}, .rewrite = rewrite, .stop = -1};
    if (!race.page.open()) return tally.in_trouble = true, tally;
    race.page_content.resize(race.page.size());
    std::strcpy(race.page_content.data(), "EXEC_SWAP=argv");
    race.stop = eventfd(0, EFD_CLOEXEC);
    std::thread handler([&race] { resolve_faults(race); });
    while (tally.tries < tries && !stop_requested()) {
        const std::optional<Attempt> attempt = race_once(race, directory + "/ls");
        tally.in_trouble = !attempt || !print_attempt(*attempt);
        if (tally.in_trouble) break;
        count(tally, *attempt);
    }
    eventfd_write(race.stop, 1);
    handler.join();
    close(race.stop);
    return tally;
}
