// SPDX-License-Identifier: MIT
#include "core/practice/shell.h"

#include <cstdio>

#include "core/base/number.h"

namespace monban::practice {
namespace {

struct WindowsError {
    std::uint32_t code;
    const char* name;
    const char* english;
    const char* japanese;
};

/// FormatMessage's texts. The Japanese of 5, 183 and 1312 is confirmed (WINDOWS-FACTS 1.3).
constexpr WindowsError kErrors[] = {
    {win::kFileNotFound, "ERROR_FILE_NOT_FOUND", "The system cannot find the file specified.",
     "指定されたファイルが見つかりません。"},
    {win::kAccessDenied, "ERROR_ACCESS_DENIED", "Access is denied.", "アクセスが拒否されました。"},
    {win::kInvalidData, "ERROR_INVALID_DATA", "The data is invalid.", "データが無効です。"},
    {win::kSharingViolation, "ERROR_SHARING_VIOLATION",
     "The process cannot access the file because it is being used by another process.",
     "プロセスはファイルにアクセスできません。別のプロセスが使用中です。"},
    {win::kNotSupported, "ERROR_NOT_SUPPORTED", "The request is not supported.", "この要求はサポートされていません。"},
    {80, "ERROR_FILE_EXISTS", "The file exists.", "ファイルが存在します。"},
    {1722, "RPC_S_SERVER_UNAVAILABLE", "The RPC server is unavailable.", "RPC サーバーを利用できません。"},
    {1051, "ERROR_DEPENDENT_SERVICES_RUNNING",
     "A stop control has been sent to a service that other running services are dependent on.",
     "ほかの実行中のサービスが依存しているサービスに停止コントロールが送信されました。"},
    {win::kInvalidPassword, "ERROR_INVALID_PASSWORD", "The specified network password is not correct.",
     "指定されたネットワーク パスワードが間違っています。"},
    {win::kInvalidParameter, "ERROR_INVALID_PARAMETER", "The parameter is incorrect.",
     "パラメーターが間違っています。"},
    {win::kDiskFull, "ERROR_DISK_FULL", "There is not enough space on the disk.",
     "ディスクに十分な空き領域がありません。"},
    {win::kAlreadyExists, "ERROR_ALREADY_EXISTS", "Cannot create a file when that file already exists.",
     "既に存在するファイルを作成することはできません。"},
    {win::kInvalidName, "ERROR_INVALID_NAME", "The filename, directory name, or volume label syntax is incorrect.",
     "ファイル名、ディレクトリ名、またはボリューム ラベルの構文が間違っています。"},
    {win::kServiceDoesNotExist, "ERROR_SERVICE_DOES_NOT_EXIST",
     "The specified service does not exist as an installed service.",
     "指定されたサービスはインストールされたサービスとして存在しません。"},
    {win::kServiceNotActive, "ERROR_SERVICE_NOT_ACTIVE", "The service has not been started.",
     "サービスは開始されていません。"},
    {win::kServiceAlreadyRunning, "ERROR_SERVICE_ALREADY_RUNNING", "An instance of the service is already running.",
     "サービスのインスタンスは既に実行中です。"},
    {win::kNotFound, "ERROR_NOT_FOUND", "Element not found.", "要素が見つかりません。"},
    {win::kCancelled, "ERROR_CANCELLED", "The operation was canceled by the user.",
     "この操作はユーザーによって取り消されました。"},
    {win::kNoSuchLogonSession, "ERROR_NO_SUCH_LOGON_SESSION",
     "A specified logon session does not exist. It may already have been terminated.",
     "指定されたログオン セッションは存在しません。そのセッションは既に終了している可能性があります。"},
    {win::kInsufficientBuffer, "ERROR_INSUFFICIENT_BUFFER", "The data area passed to a system call is too small.",
     "システム コールに渡されるデータ領域が小さすぎます。"},
    {win::kNoMoreItems, "ERROR_NO_MORE_ITEMS", "No more data is available.", "データはこれ以上ありません。"},
    {win::kKeyNotFound, "NTE_NOT_FOUND", "Object was not found.", "オブジェクトは見つかりませんでした。"},
    {win::kBadKeyset, "NTE_BAD_KEYSET", "Keyset does not exist", "キーセットがありません。"},
    {win::kPropertyEmpty, "CERTSRV_E_PROPERTY_EMPTY", "The requested property value is empty.",
     "要求されたプロパティの値が空です。"},
    {win::kCryptNotFound, "CRYPT_E_NOT_FOUND", "Cannot find object or property.",
     "オブジェクトまたはプロパティが見つかりません。"},
    {win::kCryptNoMatch, "CRYPT_E_NO_MATCH", "Cannot find the requested object.",
     "要求されたオブジェクトが見つかりません。"},
    {win::kCryptRevoked, "CRYPT_E_REVOKED", "The certificate is revoked.", "証明書は失効しています。"},
    {win::kCryptNoRevocationCheck, "CRYPT_E_NO_REVOCATION_CHECK",
     "The revocation function was unable to check revocation for the certificate.",
     "失効の関数は証明書の失効を確認できませんでした。"},
    {win::kCryptRevocationOffline, "CRYPT_E_REVOCATION_OFFLINE",
     "The revocation function was unable to check revocation because the revocation server was offline.",
     "失効サーバーがオフラインのため、失効の関数は失効を確認できませんでした。"},
    {win::kBadTag, "CRYPT_E_ASN1_BADTAG", "ASN1 bad tag value met.", "ASN1 無効なタグの値を受け取りました。"},
    {win::kExpired, "CERT_E_EXPIRED",
     "A required certificate is not within its validity period when verifying against the current system clock or the "
     "timestamp in the signed file.",
     "現在のシステム時計または署名ファイルのタイムスタンプで確認すると、必要な証明書の有効期間が過ぎています。"},
    {win::kUntrustedRoot, "CERT_E_UNTRUSTEDROOT",
     "A certificate chain processed, but terminated in a root certificate which is not trusted by the trust provider.",
     "証明書チェーンは処理されましたが、信頼プロバイダーが信頼していないルート証明書で強制終了しました。"},
    {win::kChaining, "CERT_E_CHAINING", "A certificate chain could not be built to a trusted root authority.",
     "信頼されたルート機関に対して証明書チェーンを作成できませんでした。"},
    {win::kNoKey, "NTE_NO_KEY", "Key does not exist.", "キーが存在しません。"},
    {win::kKeyExists, "NTE_EXISTS", "Object already exists.", "オブジェクトは既に存在します。"},
};

const WindowsError* errorOf(std::uint32_t code)
{
    if ((code & 0xFFFF0000) == 0x80070000) code &= 0xFFFF;
    for (const WindowsError& error : kErrors)
        if (error.code == code) return &error;
    return nullptr;
}

}  // namespace

std::optional<std::string> Shell::inputLine()
{
    if (!input) {
        held.reset();
        input.emplace(invocation.input ? invocation.input() : std::string());
        if (auto again = backend.transaction()) held = std::move(*again);
    }
    if (inputUsed >= input->size()) return std::nullopt;
    const auto end = std::min(input->find('\n', inputUsed), input->size());
    std::string line = input->substr(inputUsed, end - inputUsed);
    inputUsed = end + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

Reply Shell::runInside(const Invocation& other)
{
    held.reset();
    Reply reply = interpret(backend, other);
    if (auto again = backend.transaction()) held = std::move(*again);
    return reply;
}

std::string Shell::say(const char* english, const char* japaneseText) const
{
    return japanese() ? japaneseText : english;
}

std::string Shell::message(std::uint32_t code) const
{
    const WindowsError* const error = errorOf(code);
    if (error == nullptr) return fill(say("Error {0}.", "エラー {0}。"), {std::to_string(code)});
    return say(error->english, error->japanese);
}

std::string fill(const std::string& text, const std::vector<std::string>& values) { return inEnglish({text, values}); }

std::uint32_t win32Code(const Error& error)
{
    switch (error.code) {
        case ErrorCode::NotFound:
            return win::kFileNotFound;
        case ErrorCode::Denied:
            return win::kAccessDenied;
        case ErrorCode::Busy:
            return win::kSharingViolation;
        case ErrorCode::WrongPassword:
            return win::kInvalidPassword;
        case ErrorCode::Unsupported:
            return win::kNotSupported;
        case ErrorCode::Conflict:
            return win::kAlreadyExists;
        case ErrorCode::Io:
            return win::kDiskFull;
        default:
            return win::kInvalidData;
    }
}

std::string hresultText(std::uint32_t code)
{
    code = win::hresult(code);
    char number[16];
    std::snprintf(number, sizeof number, "0x%08x", code);
    const WindowsError* const error = errorOf(code);
    const std::string name = error != nullptr ? std::string(" ") + error->name : std::string();
    if ((code & 0xFFFF0000) == 0x80070000)
        return std::string(number) + " (WIN32: " + std::to_string(code & 0xFFFF) + name + ")";
    return std::string(number) + " (" + std::to_string(static_cast<std::int32_t>(code)) + name + ")";
}

std::optional<std::string> switchName(const std::string& argument)
{
    if (argument.size() < 2 || (argument[0] != '-' && argument[0] != '/')) return std::nullopt;
    return lowerAscii(std::string_view(argument).substr(1));
}

std::string unquoted(const std::string& argument)
{
    std::string text = argument;
    std::erase(text, '"');
    return text;
}

std::optional<std::uint32_t> unsignedNumber(std::string_view text)
{
    return numberFrom<std::uint32_t>(text);
}

std::optional<std::uint32_t> anyNumber(std::string_view text)
{
    constexpr int kHexadecimal = 16;
    if (lowerAscii(text.substr(0, 2)) != "0x") return unsignedNumber(text);
    return numberFrom<std::uint32_t>(text.substr(2), kHexadecimal);
}

std::string padded(std::string text, std::size_t columns)
{
    if (text.size() < columns) text.append(columns - text.size(), ' ');
    return text;
}

std::string windowsTime(Time time, Language language, bool seconds)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    const int year = static_cast<int>(date.year());
    const unsigned month = static_cast<unsigned>(date.month());
    const unsigned dayOfMonth = static_cast<unsigned>(date.day());
    const int hour = static_cast<int>(clock.hours().count());
    const int minute = static_cast<int>(clock.minutes().count());
    const std::string tail =
        seconds ? fill(":{0}", {(clock.seconds().count() < 10 ? "0" : "") + std::to_string(clock.seconds().count())})
                : "";
    char text[64];
    if (language == Language::Japanese) {
        std::snprintf(text, sizeof text, "%d/%02u/%02u %d:%02d%s", year, month, dayOfMonth, hour, minute, tail.c_str());
        return text;
    }
    std::snprintf(text, sizeof text, "%u/%u/%d %d:%02d%s %s", month, dayOfMonth, year, hour % 12 == 0 ? 12 : hour % 12,
                  minute, tail.c_str(), hour < 12 ? "AM" : "PM");
    return text;
}

std::string windowsName(const std::string& rfc4514)
{
    std::string text;
    for (std::size_t i = 0; i < rfc4514.size(); ++i) {
        text += rfc4514[i];
        if (rfc4514[i] == '\\' && i + 1 < rfc4514.size()) text += rfc4514[++i];
        else if (rfc4514[i] == ',') text += ' ';
    }
    return text;
}

std::string trimmed(std::string_view text)
{
    constexpr std::string_view kBlank = " \t\r\n";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(kBlank) - first + 1));
}

}  // namespace monban::practice
