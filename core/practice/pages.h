// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/pki/certificate.h"
#include "core/practice/http_request.h"
#include "core/practice/judge.h"

namespace monban::practice {

/// What a request is answered with.
struct Answer {
    int status = 200;
    int subStatus = 0;
    std::uint32_t win32 = 0;
    std::string contentType = "text/html; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  ///< further ones
    bool fromHttpSys = false;  ///< answered below IIS: Server header "Microsoft-HTTPAPI/2.0"
};

/// The page of a site that let the request in: which certificate it saw.
Answer acceptedPage(const Machine& machine, const std::optional<Certificate>& client);

/// IIS's page for a refusal: the detailed one with the sub-status, or the plain one that remote visitors get where
/// machine.json says so.
Answer errorPage(const Machine& machine, const HttpRequest& request, int status, int subStatus, std::uint32_t win32);

/// http.sys's own short page, for requests that reach no site.
Answer httpSysPage(int status, const Machine& machine);

/// The practice server's state cannot be read: not a page of IIS's, but what a person who edits the folder needs.
Answer brokenStatePage(const Machine& machine, const Error& error);

const char* reasonPhrase(int status);

/// The header fields of the response, but for those that only HTTP/1 has.
std::vector<std::pair<std::string, std::string>> responseFields(const Answer& answer, Time now);

/// The whole response but for the body where it was not asked for (HEAD).
std::string responseText(const Answer& answer, bool withBody, bool keepAlive, Time now);

}  // namespace monban::practice
