// SPDX-License-Identifier: MIT
#include "core/practice/certutil.h"

#include <algorithm>

namespace monban::practice {
namespace certutil {

Reply Call::completed(const std::string& text) const
{
    return {0, text + fill(shell.say("CertUtil: -{0} command completed successfully.\n",
                                     "CertUtil: -{0} コマンドは正常に完了しました。\n"),
                           {verb})};
}

Reply Call::failed(std::uint32_t code, const std::string& text) const
{
    code = win::hresult(code);
    return {static_cast<int>(static_cast<std::int32_t>(code)),
            text + fill(shell.say("CertUtil: -{0} command FAILED: {1}\nCertUtil: {2}\n",
                                  "CertUtil: -{0} コマンド エラーです: {1}\nCertUtil: {2}\n"),
                        {verb, hresultText(code), shell.message(code)})};
}

Reply Call::failed(const Error& error, const std::string& text) const
{
    // What is wrong with a file of the folder is no Windows error: it is said in plain words as well.
    const bool folder = error.code == ErrorCode::Damaged;
    return failed(win32Code(error),
                  text + (folder ? inLanguage(error.message, shell.machine.language) + "\n" : std::string()));
}

Reply Call::needsAdministrator() const
{
    Reply reply = failed(win::kAccessDenied);
    reply.text += shell.say(
        "Administrator permissions are needed to use the selected options. Use an administrator command prompt to "
        "complete these tasks.\n",
        "選択したオプションを使用するには管理者のアクセス許可が必要です。これらの作業を実行するには、管理者のコマンド "
        "プロンプトを使用してください。\n");
    return reply;
}

namespace {

struct Verb {
    const char* typed;  ///< lower-case
    const char* shown;
    std::size_t least;
    std::size_t most;
    bool changes;  ///< needs administrator rights
    Reply (*run)(Call&);
    const char* usage;
};
constexpr Verb kVerbs[] = {
    {"addstore", "addstore", 2, 2, true, addStore, "CertUtil [Options] -addstore CertificateStoreName InFile"},
    {"delstore", "delstore", 2, 2, true, deleteStore, "CertUtil [Options] -delstore CertificateStoreName CertId"},
    {"store", "store", 0, 3, false, listStore,
     "CertUtil [Options] -store [CertificateStoreName [CertId [OutputFile]]]"},
    {"viewstore", "viewstore", 0, 3, false, listStore,
     "CertUtil [Options] -viewstore [CertificateStoreName [CertId [OutputFile]]]"},
    {"importpfx", "importPFX", 1, 3, true, importPfx,
     "CertUtil [Options] -importPFX [CertificateStoreName] PFXFile [Modifiers]"},
    {"repairstore", "repairstore", 2, 3, true, repairStore,
     "CertUtil [Options] -repairstore CertificateStoreName CertIdList"},
    {"verify", "verify", 1, 3, false, verify, "CertUtil [Options] -verify [-urlfetch] CertFile"},
    {"urlcache", "URLCache", 0, 2, false, urlCache, "CertUtil [Options] -URLCache [URL | CRL | OCSP | * [delete]]"},
    {"setreg", "setreg", 2, 2, true, setRegistry, "CertUtil [Options] -setreg chain\\RegistryValueName Value"},
    {"getreg", "getreg", 0, 1, false, getRegistry, "CertUtil [Options] -getreg chain[\\RegistryValueName]"},
    {"delreg", "delreg", 1, 1, true, deleteRegistry, "CertUtil [Options] -delreg chain\\RegistryValueName"},
    {"dump", "dump", 0, 1, false, dump, "CertUtil [Options] [-dump] [File]"},
    {"hashfile", "hashfile", 1, 2, false, hashFile, "CertUtil [Options] -hashfile InFile [HashAlgorithm]"},
};

/// Options without a value that change nothing on a practice server.
constexpr const char* kIgnored[] = {"enterprise", "silent",      "q",       "v",          "gmt",     "seconds",
                                    "unicode",    "unicodetext", "split",   "privatekey", "protect", "nullsign",
                                    "idispatch",  "pin",         "reverse", "anonymous",  "kerberos"};
constexpr const char* kIgnoredWithValue[] = {"csp", "t", "config", "dc", "sid", "symkeyalg"};

template <std::size_t Count>
bool among(const char* const (&names)[Count], const std::string& name)
{
    return std::any_of(std::begin(names), std::end(names), [&](const char* one) { return name == one; });
}

std::string verbList()
{
    std::string text = "Verbs:\n";
    for (const Verb& verb : kVerbs) text += "  -" + padded(verb.shown, 18) + "\n";
    return text +
           "\nCertUtil -?              -- Display a verb list (command list)\nCertUtil -dump -?        -- Display help "
           "text for the \"dump\" verb\n";
}

constexpr int kUsageError = static_cast<int>(static_cast<std::int32_t>(win::hresult(win::kInvalidParameter)));

Reply unknownArgument(const std::string& argument)
{
    return {kUsageError, "Unknown arg: " + argument +
                             "\n\nCertUtil -?              -- Display a verb list (command list)\n"
                             "CertUtil -dump -?        -- Display help text for the \"dump\" verb\n"};
}

Reply usageError(const Verb& verb, std::size_t count)
{
    const bool few = count < verb.least;
    return {kUsageError, std::string(few ? "Expected at least " : "Expected no more than ") +
                             std::to_string(few ? verb.least : verb.most) + " args, received " + std::to_string(count) +
                             "\nCertUtil: " + (few ? "Missing argument" : "Too many arguments") + "\n\nUsage:\n  " +
                             verb.usage + "\n"};
}

const Verb* verbNamed(const std::string& name)
{
    for (const Verb& verb : kVerbs)
        if (name == verb.typed) return &verb;
    return nullptr;
}

/// The command line taken apart: options may stand before and after the verb, in any order.
struct Parsed {
    Options options;
    const Verb* verb = nullptr;
    std::vector<std::string> arguments;
    bool help = false;
    std::optional<Reply> trouble;
};

Parsed parse(const std::vector<std::string>& words)
{
    Parsed parsed;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto name = switchName(words[i]);
        const Verb* const verb = name ? verbNamed(*name) : nullptr;
        // The CertId and the values of other verbs may look like a verb with a slash; the first one counts.
        if (verb != nullptr && parsed.verb == nullptr) parsed.verb = verb;
        else if (!name) parsed.arguments.push_back(words[i]);
        else if (*name == "?" || *name == "help") parsed.help = true;
        else if (*name == "f") parsed.options.force = true;
        else if (*name == "user") parsed.options.user = true;
        else if (*name == "urlfetch") parsed.options.urlFetch = true;
        else if (*name == "p" || among(kIgnoredWithValue, *name)) {
            if (++i >= words.size()) parsed.trouble = unknownArgument(words[i - 1]);
            else if (*name == "p") parsed.options.password = words[i];
        } else if (!among(kIgnored, *name)) {
            // What begins with a slash and is no switch is a path of this host, -2 a number whose bits are cleared.
            if (words[i][0] == '/' || (*name)[0] <= '9') parsed.arguments.push_back(words[i]);
            else if (!parsed.trouble) parsed.trouble = unknownArgument(words[i]);
        }
    }
    return parsed;
}

}  // namespace
}  // namespace certutil

Reply runCertutil(Shell& shell)
{
    using namespace certutil;
    Parsed parsed = parse(shell.invocation.arguments);
    if (parsed.help)
        return {0, parsed.verb != nullptr ? "Usage:\n  " + std::string(parsed.verb->usage) + "\n" : verbList()};
    if (parsed.trouble) return *parsed.trouble;
    // Without a verb certutil dumps the file it is given.
    const Verb& verb = parsed.verb != nullptr ? *parsed.verb : *verbNamed("dump");
    const auto count = parsed.arguments.size();
    if (count < verb.least || count > verb.most) return usageError(verb, count);
    Call call{shell, std::move(parsed.options), verb.shown, std::move(parsed.arguments)};
    // The caller's own stores need no rights; the registry and the computer's stores do.
    const bool own = call.options.user && verb.run != setRegistry && verb.run != deleteRegistry;
    if (verb.changes && !own && !shell.machine.elevated) return call.needsAdministrator();
    return verb.run(call);
}

}  // namespace monban::practice
