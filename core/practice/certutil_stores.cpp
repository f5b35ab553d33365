// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/file.h"
#include "core/pki/crl.h"
#include "core/pki/digest.h"
#include "core/pki/inspect.h"
#include "core/practice/certutil.h"

namespace monban::practice::certutil {
namespace {

/// Puts one certificate into a store as CertAddCertificateContextToStore does: what hangs on one already there stays.
Result<bool> added(Backend& backend, const std::string& store, const Certificate& certificate, bool replaces)
{
    StoreEntry entry{certificate.der, certificate.thumbprintSha1, {}, KeyState::None, {}};
    const auto entries = backend.store(store);
    if (!entries && entries.error().code != ErrorCode::NotFound) return entries.error();
    if (entries)
        for (const StoreEntry& known : *entries) {
            if (known.thumbprint != entry.thumbprint) continue;
            if (!replaces) return false;
            entry = known;
        }
    if (const auto put = backend.putCertificate(store, entry); !put) return put.error();
    return true;
}

std::string addedLine(const Shell& shell, const Certificate& certificate, bool isNew)
{
    return fill(isNew
                    ? shell.say("Certificate \"{0}\" added to store.\n", "証明書 \"{0}\" がストアに追加されました。\n")
                    : shell.say("Certificate \"{0}\" already in store.\n", "証明書 \"{0}\" は既にストアにあります。\n"),
                {shownName(certificate)});
}

/// The certificates or the revocation list that a file holds.
struct FileContent {
    std::vector<Certificate> certificates;
    std::optional<Crl> crl;
};
std::optional<FileContent> contentOf(ByteView bytes)
{
    FileContent content;
    if (auto certificate = parseCertificate(bytes)) {
        content.certificates.push_back(std::move(*certificate));
        return content;
    }
    if (auto crl = parseCrl(bytes)) {
        content.crl = std::move(*crl);
        return content;
    }
    auto reply = parsePkcs7(bytes);
    if (!reply || reply->empty()) return std::nullopt;
    content.certificates = std::move(*reply);
    return content;
}

/// The store as it is spelled, where it exists; what the verbs print and return where it does not.
std::optional<Reply> storeTrouble(const Call& call, const std::string& name)
{
    // CertOpenStore takes no backslash but as a separator of levels, which a store has none of.
    if (name.empty() || name.find('\\') != std::string::npos) return call.failed(win::kInvalidName);
    const auto entries = call.shell.backend.store(call.storeName(name));
    if (entries) return std::nullopt;
    if (entries.error().code == ErrorCode::NotFound) return call.failed(win::kFileNotFound);
    return call.failed(entries.error());
}

Reply addCrl(Call& call, const std::string& store, const Crl& crl, std::string text)
{
    const std::string thumbprint = sha1Hex(crl.der);
    const auto known = call.shell.backend.crls(call.storeName(store));
    const bool there = known && std::any_of(known->begin(), known->end(),
                                            [&](const StoreCrl& one) { return one.thumbprint == thumbprint; });
    if (!there || call.options.force)
        if (const auto put = call.shell.backend.putCrl(call.storeName(store), {crl.der, thumbprint}); !put)
            return call.failed(put.error(), text);
    text += fill(there && !call.options.force
                     ? call.shell.say("CRL \"{0}\" already in store.\n", "CRL \"{0}\" は既にストアにあります。\n")
                     : call.shell.say("CRL \"{0}\" added to store.\n", "CRL \"{0}\" がストアに追加されました。\n"),
                 {commonNameOf(crl.issuer)});
    return call.completed(text);
}

}  // namespace

Reply addStore(Call& call)
{
    Shell& shell = call.shell;
    const std::string store = unquoted(call.arguments[0]);
    if (const auto trouble = storeTrouble(call, store)) {
        const bool missing =
            trouble->exitCode == static_cast<int>(static_cast<std::int32_t>(win::hresult(win::kFileNotFound)));
        if (!missing || !call.options.force) {
            if (!missing) return *trouble;
            return {trouble->exitCode,
                    shell.say("Cannot open existing Cert store.  Use -f option to force Cert store creation.\n",
                              "既存の証明書ストアを開けません。-f "
                              "オプションを使用して証明書ストアを強制的に作成してください。\n") +
                        trouble->text};
        }
    }
    const auto bytes = readFile(shell.backend.hostPath(unquoted(call.arguments[1])));
    if (!bytes) return call.failed(bytes.error());
    const auto content = contentOf(*bytes);
    if (!content) return call.failed(win::kCryptNoMatch);
    std::string text = storeLine(shell, store);
    if (content->crl) return addCrl(call, store, *content->crl, std::move(text));
    for (const Certificate& certificate : content->certificates) {
        if (certificate.selfSigned) text += shell.say("Signature matches Public Key\n", "署名は公開キーと一致します\n");
        const auto isNew = added(shell.backend, call.storeName(store), certificate, call.options.force);
        if (!isNew) return call.failed(isNew.error(), text);
        text += addedLine(shell, certificate, *isNew);
    }
    return call.completed(text);
}

Reply deleteStore(Call& call)
{
    const std::string store = unquoted(call.arguments[0]);
    if (const auto trouble = storeTrouble(call, store)) return *trouble;
    const auto entries = call.shell.backend.store(call.storeName(store));
    const auto crls = call.shell.backend.crls(call.storeName(store));
    if (!entries || !crls) return call.failed(entries ? crls.error() : entries.error());
    const auto matches = matching(*entries, *crls, unquoted(call.arguments[1]));
    if (!matches) return call.failed(matches.error());
    std::string text = storeLine(call.shell, store);
    if (matches->empty()) return call.failed(win::kCryptNotFound, text);
    for (const std::size_t index : matches->certificates) {
        if (const auto gone = call.shell.backend.removeCertificate(call.storeName(store), (*entries)[index].thumbprint);
            !gone)
            return call.failed(gone.error(), text);
        text += fill(call.shell.say("Deleting Certificate {0}\n", "証明書 {0} を削除しています\n"),
                     {std::to_string(index)});
    }
    for (const std::size_t index : matches->crls) {
        if (const auto gone = call.shell.backend.removeCrl(call.storeName(store), (*crls)[index].thumbprint); !gone)
            return call.failed(gone.error(), text);
        text += fill(call.shell.say("Deleting CRL {0}\n", "CRL {0} を削除しています\n"), {std::to_string(index)});
    }
    return call.completed(text);
}

Reply listStore(Call& call)
{
    const Shell& shell = call.shell;
    const std::string store = call.arguments.empty() ? "CA" : unquoted(call.arguments[0]);
    if (const auto trouble = storeTrouble(call, store)) return *trouble;
    const auto entries = shell.backend.store(call.storeName(store));
    const auto crls = shell.backend.crls(call.storeName(store));
    if (!entries || !crls) return call.failed(entries ? crls.error() : entries.error());
    Matches shown;
    if (call.arguments.size() > 1) {
        const auto matches = matching(*entries, *crls, unquoted(call.arguments[1]));
        if (!matches) return call.failed(matches.error());
        shown = *matches;
    } else {
        for (std::size_t i = 0; i < entries->size(); ++i) shown.certificates.push_back(i);
        for (std::size_t i = 0; i < crls->size(); ++i) shown.crls.push_back(i);
    }
    std::string text = storeLine(shell, store);
    // Measured on Windows 11; -delstore answers with the other code.
    if (call.arguments.size() > 1 && shown.empty()) return call.failed(win::kKeyNotFound, text);
    for (const std::size_t index : shown.certificates) {
        const auto certificate = parseCertificate((*entries)[index].der);
        if (!certificate) return call.failed(certificate.error(), text);
        text += fill(shell.say("================ Certificate {0} ================\n",
                               "================ 証明書 {0} ================\n"),
                     {std::to_string(index)});
        text += certificateText(shell, *certificate, &(*entries)[index]) + "\n";
        if (call.arguments.size() > 2)
            if (const auto written =
                    replaceFile(shell.backend.hostPath(unquoted(call.arguments[2])), (*entries)[index].der);
                !written)
                return call.failed(written.error(), text);
    }
    for (const std::size_t index : shown.crls) {
        const auto crl = parseCrl((*crls)[index].der);
        if (!crl) return call.failed(crl.error(), text);
        text += fill("================ CRL {0} ================\n", {std::to_string(index)});
        text += shell.say("Issuer: ", "発行者: ") + windowsName(crl->issuer) + "\n";
        text += " ThisUpdate: " + windowsTime(crl->thisUpdate, shell.machine.language) + "\n";
        if (crl->nextUpdate) text += " NextUpdate: " + windowsTime(*crl->nextUpdate, shell.machine.language) + "\n";
        text +=
            fill(shell.say("CRL Entries: {0}\n", "CRL エントリ: {0}\n"), {std::to_string(crl->revokedSerials.size())});
        text += "CRL Hash(sha1): " + (*crls)[index].thumbprint + "\n\n";
    }
    return call.completed(text);
}

Reply repairStore(Call& call)
{
    Backend& backend = call.shell.backend;
    const std::string store = unquoted(call.arguments[0]);
    if (const auto trouble = storeTrouble(call, store)) return *trouble;
    auto entries = backend.store(call.storeName(store));
    if (!entries) return call.failed(entries.error());
    const auto matches = matching(*entries, {}, unquoted(call.arguments[1]));
    if (!matches) return call.failed(matches.error());
    std::string text = storeLine(call.shell, store);
    if (matches->certificates.empty()) return call.failed(win::kCryptNotFound, text);
    for (const std::size_t index : matches->certificates) {
        StoreEntry& entry = (*entries)[index];
        const auto certificate = parseCertificate(entry.der);
        if (!certificate) return call.failed(certificate.error(), text);
        // The key a pending request left behind, or that another copy of the certificate has.
        for (const char* other : {"REQUEST", "MY", "WebHosting"}) {
            const auto candidates = entry.key == KeyState::None || entry.key == KeyState::Missing
                                        ? backend.store(other)
                                        : Result<std::vector<StoreEntry>>(std::vector<StoreEntry>());
            if (!candidates) continue;
            for (const StoreEntry& candidate : *candidates) {
                if (candidate.keyContainer.empty()) continue;
                const auto key = backend.publicKey(candidate.keyContainer);
                if (!key || *key != certificate->publicKeyDer) continue;
                entry.key = candidate.key;
                entry.keyContainer = candidate.keyContainer;
                if (const auto put = backend.putCertificate(call.storeName(store), entry); !put)
                    return call.failed(put.error(), text);
                break;
            }
        }
        text += fill(call.shell.say("================ Certificate {0} ================\n",
                                    "================ 証明書 {0} ================\n"),
                     {std::to_string(index)});
        text += certificateText(call.shell, *certificate, &entry);
        if (entry.key == KeyState::None || entry.key == KeyState::Missing) return call.failed(win::kNoKey, text);
    }
    return call.completed(text);
}

Reply dump(Call& call)
{
    if (call.arguments.empty())
        return call.completed(
            call.shell.say("No active Certification Authorities found:\n", "アクティブな証明機関が見つかりません:\n"));
    const auto bytes = readFile(call.shell.backend.hostPath(unquoted(call.arguments[0])));
    if (!bytes) return call.failed(bytes.error());
    const auto content = contentOf(*bytes);
    if (!content) return call.failed(win::kBadTag);
    std::string text;
    for (const Certificate& certificate : content->certificates)
        text +=
            call.shell.say("X509 Certificate:\n", "X509 証明書:\n") + certificateText(call.shell, certificate, nullptr);
    if (content->crl)
        text += call.shell.say("X509 Certificate Revocation List:\n", "X509 証明書失効リスト:\n") +
                call.shell.say("Issuer: ", "発行者: ") + windowsName(content->crl->issuer) + "\n";
    return call.completed(text);
}

Reply hashFile(Call& call)
{
    const std::string file = unquoted(call.arguments[0]);
    const std::string algorithm = call.arguments.size() > 1 ? lowerAscii(call.arguments[1]) : "sha1";
    if (algorithm != "sha1" && algorithm != "sha256") return call.failed(win::kNotSupported);
    const auto bytes = readFile(call.shell.backend.hostPath(file));
    if (!bytes) return call.failed(bytes.error());
    const std::string shown = algorithm == "sha1" ? "SHA1" : "SHA256";
    return call.completed(fill(call.shell.say("{0} hash of {1}:\n", "{0} ハッシュ (対象 {1}):\n"), {shown, file}) +
                          (algorithm == "sha1" ? sha1Hex(*bytes) : sha256Hex(*bytes)) + "\n");
}

}  // namespace monban::practice::certutil
