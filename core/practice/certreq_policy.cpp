// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/practice/certreq.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

/// Keys of [NewRequest] that certreq documents (learn.microsoft.com, certreq -new).
constexpr const char* kKnown[] = {"subject",
                                  "exportable",
                                  "exportableencrypted",
                                  "hashalgorithm",
                                  "keyalgorithm",
                                  "keycontainer",
                                  "keylength",
                                  "keyspec",
                                  "keyusage",
                                  "keyusageproperty",
                                  "machinekeyset",
                                  "notbefore",
                                  "notafter",
                                  "privatekeyarchive",
                                  "providername",
                                  "providertype",
                                  "renewalcert",
                                  "requestername",
                                  "requesttype",
                                  "securitydescriptor",
                                  "alternatesignaturealgorithm",
                                  "silent",
                                  "smime",
                                  "useexistingkeyset",
                                  "keyprotection",
                                  "suppressdefaults",
                                  "friendlyname",
                                  "validityperiodunits",
                                  "validityperiod",
                                  "encryptionalgorithm",
                                  "encryptionlength",
                                  "x500nameflags",
                                  "userprotected",
                                  "description",
                                  "readerstore",
                                  "containernameprefix"};

bool isTrue(const std::optional<std::string>& text)
{
    return text && (equalsIgnoringCase(*text, "true") || *text == "1");
}

/// CERT_KEY_USAGE bits: the first octet of the BIT STRING is the low byte (wincrypt.h).
std::string usageWords(std::uint32_t bits)
{
    static constexpr std::pair<std::uint32_t, const char*> kUsages[] = {
        {0x80, "digitalSignature"}, {0x40, "nonRepudiation"}, {0x20, "keyEncipherment"},
        {0x10, "dataEncipherment"}, {0x08, "keyAgreement"},   {0x04, "keyCertSign"},
        {0x02, "cRLSign"},          {0x01, "encipherOnly"},   {0x8000, "decipherOnly"}};
    std::string words;
    for (const auto& [bit, word] : kUsages)
        if (bits & bit) words += (words.empty() ? "" : ",") + std::string(word);
    return words;
}

/// "DNS=a&IPAddress=10.0.0.1": pairs divided by `&`; nothing where one is not known.
bool takeNames(const std::string& text, NewRequest& request)
{
    static constexpr const char* kKinds[] = {"DNS", "IPAddress", "URL", "Email", "OID"};
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('&', at), text.size());
        const std::string part = trimmed(text.substr(at, end - at));
        at = end + 1;
        if (part.empty()) continue;
        const auto equals = part.find('=');
        const std::string kind = trimmed(part.substr(0, equals));
        const auto known = std::find_if(std::begin(kKinds), std::end(kKinds),
                                        [&](const char* one) { return equalsIgnoringCase(one, kind); });
        if (equals == std::string::npos || known == std::end(kKinds)) return false;
        // These kinds are IA5 strings (RFC 5280, 4.2.1.6); a name in other letters is refused, not converted.
        const bool ascii = std::all_of(part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (!ascii) return false;
        request.alternativeNames.emplace_back(*known, trimmed(part.substr(equals + 1)));
    }
    return true;
}

void takeUsages(const std::string& text, NewRequest& request)
{
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find_first_of(",&", at), text.size());
        const std::string oid = trimmed(text.substr(at, end - at));
        if (!oid.empty()) request.extendedKeyUsage.push_back(oid);
        at = end + 1;
    }
}

/// [Extensions]: `OID = "{text}…"`, each `_continue_` line goes on with the one before.
bool takeExtensions(const InfFile& inf, NewRequest& request, std::string& trouble)
{
    std::vector<InfFile::Line> whole;
    for (const InfFile::Line& line : inf.lines("Extensions")) {
        if (!equalsIgnoringCase(line.key, "_continue_")) whole.push_back(line);
        else if (whole.empty()) return trouble = "_continue_", false;
        else whole.back().value += line.value;
    }
    for (const InfFile::Line& line : whole) {
        if (equalsIgnoringCase(line.key, "Critical")) continue;
        trouble = line.key;
        std::string value = trimmed(line.value);
        if (!lowerAscii(value).starts_with("{text}")) return false;
        value.erase(0, 6);
        if (line.key == "2.5.29.17") {
            if (!takeNames(value, request)) return false;
        } else if (line.key == "2.5.29.37") {
            takeUsages(value, request);
        } else {
            return false;
        }
    }
    return true;
}

