// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/file.h"
#include "core/pki/digest.h"
#include "core/pki/pkcs12.h"
#include "core/practice/certutil.h"

namespace monban::practice::certutil {
namespace {

constexpr const char* kModifiers[] = {"at_signature",  "at_keyexchange",   "noexport",       "exportencrypted",
                                      "nocert",        "nochain",          "noroot",         "protect",
                                      "noprotect",     "protecthigh",      "pkcs8",          "vsm",
                                      "friendlyname=", "keyfriendlyname=", "keydescription="};

struct Modifiers {
    bool noExport = false;
    bool noChain = false;
    bool noRoot = false;
    bool noCert = false;
    std::optional<std::string> friendlyName;
};

bool isModifier(const std::string& word)
{
    const std::string name = lowerAscii(word);
    return std::any_of(std::begin(kModifiers), std::end(kModifiers), [&](const std::string& known) {
        return known.back() == '=' ? name.starts_with(known) : name == known;
    });
}

/// "NoExport,FriendlyName=a, b": a part that is no modifier belongs to the name before it. Nothing if there is none.
std::optional<Modifiers> modifiersFrom(const std::string& text)
{
    Modifiers modifiers;
    std::string last;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        const std::string word = text.substr(at, comma - at);
        at = comma + 1;
        const std::string name = lowerAscii(trimmed(word));
        if (!isModifier(name)) {
            if (last != "friendlyname") return std::nullopt;
            *modifiers.friendlyName += "," + word;
            continue;
        }
        last = name.substr(0, name.find('='));
        if (last == "noexport") modifiers.noExport = true;
        if (last == "nochain") modifiers.noChain = true;
        if (last == "noroot") modifiers.noRoot = true;
        if (last == "nocert") modifiers.noCert = true;
        if (last == "friendlyname") modifiers.friendlyName = word.substr(word.find('=') + 1);
    }
    return modifiers;
}

/// [CertificateStoreName] PFXFile [Modifiers]
struct Arguments {
    std::string store = "MY";
    std::string file;
    Modifiers modifiers;
};
std::optional<Arguments> argumentsFrom(const std::vector<std::string>& given)
{
    Arguments arguments;
    std::vector<std::string> words;
    for (const std::string& word : given) words.push_back(unquoted(word));
    if (words.size() > 1 && modifiersFrom(words.back())) {
        arguments.modifiers = *modifiersFrom(words.back());
        words.pop_back();
    }
    if (words.size() > 2) return std::nullopt;
    if (words.size() == 2) arguments.store = words.front();
    arguments.file = words.back();
    return arguments;
}

/// The certificate that has the key, put with it in place of one without or with another container.
Result<Done> putOwn(Call& call, const Arguments& arguments, const Pkcs12Contents& contents)
{
    Backend& backend = call.shell.backend;
    const Certificate& certificate = contents.certificates.front();
    StoreEntry entry{certificate.der, certificate.thumbprintSha1, contents.friendlyNames.front(), KeyState::None, {}};
    if (arguments.modifiers.friendlyName) entry.friendlyName = *arguments.modifiers.friendlyName;
    std::string oldContainer;
    const auto known = backend.store(call.storeName(arguments.store));
    if (!known && known.error().code != ErrorCode::NotFound) return known.error();
    if (known)
        for (const StoreEntry& one : *known)
            if (one.thumbprint == entry.thumbprint) oldContainer = one.keyContainer;
    if (contents.keyCount > 0 && contents.keyMatches) {
        entry.keyContainer = hex(randomBytes(16));
        entry.key = arguments.modifiers.noExport ? KeyState::NotExportable : KeyState::Present;
        if (auto kept = backend.putKey(entry.keyContainer, contents.keyPem); !kept) return kept;
    }
    if (auto put = backend.putCertificate(call.storeName(arguments.store), entry); !put) {
        if (!entry.keyContainer.empty()) (void)backend.removeKey(entry.keyContainer);
        return put;
    }
    if (!oldContainer.empty()) (void)backend.removeKey(oldContainer);
    return Done{};
}

/// Without NoChain and NoRoot certutil installs what else the file holds: roots into ROOT, the rest into CA.
Result<Done> putChain(Call& call, const Arguments& arguments, const Pkcs12Contents& contents)
{
    for (std::size_t i = 1; i < contents.certificates.size() && !arguments.modifiers.noChain; ++i) {
        const Certificate& certificate = contents.certificates[i];
        const bool root = certificate.selfSigned;
        if (root && arguments.modifiers.noRoot) continue;
        const auto known = call.shell.backend.store(call.storeName(root ? "ROOT" : "CA"));
        if (!known) return known.error();
        if (std::any_of(known->begin(), known->end(),
                        [&](const StoreEntry& one) { return one.thumbprint == certificate.thumbprintSha1; }))
            continue;
        if (auto put = call.shell.backend.putCertificate(
                call.storeName(root ? "ROOT" : "CA"),
                {certificate.der, certificate.thumbprintSha1, {}, KeyState::None, {}});
            !put)
            return put;
    }
    return Done{};
}

}  // namespace

Reply importPfx(Call& call)
{
    const auto arguments = argumentsFrom(call.arguments);
    if (!arguments) return call.failed(win::kInvalidParameter);
    if (arguments->store.empty() || arguments->store.find('\\') != std::string::npos)
        return call.failed(win::kInvalidName);
    const auto bytes = readFile(call.shell.backend.hostPath(arguments->file));
    if (!bytes) return call.failed(bytes.error());
    std::string text;
    std::optional<std::string> password = call.options.password;
    if (!password) {
        text = call.shell.say("Enter PFX password:\n", "PFX パスワードを入力してください:\n");
        password = call.shell.inputLine();
        // Nobody is there to answer: a real console would wait for ever.
        if (!password) return call.failed(win::kCancelled, text);
    }
    const auto contents = openPkcs12(*bytes, Secret(std::move(*password)));
    if (!contents) {
        const bool damaged = contents.error().code == ErrorCode::Damaged;
        return damaged ? call.failed(win::kBadTag, text) : call.failed(win32Code(contents.error()), text);
    }
    // Before Windows 10 1709 and Server 2019 AES and SHA-256 look like a wrong password (WINDOWS-FACTS 3.3).
    if (contents->encryption.needsModernWindows && call.shell.machine.build < windows_build::kServer2019)
        return call.failed(win::kInvalidPassword, text);
    if (contents->certificates.empty()) return call.failed(win::kCryptNotFound, text);
    if (auto put = putOwn(call, *arguments, *contents); !put) return call.failed(put.error(), text);
    if (auto put = putChain(call, *arguments, *contents); !put) return call.failed(put.error(), text);
    text +=
        fill(call.shell.say("Certificate \"{0}\" added to store.\n\n", "証明書 \"{0}\" がストアに追加されました。\n\n"),
             {shownName(contents->certificates.front())});
    return call.completed(text);
}

}  // namespace monban::practice::certutil
