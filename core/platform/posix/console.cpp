// SPDX-License-Identifier: MIT
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/platform/platform.h"

namespace monban::platform {
namespace {

bool writeAll(int descriptor, const std::string& text)
{
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t wrote = ::write(descriptor, text.data() + at, text.size() - at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return false;
        at += static_cast<std::size_t>(wrote);
    }
    return true;
}

void (*termination)() = nullptr;

void onSignal(int) { termination(); }

}  // namespace

std::vector<std::string> arguments(int argc, char** argv)
{
    std::vector<std::string> list;
    for (int i = 1; i < argc; ++i) list.emplace_back(argv[i]);
    return list;
}

bool writeOutput(const std::string& text) { return writeAll(STDOUT_FILENO, text); }
void writeError(const std::string& text) { writeAll(STDERR_FILENO, text); }

bool inputIsTerminal() { return ::isatty(STDIN_FILENO) != 0; }
bool outputIsTerminal() { return ::isatty(STDOUT_FILENO) != 0; }

std::string readInput(std::size_t limit)
{
    std::string text;
    char buffer[4096];
    text.reserve(sizeof buffer);  // a password is never moved, nor left here
    while (text.size() < limit) {
        const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
    }
    for (volatile char& c : buffer) c = 0;
    return text;
}

std::string readPassword(const std::string& prompt)
{
    writeError(prompt);
    termios before{};
    const bool terminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    std::string line;
    line.reserve(256);
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') line += c;
    if (terminal) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    writeError("\n");
    return line;
}

std::optional<std::string> lineWithin(std::chrono::milliseconds time)
{
    static std::string typed;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, static_cast<int>(time.count())) <= 0) return std::nullopt;
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) == 1) {  // a terminal hands out whole lines
        if (c == '\n') return std::exchange(typed, {});
        typed += c;
    }
    return std::nullopt;
}

Language language()
{
    for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(variable);
        if (value && *value) return std::strncmp(value, "ja", 2) == 0 ? Language::Japanese : Language::English;
    }
    return Language::English;
}

std::string userName()
{
    char buffer[4096];
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, buffer, sizeof buffer, &found) == 0 && found) return validUtf8(found->pw_name);
    return std::to_string(::geteuid());
}

long processId() { return static_cast<long>(::getpid()); }

void onTermination(void (*stop)())
{
    termination = stop;
    struct sigaction action {};
    action.sa_handler = onSignal;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGHUP, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace monban::platform
