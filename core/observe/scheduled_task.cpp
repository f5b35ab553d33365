// SPDX-License-Identifier: MIT
#include "core/observe/scheduled_task.h"

#include <pugixml.hpp>

#include <string_view>

#include "core/base/utf8.h"

namespace monban {
namespace {

constexpr int kMinutesOfHour = 60;
constexpr int kMinutesOfDay = 24 * kMinutesOfHour;

/// "PT5M", "PT1H30M", "P1D": whole minutes of an ISO 8601 duration; 0 for any other.
int minutesOf(std::string_view duration)
{
    if (!duration.starts_with('P')) return 0;
    int minutes = 0;
    int number = 0;
    bool isTime = false;
    bool hasNumber = false;
    for (const char c : duration.substr(1)) {
        if (c >= '0' && c <= '9') {
            if (number > kMinutesOfDay) return 0;
            number = number * 10 + (c - '0');
            hasNumber = true;
            continue;
        }
        if (c == 'T' && !isTime && !hasNumber) {
            isTime = true;
            continue;
        }
        const int unit = c == 'D' && !isTime ? kMinutesOfDay : c == 'H' && isTime ? kMinutesOfHour : c == 'M' && isTime ? 1 : 0;
        if (!unit || !hasNumber || number > kMinutesOfDay) return 0;
        minutes += number * unit;
        number = 0;
        hasNumber = false;
    }
    return hasNumber || minutes > 365 * kMinutesOfDay ? 0 : minutes;
}

bool isOn(pugi::xml_node setting)
{
    const std::string_view value = setting.text().get();
    return !setting || (value != "false" && value != "0");
}

/// It ends some day, or after some time.
bool hasEnd(pugi::xml_node trigger) { return trigger.child("EndBoundary") || trigger.child("Repetition").child("Duration"); }

/// The one element below it; none where there are several.
pugi::xml_node onlyChild(pugi::xml_node parent)
{
    const pugi::xml_node first = parent.first_child();
    return first && !first.next_sibling() ? first : pugi::xml_node();
}

}  // namespace

std::string taskCommand(const std::string& program, const std::string& arguments)
{
    std::string path = program;
    if (path.size() > 1 && path.front() == '"' && path.back() == '"') path = path.substr(1, path.size() - 2);
    return '"' + path + '"' + (arguments.empty() ? "" : " " + arguments);
}

std::string taskUser(const std::string& account)
{
    for (const char* name : {"", "SYSTEM", "NT AUTHORITY\\SYSTEM", kLocalSystem})
        if (equalsIgnoringCase(account, name)) return kLocalSystem;
    return account;
}

Result<ScheduledTask> scheduledTaskFrom(const std::string& name, ByteView xml)
{
    pugi::xml_document document;
    const pugi::xml_node task = document.load_buffer(xml.data(), xml.size()) ? document.child("Task") : pugi::xml_node();
    if (!task) return Error{ErrorCode::Damaged, {tr("The scheduled task {0} cannot be read: what Windows keeps of it is damaged."), {name}}, "task file"};
    ScheduledTask read{name, {}, 0, {}};
    if (const pugi::xml_node action = onlyChild(task.child("Actions")); std::string_view(action.name()) == "Exec")
        read.command = taskCommand(action.child_value("Command"), action.child_value("Arguments"));
    const pugi::xml_node trigger = onlyChild(task.child("Triggers"));
    if (isOn(task.child("Settings").child("Enabled")) && isOn(trigger.child("Enabled")) && !hasEnd(trigger))
        read.everyMinutes = minutesOf(trigger.child("Repetition").child_value("Interval"));
    const pugi::xml_node principal = onlyChild(task.child("Principals"));
    // A task without one has none of the system's rights.
    if (const pugi::xml_node user = principal.child("UserId")) read.user = taskUser(user.child_value());
    return read;
}

}  // namespace monban
