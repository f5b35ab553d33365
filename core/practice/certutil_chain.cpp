// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/file.h"
#include "core/pki/crl.h"
#include "core/practice/certutil.h"
#include "core/practice/crl_source.h"

namespace monban::practice::certutil {
namespace {

/// What the practice CA answers at that address; nothing for any other host.
std::optional<Bytes> fetched(Backend& backend, const std::string& url)
{
    const auto name = practiceCaFile(url);
    if (!name) return std::nullopt;
    auto bytes = backend.caFile(*name);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

Result<Done> keep(Backend& backend, const std::string& url, const Bytes& der, Time now)
{
    auto cache = backend.cachedCrls(CacheOwner::Caller);
    if (!cache) return cache.error();
    std::erase_if(*cache, [&](const CachedCrl& one) { return equalsIgnoringCase(one.url, url); });
    cache->push_back({url, der, now});
    return backend.writeCachedCrls(CacheOwner::Caller, *cache);
}

std::vector<Certificate> certificatesOf(Backend& backend, const char* store)
{
    std::vector<Certificate> certificates;
    const auto entries = backend.store(store);
    if (!entries) return certificates;
    for (const StoreEntry& entry : *entries)
        if (auto certificate = parseCertificate(entry.der)) certificates.push_back(std::move(*certificate));
    return certificates;
}

/// The revocation list for the leaf, from the caller's cache unless -urlfetch asks for it anew; 0 or why there is none.
std::uint32_t revocationOf(Call& call, const Chain& chain, std::string& text)
{
    Shell& shell = call.shell;
    const Certificate& leaf = chain.certificates.front();
    if (chain.certificates.size() < 2) return leaf.selfSigned ? 0 : win::kCryptNoRevocationCheck;
    if (leaf.crlUrls.empty()) return win::kCryptNoRevocationCheck;
    const Time now = shell.machine.clock();
    const auto cache = shell.backend.cachedCrls(CacheOwner::Caller);
    for (const std::string& url : leaf.crlUrls) {
        std::optional<Bytes> bytes;
        if (cache && !call.options.urlFetch)
            for (const CachedCrl& one : *cache)
                if (equalsIgnoringCase(one.url, url)) bytes = one.der;
        auto crl = bytes ? parseCrl(*bytes) : Result<Crl>(Error{});
        if (!crl || (crl->nextUpdate && *crl->nextUpdate < now)) {
            bytes = fetched(shell.backend, url);
            text += fill("  ---------------- {0} ----------------\n    {1}\n",
                         {bytes ? shell.say("Verified \"Base CRL\"", "検証されました \"Base CRL\"")
                                : shell.say("Failed \"CDP\"", "失敗 \"CDP\""),
                          url});
            if (!bytes) continue;
            crl = parseCrl(*bytes);
            if (crl) (void)keep(shell.backend, url, crl->der, now);
        }
        if (!crl || !signedBy(*crl, chain.certificates[1])) continue;
        if (crl->nextUpdate && *crl->nextUpdate < now) continue;
        return crl->revokedSerials.contains(leaf.serial) ? win::kCryptRevoked : 0;
    }
    return win::kCryptRevocationOffline;
}

std::string revocationText(const Call& call, std::uint32_t code)
{
    const Shell& shell = call.shell;
    if (code == 0)
        return shell.say("Leaf certificate revocation check passed\n", "リーフ証明書の失効の確認に合格しました\n");
    if (code == win::kCryptRevoked)
        return shell.say("Leaf certificate is REVOKED (Reason=0)\n", "リーフ証明書は失効しています (理由=0)\n");
    return fill(
        shell.say("ERROR: Verifying leaf certificate revocation status returned {0} {1}\nCertUtil: {0}\n\n",
                  "エラー: リーフ証明書の失効状態を確認したところ、次が返されました: {0} {1}\nCertUtil: {0}\n\n"),
        {shell.message(code), hresultText(code)});
}

}  // namespace

/// Issuers from ROOT first, then from CA; a name that comes round again ends it.
Chain chainOf(Backend& backend, const Certificate& leaf, const std::vector<Certificate>& others)
{
    const std::vector<Certificate> roots = certificatesOf(backend, "ROOT");
    const std::vector<Certificate> intermediates = certificatesOf(backend, "CA");
    const auto isRoot = [&](const Certificate& one) {
        return std::any_of(roots.begin(), roots.end(),
                           [&](const Certificate& root) { return root.thumbprintSha1 == one.thumbprintSha1; });
    };
    Chain chain{{leaf}, isRoot(leaf)};
    while (!chain.trusted && chain.certificates.size() < 10 &&
           chain.certificates.back().subject != chain.certificates.back().issuer) {
        const Certificate* issuer = nullptr;
        for (const auto* store : {&roots, &intermediates, &others})
            for (const Certificate& one : *store)
                if (issuer == nullptr && issuedBy(chain.certificates.back(), one)) issuer = &one;
        if (issuer == nullptr) break;
        chain.trusted = isRoot(*issuer);
        chain.certificates.push_back(*issuer);
    }
    return chain;
}

Reply verify(Call& call)
{
    const Shell& shell = call.shell;
    const auto bytes = readFile(shell.backend.hostPath(unquoted(call.arguments[0])));
    if (!bytes) return call.failed(bytes.error());
    const auto leaf = parseCertificate(*bytes);
    if (!leaf) return call.failed(win::kBadTag);
    const Chain chain = chainOf(shell.backend, *leaf);
    const Time now = shell.machine.clock();
    std::string text = certificateText(shell, *leaf, nullptr) + "\n-------- CERT_CHAIN_CONTEXT --------\n";
    for (std::size_t i = 0; i < chain.certificates.size(); ++i) {
        const Certificate& one = chain.certificates[i];
        text += fill("CertContext[0][{0}]: Issuer: {1}\n  Subject: {2}\n  Cert: {3}\n",
                     {std::to_string(i), windowsName(one.issuer), windowsName(one.subject), one.thumbprintSha1});
    }
    // certutil goes on to the end and says what it found; the verdicts are in the text, the exit code is 0.
    if (!chain.trusted) {
        const std::uint32_t code = chain.certificates.back().selfSigned ? win::kUntrustedRoot : win::kChaining;
        text += shell.message(code) + " " + hresultText(code) + "\n------------------------------------\n" +
                (code == win::kUntrustedRoot
                     ? shell.say("Verifies against UNTRUSTED root\n", "信頼されていないルートに対して検証されました\n")
                     : shell.say("Incomplete certificate chain\n", "証明書チェーンが不完全です\n"));
        return call.completed(text + shell.say("Cannot check leaf certificate revocation status\n",
                                               "リーフ証明書の失効状態を確認できません\n"));
    }
    for (const Certificate& one : chain.certificates)
        if (now < one.notBefore || now > one.notAfter)
            text += shell.message(win::kExpired) + " " + hresultText(win::kExpired) + "\n" +
                    shell.say("Expired certificate\n", "証明書の有効期限が切れています\n");
    const std::uint32_t revocation = revocationOf(call, chain, text);
    return call.completed(text + "\n" + revocationText(call, revocation));
}

Reply urlCache(Call& call)
{
    Backend& backend = call.shell.backend;
    auto cache = backend.cachedCrls(CacheOwner::Caller);
    if (!cache) return call.failed(cache.error());
    const std::string which = call.arguments.empty() ? "*" : lowerAscii(unquoted(call.arguments[0]));
    const std::string second = call.arguments.size() > 1 ? unquoted(call.arguments[1]) : std::string();
    const bool deletes = equalsIgnoringCase(second, "delete");
    const bool isUrl = which.find("://") != std::string::npos;
    if (!isUrl && which != "*" && which != "crl" && which != "ocsp" && which != "url")
        return call.failed(win::kInvalidParameter);
    if (!second.empty() && !deletes && !isUrl) return call.failed(win::kInvalidParameter);
    if (isUrl && !deletes && (call.options.force || !second.empty())) {
        const auto bytes = fetched(backend, unquoted(call.arguments[0]));
        if (!bytes) return call.failed(win::kCryptRevocationOffline);
        if (const auto kept = keep(backend, unquoted(call.arguments[0]), *bytes, call.shell.machine.clock()); !kept)
            return call.failed(kept.error());
        if (!second.empty())
            if (const auto written = replaceFile(backend.hostPath(second), *bytes); !written)
                return call.failed(written.error());
        return call.completed("****  Online  ****\n");
    }
    // Only lists are kept here, no OCSP answers. What the services hold is another account's cache and stays.
    std::string text;
    std::size_t count = 0;
    for (const CachedCrl& one : *cache) {
        if (which == "ocsp" || (isUrl && !equalsIgnoringCase(one.url, which))) continue;
        text += one.url + "\n";
        ++count;
    }
    if (deletes) {
        std::erase_if(*cache, [&](const CachedCrl& one) {
            return which != "ocsp" && (!isUrl || equalsIgnoringCase(one.url, which));
        });
        if (const auto written = backend.writeCachedCrls(CacheOwner::Caller, *cache); !written)
            return call.failed(written.error());
    }
    text += fill(deletes ? call.shell.say("WinHttp Cache entries deleted: {0}\n\n",
                                          "削除された WinHttp キャッシュ エントリ: {0}\n\n")
                         : call.shell.say("WinHttp Cache entries: {0}\n\n", "WinHttp キャッシュ エントリ: {0}\n\n"),
                 {std::to_string(count)});
    return call.completed(text);
}

}  // namespace monban::practice::certutil
