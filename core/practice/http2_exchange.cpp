// SPDX-License-Identifier: MIT
#include "core/practice/http2_exchange.h"

#include "core/base/utf8.h"

namespace monban::practice {
namespace {

constexpr std::size_t kFieldOverhead = 32;  // RFC 9113, 6.5.2 counts so much for each field

}  // namespace

void Http2Exchange::addField(std::string_view name, std::string_view value)
{
    m_size += name.size() + value.size() + kFieldOverhead;
    m_tooLarge = m_tooLarge || m_size > kLargestHead;
    if (m_tooLarge) return;  // a small block can unpack to a very large one
    if (name == ":method") m_method = value;
    else if (name == ":path") m_path = value;
    else if (name == ":authority") m_authority = value;
    else if (!name.starts_with(':')) m_fields.append(name).append(": ").append(value).append("\r\n");
}

std::variant<HttpRequest, BadRequest> Http2Exchange::head() const
{
    if (m_tooLarge) return BadRequest{400};
    // One parser for both protocols, so that access rules are looked up alike. nghttp2 let neither line ends nor NUL
    // through, and the parser takes blanks in a method or a path for an error.
    const auto alone = parseHead(m_method + " " + m_path + " HTTP/1.0\r\n" + m_fields);
    const auto* parsed = std::get_if<HttpRequest>(&alone);
    if (!parsed) return BadRequest{400};
    HttpRequest complete = *parsed;
    if (m_authority.empty()) {
        if (complete.host.empty()) return BadRequest{400};
    } else {
        const std::string host = hostOf(m_authority);
        // Two answers to the question whose site it is (RFC 9113, 8.3.1).
        if (complete.header("host") && complete.host != host) return BadRequest{400};
        complete.host = host;
    }
    const std::string* expected = complete.header("expect");
    complete.expectsContinue = expected && equalsIgnoringCase(*expected, "100-continue");
    return complete;
}

}  // namespace monban::practice
