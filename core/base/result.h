// SPDX-License-Identifier: MIT
#pragma once
#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/base/message.h"

namespace monban {

/// What kind of refusal it was, for the program; the sentence for people is Error::message.
enum class ErrorCode {
    InvalidInput,   ///< the user's words, a file's content or a network peer's bytes make no sense
    NotFound,
    Denied,         ///< a right is missing
    Unsupported,    ///< understood, but not something this system or program can do
    WrongPassword,
    Damaged,        ///< cut short or altered
    Conflict,       ///< somebody else changed it, or it would destroy somebody's change
    Busy,           ///< held by another process
    TimedOut,
    Cancelled,
    Io,             ///< disk full, device or network failure
    Unexpected,     ///< an exception that should not have come this far
};

/// Why something did not work. detail is English, for the log, and never holds a secret.
struct Error {
    ErrorCode code = ErrorCode::Unexpected;
    Message message;
    std::string detail;
};

/// Somebody asked to stop.
inline Error cancelled() { return {ErrorCode::Cancelled, {tr("Cancelled."), {}}, "cancelled"}; }

/// Success without a value.
struct Done {
    friend bool operator==(const Done&, const Done&) = default;
};

/// A value, or why there is none. Everything the outside world can refuse returns one.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_value(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_value(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return m_value.index() == 0; }
    T& operator*() & { assert(*this); return *std::get_if<0>(&m_value); }
    const T& operator*() const& { assert(*this); return *std::get_if<0>(&m_value); }
    T&& operator*() && { assert(*this); return std::move(*std::get_if<0>(&m_value)); }
    T* operator->() { assert(*this); return std::get_if<0>(&m_value); }
    const T* operator->() const { assert(*this); return std::get_if<0>(&m_value); }
    const Error& error() const { assert(!*this); return *std::get_if<1>(&m_value); }

private:
    std::variant<T, Error> m_value;
};

}  // namespace monban
