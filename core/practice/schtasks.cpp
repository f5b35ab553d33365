// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/practice/shell.h"

namespace monban::practice {
namespace {

/// Switches with a value and without, of all three verbs together; which one takes which is checked afterwards.
constexpr const char* kWithValue[] = {"tn", "tr", "sc", "st", "sd",    "ed", "et", "mo",  "d", "m", "i", "ru",
                                      "rp", "rl", "du", "ri", "delay", "fo", "ec", "xml", "s", "u", "p"};
constexpr const char* kWithout[] = {"f", "z", "it", "np", "v1", "k", "nh", "v", "hresult"};
constexpr const char* kSchedules[] = {"minute", "hourly",  "daily",   "weekly", "monthly",
                                      "once",   "onstart", "onlogon", "onidle", "onevent"};

template <std::size_t Count>
bool among(const char* const (&names)[Count], const std::string& name)
{
    return std::any_of(std::begin(names), std::end(names), [&](const char* one) { return name == one; });
}

constexpr std::uint32_t kMostMinutes = 1439;
constexpr std::size_t kLongestCommand = 261;

struct Options {
    std::vector<std::pair<std::string, std::string>> values;
    bool has(const std::string& name) const { return value(name).has_value(); }
    std::optional<std::string> value(const std::string& name) const
    {
        for (const auto& [known, text] : values)
            if (known == name) return text;
        return std::nullopt;
    }
};

std::string error(const Shell& shell, const char* english, const char* japanese,
                  const std::vector<std::string>& values = {})
{
    return shell.say("ERROR: ", "エラー: ") + fill(shell.say(english, japanese), values) + "\n";
}

Reply usageError(const Shell& shell, const std::string& verb, const std::string& text)
{
    return {1, text + fill(shell.say("Type \"SCHTASKS {0}/?\" for usage.\n",
                                     "使用法については、\"SCHTASKS {0}/?\" と入力してください。\n"),
                           {verb.empty() ? "" : verb + " "})};
}

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

Reply refused(const Shell& shell, const Error& trouble)
{
    return {1, shell.say("ERROR: ", "エラー: ") + inLanguage(trouble.message, shell.machine.language) + "\n"};
}

Reply denied(const Shell& shell) { return {1, error(shell, "Access is denied.", "アクセスが拒否されました。")}; }

/// `\Name` and `Name` are one task.
std::string taskName(std::string text)
{
    if (!text.empty() && text[0] == '\\') text.erase(0, 1);
    return text;
}

auto taskNamed(std::vector<ScheduledTask>& tasks, const std::string& name)
{
    return std::find_if(tasks.begin(), tasks.end(),
                        [&](const ScheduledTask& task) { return equalsIgnoringCase(task.name, name); });
}

bool isTime(const std::string& text)
{
    if (text.size() != 5 || text[2] != ':') return false;
    const auto hours = unsignedNumber(text.substr(0, 2));
    const auto minutes = unsignedNumber(text.substr(3));
    return hours && minutes && *hours < 24 && *minutes < 60;
}

std::optional<Reply> createTrouble(const Shell& shell, const Options& options)
{
    for (const char* needed : {"tn", "tr", "sc"})
        if (options.value(needed).value_or("").empty())
            return usageError(shell, "/CREATE",
                              error(shell, "Invalid syntax. Mandatory option '{0}' is missing.",
                                    "構文が正しくありません。必須オプション '{0}' がありません。", {needed}));
    const std::string schedule = lowerAscii(*options.value("sc"));
    if (!among(kSchedules, schedule))
        return usageError(
            shell, "/CREATE",
            error(shell, "Invalid Schedule Type specified.", "無効なスケジュールの種類が指定されました。"));
    if (schedule == "once" && !options.has("st"))
        return usageError(shell, "/CREATE",
                          error(shell, "Invalid syntax. Mandatory option 'st' is missing.",
                                "構文が正しくありません。必須オプション 'st' がありません。"));
    if (options.has("st") && !isTime(*options.value("st")))
        return usageError(shell, "/CREATE", error(shell, "Invalid Starttime value.", "開始時刻の値が無効です。"));
    if (options.has("mo") && schedule == "minute") {
        const auto minutes = unsignedNumber(*options.value("mo"));
        if (!minutes || *minutes < 1 || *minutes > kMostMinutes)
            return usageError(shell, "/CREATE", error(shell, "Invalid value for /MO option.", "/MO オプションの値が無効です。"));
    }
    if (options.value("tr")->size() > kLongestCommand)
        return usageError(shell, "/CREATE",
                          error(shell, "Value for '/tr' option cannot be more than {0} character(s).", "'/tr' オプションの値は {0} 文字以下にしてください。",
                                {std::to_string(kLongestCommand)}));
    if (options.has("rl") && !equalsIgnoringCase(*options.value("rl"), "highest") &&
        !equalsIgnoringCase(*options.value("rl"), "limited"))
        return usageError(shell, "/CREATE",
                          error(shell, "Invalid value for /RL option.", "/RL オプションの値が無効です。"));
    return std::nullopt;
}

Reply create(Shell& shell, const Options& options)
{
    if (const auto trouble = createTrouble(shell, options)) return *trouble;
    if (!shell.machine.elevated) return denied(shell);
    auto tasks = shell.backend.tasks();
    if (!tasks) return refused(shell, tasks.error());
    const std::string name = taskName(*options.value("tn"));
    const auto known = taskNamed(*tasks, name);
    std::string text;
    if (known != tasks->end() && !options.has("f")) {
        text = fill(shell.say("WARNING: The task name \"{0}\" already exists. Do you want to replace it (Y/N)? ",
                              "警告: タスク名 \"{0}\" は既に存在します。置き換えますか (Y/N)? "),
                    {name});
        const auto answer = shell.inputLine();
        text += "\n";
        if (!answer || !lowerAscii(trimmed(*answer)).starts_with("y")) return {1, text};
    }
    std::string start = options.value("st").value_or("");
    if (options.has("sd")) start += (start.empty() ? "" : " ") + *options.value("sd");
    const ScheduledTask task{name, *options.value("tr"), upper(*options.value("sc")), start,
                             options.value("ru").value_or(""), static_cast<int>(unsignedNumber(options.value("mo").value_or("1")).value_or(1))};
    if (known != tasks->end()) *known = task;
    else tasks->push_back(task);
    if (const auto written = shell.backend.writeTasks(*tasks); !written) return refused(shell, written.error());
    return {0, text + fill(shell.say("SUCCESS: The scheduled task \"{0}\" has successfully been created.\n",
                                     "成功: スケジュール タスク \"{0}\" は正しく作成されました。\n"),
                           {name})};
}

Reply remove(Shell& shell, const Options& options)
{
    const auto named = options.value("tn");
    if (!named)
        return usageError(shell, "/DELETE",
                          error(shell, "Invalid syntax. Mandatory option 'tn' is missing.",
                                "構文が正しくありません。必須オプション 'tn' がありません。"));
    if (!shell.machine.elevated) return denied(shell);
    auto tasks = shell.backend.tasks();
    if (!tasks) return refused(shell, tasks.error());
    const std::string name = taskName(*named);
    const auto known = taskNamed(*tasks, name);
    if (known == tasks->end() && name != "*")
        return {1, error(shell, "The specified task name \"{0}\" does not exist in the system.",
                         "指定されたタスク名 \"{0}\" はシステムに存在しません。", {name})};
    std::string text;
    if (!options.has("f")) {
        text = fill(shell.say("WARNING: Are you sure you want to remove the task \"{0}\" (Y/N)? ",
                              "警告: タスク \"{0}\" を削除しますか (Y/N)? "),
                    {name});
        const auto answer = shell.inputLine();
        text += "\n";
        if (!answer || !lowerAscii(trimmed(*answer)).starts_with("y")) return {1, text};
    }
    if (name == "*") tasks->clear();
    else tasks->erase(known);
    if (const auto written = shell.backend.writeTasks(*tasks); !written) return refused(shell, written.error());
    return {0, text + fill(shell.say("SUCCESS: The scheduled task \"{0}\" was successfully deleted.\n",
                                     "成功: スケジュール タスク \"{0}\" は正しく削除されました。\n"),
                           {name})};
}

std::string taskText(const ScheduledTask& task, const std::string& format, bool verbose)
{
    const std::string next = task.start.empty() ? "N/A" : task.start;
    if (format == "csv")
        return "\"\\" + task.name + "\",\"" + next + "\",\"Ready\"" +
               (verbose ? ",\"" + task.command + "\",\"" + task.runAs + "\"" : "") + "\n";
    if (format == "list")
        return "TaskName:      \\" + task.name + "\nNext Run Time: " + next + "\nStatus:        Ready\n" +
               (verbose ? "Task To Run:   " + task.command + "\nRun As User:   " + task.runAs +
                              "\nSchedule Type: " + task.schedule + "\n"
                        : std::string()) +
               "\n";
    return padded(task.name, 40) + " " + padded(next, 22) + " Ready\n";
}

Reply query(Shell& shell, const Options& options)
{
    auto tasks = shell.backend.tasks();
    if (!tasks) return refused(shell, tasks.error());
    const std::string format = lowerAscii(options.value("fo").value_or("table"));
    if (format != "table" && format != "list" && format != "csv")
        return usageError(shell, "/QUERY",
                          error(shell, "Invalid value for /FO option.", "/FO オプションの値が無効です。"));
    const auto named = options.value("tn");
    std::string list;
    for (const ScheduledTask& task : *tasks)
        if (!named || equalsIgnoringCase(task.name, taskName(*named))) list += taskText(task, format, options.has("v"));
    if (named && list.empty())
        return {1, error(shell, "The system cannot find the file specified.", "指定されたファイルが見つかりません。")};
    if (list.empty())
        return {0, shell.say("INFO: There are no scheduled tasks presently available at your access level.\n",
                             "情報: 現在のアクセス レベルで利用できるスケジュール タスクはありません。\n")};
    std::string heading;
    if (format == "table" && !options.has("nh"))
        heading = shell.say("\nFolder: \\\n", "\nフォルダー: \\\n") + padded("TaskName", 40) + " " +
                  padded("Next Run Time", 22) + " Status\n" + std::string(40, '=') + " " + std::string(22, '=') + " " +
                  std::string(15, '=') + "\n";
    if (format == "csv" && !options.has("nh"))
        heading = std::string("\"TaskName\",\"Next Run Time\",\"Status\"") +
                  (options.has("v") ? ",\"Task To Run\",\"Run As User\"" : "") + "\n";
    return {0, heading + list};
}

}  // namespace

monban::ScheduledTask asWindowsKeeps(const ScheduledTask& task)
{
    // The program ends with its quotation marks, or else with the first blank.
    std::string program = task.command;
    std::string arguments;
    const auto end = program.starts_with('"') ? program.find('"', 1) : program.find(' ') - 1;
    if (end < program.size()) {
        arguments = trimmed(program.substr(end + 1));
        program.resize(end + 1);
    }
    return {task.name, taskCommand(program, arguments), task.schedule == "MINUTE" ? task.modifier : 0, taskUser(task.runAs)};
}

Reply runSchtasks(Shell& shell)
{
    const auto& words = shell.invocation.arguments;
    Options options;
    std::string verb;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string name = switchName(words[i]).value_or("");
        if (name == "?")
            return {0, "SCHTASKS /parameter [arguments]\n\nParameter List:\n    /Create\n    /Delete\n    /Query\n"};
        if (name == "create" || name == "delete" || name == "query") {
            if (!verb.empty())
                return usageError(shell, "", error(shell, "Invalid syntax.", "構文が正しくありません。"));
            verb = name;
        } else if (among(kWithValue, name) && i + 1 < words.size() && !options.has(name)) {
            // Quotes within a task's command belong to it.
            options.values.emplace_back(name, name == "tr" ? words[++i] : unquoted(words[++i]));
        } else if (among(kWithout, name)) {
            options.values.emplace_back(name, "");
        } else {
            return usageError(shell, verb.empty() ? "" : "/" + upper(verb),
                              error(shell, "Invalid argument/option - '{0}'.",
                                    "無効な引数またはオプションです - '{0}'。", {words[i]}));
        }
    }
    if (options.has("s"))
        return {1, error(shell, "The request is not supported.", "この要求はサポートされていません。")};
    if (verb == "create") return create(shell, options);
    if (verb == "delete") return remove(shell, options);
    return query(shell, options);  // what schtasks does without a parameter
}

}  // namespace monban::practice
