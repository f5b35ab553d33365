// SPDX-License-Identifier: MIT
#pragma once
#include "core/observe/server.h"
#include "core/platform/platform.h"

namespace monban::wizard {

/// Stands where no server can be set up: this is no Windows, or one that this version cannot work on. Everything about it
/// is unreadable, for that reason.
class NoServer final : public Server {
public:
    static Error reason()
    {
        return {ErrorCode::Unsupported,
                {tr("This version of Monban sets up practice servers; the computer it runs on is left alone. Choose \"Practise on a simulated server\"."), {}},
                "no server"};
    }
    Facts observe(const Lookups&) override
    {
        Facts facts;
        const Time now = hostTime();
        facts.machine = {reason(), now};
        facts.sites = {reason(), now};
        facts.records = {reason(), now};
        facts.storeList = {reason(), now};
        facts.schannel = {reason(), now};
        return facts;
    }
    Result<Output> run(const Action&, const Materials&, const OutputSink&, const RunLimits&) override { return reason(); }
    fs::path journalFolder() const override { return fs::path(); }
};

}  // namespace monban::wizard
