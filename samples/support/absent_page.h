// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

// A page of this process that is absent until someone fills it: whoever touches it
// sleeps meanwhile, the kernel on behalf of a system call included (userfaultfd).
class AbsentPage {
  public:
    AbsentPage() = default;
    AbsentPage(const AbsentPage&) = delete;
    AbsentPage& operator=(const AbsentPage&) = delete;
    ~AbsentPage();

    // To be called once. What the page holds whenever it has been filled begins with
    // content, which must fit; zeroes follow. Complains on failure.
    bool open(std::string_view content);
    bool empty_again();  // complains on failure
    // Closes this process's descriptor. Once no process has one, sleepers go on with
    // a page of zeroes.
    void give_up();

    int faults() const { return faults_; }  // readable when someone sleeps
    char* address() const { return static_cast<char*>(address_); }

    // Takes what faults() says; where that is that someone sleeps, calls before_fill and
    // fills the page. Another process that inherited the descriptor may call it.
    enum class Answer {
        kGiven,
        kRefused,  // before_fill returned false
        kFailed    // with errno: sleepers cannot be helped any more
    };
    Answer answer_fault(const std::function<bool()>& before_fill);

  private:
    bool fill();

    int faults_ = -1;
    size_t size_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void* address_ = nullptr;
    std::string content_;
};

// A thread that answers a page's faults, until the page gives up or this object goes.
// By the time of a fault the call has begun, and whoever reads arguments at its entry
// has read them.
class FaultHandler {
  public:
    // before_fill runs in the handler's thread; false from it is trouble that it has
    // complained of.
    FaultHandler(AbsentPage& page, std::function<bool()> before_fill);
    FaultHandler(const FaultHandler&) = delete;
    FaultHandler& operator=(const FaultHandler&) = delete;
    ~FaultHandler();

    // Whether a fault could not be answered; a sentence on stderr said why.
    bool in_trouble() const { return in_trouble_; }

  private:
    void answer_faults();
    void refuse();

    AbsentPage& page_;
    std::function<bool()> before_fill_;
    int stop_;  // eventfd
    std::atomic<bool> in_trouble_ = false;
    std::thread thread_;
};

// Whether a debugger traces the threads that this process makes (strace -f). It would
// wait for ever if it read an absent page for its own purposes: the handler that fills
// the page is stopped until the debugger goes on. Complains if so.
bool a_debugger_would_hang();
