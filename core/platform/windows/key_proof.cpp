// SPDX-License-Identifier: MIT
#include "core/platform/windows/key_proof.h"

#include <algorithm>

#include "core/pki/digest.h"
#include "core/platform/windows/time_limit.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

Result<KeySignature> signWithCng(NCRYPT_KEY_HANDLE key, bool rsa, ByteView data)
{
    Bytes digest = *bytesFromHex(sha256Hex(data));
    BCRYPT_PKCS1_PADDING_INFO padding{BCRYPT_SHA256_ALGORITHM};
    void* const rule = rsa ? &padding : nullptr;
    const DWORD flags = (rsa ? BCRYPT_PAD_PKCS1 : 0) | NCRYPT_SILENT_FLAG;
    DWORD size = 0;
    SECURITY_STATUS answer =
        ::NCryptSignHash(key, rule, digest.data(), static_cast<DWORD>(digest.size()), nullptr, 0, &size, flags);
    Bytes signature(size);
    if (answer == 0)
        answer = ::NCryptSignHash(key, rule, digest.data(), static_cast<DWORD>(digest.size()), signature.data(), size, &size, flags);
    if (answer != 0) return windowsError("NCryptSignHash", static_cast<DWORD>(answer));
    signature.resize(std::min<std::size_t>(size, signature.size()));
    return KeySignature{std::move(signature), SignatureHash::Sha256};
}

/// With SHA-1, the one hash that every provider of CryptoAPI knows: what is proven is the key, not the hash.
Result<KeySignature> signWithCapi(HCRYPTPROV container, DWORD use, ByteView data)
{
    CapiHash hash;
    if (!::CryptCreateHash(container, CALG_SHA1, 0, 0, hash.out())) return windowsError("CryptCreateHash", ::GetLastError());
    if (!::CryptHashData(hash.get(), data.data(), static_cast<DWORD>(data.size()), 0)) return windowsError("CryptHashData", ::GetLastError());
    DWORD size = 0;
    if (!::CryptSignHashW(hash.get(), use, nullptr, 0, nullptr, &size)) return windowsError("CryptSignHash", ::GetLastError());
    Bytes signature(size);
    if (!::CryptSignHashW(hash.get(), use, nullptr, 0, signature.data(), &size)) return windowsError("CryptSignHash", ::GetLastError());
    signature.resize(std::min<std::size_t>(size, signature.size()));
    std::ranges::reverse(signature);  // CryptoAPI begins with the lowest byte
    return KeySignature{std::move(signature), SignatureHash::Sha1};
}

Error noAnswer(std::chrono::milliseconds limit)
{
    const std::string seconds = std::to_string((limit.count() + 999) / 1000);
    return {ErrorCode::TimedOut,
            {tr("Windows did not sign with the private key within {0} seconds. If the key is kept on a device, look whether it waits for something."),
             {seconds}},
            "no signature within " + seconds + " s"};
}

}  // namespace

Result<KeySignature> signOnce(const OpenedKey& key, DWORD use, bool rsa, ByteView data)
{
    return key.cng.get() != 0 ? signWithCng(key.cng.get(), rsa, data) : signWithCapi(key.container.get(), use, data);
}

Result<Done> proveKey(const KeyLink& link, const Certificate& certificate, std::chrono::milliseconds limit)
{
    const Bytes data = randomBytes(32);
    const bool rsa = certificate.key.algorithm == "RSA";
    const auto signature = within(limit, [link, data, rsa]() -> Result<KeySignature> {
        OpenedKey key;
        if (const DWORD refused = openKey(link, key); refused != 0) return windowsError("opening the private key", refused);
        return signOnce(key, link.useOf(), rsa, data);
    });
    if (!signature) return noAnswer(limit);
    if (!*signature) return signature->error();
    if (signatureFits(certificate.publicKeyDer, data, (*signature)->bytes, (*signature)->hash)) return Done{};
    return Error{ErrorCode::Damaged,
                 {tr("The private key that Windows uses for the certificate is another one: what it signs does not verify."), {}},
                 "signature does not verify with " + certificate.thumbprintSha1};
}

}  // namespace monban::windows
