// SPDX-License-Identifier: MIT
#include "app/wizard/session.h"

#include <algorithm>

#include "core/run/interrupted.h"

namespace monban::wizard {
namespace {

/// Nobody wants a file written with every key stroke.
constexpr auto kCalmBeforeKeeping = std::chrono::milliseconds(800);

}  // namespace

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

PlanKind Session::kindOf(const Answers& answers, const std::optional<Work>& work)
{
    if (work) return work->kind;
    return answers.certificate.replaces.empty() ? PlanKind::SetUp : PlanKind::Renewal;
}

PlanKind Session::kind() const { return kindOf(m_answers, m_work); }

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
    if (isAccepted && m_view) {
        auto sentences = m_view->plan.saidOf(pitfall);
        if (hasPreview()) sentences.merge(m_view->preview->saidOf(pitfall));
        m_accepted.emplace(pitfall, std::move(sentences));
    }
    answersChanged();
}

std::string Session::accepted() const
{
    std::string ids;
    for (const auto& [pitfall, sentences] : m_accepted) ids += (ids.empty() ? "" : ",") + pitfall;
    return ids;
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
    if (work.of == Unfinished::Of::Session) return;
    m_accepted.clear();
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

const std::vector<RanStep>& Session::ran(Chapter chapter) const
{
    static const std::vector<RanStep> kNone;
    const auto found = m_ran.find(chapter);
    return found == m_ran.end() ? kNone : found->second;
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

}  // namespace monban::wizard
