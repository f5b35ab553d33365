// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/practice/interpreter.h"

/// What the interpreters share: the console of one command on the practice server.
namespace monban::practice {

/// Windows error codes the programs name (winerror.h).
namespace win {
constexpr std::uint32_t kFileNotFound = 2;
constexpr std::uint32_t kAccessDenied = 5;
constexpr std::uint32_t kInvalidData = 13;
constexpr std::uint32_t kSharingViolation = 32;
constexpr std::uint32_t kNotSupported = 50;
constexpr std::uint32_t kInvalidPassword = 86;
constexpr std::uint32_t kInvalidParameter = 87;
constexpr std::uint32_t kDiskFull = 112;
constexpr std::uint32_t kAlreadyExists = 183;
constexpr std::uint32_t kInvalidName = 123;
constexpr std::uint32_t kServiceDoesNotExist = 1060;
constexpr std::uint32_t kServiceNotActive = 1062;
constexpr std::uint32_t kServiceAlreadyRunning = 1056;
constexpr std::uint32_t kNotFound = 1168;
constexpr std::uint32_t kCancelled = 1223;
constexpr std::uint32_t kNoSuchLogonSession = 1312;
constexpr std::uint32_t kInsufficientBuffer = 122;
constexpr std::uint32_t kNoMoreItems = 259;
constexpr std::uint32_t kKeyNotFound = 0x80090011;
constexpr std::uint32_t kBadKeyset = 0x80090016;
constexpr std::uint32_t kPropertyEmpty = 0x80094004;
constexpr std::uint32_t kCryptNotFound = 0x80092004;
constexpr std::uint32_t kCryptNoMatch = 0x80092009;
constexpr std::uint32_t kCryptRevoked = 0x80092010;
constexpr std::uint32_t kCryptNoRevocationCheck = 0x80092012;
constexpr std::uint32_t kCryptRevocationOffline = 0x80092013;
constexpr std::uint32_t kBadTag = 0x8009310B;
constexpr std::uint32_t kExpired = 0x800B0101;
constexpr std::uint32_t kUntrustedRoot = 0x800B0109;
constexpr std::uint32_t kChaining = 0x800B010A;
constexpr std::uint32_t kNoKey = 0x8009000D;
constexpr std::uint32_t kKeyExists = 0x8009000F;
constexpr std::uint32_t hresult(std::uint32_t code) { return code < 0x10000 ? 0x80070000 | code : code; }
}  // namespace win

/// The state of the machine while one command runs, and how it speaks.
struct Shell {
    Backend& backend;
    Machine machine;
    const Invocation& invocation;
    std::optional<std::string> input;  ///< read when the first line is asked for
    std::size_t inputUsed = 0;
    /// Keeps others from writing; let go while somebody types an answer, who must not keep the server from them.
    std::unique_ptr<Backend::Transaction> held{};

    /// The next line of standard input; nothing when it has ended, so that no prompt ever waits.
    std::optional<std::string> inputLine();
    /// Another program, started from within this one; nobody is kept from the server by the one that waits.
    Reply runInside(const Invocation& other);
    /// The English or the Japanese text, by the machine's language.
    std::string say(const char* english, const char* japanese) const;
    /// Windows' own text for an error code, in the machine's language.
    std::string message(std::uint32_t code) const;
    bool japanese() const { return machine.language == Language::Japanese; }
};

/// The same text with {0}, {1} … replaced.
std::string fill(const std::string& text, const std::vector<std::string>& values);

/// The Win32 code that stands for what the folder refused.
std::uint32_t win32Code(const Error& error);
/// "0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)", "0x80092004 (-2146885628 CRYPT_E_NOT_FOUND)".
std::string hresultText(std::uint32_t code);

/// The name after `-` or `/`, lower-case; nothing if the argument has neither or is nothing else.
std::optional<std::string> switchName(const std::string& argument);
/// Without the double quotes a C runtime would have taken away.
std::string unquoted(const std::string& argument);
std::optional<std::uint32_t> unsignedNumber(std::string_view text);
/// The same, or hexadecimal after 0x.
std::optional<std::uint32_t> anyNumber(std::string_view text);
std::string padded(std::string text, std::size_t columns);
/// `11/23/2026 9:05 AM`, `2026/11/23 9:05`: as Windows shows it in that language.
std::string windowsTime(Time time, Language language, bool seconds = false);
/// RFC 4514 as certutil prints names: a blank after each comma that separates.
std::string windowsName(const std::string& rfc4514);
std::string trimmed(std::string_view text);

Reply runCertutil(Shell& shell);
Reply runNetsh(Shell& shell);
Reply runCertreq(Shell& shell);
Reply runAppcmd(Shell& shell);
Reply runReg(Shell& shell);
Reply runNet(Shell& shell);
Reply runSc(Shell& shell);
Reply runIisreset(Shell& shell);
Reply runSchtasks(Shell& shell);
Reply runPowershell(Shell& shell);

}  // namespace monban::practice
