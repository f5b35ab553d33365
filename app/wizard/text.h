// SPDX-License-Identifier: MIT
#pragma once
#include <wx/string.h>

#include <string>

#include "core/base/message.h"
#include "core/base/time.h"

namespace monban::wizard {

/// The language the window speaks; whoever changes it builds the window anew.
Language language();
void setLanguage(Language language);

/// A sentence as it is shown, in that language. Access keys (&) are part of the sentences of labels.
wxString shown(const Message& message);
wxString shown(const char* english);

/// The day in this computer's time zone: "2026-11-23".
std::string localDate(Time time);

/// In groups of four digits, as eyes compare them.
wxString groupedFingerprint(const std::string& fingerprint);

/// UTF-8 of the core and the text of controls.
wxString fromUtf8(const std::string& text);
std::string toUtf8(const wxString& text);

}  // namespace monban::wizard
