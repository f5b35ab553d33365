// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/secret.h"
#include "core/pki/certificate.h"

namespace monban::cli {

/// The certificates of a file of any kind, in its order; never none. Errors: those of the file's content.
Result<std::vector<Certificate>> certificatesFrom(const std::string& file, ByteView bytes, const Secret& password);
/// Those of several files. Errors: also those of reading.
Result<std::vector<Certificate>> certificatesFrom(const std::vector<std::string>& files, const Secret& password);

}  // namespace monban::cli
