// SPDX-License-Identifier: MIT
#include "core/practice/netsh.h"

#include <algorithm>

namespace monban::practice {
namespace {

using namespace netsh;

/// What netsh prints after an error of syntax, and its code.
Reply syntaxError(const Shell& shell, const char* verb, const std::string& first)
{
    return {1,
            "\n" + first + "\n" +
                shell.say("The syntax supplied for this command is not valid. Check help for the correct syntax.\n\n",
                          "このコマンドに指定した構文は正しくありません。ヘルプで正しい構文を確認してください。\n\n") +
                usage(shell, verb) + "\n"};
}

Reply missingParameters(const Shell& shell, const char* verb)
{
    return syntaxError(
        shell, verb,
        shell.say(
            "One or more essential parameters were not entered.\nVerify the required parameters, and reenter them.",
            "1 つ以上の必須パラメーターが入力されていません。\n必須パラメーターを確認し、再入力してください。"));
}

Reply incorrectParameter(const Shell& shell, const char* verb)
{
    return syntaxError(shell, verb, shell.message(win::kInvalidParameter));
}

Reply needsElevation(const Shell& shell)
{
    return {1, "\n" +
                   shell.say("The requested operation requires elevation (Run as administrator).",
                             "要求された操作には管理者特権が必要です (管理者として実行してください)。") +
                   "\n\n"};
}

/// "SSL Certificate add failed, Error: 183" and Windows' text for the code.
Reply failed(const Shell& shell, const char* english, const char* japanese, std::uint32_t code)
{
    return {1, "\n" + fill(shell.say(english, japanese), {std::to_string(code)}) + "\n" + shell.message(code) + "\n\n"};
}

constexpr const char* kAddFailed = "SSL Certificate add failed, Error: {0}";
constexpr const char* kAddFailedJa = "SSL 証明書を追加できませんでした。エラー: {0}";
constexpr const char* kUpdateFailed = "SSL Certificate update failed, Error: {0}";
constexpr const char* kUpdateFailedJa = "SSL 証明書を更新できませんでした。エラー: {0}";
constexpr const char* kDeleteFailed = "SSL Certificate deletion failed, Error: {0}";
constexpr const char* kDeleteFailedJa = "SSL 証明書を削除できませんでした。エラー: {0}";

Reply succeeded(const Shell& shell, const char* english, const char* japanese)
{
    return {0, "\n" + shell.say(english, japanese) + "\n\n"};
}

bool isAscii(const std::string& text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool isGuid(const std::string& text)
{
    if (text.size() != 38 || text.front() != '{' || text.back() != '}') return false;
    for (std::size_t i = 1; i < 37; ++i) {
        const bool dash = i == 9 || i == 14 || i == 19 || i == 24;
        if (dash ? text[i] != '-' : std::string_view("0123456789abcdefABCDEF").find(text[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

std::optional<bool> enableOrDisable(const std::string& value)
{
    if (equalsIgnoringCase(value, "enable")) return true;
    if (equalsIgnoringCase(value, "disable")) return false;
    return std::nullopt;
}

/// The record the parameters describe, every option that was left out at its default; nothing for a wrong value.
std::optional<SslRecord> recordFrom(const Selector& selector, const std::vector<Given>& given, int build)
{
    SslRecord record;
    record.family = selector.family;
    record.endpoint = selector.endpoint;
    record.appId = kZeroAppId;
    const auto setMode = [&](std::uint32_t bit, bool value) {
        record.checkMode = value ? record.checkMode | bit : record.checkMode & ~bit;
    };
    for (const auto& [parameter, value] : given) {
        const std::string_view name = parameter->name;
        if (parameter->kind == Kind::Hash) {
            if (isAscii(value) && (value.size() != 40 || !bytesFromHex(value))) return std::nullopt;
            record.thumbprint = lowerAscii(value);
        } else if (parameter->kind == Kind::AppId) {
            if (!isGuid(value)) return std::nullopt;
            record.appId = lowerAscii(value);
        } else if (parameter->kind == Kind::Text) {
            if (value.empty()) return std::nullopt;
            if (name == "sslctlidentifier") record.ctlIdentifier = value;
            else (name == "certstorename" ? record.store : record.ctlStore) = storeSpelling(value);
        } else if (parameter->kind == Kind::Number) {
            const auto number = unsignedNumber(value);
            // Server 2025 refuses an explicit zero for both (WINDOWS-FACTS 1.4).
            if (!number || (*number == 0 && build >= windows_build::kServer2025)) return std::nullopt;
            (name == "revocationfreshnesstime" ? record.freshnessSeconds : record.timeoutMilliseconds) = *number;
        } else if (parameter->kind == Kind::Switch) {
            const auto on = enableOrDisable(value);
            if (!on) return std::nullopt;
            if (name == "verifyclientcertrevocation") setMode(check_mode::kNoRevocationCheck, !*on);
            else if (name == "verifyrevocationwithcachedclientcertonly")
                setMode(check_mode::kCachedRevocationOnly, *on);
            else if (name == "usagecheck") setMode(check_mode::kNoUsageCheck, !*on);
            else if (*on) record.flags |= parameter->bit;
        }
    }
    setMode(check_mode::kUseFreshnessTime, record.freshnessSeconds != 0);
    return record;
}

/// http.sys opens the certificate with its key before it takes a record.
bool certificateIsUsable(Backend& backend, const SslRecord& record)
{
    const auto store = backend.store(record.store.empty() ? "MY" : record.store);
    if (!store) return false;
    return std::any_of(store->begin(), store->end(), [&](const StoreEntry& entry) {
        return entry.thumbprint == record.thumbprint &&
               (entry.key == KeyState::Present || entry.key == KeyState::NotExportable);
    });
}

/// What is wrong with the parameters as a whole; nothing if they make a record.
std::optional<Reply> parameterTrouble(const Shell& shell, const char* verb, const std::vector<Given>& given,
                                      const Selection& selection)
{
    if (selection.malformed) return incorrectParameter(shell, verb);
    const int build = shell.machine.build;
    const bool ccs = selection.selector && selection.selector->family == RecordFamily::Ccs;
    // The host of the whitepaper (Server 2022) took a record without appid and gave it an id of zeros; another real
    // host refused (WINDOWS-FACTS 1.2).
    const bool needsAppId = build != windows_build::kServer2022;
    if (!selection.selector || (needsAppId && !find(given, "appid")) || (!ccs && !find(given, "certhash")))
        return missingParameters(shell, verb);
    if (ccs) {
        // A record of the central store accepts only default options (WINDOWS-FACTS 2.2).
        for (const Given& one : given)
            if (one.parameter->kind != Kind::Ccs && one.parameter->kind != Kind::ScopedCcs &&
                one.parameter->kind != Kind::AppId)
                return incorrectParameter(shell, verb);
    }
    // An SNI record has no default store (WINDOWS-FACTS 1.1: "give it explicitly").
    if (selection.selector->family == RecordFamily::HostNamePort && !find(given, "certstorename"))
        return incorrectParameter(shell, verb);
    return std::nullopt;
}

Reply writeRecord(Shell& shell, const char* verb, const std::vector<std::string>& arguments)
{
    const bool adds = std::string_view(verb) == "add";
    const char* const failure = adds ? kAddFailed : kUpdateFailed;
    const char* const failureJa = adds ? kAddFailedJa : kUpdateFailedJa;
    const auto parameters = parametersOf(shell.machine.build);
    const auto given = givenFrom(arguments, parameters);
    if (!given) return incorrectParameter(shell, verb);
    const Selection selection = selectionFrom(*given);
    if (const auto trouble = parameterTrouble(shell, verb, *given, selection)) return *trouble;
    auto record = recordFrom(*selection.selector, *given, shell.machine.build);
    if (!record) return incorrectParameter(shell, verb);
    if (record->store.empty() && record->family == RecordFamily::IpPort) record->store = "MY";
    if (!shell.machine.elevated) return needsElevation(shell);

    auto records = shell.backend.records();
    if (!records) return failed(shell, failure, failureJa, win32Code(records.error()));
    const auto existing = std::find_if(records->begin(), records->end(), [&](const SslRecord& one) {
        return one.family == record->family && equalsIgnoringCase(one.endpoint, record->endpoint);
    });
    if (adds && existing != records->end()) return failed(shell, failure, failureJa, win::kAlreadyExists);
    if (!adds && existing == records->end()) return failed(shell, failure, failureJa, win::kFileNotFound);
    if (record->family != RecordFamily::Ccs && !certificateIsUsable(shell.backend, *record))
        return failed(shell, failure, failureJa, win::kNoSuchLogonSession);
    // The native call behind update replaces the record whole: what was left out is back at its default.
    if (adds) records->push_back(*record);
    else *existing = *record;
    if (const auto written = shell.backend.writeRecords(*records); !written)
        return failed(shell, failure, failureJa, win32Code(written.error()));
    return adds ? succeeded(shell, "SSL Certificate successfully added", "SSL 証明書を正常に追加しました")
                : succeeded(shell, "SSL Certificate successfully updated", "SSL 証明書を正常に更新しました");
}

/// The selector of show and delete, which take nothing else.
std::optional<Selection> onlySelection(const Shell& shell, const std::vector<std::string>& arguments)
{
    const auto parameters = parametersOf(shell.machine.build);
    const auto given = givenFrom(arguments, parameters);
    if (!given) return std::nullopt;
    const Selection selection = selectionFrom(*given);
    if (selection.malformed || given->size() > 1 || (given->size() == 1 && !selection.selector)) return std::nullopt;
    return selection;
}

Reply deleteRecord(Shell& shell, const std::vector<std::string>& arguments)
{
    const auto selection = onlySelection(shell, arguments);
    if (!selection) return incorrectParameter(shell, "delete");
    if (!selection->selector) return missingParameters(shell, "delete");
    if (!shell.machine.elevated) return needsElevation(shell);
    auto records = shell.backend.records();
    if (!records) return failed(shell, kDeleteFailed, kDeleteFailedJa, win32Code(records.error()));
    const auto gone = std::erase_if(*records, [&](const SslRecord& one) {
        return one.family == selection->selector->family &&
               equalsIgnoringCase(one.endpoint, selection->selector->endpoint);
    });
    if (gone == 0) return failed(shell, kDeleteFailed, kDeleteFailedJa, win::kFileNotFound);
    if (const auto written = shell.backend.writeRecords(*records); !written)
        return failed(shell, kDeleteFailed, kDeleteFailedJa, win32Code(written.error()));
    return succeeded(shell, "SSL Certificate successfully deleted", "SSL 証明書を正常に削除しました");
}

Reply show(Shell& shell, const std::vector<std::string>& arguments)
{
    const auto selection = onlySelection(shell, arguments);
    if (!selection) return incorrectParameter(shell, "show");
    auto records = shell.backend.records();
    if (!records)
        return {1, "\n" + shell.message(win32Code(records.error())) + "\n" +
                       inLanguage(records.error().message, shell.machine.language) + "\n\n"};
    if (selection->selector) {
        std::erase_if(*records, [&](const SslRecord& one) {
            return one.family != selection->selector->family ||
                   !equalsIgnoringCase(one.endpoint, selection->selector->endpoint);
        });
        if (records->empty()) return {1, showRecords(shell, {}) + shell.message(win::kFileNotFound) + "\n\n"};
    }
    return {0, showRecords(shell, *records)};
}

/// The word in full: netsh takes any beginning that fits only one word.
std::string completed(const std::string& typed, std::initializer_list<const char*> words)
{
    const std::string text = lowerAscii(unquoted(typed));
    std::string found;
    for (const char* word : words) {
        if (text == word) return text;
        if (text.empty() || !std::string_view(word).starts_with(text)) continue;
        if (!found.empty()) return text;
        found = word;
    }
    return found.empty() ? text : found;
}

Reply notFound(const Shell& shell, const std::vector<std::string>& words)
{
    std::string command;
    for (const std::string& word : words) command += (command.empty() ? "" : " ") + word;
    return {1,
            fill(shell.say("The following command was not found: {0}.\n", "次のコマンドは見つかりませんでした: {0}\n"),
                 {command})};
}

Reply http(Shell& shell, const std::vector<std::string>& words)
{
    if (words.size() < 3) return notFound(shell, words);
    const std::string verb = completed(words[1], {"add", "delete", "dump", "flush", "help", "show", "update"});
    const std::string object = completed(words[2], {"cacheparam", "cachestate", "iplisten", "logbuffer", "servicestate",
                                                    "setting", "sslcert", "timeout", "urlacl"});
    const std::vector<std::string> rest(words.begin() + 3, words.end());
    if (verb == "flush" && object == "logbuffer" && rest.empty()) {
        if (!shell.machine.elevated) return needsElevation(shell);
        return succeeded(shell, "The log buffer was successfully flushed.",
                         "ログ バッファーを正常にフラッシュしました。");
    }
    // Before Windows 10 1703 there is no call that replaces a record (WINDOWS-FACTS 1.5).
    const bool known = verb == "add" || verb == "delete" || verb == "show" ||
                       (verb == "update" && shell.machine.build > windows_build::kServer2016);
    if (object != "sslcert" || !known) return notFound(shell, words);
    if (rest.size() == 1 && (rest[0] == "?" || rest[0] == "/?" || equalsIgnoringCase(rest[0], "help")))
        return {0, "\n" + usage(shell, verb.c_str()) + "\n"};
    if (verb == "delete") return deleteRecord(shell, rest);
    return verb == "show" ? show(shell, rest) : writeRecord(shell, verb.c_str(), rest);
}

}  // namespace

Reply runNetsh(Shell& shell)
{
    std::vector<std::string> words = shell.invocation.arguments;
    // `netsh -c http show sslcert` names the context first.
    if (words.size() >= 2 && switchName(words[0]) == "c") words.erase(words.begin());
    if (words.empty()) return notFound(shell, {""});
    const std::string context = completed(words[0], {"http", "winhttp"});
    if (context == "http") return http(shell, words);
    if (context == "winhttp" && words.size() == 3 && completed(words[1], {"show"}) == "show" &&
        completed(words[2], {"proxy"}) == "proxy")
        return {0, shell.say("\nCurrent WinHTTP proxy settings:\n\n    Direct access (no proxy server).\n\n",
                             "\n現在の WinHTTP プロキシ設定:\n\n    直接アクセス (プロキシ サーバーなし)。\n\n")};
    return notFound(shell, words);
}

}  // namespace monban::practice
