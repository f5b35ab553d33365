// SPDX-License-Identifier: MIT
#include "core/tls/site_log.h"

#include <gtest/gtest.h>

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>

namespace monban {
namespace {

const std::string kHead = "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time cs-method cs-uri-stem cs-uri-query sc-status sc-substatus sc-win32-status time-taken\n";

std::string line(const std::string& query, const std::string& answer) { return "2026-11-29 04:00:00 GET / " + query + " " + answer + " 3"; }

LoggedAnswers read(const std::string& text, const std::vector<std::string>& words)
{
    SiteLogReader reader(words);
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        reader.readLine(std::string_view(text).substr(at, end - at));
        at = end + 1;
    }
    return reader.found();
}

class SiteLog : public testing::Test {
protected:
    SiteLog() { fs::create_directories(m_folder); }
    ~SiteLog() override
    {
        boost::system::error_code problem;
        fs::remove_all(m_folder, problem);
    }
    void write(const std::string& name, const std::string& text, std::time_t time) const
    {
        fs::ofstream(m_folder / name, std::ios::binary) << text;
        fs::last_write_time(m_folder / name, time);
    }
    LoggedAnswers look(const std::vector<std::string>& words) const { return SiteLogSearch(m_folder, words).look(); }
    const fs::path m_folder = fs::temp_directory_path() / fs::unique_path("monban-%%%%%%%%");
};

TEST(SiteLogReader, FindsARequestByTheWordInItsQuery)
{
    const std::string text = kHead + line("-", "200 0 0") + "\n" + line("a=1&monban=cafe", "403 7 64") + "\r\n" + line("monban=beef", "403 16 2148204809") + "\n";
    const LoggedAnswers wanted{{"monban=cafe", {{403, 7, 64}}}, {"monban=beef", {{403, 16, 2148204809U}}}};
    EXPECT_EQ(read(text, {"monban=cafe", "monban=beef", "monban=none"}), wanted);
}

TEST(SiteLogReader, AParameterIsTheWordAndNoOther)
{
    for (const char* query : {"monban=cafe0", "xmonban=cafe", "q=monban=cafe", "monban=caf", "-"}) EXPECT_TRUE(read(kHead + line(query, "403 7 0"), {"monban=cafe"}).empty()) << query;
    for (const char* query : {"monban=cafe", "monban=cafe&b", "a&monban=cafe&b", "monban=cafe0&monban=cafe"}) EXPECT_EQ(read(kHead + line(query, "403 7 0"), {"monban=cafe"}).size(), 1U) << query;
}

TEST(SiteLogReader, TheLogItselfSaysWhatStandsWhere)
{
    EXPECT_EQ(read("#Fields: sc-substatus cs-uri-query sc-status\n16 monban=a 403\n#Fields: sc-status sc-substatus cs-uri-query\n403 7 monban=b", {"monban=a", "monban=b"}),
              (LoggedAnswers{{"monban=a", {{403, 16, {}}}}, {"monban=b", {{403, 7, {}}}}}));
    EXPECT_TRUE(read("403 7 monban=a", {"monban=a"}).empty()) << "nothing says what it means";
    for (const char* fields : {"cs-uri-query sc-status", "cs-uri-query sc-substatus", "sc-status sc-substatus"}) EXPECT_TRUE(read(std::string("#Fields: ") + fields + "\nmonban=a 403", {"monban=a"}).empty()) << fields;
}

TEST(SiteLogReader, ALineThatIsNoAnswerSaysNothing)
{
    for (const char* answer : {"403 7", "403 7 0 0", "403 x 0", "x 7 0", "403 -7 0", "40 7 0", "99999999999 7 0", "403 7777 0", "403.5 7 0"}) EXPECT_TRUE(read(kHead + line("monban=a", answer), {"monban=a"}).empty()) << answer;
    EXPECT_EQ(read(kHead + line("monban=a", "403 7 -"), {"monban=a"}), (LoggedAnswers{{"monban=a", {{403, 7, {}}}}})) << "only the reason is unknown";
    EXPECT_TRUE(read("#Fields:" + std::string(10'000, ' ') + "\n" + std::string(100'000, 'x') + "\n\0\n#\n", {"monban=a"}).empty());
}

TEST(SiteLogReader, EveryLineOfARequestCounts)
{
    EXPECT_EQ(read(kHead + line("monban=a", "403 7 5") + "\n" + line("monban=a", "502 3 0"), {"monban=a"}), (LoggedAnswers{{"monban=a", {{403, 7, 5}, {502, 3, 0}}}}));
    EXPECT_EQ(read("\xEF\xBB\xBF#Fields: cs-uri-query sc-status sc-substatus\nmonban=a 403 7", {"monban=a"}).size(), 1U) << "a byte-order mark before the first line";
}

TEST_F(SiteLog, TakesTheNewestFilesByTimeOrName)
{
    for (int day = 1; day <= 9; ++day) write("u_ex26110" + std::to_string(day) + ".log", kHead + line("monban=" + std::to_string(day), "403 7 0") + "\n", 1'000'000 + day);
    write("u_ex261001.log", kHead + line("monban=lately", "403 13 0") + "\n", 2'000'000);
    write("u_ex261130.log", kHead + line("monban=open", "403 17 0") + "\n", 1);
    write("u_ex261128.txt", kHead + line("monban=text", "403 16 0") + "\n", 3'000'000);
    const LoggedAnswers found = look({"monban=1", "monban=9", "monban=lately", "monban=open", "monban=text"});
    EXPECT_EQ(found, (LoggedAnswers{{"monban=9", {{403, 7, 0}}}, {"monban=lately", {{403, 13, 0}}}, {"monban=open", {{403, 17, 0}}}}));
    EXPECT_TRUE(SiteLogSearch(m_folder / "none", {"monban=9"}).look().empty());
}

TEST_F(SiteLog, ReadsTheEndOfALargeFileByTheFieldsOfItsBeginning)
{
    std::string text = kHead + line("monban=old", "403 7 0") + "\n" + std::string(200'000, 'y') + "\n";
    while (text.size() < 6'000'000) text += line("q=" + std::to_string(text.size()), "200 0 0") + "\n";
    const std::string middle = "monban=middle";
    text.insert(text.find('\n', 1'000'000) + 1, line(middle, "403 7 0") + "\n");
    text += line("monban=last", "403 16 5") + "\n" + line("monban=half", "403 1");
    write("u_ex261129.log", text, 1'000'000);
    EXPECT_EQ(look({"monban=old", middle, "monban=last", "monban=half"}), (LoggedAnswers{{"monban=old", {{403, 7, 0}}}, {"monban=last", {{403, 16, 5}}}}));
}

TEST_F(SiteLog, OtherFieldsFromTheMiddleOfTheDayOnCountInALargeFileToo)
{
    std::string text = "#Fields: cs-uri-query sc-status sc-substatus sc-win32-status\n";
    const auto fillUpTo = [&](std::size_t size) { while (text.size() < size) text += "q=" + std::to_string(text.size()) + " 200 0 0\n"; };
    fillUpTo(1'500'000);
    text += "#Fields: cs-uri-query sc-status sc-win32-status sc-substatus\n";
    fillUpTo(7'000'000);
    text += "monban=a 403 64 7\n";
    write("u_ex261129.log", text, 1'000'000);
    EXPECT_EQ(look({"monban=a"}), (LoggedAnswers{{"monban=a", {{403, 7, 64}}}}));
}

TEST_F(SiteLog, ASecondLookReadsOnWithTheLineThatWasNotWhole)
{
    const std::string name = "u_ex261129.log";
    const std::string second = line("monban=b", "403 16 5"), begun = second.substr(0, second.size() - 5);
    write(name, kHead + line("monban=a", "403 7 0") + "\n" + begun, 1'000'000);
    SiteLogSearch search(m_folder, {"monban=a", "monban=b"});
    EXPECT_EQ(search.look(), (LoggedAnswers{{"monban=a", {{403, 7, 0}}}}));
    fs::ofstream(m_folder / name, std::ios::binary | std::ios::app) << second.substr(begun.size()) << "\n";
    const LoggedAnswers both{{"monban=a", {{403, 7, 0}}}, {"monban=b", {{403, 16, 5}}}};
    EXPECT_EQ(search.look(), both);
    EXPECT_EQ(search.look(), both) << "nothing counts twice";
    write(name, kHead + line("monban=b", "403 13 0") + "\n", 1'000'000);
    EXPECT_EQ(search.look(), (LoggedAnswers{{"monban=b", {{403, 13, 0}}}})) << "a file that was begun anew";
}

TEST_F(SiteLog, OfManyFilesTheNewestAreRead)
{
#ifdef _WIN32
    constexpr int kHours = 1'000;  // Wine takes minutes for more
#else
    constexpr int kHours = 21'000;
#endif
    for (int hour = 0; hour < kHours; ++hour) fs::ofstream(m_folder / ("u_ex" + std::to_string(100'000 + hour) + ".log"));
    write("u_ex999999.log", kHead + line("monban=a", "403 7 0") + "\n", 1);
    EXPECT_EQ(look({"monban=a"}).size(), 1U);
}

}  // namespace
}  // namespace monban
