// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "formats/check.h"

namespace tocsin {

// Why something expected to fail now and then did: a sentence with the values at hand and, where
// there is one, the next step.
struct Error {
    std::string message;
};

// A value or an Error. Reading the one that is not there is a bug (CHECK).
template <typename T = std::monostate>
class [[nodiscard]] Result {
  public:
    Result() requires std::is_same_v<T, std::monostate> : state_(T{}) {}
    Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
    Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return std::holds_alternative<T>(state_); }
    explicit operator bool() const { return ok(); }

    T& value() {
        CHECK(ok());
        return std::get<T>(state_);
    }
    const T& value() const {
        CHECK(ok());
        return std::get<T>(state_);
    }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const {
        CHECK(!ok());
        return std::get<Error>(state_);
    }

  private:
    std::variant<T, Error> state_;
};

}  // namespace tocsin
