// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/base/message.h"

namespace monban {

/// Why that is no host name as DNS, TLS and http.sys take it (RFC 1123, RFC 5890): a whole address was pasted, an IP
/// address, letters beyond ASCII, a dot at the end. Nothing if it is one; underscores, which DNS carries, are let pass.
std::optional<Message> hostNameProblem(const std::string& host);

/// Four numbers from 0 to 255, in the usual spelling. Windows' own parser, which Asio calls there, takes "1.2.3" and
/// "0x7f.1" for addresses too.
std::optional<std::string> ipv4Address(const std::string& text);

/// True for an IPv4 address, and for IPv6 with or without brackets or zone.
bool looksLikeIpAddress(const std::string& text);

/// The form in which a name with other letters travels: "日本語.example" is "xn--wgv71a119e.example" (RFC 3492). Capital
/// letters beyond ASCII and composed forms are not mapped (UTS 46): nothing where that could matter.
std::optional<std::string> asciiHostName(const std::string& host);

}  // namespace monban
