// SPDX-License-Identifier: MIT
#include "core/platform/windows/socket_address.h"

#include <ws2tcpip.h>

#include <cstring>

#include "core/base/number.h"
#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

/// The structure at the front of the bytes; nothing where they are too few for it.
template <class Structure>
std::optional<Structure> frontOf(ByteView bytes)
{
    Structure structure{};
    if (bytes.size() < sizeof structure) return std::nullopt;
    std::memcpy(&structure, bytes.data(), sizeof structure);
    return structure;
}

template <class Structure>
SOCKADDR_STORAGE stored(const Structure& structure)
{
    SOCKADDR_STORAGE storage{};
    std::memcpy(&storage, &structure, sizeof structure);
    return storage;
}

std::optional<std::string> numbersOf(int family, const void* address)
{
    wchar_t text[64];
    if (!::InetNtopW(family, address, text, 64)) return std::nullopt;
    return narrow(text);
}

std::optional<SOCKADDR_STORAGE> version4From(const std::string& numbers, std::uint16_t port)
{
    SOCKADDR_IN address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(port);
    if (::InetPtonW(AF_INET, wide(numbers).c_str(), &address.sin_addr) != 1) return std::nullopt;
    return stored(address);
}

std::optional<SOCKADDR_STORAGE> version6From(const std::string& numbers, std::uint16_t port)
{
    SOCKADDR_IN6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = ::htons(port);
    const std::size_t percent = numbers.find('%');
    if (percent != std::string::npos) {
        const auto zone = numberFrom<ULONG>(numbers.substr(percent + 1));
        if (!zone || *zone == 0) return std::nullopt;
        address.sin6_scope_id = *zone;
    }
    if (::InetPtonW(AF_INET6, wide(numbers.substr(0, percent)).c_str(), &address.sin6_addr) != 1) return std::nullopt;
    return stored(address);
}

}  // namespace

std::optional<std::string> addressText(ByteView bytes)
{
    const auto family = frontOf<ADDRESS_FAMILY>(bytes);
    if (!family) return std::nullopt;
    if (*family == AF_INET) {
        const auto address = frontOf<SOCKADDR_IN>(bytes);
        const auto numbers = address ? numbersOf(AF_INET, &address->sin_addr) : std::nullopt;
        if (!numbers) return std::nullopt;
        return *numbers + ":" + std::to_string(::ntohs(address->sin_port));
    }
    if (*family != AF_INET6) return std::nullopt;
    const auto address = frontOf<SOCKADDR_IN6>(bytes);
    const auto numbers = address ? numbersOf(AF_INET6, &address->sin6_addr) : std::nullopt;
    if (!numbers) return std::nullopt;
    const std::string zone = address->sin6_scope_id ? "%" + std::to_string(address->sin6_scope_id) : std::string();
    return "[" + *numbers + zone + "]:" + std::to_string(::ntohs(address->sin6_port));
}

std::optional<SOCKADDR_STORAGE> addressFrom(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto port = numberFrom<std::uint16_t>(text.substr(colon + 1));
    const std::string place = text.substr(0, colon);
    if (!port || place.find('\0') != std::string::npos) return std::nullopt;
    if (place.size() > 2 && place.front() == '[' && place.back() == ']') return version6From(place.substr(1, place.size() - 2), *port);
    return version4From(place, *port);
}

SOCKADDR_STORAGE everyAddress(std::uint16_t port)
{
    SOCKADDR_IN address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(port);
    return stored(address);
}

std::optional<std::uint16_t> portOfEveryAddress(const SOCKADDR_STORAGE& storage)
{
    SOCKADDR_IN address{};
    std::memcpy(&address, &storage, sizeof address);
    if (address.sin_family != AF_INET || address.sin_addr.s_addr != 0) return std::nullopt;
    return ::ntohs(address.sin_port);
}

}  // namespace monban::windows
