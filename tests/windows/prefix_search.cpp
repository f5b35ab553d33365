// SPDX-License-Identifier: MIT
#include "tests/windows/prefix_search.h"

#include <windows.h>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/base/file.h"

namespace monban::testing {
namespace {

std::string digitsOf(const std::string& bytes)
{
    std::string digits;
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        digits += (digits.empty() ? "" : ",") + hex(ByteView(&byte, 1));
    }
    return digits;
}

/// Wine breaks the digits of a long value into lines.
std::string withoutLineBreaks(const std::string& text)
{
    constexpr std::string_view kBreak = "\\\n  ";
    std::string joined;
    std::size_t from = 0;
    for (std::size_t at; (at = text.find(kBreak, from)) != std::string::npos; from = at + kBreak.size()) joined.append(text, from, at - from);
    return joined.append(text, from);
}

void enableBackupPrivilege()
{
    HANDLE token = nullptr;
    TOKEN_PRIVILEGES wanted{1, {{{}, SE_PRIVILEGE_ENABLED}}};
    ASSERT_TRUE(::OpenProcessToken(::GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token));
    EXPECT_TRUE(::LookupPrivilegeValueW(nullptr, L"SeBackupPrivilege", &wanted.Privileges[0].Luid));
    EXPECT_TRUE(::AdjustTokenPrivileges(token, FALSE, &wanted, 0, nullptr, nullptr));
    ::CloseHandle(token);
}

/// Wine writes its registry to the disk only now and then, so it is asked for a copy.
void saveRegistry(HKEY root, const fs::path& copy)
{
    boost::system::error_code ignored;
    fs::remove(copy, ignored);
    ASSERT_EQ(::RegSaveKeyW(root, copy.c_str(), nullptr), 0);
}

}  // namespace

PrefixSearch::PrefixSearch(const std::string& text, std::time_t since)
{
    std::string utf16;
    for (const char c : text) utf16 += {c, '\0'};
    m_forms = {text, utf16, digitsOf(text), digitsOf(utf16)};

    enableBackupPrivilege();
    boost::system::error_code trouble;
    for (const HKEY root : {HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER}) {
        const fs::path copy = fs::temp_directory_path() / fs::unique_path("monban-%%%%-%%%%.hive");
        saveRegistry(root, copy);
        look(copy);
        fs::remove(copy, trouble);
    }
    // Wine keeps the temporary folder on this drive as well.
    fs::recursive_directory_iterator at("C:\\", fs::directory_options::skip_permission_denied, trouble);
    for (const fs::recursive_directory_iterator end; !trouble && at != end; at.increment(trouble)) {
        boost::system::error_code gone;
        if (fs::is_regular_file(at->path(), gone) && fs::last_write_time(at->path(), gone) >= since && !gone) look(at->path());
    }
    EXPECT_FALSE(trouble) << trouble.message();
}

void PrefixSearch::look(const fs::path& path)
{
    auto content = readText(path, 512u * 1024 * 1024);
    if (!content) return;
    ++m_files;
    if (content->starts_with("WINE REGISTRY")) *content = withoutLineBreaks(*content);
    for (const std::string& form : m_forms)
        if (content->find(form) != std::string::npos) m_found.push_back(utf8(path));
}

}  // namespace monban::testing
