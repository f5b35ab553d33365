// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "core/practice/shell.h"

namespace monban::practice {
namespace {

constexpr std::pair<const char*, const char*> kHives[] = {{"HKLM", "HKEY_LOCAL_MACHINE"},
                                                          {"HKCU", "HKEY_CURRENT_USER"},
                                                          {"HKCR", "HKEY_CLASSES_ROOT"},
                                                          {"HKU", "HKEY_USERS"},
                                                          {"HKCC", "HKEY_CURRENT_CONFIG"}};
constexpr const char* kTypes[] = {"REG_SZ",    "REG_MULTI_SZ", "REG_EXPAND_SZ", "REG_DWORD",
                                  "REG_QWORD", "REG_BINARY",   "REG_NONE"};
constexpr const char* kVersionKey = R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion)";
constexpr const char* kIisKey = R"(HKLM\SOFTWARE\Microsoft\InetStp)";

std::string errorLine(const Shell& shell, const char* english, const char* japanese)
{
    return shell.say("ERROR: ", "エラー: ") + shell.say(english, japanese) + "\n";
}

Reply syntaxError(const Shell& shell, const std::string& verb)
{
    return {1, errorLine(shell, "Invalid syntax.", "構文が正しくありません。") +
                   fill(shell.say("Type \"REG {0}/?\" for usage.\n",
                                  "使用法については、\"REG {0}/?\" と入力してください。\n"),
                        {verb.empty() ? "" : verb + " "})};
}

Reply notFound(const Shell& shell)
{
    return {1, errorLine(shell, "The system was unable to find the specified registry key or value.",
                         "指定されたレジストリ キーまたは値が見つかりませんでした。")};
}

Reply refused(const Shell& shell, const Error& error)
{
    const bool folder = error.code == ErrorCode::Damaged;
    return {1, shell.say("ERROR: ", "エラー: ") +
                   (folder ? inLanguage(error.message, shell.machine.language) : shell.message(win32Code(error))) +
                   "\n"};
}

Reply succeeded(const Shell& shell)
{
    return {0, shell.say("The operation completed successfully.\n", "この操作を正しく終了しました。\n")};
}

/// "HKLM\…" with the hive's short name; nothing where it begins with none.
std::optional<std::string> keyFrom(const std::string& typed)
{
    std::string key = unquoted(typed);
    while (!key.empty() && key.back() == '\\') key.pop_back();
    const std::string hive = key.substr(0, key.find('\\'));
    for (const auto& [shortName, longName] : kHives)
        if (equalsIgnoringCase(hive, shortName) || equalsIgnoringCase(hive, longName))
            return shortName + key.substr(hive.size());
    return std::nullopt;
}

std::string longKey(const std::string& key)
{
    const std::string hive = key.substr(0, key.find('\\'));
    for (const auto& [shortName, longName] : kHives)
        if (hive == shortName) return longName + key.substr(hive.size());
    return key;
}

struct Arguments {
    std::string verb;
    std::string key;
    std::optional<std::string> value;  ///< /v, or "" for /ve
    std::optional<std::string> type;
    std::optional<std::string> data;
    char separator = 0;  ///< /s of reg add; '\0' for the default "\0"
    bool force = false;
    bool all = false;        ///< /va
    bool recursive = false;  ///< /s of reg query
};

/// Nothing for a switch that is unknown or lacks its value, and for a key that is none.
std::optional<Arguments> argumentsFrom(const std::vector<std::string>& words)
{
    if (words.size() < 2) return std::nullopt;
    Arguments arguments;
    arguments.verb = lowerAscii(words[0]);
    const auto key = keyFrom(words[1]);
    if (!key) return std::nullopt;
    arguments.key = *key;
    const bool adds = arguments.verb == "add";
    for (std::size_t i = 2; i < words.size(); ++i) {
        const auto name = switchName(words[i]);
        if (!name) return std::nullopt;
        const auto next = [&]() -> std::optional<std::string> {
            return ++i < words.size() ? std::optional(words[i]) : std::nullopt;
        };
        if (*name == "v" || *name == "t" || *name == "d") {
            const auto value = next();
            auto& place = *name == "v" ? arguments.value : *name == "t" ? arguments.type : arguments.data;
            if (!value || place) return std::nullopt;
            place = *name == "d" ? *value : unquoted(*value);
        } else if (*name == "ve") {
            if (arguments.value) return std::nullopt;
            arguments.value = "";
        } else if (*name == "f") {
            arguments.force = true;
        } else if (*name == "s" && adds) {
            const auto value = next();
            if (!value || value->size() != 1) return std::nullopt;
            arguments.separator = value->front();
        } else if (*name == "s" && arguments.verb == "query") {
            arguments.recursive = true;
        } else if (*name == "va" && arguments.verb == "delete") {
            arguments.all = true;
        } else if (*name != "reg:64" && *name != "reg:32") {
            return std::nullopt;
        }
    }
    if (arguments.verb != "add" && (arguments.data || (arguments.type && arguments.verb == "delete")))
        return std::nullopt;
    return arguments;
}

/// Values Windows has of its own accord, which no folder needs to hold.
std::map<std::string, RegistryValue> builtIn(const Machine& machine, const std::string& key)
{
    const std::string build = std::to_string(machine.build);
    if (equalsIgnoringCase(key, kVersionKey))
        return {{"CurrentBuild", {"REG_SZ", build}},
                {"CurrentBuildNumber", {"REG_SZ", build}},
                {"ProductName", {"REG_SZ", machine.osName}}};
    if (machine.iisInstalled && equalsIgnoringCase(key, kIisKey))
        return {{"MajorVersion", {"REG_DWORD", "10"}},
                {"MinorVersion", {"REG_DWORD", "0"}},
                {"VersionString", {"REG_SZ", "Version " + machine.iisVersion}}};
    return {};
}

bool alwaysThere(const Machine& machine, const std::string& key)
{
    return equalsIgnoringCase(key, kSchannelKey) || !builtIn(machine, key).empty();
}

Result<std::map<std::string, RegistryValue>> valuesOf(Shell& shell, const std::string& key)
{
    auto values = shell.backend.registryKey(key);
    if (!values && (values.error().code != ErrorCode::NotFound || !alwaysThere(shell.machine, key)))
        return values.error();
    std::map<std::string, RegistryValue> all = builtIn(shell.machine, key);
    if (values)
        for (const auto& [name, value] : *values) all[name] = value;
    return all;
}

std::string valueLine(const Shell& shell, const std::string& name, const RegistryValue& value)
{
    std::string data = value.data;
    if (value.type == "REG_DWORD" || value.type == "REG_QWORD") {
        char text[32];
        std::snprintf(text, sizeof text, "0x%llx", std::strtoull(value.data.c_str(), nullptr, 10));
        data = text;
    } else if (value.type == "REG_BINARY") {
        std::transform(data.begin(), data.end(), data.begin(),
                       [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
    }
    return "    " + (name.empty() ? shell.say("(Default)", "(既定)") : name) + "    " + value.type + "    " + data +
           "\n";
}

/// The key's block of `reg query`: its name, its values (one or all), the names of its subkeys.
Result<std::string> keyText(Shell& shell, const Arguments& arguments, const std::string& key)
{
    const auto values = valuesOf(shell, key);
    if (!values) return values.error();
    const auto subkeys = shell.backend.registrySubkeys(key);
    if (!subkeys) return subkeys.error();
    std::string lines;
    for (const auto& [name, value] : *values) {
        if (arguments.value && !equalsIgnoringCase(name, *arguments.value)) continue;
        if (arguments.type && !equalsIgnoringCase(value.type, *arguments.type)) continue;
        lines += valueLine(shell, name, value);
    }
    std::string text;
    if (!lines.empty()) text = "\n" + longKey(key) + "\n" + lines;
    std::string names;
    for (const std::string& subkey : *subkeys) {
        if (arguments.recursive) {
            const auto below = keyText(shell, arguments, key + "\\" + subkey);
            if (!below) return below.error();
            text += *below;
        } else if (!arguments.value) {
            names += longKey(key) + "\\" + subkey + "\n";
        }
    }
    return text + (names.empty() ? std::string() : "\n" + names);
}

Reply query(Shell& shell, const Arguments& arguments)
{
    const auto text = keyText(shell, arguments, arguments.key);
    if (!text) return text.error().code == ErrorCode::NotFound ? notFound(shell) : refused(shell, text.error());
    if (text->empty() && arguments.value) return notFound(shell);
    return {0, *text + "\n"};
}

/// Decimal or 0x; nothing where it is no number or too large.
std::optional<std::string> numberText(const std::string& text, std::uint64_t most)
{
    const bool hexadecimal = lowerAscii(text.substr(0, 2)) == "0x";
    const std::string digits = hexadecimal ? text.substr(2) : text;
    const char* const allowed = hexadecimal ? "0123456789abcdefABCDEF" : "0123456789";
    if (digits.empty() || digits.size() > 20 || digits.find_first_not_of(allowed) != std::string::npos)
        return std::nullopt;
    errno = 0;
    const unsigned long long number = std::strtoull(digits.c_str(), nullptr, hexadecimal ? 16 : 10);
    if (errno != 0 || number > most) return std::nullopt;
    return std::to_string(number);
}

std::optional<RegistryValue> valueFrom(const Arguments& arguments)
{
    const std::string wanted = arguments.type.value_or("REG_SZ");
    const auto type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [&](const char* one) { return equalsIgnoringCase(one, wanted); });
    if (type == std::end(kTypes)) return std::nullopt;
    RegistryValue value{*type, arguments.data.value_or("")};
    if (value.type == "REG_DWORD" || value.type == "REG_QWORD") {
        const auto number =
            numberText(arguments.data.value_or("0"), value.type == "REG_DWORD" ? UINT32_MAX : UINT64_MAX);
        if (!number) return std::nullopt;
        value.data = *number;
    } else if (value.type == "REG_BINARY") {
        const auto bytes = bytesFromHex(value.data);
        if (!bytes) return std::nullopt;
        value.data = hex(*bytes);
    } else if (value.type == "REG_MULTI_SZ" && arguments.separator != 0) {
        std::string joined;
        for (const char c : value.data) joined += c == arguments.separator ? std::string("\\0") : std::string(1, c);
        value.data = joined;
    }
    return value;
}

/// Asks as the program does; without an answer it is no.
bool confirmed(Shell& shell, const std::string& question, std::string& text)
{
    text += question;
    const auto answer = shell.inputLine();
    text += "\n";
    return answer && (lowerAscii(*answer) == "y" || lowerAscii(*answer) == "yes");
}

Reply cancelled(const Shell& shell, const std::string& text)
{
    return {1, text + shell.say("The operation was canceled by the user.\n",
                                "この操作はユーザーによって取り消されました。\n")};
}

Reply add(Shell& shell, const Arguments& arguments)
{
    std::string text;
    const bool keyOnly = !arguments.value && !arguments.data && !arguments.type;
    const auto value = valueFrom(arguments);
    if (!value) return syntaxError(shell, "ADD");
    if (!shell.machine.elevated) return {1, errorLine(shell, "Access is denied.", "アクセスが拒否されました。")};
    const std::string name = arguments.value.value_or("");
    const auto old = shell.backend.registryValue(arguments.key, name);
    if (!old) return refused(shell, old.error());
    if (!keyOnly && *old && !arguments.force &&
        !confirmed(
            shell,
            fill(shell.say("Value {0} exists, overwrite(Yes/No)? ", "値 {0} は存在します。上書きしますか (Yes/No)? "),
                 {name}),
            text))
        return cancelled(shell, text);
    if (const auto set = shell.backend.setRegistryValue(arguments.key, name, keyOnly ? RegistryValue{} : *value); !set)
        return refused(shell, set.error());
    return {0, text + succeeded(shell).text};
}

Reply remove(Shell& shell, const Arguments& arguments)
{
    if (!shell.machine.elevated) return {1, errorLine(shell, "Access is denied.", "アクセスが拒否されました。")};
    const auto values = valuesOf(shell, arguments.key);
    if (!values) return values.error().code == ErrorCode::NotFound ? notFound(shell) : refused(shell, values.error());
    std::string text;
    const std::string what = arguments.value ? *arguments.value : longKey(arguments.key);
    const std::string question =
        fill(arguments.value
                 ? shell.say("Delete the registry value {0} (Yes/No)? ", "レジストリ値 {0} を削除しますか (Yes/No)? ")
                 : shell.say("Permanently delete the registry key {0} (Yes/No)? ",
                             "レジストリ キー {0} を完全に削除しますか (Yes/No)? "),
             {what});
    if (!arguments.force && !confirmed(shell, question, text)) return cancelled(shell, text);
    if (!arguments.value && !arguments.all) {
        const auto gone = shell.backend.deleteRegistryKey(arguments.key);
        if (!gone) return refused(shell, gone.error());
        return *gone ? Reply{0, text + succeeded(shell).text} : notFound(shell);
    }
    bool any = arguments.all;
    for (const auto& [name, value] : *values) {
        if (arguments.value && !equalsIgnoringCase(name, *arguments.value)) continue;
        const auto gone = shell.backend.deleteRegistryValue(arguments.key, name);
        if (!gone) return refused(shell, gone.error());
        any = any || *gone;
    }
    return any ? Reply{0, text + succeeded(shell).text} : notFound(shell);
}

}  // namespace

Reply runReg(Shell& shell)
{
    const auto& words = shell.invocation.arguments;
    if (words.empty() || words[0] == "/?" || words[0] == "-?")
        return {words.empty() ? 1 : 0, "REG Operation [Parameter List]\n\n  Operation  [ QUERY | ADD | DELETE ]\n"};
    const std::string verb = lowerAscii(words[0]);
    if (verb != "query" && verb != "add" && verb != "delete") return syntaxError(shell, "");
    std::string shown = verb;
    std::transform(shown.begin(), shown.end(), shown.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    if (words.size() > 1 && (words[1] == "/?" || words[1] == "-?"))
        return {0, "REG " + shown + " KeyName [/v ValueName | /ve] …\n"};
    if (words.size() > 1 && !keyFrom(words[1]))
        return {1, errorLine(shell, "Invalid key name.", "無効なキー名です。") +
                       fill(shell.say("Type \"REG {0} /?\" for usage.\n",
                                      "使用法については、\"REG {0} /?\" と入力してください。\n"),
                            {shown})};
    const auto arguments = argumentsFrom(words);
    if (!arguments) return syntaxError(shell, shown);
    if (verb == "add") return add(shell, *arguments);
    return verb == "query" ? query(shell, *arguments) : remove(shell, *arguments);
}

}  // namespace monban::practice
