// SPDX-License-Identifier: MIT
#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "core/base/file.h"
#include "core/base/secret.h"
#include "core/pki/revocation.h"

namespace monban::cli {

/// The certificates of a file of any kind, in its order; never none. Errors: those of the file's content.
Result<std::vector<Certificate>> certificatesFrom(const std::string& file, ByteView bytes, const Secret& password);
/// Those of several files. Errors: also those of reading.
Result<std::vector<Certificate>> certificatesFrom(const std::vector<std::string>& files, const Secret& password);

/// The lists at a certificate's distribution points, as the server that is meant gets them, where there is one; else from here.
/// Errors: of opening a practice server.
Result<std::vector<ListSource>> listsAtPoints(const Console& console, const Certificate& certificate, const std::stop_token& stop);

}  // namespace monban::cli
