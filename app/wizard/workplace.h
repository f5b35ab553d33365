// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "app/wizard/frame.h"
#include "app/wizard/practice_host.h"
#include "app/wizard/session.h"

namespace monban::wizard {

/// What the window says from now on, wxWidgets' own words included. A window that stands already keeps its language.
void useLanguage(Language language);

/// Whether the answers given here are kept for the next start. Those of a tour are nobody's.
enum class Keeps { Nothing, Answers };

/// The server that is set up, the session that works on it and the window that shows it, wired together. The program has
/// one, and so has each test of the window.
class Workplace {
public:
    Workplace() = default;
    ~Workplace();

    /// Errors: as PracticeHost::open.
    Result<Done> openPractice(const fs::path& folder, Keeps keeps = Keeps::Answers);
    /// No practice server: this one. draft: the file that keeps the answers between starts; empty: they are not kept.
    void useServer(std::shared_ptr<Server> server, const fs::path& draft = {});
    /// Shows the window, in place of the one that is there.
    void showFrame(std::size_t page);
    /// The window goes at once, then what it showed.
    void close();

    Frame& frame() const { return *m_frame; }
    /// Null while there is no window; wx may have destroyed it.
    Frame* window() const { return m_frame; }
    Session& session() const { return *m_session; }

private:
    void openSession(std::shared_ptr<Server> server, const fs::path& draft);
    void practise();
    Result<Done> elevate();

    std::unique_ptr<PracticeHost> m_practice;
    std::unique_ptr<Session> m_session;
    Frame* m_frame = nullptr;  // wx destroys it
};

}  // namespace monban::wizard
