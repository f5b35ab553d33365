// SPDX-License-Identifier: MIT
#pragma once
#include <cassert>
#include <optional>
#include <utility>

#include "core/base/result.h"
#include "core/base/time.h"

namespace monban {

/// What was seen of one part of a server, and when; or why it could not be read. A part nobody could read is never
/// taken for an empty one.
template <class T>
class Observed {
public:
    Observed() : m_error(Error{ErrorCode::NotFound, {tr("This part was not read."), {}}, "not observed"}) {}
    Observed(T value, Time at) : m_value(std::move(value)), m_at(at) {}
    Observed(Error error, Time at) : m_error(std::move(error)), m_at(at) {}
    Observed(Result<T> result, Time at) : m_at(at)
    {
        if (result) m_value = std::move(*result);
        else m_error = result.error();
    }

    explicit operator bool() const { return m_value.has_value(); }
    const T& operator*() const { assert(m_value); return *m_value; }
    T& operator*() { assert(m_value); return *m_value; }
    const T* operator->() const { assert(m_value); return &*m_value; }
    T* operator->() { assert(m_value); return &*m_value; }
    const Error& error() const { assert(!m_value); return *m_error; }
    Time at() const { return m_at; }

private:
    std::optional<T> m_value;
    std::optional<Error> m_error;
    Time m_at{};
};

}  // namespace monban
