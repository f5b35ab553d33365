// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/message.h"

namespace monban::wizard {

class PracticeHost;

/// Opens a page of the site in the system's browser; path: "/clientcert.aspx". Answers what to tell the user, empty where
/// the browser says it all: a practice server's name is known nowhere else, so it is opened by its address on this computer.
Message openInBrowser(const std::string& address, const std::string& path, const PracticeHost* practice);

}  // namespace monban::wizard
