// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/practice/openssl_handles.h"

namespace monban::practice {

/// One attribute of a name: {"CN", "Taro Yamada"}, UTF-8.
using NamePart = std::pair<const char*, std::string>;

/// What a certificate of the practice CA shall say. The subject's key is given beside it.
struct NewCertificate {
    std::vector<NamePart> subject;
    Bytes serial;
    Time notBefore{};
    Time notAfter{};
    bool ca = false;
    bool marked = false;            ///< carries kPracticeMarker
    std::string keyUsage;           ///< OpenSSL's notation: "critical,keyCertSign,cRLSign"
    std::string extendedKeyUsage;   ///< "serverAuth"; empty: none
    std::vector<std::string> dnsNames;
    std::string crlUrl;
};

/// Who signs. A root signs itself: its own certificate is not there yet.
struct Signer {
    X509* certificate = nullptr;
    EVP_PKEY* key = nullptr;
};

Result<X509Ptr> makeCertificate(const NewCertificate& wanted, EVP_PKEY* subjectKey, const Signer& signer);

/// The pieces of which makeCertificate consists, for a certificate whose subject comes out of a request.
bool setSerial(X509* certificate, const Bytes& serial);
bool setValidity(X509* certificate, Time notBefore, Time notAfter);
/// value in OpenSSL's configuration notation: only for texts of our own, never for a peer's.
bool addExtension(X509* certificate, X509* issuer, int nid, const std::string& value);
bool sign(X509* certificate, EVP_PKEY* key);

/// Wine's PFXImportCertStore says success and keeps garbage for a key of which a number is a byte shorter than the most it may be
/// (dlls/crypt32/unixlib.c, import_store_key): one key in a hundred. False for those.
bool isTakenByWine(const EVP_PKEY* rsa);
/// One that every Windows and Wine takes.
PkeyPtr makeRsaKey(int bits = 2048);
PkeyPtr makeEcKey();

/// Key, certificate and chain as PKCS#12 with PBE-SHA1-3DES and a SHA-1 MAC: what every Windows reads, and what an
/// OpenSSL without its legacy provider still reads (RC2 it does not).
Result<Bytes> makePkcs12(X509* certificate, EVP_PKEY* key, X509* issuer, const std::string& friendlyName,
                         const std::string& password);

}  // namespace monban::practice
