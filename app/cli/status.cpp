// SPDX-License-Identifier: MIT
#include "core/report/status_json.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "app/cli/commands.h"
#include "core/base/utf8.h"
#include "core/observe/pitfalls.h"
#include "core/pki/inspect.h"
#include "core/plan/drift.h"
#include "core/run/interrupted.h"
#include "core/run/planning.h"

namespace monban::cli {
namespace {

void printMachine(const Console& console, const MachineFacts& machine)
{
    console.print(machine.name + " — " + machine.osName + " (" + std::to_string(machine.build) + ")");
    console.print("  IIS: " + (machine.iisInstalled ? machine.iisVersion : console.text(tr("not installed"))));
    console.print("  " + console.text(tr("administrator rights")) + ": " + console.text(machine.elevated ? tr("yes") : tr("no")));
    if (machine.proxy) console.print("  " + console.text(tr("proxy (WinHTTP)")) + ": " + machine.proxy->servers + (machine.proxy->bypass.empty() ? "" : " (" + machine.proxy->bypass + ")"));
    console.print("  " + console.text(tr("clock")) + ": " + rfc3339(machine.clock));
}

void printSites(const Console& console, const std::vector<Site>& sites)
{
    for (const Site& site : sites) {
        console.print(console.text(Message{tr("Site {0} ({1})"), {site.name, site.state}}));
        for (const Binding& binding : site.bindings) console.print("  " + binding.protocol + " " + binding.information);
        for (const Access& access : site.access)
            console.print("  " + console.text(tr("SSL Settings")) + " " + access.path + ": " + accessText(access.flags));
    }
}

void printRecords(const Console& console, const std::vector<SslRecord>& records)
{
    for (const SslRecord& record : records) {
        const char* owner = ownerName(record.appId);
        console.print(console.text(Message{tr("http.sys record {0} ({1})"), {record.endpoint, owner ? owner : record.appId}}));
        console.print("  " + console.text(tr("certificate")) + ": " + record.thumbprint);
        console.print("  " + console.text(tr("asks for client certificates")) + ": " +
                      console.text(record.negotiatesClientCertificate() ? tr("yes, in the handshake") : tr("not in the handshake")));
        console.print("  " + console.text(tr("CTL store")) + ": " + (record.ctlStore.empty() ? "–" : record.ctlStore));
        console.print("  " + console.text(tr("checks revocation")) + ": " + console.text(record.checksRevocation() ? tr("yes") : tr("no")));
    }
}

void printStores(const Console& console, const Stores& stores)
{
    for (const auto& [name, store] : stores) {
        if (!store || store->empty()) continue;
        console.print(console.text(Message{tr("Store {0}"), {name}}));
        for (const StoredCertificate& entry : *store)
            console.print("  " + entry.certificate.thumbprintSha1 + " " + entry.certificate.subject + ", " +
                          console.text(Message{tr("valid until {0}"), {rfc3339(entry.certificate.notAfter)}}) +
                          (entry.hasPrivateKey() ? ", " + console.text(tr("private key included")) : ""));
    }
}

template <class T, class Print>
void section(const Console& console, const Observed<T>& observed, const Print& show)
{
    if (observed) show(console, *observed);
    else console.print(console.text(tr("Problem")) + ": " + console.text(observed.error().message));
}

/// Those of the runs up to that one ("last": all; empty: none); an error where there is none of that name.
Result<JournalRuns> runsUpTo(const std::string& name, const Result<JournalRuns>& all)
{
    if (name.empty()) return JournalRuns{};
    if (!all || equalsIgnoringCase(name, "last")) return all;
    const bool isKnown = std::ranges::find(all->runs, name, &JournalRun::run) != all->runs.end();
    if (!isKnown) return Error{ErrorCode::NotFound, {tr("There is no run named {0}. \"monban runs\" lists them."), {name}}, "no such run"};
    JournalRuns journaled = *all;
    std::erase_if(journaled.runs, [&](const JournalRun& run) { return run.run > name; });
    return journaled;
}

void printDrift(const Console& console, const std::vector<Deviation>& list, const std::vector<Unseen>& unseen, const std::vector<EarlierRuns::Approved>& approved, bool isLast)
{
    for (const Unseen& one : unseen)
        console.print(console.text(Message{tr("Whether {0} is still as it was approved cannot be seen: {1}"), {subjectOf(one.approved.state), console.text(one.why)}}));
    if (list.empty() && unseen.empty()) console.print(console.text(asApproved(approved)));
    if (list.empty()) return;
    console.print(console.text(tr("Changed since it was approved:")));
    for (const Deviation& one : list) {
        for (const Deviation::Line& line : one.lines)
            console.print("  " + line.fact + ": " + console.text(Message{tr("expected {0}, found {1}"), {line.expected, line.found}}));
        console.print("    " + console.text(Message{tr("approved by the run {0}"), {one.approved.run}}) + "; " + console.text(tr("probably")) + ": " + console.text(one.author));
    }
    if (isLast) console.print(console.text(tr("\"monban plan --put-back\" shows how to put it back, \"monban apply --put-back\" does.")));
}

/// What differs from an earlier run may be what a later one left.
void nameLaterRuns(const JournalRuns& all, const std::string& name, std::vector<Deviation>& drift)
{
    for (Deviation& one : drift)
        for (const JournalRun& run : all.runs) {
            if (run.run <= name || run.undone) continue;
            for (const JournalStep& step : run.steps)
                if (std::ranges::find(step.after, one.now) != step.after.end()) one.author = {tr("Monban's own later run {0}."), {run.run}};
        }
}

int status(const Console& console, const std::string& against)
{
    const auto server = console.server();
    if (!server) return console.refuse(server.error(), kUsage);
    const auto all = journalOf(**server).runs();
    const auto journaled = runsUpTo(against, all);
    if (!journaled) return console.refuse(journaled.error(), journaled.error().code == ErrorCode::NotFound ? kUsage : kWanting);
    const Facts facts = (*server)->observe({});
    const auto approved = earlierRuns(*journaled, (*server)->journalFolder()).approved;
    const bool isLast = equalsIgnoringCase(against, "last");
    auto drift = deviations(approved, facts);
    if (!isLast && all) nameLaterRuns(*all, against, drift);
    const auto unseen = unseenOf(approved, facts);
    const auto cutOff = all ? cutOffFinding(*all, **server) : std::nullopt;
    if (console.json) {
        nlohmann::json shown = statusJson(facts, console.language);
        shown["findings"] = toJson(cutOff ? std::vector{*cutOff} : std::vector<Finding>(), console.language);
        if (!against.empty()) {
            shown["drift"] = driftJson(drift, console.language);
            shown["drift_unknown"] = nlohmann::json::array();
            for (const Unseen& one : unseen) shown["drift_unknown"].push_back({{"fact", subjectOf(one.approved.state)}, {"reason", inLanguage(one.why, console.language)}});
        }
        for (const auto& damaged : journaled->unreadable)
            shown["unreadable"].push_back({{"section", "journal/" + damaged.run}, {"reason", inLanguage(damaged.error.message, console.language)}});
        console.print(shown);
        return shown.at("unreadable").empty() && drift.empty() ? kDone : kWanting;
    }
    section(console, facts.machine, printMachine);
    section(console, facts.sites, printSites);
    section(console, facts.records, printRecords);
    printStores(console, facts.stores);
    for (const auto& [name, store] : facts.stores)
        if (!store) console.print(console.text(tr("Problem")) + ": " + name + ": " + console.text(store.error().message));
    const auto found = pitfalls(facts);
    if (!found.empty()) console.print(console.text(tr("To look at:")));
    for (const Finding& finding : found) console.print(finding);
    if (cutOff) console.print(*cutOff);
    if (!facts.schannel) console.print(console.text(tr("Problem")) + ": " + console.text(facts.schannel.error().message));
    if (!against.empty()) printDrift(console, drift, unseen, approved, isLast);
    for (const auto& damaged : journaled->unreadable) console.print(console.text(tr("Problem")) + ": " + console.text(damaged.error.message));
    if (!drift.empty() || !journaled->unreadable.empty()) return kWanting;
    // CONTRACTS: 0 when it could read, which is so when every section could be.
    return statusJson(facts, console.language).at("unreadable").empty() ? kDone : kWanting;
}

}  // namespace

void addStatus(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("status", console.text(tr("Show what is true on the server: sites, bindings, records, stores, pitfalls.")));
    auto against = std::make_shared<std::string>();
    command->add_option("--against", *against, console.text(tr("Compare with what was approved up to that run; last: up to the latest. Exit code 1 where something differs.")));
    command->callback([against, &job] { job = [against](const Console& c) { return status(c, *against); }; });
}

}  // namespace monban::cli
