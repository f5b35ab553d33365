// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/pki/certificate_list.h"
#include "core/pki/private_key.h"

namespace monban {

/// What the PEM blocks of a text hold: all certificates, the first of each other kind.
struct TextFile {
    CertificateList list;
    bool complete = true;  ///< false where there was more than is read
    int damagedCertificates = 0;
    std::optional<std::string> damagedLabel;  ///< of the first other block that cannot be read
    std::optional<Bytes> pkcs12;
    std::optional<Bytes> pkcs7;
    std::optional<Bytes> request;
    std::optional<Bytes> crl;
    int crls = 0;
    int keys = 0;
    std::vector<PkeyPtr> openKeys;  ///< those of the first few keys that are under no password
};

TextFile readTextFile(ByteView bytes);

}  // namespace monban
