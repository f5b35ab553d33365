// SPDX-License-Identifier: MIT
#pragma once
#include <mutex>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/model/answers.h"

namespace monban::wizard {

/// What the user decided, kept in one file between starts of the wizard: the answers, never a secret. What another start
/// left there is not replaced before the user goes on with it or types something new; then it is set aside, not lost.
/// Any thread.
class Draft {
public:
    struct Found {
        Answers answers;
        Time at{};  ///< when they were kept
    };

    /// Keeps nothing.
    Draft() = default;
    /// Reads what is there. The folder has to exist.
    explicit Draft(fs::path file);

    /// What can be gone on with: of an earlier start, and with something in it.
    std::optional<Found> found() const;
    /// Why what is there could not be read. Nothing: it could, or there is none.
    std::optional<Error> unreadable() const;
    /// Why the answers could not be kept the last time they should have been.
    std::optional<Error> problem() const;
    const fs::path& file() const { return m_file; }

    /// The user goes on with what was found: from now on the file follows.
    void takeOver();
    /// Counts up with each of takeOver(), leave() and finish(): what was to be kept before them comes too late.
    unsigned epoch() const;
    /// Keeps the answers of that epoch where they say something new. They are written before this returns.
    void save(const Answers& answers, unsigned epoch);
    /// The user starts afresh: these answers are kept as what can be gone on with, until something new is typed.
    void leave(const Answers& answers);
    /// Nothing is left to go on with: the answers move aside, to be read by people.
    void finish(const Answers& answers);
    bool isFinished(const Answers& answers) const;

private:
    Result<Done> write(const Answers& answers);
    Result<Done> setAside(const std::string& text) const;

    mutable std::mutex m_mutex;
    unsigned m_epoch = 0;
    fs::path m_file;
    std::optional<Found> m_found;
    std::string m_foundText;
    std::optional<Error> m_unreadable;
    std::optional<Error> m_problem;
    std::optional<std::string> m_own;     ///< the file's text, where this start may replace it
    std::optional<Answers> m_finished;
};

/// True where the user decided something: what pages fill in by themselves does not count.
bool saysSomething(const Answers& answers);

}  // namespace monban::wizard
