// SPDX-License-Identifier: MIT
// The session's own thread: looks, plans and runs.
#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "app/wizard/session.h"
#include "core/run/interrupted.h"
#include "core/run/planning.h"
#include "core/run/renewal.h"

namespace monban::wizard {
namespace {

constexpr auto kCheckPatience = std::chrono::seconds(30);

/// What the materials are made of: with the same of these, the files need not be read again.
bool sameSources(const Answers& a, const Answers& b)
{
    return a.certificate == b.certificate && a.root == b.root && a.trust.intermediates == b.trust.intermediates &&
           a.verify.clientCertificate == b.verify.clientCertificate && a.troubleshoot.installCrl == b.troubleshoot.installCrl;
}

}  // namespace

/// Hands what a run tells to the window's thread.
class Session::Live final : public Progress {
public:
    Live(Session& session, Chapter chapter) : m_session(session), m_chapter(chapter) {}

    void started(const Plan& plan, std::size_t index) override
    {
        change([step = plan.steps[index]](std::vector<RanStep>& ran) { ran.push_back({step, {}, std::nullopt}); });
    }
    void output(std::size_t, const std::string& text) override
    {
        change([text](std::vector<RanStep>& ran) {
            if (!ran.empty()) ran.back().output += text;
        });
    }
    void finished(const Plan& plan, std::size_t index, const StepResult& result) override
    {
        change([step = plan.steps[index], result](std::vector<RanStep>& ran) {
            // A step that was skipped or never began was not announced.
            if (ran.empty() || ran.back().result || ran.back().step.id != step.id) ran.push_back({step, {}, std::nullopt});
            ran.back().result = result;
            if (ran.back().output.empty()) ran.back().output = result.output;
        });
    }

private:
    void change(std::function<void(std::vector<RanStep>&)> what)
    {
        m_session.tell([&session = m_session, chapter = m_chapter, what = std::move(what)] {
            what(session.m_ran[chapter]);
            if (session.m_listener) session.m_listener->runChanged();
        });
    }

    Session& m_session;
    Chapter m_chapter;
};

Session::Task Session::nextTask(const std::stop_token& stop)
{
    Task task;
    std::unique_lock guard(m_mutex);
    const auto isThere = [this] { return !m_jobs.empty(); };
    const auto due = m_toKeep ? std::optional(m_toKeep->due) : std::nullopt;
    if (due) m_wake.wait_until(guard, stop, *due, isThere);
    else m_wake.wait(guard, stop, isThere);
    if (stop.stop_requested()) return task;
    if (m_toKeep && m_toKeep->due <= std::chrono::steady_clock::now()) task.toKeep.swap(m_toKeep);
    if (!m_jobs.empty()) {
        task.job = std::move(m_jobs.front());
        m_jobs.pop_front();
    }
    return task;
}

void Session::work(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        Task task = nextTask(stop);
        try {
            if (task.toKeep) m_draft.save(task.toKeep->answers, task.toKeep->epoch);
            if (!task.job) continue;
            if (task.job->run) runNow(*task.job, stop);
            else if (task.job->check) checkNow(*task.job);
            else if (task.job->kept) keepNow(*task.job, stop);
            else if (task.job->takenBack) takeBackNow(*task.job, stop);
            else lookNow(*task.job, stop);
        } catch (const std::exception& error) {  // memory, or a defect of ours: said, and the window goes on
            tell([this, isOfRun = task.job && task.job->run.has_value(), what = std::string(error.what())] {
                m_problem = Error{ErrorCode::Unexpected, {tr("Something unexpected went wrong: {0}"), {what}}, what};
                if (isOfRun || !m_isBegun) m_running.reset();
                if (m_check && m_check->isRunning) m_check.reset();
                if (m_keeping) waitOn();
                if (m_listener) m_listener->failed(*m_problem);
            });
        }
    }
}

std::shared_ptr<const Materials> Session::materialsFor(const Job& job, const std::stop_token& stop)
{
    // A file may have been put in place since; an address is asked again only when the answers change.
    const auto isMissing = [](const auto& material) { return material && !*material && material->error().code != ErrorCode::WrongPassword; };
    const bool stillMissing = m_materials && (isMissing(m_materials->pkcs12) || isMissing(m_materials->issued) || (job.answers.root.url.empty() && isMissing(m_materials->root)));
    if (m_materials && m_materialsOf && sameSources(*m_materialsOf, job.answers) && m_materialsPassword == job.passwordNumber && !stillMissing)
        return m_materials;
    boost::system::error_code ignored;
    const MaterialSources sources{[&](const std::string& url) { return m_server->fetch(url, limitsForRoot(stop)); }, fs::absolute(m_server->journalFolder(), ignored)};
    m_materials = std::make_shared<const Materials>(readMaterials(job.answers, job.password, sources));
    m_materialsOf = job.answers;
    m_materialsPassword = job.passwordNumber;
    return m_materials;
}

