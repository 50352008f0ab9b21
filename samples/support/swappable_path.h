// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "samples/support/complain.h"
#include "samples/support/request.h"

// A path in memory whose last component one aligned store of a Word replaces.
//
// The component lies at a multiple of the Word's size from the aligned start, and so
// in one of the words that the kernel copies by (lib/strncpy_from_user.c): no torn
// name is seen.
template <typename Word>
class SwappablePath {
  public:
    // Makes the path DIRECTORY/NAME, with further slashes where alignment needs them.
    // Without a rewrite, put() writes elsewhere. Complains where the path is too long.
    bool lay_out(const std::string& directory, std::string_view name, Rewrite rewrite) {
        std::string prefix = directory + "/";
        while (prefix.size() % sizeof(Word) != 0) prefix += '/';
        if (prefix.size() + sizeof(Word) >= sizeof text_) {
            complain("%s is %zu bytes long, too long for a path; name another with --scratch DIR",
                     directory.c_str(), directory.size());
            return false;
        }
        std::memcpy(text_, prefix.data(), prefix.size());
        Word* const component = new (text_ + prefix.size()) Word(as_word(name));
        target_ = rewrite == Rewrite::kYes ? component : &elsewhere_;
        return true;
    }

    // The name, which must not be longer than a Word, becomes the last component.
    void put(std::string_view name) {
        std::atomic_ref<Word>(*target_).store(as_word(name), std::memory_order_seq_cst);
    }

    const char* text() const { return text_; }

  private:
    static Word as_word(std::string_view name) {
        Word word = 0;
        std::memcpy(&word, name.data(), std::min(name.size(), sizeof word));
        return word;
    }

    static constexpr size_t kCacheLine = 64;

    alignas(kCacheLine) char text_[PATH_MAX] = {};
    alignas(kCacheLine) Word elsewhere_ = 0;
    Word* target_ = &elsewhere_;
};
