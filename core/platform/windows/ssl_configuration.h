// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <vector>

#include "core/base/bytes.h"
#include "core/observe/ssl_record.h"
#include "core/platform/windows/http_api.h"

namespace monban::windows {

/// A record, or only its endpoint, as the HTTP Server API takes it: the structures, and everything they point to.
class SslConfiguration {
public:
    /// Errors: InvalidInput, naming what no such structure can hold.
    static Result<SslConfiguration> of(const SslRecord& record);
    static Result<SslConfiguration> ofEndpoint(RecordFamily family, const std::string& endpoint);
    SslConfiguration(SslConfiguration&&) noexcept;
    SslConfiguration& operator=(SslConfiguration&&) noexcept;
    ~SslConfiguration();

    ULONG id() const;
    void* set() const;
    ULONG setSize() const;
    void* exactQuery() const;
    ULONG querySize() const;

private:
    struct Parts;
    explicit SslConfiguration(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;  // the structures point at their neighbours, which therefore never move
};

/// The query for the record after `token` others of that family, and its size.
std::vector<std::uint8_t> nextQuery(ULONG id, DWORD token);

/// The record in the answer to a query: a set structure at its front, whatever that points to behind it. Errors: Damaged,
/// where a pointer leads out of the answer, or an address or text is none.
Result<SslRecord> recordFrom(ULONG id, ByteView answer);

}  // namespace monban::windows
