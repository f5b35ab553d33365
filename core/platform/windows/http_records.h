// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/observe/ssl_record.h"

namespace monban::windows {

/// http.sys's certificate records through the HTTP Server API (WINDOWS-FACTS 2): the truth netsh's translated text only
/// describes. httpapi.dll is loaded from the system folder when it is first needed.
class HttpRecords {
public:
    /// Errors: NotFound (this Windows has no httpapi.dll), Io.
    static Result<HttpRecords> open();
    HttpRecords(HttpRecords&&) noexcept;
    HttpRecords& operator=(HttpRecords&&) noexcept;
    ~HttpRecords();

    /// Every record of IP:port, SNI and central store; a family this Windows does not know has none. Raw flags and check
    /// modes as they are. Errors: Denied, Io.
    Result<std::vector<SslRecord>> all() const;

    /// Writes the record whole, in place of one at the same endpoint: in one call where Windows has it
    /// (HttpUpdateServiceConfiguration), else removed and made anew; where that fails the old one is put back.
    /// Errors: Denied, Io (1312: certificate or key not usable), Unsupported.
    Result<Done> put(const SslRecord& record) const;
    /// Errors: NotFound, Denied, Io.
    Result<Done> remove(RecordFamily family, const std::string& endpoint) const;

private:
    struct Api;
    explicit HttpRecords(std::unique_ptr<Api> api);
    std::unique_ptr<Api> m_api;
};

}  // namespace monban::windows
