// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/pki/der_kind.h"

namespace monban {

/// One block of text between BEGIN and END lines (RFC 7468).
struct PemBlock {
    std::string label;  ///< "CERTIFICATE"
    Bytes der;
    bool damaged = false;    ///< not base64, or its END line is missing
    bool encrypted = false;  ///< a key under a password, in its own format or by headers (RFC 1421)
};

/// The blocks of a text, one at a time: with any text around them, any line ends, a byte-order mark, and UTF-16 as
/// PowerShell's `>` writes. Takes time in proportion to the size, whatever is in it.
class PemReader {
public:
    explicit PemReader(ByteView bytes);
    std::optional<PemBlock> next();

private:
    std::string m_converted;  // only where the text was UTF-16
    std::string_view m_rest;
};

/// Base64 with blanks and line ends; nothing if there is anything else in it.
std::optional<Bytes> bytesFromBase64(std::string_view text);
/// The bytes where the whole text is base64 of DER and nothing else.
std::optional<Bytes> fromBareBase64(ByteView bytes);
std::string pemText(const std::string& label, ByteView der);

/// The first object of that kind in DER, in PEM under whatever label, or in bare base64 (as some CAs mail it).
/// Nothing if there is none.
std::optional<Bytes> firstOfKind(ByteView derOrPem, DerKind kind);

/// True when the bytes begin as an ASN.1 sequence does; text may too, so the other reading is tried as well.
bool looksLikeDer(ByteView bytes);

}  // namespace monban
