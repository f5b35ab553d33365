// SPDX-License-Identifier: MIT
#include "core/pki/digest.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdlib>

namespace monban {
namespace {

std::string digestHex(ByteView bytes, const EVP_MD* algorithm)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    // Fails only when memory or the library itself does; a wrong digest would be worse than an end.
    if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, algorithm, nullptr) != 1) std::abort();
    return hex({digest, length});
}

}  // namespace

std::string sha1Hex(ByteView bytes) { return digestHex(bytes, EVP_sha1()); }
std::string sha256Hex(ByteView bytes) { return digestHex(bytes, EVP_sha256()); }

Bytes randomBytes(std::size_t count)
{
    Bytes bytes(count);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) std::abort();
    return bytes;
}

}  // namespace monban
