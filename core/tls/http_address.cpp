// SPDX-License-Identifier: MIT
#include "core/tls/http_address.h"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <optional>

#include "core/base/host_name.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr std::size_t kLongestUrl = 8192;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// RFC 3986, section 3.1; empty where the text has none. "host:8080/x" has one by the grammar, but nobody means it so.
std::string schemeOf(const std::string& url)
{
    const std::size_t colon = url.find(':');
    if (colon == std::string::npos || colon == 0 || !isLetter(url[0])) return {};
    for (std::size_t i = 0; i < colon; ++i)
        if (!isLetter(url[i]) && !isDigit(url[i]) && url[i] != '+' && url[i] != '-' && url[i] != '.') return {};
    const bool isPort = colon + 1 < url.size() && isDigit(url[colon + 1]);
    return isPort ? std::string() : lowerAscii(url.substr(0, colon));
}

Error otherScheme(const std::string& url, const std::string& scheme)
{
    if (scheme.empty())
        return {ErrorCode::InvalidInput,
                {tr("{0} is not an http address: it has to begin with http://, as in http://ca.example.com/crl/ia1.der."), {shownAddress(url)}},
                "no scheme"};
    if (scheme == "file")
        return {ErrorCode::Unsupported,
                {tr("{0} is a file, not an address on the network. Give its path as a file name instead."), {shownAddress(url)}},
                "file scheme"};
    return {ErrorCode::Unsupported,
            {tr("Monban fetches by http only, not by {0}. What it fetches is public and is checked by its fingerprint or "
                "signature, so http is enough. Give the http address, or download the file yourself and name the file."),
             {scheme}},
            "scheme " + scheme};
}

std::optional<std::uint16_t> portFrom(std::string_view text)
{
    int port = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || !isDigit(text[0]) || trouble != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port >= 1 && port <= 65535 ? std::optional(static_cast<std::uint16_t>(port)) : std::nullopt;
}

/// The name resolver of every system takes "0x7f.1" or "2130706433" for an address as well; no URL means that.
bool endsInANumber(const std::string& host)
{
    const std::string last = host.substr(host.find_last_of('.') + 1);
    if (last.empty()) return false;
    if (last.find_first_not_of("0123456789") == std::string::npos) return true;
    return last.starts_with("0x") && last.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
}

std::optional<Error> readHost(const std::string& text, HttpAddress& address)
{
    boost::system::error_code trouble;
    address.host = lowerAscii(text);
    if (text.starts_with('[')) {
        const std::string inside = text.ends_with(']') ? text.substr(1, text.size() - 2) : std::string();
        const auto ip = boost::asio::ip::make_address_v6(inside, trouble);
        if (trouble || inside.find('%') != std::string::npos)
            return Error{ErrorCode::InvalidInput,
                         {tr("{0} is not an IPv6 address in square brackets, such as [2001:db8::1], without a zone."), {text}},
                         "bad IPv6 literal"};
        address.host = ip.to_string();
        address.isIp = true;
        return std::nullopt;
    }
    if (ipv4Address(address.host)) {
        address.isIp = true;
        return std::nullopt;
    }
    if (endsInANumber(address.host))
        return Error{ErrorCode::InvalidInput, {tr("{0} is not an IPv4 address: it has four numbers from 0 to 255."), {text}}, "odd IPv4"};
    if (auto problem = hostNameProblem(address.host)) return Error{ErrorCode::InvalidInput, *problem, "bad host name"};
    return std::nullopt;
}

