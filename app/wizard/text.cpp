// SPDX-License-Identifier: MIT
#include "app/wizard/text.h"

#include <wx/datetime.h>

#include "core/base/utf8.h"

namespace monban::wizard {
namespace {
Language current = Language::English;
}

Language language() { return current; }
void setLanguage(Language language) { current = language; }

wxString shown(const Message& message) { return fromUtf8(inLanguage(message, current)); }
wxString shown(const char* english) { return fromUtf8(translated(english, current)); }

std::string localDate(Time time) { return toUtf8(wxDateTime(static_cast<time_t>(time.time_since_epoch().count())).FormatISODate()); }

// Console text and file names may hold what is no UTF-8; wxString would come back empty.
wxString fromUtf8(const std::string& text) { return wxString::FromUTF8(validUtf8(text)); }
std::string toUtf8(const wxString& text) { return std::string(text.utf8_str()); }

wxString groupedFingerprint(const std::string& fingerprint)
{
    wxString text;
    for (std::size_t i = 0; i < fingerprint.size(); ++i) {
        if (i && i % 4 == 0) text += ' ';
        text += fingerprint[i];
    }
    return text;
}

}  // namespace monban::wizard
