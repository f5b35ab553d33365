// SPDX-License-Identifier: MIT
#include "core/plan/request_policy.h"

#include <algorithm>

#include "core/base/host_name.h"
#include "core/base/utf8.h"
#include "core/plan/endpoint.h"

namespace monban {
namespace {

constexpr int kFewestBits = 2048;
constexpr int kUsualBits = 3072;
constexpr int kMostBits = 16384;

std::size_t characters(const std::string& text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Error wrong(const char* sentence, std::vector<std::string> values)
{
    Error error{ErrorCode::InvalidInput, {sentence, std::move(values)}, {}};
    error.detail = "certificate answers: " + error.message.text;
    return error;
}

struct Limit {
    const char* key;
    std::string Subject::*text;
    std::size_t most;
};
/// Upper bounds of RFC 5280, appendix A.1; certreq refuses longer ones without saying which.
constexpr Limit kLimits[] = {{"CN (certificate.common_name)", &Subject::commonName, 64},
                             {"O (certificate.organization)", &Subject::organization, 64},
                             {"OU (certificate.organizational_unit)", &Subject::organizationalUnit, 64},
                             {"L (certificate.locality)", &Subject::locality, 128},
                             {"S (certificate.state)", &Subject::state, 128}};

bool hasControl(const std::string& text)
{
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::optional<Error> subjectTrouble(const Subject& subject)
{
    for (const Limit& limit : kLimits) {
        const std::string& text = subject.*(limit.text);
        // A line break would end the line of the policy file, and nothing else can stand for it there.
        if (hasControl(text)) return wrong(tr("{0} holds a line break or another control character. Write it in one line."), {limit.key});
        if (characters(text) > limit.most)
            return wrong(tr("{0} is too long: it may have {1} characters and has {2}."), {limit.key, std::to_string(limit.most), std::to_string(characters(text))});
    }
    const std::string& country = subject.country;
    const bool letters = std::ranges::all_of(country, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
    if (!country.empty() && (country.size() != 2 || !letters))
        return wrong(tr("{0} is not a country code: it has two letters, such as JP (certificate.country)."), {country});
    return std::nullopt;
}

std::optional<Error> takeNames(const CertificateAnswers& answers, RequestPolicy& policy)
{
    for (const std::string& name : answers.dnsNames) {
        const bool wildcard = name.starts_with("*.");
        if (auto problem = hostNameProblem(wildcard ? name.substr(2) : name)) return Error{ErrorCode::InvalidInput, *problem, "certificate.dns_names"};
        const std::string lower = lowerAscii(name);
        if (std::ranges::find(policy.dnsNames, lower) == policy.dnsNames.end()) policy.dnsNames.push_back(lower);
    }
    for (const std::string& text : answers.ipAddresses) {
        const auto address = canonicalIpAddress(text);
        if (!address) return wrong(tr("{0} is not an IP address, such as 192.0.2.1 or 2001:db8::1 (certificate.ip_addresses)."), {text});
        if (std::ranges::find(policy.ipAddresses, *address) == policy.ipAddresses.end()) policy.ipAddresses.push_back(*address);
    }
    if (!policy.dnsNames.empty() || !policy.ipAddresses.empty()) return std::nullopt;
    // Browsers look at the alternative names only, so the common name becomes one of them.
    const std::string& name = policy.subject.commonName;
    if (const auto address = canonicalIpAddress(name)) {
        policy.ipAddresses.push_back(*address);
    } else if (const auto problem = hostNameProblem(name.starts_with("*.") ? name.substr(2) : name); !problem) {
        policy.dnsNames.push_back(lowerAscii(name));
    } else {
        return wrong(tr("{0} is no host name, and browsers look for the server's name only among the other names of a certificate. "
                          "Name the host there (certificate.dns_names)."), {name});
    }
    return std::nullopt;
}

std::optional<Error> takeKey(const PlanInput& input, RequestPolicy& policy)
{
    const CertificateAnswers& answers = input.answers.certificate;
    const std::string provider = lowerAscii(answers.provider);
    const std::string algorithm = lowerAscii(answers.keyAlgorithm);
    const bool elliptic = algorithm.starts_with("ecdsa_p");
    policy.algorithm = elliptic ? "ECDSA_P" + algorithm.substr(7) : "RSA";
    if (!(algorithm.empty() || algorithm == "rsa" || algorithm == "ecdsa_p256" || algorithm == "ecdsa_p384"))
        return wrong(tr("{0} is not a kind of key Monban asks for. Known: RSA, ECDSA_P256, ECDSA_P384 (certificate.key_algorithm)."),
                     {answers.keyAlgorithm});
    const bool schannel = provider == lowerAscii(kSchannelProvider);
    policy.cng = provider == lowerAscii(kCngProvider) || (provider.empty() && elliptic);
    if (!provider.empty() && !schannel && !policy.cng)
        return wrong(tr("{0} is not a provider Monban asks for. Known: {1}; {2} (certificate.provider)."), {answers.provider, kSchannelProvider, kCngProvider});
    if (elliptic && !policy.cng)
        return wrong(tr("{0} makes RSA keys only. For {1} name the provider {2} (certificate.provider)."), {kSchannelProvider, policy.algorithm, kCngProvider});
    if (elliptic) {
        policy.bits = policy.algorithm == "ECDSA_P256" ? 256 : 384;
        if (answers.keyBits && *answers.keyBits != policy.bits)
            return wrong(tr("A key {0} has {1} bits, and no other number can be asked for (certificate.key_bits)."), {policy.algorithm, std::to_string(policy.bits)});
        return std::nullopt;
    }
    const auto& root = input.materials.root;
    const bool smallCa = root && *root && (*root)->certificate.key.algorithm == "RSA" && (*root)->certificate.key.bits <= kFewestBits;
    policy.bits = answers.keyBits.value_or(smallCa ? kFewestBits : kUsualBits);
    if (policy.bits < kFewestBits)
        return wrong(tr("A key of {0} bits is too weak: IIS itself offers 1024, but the CA asks for 2048 or more, and browsers refuse less. Choose 2048 or "
                        "3072 (certificate.key_bits)."),
                     {std::to_string(policy.bits)});
    if (policy.bits > kMostBits || policy.bits % 8 != 0)
        return wrong(tr("Windows makes no RSA key of {0} bits. Choose 2048, 3072 or 4096 (certificate.key_bits)."), {std::to_string(policy.bits)});
    return std::nullopt;
}

bool saysNothing(const CertificateAnswers& a)
{
    return a.commonName.empty() && a.dnsNames.empty() && a.ipAddresses.empty();
}

/// The answers, and where they name nothing the names of the certificate that is replaced.
Result<CertificateAnswers> seeded(const PlanInput& input)
{
    CertificateAnswers answers = input.answers.certificate;
    if (answers.replaces.empty() || !saysNothing(answers)) return answers;
    for (const char* store : {"MY", "WebHosting"}) {
        const auto entries = storeOf(input.facts, store);
        if (!entries) return entries.error();
        for (const StoredCertificate& entry : *entries) {
            if (entry.certificate.thumbprintSha1 != answers.replaces) continue;
            const Subject old = subjectFrom(entry.certificate);
            const auto fill = [](std::string& text, const std::string& from) {
                if (text.empty()) text = from;
            };
            fill(answers.commonName, old.commonName);
            fill(answers.organization, old.organization);
            fill(answers.organizationalUnit, old.organizationalUnit);
            fill(answers.locality, old.locality);
            fill(answers.state, old.state);
            fill(answers.country, old.country);
            fill(answers.friendlyName, entry.friendlyName);
            answers.dnsNames = entry.certificate.dnsNames;
            answers.ipAddresses = entry.certificate.ipAddresses;
            return answers;
        }
    }
    return Error{ErrorCode::NotFound,
                 {tr("The certificate {0} is not on this server, so its names cannot be taken over (certificate.replaces)."), {answers.replaces}},
                 "certificate.replaces not found"};
}

/// A value as CertStrToName reads it: quoted where a character in it would end or change it, quotes doubled.
std::string nameValue(const std::string& text)
{
    const bool plain = text.find_first_of(",+=\"\\<>;#\n\r") == std::string::npos && text.front() != ' ' && text.back() != ' ';
    if (plain) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

/// A value of an INF file: in quotes, with quotes doubled, and percent signs, which would name a string.
std::string infValue(const std::string& text)
{
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c;
        if (c == '"' || c == '%') quoted += c;
    }
    return quoted + '"';
}

std::string subjectValue(const Subject& subject)
{
    // certreq encodes from the last to the first, so that the country comes first in the certificate.
    static constexpr std::pair<const char*, std::string Subject::*> kParts[] = {
        {"CN", &Subject::commonName}, {"OU", &Subject::organizationalUnit}, {"O", &Subject::organization},
        {"L", &Subject::locality},    {"S", &Subject::state},               {"C", &Subject::country}};
    std::string text;
    for (const auto& [type, part] : kParts)
        if (!(subject.*part).empty()) text += (text.empty() ? "" : ",") + std::string(type) + "=" + nameValue(subject.*part);
    return text;
}

}  // namespace

std::string RequestPolicy::keyText() const { return (algorithm == "RSA" ? "RSA " : "EC ") + std::to_string(bits); }

void takeSubject(const Subject& subject, CertificateAnswers& answers)
{
    answers.commonName = subject.commonName;
    answers.organization = subject.organization;
    answers.organizationalUnit = subject.organizationalUnit;
    answers.locality = subject.locality;
    answers.state = subject.state;
    answers.country = subject.country;
}

void takeOverNames(const StoredCertificate& from, CertificateAnswers& answers)
{
    takeSubject(subjectFrom(from.certificate), answers);
    answers.dnsNames = from.certificate.dnsNames;
    answers.ipAddresses = from.certificate.ipAddresses;
    if (answers.friendlyName.empty()) answers.friendlyName = from.friendlyName;
}

Result<RequestPolicy> requestPolicy(const PlanInput& input)
{
    auto answers = seeded(input);
    if (!answers) return answers.error();
    RequestPolicy policy;
    policy.friendlyName = answers->friendlyName.empty() ? input.answers.import.friendlyName : answers->friendlyName;
    if (hasControl(policy.friendlyName))
        return wrong(tr("The friendly name (certificate.friendly_name) holds a line break or another control character. Write it in one line."), {});
    std::string name = answers->commonName;
    // The common name is for people; the first name that fits into it will do.
    constexpr std::size_t kLongestCommonName = 64;
    for (const std::string& one : answers->dnsNames)
        if (name.empty() && one.size() <= kLongestCommonName) name = one;
    if (name.empty() && !answers->dnsNames.empty())
        return wrong(tr("Every host name (certificate.dns_names) is longer than the 64 characters a common name may have. Give a "
                          "shorter one as the common name (certificate.common_name)."),
                     {});
    if (name.empty() && !answers->ipAddresses.empty()) name = answers->ipAddresses.front();
    if (const auto endpoint = hostEndpoint(input.answers.bind.hostname); name.empty() && endpoint) name = endpoint->host;
    if (name.empty()) return wrong(tr("The request does not say yet which server it is for. Name its host name (certificate.common_name)."), {});
    policy.subject = {name, answers->organization, answers->organizationalUnit, answers->locality, answers->state, answers->country};
    if (auto trouble = subjectTrouble(policy.subject)) return *trouble;
    for (char& letter : policy.subject.country)
        if (letter >= 'a') letter = static_cast<char>(letter - 'a' + 'A');
    if (auto trouble = takeNames(*answers, policy)) return *trouble;
    if (auto trouble = takeKey(input, policy)) return *trouble;
    return policy;
}

Bytes policyFile(const RequestPolicy& policy)
{
    std::string text = std::string(kPolicyMark) + "\r\n[Version]\r\nSignature = \"$Windows NT$\"\r\n\r\n[NewRequest]\r\nSubject = " + infValue(subjectValue(policy.subject)) + "\r\n";
    if (policy.algorithm == "RSA") text += "KeyLength = " + std::to_string(policy.bits) + "\r\n";
    text += "ProviderName = " + infValue(policy.cng ? kCngProvider : kSchannelProvider) + "\r\n";
    if (policy.cng) text += "KeyAlgorithm = " + policy.algorithm + "\r\n";
    else text += "ProviderType = 12\r\nKeySpec = 1\r\n";
    // digitalSignature, and keyEncipherment where the key can do it (RFC 8422, section 5.3, has none for ECDSA).
    text += std::string("KeyUsage = ") + (policy.algorithm == "RSA" ? "0xa0" : "0x80") + "\r\n";
    text += std::string("HashAlgorithm = ") + (policy.algorithm == "ECDSA_P384" ? "SHA384" : "SHA256") + "\r\n";
    text += "MachineKeySet = TRUE\r\nExportable = FALSE\r\nRequestType = PKCS10\r\nSMIME = FALSE\r\nSilent = TRUE\r\n";
    if (!policy.friendlyName.empty()) text += "FriendlyName = " + infValue(policy.friendlyName) + "\r\n";
    text += "\r\n[EnhancedKeyUsageExtension]\r\nOID = 1.3.6.1.5.5.7.3.1\r\n\r\n[Extensions]\r\n2.5.29.17 = \"{text}\"\r\n";
    std::vector<std::string> names;
    for (const std::string& name : policy.dnsNames) names.push_back("DNS=" + name);
    for (const std::string& address : policy.ipAddresses) names.push_back("IPAddress=" + address);
    for (std::size_t i = 0; i < names.size(); ++i)
        text += "_continue_ = \"" + names[i] + (i + 1 < names.size() ? "&" : "") + "\"\r\n";
    Bytes bytes{0xFF, 0xFE};
    for (const char16_t unit : utf16FromUtf8(text)) {
        bytes.push_back(static_cast<std::uint8_t>(unit & 0xFF));
        bytes.push_back(static_cast<std::uint8_t>(unit >> 8));
    }
    return bytes;
}

}  // namespace monban