void Session::lookNow(Job& job, const std::stop_token& stop)
{
    auto view = std::make_shared<View>();
    view->materials = materialsFor(job, stop);
    Planned planned = planNow(job.answers, *view->materials, job.work, job.accepted);
    for (const auto& [pitfall, sentences] : job.accepted) view->accepted.insert(pitfall);
    if (job.preview) {
        Answers changed = job.answers;
        job.preview(changed);
        view->previewNumber = job.previewNumber;
        Accepted accepted = job.accepted;
        view->preview = planNow(changed, *view->materials, job.work, accepted).plan;
    }
    view->answers = std::move(job.answers);
    view->facts = std::move(planned.facts);
    view->plan = std::move(planned.plan);
    view->pending = pendingRequests(view->facts, planned.earlier);
    if (planned.journaled.unreadable.empty()) view->drift = deviations(planned.earlier.approved, view->facts);
    view->journaled = std::move(planned.journaled);
    // Whether the latest run is still at work is asked only where it has no end.
    if (view->interrupted() && !job.run) {
        const auto held = journalOf(*m_server).lock();
        view->isHeld = !held && held.error().code == ErrorCode::Busy;
    }
    view->at = hostTime();
    tell([this, number = job.number, view = std::shared_ptr<const View>(std::move(view))] { arrived(number, view); });
}

Planned Session::planNow(const Answers& answers, const Materials& materials, const std::optional<Work>& work, Accepted& accepted)
{
    if (work && work->kind == PlanKind::Undo) return planUndoOn(*m_server, work->run);
    const auto planWith = [&] {
        std::set<std::string> pitfalls;
        for (const auto& [pitfall, sentences] : accepted) pitfalls.insert(pitfall);
        return planOn(*m_server, answers, materials, pitfalls, kindOf(answers, work));
    };
    Planned planned = planWith();
    const auto saysMore = [&](const auto& one) { return !std::ranges::includes(one.second, planned.plan.saidOf(one.first)); };
    if (std::erase_if(accepted, saysMore) > 0) planned = planWith();
    if (shallBeConfirmed(planned.plan)) (void)shallRevert(planned.plan, planned.facts, m_timeToKeep);
    return planned;
}

void Session::runNow(Job& job, const std::stop_token& stop)
{
    std::stop_token cancelled;
    {
        const std::lock_guard guard(m_mutex);
        cancelled = m_cancel.get_token();
    }
    const auto materials = materialsFor(job, stop);
    Live live(*this, *job.run);
    Outcome outcome;
    if (job.plan.kind == PlanKind::Undo) {
        auto run = monban::runToUndo(journalOf(*m_server), job.work->run);
        if (run && *run) outcome = executeUndo(std::move(**run), job.plan, *m_server, live, cancelled);
        else outcome.outcome = RunOutcome::Failed;
        if (!run) outcome.reason = run.error().message;
    } else {
        outcome = (job.plan.kind == PlanKind::Renewal ? renew : execute)(job.plan, *m_server, *materials, live, cancelled);
    }
    const bool waits = job.plan.revertAfter && outcome.run && outcome.outcome == RunOutcome::Done;
    // Whoever is told that the run ended sees the server as it is afterwards.
    lookNow(job, stop);
    tell([this, outcome = std::move(outcome), plan = job.plan, waits] {
        m_running.reset();
        m_noticed = outcome.findings;
        const bool isPractice = m_view && m_view->facts.machine && m_view->facts.machine->practice;
        if (waits) m_keeping = Keeping{*outcome.run, plan, std::chrono::steady_clock::now() + *plan.revertAfter, KeepAnswer::None, watches(plan) && !isPractice};
        if (m_listener) m_listener->runEnded(outcome);
    });
}

void Session::checkNow(const Job& job)
{
    if (job.checkStop.stop_requested()) return;
    const Materials none;
    RunLimits limits;
    limits.timeout = kCheckPatience;
    limits.stop = job.checkStop;
    const auto output = m_server->run(*job.check, none, [](const std::string&) {}, limits);
    tell([this, number = job.checkNumber, output] {
        if (!m_check || number != m_checkNumber) return;  // another was asked for since, or another page is open
        m_check->isRunning = false;
        if (output) {
            m_check->output = output->text;
            m_check->exitCode = output->exitCode;
        } else {
            m_check->problem = output.error().message;
        }
        if (m_listener) m_listener->runChanged();
    });
}

void Session::keepNow(Job& job, const std::stop_token& stop)
{
    Outcome outcome;
    outcome.run = job.kept;
    const auto kept = keepRun(*job.kept, *m_server);
    // Another Monban may have kept it, or taken it back: then there is nothing left to be said.
    if (!kept && kept.error().code == ErrorCode::NotFound) noteIfTakenBack(outcome, *m_server);
    else if (!kept) outcome.reason = kept.error().message;
    lookNow(job, stop);
    tell([this, outcome] {
        if (!outcome.reason.empty() && !outcome.takenBack && m_keeping) waitOn();
        else m_keeping.reset();
        if (m_listener) m_listener->keepingEnded(outcome);
    });
}

void Session::takeBackNow(Job& job, const std::stop_token& stop)
{
    Outcome outcome;
    outcome.run = job.takenBack;
    Progress nobody;
    if (waitsToBeKept(*job.takenBack, *m_server)) goBack(outcome, job.plan, *m_server, nobody);
    lookNow(job, stop);
    tell([this, outcome] {
        m_keeping.reset();
        m_noticed = outcome.findings;
        if (m_listener) m_listener->keepingEnded(outcome);
    });
}

}  // namespace monban::wizard
