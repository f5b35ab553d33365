// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <variant>

#include "core/practice/http_request.h"

namespace monban::practice {

/// One request on an HTTP/2 connection, while it comes in, and the answer's body, while it goes out.
class Http2Exchange {
public:
    /// A field of the head as it comes, pseudo-header fields (RFC 9113, 8.3) included. What is beyond the limits of
    /// HttpReader is dropped, and the request is refused.
    void addField(std::string_view name, std::string_view value);
    /// The head is complete.
    std::variant<HttpRequest, BadRequest> head() const;

    bool headSeen = false;
    bool whole = false;             ///< the client has sent all of it
    std::uint64_t bodySize = 0;     ///< how much of the body came; nobody here wants its content
    std::variant<HttpRequest, BadRequest> request = BadRequest{};
    bool answered = false;
    std::string answerBody;
    std::size_t sent = 0;           ///< of answerBody

private:
    std::string m_method, m_path, m_authority, m_fields;
    std::size_t m_size = 0;
    bool m_tooLarge = false;
};

}  // namespace monban::practice
