// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/plan/chapters.h"
#include "core/plan/restore.h"
#include "core/run/execute.h"
#include "core/run/reliance.h"

namespace monban {
namespace {

Chapter chapterNamed(const std::string& word)
{
    for (const Chapter chapter : {Chapter::Certificate, Chapter::Root, Chapter::Import, Chapter::Trust, Chapter::Bind, Chapter::Require,
                                  Chapter::Verify, Chapter::Troubleshoot})
        if (word == name(chapter)) return chapter;
    return Chapter::Start;
}

/// Whether what is there now is what the run left, so that taking it back destroys nobody's later change. A step that
/// was cut off left either the old or the wanted state.
bool leftByRun(const JournalStep& step, std::size_t index, const State& now)
{
    if (index < step.after.size()) return now == step.after[index];
    if (index < step.before.size() && now == step.before[index]) return true;
    return index < step.wanted.size() && satisfies(now, step.wanted[index]);
}

/// The later steps of the same run that touched the same thing: theirs is the state the run left.
const JournalStep* lastToTouch(const JournalRun& run, const std::string& subject, std::size_t& index)
{
    for (auto step = run.steps.rbegin(); step != run.steps.rend(); ++step)
        for (std::size_t i = 0; i < step->before.size(); ++i)
            if (subjectOf(step->before[i]) == subject) {
                index = i;
                return &*step;
            }
    return nullptr;
}

struct Target {
    State back;
    State now;
    const JournalStep* step;
    bool conflict;
    Message unreadable;  ///< why it cannot be seen how the thing is now; then `now` says nothing
    std::optional<Message> reliedOn = {};  ///< somebody needs it as it is now
    std::optional<Finding> warning = {};   ///< what else comes of it
};

/// How the run found the thing: what the first step knew that touched it.
const State* firstState(const JournalRun& run, const std::string& subject, const JournalStep*& step)
{
    for (const JournalStep& one : run.steps)
        for (const State& state : one.before)
            if (subjectOf(state) == subject) {
                step = &one;
                return &state;
            }
    return nullptr;
}

/// Every thing the run changed, once, in the order in which it is to be taken back: the reverse of that in which the
/// steps first touched them, and within a step as it lists them.
std::vector<Target> targets(const JournalRun& run, const std::vector<JournalRun>& later, const Facts& facts)
{
    std::vector<Target> list;
    const Reliance reliance(run, later, facts);
    for (auto step = run.steps.rbegin(); step != run.steps.rend(); ++step) {
        for (const State& touched : step->before) {
            const std::string subject = subjectOf(touched);
            const JournalStep* earliest = nullptr;
            const State* first = firstState(run, subject, earliest);
            if (!isRestorable(touched) || earliest != &*step) continue;
            std::size_t index = 0;
            const JournalStep* last = lastToTouch(run, subject, index);
            // What the run left says more about where to look than what it found: the entry of a request in REQUEST.
            const State& like = index < last->after.size() ? last->after[index] : touched;
            const auto now = observedState(like, facts);
            // What only watches over runs goes, whatever became of it: it hinders no undo.
            const auto* task = std::get_if<TaskState>(first);
            const bool onlyWatches = task && !task->task;
            if (!now && onlyWatches) continue;
            if (!now) list.push_back({*first, touched, last, false, now.error().message});
            else list.push_back({*first, *now, last, !onlyWatches && !(*now == *first) && !leftByRun(*last, index, *now), {}, reliance.hindrance(*first, like, *now), reliance.warning(*first, *now)});
        }
    }
    return list;
}

/// True for a request that cannot wait again because its key went with the certificate somebody removed.
bool isLostRequest(const Target& target, const Step& step)
{
    const auto* certificate = std::get_if<CertificateState>(&target.back);
    return !step.action && target.unreadable.empty() && certificate && certificate->present && certificate->key && storeSpelling(certificate->store) == "REQUEST" &&
           !std::get<CertificateState>(target.now).present;
}

/// A certificate that was there without a key before its request was answered stays, and gives the key back.
void keepWithoutKey(Plan& plan, const Target& target, Step& step)
{
    const auto* back = std::get_if<CertificateState>(&target.back);
    if (step.action || target.conflict || target.reliedOn || !back || !back->present || back->key) return;
    for (Step& earlier : plan.steps) {
        auto* reopening = earlier.action ? std::get_if<ReopenRequest>(&*earlier.action) : nullptr;
        if (!reopening || reopening->thumbprint != back->thumbprint) continue;
        reopening->keepsCertificate = true;
        step.action = *reopening;
        step.state = StepState::Needed;
        step.reason = {};
    }
}

Step stepFor(const Target& target, const Facts& facts, std::string file)
{
    Step step;
    step.id = "undo." + target.step->id;
    step.chapter = chapterNamed(target.step->chapter);
    step.title = restoringTitle(target.back, target.now);
    step.before.push_back(target.now);
    step.after.push_back(target.back);
    // Its file may have been moved: then only its entry in REQUEST shows that it is still there.
    if (auto* request = std::get_if<RequestState>(&step.after.back()); request && !request->present && target.unreadable.empty()) {
        *request = std::get<RequestState>(target.now);
        request->present = false;
    }
    step.effect = std::holds_alternative<RegistryState>(target.back) ? TakesEffect::Restart : TakesEffect::NewConnections;
    if (!target.unreadable.empty()) {
        step.state = StepState::Unknown;
        step.reason = target.unreadable;
        return step;
    }
    if (target.now == target.back && !target.reliedOn) {
        step.state = StepState::Done;
        return step;
    }
    step.action = restoringAction(target.back, target.now, {facts, std::move(file)});
    if (target.reliedOn) {
        block(step, *target.reliedOn);
    } else if (target.conflict) {
        block(step, {tr("{0} was changed by somebody else after this run. Undoing would destroy that change, so nothing is undone."),
                     {subjectOf(target.now)}});
    } else if (auto gone = certificateGone(target.back, target.now, facts)) {
        block(step, std::move(*gone));
    } else if (!step.action) {
        const auto* certificate = std::get_if<CertificateState>(&target.back);
        const bool keyTooMany = certificate && certificate->present && !certificate->key;
        block(step, keyTooMany
                        ? Message{tr("{0} was there without a private key before and has one now. Nothing takes a key alone away; leave it, or remove the "
                                     "certificate by hand."),
                                  {subjectOf(target.now)}}
                        : Message{tr("{0} cannot be brought back: its private key is gone. Import the PKCS#12 file again."), {subjectOf(target.now)}});
    }
    return step;
}

/// The runs after this one that stand.
std::vector<JournalRun> laterThan(const JournalRun& run, JournalRuns journaled)
{
    std::vector<JournalRun> later;
    for (JournalRun& one : journaled.runs)
        if (one.run > run.run && !one.undone) later.push_back(std::move(one));
    return later;
}

/// What a run that cannot be read relies on is not known; whoever named an earlier one goes on, and is told.
void addUnreadable(const JournalRun& run, const JournalRuns& journaled, Plan& plan)
{
    for (const auto& damaged : journaled.unreadable) {
        const bool later = damaged.run > run.run;
        plan.findings.push_back({"journal-unreadable", later ? Severity::Warning : Severity::Info, damaged.error.message,
                                 later ? Message{tr("Whether the later run {0} relies on what is taken back here cannot be told. Look at the site afterwards."), {damaged.run}}
                                       : Message{tr("The run {0} can no longer be undone by Monban; the other runs can."), {damaged.run}}});
    }
}

}  // namespace

Result<Plan> planUndo(const JournalRun& run, const Journal& journal, const Facts& facts)
{
    Plan plan;
    plan.kind = PlanKind::Undo;
    auto journaled = journal.runs();
    if (!journaled) return journaled.error();
    addUnreadable(run, *journaled, plan);
    const auto later = laterThan(run, std::move(*journaled));
    for (const Target& target : targets(run, later, facts)) {
        std::string file;
        const auto* certificate = std::get_if<CertificateState>(&target.back);
        if (target.unreadable.empty() && certificate && certificate->present && !std::get<CertificateState>(target.now).present) {
            auto kept = journal.keepCertificate(certificate->thumbprint, certificate->der);
            if (!kept) return kept.error();
            file = utf8(*kept);
        }
        Step step = stepFor(target, facts, file);
        if (isLostRequest(target, step)) {
            plan.findings.push_back({"request-lost", Severity::Warning,
                                     {tr("{0} cannot wait for an answer again: its private key went with the certificate that somebody removed."),
                                      {subjectOf(target.back)}},
                                     {tr("Make a new request if you need one."), {}}});
            continue;
        }
        keepWithoutKey(plan, target, step);
        const auto isSaid = [&](const Finding& one) { return one.id == target.warning->id && one.message.values == target.warning->message.values; };
        if (target.warning && step.state == StepState::Needed && std::ranges::none_of(plan.findings, isSaid)) plan.findings.push_back(*target.warning);
        // What stands there now looks like its work, and is somebody's who has built it since.
        if (run.undone && step.state != StepState::Done)
            block(step, {tr("The run {0} was taken back already. What stands there now is not its work, so nothing is undone."), {run.run}});
        plan.steps.push_back(std::move(step));
    }
    return plan;
}

Result<std::optional<JournalRun>> runToUndo(const Journal& journal, const std::string& name)
{
    const auto journaled = journal.runs();
    if (!journaled) return journaled.error();
    const auto& [runs, unreadable] = *journaled;
    if (!name.empty()) {
        for (const auto& damaged : unreadable)
            if (damaged.run == name) return damaged.error;
        for (const JournalRun& run : runs)
            if (run.run == name) return std::optional(run);
    } else {
        const auto latest = std::find_if(runs.rbegin(), runs.rend(), [](const JournalRun& run) { return !run.undone; });
        // A later run that cannot be read may have to go first; whoever knows better names the run.
        for (const auto& damaged : unreadable) {
            if (latest == runs.rend()) return damaged.error;
            if (damaged.run > latest->run)
                return Error{damaged.error.code,
                             {tr("The journal of the run {0} cannot be read (\"monban runs\" says why). That run came later than {1} and may have to "
                                 "be taken back first, so nothing was undone. To undo {1} all the same, name it: monban undo {1}."),
                              {damaged.run, latest->run}},
                             damaged.error.detail};
        }
        return latest == runs.rend() ? std::optional<JournalRun>{} : std::optional(*latest);
    }
    return Error{ErrorCode::NotFound, {tr("There is no run named {0}. \"monban runs\" lists them."), {name}}, "no such run"};
}

}  // namespace monban
