// SPDX-License-Identifier: MIT
#include "core/practice/certreq.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "core/base/file.h"
#include "core/pki/crl.h"
#include "core/pki/digest.h"
#include "core/practice/certutil.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

constexpr std::uint32_t kFileExists = 80;
constexpr std::uint32_t kRpcServerUnavailable = 1722;

Reply failed(const Shell& shell, std::uint32_t code, const std::string& before = {})
{
    code = win::hresult(code);
    return {static_cast<int>(static_cast<std::int32_t>(code)),
            before + fill(shell.say("Certificate Request Processor: {0} {1}\n", "証明書要求プロセッサ: {0} {1}\n"),
                          {shell.message(code), hresultText(code)})};
}

Reply failed(const Shell& shell, const Error& error)
{
    return failed(
        shell, win32Code(error),
        error.code == ErrorCode::Damaged ? inLanguage(error.message, shell.machine.language) + "\n" : std::string());
}

struct Arguments {
    std::string verb;
    std::vector<std::string> files;
    bool force = false;
    bool machine = false;
    bool user = false;
    std::string unknown;
};

Arguments argumentsFrom(const std::vector<std::string>& words)
{
    static constexpr const char* kVerbs[] = {"new", "accept", "submit", "retrieve", "sign", "enroll", "policy", "?"};
    static constexpr const char* kIgnored[] = {
        "q", "any", "silent", "pin", "binary", "adminforcemachine", "kerberos", "anonymous", "unicode", "unicodetext"};
    static constexpr const char* kWithValue[] = {"attrib",   "config", "cert", "policyserver", "clientcertificate",
                                                 "username", "p"};
    const auto among = [](const auto& names, const std::string& name) {
        return std::any_of(std::begin(names), std::end(names), [&](const char* one) { return name == one; });
    };
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string name = switchName(words[i]).value_or("");
        if (arguments.verb.empty() && among(kVerbs, name)) arguments.verb = name;
        else if (name == "f") arguments.force = true;
        else if (name == "machine") arguments.machine = true;
        else if (name == "user") arguments.user = true;
        else if (among(kWithValue, name)) ++i;
        else if (among(kIgnored, name)) continue;
        else if (!name.empty() && words[i][0] == '-')
            arguments.unknown = arguments.unknown.empty() ? words[i] : arguments.unknown;
        else arguments.files.push_back(unquoted(words[i]));
    }
    return arguments;
}

/// As Windows writes it: the older label, lines of 64 characters ended as in a Windows file.
std::string requestText(const Bytes& der)
{
    const std::string digits = base64(der);
    std::string text = "-----BEGIN NEW CERTIFICATE REQUEST-----\r\n";
    for (std::size_t at = 0; at < digits.size(); at += 64) text += digits.substr(at, 64) + "\r\n";
    return text + "-----END NEW CERTIFICATE REQUEST-----\r\n";
}

std::string requestStore(bool machine) { return machine ? "REQUEST" : std::string(kUserStores) + "REQUEST"; }

Reply wrongEntry(const Shell& shell, const std::string& entry)
{
    return failed(
        shell, win::kInvalidData,
        fill(shell.say("The policy file entry is not valid: {0}\n", "ポリシー ファイルの項目が正しくありません: {0}\n"),
             {entry}));
}

Reply newRequest(Shell& shell, const Arguments& arguments)
{
    // Without both names certreq opens a dialog, which nobody would answer here.
    if (arguments.files.size() != 2)
        return failed(shell, arguments.files.size() < 2 ? win::kCancelled : win::kInvalidParameter);
    const auto bytes = readFile(shell.backend.hostPath(arguments.files[0]));
    if (!bytes) return failed(shell, bytes.error());
    const auto inf = InfFile::parse(*bytes);
    std::string trouble = arguments.files[0];
    const auto policy = inf ? policyFrom(*inf, trouble) : std::nullopt;
    if (!policy) return wrongEntry(shell, trouble);
    const bool machine = (policy->machineKey || arguments.machine) && !arguments.user;
    if (machine && !shell.machine.elevated) return failed(shell, win::kAccessDenied);
    const fs::path out = shell.backend.hostPath(arguments.files[1]);
    boost::system::error_code ignored;
    if (!arguments.force && fs::exists(out, ignored)) return failed(shell, kFileExists);
    const std::string container = policy->keyContainer.empty() ? hex(randomBytes(16)) : policy->keyContainer;
    if (const auto taken = shell.backend.publicKey(container); taken || taken.error().code != ErrorCode::NotFound)
        return failed(shell, win::kKeyExists);

    const auto made = makeRequest(policy->request, shell.machine.clock(), trouble);
    if (!made) return wrongEntry(shell, trouble);
    if (const auto kept = shell.backend.putKey(container, made->keyPem); !kept) return failed(shell, kept.error());
    const StoreEntry pending{made->standInDer, sha1Hex(made->standInDer), policy->friendlyName,
                             policy->exportable ? KeyState::Present : KeyState::NotExportable, container};
    auto done = shell.backend.putCertificate(requestStore(machine), pending);
    if (done) done = replaceFile(out, requestText(made->der));
    if (!done) {
        // Nothing stays pending that nobody has the request of.
        (void)shell.backend.removeCertificate(requestStore(machine), pending.thumbprint);
        (void)shell.backend.removeKey(container);
        return failed(shell, done.error());
    }
    return {0, shell.say("\nCertReq: Request Created\n", "\nCertReq: 要求が作成されました\n")};
}

