// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/pki/certificate.h"
#include "core/pki/openssl.h"

namespace monban {

/// As the public function; the library's handle too, for what else is to be done with it.
Result<Certificate> parseCertificate(ByteView derOrPem, X509Ptr& handle);

/// Reads the certificates of a file with many, within a bound on the work: verifying a self-signed one can cost a
/// millisecond, and a file of the largest size we read has room for tens of thousands.
class CertificateList {
public:
    enum class Handles { Drop, Keep };
    explicit CertificateList(Handles wanted = Handles::Drop) : m_handles(wanted) {}

    enum class Added { Yes, Damaged, Full };
    Added add(ByteView der);

    std::vector<Certificate> certificates;
    std::vector<X509Ptr> handles;  ///< one for each certificate where they are kept

private:
    Handles m_handles;
    long m_microseconds = 0;  // estimated, so that the same file gives the same answer on every computer
};

/// What is read of a PKCS#7 file.
struct Pkcs7Contents {
    CertificateList list;
    bool complete = true;  ///< false where there were more than are read
};
Result<Pkcs7Contents> readPkcs7(ByteView derOrPem);
/// The revocation lists in a PKCS#7 file, each as its DER; not looked into.
std::vector<Bytes> listsOfPkcs7(ByteView der);

}  // namespace monban
