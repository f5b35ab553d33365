// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/ssl.h>

#include <vector>

#include "core/practice/openssl_handles.h"
#include "core/practice/snapshot.h"

namespace monban::practice {

/// What the server shows and asks in a handshake, out of one http.sys record.
struct TlsIdentity {
    X509Ptr certificate;
    PkeyPtr key;
    CertificateStack chain;                          ///< the issuers a client may lack, from the CA store, without the root
    std::unique_ptr<STACK_OF(X509_NAME), void (*)(STACK_OF(X509_NAME)*)> issuerNames{nullptr, freeNames};
    std::uint64_t options = 0;                       ///< SSL_OP_NO_… : protocols this record or this Windows lacks
    bool asks = false;                               ///< for a client certificate, in the handshake
    bool http2 = false;                              ///< is offered to clients that know it

    static void freeNames(STACK_OF(X509_NAME)* names) { sk_X509_NAME_pop_free(names, X509_NAME_free); }
};

/// serverName: what the client asked for, by which a record of the central store finds its file.
/// Errors: NotFound (no such certificate, or no key), Damaged (key and certificate do not belong together), Denied (the
/// record refuses connections), those of the central store. http.sys closes the connection for each of them.
Result<TlsIdentity> identityFor(Backend& backend, const Snapshot& snapshot, const SslRecord& record,
                                const std::string& serverName);

/// Whether that Windows has TLS 1.3 on the server's side.
inline bool hasTls13(const Machine& machine) { return machine.build >= windows_build::kServer2022; }

}  // namespace monban::practice
