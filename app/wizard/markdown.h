// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace monban::wizard {

/// The Markdown of our own help topics as HTML for wxHtmlWindow: headings, paragraphs, lists, code. Everything else is
/// text and stands as it is.
std::string htmlFromMarkdown(const std::string& text);

}  // namespace monban::wizard
