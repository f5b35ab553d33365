// SPDX-License-Identifier: MIT
#include "core/run/journal.h"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <cstdio>

#include "core/base/json_text.h"
#include "core/model/answers_file.h"
#include "core/observe/server.h"
#include "core/plan/drift.h"
#include "core/platform/platform.h"

namespace monban {
namespace {

using nlohmann::json;

constexpr const char* kHolderNote = ".holder";
constexpr std::uint64_t kLargestJournal = 16u * 1024 * 1024;

json statesJson(const std::vector<State>& states)
{
    json list = json::array();
    for (const State& state : states) list.push_back(toJson(state));
    return list;
}

json stepJson(const JournalStep& step)
{
    return {{"id", step.id},
            {"chapter", step.chapter},
            {"title", {{"text", step.title.text}, {"values", step.title.values}}},
            {"command", step.command},
            {"before", statesJson(step.before)},
            {"wanted", statesJson(step.wanted)},
            {"after", statesJson(step.after)},
            {"outcome", step.outcome}};
}

Error damaged(const std::string& file, const std::string& detail)
{
    return {ErrorCode::Damaged, {tr("The journal {0} cannot be read: {1}"), {file, detail}}, "journal: " + detail};
}

Result<std::vector<State>> statesFrom(const json& list)
{
    std::vector<State> states;
    for (const json& one : list) {
        auto state = stateFromJson(one);
        if (!state) return state.error();
        states.push_back(std::move(*state));
    }
    return states;
}

/// Throws what nlohmann throws; the door is readRun.
Result<JournalStep> stepFrom(const json& object)
{
    JournalStep step;
    step.id = object.at("id").get<std::string>();
    step.chapter = object.at("chapter").get<std::string>();
    step.title = {object.at("title").at("text").get<std::string>(), object.at("title").at("values").get<std::vector<std::string>>()};
    step.command = object.at("command").get<std::string>();
    step.outcome = object.at("outcome").get<std::string>();
    for (auto [key, target] : {std::pair{"before", &step.before}, {"wanted", &step.wanted}, {"after", &step.after}}) {
        auto states = statesFrom(object.at(key));
        if (!states) return states.error();
        *target = std::move(*states);
    }
    return step;
}

Result<JournalRun> readRun(const fs::path& file)
{
    const std::string shown = utf8(file);
    const auto text = readText(file, kLargestJournal);
    if (!text) return text.error();
    const auto document = JsonDocument::parse(*text, shown);
    if (!document) {
        Error error = document.error();
        error.code = ErrorCode::Damaged;
        return error;
    }
    try {
        const json& object = document->root();
        JournalRun run;
        run.run = object.at("run").get<std::string>();
        // Its file is written under this name again; and of a copy that somebody made nobody knows whether it is still true.
        if (run.run != utf8(file.stem())) return damaged(shown, "its name is not that of its file");
        const auto started = timeFromRfc3339(object.at("started").get<std::string>());
        if (!started) return damaged(shown, "started is no time");
        run.started = *started;
        if (!object.at("ended").is_null()) run.ended = timeFromRfc3339(object.at("ended").get<std::string>());
        run.outcome = object.at("outcome").get<std::string>();
        run.undone = object.at("undone").get<bool>();
        if (const auto backup = object.find("configuration_backup"); backup != object.end() && !backup->is_null())
            run.configurationBackup = backup->get<std::string>();
        for (const json& one : object.at("steps")) {
            auto step = stepFrom(one);
            if (!step) return damaged(shown, step.error().detail);
            run.steps.push_back(std::move(*step));
        }
        run.kind = planKindNamed(object.value("kind", "")).value_or(PlanKind::SetUp);
        if (const auto after = object.find("revert_after"); after != object.end() && after->is_number_integer())
            run.revertAfter = std::chrono::seconds(after->get<std::int64_t>());
        if (const auto answers = object.find("answers"); answers != object.end() && answers->is_object())
            if (auto read = answersFromText(answers->dump(), shown, file.parent_path())) run.answers = std::move(*read);
        if (const auto confirmed = object.find("confirmed"); confirmed != object.end()) {
            auto states = statesFrom(*confirmed);
            if (!states) return damaged(shown, states.error().detail);
            run.confirmed = std::move(*states);
        }
        return run;
    } catch (const json::exception& e) {
        return damaged(shown, e.what());
    }
}

/// The lock, and beside it who holds it.
class NotedLock final : public FileLock {
public:
    NotedLock(std::unique_ptr<FileLock> lock, fs::path note) : m_lock(std::move(lock)), m_note(std::move(note)) {}
    ~NotedLock() override { (void)removeFile(m_note); }

private:
    std::unique_ptr<FileLock> m_lock;  // let go of after the note is gone
    fs::path m_note;
};

/// As far as the note tells: its writer may have had no time for it yet.
Message whoHolds(const fs::path& note)
{
    const Message unknown{tr("Another Monban is changing this server at this moment. Wait until it has ended."), {}};
    const auto bytes = readFile(note);
    const auto holder = bytes ? nlohmann::json::parse(bytes->begin(), bytes->end(), nullptr, false) : nlohmann::json();
    if (!holder.is_object() || !holder.contains("user") || !holder["user"].is_string() || !holder.contains("process") || !holder["process"].is_number_integer() ||
        !holder.contains("since") || !holder["since"].is_string())
        return unknown;
    return {tr("Another Monban is changing this server: {0} started it (process {1}), and it is at work since {2}. Wait until it has ended."),
            {holder["user"].get<std::string>(), std::to_string(holder["process"].get<long>()), holder["since"].get<std::string>()}};
}

}  // namespace

Journal journalOf(const Server& server)
{
    return Journal(server.journalFolder(), [&server](JournalUse use) { return server.guardJournal(use); });
}

Result<std::unique_ptr<FileLock>> Journal::lock() const
{
    if (auto fine = guarded(JournalUse::Write); !fine) return fine.error();
    if (auto made = makeFolders(m_folder); !made) return made.error();
    const fs::path note = m_folder / kHolderNote;
    auto lock = lockFile(m_folder / ".lock", 0);
    if (!lock && lock.error().code == ErrorCode::Busy) return Error{ErrorCode::Busy, whoHolds(note), "journal lock held"};
    if (!lock) return lock;
    const nlohmann::json holder = {{"user", platform::userName()}, {"process", platform::processId()}, {"since", rfc3339(hostTime())}};
    (void)replaceFile(note, jsonText(holder));  // a help for whoever comes second, and no more
    return std::unique_ptr<FileLock>(std::make_unique<NotedLock>(std::move(*lock), note));
}

Result<JournalRun> Journal::begin(Time started) const
{
    if (auto fine = guarded(JournalUse::Write); !fine) return fine.error();
    if (auto made = makeFolders(m_folder); !made) return made.error();
    // The number orders the runs even where the machine's clock went backwards.
    int highest = 0;
    boost::system::error_code trouble;
    for (fs::directory_iterator entry(m_folder, trouble), end; !trouble && entry != end; entry.increment(trouble)) {
        const std::string file = utf8(entry->path().filename());
        int number = 0;
        if (file.size() > 5 && std::sscanf(file.substr(0, 5).c_str(), "%4d-", &number) == 1) highest = std::max(highest, number);
    }
    std::string time = rfc3339(started);
    std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
    char name[64];
    std::snprintf(name, sizeof name, "%04d-%s", highest + 1, time.c_str());
    JournalRun run;
    run.run = name;
    run.started = started;
    run.outcome = "running";
    return run;
}

Result<Done> Journal::write(const JournalRun& run) const
{
    if (auto fine = guarded(JournalUse::Write); !fine) return fine.error();
    json object = {{"run", run.run},
                   {"started", rfc3339(run.started)},
                   {"ended", run.ended ? json(rfc3339(*run.ended)) : json(nullptr)},
                   {"outcome", run.outcome},
                   {"undone", run.undone},
                   {"configuration_backup", run.configurationBackup ? json(*run.configurationBackup) : json(nullptr)},
                   {"kind", name(run.kind)},
                   {"answers", run.answers ? answersToJson(*run.answers, {}) : json(nullptr)},
                   {"revert_after", run.revertAfter ? json(run.revertAfter->count()) : json(nullptr)},
                   {"confirmed", statesJson(run.confirmed)},
                   {"steps", json::array()}};
    for (const JournalStep& step : run.steps) object["steps"].push_back(stepJson(step));
    return replaceFile(m_folder / (run.run + ".json"), jsonText(object));
}

Result<JournalRuns> Journal::runs() const
{
    if (auto fine = guarded(JournalUse::Look); !fine) return fine.error();
    boost::system::error_code trouble;
    if (!fs::exists(m_folder, trouble)) return JournalRuns{};
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(m_folder, trouble), end; !trouble && entry != end; entry.increment(trouble))
        if (entry->path().extension() == ".json" && utf8(entry->path().filename()).front() != '.') files.push_back(entry->path());
    if (trouble) return Error{ErrorCode::Io, {tr("{0} could not be used: {1}"), {utf8(m_folder), trouble.message()}}, "journal folder"};
    std::sort(files.begin(), files.end());
    JournalRuns runs;
    for (const fs::path& file : files) {
        if (auto run = readRun(file)) runs.runs.push_back(std::move(*run));
        else runs.unreadable.push_back({utf8(file.stem()), run.error()});
    }
    return runs;
}

Result<fs::path> Journal::keepCertificate(const std::string& thumbprint, ByteView der) const
{
    if (auto fine = guarded(JournalUse::Write); !fine) return fine.error();
    const fs::path file = pathFromUtf8(keptCertificate(utf8(m_folder), thumbprint));
    if (auto made = makeFolders(m_folder); !made) return made.error();
    if (auto written = replaceFile(file, der); !written) return written.error();
    return file;
}

}  // namespace monban
