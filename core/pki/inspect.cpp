// SPDX-License-Identifier: MIT
#include "core/pki/inspect.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/base/utf8.h"
#include "core/pki/asn1.h"
#include "core/pki/certificate_list.h"
#include "core/pki/findings.h"
#include "core/pki/pem.h"
#include "core/pki/pkcs12_file.h"
#include "core/pki/pkcs12_opening.h"
#include "core/pki/pkcs12_summary.h"
#include "core/pki/text_file.h"

namespace monban {
namespace {

FileStatus statusOf(ErrorCode code)
{
    switch (code) {
        case ErrorCode::WrongPassword:
            return FileStatus::WrongPassword;
        case ErrorCode::Unsupported:
        case ErrorCode::InvalidInput:
            return FileStatus::Unsupported;
        default:
            return FileStatus::Broken;
    }
}

/// Looks at one file; lives for one call.
class Inspector {
public:
    Inspector(const std::string& file, const Secret& password, Time at) : m_password(password), m_findings(at)
    {
        m_result.file = file;
    }

    Inspection run(ByteView bytes)
    {
        if (bytes.size() > kLargestInput)
            fail(FileStatus::Unsupported,
                 {tr("The file is far larger than any certificate file. It is not read."), {}});
        else if (!inspectDer(bytes) && !inspectText(bytes)) explainUnknown(bytes);
        m_result.findings = std::move(m_findings.list);
        return std::move(m_result);
    }

private:
    void fail(FileStatus status, Message reason)
    {
        m_result.status = status;
        m_result.reason = std::move(reason);
    }
    void fail(const Error& error) { fail(statusOf(error.code), error.message); }

    /// False where it is not DER of a kind we know.
    bool inspectDer(ByteView bytes)
    {
        const DerKind kind = looksLikeDer(bytes) ? derKind(bytes) : DerKind::Unknown;
        if (!inspectObject(kind, bytes)) return false;
        noteTrailing(bytes);
        return true;
    }

    bool inspectObject(DerKind kind, ByteView der)
    {
        switch (kind) {
            case DerKind::Pkcs12:
                inspectPkcs12(der);
                return true;
            case DerKind::Certificate:
                inspectCertificate(der);
                return true;
            case DerKind::Pkcs7:
                inspectPkcs7(der);
                return true;
            case DerKind::Request:
                inspectRequest(der);
                return true;
            case DerKind::Crl:
                inspectCrl(der);
                return true;
            case DerKind::PrivateKey:
            case DerKind::EncryptedKey:
                explainKey();
                return true;
            case DerKind::Unknown:
                break;
        }
        return false;
    }

    void noteTrailing(ByteView bytes)
    {
        const auto outer = Asn1Reader(bytes).next();
        if (m_result.status != FileStatus::Ok || !outer) return;
        const ByteView rest = bytes.subspan(outer->whole.size());
        const bool blank = std::ranges::all_of(
            rest, [](std::uint8_t byte) { return byte == 0 || byte == '\r' || byte == '\n' || byte == ' '; });
        if (blank) return;
        m_findings.add(
            "trailing-bytes", Severity::Warning,
            {tr("After its end, the file goes on with {0} more bytes, which belong to nothing and are ignored."),
             {std::to_string(rest.size())}},
            {tr("If anything is missing, get the file again."), {}});
    }

    void inspectPkcs12(ByteView der)
    {
        m_result.kind = FileKind::Pkcs12;
        const auto file = readPkcs12File(der);
        if (!file) return fail(file.error());
        m_result.encryption = summaryOf(*file).encryption;
        auto contents = openContents(*file, m_password);
        if (!contents) {
            fail(contents.error());
            if (m_result.status == FileStatus::WrongPassword) noteWrongPassword();
        } else {
            m_result.encryption = contents->encryption;
            takeContents(*contents);
        }
        m_findings.addEncryption(*m_result.encryption);
    }

    void takeContents(Pkcs12Contents& contents)
    {
        m_findings.addServer(contents.certificates, contents.keyCount > 0, contents.keyMatches, contents.chainLength);
        if (contents.keyCount > 1)
            m_findings.add(
                "several-keys", Severity::Warning,
                {tr("There are {0} private keys in the file. A server needs one; whoever gets the file gets them all."),
                 {std::to_string(contents.keyCount)}},
                {tr("Export the one certificate that is needed, with its own key only."), {}});
        for (std::size_t i = 0; i < contents.certificates.size(); ++i)
            m_result.certificates.push_back(
                {std::move(contents.certificates[i]), contents.hasPrivateKey[i], std::move(contents.friendlyNames[i])});
    }

    void noteWrongPassword()
    {
        const bool modern = m_result.encryption->needsModernWindows;
        m_findings.add("wrong-password", Severity::Error, m_result.reason,
                       modern ? Message{tr("Ask whoever made the file for its password. If it is known to be right and "
                                           "only Windows Server 2016 refuses it, the "
                                           "encryption of the file is the cause."),
                                        {}}
                              : Message{tr("Ask whoever made the file for its password."), {}});
    }

