// SPDX-License-Identifier: MIT
#pragma once
#include <utility>

#include "core/observe/server.h"

namespace monban::wizard {

/// Stands where no server can be set up: this is no Windows, or one that Monban cannot work on. Everything about it is
/// unreadable, for that reason.
class NoServer final : public Server {
public:
    explicit NoServer(Error reason) : m_reason(std::move(reason)) {}

    Facts observe(const Lookups&) override
    {
        Facts facts;
        const Time now = hostTime();
        facts.machine = {m_reason, now};
        facts.sites = {m_reason, now};
        facts.records = {m_reason, now};
        facts.storeList = {m_reason, now};
        facts.schannel = {m_reason, now};
        return facts;
    }
    Result<Output> run(const Action&, const Materials&, const OutputSink&, const RunLimits&) override { return m_reason; }
    fs::path journalFolder() const override { return fs::path(); }

private:
    Error m_reason;
};

}  // namespace monban::wizard
