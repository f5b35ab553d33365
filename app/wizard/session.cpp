// SPDX-License-Identifier: MIT
#include "app/wizard/session.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "core/run/interrupted.h"
#include "core/run/planning.h"
#include "core/run/renewal.h"

namespace monban::wizard {
namespace {

constexpr auto kCheckPatience = std::chrono::seconds(30);
/// Nobody wants a file written with every key stroke.
constexpr auto kCalmBeforeKeeping = std::chrono::milliseconds(800);

/// What the materials are made of: with the same of these, the files need not be read again.
bool sameSources(const Answers& a, const Answers& b)
{
    return a.certificate == b.certificate && a.root == b.root && a.trust.intermediates == b.trust.intermediates &&
           a.verify.clientCertificate == b.verify.clientCertificate && a.troubleshoot.installCrl == b.troubleshoot.installCrl;
}

PlanKind kindOf(const Answers& answers) { return answers.certificate.replaces.empty() ? PlanKind::SetUp : PlanKind::Renewal; }

/// What a plan holds back, or would, because of that pitfall, in English.
std::set<std::string> saidOf(const Plan& plan, const std::string& pitfall)
{
    std::set<std::string> sentences;
    for (const auto* findings : {&plan.pitfalls, &plan.findings})
        for (const Finding& one : *findings)
            if (one.acceptedBy == pitfall) sentences.insert(inEnglish(one.message));
    return sentences;
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

Session::Session(std::shared_ptr<Server> server, Post post, fs::path draft)
    : m_journalFolder(server->journalFolder()), m_post(std::move(post)), m_server(std::move(server)), m_draft(std::move(draft))
{
    m_thread = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

Session::~Session()
{
    m_alive.reset();
    m_checkStop.request_stop();
    cancel();
    m_thread.request_stop();
    m_thread.join();
    // Nobody said that it is to be kept, and nobody can any more. (Somebody who did say so has had it kept by then.)
    try {
        Progress nobody;
        if (m_keeping && m_keeping->answer == KeepAnswer::Keep) (void)keepRun(m_keeping->run, *m_server);
        else if (m_keeping && waitsToBeKept(m_keeping->run, *m_server)) (void)monban::takeBack(m_keeping->run, *m_server, nobody, {});
    } catch (const std::exception&) {
        // The journal says that it waits: the next start offers both ways.
    }
    keepAnswers();
}

const JournalRun* View::interrupted() const
{
    return isHeld ? nullptr : runWithoutEnd(journaled);
}

void Session::tell(std::function<void()> call)
{
    m_post([alive = m_isAlive, call = std::move(call)] {
        if (!alive.expired()) call();
    });
}

PlanKind Session::kind() const { return m_work ? m_work->kind : kindOf(m_answers); }

void Session::startWork(const Work& work, Answers answers)
{
    if (!m_work) leaveAnswers();
    m_accepted.clear();
    m_work = work;
    m_answers = std::move(answers);
    answersChanged();
}

void Session::chooseRun(const std::string& run)
{
    if (!m_work || m_work->run == run) return;
    m_work->run = run;
    answersChanged();
}

void Session::accept(const std::string& pitfall, bool isAccepted)
{
    m_accepted.erase(pitfall);
    if (isAccepted && m_view) m_accepted.emplace(pitfall, saidOf(m_view->plan, pitfall));
    answersChanged();
}

void Session::setPassword(Secret password)
{
    m_password = std::move(password);
    ++m_passwordNumber;
}

void Session::answersChanged()
{
    ++m_number;
    if (!m_work) {
        const std::lock_guard guard(m_mutex);
        m_toKeep = ToKeep{m_answers, m_draft.epoch(), std::chrono::steady_clock::now() + kCalmBeforeKeeping};
    }
    look();
}

void Session::setPreview(std::function<void(Answers&)> change)
{
    if (!change && !m_preview) return;
    m_preview = std::move(change);
    ++m_previewNumber;
    look();
}

void Session::look() { enqueue(lookJob()); }

std::vector<Unfinished> Session::unfinished() const
{
    return unfinishedWork(m_work ? Answers() : m_answers, m_draft, m_view ? m_view->pending : std::vector<PendingRequest>());
}

void Session::resume(const Unfinished& work)
{
    m_work.reset();
    m_accepted.clear();
    if (work.of == Unfinished::Of::Session) return;
    if (work.of == Unfinished::Of::Draft) m_draft.takeOver();
    else m_draft.leave(m_answers);
    m_answers = work.answers;
    setPassword({});
    answersChanged();
}

void Session::startAfresh()
{
    if (!m_work && !saysSomething(m_answers)) return;
    leaveAnswers();
    answersChanged();
}

void Session::startRenewal(const Renewable& renewable)
{
    if (!m_work && m_answers.certificate.replaces == renewable.entry.certificate.thumbprintSha1) return;
    leaveAnswers();
    m_answers = answersToRenew(renewable);
    answersChanged();
}

void Session::leaveAnswers()
{
    if (!m_work) m_draft.leave(m_answers);
    m_work.reset();
    m_accepted.clear();
    m_answers = {};
    for (auto& [chapter, steps] : m_ran)
        if (!steps.empty()) m_earlier.emplace_back(chapter, std::move(steps));
    m_ran.clear();
    m_noticed.clear();
    setPassword({});
}

void Session::finish() { m_draft.finish(m_answers); }

Session::Job Session::lookJob() const
{
    Job job;
    job.number = m_number;
    job.answers = m_answers;
    job.work = m_work;
    job.accepted = m_accepted;
    job.password = m_password.clone();
    job.passwordNumber = m_passwordNumber;
    job.preview = m_preview;
    job.previewNumber = m_previewNumber;
    return job;
}

void Session::enqueue(Job job)
{
    {
        const std::lock_guard guard(m_mutex);
        // A look that has not begun is overtaken by this one; a run never is.
        if (!job.check) std::erase_if(m_jobs, [](const Job& waiting) { return !waiting.run && !waiting.check && !waiting.kept && !waiting.takenBack; });
        m_jobs.push_back(std::move(job));
    }
    m_wake.notify_one();
}

std::vector<std::size_t> Session::stepsOf(const Plan& plan, Chapter chapter)
{
    std::vector<std::size_t> steps;
    if (plan.kind != PlanKind::SetUp && plan.kind != PlanKind::Renewal) {
        for (std::size_t i = 0; chapter == kWorkChapter && i < plan.steps.size(); ++i) steps.push_back(i);
        return steps;
    }
    for (std::size_t last = plan.steps.size(); last-- > 0;) {
        if (plan.steps[last].chapter != chapter) continue;
        for (std::size_t i = 0; i <= last; ++i)
            if (plan.steps[i].chapter == chapter || (plan.kind == PlanKind::Renewal && chapter == Chapter::Bind && plan.steps[i].chapter == Chapter::Import) || (chapter == Chapter::Import && plan.steps[i].chapter == Chapter::Trust)) steps.push_back(i);
        break;
    }
    return steps;
}

std::vector<std::size_t> Session::needed(Chapter chapter) const
{
    if (!m_view) return {};
    std::vector<std::size_t> steps = stepsOf(m_view->plan, chapter);
    std::erase_if(steps, [&](std::size_t i) { return m_view->plan.steps[i].state == StepState::Done; });
    return steps;
}

std::vector<Step> Session::coming(Chapter chapter) const
{
    std::vector<Step> steps;
    if (!m_view) return steps;
    const Plan& plan = hasPreview() ? *m_view->preview : m_view->plan;
    for (const std::size_t i : stepsOf(plan, chapter))
        if (plan.steps[i].state != StepState::Done) steps.push_back(plan.steps[i]);
    return steps;
}

bool Session::canAskForRights(Chapter chapter) const
{
    if (!m_view || !m_view->facts.machine || m_view->facts.machine->practice) return false;
    bool isLacking = false;
    for (const std::size_t i : stepsOf(m_view->plan, chapter)) {
        const Step& step = m_view->plan.steps[i];
        if (step.lacksRights) isLacking = true;
        else if (step.state != StepState::Done && step.state != StepState::Needed) return false;
    }
    return isLacking;
}

bool Session::has(Chapter chapter, StepState state) const
{
    if (!m_view) return false;
    const auto steps = stepsOf(m_view->plan, chapter);
    return std::ranges::any_of(steps, [&](std::size_t i) { return m_view->plan.steps[i].state == state; });
}

void Session::run(Chapter chapter)
{
    if (m_running || m_keeping) return;
    m_running = chapter;
    m_isBegun = false;
    if (!m_ran[chapter].empty()) m_earlier.emplace_back(chapter, std::move(m_ran[chapter]));
    m_ran[chapter].clear();
    if (isCurrent()) begin(chapter);
    else look();
}

void Session::arrived(unsigned number, std::shared_ptr<const View> view)
{
    m_view = std::move(view);
    m_viewNumber = number;
    if (isCurrent()) std::erase_if(m_accepted, [&](const auto& one) { return !m_view->accepted.contains(one.first); });
    m_problem.reset();
    if (m_listener) m_listener->viewChanged();
    if (m_running && !m_isBegun && isCurrent()) begin(*m_running);
}

void Session::begin(Chapter chapter)
{
    m_isBegun = true;
    m_checkStop.request_stop();  // a run does not wait for it
    Job job = lookJob();
    job.run = chapter;
    job.plan = m_view->plan;
    job.plan.steps.clear();
    for (const std::size_t i : stepsOf(m_view->plan, chapter)) job.plan.steps.push_back(m_view->plan.steps[i]);
    // Of this chapter, and as long as the user wants by now.
    job.plan.revertAfter = shallBeConfirmed(job.plan) ? std::optional(timeToKeep()) : std::nullopt;
    {
        const std::lock_guard guard(m_mutex);
        m_cancel = std::stop_source();
    }
    enqueue(std::move(job));
}

void Session::cancel()
{
    if (m_running && !m_isBegun) {  // it still waits for a look: nothing has begun, and nothing will
        m_running.reset();
        Outcome outcome;
        outcome.outcome = RunOutcome::Cancelled;
        tell([this, outcome] {
            if (m_listener) m_listener->runEnded(outcome);
        });
        return;
    }
    const std::lock_guard guard(m_mutex);
    m_cancel.request_stop();
}

void Session::check(const std::string& text, const Command& command)
{
    forgetCheck();
    m_check = RanCheck{text, {}, {}, {}, true};
    m_checkStop = std::stop_source();
    Job job;
    job.check = command;
    job.checkNumber = ++m_checkNumber;
    job.checkStop = m_checkStop.get_token();
    enqueue(std::move(job));
    if (m_listener) m_listener->runChanged();
}

void Session::answerCheck(const std::string& text, const Message& answer)
{
    ++m_checkNumber;
    m_check = RanCheck{text, {}, {}, answer, false};
    if (m_listener) m_listener->runChanged();
}

void Session::forgetCheck()
{
    m_checkStop.request_stop();
    m_check.reset();
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

const std::vector<RanStep>& Session::ran(Chapter chapter) const
{
    static const std::vector<RanStep> kNone;
    const auto found = m_ran.find(chapter);
    return found == m_ran.end() ? kNone : found->second;
}

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
        return planOn(*m_server, answers, materials, pitfalls, work ? work->kind : kindOf(answers));
    };
    Planned planned = planWith();
    const auto saysMore = [&](const auto& one) { return !std::ranges::includes(one.second, saidOf(planned.plan, one.first)); };
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

void Session::answerKeeping(bool isKept)
{
    if (!m_keeping || m_keeping->isAnswered()) return;
    m_keeping->answer = isKept ? KeepAnswer::Keep : KeepAnswer::TakeBack;
    Job job = lookJob();
    (isKept ? job.kept : job.takenBack) = m_keeping->run;
    job.plan = m_keeping->plan;
    enqueue(std::move(job));
}

/// The answer could not be made true: it is asked for again, with all the time there is.
void Session::waitOn()
{
    m_keeping->answer = KeepAnswer::None;
    m_keeping->end = std::chrono::steady_clock::now() + timeToKeep();
}

void Session::keepEarlier(const std::string& run)
{
    Job job = lookJob();
    job.kept = run;
    enqueue(std::move(job));
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
