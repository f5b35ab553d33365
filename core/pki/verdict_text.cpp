// SPDX-License-Identifier: MIT
#include <string>

#include "core/pki/findings.h"
#include "core/pki/verdict.h"

namespace monban {
namespace {

/// The certificate the flaw is of, and the one in question.
std::string who(const Verdict& verdict, const PathFlaw& flaw) { return nameForPeople(verdict.path[flaw.depth]); }

const Message kNewCertificate{tr("Ask the CA for a new certificate and bind it; everything else stays as it is."), {}};
const Message kNothing{tr("Nothing helps on the device: it is right to warn."), {}};

Remedy remedyForIssuers(const Verdict& verdict, const PathFlaw& flaw)
{
    const Message noDevice{tr("On a device nothing can be done about it."), {}};
    switch (flaw.flaw) {
    case Flaw::IssuerMissing:
        return {{tr("Get the certificate of {0} from the CA. If it is an intermediate CA, put it into the store CA of the server, which then sends it along; if it is the root CA, it has to be trusted on the devices."),
                 {flaw.detail}},
                {tr("If {0} is your root CA, compare its fingerprint and install it under \"Trusted Root Certification Authorities\". An intermediate CA is for the server to send."), {flaw.detail}}};
    case Flaw::IssuerKeyDiffers:
        return {{tr("Get the certificate of {0} from the CA that goes with this one, and put it in the place of the other."), {flaw.detail}},
                {tr("If the CA has a new root, install the new one, after comparing its fingerprint."), {}}};
    case Flaw::RootUnknown:
        return {{tr("If that is not your CA, the wrong certificate is bound: bind the one your CA issued."), {}},
                {tr("Compare the fingerprint of the root CA with the one your CA published, then install it under \"Trusted Root Certification Authorities\"."), {}}};
    case Flaw::SelfSigned:
        return {{tr("Have a certificate issued by your CA, and bind that one."), {}}, kNothing};
    case Flaw::RootNotSelfSigned:
        return {{tr("Name the certificate of {0}; this one belongs in the store CA."), {flaw.detail}},
                {tr("Install the certificate of {0} as the root, not this one."), {flaw.detail}}};
    default:
        return {{tr("Ask the CA: the certificate of {0} has to be issued anew."), {who(verdict, flaw)}}, noDevice};
    }
}

Message reasonOfIssuers(const Verdict& verdict, const PathFlaw& flaw)
{
    const std::string name = who(verdict, flaw);
    switch (flaw.flaw) {
    case Flaw::NoRootNamed: return {tr("No root CA was named, so nobody can say whether {0} is to be trusted."), {nameForPeople(verdict.path.front())}};
    case Flaw::IssuerMissing: return {tr("{0} was issued by {1}, whose certificate is not there."), {name, flaw.detail}};
    case Flaw::IssuerKeyDiffers: return {tr("A certificate of {1} is there, but its key did not sign {0}: it is an older or newer one of that CA, or one of the two was altered."), {name, flaw.detail}};
    case Flaw::RootUnknown: return {tr("The chain ends at the root CA {0}, which is not among the trusted ones."), {name}};
    case Flaw::SelfSigned: return {tr("{0} is self-signed and not among the trusted roots."), {name}};
    case Flaw::RootNotSelfSigned: return {tr("{0} was named as a root, but {1} issued it: Windows takes only self-signed certificates for roots."), {name, flaw.detail}};
    case Flaw::NotACa: return {tr("{0} issued a certificate in the chain but is not marked as a CA (basic constraints, key usage)."), {name}};
    case Flaw::PathTooLong: return {tr("There are more CAs in the chain than {0} allows below it (path length constraint)."), {name}};
    case Flaw::NameConstraint: return {tr("{0} bears a name that a CA above it may not certify (name constraints)."), {name}};
    case Flaw::UnknownCriticalExtension:
        if (verdict.isOfClient) return {tr("{0} carries an extension that is marked as critical and that Windows may not know ({1})."), {name, flaw.detail}};
        return {tr("{0} carries an extension that is marked as critical and that browsers do not know."), {name}};
    default: return {tr("{0} is refused: {1}."), {name, flaw.detail.empty() ? "malformed" : flaw.detail}};
    }
}

Message reasonOfSignature(const Verdict& verdict, const PathFlaw& flaw)
{
    const std::string name = who(verdict, flaw);
    if (flaw.detail.starts_with("RSASSA-PSS")) return {tr("{0} is signed with {1}: parameters that browsers do not take."), {name, flaw.detail}};
    if (!verdict.isOfClient) return {tr("{0} is signed with {1}, which browsers no longer accept."), {name, flaw.detail}};
    if (flaw.detail == "sha1") return {tr("{0} is signed with SHA-1. Windows still takes that of a client unless a policy forbids it, but it can be forged."), {name}};
    return {tr("{0} is signed with {1}, which Windows does not accept of a client."), {name, flaw.detail}};
}

}  // namespace

Message reasonOf(const Verdict& verdict, const PathFlaw& flaw)
{
    const std::string name = who(verdict, flaw);
    switch (flaw.flaw) {
    case Flaw::WrongPurpose:
        return flaw.detail == "clientAuth" ? Message{tr("{0} is not allowed for clients: client authentication is missing in its extended key usage."), {name}}
                                           : Message{tr("{0} is not allowed for servers: server authentication is missing in its extended key usage."), {name}};
    case Flaw::IssuerPurpose: return {tr("The CA {0} may not issue certificates for this purpose: {1} is missing in its extended key usage."), {name, flaw.detail}};
    case Flaw::KeyUsage: return {tr("The key usage of {0} lacks digital signature, without which current TLS does not work."), {name}};
    case Flaw::WeakKey:
        if (verdict.isOfClient) return {tr("The key of {0} ({1}) is too weak, or of a kind that Windows does not take."), {name, flaw.detail}};
        return {tr("The key of {0} ({1}) is too weak, or of a kind that browsers do not take."), {name, flaw.detail}};
    case Flaw::WeakSignature: return reasonOfSignature(verdict, flaw);
    case Flaw::NotYetValid: return {tr("{0} is not valid before {1}."), {name, flaw.detail}};
    case Flaw::Expired: return {tr("{0} expired on {1}."), {name, flaw.detail}};
    case Flaw::UnreadableDates: return {tr("The dates in {0} cannot be read, so no program will take it for valid."), {name}};
    case Flaw::NoAlternativeName: return {tr("{0} has no subject alternative name, and browsers look nowhere else for {1}."), {name, verdict.host}};
    case Flaw::NameMismatch: return {tr("{0} is not among the names in the certificate: {1}."), {verdict.host, flaw.detail}};
    case Flaw::AddressNotNamed: return {tr("The site is opened by the IP address {0}, which is not in the certificate. Its names: {1}."), {verdict.host, flaw.detail}};
    case Flaw::KeyIdDiffers: return {tr("{0} names another key of its issuer than the one it was signed with (authority key identifier). Some programs then do not find the issuer."), {name}};
    case Flaw::NotByTheBook: return {tr("{0} does not follow RFC 5280 ({1}). Browsers and Windows take it; strict programs, such as newer ones in Python, do not."), {name, flaw.detail}};
    default: return reasonOfIssuers(verdict, flaw);
    }
}

/// The server's side of a client's certificate: which CAs it trusts.
Remedy remedyOfClient(const Verdict& verdict, const PathFlaw& flaw)
{
    const Message another{tr("Ask the CA for another client certificate, and choose that one."), {}};
    switch (flaw.flaw) {
    case Flaw::IssuerMissing:
    case Flaw::IssuerKeyDiffers:
        return {{tr("Put the certificate of {0} into the store CA of the server if it is an intermediate CA, into the CTL store and the trusted roots if it is your root CA."), {flaw.detail}}, another};
    case Flaw::RootUnknown:
    case Flaw::SelfSigned:
        return {{tr("If users of {0} are to get in, put it into the CTL store and the trusted roots."), {who(verdict, flaw)}}, another};
    case Flaw::NotYetValid:
    case Flaw::Expired:
    case Flaw::UnreadableDates:
        return {{tr("Look at the clock of the server; if it is right, nothing is wrong there."), {}}, {tr("Ask the CA for a new client certificate."), {}}};
    case Flaw::WrongPurpose:
        return {{tr("Nothing is wrong on the server."), {}}, {tr("Ask the CA for a client certificate (1.3.6.1.5.5.7.3.2), and choose that one."), {}}};
    default: return {{tr("Nothing is wrong on the server."), {}}, another};
    }
}

Remedy remedyOf(const Verdict& verdict, const PathFlaw& flaw)
{
    if (verdict.isOfClient) return remedyOfClient(verdict, flaw);
    switch (flaw.flaw) {
    case Flaw::NoRootNamed:
        return {{tr("Name the certificate of your root CA."), {}}, {}};
    case Flaw::WrongPurpose:
        return {{tr("Ask the CA for a certificate with the purpose server authentication (1.3.6.1.5.5.7.3.1), and bind it."), {}}, kNothing};
    case Flaw::KeyUsage:
    case Flaw::WeakKey:
    case Flaw::WeakSignature:
        return {{tr("Ask the CA for a certificate with an RSA key of 2048 bits or more, signed with SHA-256, and with digital signature in its key usage."), {}}, kNothing};
    case Flaw::NotYetValid:
        return {{tr("Look at the clock and the time zone of the server; if they are right, wait until then or bind the earlier certificate."), {}},
                {tr("Set the clock, the date and the time zone of the device right."), {}}};
    case Flaw::Expired:
        if (flaw.depth > 0)
            return {{tr("Get the renewed certificate of {0} from the CA, and put it in the place of the old one."), {who(verdict, flaw)}},
                    {tr("Set the clock right; if it is, install the renewed certificate of {0} where the device has the old one."), {who(verdict, flaw)}}};
        return {{tr("Get a new certificate and renew; everything else stays as it is."), {}}, {tr("Set the clock, the date and the time zone of the device right."), {}}};
    case Flaw::UnreadableDates: return {kNewCertificate, kNothing};
    case Flaw::NoAlternativeName:
        return {{tr("Have the certificate issued anew with every host name that browsers open as an alternative name (DNS). The CN does not count."), {}}, kNothing};
    case Flaw::NameMismatch:
        return {{tr("If {0} is right, have the certificate issued anew with it as an alternative name (DNS)."), {verdict.host}},
                {tr("Open the site by a name in the certificate: {0}."), {flaw.detail}}};
    case Flaw::AddressNotNamed:
        return {{tr("Give people the address with the host name; or have the certificate issued with the IP address {0} as an alternative name."), {verdict.host}},
                {tr("Open the site by a name in the certificate: {0}."), {flaw.detail}}};
    case Flaw::KeyIdDiffers:
    case Flaw::NotByTheBook:
        return {{tr("Tell the CA; with the next certificate it can be put right."), {}}, {}};
    default: return remedyForIssuers(verdict, flaw);
    }
}

const char* name(Flaw flaw)
{
    switch (flaw) {
    case Flaw::NoRootNamed: return "no-root-named";
    case Flaw::IssuerMissing: return "issuer-missing";
    case Flaw::IssuerKeyDiffers: return "issuer-key-differs";
    case Flaw::RootUnknown: return "root-unknown";
    case Flaw::SelfSigned: return "self-signed";
    case Flaw::RootNotSelfSigned: return "root-not-self-signed";
    case Flaw::NotACa: return "not-a-ca";
    case Flaw::PathTooLong: return "path-too-long";
    case Flaw::NameConstraint: return "name-constraint";
    case Flaw::UnknownCriticalExtension: return "unknown-critical-extension";
    case Flaw::WrongPurpose: return "wrong-purpose";
    case Flaw::IssuerPurpose: return "issuer-purpose";
    case Flaw::KeyUsage: return "key-usage";
    case Flaw::WeakKey: return "weak-key";
    case Flaw::WeakSignature: return "weak-signature";
    case Flaw::Malformed: return "malformed";
    case Flaw::NotYetValid: return "not-yet-valid";
    case Flaw::Expired: return "expired";
    case Flaw::UnreadableDates: return "unreadable-dates";
    case Flaw::NoAlternativeName: return "no-alternative-name";
    case Flaw::NameMismatch: return "name-mismatch";
    case Flaw::AddressNotNamed: return "address-not-named";
    case Flaw::KeyIdDiffers: return "key-id-differs";
    case Flaw::NotByTheBook: return "not-by-the-book";
    }
    return "malformed";
}

std::vector<Finding> findingsOf(const Verdict& verdict)
{
    std::vector<Finding> findings;
    const auto add = [&](const std::vector<PathFlaw>& flaws, Severity severity) {
        for (const PathFlaw& flaw : flaws) {
            const Remedy remedy = remedyOf(verdict, flaw);
            findings.push_back({name(flaw.flaw), severity, reasonOf(verdict, flaw), verdict.isOfClient ? remedy.onClient : remedy.onServer});
        }
    };
    for (const Check* check : {&verdict.trusted, &verdict.validity, &verdict.hostname})
        add(check->flaws, check->result == CheckResult::Unknown ? Severity::Warning : Severity::Error);
    add(verdict.warnings, Severity::Warning);
    return findings;
}

}  // namespace monban
