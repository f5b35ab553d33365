// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/secret.h"
#include "core/model/materials.h"
#include "core/plan/action.h"

// Keys, certificates and files for the tests of the certificate stores. Made here, without <windows.h>, because OpenSSL's
// names and wincrypt.h's never meet in one file.
namespace monban::testing {

/// A certificate and the private key that belongs to it.
struct Identity {
    Bytes der;
    std::string thumbprint;
    Bytes publicKeyDer;
    Secret keyPem;
};

/// GarbledByWine: an RSA key whose import Wine spoils (practice::isTakenByWine).
enum class KeyKind { Rsa, Ec, GarbledByWine };
Identity selfSigned(const std::string& commonName, KeyKind kind = KeyKind::Rsa);
/// Another certificate for the same key, as a renewal or the one that stands for a request is.
Identity sameKeyAs(const Identity& other, const std::string& commonName);
Identity issued(const std::string& commonName, const Identity& issuer, bool ca, KeyKind kind = KeyKind::Rsa);
/// As many certificates of one key as are wanted: only their serial numbers differ.
std::vector<Bytes> manyCertificates(int count);

/// The same certificate with one letter of its issuer's name turned into a type of text that nobody knows: crypt32 takes
/// the name for bytes, OpenSSL reads it.
Bytes withBrokenIssuer(Bytes der);

/// A PKCS#10 request of that key, DER.
Bytes requestOf(const Identity& identity);

struct Pkcs12Parts {
    const Identity* own = nullptr;
    const Identity* keyOf = nullptr;  ///< whose key goes in; null: its own
    std::vector<Bytes> chain;
    std::string friendlyName;
};
Bytes pkcs12Of(const Pkcs12Parts& parts, const std::string& password);

/// A file and the password to it, as the wizard hands them over.
Pkcs12Material materialOf(Bytes file, std::string password);
/// The step that imports it: the first certificate, its intermediates to CA.
ImportPkcs12 importOf(const Pkcs12Material& material, const std::string& store, const std::string& friendlyName = {});

/// A file of tests/data/stores.
Bytes dataFile(const std::string& name);
constexpr const char* kDataPassword = "kanarienvogel-Wq7";
constexpr const char* kDataFriendlyName = "サーバー証明書 2026";

}  // namespace monban::testing
