// SPDX-License-Identifier: MIT
#pragma once
#include <ostream>
#include <span>

#include "core/practice/backend.h"
#include "core/run/planning.h"
#include "tests/core/run/quick_server.h"

namespace monban::support {

/// The server every test of that build begins with; made once.
QuickServer& originalOf(int build);

/// One way through the procedure on one kind of server.
struct Path {
    const char* name;
    int build;
    void (*prepare)(practice::Backend& backend);
    void (*answer)(Answers& answers);
    const char* steps;  ///< the ids of those that change something
    std::size_t own;    ///< from this one on they differ from those of the paths before
    PlanKind kind = PlanKind::SetUp;
    enum class After { Nothing, SetUp, ForgottenSetUp };
    After after = After::Nothing;          ///< what has run before; of a forgotten one there is no journal
    void (*meanwhile)(practice::Backend& backend) = nullptr;  ///< what happened since
    friend void PrintTo(const Path& path, std::ostream* out) { *out << path.name; }
};
std::span<const Path> paths();

/// A path on a copy of its server, ready to begin: what was asked for lies there, and an answer to it, too.
class PreparedPath {
public:
    explicit PreparedPath(const Path& path);
    ~PreparedPath();
    PreparedPath(const PreparedPath&) = delete;
    PreparedPath& operator=(const PreparedPath&) = delete;

    const fs::path& folder() const { return m_folder; }
    const fs::path& prepared() const { return m_prepared; }  ///< the beginning, untouched
    const Answers& answers() const { return m_answers; }
    const Materials& materials() const { return m_answers.certificate.source == CertificateAnswers::Source::Request ? m_own : m_original.materials; }
    /// Of what ran before; no test takes it back. Empty: none did.
    const std::string& runBefore() const { return m_runBefore; }
    /// As the beginning again, the journal as it was.
    void reset();
    Planned plan(Server& server) const;

private:
    void requestAndIssue();
    void setUpBefore();

    const Path& m_path;
    QuickServer& m_original;
    Answers m_answers;
    Materials m_own;
    fs::path m_folder;
    fs::path m_prepared;
    std::string m_runBefore;
};

}  // namespace monban::support
