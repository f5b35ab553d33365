// SPDX-License-Identifier: MIT
#include "app/cli/console.h"

#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/platform/platform.h"
#include "core/platform/this_server.h"
#include "core/practice/practice_server.h"

namespace monban::cli {
namespace {

constexpr std::size_t kLargestPassword = 64 * 1024;

/// 8-bit control characters, line and paragraph separators, what cannot be seen, and what turns the direction of writing, all as two or
/// three bytes.
std::string withoutSteering(const std::string& text)
{
    std::string safe;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto at = [&](std::size_t offset) { return i + offset < text.size() ? static_cast<unsigned char>(text[i + offset]) : 0; };
        const bool isShort = (at(0) == 0xC2 && at(1) >= 0x80 && at(1) <= 0x9F) || (at(0) == 0xD8 && at(1) == 0x9C);  // U+0080 to U+009F, U+061C
        const bool isMark = at(0) == 0xE2 && at(1) == 0x80 && at(2) >= 0x8B && at(2) <= 0x8F;        // U+200B to U+200F
        const bool isSeparator = at(0) == 0xE2 && at(1) == 0x80 && at(2) >= 0xA8 && at(2) <= 0xAE;   // U+2028 to U+202E
        const bool isIsolate = at(0) == 0xE2 && at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9;     // U+2066 to U+2069
        if (isShort || isMark || isSeparator || isIsolate) {
            safe += '?';
            i += isShort ? 1 : 2;
        } else {
            safe += text[i];
        }
    }
    return safe;
}

/// Text that came out of a certificate or a program must not steer the terminal.
std::string printable(const std::string& text)
{
    std::string safe;
    for (const char c : validUtf8(text)) {
        const auto code = static_cast<unsigned char>(c);
        if ((code < 0x20 && c != '\n' && c != '\t') || code == 0x7F) safe += '?';
        else safe += c;
    }
    return withoutSteering(safe);
}

/// Without a byte-order mark and the end of one line. The text is wiped where it is: moving would leave a short one behind.
Secret secretFrom(std::string& content)
{
    if (content.compare(0, 3, "\xEF\xBB\xBF") == 0) content.erase(0, 3);
    if (!content.empty() && content.back() == '\n') content.pop_back();
    if (!content.empty() && content.back() == '\r') content.pop_back();
    return Secret(std::move(content));
}

const char* mark(Severity severity)
{
    switch (severity) {
    case Severity::Error: return tr("Problem");
    case Severity::Warning: return tr("Warning");
    case Severity::Info: return tr("Note");
    }
    return "";
}

}  // namespace

std::string Console::text(const Message& message) const { return inLanguage(message, language); }

void Console::write(const std::string& text) const { outputLost = !platform::writeOutput(text) || outputLost; }
void Console::print(const std::string& line) const { write(printable(line) + "\n"); }
void Console::print(const nlohmann::json& value) const { write(jsonText(value)); }
void Console::say(const std::string& line) const { platform::writeError(printable(line) + "\n"); }

int Console::refuse(const Error& error, int code) const
{
    say(text(error.message));
    return code;
}

void Console::print(const Finding& finding) const
{
    print("  " + text(mark(finding.severity)) + ": " + text(finding.message));
    if (!finding.remedy.empty()) print("    → " + text(finding.remedy));
    if (!finding.acceptedBy.empty()) print("    → " + text(Message{tr("To go on all the same: --accept {0}"), {finding.acceptedBy}}));
}

Result<std::unique_ptr<Server>> Console::server() const
{
    if (!practice.empty()) return practice::PracticeServer::open(pathFromUtf8(practice));
    auto server = platform::thisServer();
    if (!server) say(text(tr("Name a practice server with --practice to try things out there.")));
    return server;
}

Result<Secret> Console::password() const
{
    if (passwordFile.empty()) return Secret();
    if (passwordFile == "-") {
        std::string content = platform::readInput(kLargestPassword);
        return secretFrom(content);
    }
    auto bytes = readFile(pathFromUtf8(passwordFile), kLargestPassword);
    if (!bytes) return bytes.error();
    std::string content(textOf(*bytes));
    for (volatile std::uint8_t& byte : *bytes) byte = 0;
    return secretFrom(content);
}

}  // namespace monban::cli
