// SPDX-License-Identifier: Apache-2.0
//
// Owning counterparts of the event model's views, for what outlives the chunk it was read from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/event.h"

namespace tocsin {

// Bytes that do not change and that any number of holders have in common: a copy of this copies
// none of them.
class SharedBytes {
  public:
    SharedBytes() = default;
    SharedBytes(std::string_view bytes)  // NOLINT(google-explicit-constructor)
        : bytes_(bytes.empty() ? nullptr : std::make_shared<const std::string>(bytes)) {}
    explicit SharedBytes(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}

    // Good while anybody holds them.
    operator std::string_view() const {  // NOLINT(google-explicit-constructor)
        return bytes_ ? std::string_view(*bytes_) : std::string_view();
    }
    const char* data() const { return std::string_view(*this).data(); }
    size_t size() const { return bytes_ ? bytes_->size() : 0; }
    bool empty() const { return size() == 0; }

    friend bool operator==(const SharedBytes& a, std::string_view b) {
        return std::string_view(a) == b;
    }
    friend bool operator==(const SharedBytes& a, const SharedBytes& b) {
        return a.bytes_ == b.bytes_ || a == std::string_view(b);
    }

  private:
    std::shared_ptr<const std::string> bytes_;  // nullptr: none
};

struct OwnedBytes {
    SharedBytes bytes;
    uint32_t full_length = 0;
    int32_t error = 0;
    bool cut = false;
    bool is_whole() const { return error == 0 && !cut; }
};

// User memory said so: views E and X.
struct ClaimView : OwnedBytes {};
// The kernel's own copy: view S.
struct KernelView : OwnedBytes {};

// As std::optional<View>, in no more memory than the view itself: calls have many that are not
// there.
template <typename View>
class OptionalView : private View {
  public:
    OptionalView() = default;
    OptionalView(View view)  // NOLINT(google-explicit-constructor)
        : View(std::move(view)), is_there_(true) {}

    explicit operator bool() const { return is_there_; }
    bool has_value() const { return is_there_; }
    const View& operator*() const { return *this; }
    const View* operator->() const { return this; }

  private:
    bool is_there_ = false;
};
static_assert(sizeof(OptionalView<ClaimView>) == sizeof(ClaimView));

// A thread as it was when some record was made.
struct TaskState {
    TaskId id;
    Credentials credentials;
    Namespaces namespaces;
    Abi abi = Abi::kX86_64;
    std::string comm;  // chosen by the program itself: never evidence of what it is
};

// A state that any number of holders have in common; where there is none, that of nobody.
class SharedTask {
  public:
    SharedTask() = default;
    SharedTask(TaskState state)  // NOLINT(google-explicit-constructor)
        : state_(std::make_shared<const TaskState>(std::move(state))) {}
    explicit SharedTask(std::shared_ptr<const TaskState> state) : state_(std::move(state)) {}

    explicit operator bool() const { return state_ != nullptr; }
    // Good while anybody holds it.
    const TaskState& operator*() const { return state_ != nullptr ? *state_ : kNobody; }
    const TaskState* operator->() const { return &**this; }
    operator const TaskState&() const { return **this; }  // NOLINT(google-explicit-constructor)

  private:
    static const TaskState kNobody;
    std::shared_ptr<const TaskState> state_;
};

// A file, linked to the directory that it was found in. Files share their directories.
struct FileObject {
    struct Link {
        static constexpr uint32_t kTypeMask = 0170000;  // inode(7)
        ObjectId id;
        uint32_t mode = 0;
        uint32_t uid = 0, gid = 0;
        uint32_t links = 0;
        uint32_t mount = 0;
        SharedBytes name;
        bool cut = false;  // there were more ancestors than the recorder walked

        bool is_regular() const { return (mode & kTypeMask) == 0100000; }
        bool is_directory() const { return (mode & kTypeMask) == 0040000; }
        bool is_symlink() const { return (mode & kTypeMask) == 0120000; }
        bool is_sticky() const { return (mode & 01000) != 0; }
    };
    Link link;
    std::shared_ptr<const FileObject> parent;  // nullptr: none is recorded

    const Link& file() const { return link; }
    // The file and its directories, leaf first; never empty.
    std::vector<const Link*> chain() const;
    // As path_of() spells it: a path from the root of the mount tree, not of anybody's chroot.
    // Made anew each time: kept, the paths of a deep tree would be far larger than the tree.
    std::string path() const;
};

// Threads, strings and files that the event names by a chunk's tables are made once a chunk, in
// their CopyPlace, and shared by all: the counterparts need no more memory than the chunks do. Not
// thread-safe for events of one chunk.
SharedTask own(const Task& task);
ClaimView own(const ClaimedBytes& claimed);
KernelView own(const KernelBytes& kernel);
std::shared_ptr<const FileObject> own(const ObjectNode& node);
// nullptr where the event names no object of that role.
std::shared_ptr<const FileObject> own(std::span<const KernelObject> objects, ObjectRole role);

}  // namespace tocsin