/// Everything an address may not hold as it is (blanks, Japanese, quotes) becomes %XX, as a browser does it; what is
/// escaped already stays.
std::string escapedTarget(std::string_view text)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~:/?[]@!$&'()*+,;=%";
    std::string escaped = text.starts_with('/') ? "" : "/";
    for (const char c : text) {
        if (isLetter(c) || isDigit(c) || kPlain.find(c) != std::string_view::npos) {
            escaped += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
    return escaped;
}

bool hasControlCharacter(const std::string& text)
{
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
    return false;
}

/// Why a text cannot be an address at all.
std::optional<Error> textProblem(const std::string& url)
{
    if (url.size() > kLongestUrl)
        return Error{ErrorCode::InvalidInput, {tr("The address is longer than {0} characters; none is."), {std::to_string(kLongestUrl)}}, "long url"};
    if (!isUtf8(url) || hasControlCharacter(url))
        return Error{ErrorCode::InvalidInput, {tr("The address holds a line break or another control character. Copy it again."), {}}, "control character"};
    return std::nullopt;
}

std::optional<Error> readAuthority(const std::string& authority, HttpAddress& address)
{
    if (const std::size_t at = authority.rfind('@'); at != std::string::npos)
        return Error{ErrorCode::Unsupported,
                     {tr("The address of {0} holds a user name or password before the @. Monban sends none, and an answers file is no place "
                         "for a password. Leave it out, or download the file yourself and name the file."),
                      {authority.substr(at + 1)}},
                     "user information in the address"};
    std::size_t end = authority.starts_with('[') ? authority.find(']') : authority.find(':');
    if (authority.starts_with('[') && end != std::string::npos) ++end;
    const std::string host = authority.substr(0, end);
    const std::string rest = end == std::string::npos ? std::string() : authority.substr(end);
    if (host.empty())
        return Error{ErrorCode::InvalidInput, {tr("The address names no host after {0}."), {address.isSecure ? "https://" : "http://"}}, "no host"};
    if (auto problem = readHost(host, address)) return problem;
    if (rest.empty() || rest == ":") return std::nullopt;  // an empty port is the usual one (RFC 3986, section 3.2.3)
    const auto port = rest[0] == ':' ? portFrom(std::string_view(rest).substr(1)) : std::nullopt;
    if (!port)
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} is not a host and port: the port is a number from 1 to 65535."), {authority}}, "bad port"};
    address.port = *port;
    return std::nullopt;
}

/// What follows the scheme and its slashes.
Result<HttpAddress> parseRest(const std::string& text, bool isSecure)
{
    const std::string rest = text.substr(0, text.find('#'));
    const std::size_t slash = rest.find_first_of("/?");
    HttpAddress address;
    address.isSecure = isSecure;
    address.port = isSecure ? kHttpsPort : kHttpPort;
    if (auto problem = readAuthority(rest.substr(0, slash), address)) return *problem;
    address.target = escapedTarget(slash == std::string::npos ? "/" : std::string_view(rest).substr(slash));
    return address;
}

}  // namespace

std::string shownAddress(const std::string& url)
{
    constexpr std::size_t kMostShown = 500;
    const std::size_t at = url.rfind('@');
    const std::string text = validUtf8(at == std::string::npos ? url : "…" + url.substr(at));
    return text.size() <= kMostShown ? text : validUtf8(text.substr(0, kMostShown)) + "…";
}

std::string HttpAddress::authority() const
{
    const std::string place = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (isSecure ? kHttpsPort : kHttpPort) ? place : place + ":" + std::to_string(port);
}

Result<HttpAddress> parseHttpAddress(const std::string& url)
{
    if (auto problem = textProblem(url)) return *problem;
    const std::string scheme = schemeOf(url);
    if (scheme != "http") return otherScheme(url, scheme);
    if (url.compare(4, 3, "://") != 0)
        return Error{ErrorCode::InvalidInput, {tr("{0} is not an http address: two slashes have to follow http:."), {shownAddress(url)}}, "no authority"};
    return parseRest(url.substr(7), false);
}

std::optional<std::string> redirectedAddress(const std::string& from, const std::string& to)
{
    const auto origin = parseHttpAddress(from);
    if (!origin) return std::nullopt;
    const std::string path = origin->target.substr(0, origin->target.find('?'));
    const bool hasScheme = to.find(':') < to.find_first_of("/?#");
    std::string address = to;
    if (to.starts_with("//")) address = "http:" + to;
    else if (to.starts_with('/')) address = "http://" + origin->authority() + to;
    else if (!hasScheme && !to.empty()) address = "http://" + origin->authority() + (to.starts_with('?') ? path : path.substr(0, path.rfind('/') + 1)) + to;
    return parseHttpAddress(address) ? std::optional(address) : std::nullopt;
}

Result<HttpAddress> parseSiteAddress(const std::string& url)
{
    if (auto problem = textProblem(url)) return *problem;
    const auto slashes = url.find("://");
    const bool hasScheme = slashes != std::string::npos && slashes < url.find_first_of("/?#");
    if ((hasScheme && lowerAscii(url.substr(0, slashes)) != "https") || url.starts_with('/'))
        return Error{ErrorCode::InvalidInput, {tr("{0} is not an address such as https://www.example.co.jp/."), {shownAddress(url)}}, "not https"};
    return parseRest(hasScheme ? url.substr(slashes + 3) : url, true);
}

}  // namespace monban
