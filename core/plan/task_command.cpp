// SPDX-License-Identifier: MIT
#include "core/plan/task_command.h"

#include <algorithm>

#include "core/plan/chapters.h"

namespace monban {
namespace {

constexpr std::size_t kLongestCommand = 261;  // what schtasks takes after /TR

std::string schtasks(const Facts& facts) { return systemProgram(facts, "schtasks.exe"); }

}  // namespace

std::string resumeTaskName(const std::string& endpoint)
{
    std::string name = endpoint;
    std::ranges::replace_if(name, [](char c) { return c == ':' || c == '*' || c == '?' || c == '/' || c == '\\'; }, '_');
    return std::string(kTaskFolder) + "\\CheckRevocation-" + name;
}

Command creatingTask(const Facts& facts, const ScheduledTask& task)
{
    return {schtasks(facts),
            {"/Create", "/TN", task.name, "/TR", task.command, "/SC", "MINUTE", "/MO", std::to_string(task.everyMinutes), "/RU",
             task.user == kLocalSystem ? "SYSTEM" : task.user, "/F"}};
}

Command deletingTask(const Facts& facts, const std::string& name) { return {schtasks(facts), {"/Delete", "/TN", name, "/F"}}; }

Step taskStep(const Facts& facts, std::string id, Chapter chapter, Message title, const std::string& name, const std::string& arguments, int everyMinutes)
{
    if (!facts.taskProgram) return blocked(std::move(id), chapter, std::move(title), facts.taskProgram.error().message);
    const ScheduledTask task{name, taskCommand(*facts.taskProgram, arguments), everyMinutes, kLocalSystem};
    Step step;
    step.id = std::move(id);
    step.chapter = chapter;
    step.title = std::move(title);
    step.action = creatingTask(facts, task);
    step.after.push_back(TaskState{name, task});
    if (task.command.size() > kLongestCommand)
        block(step, {tr("What the task {0} would run is longer than the {1} characters that schtasks takes. Install Monban in a folder with a shorter name."),
                     {name, std::to_string(kLongestCommand)}});
    return step;
}

std::optional<Error> addKeepTask(Plan& plan, const Facts& facts, Chapter chapter)
{
    if (!facts.taskProgram) return facts.taskProgram.error();
    if (!facts.tasks) return facts.tasks.error();
    Plan task;
    task.steps.push_back(taskStep(facts, kKeepStep, chapter, {tr("Let a scheduled task take this back if nobody keeps it, whatever becomes of this program"), {}}, kKeepTask,
                                  kKeepTaskArguments, 1));
    settle(task, facts);
    task.steps.front().ordered = true;  // one that a run before left goes by itself at any moment
    plan.steps.insert(plan.steps.begin(), std::move(task.steps.front()));
    return std::nullopt;
}

}  // namespace monban
