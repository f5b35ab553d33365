// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>

namespace monban::wizard {

/// The text with line breaks put in so that no line is wider than the width. Western text breaks at blanks, Japanese
/// between its characters, but never before 。、」 and their like nor after 「 （ (kinsoku); a word that is too long for a line,
/// such as a path or thumbprint, is divided. measure: the width of a piece of text.
std::wstring brokenToWidth(const std::wstring& text, int width, const std::function<int(const std::wstring&)>& measure);

}  // namespace monban::wizard
