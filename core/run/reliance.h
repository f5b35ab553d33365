// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <vector>

#include "core/observe/server_index.h"
#include "core/run/journal.h"

namespace monban {

/// What later runs rely on, so that taking an earlier one back does not break them. By the things they left and as these
/// are now: what somebody else has changed since relies on nothing any more.
class Reliance {
public:
    /// later: runs that stand, earliest first. Holds on to both.
    Reliance(const std::vector<JournalRun>& later, const Facts& facts);

    /// Why a thing that a run left so cannot go from `now` back to `back`: a later run changed it again, or set something that needs it.
    /// Nothing where no run hinders it.
    std::optional<Message> hindrance(const State& back, const State& left, const State& now) const;

private:
    /// A thing as a later run left it and as it stands.
    struct Standing {
        const JournalRun* run;
        State state;
    };

    std::optional<Message> changedLater(const State& left) const;
    bool needs(const State& standing, const State& back, const State& now) const;
    bool recordNeeds(const SslRecord& record, const State& back, const State& now) const;
    bool certificateServes(const SslRecord& record, const CertificateState& certificate) const;
    bool siteNeeds(const AccessState& access, const State& back, const State& now) const;
    bool answers(const SslRecord& record, const std::string& site, const std::string& information) const;

    const std::vector<JournalRun>& m_later;
    ServerIndex m_server;
    std::vector<Standing> m_standing;  ///< of the latest run first
};

}  // namespace monban
