// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/observe/ssl_record.h"

namespace monban::windows {

class HttpApi;

/// http.sys's certificate records through the HTTP Server API (WINDOWS-FACTS 2): the truth netsh's translated text only
/// describes. One thread at a time.
class HttpRecords {
public:
    /// Through httpapi.dll of the system folder. Errors: NotFound (this Windows has none), Io.
    static Result<HttpRecords> open();
    explicit HttpRecords(std::unique_ptr<HttpApi> api);
    HttpRecords(HttpRecords&&) noexcept;
    HttpRecords& operator=(HttpRecords&&) noexcept;
    ~HttpRecords();

    /// Every record of IP:port, SNI and central store, that of one host (netsh's scopedccs) included; a family this
    /// Windows does not know has none. Raw flags and check modes as they are. Errors: Damaged (a record that no SslRecord
    /// can hold exactly), Denied, Io.
    Result<std::vector<SslRecord>> all() const;

    /// Writes the record whole, in place of one at the same endpoint: in one call where Windows has it
    /// (HttpUpdateServiceConfiguration), else removed and made anew; where that fails the old one is put back.
    /// Errors: InvalidInput (what no record of http.sys can hold), Denied, Io (1312: certificate or key not usable).
    Result<Done> put(const SslRecord& record) const;
    /// Errors: InvalidInput, NotFound, Denied, Io.
    Result<Done> remove(RecordFamily family, const std::string& endpoint) const;

private:
    std::unique_ptr<HttpApi> m_api;
};

}  // namespace monban::windows
