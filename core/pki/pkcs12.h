// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/secret.h"
#include "core/pki/certificate.h"

namespace monban {

/// Which Windows knows all the algorithms of a file (WINDOWS-FACTS 3.3): Server 2016 only those of the PKCS#12 standard
/// with a SHA-1 MAC, Server 2019 and later AES and SHA-2 too. In the order of "worse".
enum class WindowsReads { Every, Modern, Unknown, None };

/// How a PKCS#12 file is protected; readable without its password.
struct Pkcs12Encryption {
    std::string mac;              ///< "sha1", "sha256" …; empty without a MAC; "pbmac1" (RFC 9579)
    std::string cipher;           ///< of the key, or of the certificates where the key is in the clear:
                                  ///< "PBE-SHA1-3DES", "PBE-SHA1-RC2-40", "AES-256-CBC" …; "none"
    std::int64_t iterations = 0;  ///< the largest count in the file
    WindowsReads windows = WindowsReads::Every;
    /// PBES2/AES or a SHA-2 MAC: Windows Server 2016 cannot open it, and says the password is wrong.
    bool needsModernWindows = false;
};

/// What a PKCS#12 file holds once opened.
struct Pkcs12Contents {
    std::vector<Certificate>
        certificates;  ///< the one that fits the key first, then its issuers in order, then the rest
    std::vector<std::string> friendlyNames;  ///< one for each certificate, empty where there is none
    std::vector<bool> hasPrivateKey;         ///< one for each certificate
    std::size_t chainLength = 0;             ///< so many from the first on each were signed by the next one
    int keyCount = 0;
    bool keyMatches = false;  ///< certificates[0] belongs to the (first) key
    Pkcs12Encryption encryption;
    Secret keyPem;  ///< the unencrypted private key, for the practice server; Windows imports the file itself
};

/// Opens the file (binary, as Windows wants it). Errors: WrongPassword, Unsupported (an encryption OpenSSL does not
/// know, an absurd iteration count, PEM text), Damaged. Where no password was given, tries "none" and the empty one, as
/// they differ in PKCS#12.
Result<Pkcs12Contents> openPkcs12(ByteView file, const Secret& password);

/// How it is protected, without a password. Errors: Damaged (not PKCS#12).
Result<Pkcs12Encryption> pkcs12Encryption(ByteView file);

/// More rounds than any real file has (OpenSSL writes 2,048, Windows 2,000, Java 10,000, GnuTLS up to 600,000); a
/// larger count is reported and not computed, nor are many large ones in one file.
constexpr std::int64_t kMostIterations = 5'000'000;

}  // namespace monban
