// SPDX-License-Identifier: MIT
#include "core/practice/http_request.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/base/utf8.h"

namespace monban::practice {
namespace {

bool isToken(std::string_view text)
{
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

/// Visible characters, blanks, tabs and bytes beyond ASCII (RFC 9110, 5.5).
bool isFieldValue(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<std::string> percentDecoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const auto byte = i + 2 < text.size() ? bytesFromHex(text.substr(i + 1, 2)) : std::nullopt;
        if (!byte || (*byte)[0] == 0) return std::nullopt;
        decoded += static_cast<char>((*byte)[0]);
        i += 2;
    }
    return decoded;
}

/// Without "." and ".." and doubled slashes; a backslash counts as a slash, as IIS takes it.
std::optional<std::string> normalised(std::string path)
{
    std::replace(path.begin(), path.end(), '\\', '/');
    std::vector<std::string_view> parts;
    const std::string_view text = path;
    const bool folder = text.ends_with("/") || text.ends_with("/.") || text.ends_with("/..");
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('/', at), text.size());
        const auto part = text.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            parts.push_back(part);
            continue;
        }
        if (parts.empty()) return std::nullopt;
        parts.pop_back();
    }
    std::string clean;
    for (const auto& part : parts) clean.append("/").append(part);
    if (clean.empty() || folder) clean += '/';
    return clean;
}

bool readTarget(HttpRequest& request)
{
    std::string_view target = request.target;
    if (request.method == "OPTIONS" && target == "*") target = "/";
    // The absolute form (RFC 9112, 3.2.2) is what a proxy's client sends.
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equalsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        const auto slash = target.find('/');
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
        break;
    }
    if (target.empty() || target[0] != '/') return false;
    target = target.substr(0, target.find('#'));
    const auto question = target.find('?');
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    const auto decoded = percentDecoded(target.substr(0, question));
    const auto path = decoded ? normalised(*decoded) : std::nullopt;
    if (!path) return false;
    request.path = *path;
    return true;
}

bool readRequestLine(std::string_view line, HttpRequest& request, int& minor)
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return false;
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (version.size() != 8 || !version.starts_with("HTTP/1.") || version[7] < '0' || version[7] > '9') return false;
    minor = version[7] - '0';
    const auto visible = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; };
    return isToken(request.method) && std::all_of(request.target.begin(), request.target.end(), visible) &&
           readTarget(request);
}

bool readHeader(std::string_view line, HttpRequest& request)
{
    // A line that begins with a blank continued the one before it; that is obsolete and refused (RFC 9112, 5.2).
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) return false;
    const auto value = trimmed(line.substr(colon + 1));
    if (!isFieldValue(value)) return false;
    request.headers.emplace_back(lowerAscii(line.substr(0, colon)), value);
    return true;
}

/// How long the body is; two answers to that question are an attack (RFC 9112, 6.3).
bool readFraming(HttpRequest& request)
{
    std::optional<std::uint64_t> length;
    for (const auto& [name, value] : request.headers) {
        if (name == "transfer-encoding") {
            if (request.chunked || !equalsIgnoringCase(value, "chunked")) return false;
            request.chunked = true;
        } else if (name == "content-length") {
            std::uint64_t number = 0;
            const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
            if (problem == std::errc::result_out_of_range) number = ~std::uint64_t{0};
            else if (problem != std::errc() || end != value.data() + value.size()) return false;
            if (length && *length != number) return false;
            length = number;
        }
    }
    if (request.chunked && length) return false;
    request.contentLength = length.value_or(0);
    return true;
}

bool lists(const HttpRequest& request, std::string_view name, std::string_view word)
{
    const std::string* value = request.header(name);
    if (!value) return false;
    for (std::size_t at = 0; at <= value->size();) {
        const auto end = std::min(value->find(',', at), value->size());
        if (equalsIgnoringCase(trimmed(std::string_view(*value).substr(at, end - at)), word)) return true;
        at = end + 1;
    }
    return false;
}

}  // namespace

std::string hostOf(std::string_view value)
{
    std::string host = lowerAscii(value);
    const auto end = host.starts_with("[") ? host.find(']') : host.rfind(':');
    if (end != std::string::npos) host.erase(host.starts_with("[") ? end + 1 : end);
    if (host.ends_with('.')) host.pop_back();
    return host;
}

const std::string* HttpRequest::header(std::string_view lowerCaseName) const
{
    for (const auto& [name, value] : headers)
        if (name == lowerCaseName) return &value;
    return nullptr;
}

