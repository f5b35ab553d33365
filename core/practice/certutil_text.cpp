// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/pki/digest.h"
#include "core/practice/certutil.h"

namespace monban::practice::certutil {
namespace {

struct StoreTitle {
    const char* store;
    const char* english;
    const char* japanese;
};
constexpr StoreTitle kTitles[] = {
    {"my", "Personal", "個人"},
    {"root", "Trusted Root Certification Authorities", "信頼されたルート証明機関"},
    {"ca", "Intermediate Certification Authorities", "中間証明機関"},
    {"request", "Certificate Enrollment Requests", "証明書の登録要求"},
    {"webhosting", "Web Hosting", "Web ホスティング"},
    {"clientauthissuer", "Client Authentication Issuers", "クライアント認証発行者"},
    {"disallowed", "Untrusted Certificates", "信頼されていない証明書"},
    {"trustedpeople", "Trusted People", "信頼されたユーザー"},
    {"trustedpublisher", "Trusted Publishers", "信頼された発行元"},
    {"authroot", "Third-Party Root Certification Authorities", "サードパーティ ルート証明機関"},
    {"trust", "Enterprise Trust", "エンタープライズの信頼"},
};

std::string withoutBlanks(const std::string& text)
{
    std::string result = lowerAscii(text);
    std::erase_if(result, [](char c) { return c == ' ' || c == ':'; });
    return result;
}

std::string withoutLeadingZeros(const std::string& text)
{
    const auto first = text.find_first_not_of('0');
    return first == std::string::npos ? "0" : text.substr(first);
}

bool containsIgnoringCase(const std::string& text, const std::string& part)
{
    return !part.empty() && lowerAscii(text).find(lowerAscii(part)) != std::string::npos;
}

bool names(const Certificate& certificate, const StoreEntry& entry, const std::string& id)
{
    const std::string bare = withoutBlanks(id);
    if (bare == certificate.thumbprintSha1 || bare == certificate.thumbprintSha256) return true;
    if (withoutLeadingZeros(bare) == withoutLeadingZeros(certificate.serial)) return true;
    if (!entry.keyContainer.empty() && equalsIgnoringCase(id, entry.keyContainer)) return true;
    if (containsIgnoringCase(certificate.commonName, id)) return true;
    return std::any_of(certificate.dnsNames.begin(), certificate.dnsNames.end(),
                       [&](const std::string& name) { return containsIgnoringCase(name, id); });
}

std::string keyText(const Shell& shell, const StoreEntry& entry)
{
    if (entry.key == KeyState::None)
        return shell.say("  No key provider information\nCannot find the certificate and private key for decryption.\n",
                         "  キー プロバイダー情報がありません\n暗号化解除のための証明書と秘密キーが見つかりません。\n");
    std::string text =
        "  Key Container = " + entry.keyContainer + "\n  Provider = Microsoft Software Key Storage Provider\n";
    if (entry.key == KeyState::Missing)
        return text + shell.say("Missing stored keyset\n", "格納されたキーセットがありません\n");
    if (entry.key == KeyState::NotExportable)
        text += shell.say("Private key is NOT exportable\n", "秘密キーはエクスポートできません\n");
    return text + shell.say("Encryption test passed\n", "暗号化テストに合格しました\n");
}

}  // namespace

std::string storeLine(const Shell& shell, const std::string& store)
{
    for (const StoreTitle& title : kTitles)
        if (equalsIgnoringCase(store, title.store))
            return store + " \"" + shell.say(title.english, title.japanese) + "\"\n";
    return store + "\n";
}

std::string shownName(const Certificate& certificate)
{
    return certificate.commonName.empty() ? windowsName(certificate.subject) : certificate.commonName;
}

std::string commonNameOf(const std::string& rfc4514)
{
    const std::string name = "," + rfc4514;
    const auto at = name.find(",CN=");
    if (at == std::string::npos) return rfc4514;
    std::string text;
    for (std::size_t i = at + 4; i < name.size() && name[i] != ','; ++i) {
        if (name[i] == '\\' && i + 1 < name.size()) ++i;
        text += name[i];
    }
    return text;
}

std::string certificateText(const Shell& shell, const Certificate& certificate, const StoreEntry* entry)
{
    const Language language = shell.machine.language;
    std::string text = shell.say("Serial Number: ", "シリアル番号: ") + certificate.serial + "\n";
    text += shell.say("Issuer: ", "発行者: ") + windowsName(certificate.issuer) + "\n";
    text += " NotBefore: " + windowsTime(certificate.notBefore, language) + "\n";
    text += " NotAfter: " + windowsTime(certificate.notAfter, language) + "\n";
    text += shell.say("Subject: ", "サブジェクト: ") + windowsName(certificate.subject) + "\n";
    if (certificate.selfSigned) text += shell.say("Signature matches Public Key\n", "署名は公開キーと一致します\n");
    text += certificate.subject == certificate.issuer ? shell.say("Root Certificate: Subject matches Issuer\n",
                                                                  "ルート証明書: サブジェクトと発行者が一致します\n")
                                                      : shell.say("Non-root Certificate\n", "非ルート証明書\n");
    text += shell.say("Cert Hash(sha1): ", "証明書ハッシュ(sha1): ") + certificate.thumbprintSha1 + "\n";
    return entry != nullptr ? text + keyText(shell, *entry) : text;
}

Result<Matches> matching(const std::vector<StoreEntry>& entries, const std::vector<StoreCrl>& crls,
                         const std::string& id)
{
    Matches matches;
    // A short number is an index, and one after a dot that of a revocation list.
    const auto index = id.size() <= 4 ? unsignedNumber(id) : std::nullopt;
    if (index && *index < entries.size()) {
        matches.certificates.push_back(*index);
        return matches;
    }
    const std::size_t crlIndex = id.starts_with('.') ? unsignedNumber(id.substr(1)).value_or(crls.size()) : crls.size();
    if (crlIndex < crls.size()) {
        matches.crls.push_back(crlIndex);
        return matches;
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto certificate = parseCertificate(entries[i].der);
        if (!certificate) return certificate.error();
        if (names(*certificate, entries[i], id)) matches.certificates.push_back(i);
    }
    for (std::size_t i = 0; i < crls.size(); ++i)
        if (withoutBlanks(id) == crls[i].thumbprint) matches.crls.push_back(i);
    return matches;
}

}  // namespace monban::practice::certutil
