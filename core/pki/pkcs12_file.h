// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/pki/openssl.h"

namespace monban {

/// The outer structure of a PKCS#12 file (RFC 7292), read without a password and without the library's own types: those
/// keep what we must look at (iteration counts) out of sight, and take many times the memory.

struct Pkcs12Mac {
    AlgorithmPtr algorithm;
    Bytes digest;
    Bytes salt;
    std::int64_t iterations = 1;
};

/// One ContentInfo of the AuthenticatedSafe: plain SafeContents, or encrypted ones.
struct Pkcs12Safe {
    Bytes bytes;              ///< the SafeContents, or their ciphertext
    AlgorithmPtr encryption;  ///< null where they are plain
};

struct Pkcs12File {
    Bytes content;  ///< what the MAC is computed over
    std::optional<Pkcs12Mac> mac;
    std::vector<Pkcs12Safe> safes;
};

/// Errors: Damaged, Unsupported (protected with a certificate instead of a password), InvalidInput (too large).
Result<Pkcs12File> readPkcs12File(ByteView der);

/// One SafeBag (RFC 7292, section 4.2), as slices.
struct Pkcs12Bag {
    enum class Kind { Key, ShroudedKey, Certificate, Other };
    Kind kind = Kind::Other;
    ByteView value;
    std::string friendlyName;
};

/// Calls for each bag, those in nested SafeContents too. False where the structure is broken.
bool forEachBag(ByteView safeContents, const std::function<void(const Pkcs12Bag&)>& visit);

/// EncryptedPrivateKeyInfo (RFC 5958, section 3).
struct ShroudedKey {
    AlgorithmPtr encryption;
    Bytes ciphertext;
};
std::optional<ShroudedKey> readShroudedKey(ByteView value);
/// The DER in a certificate bag; nothing for an SDSI certificate or where it is broken.
std::optional<Bytes> certificateInBag(ByteView value);

}  // namespace monban
