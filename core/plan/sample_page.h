// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/bytes.h"

namespace monban {

/// resources/sample/clientcert.aspx (whitepaper 5.5): shows a visitor which client certificate arrived. With a
/// byte-order mark, because ASP.NET reads a page without one in the server's code page.
Bytes samplePage();

constexpr const char* kSamplePageName = "clientcert.aspx";
}  // namespace monban
