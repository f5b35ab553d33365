// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace monban::windows {

/// What a call of Windows refused, the one place where its numbers become an Error. what: the call and its subject, in
/// English, for the log ("CertOpenStore MY"). code: a Win32 error or an HRESULT. Codes: Denied for 5 and its like,
/// NotFound for 2 and its like, Busy, TimedOut, Io for the rest. The sentence ends with Windows' own text of the
/// error in the user's language, and its number.
Error windowsError(const std::string& what, std::uint32_t code);

/// Windows' own text for that code, in the user's language, without a line break; empty where it has none.
std::string windowsText(std::uint32_t code);

}  // namespace monban::windows
