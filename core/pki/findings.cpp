// SPDX-License-Identifier: MIT
#include "core/pki/findings.h"

#include <algorithm>

#include "core/pki/certificate_form.h"
#include "core/pki/path_search.h"

namespace monban {
namespace {

constexpr auto kSoon = std::chrono::days{30};

bool hasPurpose(const Certificate& certificate, const char* purpose)
{
    return std::ranges::find(certificate.extendedKeyUsage, purpose) != certificate.extendedKeyUsage.end();
}

/// The certificate among them that signed it.
const Certificate* issuerOf(const Certificate& certificate, const std::vector<Certificate>& among)
{
    constexpr int kMostTries = 16;  // many of one name in one file are not a chain
    int tries = 0;
    for (const Certificate& candidate : among)
        if (&candidate != &certificate && isNamedAsIssuer(certificate, candidate) && ++tries <= kMostTries && issuedBy(certificate, candidate))
            return &candidate;
    return nullptr;
}

std::string daysUntil(Time at, Time end)
{
    return std::to_string(std::chrono::floor<std::chrono::days>(end - at).count());
}

}  // namespace

const char* name(Severity severity)
{
    switch (severity) {
        case Severity::Error:
            return "error";
        case Severity::Warning:
            return "warning";
        case Severity::Info:
            return "info";
    }
    return "info";
}

std::string nameForPeople(const Certificate& certificate)
{
    return certificate.subject.empty() ? "#" + certificate.serial : certificate.subject;
}

bool isServerCertificate(const Certificate& certificate)
{
    return !certificate.hasExtendedKeyUsage || hasPurpose(certificate, "serverAuth") ||
           hasPurpose(certificate, "anyExtendedKeyUsage");
}

bool isClientCertificate(const Certificate& certificate)
{
    return !certificate.isCa && !isServerCertificate(certificate) && hasPurpose(certificate, "clientAuth");
}

void Findings::add(const char* id, Severity severity, Message message, Message remedy)
{
    list.push_back({id, severity, std::move(message), std::move(remedy)});
}

void Findings::addCommon(const Certificate& certificate)
{
    addDates(certificate);
    addKey(certificate.key, certificate.publicKeyDer, nameForPeople(certificate));
    if (certificate.selfSigned) return;  // nobody relies on the signature of a root
    const std::string& hash = certificate.signatureHash;
    if (hash == "sha1" && isClientCertificate(certificate))
        add("sha1-signature", Severity::Warning,
            {tr("{0} is signed with SHA-1. Windows still takes that of a client unless a policy forbids it, but it can be forged."), {nameForPeople(certificate)}},
            {tr("Ask the CA for a certificate signed with SHA-256."), {}});
    else if (hash == "sha1")
        add("sha1-signature", Severity::Error,
            {tr("{0} is signed with SHA-1. Edge, Chrome and Windows no longer accept such signatures."),
             {nameForPeople(certificate)}},
            {tr("Ask the CA for a certificate signed with SHA-256."), {}});
    else if (hash == "md5" || hash == "md4" || hash == "md2")
        add("md5-signature", Severity::Error,
            {tr("{0} is signed with {1}, which can be forged. Nothing accepts it any more."),
             {nameForPeople(certificate), hash}},
            {tr("Ask the CA for a certificate signed with SHA-256."), {}});
}

void Findings::addDates(const Certificate& certificate)
{
    const std::string who = nameForPeople(certificate);
    if (!certificate.hasReadableDates) {
        add("unreadable-dates", Severity::Error,
            {tr("The dates in {0} cannot be read, so no program will take it for valid."), {who}},
            {tr("Ask the CA for a new certificate."), {}});
    } else if (m_at < certificate.notBefore) {
        add("not-yet-valid", Severity::Error,
            {tr("{0} is not valid before {1}."), {who, rfc3339(certificate.notBefore)}},
            {tr("Check the clock of this computer; if it is right, wait until then."), {}});
    } else if (m_at > certificate.notAfter) {
        add("expired", Severity::Error,
            {tr("{0} expired on {1}. Clients refuse it."), {who, rfc3339(certificate.notAfter)}},
            {tr("Ask the CA for a new certificate."), {}});
    } else if (certificate.notAfter - m_at <= kSoon) {
        add("expires-soon", Severity::Warning,
            {tr("{0} expires on {1}, in {2} days."),
             {who, rfc3339(certificate.notAfter), daysUntil(m_at, certificate.notAfter)}},
            {tr("Ask the CA for a new certificate now and renew in time."), {}});
    }
}

void Findings::addKey(const PublicKey& key, ByteView subjectPublicKeyInfo, const std::string& who)
{
    const bool likeRsa = key.algorithm.starts_with("RSA") || key.algorithm == "DSA";
    if ((likeRsa || key.algorithm == "EC") && key.bits == 0) {
        add("unreadable-key", Severity::Error, {tr("The public key of {0} cannot be read."), {who}},
            {tr("Ask the CA for a certificate with an RSA key of 2048 bits or more, or with a key on the curve P-256 "
                "or P-384."),
             {}});
        return;
    }
    const int least = likeRsa ? 2048 : key.algorithm == "EC" ? 256 : 0;
    if (key.bits >= least) {
        if (!isKeyOfBrowsers(subjectPublicKeyInfo))
            add("rare-key", Severity::Warning,
                {tr("The key of {0} ({1}) is of a kind that browsers do not take: neither RSA nor on the curve P-256, P-384 or P-521."),
                 {who, key.bits ? key.algorithm + " " + std::to_string(key.bits) : key.algorithm}},
                {tr("Ask the CA for a certificate with an RSA key of 2048 bits or more, or with a key on the curve P-256 "
                    "or P-384."),
                 {}});
        return;
    }
    // Windows refuses RSA below 1024 bits altogether (security advisory 2661254).
    const Severity severity = likeRsa && key.bits >= 1024 ? Severity::Warning : Severity::Error;
    add("weak-key", severity,
        {tr("The {1} key of {0} has only {2} bits. At least {3} are needed to be safe, and clients may refuse less."),
         {who, key.algorithm, std::to_string(key.bits), std::to_string(least)}},
        {tr("Make a new key of {0} bits or more and ask the CA for a certificate for it."), {std::to_string(least)}});
}

void Findings::addPurpose(const Certificate& certificate)
{
    const std::string who = nameForPeople(certificate);
    if (certificate.isCa) return;
    if (isClientCertificate(certificate)) {
        add("client-certificate", Severity::Info,
            {tr("{0} is a client certificate: it is for people who sign in, not for the server."), {who}},
            {tr("Give it to the user it is for. The server needs a certificate of its own."), {}});
        return;
    }
    if (!isServerCertificate(certificate))
        add("no-server-purpose", Severity::Error,
            {tr("{0} is not allowed for servers: server authentication is missing in its extended key usage. Browsers "
                "refuse it."),
             {who}},
            {tr("Ask the CA for a certificate with the purpose server authentication (1.3.6.1.5.5.7.3.1)."), {}});
    if (certificate.dnsNames.empty() && certificate.ipAddresses.empty())
        add("no-san", Severity::Error,
            {tr("{0} has no subject alternative name. Edge and Chrome look only there for the host name and refuse the "
                "certificate."),
             {who}},
            {tr("Ask the CA for a certificate that names the server in its subject alternative names."), {}});
}

void Findings::addChain(const std::vector<Certificate>& certificates, std::size_t verified)
{
    constexpr int kLongestChain = 10;
    const Certificate* current = &certificates.front();
    for (int depth = 0; depth < kLongestChain && !current->selfSigned; ++depth) {
        const auto next = static_cast<std::size_t>(current - certificates.data()) + 1;
        const Certificate* issuer = next < verified ? &certificates[next] : issuerOf(*current, certificates);
        const bool sameName = std::ranges::any_of(certificates, [&](const Certificate& other) {
            return &other != current && isNamedAsIssuer(*current, other);
        });
        if (!issuer && sameName) {
            add("chain-missing", Severity::Warning,
                {tr("A certificate named {1} is in the file, but its key did not sign {0}: it is an older or newer one "
                    "of that CA, or one of the two was altered."),
                 {nameForPeople(*current), current->issuer}},
                {tr("Get the certificate of {0} from the CA that goes with this one."), {current->issuer}});
        } else if (!issuer && depth == 0) {
            const bool client = isClientCertificate(*current);
            add("chain-missing", client ? Severity::Info : Severity::Warning,
                {tr("The certificate of the issuer, {1}, is not in the file. If the computer does not know it, {0} "
                    "cannot be verified."),
                 {nameForPeople(*current), current->issuer}},
                {tr("Get the certificate of {0} from the CA and install it too: under trusted roots if it is "
                    "self-signed, else under intermediate CAs."),
                 {current->issuer}});
        } else if (!issuer) {
            add("root-not-included", Severity::Info,
                {tr("The chain in the file ends with {0}. Its issuer, {1}, must be among the trusted roots of whoever "
                    "verifies it."),
                 {nameForPeople(*current), current->issuer}},
                {tr("Nothing is to be done if {0} is installed as a trusted root."), {current->issuer}});
        }
        if (!issuer) return;
        if (!issuer->isCa)
            add("not-a-ca", Severity::Error,
                {tr("{0} issued {1} but is not marked as a CA. Windows refuses the whole chain."),
                 {nameForPeople(*issuer), nameForPeople(*current)}},
                {tr("Ask the CA: its certificate needs the basic constraint CA and the key usage certificate signing."),
                 {}});
        current = issuer;
    }
}

void Findings::addCrl(const Crl& crl)
{
    if (m_at < crl.thisUpdate)
        add("crl-not-yet-valid", Severity::Error,
            {tr("The revocation list is not valid before {0}."), {rfc3339(crl.thisUpdate)}},
            {tr("Check the clock of this computer; if it is right, wait until then."), {}});
    if (!crl.nextUpdate)
        add("crl-no-next-update", Severity::Warning,
            {tr("The revocation list does not say when the next one comes, so nobody knows whether it is still "
                "current."),
             {}},
            {tr("Ask the CA to publish lists with a next update."), {}});
    else if (m_at > *crl.nextUpdate)
        add("crl-expired", Severity::Error,
            {tr("The revocation list was to be replaced on {0}. A server that checks revocation now refuses every "
                "client certificate of this CA."),
             {rfc3339(*crl.nextUpdate)}},
            {tr("Get the current list from the CA; if that is the current one, the CA must publish a new one."), {}});
    if (crl.delta)
        add("crl-delta", Severity::Info,
            {tr("This is a delta list: it counts only together with the complete list it is based on."), {}},
            {tr("Get the complete list as well."), {}});
    if (crl.indirect)
        add("crl-indirect", Severity::Info,
            {tr("This is an indirect list: it also names certificates of other CAs. Windows does not use such lists."),
             {}},
            {tr("Ask the CA for a list of its own."), {}});
}

void Findings::addRequest(const Request& request)
{
    const std::string who = request.subject.empty() ? "PKCS#10" : request.subject;
    if (!request.signatureValid)
        add("bad-request-signature", Severity::Error,
            {tr("The request {0} was altered or not made with its own key: its signature does not verify. A CA refuses "
                "it."),
             {who}},
            {tr("Make a new request."), {}});
    addKey(request.key, request.publicKeyDer, who);
    if (request.dnsNames.empty() && request.ipAddresses.empty())
        add("no-san", Severity::Warning,
            {tr("The request {0} names no server in its subject alternative names. Unless the CA adds them, Edge and "
                "Chrome will refuse the certificate."),
             {who}},
            {tr("Make the request again with the server's DNS names."), {}});
}

void Findings::addEncryption(const Pkcs12Encryption& encryption)
{
    std::string how = encryption.cipher == "none" ? std::string() : encryption.cipher;
    if (!encryption.mac.empty()) how += (how.empty() ? "" : " / ") + ("HMAC " + encryption.mac);
    if (encryption.windows == WindowsReads::None)
        add("no-windows-reads", Severity::Error,
            {tr("The file is protected with {0}. No Windows Server can import it; it says that the password is wrong."),
             {how}},
            {tr("Have it exported again with AES-256 and SHA-256, or with TripleDES and SHA-1 for Windows Server "
                "2016."),
             {}});
    else if (encryption.windows == WindowsReads::Modern)
        add("needs-server-2019", Severity::Warning,
            {tr("The file is protected with {0}. Windows Server 2016 cannot import it: it says that the password is "
                "wrong, even when it is right."),
             {how}},
            {tr("Import it on Windows Server 2019 or later, or have it exported again with TripleDES and SHA-1 "
                "(openssl pkcs12 -export -legacy)."),
             {}});
    else if (encryption.windows == WindowsReads::Unknown)
        add("rare-encryption", Severity::Warning,
            {tr("The file is protected with {0}. Whether Windows can import it is not known."), {how}},
            {tr("If Windows says that the password is wrong, have the file exported again with AES-256 and SHA-256."),
             {}});
}

void Findings::addServer(const std::vector<Certificate>& certificates, bool hasKey, bool keyMatches,
                         std::size_t verified)
{
    if (certificates.empty()) {
        add("no-certificate", Severity::Error, {tr("There is no certificate in it."), {}},
            {tr("Export it again together with its certificate."), {}});
        return;
    }
    const std::string who = nameForPeople(certificates.front());
    if (!hasKey)
        add("no-key", Severity::Error,
            {tr("There is no private key with {0}. Without it a server cannot use the certificate."), {who}},
            {tr("Export it again with its private key, from the computer on which the request was made."), {}});
    else if (!keyMatches)
        add("key-mismatch", Severity::Error,
            {tr("The private key does not belong to {0}: it is the key of another certificate."), {who}},
            {tr("Export the certificate again together with the key its request was made with."), {}});
    for (const Certificate& certificate : certificates) addCommon(certificate);
    const Certificate& leaf = certificates.front();
    addPurpose(leaf);
    if (leaf.isCa)
        add("ca-certificate", Severity::Info,
            {tr("{0} is the certificate of a CA. A server should not use it, and its key should never leave the CA."),
             {who}},
            {tr("Issue a certificate of its own to the server."), {}});
    else if (leaf.selfSigned)
        add("self-signed", Severity::Warning,
            {tr("{0} is self-signed: no client trusts it unless it is installed on each of them."), {who}},
            {tr("Have a certificate issued by your CA."), {}});
    addChain(certificates, verified);
}

std::vector<Finding> findingsForServer(const std::vector<Certificate>& certificates, bool hasKey, bool keyMatches,
                                       Time at)
{
    Findings findings(at);
    findings.addServer(certificates, hasKey, keyMatches);
    return findings.list;
}

std::vector<Finding> findingsForRoot(const Certificate& root, Time at)
{
    Findings findings(at);
    const std::string who = nameForPeople(root);
    if (!root.isCa)
        findings.add("not-a-ca", Severity::Error,
                     {tr("{0} is not a CA: its basic constraints or its key usage do not allow it to issue "
                         "certificates. As a root it would verify nothing."),
                      {who}},
                     {tr("Get the certificate of the root CA, not one that it issued."), {}});
    if (!root.selfSigned && root.subject == root.issuer)
        findings.add(
            "bad-self-signature", Severity::Error,
            {tr("{0} bears its own name as the issuer, but its own key did not sign it. It was forged or altered."),
             {who}},
            {tr("Get the root certificate again, and compare its fingerprint with what the CA says by another way."),
             {}});
    else if (!root.selfSigned)
        findings.add("not-self-signed", Severity::Error,
                     {tr("{0} is not a root: it was issued by {1}."), {who, root.issuer}},
                     {tr("Get the certificate of {0}. This one belongs among the intermediate CAs."), {root.issuer}});
    findings.addCommon(root);
    return findings.list;
}

}  // namespace monban
