// SPDX-License-Identifier: MIT
#pragma once
#include "core/pki/inspect.h"

namespace monban {

/// Adds findings about one file to a list; used by inspect() and by the public functions of inspect.h.
class Findings {
public:
    explicit Findings(Time at) : m_at(at) {}

    void add(const char* id, Severity severity, Message message, Message remedy);
    /// Its dates, its key and its signature: what can be wrong with any certificate.
    void addCommon(const Certificate& certificate);
    /// Names and purposes, by what the certificate is for: a server, a client, or issuing others.
    void addPurpose(const Certificate& certificate);
    /// The way from the first certificate to a root, among the others. Of the first `verified` ones it is known already
    /// that each was signed by the next.
    void addChain(const std::vector<Certificate>& certificates, std::size_t verified = 0);
    /// All that matters of a server's certificate with those that came with it.
    void addServer(const std::vector<Certificate>& certificates, bool hasKey, bool keyMatches,
                   std::size_t verified = 0);
    void addCrl(const Crl& crl);
    void addRequest(const Request& request);
    void addEncryption(const Pkcs12Encryption& encryption);

    std::vector<Finding> list;

private:
    void addDates(const Certificate& certificate);
    void addKey(const PublicKey& key, ByteView subjectPublicKeyInfo, const std::string& name);

    Time m_at;
};

/// How a certificate is named in a sentence.
std::string nameForPeople(const Certificate& certificate);
/// Nothing in it keeps it from being a server's: it names that purpose, or every one.
bool isServerCertificate(const Certificate& certificate);
/// Made for client authentication and not for servers.
bool isClientCertificate(const Certificate& certificate);

}  // namespace monban
