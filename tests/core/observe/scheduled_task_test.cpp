// SPDX-License-Identifier: MIT
#include "core/observe/scheduled_task.h"

#include <gtest/gtest.h>

namespace monban {
namespace {

/// As Task Scheduler keeps what `schtasks /Create /SC MINUTE /MO 5 /RU SYSTEM` makes, in the encoding it uses.
std::string taskXml(const std::string& trigger, const std::string& settings = {}, const std::string& user = "<UserId>S-1-5-18</UserId>")
{
    return R"(<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Date>2026-11-29T00:10:00</Date><Author>WEB\Administrator</Author><URI>\Monban\KeepOrRevert</URI></RegistrationInfo>
  <Principals><Principal id="Author">)" +
           user + R"(<RunLevel>LeastPrivilege</RunLevel></Principal></Principals>
  <Settings><DisallowStartIfOnBatteries>true</DisallowStartIfOnBatteries>)" +
           settings + R"(</Settings>
  <Triggers>)" +
           trigger + R"(</Triggers>
  <Actions Context="Author"><Exec><Command>"C:\Program Files\Monban\monban.exe"</Command><Arguments>undo --overdue</Arguments></Exec></Actions>
</Task>)";
}
const std::string kEveryFive = "<TimeTrigger><Repetition><Interval>PT5M</Interval></Repetition><StartBoundary>2026-11-29T00:10:00</StartBoundary><Enabled>true</Enabled></TimeTrigger>";

Bytes utf16(const std::string& ascii)
{
    Bytes bytes{0xFF, 0xFE};
    for (const char c : ascii) {
        bytes.push_back(static_cast<std::uint8_t>(c));
        bytes.push_back(0);
    }
    return bytes;
}

Result<ScheduledTask> read(const std::string& xml) { return scheduledTaskFrom("Monban\\KeepOrRevert", utf16(xml)); }

TEST(ScheduledTask, IsWhatWasCreated)
{
    const ScheduledTask wanted{"Monban\\KeepOrRevert", R"("C:\Program Files\Monban\monban.exe" undo --overdue)", 5, kLocalSystem};
    const auto task = read(taskXml(kEveryFive));
    ASSERT_TRUE(task);
    EXPECT_EQ(*task, wanted);
    EXPECT_EQ(taskCommand(R"(C:\Program Files\Monban\monban.exe)", "undo --overdue"), wanted.command) << "with quotation marks or without";
}

TEST(ScheduledTask, OneThatNeverRunsIsNone)
{
    const auto minutes = [](const std::string& trigger, const std::string& settings = {}) { return read(taskXml(trigger, settings))->everyMinutes; };
    EXPECT_EQ(minutes(kEveryFive, "<Enabled>false</Enabled>"), 0) << "switched off";
    EXPECT_EQ(minutes("<TimeTrigger><Repetition><Interval>PT5M</Interval></Repetition><Enabled>false</Enabled></TimeTrigger>"), 0);
    EXPECT_EQ(minutes("<TimeTrigger><StartBoundary>2026-11-29T00:10:00</StartBoundary></TimeTrigger>"), 0) << "once";
    EXPECT_EQ(minutes(kEveryFive, "<Enabled>0</Enabled>"), 0) << "the other spelling of false";
    EXPECT_EQ(minutes("<TimeTrigger><Repetition><Interval>PT5M</Interval><Duration>PT1H</Duration></Repetition></TimeTrigger>"), 0) << "for an hour";
    EXPECT_EQ(minutes("<TimeTrigger><Repetition><Interval>PT5M</Interval></Repetition><EndBoundary>2026-11-29T01:00:00</EndBoundary></TimeTrigger>"), 0);
    EXPECT_EQ(minutes(""), 0);
    EXPECT_EQ(minutes(kEveryFive + kEveryFive), 0) << "by whom somebody has added a trigger";
    for (const auto& [duration, wanted] : std::vector<std::pair<std::string, int>>{{"PT1H", 60}, {"PT1H30M", 90}, {"P1D", 1440}, {"P1DT1M", 1441}, {"PT30S", 0}, {"P1M", 0}, {"PT", 0}, {"PT5", 0}, {"PTM", 0}, {"5M", 0}, {"PT99999999999999999999M", 0}, {"PT-5M", 0}})
        EXPECT_EQ(minutes("<TimeTrigger><Repetition><Interval>" + duration + "</Interval></Repetition></TimeTrigger>"), wanted) << duration;
}

TEST(ScheduledTask, AnotherAccountIsAnother)
{
    for (const char* user : {"SYSTEM", "NT AUTHORITY\\SYSTEM", "nt authority\\system"})
        EXPECT_EQ(read(taskXml(kEveryFive, {}, "<UserId>" + std::string(user) + "</UserId>"))->user, kLocalSystem);
    EXPECT_EQ(read(taskXml(kEveryFive, {}, "<UserId>WEB\\anna</UserId>"))->user, "WEB\\anna");
    EXPECT_EQ(read(taskXml(kEveryFive, {}, "<GroupId>S-1-5-32-545</GroupId>"))->user, "");
}

TEST(ScheduledTask, WhatIsNoTaskIsDamaged)
{
    for (const std::string& text : {std::string(), std::string("<Task"), std::string("<Site/>"), std::string(100'000, '<')}) {
        const auto task = read(text);
        ASSERT_FALSE(task) << text.substr(0, 20);
        EXPECT_EQ(task.error().code, ErrorCode::Damaged);
    }
    EXPECT_TRUE(read("<Task/>")) << "empty, and so nothing that runs";
}

}  // namespace
}  // namespace monban
