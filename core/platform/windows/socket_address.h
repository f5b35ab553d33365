// SPDX-License-Identifier: MIT
#pragma once
#include <winsock2.h>

#include <windows.h>

#include <optional>
#include <string>

#include "core/base/bytes.h"

namespace monban::windows {

/// Address and port as netsh spells them: "0.0.0.0:443", "[2001:db8::1]:443", with a zone "[fe80::1%3]:443". Nothing
/// where the bytes are no IPv4 or IPv6 address of Windows.
std::optional<std::string> addressText(ByteView address);
/// The reverse. Nothing where the text is not one of these.
std::optional<SOCKADDR_STORAGE> addressFrom(const std::string& text);

/// 0.0.0.0 with that port: how keys of http.sys say "every address".
SOCKADDR_STORAGE everyAddress(std::uint16_t port);
/// The port of such an address; nothing for another.
std::optional<std::uint16_t> portOfEveryAddress(const SOCKADDR_STORAGE& address);

}  // namespace monban::windows
