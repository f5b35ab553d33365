// SPDX-License-Identifier: MIT
#include "core/pki/private_key.h"

#include "core/pki/names.h"

namespace monban {
namespace {

/// RSA of 16,384 bits takes half of it.
constexpr std::size_t kLargestKey = 20'000;
/// DSA of 3072 bits takes 850 bytes.
constexpr std::size_t kLargestDsaKey = 1'300;

bool isKnownKind(int nid, std::size_t size)
{
    switch (nid) {
        case NID_rsaEncryption:
        case NID_rsassaPss:
        case NID_X9_62_id_ecPublicKey:
        case NID_ED25519:
        case NID_ED448:
            return true;
        case NID_dsa:
            return size <= kLargestDsaKey;
        default:
            return false;
    }
}

Error damaged() { return opensslError(ErrorCode::Damaged, {tr("The private key is damaged."), {}}); }

}  // namespace

Result<PrivateKey> privateKeyFromPkcs8(ByteView der)
{
    const ErrorQueueScope scope;
    if (der.size() > kLargestKey) return damaged();
    const unsigned char* at = der.data();
    const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
    if (!info) return damaged();
    const ASN1_OBJECT* algorithm = nullptr;
    PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, info.get());
    if (!isKnownKind(OBJ_obj2nid(algorithm), der.size()))
        return Error{ErrorCode::Unsupported,
                     {tr("The private key is of a kind ({0}) that cannot be read here, nor used by IIS."),
                      {shortName(algorithm)}},
                     {}};
    PkeyPtr key(EVP_PKCS82PKEY_ex(info.get(), opensslContext(), nullptr));
    if (!key) return damaged();
    return PrivateKey{std::move(key), static_cast<std::size_t>(at - der.data())};
}

Result<PrivateKey> privateKeyFromPem(const std::string& label, ByteView der)
{
    const ErrorQueueScope scope;
    const int type = label == "RSA PRIVATE KEY"  ? EVP_PKEY_RSA
                     : label == "EC PRIVATE KEY" ? EVP_PKEY_EC
                                                 : EVP_PKEY_NONE;
    if (type == EVP_PKEY_NONE) return privateKeyFromPkcs8(der);
    const unsigned char* at = der.data();
    PkeyPtr key(der.size() > kLargestKey
                    ? nullptr
                    : d2i_PrivateKey_ex(type, nullptr, &at, static_cast<long>(der.size()), opensslContext(), nullptr));
    if (!key) return damaged();
    return PrivateKey{std::move(key), static_cast<std::size_t>(at - der.data())};
}

}  // namespace monban
