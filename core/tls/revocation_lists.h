// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/pki/revocation.h"

namespace monban {

/// What an address answers to the server whose users are judged (Server::fetch).
using FetchList = std::function<Result<Bytes>(const std::string& url)>;

/// The lists at a certificate's distribution points, those at http addresses fetched all at once, by as many threads; any other address
/// has an error that says so. Of many points only the first few are asked.
std::vector<ListSource> listsOf(const Certificate& certificate, const FetchList& fetch);

}  // namespace monban