/// The certificates of the CA's answer: one, or a PKCS#7 with its chain.
std::vector<Certificate> answerFrom(ByteView bytes)
{
    if (auto certificate = parseCertificate(bytes)) return {std::move(*certificate)};
    auto reply = parsePkcs7(bytes);
    return reply ? std::move(*reply) : std::vector<Certificate>();
}

/// The pending request whose key one of the certificates has, or why none is found.
struct Match {
    std::string store;
    StoreEntry pending;
    Certificate certificate;
};
struct Search {
    std::optional<Match> match;
    std::uint32_t code = win::kPropertyEmpty;  ///< nothing at all is pending
};
Search searchFor(Backend& backend, const std::vector<Certificate>& answer, const std::vector<std::string>& stores)
{
    Search search;
    for (const std::string& store : stores) {
        const auto entries = backend.store(store);
        if (!entries) continue;
        for (const StoreEntry& entry : *entries) {
            if (search.code == win::kPropertyEmpty) search.code = win::kCryptNotFound;
            const auto pending = parseCertificate(entry.der);
            const auto key = entry.keyContainer.empty() ? Result<Bytes>(Bytes()) : backend.publicKey(entry.keyContainer);
            const bool keyIsThere = key && !key->empty();
            for (const Certificate& certificate : answer) {
                if (keyIsThere && *key == certificate.publicKeyDer) return {Match{store, entry, certificate}, 0};
                // The request is that one, but its key is gone.
                if (!keyIsThere && pending && pending->publicKeyDer == certificate.publicKeyDer) search.code = win::kBadKeyset;
            }
        }
    }
    return search;
}

Reply accept(Shell& shell, const Arguments& arguments)
{
    if (arguments.files.size() != 1)
        return failed(shell, arguments.files.empty() ? win::kCancelled : win::kInvalidParameter);
    const auto bytes = readFile(shell.backend.hostPath(arguments.files[0]));
    if (!bytes) return failed(shell, bytes.error());
    const std::vector<Certificate> answer = answerFrom(*bytes);
    if (answer.empty()) return failed(shell, win::kBadTag);
    if (!arguments.user && !shell.machine.elevated) return failed(shell, win::kAccessDenied);
    std::vector<std::string> stores;
    if (!arguments.user) stores.push_back(requestStore(true));
    if (!arguments.machine) stores.push_back(requestStore(false));
    const Search search = searchFor(shell.backend, answer, stores);
    const std::optional<Match>& match = search.match;
    if (!match) return failed(shell, search.code);
    const certutil::Chain chain = certutil::chainOf(shell.backend, match->certificate, answer);
    if (!chain.trusted)
        return failed(shell, chain.certificates.back().selfSigned || chain.certificates.size() == 1
                                 ? win::kUntrustedRoot
                                 : win::kChaining);

    const bool machine = match->store == requestStore(true);
    const std::string prefix = machine ? "" : kUserStores;
    const StoreEntry installed{match->certificate.der, match->certificate.thumbprintSha1, match->pending.friendlyName,
                               match->pending.key, match->pending.keyContainer};
    if (const auto put = shell.backend.putCertificate(prefix + "MY", installed); !put)
        return failed(shell, put.error());
    for (const Certificate& other : answer)
        if (other.thumbprintSha1 != match->certificate.thumbprintSha1 && !other.selfSigned)
            if (const auto put = shell.backend.putCertificate(
                    prefix + "CA", {other.der, other.thumbprintSha1, {}, KeyState::None, {}});
                !put)
                return failed(shell, put.error());
    if (const auto removed = shell.backend.removeCertificate(match->store, match->pending.thumbprint); !removed)
        return failed(shell, removed.error());
    const Language language = shell.machine.language;
    return {0, fill(shell.say("Installed Certificate:\n  Serial Number: {0}\n  Subject: {1}\n  NotBefore: {2}\n  "
                              "NotAfter: {3}\n  Thumbprint: {4}\n",
                              "インストールされた証明書:\n  シリアル番号: {0}\n  サブジェクト: {1}\n  NotBefore: {2}\n "
                              " NotAfter: {3}\n  拇印: {4}\n"),
                    {match->certificate.serial, windowsName(match->certificate.subject),
                     windowsTime(match->certificate.notBefore, language),
                     windowsTime(match->certificate.notAfter, language), match->certificate.thumbprintSha1})};
}

}  // namespace

Reply runCertreq(Shell& shell)
{
    const Arguments arguments = argumentsFrom(shell.invocation.arguments);
    if (arguments.verb == "?")
        return {0,
                "Usage:\n  CertReq -new [Options] [PolicyFileIn [RequestFileOut]]\n  CertReq -accept [Options] "
                "[CertChainFileIn | FullResponseFileIn | CertFileIn]\n"
                "Options:\n  -f  -q  -machine  -user\n"};
    if (!arguments.unknown.empty()) {
        Reply reply = failed(shell, win::kInvalidParameter);
        reply.text = "Unknown argument: " + arguments.unknown + "\n" + reply.text;
        return reply;
    }
    if (arguments.verb == "new") return newRequest(shell, arguments);
    if (arguments.verb == "accept") return accept(shell, arguments);
    // No enterprise CA answers here: what a server outside of a domain gets.
    if (arguments.verb == "submit" || arguments.verb == "retrieve" || arguments.verb == "enroll" ||
        arguments.verb.empty())
        return failed(shell, arguments.verb.empty() ? win::kInvalidParameter : kRpcServerUnavailable);
    return failed(shell, win::kNotSupported);
}

}  // namespace monban::practice