std::variant<HttpRequest, BadRequest> parseHead(const std::string& head)
{
    HttpRequest request;
    int minor = 0;
    bool first = true;
    for (std::size_t at = 0; at < head.size();) {
        const auto end = std::min(head.find("\r\n", at), head.size());
        const std::string_view line(head.data() + at, end - at);
        at = end + 2;
        if (!first && request.headers.size() >= 256) return BadRequest{400};
        if (first ? !readRequestLine(line, request, minor) : !readHeader(line, request)) return BadRequest{400};
        first = false;
    }
    if (first || !readFraming(request)) return BadRequest{400};
    const auto hosts = std::count_if(request.headers.begin(), request.headers.end(),
                                     [](const auto& header) { return header.first == "host"; });
    if (hosts > 1 || (hosts == 0 && minor >= 1)) return BadRequest{400};
    if (const auto* host = request.header("host")) request.host = hostOf(*host);
    request.keepAlive = minor >= 1 ? !lists(request, "connection", "close") : lists(request, "connection", "keep-alive");
    request.expectsContinue = minor >= 1 && lists(request, "expect", "100-continue");
    return request;
}

bool HttpReader::fill()
{
    std::uint8_t buffer[16 * 1024];
    const auto count = m_stream.read(buffer, sizeof buffer);
    if (!count || *count == 0) return false;
    m_pending.append(reinterpret_cast<const char*>(buffer), *count);
    return true;
}

std::variant<HttpRequest, BadRequest, NoRequest> HttpReader::next()
{
    // An empty line before a request is forgiven (RFC 9112, 2.2).
    std::size_t scanned = 0;
    for (;;) {
        while (m_pending.starts_with("\r\n") && scanned == 0) m_pending.erase(0, 2);
        const auto end = m_pending.find("\r\n\r\n", scanned > 3 ? scanned - 3 : 0);
        if (end != std::string::npos) {
            const std::string head = m_pending.substr(0, end);
            m_pending.erase(0, end + 4);
            if (head.size() > kLargestHead) return BadRequest{400};
            const auto parsed = parseHead(head);
            if (const auto* bad = std::get_if<BadRequest>(&parsed)) return *bad;
            return std::get<HttpRequest>(parsed);
        }
        scanned = m_pending.size();
        if (scanned > kLargestHead) return BadRequest{400};
        // What cannot become a request is refused at its first line, not after 64 KB of it.
        if (scanned > 16 * 1024 && m_pending.find("\r\n") == std::string::npos) return BadRequest{400};
        if (!m_pending.empty() && !isToken(m_pending.substr(0, 1)) && m_pending[0] != '\r') return BadRequest{400};
        if (!fill()) return NoRequest{};
    }
}

HttpReader::Body HttpReader::skip(std::uint64_t size)
{
    while (size > 0) {
        if (m_pending.empty() && !fill()) return Body::Broken;
        const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, m_pending.size()));
        m_pending.erase(0, part);
        size -= part;
    }
    return Body::Read;
}

std::variant<std::string, BadRequest, NoRequest> HttpReader::line(std::size_t limit)
{
    for (;;) {
        const auto end = m_pending.find("\r\n");
        if (end != std::string::npos) {
            std::string text = m_pending.substr(0, end);
            m_pending.erase(0, end + 2);
            return text;
        }
        if (m_pending.size() > limit) return BadRequest{400};
        if (!fill()) return NoRequest{};
    }
}

HttpReader::Body HttpReader::skipChunks()
{
    std::uint64_t total = 0;
    for (;;) {
        const auto header = line(1024);
        const auto* text = std::get_if<std::string>(&header);
        if (!text) return Body::Broken;
        const std::string_view digits = trimmed(std::string_view(*text).substr(0, text->find(';')));
        std::uint64_t size = 0;
        const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
        if (problem == std::errc::result_out_of_range) return Body::TooLarge;
        if (problem != std::errc() || end != digits.data() + digits.size()) return Body::Broken;
        if (size == 0) break;
        if (size > kLargestBody - total) return Body::TooLarge;
        total += size;
        if (skip(size) != Body::Read) return Body::Broken;
        const auto after = line(1);
        if (const auto* rest = std::get_if<std::string>(&after); !rest || !rest->empty()) return Body::Broken;
    }
    for (int trailers = 0; trailers < 64; ++trailers) {
        const auto trailer = line(8 * 1024);
        const auto* text = std::get_if<std::string>(&trailer);
        if (!text) return Body::Broken;
        if (text->empty()) return Body::Read;
    }
    return Body::Broken;
}

HttpReader::Body HttpReader::skipBody(const HttpRequest& request)
{
    if (!request.chunked && request.contentLength > kLargestBody) return Body::TooLarge;
    if (request.expectsContinue && (request.chunked || request.contentLength > 0) && m_pending.empty() &&
        !m_stream.write(viewOf("HTTP/1.1 100 Continue\r\n\r\n")))
        return Body::Broken;
    return request.chunked ? skipChunks() : skip(request.contentLength);
}

}  // namespace monban::practice