    void inspectCertificate(ByteView der)
    {
        m_result.kind = FileKind::Certificate;
        auto certificate = parseCertificate(der);
        if (!certificate) return fail(certificate.error());
        std::vector<Certificate> one;
        one.push_back(std::move(*certificate));
        takeCertificates(std::move(one), {});
    }

    /// Certificates that came without a PKCS#12's promise of a key and a chain.
    void takeCertificates(std::vector<Certificate> certificates, const std::vector<PkeyPtr>& keys)
    {
        for (const Certificate& certificate : certificates) {
            m_findings.addCommon(certificate);
            m_findings.addPurpose(certificate);
            if (certificate.selfSigned && !certificate.isCa) noteNotACa(certificate);
        }
        const bool hasChain = m_result.kind == FileKind::Pkcs7 || certificates.size() > 1;
        if (hasChain && !certificates.empty() && !certificates.front().isCa) m_findings.addChain(certificates);
        for (Certificate& certificate : certificates) {
            const bool owned = !keys.empty() && ownsOneOf(certificate, keys);
            m_result.certificates.push_back({std::move(certificate), owned, {}});
        }
    }

    void noteNotACa(const Certificate& certificate)
    {
        m_findings.add("not-a-ca", Severity::Warning,
                       {tr("{0} is self-signed but not marked as a CA. It cannot serve as the root that client "
                           "certificates are checked against."),
                        {nameForPeople(certificate)}},
                       {tr("If it is meant as a root, get the certificate of the root CA; if as a server certificate, "
                           "have one issued by your CA."),
                        {}});
    }

    static bool ownsOneOf(const Certificate& certificate, const std::vector<PkeyPtr>& keys)
    {
        const ErrorQueueScope scope;
        const X509Ptr handle = x509FromDer(certificate.der);
        const EVP_PKEY* publicKey = handle ? X509_get0_pubkey(handle.get()) : nullptr;
        return publicKey &&
               std::ranges::any_of(keys, [&](const PkeyPtr& key) { return EVP_PKEY_eq(publicKey, key.get()) == 1; });
    }

    void inspectPkcs7(ByteView der)
    {
        m_result.kind = FileKind::Pkcs7;
        auto contents = readPkcs7(der);
        if (!contents) return fail(contents.error());
        if (contents->list.certificates.empty())
            m_findings.add("no-certificate", Severity::Error, {tr("There is no certificate in it."), {}},
                           {tr("Get the CA's answer again."), {}});
        if (!contents->complete) noteIncomplete(contents->list.certificates.size());
        putLeafFirst(contents->list.certificates);
        takeCertificates(std::move(contents->list.certificates), {});
    }

    /// A reply is a set without order (RFC 2315); the CAs of Windows put the issuers first.
    static void putLeafFirst(std::vector<Certificate>& certificates)
    {
        const auto leaf = std::ranges::find_if(certificates, [](const Certificate& one) { return !one.isCa; });
        if (leaf != certificates.end()) std::rotate(certificates.begin(), leaf, leaf + 1);
    }

    void noteIncomplete(std::size_t count)
    {
        m_findings.add(
            "too-many-certificates", Severity::Warning,
            {tr("There are more certificates in the file than a set-up needs; only the first {0} were read."),
             {std::to_string(count)}},
            {tr("Make a file with just the certificates that are needed."), {}});
    }

    void inspectRequest(ByteView der)
    {
        m_result.kind = FileKind::Request;
        auto request = parseRequest(der);
        if (!request) return fail(request.error());
        m_findings.addRequest(*request);
        m_result.request = std::move(*request);
    }

    void inspectCrl(ByteView der)
    {
        m_result.kind = FileKind::Crl;
        auto crl = parseCrl(der);
        if (!crl) return fail(crl.error());
        m_findings.addCrl(*crl);
        m_result.crl = std::move(*crl);
    }

    void explainKey()
    {
        fail(FileStatus::Unsupported, {tr("The file holds a private key and no certificate. Windows imports a key only "
                                          "together with its certificate, as PKCS#12 (openssl pkcs12 -export)."),
                                       {}});
    }

