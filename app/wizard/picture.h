// SPDX-License-Identifier: MIT
#pragma once
#include <wx/image.h>

class wxWindow;

namespace monban::wizard {

/// What the window shows at this moment, without its title bar, in the screen's own pixels; an invalid image where the
/// system gives none.
wxImage pictureOf(wxWindow& window);

}  // namespace monban::wizard
