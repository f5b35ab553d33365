// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/observe/server.h"
#include "core/plan/step.h"

namespace monban {

/// What a run did to one step, as the journal keeps it: states before and after, never commands to replay.
struct JournalStep {
    std::string id;
    std::string chapter;
    Message title;
    std::string command;         ///< as it was shown, for people
    std::vector<State> before;
    std::vector<State> wanted;
    std::vector<State> after;    ///< as observed; empty while the step runs or where it was cut off
    std::string outcome;         ///< "running", then "done" or "failed"
};

/// One run, as its file holds it.
struct JournalRun {
    std::string run;             ///< its name; later runs sort after earlier ones
    Time started{};
    std::optional<Time> ended;   ///< nothing: it was interrupted, or runs at this moment
    std::string outcome;         ///< "running", "done", "failed", "cancelled", "waiting"
    bool undone = false;
    std::optional<std::string> configurationBackup = {};  ///< name of appcmd's backup that was made before
    std::vector<JournalStep> steps;  ///< those that were begun
    PlanKind kind = PlanKind::SetUp;
    std::optional<Answers> answers = {};  ///< the plan followed from; nothing where a Monban wrote it that kept none
    /// Nobody has said yet that it is to be kept: this long after its end it is to be taken back.
    std::optional<std::chrono::seconds> revertAfter = {};
    std::vector<State> confirmed = {};    ///< what the plan wanted and found so already
};

/// The runs that could be read, earliest first, and those that could not.
struct JournalRuns {
    struct Unreadable {
        std::string run;  ///< its name, which is that of its file
        Error error;
    };
    std::vector<JournalRun> runs;
    std::vector<Unreadable> unreadable;
};

/// The runs of one server, one JSON file each. Every change is on the disk before the step it describes begins.
class Journal {
public:
    /// guard: asked before each reading and writing whether the folder may be trusted (Server::guardJournal). Its error is
    /// the journal's.
    explicit Journal(fs::path folder, std::function<Result<Done>(JournalUse)> guard = {}) : m_folder(std::move(folder)), m_guard(std::move(guard)) {}

    /// One Monban changes a server at a time. Errors: Busy, naming who does it since when.
    Result<std::unique_ptr<FileLock>> lock() const;

    /// A new run, not written before its first step. Errors: Denied, Io.
    Result<JournalRun> begin(Time started) const;
    Result<Done> write(const JournalRun& run) const;

    /// Errors: Denied, Io: of the folder. One damaged file keeps nobody from the other runs.
    Result<JournalRuns> runs() const;

    /// A public certificate that is about to be removed, kept so that an undo can put it back. Returns its file.
    Result<fs::path> keepCertificate(const std::string& thumbprint, ByteView der) const;

private:
    Result<Done> guarded(JournalUse use) const { return m_guard ? m_guard(use) : Done{}; }

    fs::path m_folder;
    std::function<Result<Done>(JournalUse)> m_guard;
};

/// The journal of the runs on that server, which must outlive it.
Journal journalOf(const Server& server);

}  // namespace monban
