// SPDX-License-Identifier: MIT
#include "core/platform/windows/scheduled_tasks.h"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"
#include "core/platform/windows/system_folder.h"

namespace monban::windows {
namespace {

constexpr std::uint64_t kLargestTask = 256 * 1024;
const std::string kList = R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tree\)";

}  // namespace

Result<std::vector<ScheduledTask>> scheduledTasks(Registry& registry)
{
    const fs::path folder = systemFolder() / L"Tasks" / kTaskFolder;
    std::vector<ScheduledTask> tasks;
    boost::system::error_code trouble;
    fs::directory_iterator entry(folder, trouble);
    // No task of Monban was ever made: then there is no folder either, nor on a Windows whose scheduler never ran.
    if (trouble == boost::system::errc::no_such_file_or_directory || trouble == boost::system::errc::not_a_directory) return tasks;
    for (const fs::directory_iterator end; !trouble && entry != end; entry.increment(trouble)) {
        const std::string name = std::string(kTaskFolder) + "\\" + utf8(entry->path().filename());
        if (!registry.value(kList + name, "Id")) continue;
        const auto xml = readFile(entry->path(), kLargestTask);
        if (!xml && xml.error().code == ErrorCode::NotFound) continue;  // it went meanwhile
        auto task = xml ? scheduledTaskFrom(name, *xml) : Result<ScheduledTask>(xml.error());
        tasks.push_back(task ? std::move(*task) : ScheduledTask{name, {}, 0, {}});
    }
    if (trouble)
        return Error{trouble == boost::system::errc::permission_denied ? ErrorCode::Denied : ErrorCode::Io,
                     {tr("The scheduled tasks in {0} cannot be seen: {1}"), {utf8(folder), trouble.message()}},
                     "list scheduled tasks"};
    return tasks;
}

}  // namespace monban::windows
