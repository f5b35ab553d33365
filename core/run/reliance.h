// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/observe/server_index.h"
#include "core/run/journal.h"

namespace monban {

/// What relies by now on what a run did, so that taking it back breaks nothing: later runs, by the things they left and as these
/// are now (what somebody else has changed since relies on nothing any more), and the http.sys records of everybody else, who
/// may have given theirs the new certificate, as they were asked to.
class Reliance {
public:
    /// run: what is to be taken back; later: runs that stand, earliest first. Holds on to these and the facts.
    Reliance(const JournalRun& run, const std::vector<JournalRun>& later, const Facts& facts);

    /// What happens to somebody else's record where it does not hinder: its CTL store is left without a CA, which may have been so before.
    std::optional<Finding> warning(const State& back, const State& now) const;

    /// Why a thing that a run left so cannot go from `now` back to `back`: a later run changed it again, or set something that needs it.
    /// Nothing where nobody is hindered.
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
    bool isEmptied(const std::string& store) const;

    const std::vector<JournalRun>& m_later;
    std::set<std::string> m_touched;  ///< by the run itself
    const Facts& m_facts;
    ServerIndex m_server;
    std::vector<Standing> m_standing;  ///< of the latest run first
    std::vector<const SslRecord*> m_others;  ///< records that neither the run nor a later one has touched
};

}  // namespace monban