    bool inspectText(ByteView bytes)
    {
        if (const auto bare = fromBareBase64(bytes)) return inspectArmoured(derKind(*bare), *bare);
        TextFile blocks = readTextFile(bytes);
        if (blocks.pkcs12) return inspectArmoured(DerKind::Pkcs12, *blocks.pkcs12);
        if (!blocks.list.certificates.empty() || blocks.damagedCertificates) return takeBlocks(blocks);
        if (blocks.crls > 1)
            m_findings.add("more-lists", Severity::Info,
                           {tr("There are {0} revocation lists in the file. What is said here is of the first."), {std::to_string(blocks.crls)}},
                           {tr("\"monban diagnose revocation\" reads all of them."), {}});
        for (const auto& [kind, der] : {std::pair{DerKind::Pkcs7, &blocks.pkcs7},
                                        {DerKind::Request, &blocks.request},
                                        {DerKind::Crl, &blocks.crl}})
            if (*der) return inspectObject(kind, **der);
        if (blocks.keys > 0) explainKey();
        else if (blocks.damagedLabel) explainDamaged(*blocks.damagedLabel);
        return blocks.keys > 0 || blocks.damagedLabel;
    }

    /// The same object in text form, which matters for PKCS#12 only: everything else Windows reads in both.
    bool inspectArmoured(DerKind kind, ByteView der)
    {
        if (!inspectObject(kind, der)) return false;
        if (kind != DerKind::Pkcs12 || !m_result.encryption) return true;
        m_result.encryption->windows = WindowsReads::None;
        std::erase_if(m_findings.list, [](const Finding& finding) {
            return finding.id == "needs-server-2019" || finding.id == "no-windows-reads" ||
                   finding.id == "rare-encryption";
        });
        m_findings.add("text-form", Severity::Error,
                       {tr("The PKCS#12 file is in text form (PEM). Windows imports the binary form only."), {}},
                       {tr("Convert it with: certutil -decode FILE NEWFILE"), {}});
        return true;
    }

    bool takeBlocks(TextFile& blocks)
    {
        m_result.kind = FileKind::Certificate;
        if (blocks.damagedCertificates)
            fail(FileStatus::Broken,
                 {tr("{0} of the certificates in the file cannot be read: they are cut short or were altered."),
                  {std::to_string(blocks.damagedCertificates)}});
        if (!blocks.complete && !blocks.list.certificates.empty()) noteIncomplete(blocks.list.certificates.size());
        if (blocks.keys > 0)
            m_findings.add(
                "key-in-text", Severity::Info,
                {tr("There is a private key in the file. Windows imports keys from PKCS#12 files only, not from text."),
                 {}},
                {tr("Convert it with: openssl pkcs12 -export -in FILE -out FILE.p12"), {}});
        takeCertificates(std::move(blocks.list.certificates), blocks.openKeys);
        return true;
    }

    void explainDamaged(const std::string& label)
    {
        // What the label promises, where it is one of the kinds; otherwise it is no file for us.
        const bool request = label.find("CERTIFICATE REQUEST") != std::string::npos;
        const bool crl = label == "X509 CRL";
        const bool pkcs7 = label == "PKCS7" || label == "CMS" || label == "PKCS #7 SIGNED DATA";
        const bool pkcs12 = label == "PKCS12";
        m_result.kind = request  ? FileKind::Request
                        : crl    ? FileKind::Crl
                        : pkcs7  ? FileKind::Pkcs7
                        : pkcs12 ? FileKind::Pkcs12
                                 : FileKind::Unknown;
        if (m_result.kind == FileKind::Unknown)
            fail(FileStatus::Unsupported, {tr("The file holds \"{0}\", which is neither a certificate nor a request, a "
                                              "revocation list or a PKCS#12 file."),
                                           {validUtf8(label)}});
        else fail(FileStatus::Broken, {tr("The file is damaged: it is cut short or was altered."), {}});
    }

    void explainUnknown(ByteView bytes)
    {
        const std::string start = lowerAscii(textOf(bytes.first(std::min<std::size_t>(bytes.size(), 512))));
        const std::string magic = hex(bytes.first(std::min<std::size_t>(bytes.size(), 4)));
        if (bytes.empty()) {
            fail(FileStatus::Broken, {tr("The file is empty."), {}});
        } else if (magic == "feedfeed" || magic == "cececece") {
            fail(FileStatus::Unsupported,
                 {tr("The file is a Java keystore. Convert it to PKCS#12: keytool -importkeystore -srckeystore FILE "
                     "-destkeystore FILE.p12 -deststoretype pkcs12"),
                  {}});
        } else if (start.find("<html") != std::string::npos || start.find("<!doctype html") != std::string::npos) {
            fail(FileStatus::Unsupported, {tr("The file is a web page, not a certificate: the download gave an error "
                                              "page or needs a sign-in. Open the address in a browser and see."),
                                           {}});
        } else {
            fail(FileStatus::Broken, {tr("The file is neither a certificate nor PKCS#12, PKCS#7, a request or a "
                                         "revocation list, or it is damaged beyond recognition."),
                                      {}});
        }
    }

    const Secret& m_password;
    Findings m_findings;
    Inspection m_result;
};

}  // namespace

Inspection inspect(const std::string& file, ByteView bytes, const Secret& password, Time at)
{
    const ErrorQueueScope scope;
    return Inspector(file, password, at).run(bytes);
}

}  // namespace monban
