// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <string>

#include "core/base/utf8.h"

namespace monban::practice {

/// "HKEY_LOCAL_MACHINE\\…" and "HKLM\\…" are one key: the short form, without a backslash at the end.
std::string keyName(const std::string& key);
/// The same in lower case, to compare by.
std::string folded(const std::string& key);
/// Both folded.
bool isBelow(const std::string& key, const std::string& parent);

template <class Values>
auto valueNamed(Values& values, const std::string& name)
{
    return std::find_if(values.begin(), values.end(),
                        [&](const auto& one) { return equalsIgnoringCase(one.first, name); });
}

}  // namespace monban::practice
