// SPDX-License-Identifier: MIT
// Files at paths that are longer than MAX_PATH, as Monban itself reads and writes them.
#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"
#include "core/base/path_length.h"
#include "core/platform/windows/long_path.h"

namespace monban {
namespace {

/// A folder of its own, about 1,000 characters deep, with Japanese names.
class LongPath : public testing::Test {
protected:
    LongPath() : m_top(fs::temp_directory_path() / fs::unique_path("monban-%%%%-%%%%")), m_deep(m_top)
    {
        for (int i = 0; i < 10; ++i) m_deep /= pathFromUtf8("深い フォルダー " + std::string(80, static_cast<char>('a' + i)));
    }
    ~LongPath() override
    {
        boost::system::error_code ignored;
        fs::remove_all(fs::path(L"\\\\?\\" + m_top.native()), ignored);
    }

    fs::path m_top;
    fs::path m_deep;
};

TEST_F(LongPath, HoldsAFileThatIsWrittenReplacedLockedAndRemoved)
{
    const fs::path file = m_deep / L"server.p12";
    ASSERT_GT(file.native().size(), 900u);
    const auto early = replaceFile(file, std::string("one"));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, ErrorCode::NotFound);
    EXPECT_NE(inEnglish(early.error().message).find(utf8(file)), std::string::npos) << "named as the user named it";
    ASSERT_TRUE(makeFolders(m_deep));
    ASSERT_TRUE(makeFolders(m_deep)) << "once more";
    ASSERT_TRUE(replaceFile(file, std::string("one")));
    ASSERT_TRUE(replaceFile(file, std::string("two")));
    EXPECT_EQ(*readText(file), "two");
    {
        const auto lock = lockFile(m_deep / L"lock");
        ASSERT_TRUE(lock);
        EXPECT_EQ(lockFile(m_deep / L"lock", 30).error().code, ErrorCode::Busy);
    }
    EXPECT_EQ(readFile(m_deep).error().code, ErrorCode::InvalidInput) << "a folder";
    ASSERT_TRUE(removeFile(file));
    EXPECT_EQ(readFile(file).error().code, ErrorCode::NotFound);
}

TEST_F(LongPath, IsResolvedFromARelativeOneWithDotsAndSlashes)
{
    ASSERT_TRUE(makeFolders(m_deep));
    ASSERT_TRUE(replaceFile(m_deep / L"answers.json", std::string("{}")));
    std::wstring slashes = (m_deep / L".." / m_deep.filename() / L"." / L"answers.json").native();
    for (wchar_t& c : slashes)
        if (c == L'\\') c = L'/';
    EXPECT_EQ(*readText(fs::path(slashes)), "{}");
}

/// Wine opens any path in any form; Windows only this one.
TEST(ExtendedPath, IsAbsoluteAndPlainBehindItsPrefix)
{
    using windows::extendedPath;
    const std::wstring deep(260, L'd');
    EXPECT_EQ(extendedPath(L"C:/top/./" + deep + L"/../x/" + deep), L"\\\\?\\C:\\top\\x\\" + deep);
    EXPECT_EQ(extendedPath(L"\\\\server\\share\\" + deep), L"\\\\?\\UNC\\server\\share\\" + deep);
    EXPECT_EQ(extendedPath(deep), L"\\\\?\\" + (fs::current_path() / deep).native());
    for (const std::wstring& same : {std::wstring(L"C:/short/../file"), L"\\\\?\\C:\\" + deep, std::wstring(), std::wstring(40'000, L'x')})
        EXPECT_EQ(extendedPath(same), same);
}

TEST(PathLength, CountsUtf16UnitsOfWindowsPathsOnly)
{
    const std::string base = "C:\\";
    EXPECT_FALSE(isTooLongForPrograms(base + std::string(256, 'a')));
    EXPECT_TRUE(isTooLongForPrograms(base + std::string(257, 'a')));
    std::string japanese = base;
    for (int i = 0; i < 256; ++i) japanese += "門";
    EXPECT_FALSE(isTooLongForPrograms(japanese));
    EXPECT_TRUE(isTooLongForPrograms(japanese + "番"));
    EXPECT_TRUE(isTooLongForPrograms("\\\\server\\share\\" + std::string(260, 'a')));
    EXPECT_FALSE(isTooLongForPrograms("/home/" + std::string(300, 'a')));
    EXPECT_FALSE(isTooLongForPrograms("/section:" + std::string(300, 'a')));
}

}  // namespace
}  // namespace monban
