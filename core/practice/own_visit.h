// SPDX-License-Identifier: MIT
#pragma once
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/base/utf8.h"
#include "core/observe/ssl_record.h"
#include "core/tls/https_visit.h"

namespace monban::practice {

/// A visit from the practice server to its own endpoint of that record: by the front that serves the folder, or, where
/// none does, one that serves it for this visit alone. name: of SNI and Host. Errors: NotFound (no https binding there),
/// those of serve() and visit().
Result<HttpsAnswer> visitOwn(const fs::path& folder, const SslRecord& record, const std::string& name, const std::stop_token& stop);

}  // namespace monban::practice