bool takeKey(const InfFile& inf, NewRequest& request, std::string& trouble)
{
    const std::string algorithm = lowerAscii(inf.value("NewRequest", "KeyAlgorithm").value_or("RSA"));
    static constexpr std::pair<const char*, int> kCurves[] = {{"ecdsa_p256", 256}, {"ecdsa_p384", 384},
                                                              {"ecdsa_p521", 521}, {"ecdh_p256", 256},
                                                              {"ecdh_p384", 384},  {"ecdh_p521", 521}};
    for (const auto& [name, bits] : kCurves)
        if (algorithm == name) request.elliptic = true, request.keyBits = bits;
    if (const auto length = inf.value("NewRequest", "KeyLength"); length && request.elliptic) {
        // A curve has its length; another one is a key it cannot make.
        trouble = "KeyLength";
        if (anyNumber(*length) != static_cast<std::uint32_t>(request.keyBits)) return false;
    }
    trouble = "KeyAlgorithm";
    if (!request.elliptic && algorithm != "rsa") return false;
    // A legacy provider knows RSA only, and needs to be told what its key is for (WINDOWS-FACTS 4).
    const std::string provider = lowerAscii(inf.value("NewRequest", "ProviderName").value_or(""));
    trouble = "ProviderName";
    const bool legacy = provider.find("cryptographic provider") != std::string::npos;
    if (legacy && request.elliptic) return false;
    if (const auto length = inf.value("NewRequest", "KeyLength"); length && !request.elliptic) {
        trouble = "KeyLength";
        const auto bits = anyNumber(*length);
        if (!bits || *bits < 512 || *bits > 16384 || *bits % 8 != 0) return false;
        request.keyBits = static_cast<int>(*bits);
    }
    request.hash = inf.value("NewRequest", "HashAlgorithm").value_or("SHA256");
    trouble = "HashAlgorithm";
    const std::string hash = lowerAscii(request.hash);
    return hash == "sha1" || hash == "sha256" || hash == "sha384" || hash == "sha512";
}

}  // namespace

std::optional<RequestPolicy> policyFrom(const InfFile& inf, std::string& trouble)
{
    trouble = "[NewRequest]";
    if (!inf.has("NewRequest")) return std::nullopt;
    for (const InfFile::Line& line : inf.lines("NewRequest")) {
        trouble = line.key;
        if (std::none_of(std::begin(kKnown), std::end(kKnown),
                         [&](const char* one) { return equalsIgnoringCase(one, line.key); }))
            return std::nullopt;
    }
    RequestPolicy policy;
    trouble = "Subject";
    const auto subject = x500Name(inf.value("NewRequest", "Subject").value_or(""));
    if (!subject) return std::nullopt;
    policy.request.subject = *subject;
    trouble = "RequestType";
    const std::string type = lowerAscii(inf.value("NewRequest", "RequestType").value_or("PKCS10"));
    if (type != "pkcs10" && type != "pkcs10-") return std::nullopt;
    if (!takeKey(inf, policy.request, trouble)) return std::nullopt;
    if (const auto usage = inf.value("NewRequest", "KeyUsage")) {
        trouble = "KeyUsage";
        const auto bits = anyNumber(*usage);
        if (!bits) return std::nullopt;
        policy.request.keyUsage = usageWords(*bits);
    }
    for (const InfFile::Line& line : inf.lines("EnhancedKeyUsageExtension"))
        if (equalsIgnoringCase(line.key, "OID")) policy.request.extendedKeyUsage.push_back(line.value);
    if (!takeExtensions(inf, policy.request, trouble)) return std::nullopt;
    policy.friendlyName = inf.value("NewRequest", "FriendlyName").value_or("");
    policy.keyContainer = inf.value("NewRequest", "KeyContainer").value_or("");
    policy.machineKey = isTrue(inf.value("NewRequest", "MachineKeySet"));
    policy.exportable = isTrue(inf.value("NewRequest", "Exportable"));
    return policy;
}

}  // namespace monban::practice
