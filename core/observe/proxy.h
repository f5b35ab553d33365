// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

namespace monban {

/// The proxy of the whole machine, through which Windows' services fetch revocation lists (`netsh winhttp show proxy`); that
/// of a user's browser is another. Both texts as WinHTTP keeps them (learn.microsoft.com/windows/win32/api/winhttp/
/// ns-winhttp-winhttp_proxy_info).
struct Proxy {
    std::string servers;  ///< "proxy:8080", or by scheme "http=proxy:8080;https=other:8443"
    std::string bypass;   ///< names that are asked directly: "*.example.co.jp;10.1.*;<local>"
    friend bool operator==(const Proxy&, const Proxy&) = default;
};

/// HOST or HOST:PORT of the proxy an `http://` address of that host is asked through; nothing: it is asked directly.
std::optional<std::string> proxyFor(const Proxy& proxy, const std::string& host);

}  // namespace monban
