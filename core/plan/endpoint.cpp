// SPDX-License-Identifier: MIT
#include "core/plan/endpoint.h"

#include <boost/asio/ip/address.hpp>

#include "core/base/utf8.h"

namespace monban {
namespace {

std::optional<int> portFrom(const std::string& text)
{
    if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    const int port = std::stoi(text);
    return port >= 1 && port <= 65535 ? std::optional(port) : std::nullopt;
}

bool hostNameLike(const std::string& host)
{
    if (host.empty() || host.size() > 253 || host.front() == '.' || host.front() == '-') return false;
    for (const char c : host) {
        const bool ascii = static_cast<unsigned char>(c) < 0x80;
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (ascii && !letter && c != '-' && c != '.' && c != '_') return false;
    }
    return host.find("..") == std::string::npos;
}

}  // namespace

std::string Endpoint::text() const { return (host.empty() ? address : host) + ":" + std::to_string(port); }

std::string Endpoint::bindingInformation() const
{
    // IIS writes every address as an asterisk; so does IIS Manager's "All Unassigned".
    const bool every = address.empty() || address == "0.0.0.0" || address == "[::]";
    return (every ? "*" : address) + ":" + std::to_string(port) + ":" + host;
}

std::optional<Endpoint> addressEndpoint(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto port = portFrom(text.substr(colon + 1));
    std::string address = text.substr(0, colon);
    if (!port) return std::nullopt;
    boost::system::error_code trouble;
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        const auto parsed = boost::asio::ip::make_address_v6(address.substr(1, address.size() - 2), trouble);
        if (trouble) return std::nullopt;
        address = "[" + parsed.to_string() + "]";
    } else {
        const auto parsed = boost::asio::ip::make_address_v4(address, trouble);
        if (trouble) return std::nullopt;
        address = parsed.to_string();
    }
    return Endpoint{RecordFamily::IpPort, address, {}, *port};
}

std::optional<Endpoint> hostEndpoint(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto port = portFrom(text.substr(colon + 1));
    const std::string host = lowerAscii(text.substr(0, colon));
    if (!port || !hostNameLike(host)) return std::nullopt;
    return Endpoint{RecordFamily::HostNamePort, {}, host, *port};
}

}  // namespace monban
