// SPDX-License-Identifier: MIT
#include "core/plan/endpoint.h"

#include <boost/asio/ip/address.hpp>

#include <optional>

#include "core/base/host_name.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

std::optional<int> portIn(const std::string& text)
{
    if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    const int port = std::stoi(text);
    return port >= 1 && port <= 65535 ? std::optional(port) : std::nullopt;
}

bool isAddressWithoutPort(const std::string& text)
{
    const bool openBracket = text.starts_with('[') && !text.ends_with(']');
    return !openBracket && looksLikeIpAddress(text);
}

Error noAddress(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    const std::string place = text.substr(0, colon);
    if (text.find('%') != std::string::npos)
        return {ErrorCode::InvalidInput,
                {tr("{0} names a network card by a zone (%). http.sys takes addresses without one: give the address alone (bind.endpoint)."), {text}},
                "zone"};
    if (isAddressWithoutPort(text))
        return {ErrorCode::InvalidInput,
                {tr("{0} lacks the port: write it behind the address, such as 0.0.0.0:443 or [::]:443 (bind.endpoint)."), {text}}, "no port"};
    if (colon != std::string::npos && portIn(text.substr(colon + 1)) && !hostNameProblem(place))
        return {ErrorCode::InvalidInput,
                {tr("{0} begins with a host name. Give an IP address with its port, such as 0.0.0.0:443 (bind.endpoint), or bind "
                          "by host name instead (SNI, bind.hostname)."),
                 {text}},
                "host name as bind.endpoint"};
    return {ErrorCode::InvalidInput,
            {tr("{0} is not an IP address with a port, such as 0.0.0.0:443 or [::]:443 (bind.endpoint)."), {text}},
            "bad bind.endpoint"};
}

}  // namespace

std::string Endpoint::text() const { return (host.empty() ? address : host) + ":" + std::to_string(port); }

std::string Endpoint::bindingInformation() const
{
    // IIS writes every address as an asterisk; so does IIS Manager's "All Unassigned".
    const bool every = address.empty() || address == "0.0.0.0" || address == "[::]";
    return (every ? "*" : address) + ":" + std::to_string(port) + ":" + host;
}

Result<Endpoint> addressEndpoint(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string::npos ? std::nullopt : portIn(text.substr(colon + 1));
    std::string address = text.substr(0, colon);
    if (!port || text.find('%') != std::string::npos) return noAddress(text);
    boost::system::error_code trouble;
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        const auto parsed = boost::asio::ip::make_address_v6(address.substr(1, address.size() - 2), trouble);
        if (trouble) return noAddress(text);
        address = "[" + parsed.to_string() + "]";
    } else {
        if (!ipv4Address(address)) return noAddress(text);
    }
    return Endpoint{RecordFamily::IpPort, address, {}, *port};
}

Result<Endpoint> hostEndpoint(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string::npos ? std::nullopt : portIn(text.substr(colon + 1));
    const std::string host = lowerAscii(port ? text.substr(0, colon) : text);
    const bool isAddress = looksLikeIpAddress(host) || looksLikeIpAddress(text);
    if (isAddress)
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} is an IP address: no client sends one as the name of the server (SNI). Bind by IP address instead "
                          "(bind.endpoint), or give the site's host name."),
                      {text}},
                     "address as bind.hostname"};
    const auto problem = hostNameProblem(host);
    if (!port && (!problem || (colon != std::string::npos && host.find('/') == std::string::npos)))
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} is not a host name with a port, such as www.example.com:443 (bind.hostname)."), {text}},
                     "bad bind.hostname"};
    if (problem) return Error{ErrorCode::InvalidInput, *problem, "bad bind.hostname"};
    return Endpoint{RecordFamily::HostNamePort, {}, host, *port};
}

Result<Endpoint> wantedEndpoint(const BindAnswers& answers)
{
    if (!answers.hostname.empty()) return hostEndpoint(answers.hostname);
    return addressEndpoint(answers.endpoint.empty() ? kDefaultEndpoint : answers.endpoint);
}

}  // namespace monban
