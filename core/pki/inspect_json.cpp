// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "core/base/json_null.h"
#include "core/base/utf8.h"
#include "core/pki/inspect.h"

// CONTRACTS, "inspect": every key is always there; null where it is not known or does not apply; a list is never null.

namespace monban {
namespace {

using nlohmann::json;

json toJson(const std::vector<std::string>& texts)
{
    json list = json::array();
    for (const std::string& text : texts) list.push_back(validUtf8(text));
    return list;
}

json toJson(const PublicKey& key)
{
    return {{"algorithm", textOrNull(key.algorithm)}, {"bits", key.bits > 0 ? json(key.bits) : json()}};
}

json toJson(const Request& request)
{
    return {{"subject", request.subject},
            {"dns_names", toJson(request.dnsNames)},
            {"ip_addresses", toJson(request.ipAddresses)},
            {"key", toJson(request.key)},
            {"signature_valid", request.signatureValid}};
}

json toJson(const Crl& crl)
{
    return {{"issuer", crl.issuer},
            {"this_update", rfc3339(crl.thisUpdate)},
            {"next_update", crl.nextUpdate ? json(rfc3339(*crl.nextUpdate)) : json()},
            {"revoked_count", crl.revokedSerials.size()}};
}

json toJson(const Pkcs12Encryption& encryption)
{
    return {{"mac", textOrNull(encryption.mac)},
            {"cipher", textOrNull(encryption.cipher)},
            {"iterations", encryption.iterations > 0 ? json(encryption.iterations) : json()}};
}

json readableBy(const Pkcs12Encryption& encryption)
{
    const bool unknown = encryption.windows == WindowsReads::Unknown;
    const json old = unknown ? json() : json(encryption.windows == WindowsReads::Every);
    const json modern = unknown ? json() : json(encryption.windows != WindowsReads::None);
    return {{"windows-server-2016", old},
            {"windows-server-2019", modern},
            {"windows-server-2022", modern},
            {"windows-server-2025", modern}};
}

}  // namespace

const char* name(FileKind kind)
{
    switch (kind) {
        case FileKind::Pkcs12:
            return "pkcs12";
        case FileKind::Certificate:
            return "certificate";
        case FileKind::Pkcs7:
            return "pkcs7";
        case FileKind::Request:
            return "request";
        case FileKind::Crl:
            return "crl";
        case FileKind::Unknown:
            break;
    }
    return "unknown";
}

const char* name(FileStatus status)
{
    switch (status) {
        case FileStatus::Ok:
            return "ok";
        case FileStatus::WrongPassword:
            return "wrong-password";
        case FileStatus::Unsupported:
            return "unsupported";
        case FileStatus::Broken:
            break;
    }
    return "broken";
}

json toJson(const Certificate& certificate, bool hasPrivateKey, const std::string& friendlyName)
{
    const bool dates = certificate.hasReadableDates;
    return {{"subject", certificate.subject},
            {"issuer", certificate.issuer},
            {"serial", certificate.serial},
            {"thumbprint_sha1", certificate.thumbprintSha1},
            {"thumbprint_sha256", certificate.thumbprintSha256},
            {"not_before", dates ? json(rfc3339(certificate.notBefore)) : json()},
            {"not_after", dates ? json(rfc3339(certificate.notAfter)) : json()},
            {"dns_names", toJson(certificate.dnsNames)},
            {"ip_addresses", toJson(certificate.ipAddresses)},
            {"key", toJson(certificate.key)},
            {"signature_algorithm", textOrNull(certificate.signatureAlgorithm)},
            {"extended_key_usage", toJson(certificate.extendedKeyUsage)},
            {"is_ca", certificate.isCa},
            {"self_signed", certificate.selfSigned},
            {"crl_urls", toJson(certificate.crlUrls)},
            {"ocsp_urls", toJson(certificate.ocspUrls)},
            {"has_private_key", hasPrivateKey},
            {"friendly_name", textOrNull(friendlyName)}};
}

json toJson(const Finding& finding, Language language)
{
    return {{"id", finding.id},
            {"severity", name(finding.severity)},
            {"message", validUtf8(inLanguage(finding.message, language))},
            {"remedy", finding.remedy.empty() ? json() : json(validUtf8(inLanguage(finding.remedy, language)))}};
}

json toJson(const std::vector<Finding>& findings, Language language)
{
    json list = json::array();
    for (const Finding& finding : findings) list.push_back(toJson(finding, language));
    return list;
}

json toJson(const Inspection& inspection, Language language)
{
    json certificates = json::array();
    for (const InspectedCertificate& one : inspection.certificates)
        certificates.push_back(toJson(one.certificate, one.hasPrivateKey, one.friendlyName));
    return {{"file", validUtf8(inspection.file)},
            {"kind", name(inspection.kind)},
            {"status", name(inspection.status)},
            {"reason", inspection.reason.empty() ? json() : json(validUtf8(inLanguage(inspection.reason, language)))},
            {"certificates", std::move(certificates)},
            {"request", inspection.request ? toJson(*inspection.request) : json()},
            {"crl", inspection.crl ? toJson(*inspection.crl) : json()},
            {"encryption", inspection.encryption ? toJson(*inspection.encryption) : json()},
            {"readable_by", inspection.encryption ? readableBy(*inspection.encryption) : json()},
            {"findings", toJson(inspection.findings, language)}};
}

}  // namespace monban
