// SPDX-License-Identifier: MIT
#pragma once
#include "core/practice/access_log.h"
#include "core/practice/network.h"
#include "core/practice/snapshot.h"

namespace monban::practice {

/// One client's connection to a site: handshake, requests, answers, until either side closes. The server's state is
/// read once, when the client comes, as http.sys judges a certificate once for each connection.
void serveSite(Connection& connection, const fs::path& folder, const Endpoint& endpoint, AccessLog& log);

/// One client's connection to the practice CA's web server, which hands out its public files.
void serveCa(Connection& connection, const fs::path& folder);

}  // namespace monban::practice
