// SPDX-License-Identifier: MIT
#pragma once
#include <string>

class wxWindow;

namespace monban::wizard {

/// Opens the help topic of a chapter (resources/help/WORD.LANG.md, part of the program) in a window of its own, in the
/// language of the wizard.
void showHelpFor(wxWindow* parent, const std::string& word);

}  // namespace monban::wizard
