// SPDX-License-Identifier: MIT
#include <openssl/evp.h>

#include "core/base/file.h"
#include "core/practice/powershell_commands.h"

namespace monban::practice::powershell {
namespace {

/// RFC 4648 with padding; blanks and line ends inside are skipped, as .NET does.
std::optional<Bytes> fromBase64(const std::string& text)
{
    std::string digits;
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') digits += c;
    if (digits.size() % 4 != 0) return std::nullopt;
    const auto last = digits.find_last_not_of('=');
    const std::size_t padding = digits.size() - (last == std::string::npos ? 0 : last + 1);
    if (padding > 2 || digits.find('=') < digits.size() - padding) return std::nullopt;
    Bytes bytes(digits.size() / 4 * 3);
    const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(digits.data()), static_cast<int>(digits.size()));
    if (length < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

bool isMethod(const Token& token, const char* type, const char* method)
{
    const std::string text = lowerAscii(token.text);
    return text == "[" + std::string(type) + "]::" + method || text == "[system." + std::string(type) + "]::" + method;
}

Reply methodFailed(const std::string& method, const std::string& count, const std::string& text)
{
    return {1, "Exception calling \"" + method + "\" with \"" + count + "\" argument(s): \"" + text +
                   "\"\n    + CategoryInfo          : NotSpecified: (:) [], MethodInvocationException\n\n"};
}

/// A quoted text, or `(Join-Path FOLDER NAME)`; the place after it.
std::optional<std::string> pathAt(const Statement& statement, std::size_t& at)
{
    if (at < statement.size() && statement[at].kind == Token::Kind::Quoted) return statement[at++].text;
    if (at + 4 >= statement.size() || !statement[at].is("(") || !equalsIgnoringCase(statement[at + 1].text, "Join-Path") ||
        statement[at + 2].kind == Token::Kind::Symbol || statement[at + 3].kind == Token::Kind::Symbol || !statement[at + 4].is(")"))
        return std::nullopt;
    const std::string folder = statement[at + 2].text;
    const std::string name = statement[at + 3].text;
    at += 5;
    return folder == "." ? name : folder + "/" + name;
}

}  // namespace

std::optional<Reply> writeAllBytes(Shell& shell, const Statement& statement)
{
    if (statement.empty() || !isMethod(statement.front(), "io.file", "writeallbytes")) return std::nullopt;
    std::size_t at = 2;
    const auto path = statement.size() > 2 && statement[1].is("(") ? pathAt(statement, at) : std::nullopt;
    const bool shape = path && at + 6 == statement.size() && statement[at].is(",") &&
                       isMethod(statement[at + 1], "convert", "frombase64string") && statement[at + 2].is("(") &&
                       statement[at + 3].kind == Token::Kind::Quoted && statement[at + 4].is(")") && statement[at + 5].is(")");
    if (!shape) return parserError("WriteAllBytes is known with a path and [Convert]::FromBase64String('…') only.");
    const auto bytes = fromBase64(statement[at + 3].text);
    if (!bytes) return methodFailed("FromBase64String", "1", "The input is not a valid Base-64 string.");
    const auto written = replaceFile(shell.backend.hostPath(*path), *bytes);
    if (!written) return methodFailed("WriteAllBytes", "2", inLanguage(written.error().message, shell.machine.language));
    return Reply{0, ""};
}

Reply removeFileItem(Shell& shell, const CommandLine& line, const std::string& path)
{
    if (!line.onlyTakes({"path", "literalpath", "force"}, 1)) return parserError("Remove-Item of a file takes -LiteralPath only.");
    const auto removed = removeFile(shell.backend.hostPath(path));
    if (removed) return {0, ""};
    if (removed.error().code == ErrorCode::NotFound)
        return problem("Remove-Item", "Cannot find path '" + path + "' because it does not exist.", "PathNotFound");
    return problem("Remove-Item", inLanguage(removed.error().message, shell.machine.language), "RemoveItemIOError");
}

}  // namespace monban::practice::powershell
