// SPDX-License-Identifier: MIT
#include "tests/windows/lab/task_files.h"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <set>

#include "core/base/file.h"
#include "core/platform/windows/system_folder.h"
#include "core/platform/windows/text.h"
#include "tests/windows/lab/wine_registry.h"

namespace monban::lab {
namespace {

constexpr const char* kList = R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\)";

std::string escaped(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        if (c == '&') result += "&amp;";
        else if (c == '<') result += "&lt;";
        else if (c == '>') result += "&gt;";
        else result += c;
    }
    return result;
}

Bytes utf16(const std::string& text)
{
    Bytes bytes{0xFF, 0xFE};
    for (const wchar_t unit : windows::wide(text)) {
        bytes.push_back(static_cast<std::uint8_t>(unit & 0xFF));
        bytes.push_back(static_cast<std::uint8_t>(unit >> 8));
    }
    return bytes;
}

/// Every schedule but MINUTE is written as one that starts once: no test needs more.
std::string xmlOf(const practice::ScheduledTask& task)
{
    const auto end = task.command.starts_with('"') ? task.command.find('"', 1) + 1 : task.command.find(' ');
    const std::string program = task.command.substr(0, end);
    const std::string arguments = end < task.command.size() ? task.command.substr(task.command.find_first_not_of(' ', end)) : std::string();
    const std::string user = task.runAs.empty() || task.runAs == "SYSTEM" ? "S-1-5-18" : task.runAs;
    const std::string repetition =
        task.schedule == "MINUTE" ? "<Repetition><Interval>PT" + std::to_string(task.modifier) + "M</Interval><StopAtDurationEnd>false</StopAtDurationEnd></Repetition>" : "";
    return "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n"
           "  <RegistrationInfo><URI>\\" + escaped(task.name) + "</URI></RegistrationInfo>\r\n"
           "  <Principals><Principal id=\"Author\"><UserId>" + escaped(user) + "</UserId><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>\r\n"
           "  <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy></Settings>\r\n"
           "  <Triggers><TimeTrigger>" + repetition + "<StartBoundary>2026-11-29T00:10:00</StartBoundary></TimeTrigger></Triggers>\r\n"
           "  <Actions Context=\"Author\"><Exec><Command>" + escaped(program) + "</Command>" +
           (arguments.empty() ? "" : "<Arguments>" + escaped(arguments) + "</Arguments>") + "</Exec></Actions>\r\n</Task>\r\n";
}

}  // namespace

Result<Done> writeTaskFiles(const std::vector<practice::ScheduledTask>& tasks)
{
    const fs::path root = windows::systemFolder() / L"Tasks";
    std::set<fs::path> written;
    for (const practice::ScheduledTask& task : tasks) {
        const fs::path file = root / pathFromUtf8(task.name);
        if (file.parent_path() == root) continue;
        if (const auto made = makeFolders(file.parent_path()); !made) return made;
        if (const auto put = replaceFile(file, utf16(xmlOf(task))); !put) return put;
        if (const auto listed = WineRegistry().set(kList + task.name, "Id", {"REG_SZ", "{00000000-0000-0000-0000-000000000001}"}); !listed) return listed;
        written.insert(file);
    }
    boost::system::error_code ignored;
    const fs::path own = root / kTaskFolder;
    if (!fs::is_directory(own, ignored)) return Done{};
    for (const auto& entry : fs::directory_iterator(own, ignored))
        if (!written.contains(entry.path())) {
            if (const auto gone = removeFile(entry.path()); !gone) return gone;
            if (const auto gone = WineRegistry().removeKey(std::string(kList) + kTaskFolder + "\\" + utf8(entry.path().filename())); !gone) return gone.error();
        }
    return Done{};
}

}  // namespace monban::lab
