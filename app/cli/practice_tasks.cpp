// SPDX-License-Identifier: MIT
#include "app/cli/practice_tasks.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>
#include <thread>

#include "core/plan/task_command.h"
#include "core/practice/folder_backend.h"
#include "core/practice/practice_server.h"
#include "core/practice/services.h"
#include "core/run/keep.h"
#include "core/run/planning.h"

namespace monban::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{500};

/// The value after that option.
std::string valueOf(const std::vector<std::string>& words, const std::string& option)
{
    const auto found = std::ranges::find(words, option);
    return found == words.end() || found + 1 == words.end() ? std::string() : *(found + 1);
}

/// `apply --resume-revocation …`, as Monban writes it for its own task.
void resume(Server& server, const std::vector<std::string>& words, const std::stop_token& stop)
{
    const auto time = timeFromRfc3339(valueOf(words, "--not-before"));
    const auto isEarly = time ? isTooEarlyToResume(server, *time) : Result<bool>(true);
    if (!isEarly || *isEarly) return;
    Answers answers;
    answers.bind.endpoint = valueOf(words, "--endpoint");
    answers.bind.hostname = valueOf(words, "--hostname");
    const Materials none;
    Progress nobody;
    const Planned planned = planOn(server, answers, none, {}, PlanKind::Resumption);
    (void)execute(planned.plan, server, none, nobody, stop);
}

void start(const std::string& arguments, const fs::path& folder, const std::stop_token& stop)
{
    const auto server = practice::PracticeServer::open(folder);
    if (!server) return;
    std::istringstream text(arguments);
    const std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
    Progress nobody;
    if (arguments == kKeepTaskArguments) (void)takeBackOverdue(**server, nobody, stop);
    else if (words.size() > 1 && words[0] == "apply" && words[1] == "--resume-revocation") resume(**server, words, stop);
}

}  // namespace

void runScheduledTasks(const fs::path& folder, const std::stop_token& stop)
{
    const std::string program = taskCommand(practice::kInstalledConsole, {}) + " ";
    std::map<std::string, Time> due;
    for (; !stop.stop_requested(); std::this_thread::sleep_for(kBetweenLooks)) {
        const auto backend = practice::openFolder(folder);
        const auto machine = backend ? (*backend)->machine() : Result<practice::Machine>(backend.error());
        const auto tasks = machine ? (*backend)->tasks() : Result<std::vector<practice::ScheduledTask>>(machine.error());
        if (!tasks || isStopped(*machine, *practice::serviceNamed("schedule"))) continue;  // somebody edits the folder: the next look may see more
        std::map<std::string, Time> known;
        for (const practice::ScheduledTask& typed : *tasks) {
            const ScheduledTask task = asWindowsKeeps(typed);
            if (task.everyMinutes == 0 || !task.command.starts_with(program)) continue;
            const Time now = machine->clock();
            const auto before = due.find(task.name);
            const Time next = before == due.end() ? now : before->second;  // a new task begins at once
            known[task.name] = now < next ? next : now + std::chrono::minutes(task.everyMinutes);
            if (now >= next) start(task.command.substr(program.size()), folder, stop);
        }
        due = std::move(known);
    }
}

}  // namespace monban::cli
