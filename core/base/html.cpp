// SPDX-License-Identifier: MIT
#include "core/base/html.h"

#include "core/base/utf8.h"

namespace monban {

std::string htmlText(std::string_view text)
{
    std::string html;
    for (const char c : validUtf8(text)) {
        switch (c) {
        case '&': html += "&amp;"; break;
        case '<': html += "&lt;"; break;
        case '>': html += "&gt;"; break;
        case '"': html += "&quot;"; break;
        case '\'': html += "&#39;"; break;
        default: html += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
        }
    }
    return html;
}

}  // namespace monban
