// SPDX-License-Identifier: MIT
#include "core/pki/digest.h"

#include <openssl/rand.h>

#include <cstdlib>

#include "core/pki/openssl.h"

namespace monban {
namespace {

std::string digestHex(ByteView bytes, const char* algorithm)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    std::size_t length = 0;
    // Fails only when memory or the library itself does; a wrong digest would be worse than an end.
    if (EVP_Q_digest(opensslContext(), algorithm, nullptr, bytes.data(), bytes.size(), digest, &length) != 1)
        std::abort();
    return hex({digest, length});
}

}  // namespace

std::string sha1Hex(ByteView bytes) { return digestHex(bytes, "SHA1"); }
std::string sha256Hex(ByteView bytes) { return digestHex(bytes, "SHA256"); }

Bytes randomBytes(std::size_t count)
{
    Bytes bytes(count);
    if (RAND_bytes_ex(opensslContext(), bytes.data(), count, 0) != 1) std::abort();
    return bytes;
}

}  // namespace monban
