// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/tls/probe.h"

namespace monban {

/// A page of its own for people: what was tried, expected and met, the CA names, the server's certificate, what to do. Whatever
/// stands in certificates is text in it and never markup. url: as it was opened.
std::string probeHtml(const ProbeReport& report, const std::string& url, Time at, Language language);

}  // namespace monban
