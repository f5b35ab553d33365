// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/base/quoting.h"
#include "core/observe/facts.h"
#include "core/observe/ssl_record.h"
#include "core/plan/action.h"

namespace monban {

/// The record_flags that netsh of that Windows build has a parameter for (WINDOWS-FACTS 1.1).
std::uint32_t netshFlags(int build);

/// True when netsh of that build can write the record as it is, every bit and timer of it.
bool netshCanWrite(const SslRecord& record, int build);

/// `update sslcert` exists (WINDOWS-FACTS 1.5: doubtful on Server 2016, so there a record is deleted and added).
bool netshCanUpdate(int build);

/// `netsh http add|update sslcert` with every option that is not at its default, so that none is lost whichever way
/// this Windows treats an omitted one; zero timers are left out, because Server 2025 refuses them.
Command netshWrite(const std::string& netsh, const char* verb, const SslRecord& record);
Command netshDelete(const std::string& netsh, RecordFamily family, const std::string& endpoint);

}  // namespace monban
