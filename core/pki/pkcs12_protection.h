// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/pki/openssl.h"
#include "core/pki/pkcs12.h"

namespace monban {

/// One password-based algorithm of a PKCS#12 file: a cipher (RFC 7292 appendix C, RFC 8018) or the MAC. Known before
/// anything is computed, so that nothing absurd ever is.
struct Protection {
    std::string name;  ///< "PBE-SHA1-3DES", "AES-256-CBC"; for a MAC its hash
    std::int64_t iterations = 0;
    std::int64_t work = 0;  ///< what it costs, in units of KdfBudget
    WindowsReads windows = WindowsReads::Every;
    bool usesRawBytes = false;     ///< PBES2 takes the password's bytes; the older ones take it as a BMPString
    std::optional<Error> refusal;  ///< why it is not computed: unknown, or absurd
};

Protection cipherProtection(const X509_ALGOR* algorithm);
/// `iterations` as MacData has them; PBMAC1 (RFC 9579) keeps its own in the algorithm.
Protection macProtection(const X509_ALGOR* algorithm, std::int64_t iterations, std::size_t saltSize);

/// How much hashing one file may cause: about a second, whatever its parts say. A unit is one round of the PKCS#12
/// derivation with SHA-1, a tenth of a microsecond.
class KdfBudget {
public:
    static constexpr std::int64_t kWhole = 9'000'000;
    bool take(std::int64_t work);

private:
    std::int64_t m_left = kWhole;
};

/// A password in the form one of the known programs would have used. Wiped on destruction.
struct PasswordForm {
    bool none = false;   ///< no password at all, which PKCS#12 tells from the empty one
    std::string pkcs12;  ///< UTF-8 of what becomes the BMPString
    std::string raw;     ///< bytes for PBES2

    PasswordForm(bool isNone, std::string_view forPkcs12, std::string_view forPbes2);
    PasswordForm(PasswordForm&&) noexcept = default;
    PasswordForm(const PasswordForm&) = delete;
    ~PasswordForm();
};

/// The right form first, then those of programs that deviate.
std::vector<PasswordForm> passwordForms(const Secret& password);

/// Decrypted bytes. Wiped on destruction.
class Plain {
public:
    Plain(unsigned char* bytes, int size) : m_bytes(bytes), m_size(static_cast<std::size_t>(size)) {}
    Plain(Plain&& other) noexcept : m_bytes(std::exchange(other.m_bytes, nullptr)), m_size(other.m_size) {}
    Plain(const Plain&) = delete;
    ~Plain() { OPENSSL_clear_free(m_bytes, m_size); }
    ByteView view() const { return {m_bytes, m_size}; }

private:
    unsigned char* m_bytes;
    std::size_t m_size;
};

/// Nothing where the padding does not fit: most likely the wrong password.
std::optional<Plain> decrypted(const X509_ALGOR* algorithm, bool usesRawBytes, ByteView ciphertext,
                               const PasswordForm& password);
bool macFits(const std::string& hash, std::int64_t iterations, ByteView salt, ByteView digest, ByteView content,
             const PasswordForm& password);

}  // namespace monban
