// SPDX-License-Identifier: MIT
#include "core/run/planning.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/plan/record_command.h"
#include "core/plan/renewal.h"
#include "core/plan/sample_page.h"

namespace monban {
namespace {

void addFiles(const std::vector<State>& states, Lookups& lookups)
{
    for (const State& state : states)
        if (const auto file = fileOf(state); file && std::ranges::find(lookups.files, *file) == lookups.files.end()) lookups.files.push_back(*file);
}

/// What a step left; of one that was cut off, what it was to leave.
const std::vector<State>& leftBy(const JournalStep& step) { return step.after.empty() ? step.wanted : step.after; }

void take(const State& state, const std::string& run, EarlierRuns& earlier)
{
    // By its key alone is a certificate known to answer a request.
    const auto* request = std::get_if<RequestState>(&state);
    if (request && request->present && !request->keySha256.empty()) earlier.requests.push_back({run, *request});
    const auto* file = std::get_if<FileState>(&state);
    if (!file || !file->content || !lowerAscii(file->path).ends_with(std::string("\\") + kSamplePageName)) return;
    std::erase_if(earlier.samplePages, [&](const FileState& other) { return equalsIgnoringCase(other.path, file->path); });
    earlier.samplePages.push_back(*file);
}

/// The records a run that did not come to its end had its hands on, as it found them.
void takeCutRecords(const JournalRun& run, std::vector<SslRecord>& records)
{
    if (run.ended && run.outcome == "done") return;
    for (const JournalStep& step : run.steps)
        for (const State& state : step.before) {
            const auto* before = std::get_if<RecordState>(&state);
            if (!before || !before->record) continue;
            std::erase_if(records, [&](const SslRecord& other) { return other.family == before->family && equalsIgnoringCase(other.endpoint, before->endpoint); });
            records.push_back(*before->record);
        }
}

}  // namespace

EarlierRuns earlierRuns(const Journal& journal)
{
    EarlierRuns earlier;
    const auto journaled = journal.runs();
    if (!journaled) return earlier;
    for (const JournalRun& run : journaled->runs) {
        if (run.undone) continue;
        takeCutRecords(run, earlier.cutRecords);
        for (const JournalStep& step : run.steps)
            for (const State& state : leftBy(step)) take(state, run.run, earlier);
    }
    return earlier;
}

Lookups lookupsFor(const std::vector<State>& states)
{
    Lookups lookups;
    addFiles(states, lookups);
    return lookups;
}

Lookups lookupsFor(const Plan& plan)
{
    Lookups lookups;
    for (const Step& step : plan.steps) addFiles(step.after, lookups);
    return lookups;
}

Lookups lookupsFor(const JournalRun& run)
{
    Lookups lookups;
    for (const JournalStep& step : run.steps) addFiles(step.before, lookups);
    return lookups;
}

Planned planOn(Server& server, const Answers& answers, const Materials& materials, const std::set<std::string>& accepted, PlanKind kind)
{
    Lookups lookups;
    lookups.crlUrls = distributionPoints(materials);
    if (answers.certificate.source == CertificateAnswers::Source::Request && !answers.certificate.requestFile.empty())
        lookups.files.push_back(answers.certificate.requestFile);
    const bool looksBack = kind == PlanKind::Renewal || answers.certificate.source == CertificateAnswers::Source::Request || answers.troubleshoot.samplePage.has_value();
    std::optional<EarlierRuns> earlier;
    constexpr int kMostRounds = 3;  // the files of a plan depend on the sites, and those on nothing else
    Planned planned;
    for (int round = 0; round < kMostRounds; ++round) {
        planned.facts = server.observe(lookups);
        const bool takesRecordsAway = planned.facts.machine && !netshCanUpdate(planned.facts.machine->build);
        if (!earlier) earlier = looksBack || takesRecordsAway ? earlierRuns(journalOf(server)) : EarlierRuns{};
        const PlanInput input{answers, materials, planned.facts, accepted, *earlier};
        planned.plan = kind == PlanKind::Renewal ? planRenewal(input) : planSetup(input);
        const std::size_t known = lookups.files.size();
        for (const std::string& file : lookupsFor(planned.plan).files)
            if (std::ranges::find(lookups.files, file) == lookups.files.end()) lookups.files.push_back(file);
        if (lookups.files.size() == known) break;
    }
    return planned;
}

}  // namespace monban
