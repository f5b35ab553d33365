// SPDX-License-Identifier: MIT
#include "core/run/planning.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "core/base/utf8.h"
#include "core/plan/chapters.h"
#include "core/plan/sample_page.h"
#include "core/run/execute.h"

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

/// Of a step whose end was seen, the server had the last word: who removed such a record later had a reason, and it is not made again.
void takeCutRecords(const JournalRun& run, EarlierRuns& earlier)
{
    const bool isDone = run.ended && run.outcome == "done";
    for (const JournalStep& step : run.steps)
        for (std::size_t i = 0; i < step.before.size(); ++i) {
            const auto* before = std::get_if<RecordState>(&step.before[i]);
            if (!before) continue;
            const auto forget = [&](std::vector<SslRecord>& records) {
                std::erase_if(records, [&](const SslRecord& other) { return other.family == before->family && equalsIgnoringCase(other.endpoint, before->endpoint); });
            };
            const auto* after = i < step.after.size() ? std::get_if<RecordState>(&step.after[i]) : nullptr;
            const bool stood = after && after->record;
            // Once the work was finished, what an earlier run had its hands on is whole again.
            if (isDone || stood) forget(earlier.cutRecords);
            if (isDone) forget(earlier.unfinishedRecords);
            if (isDone || !before->record) continue;  // taken away by an earlier step of the same run
            forget(earlier.unfinishedRecords);
            earlier.unfinishedRecords.push_back(*before->record);
            if (stood) continue;
            forget(earlier.cutRecords);
            earlier.cutRecords.push_back(*before->record);
        }
}

/// How a removal or a putting back found a thing says nothing of how it had been before Monban came; how any other run found it
/// does, where somebody had changed it since the one before. Of a step that was cut off nobody knows what it left.
void takeChanged(const JournalRun& run, const JournalStep& step, std::map<std::string, EarlierRuns::Changed>& changed)
{
    const std::vector<State>& left = leftBy(step);
    for (std::size_t i = 0; i < step.before.size() && i < left.size(); ++i) {
        const auto known = changed.find(subjectOf(step.before[i]));
        const bool isOwn = run.kind != PlanKind::Removal && run.kind != PlanKind::PutBack;
        if (known == changed.end()) {
            if (isOwn) changed.emplace(subjectOf(step.before[i]), EarlierRuns::Changed{step.before[i], left[i]});
            continue;
        }
        if (isOwn && !(step.before[i] == known->second.left)) known->second.found = step.before[i];
        if (!step.after.empty()) known->second.left = left[i];
    }
}

/// What is there, lasts, and is the server's own: requests are answered, files are moved, services come and go. Where a run took
/// something away, whoever makes it anew has a reason.
bool canDrift(const State& state)
{
    if (const auto* certificate = std::get_if<CertificateState>(&state)) return certificate->present && storeSpelling(certificate->store) != "REQUEST";
    if (const auto* record = std::get_if<RecordState>(&state)) return record->record.has_value();
    if (const auto* binding = std::get_if<BindingState>(&state)) return binding->sslFlags.has_value();
    if (const auto* value = std::get_if<RegistryState>(&state)) return value->value.has_value();
    return std::holds_alternative<AccessState>(state);
}

void takeApproved(const JournalRun& run, std::vector<EarlierRuns::Approved>& approved)
{
    const auto forget = [&](const State& state) {
        std::erase_if(approved, [&](const EarlierRuns::Approved& other) { return subjectOf(other.state) == subjectOf(state); });
    };
    const auto approve = [&](const State& state) {
        forget(state);
        // A site whose set-up was taken off is its owner's again.
        if (run.kind != PlanKind::Removal && canDrift(state)) approved.push_back({state, run.run, run.ended.value_or(run.started)});
    };
    const bool isStanding = run.outcome != kUndoing;  // else some of it stands and some does not
    if (isStanding)
        for (const State& state : run.confirmed) approve(state);
    for (const JournalStep& step : run.steps) {
        const bool isApproved = isStanding && step.outcome == "done";
        // What was being put back is as much approved as before.
        if (!isApproved && run.kind == PlanKind::PutBack && isStanding) continue;
        for (const State& state : isApproved ? step.after : step.before) isApproved ? approve(state) : forget(state);
    }
}

}  // namespace

EarlierRuns earlierRuns(const JournalRuns& journaled, const fs::path& folder)
{
    EarlierRuns earlier;
    earlier.folder = utf8(folder);
    for (const JournalRun& run : journaled.runs) {
        if (run.undone) continue;
        takeCutRecords(run, earlier);
        for (const JournalStep& step : run.steps) {
            for (const State& state : leftBy(step)) take(state, run.run, earlier);
            takeChanged(run, step, earlier.changed);
        }
        takeApproved(run, earlier.approved);
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
    constexpr int kMostRounds = 3;  // the files of a plan depend on the sites, and those on nothing else
    Planned planned;
    const Journal journal = journalOf(server);
    auto journaled = journal.runs();
    const std::optional<Message> unread = !journaled ? std::optional(journaled.error().message)
                                          : journaled->unreadable.empty() ? std::nullopt : std::optional(journaled->unreadable.front().error.message);
    if (journaled) planned.journaled = std::move(*journaled);
    boost::system::error_code trouble;
    planned.earlier = earlierRuns(planned.journaled, fs::absolute(server.journalFolder(), trouble));
    for (int round = 0; round < kMostRounds; ++round) {
        planned.facts = server.observe(lookups);
        planned.plan = planOf(kind, {answers, materials, planned.facts, accepted, planned.earlier});
        const std::size_t known = lookups.files.size();
        for (const std::string& file : lookupsFor(planned.plan).files)
            if (std::ranges::find(lookups.files, file) == lookups.files.end()) lookups.files.push_back(file);
        if (lookups.files.size() == known) break;
    }
    // A run that cannot be read may have changed the same things again, and rightly.
    if (kind == PlanKind::PutBack && unread)
        planned.plan.steps.push_back(blocked("journal", Chapter::Start, {tr("Know what was approved last"), {}}, *unread));
    return planned;
}

Planned planUndoOn(Server& server, const std::string& name)
{
    Planned planned;
    planned.plan.kind = PlanKind::Undo;
    const Journal journal = journalOf(server);
    if (auto journaled = journal.runs()) planned.journaled = std::move(*journaled);
    planned.earlier = earlierRuns(planned.journaled, server.journalFolder());
    const auto run = runToUndo(journal, name);
    planned.facts = server.observe(run && *run ? lookupsFor(**run) : Lookups{});
    if (run && !*run) return planned;
    auto plan = run ? planUndo(**run, journal, planned.facts) : Result<Plan>(run.error());
    if (plan) planned.plan = std::move(*plan);
    else planned.plan.steps.push_back(blocked("undo", Chapter::Start, {tr("Take the run {0} back"), {name.empty() ? "…" : name}}, plan.error().message));
    return planned;
}

}  // namespace monban
