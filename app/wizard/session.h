// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/wizard/draft.h"
#include "app/wizard/unfinished.h"
#include "core/model/answers.h"
#include "core/model/materials.h"
#include "core/observe/server.h"
#include "core/plan/plan.h"
#include "core/plan/drift.h"
#include "core/plan/renewal.h"
#include "core/run/execute.h"
#include "core/run/keep.h"
#include "core/run/planning.h"

namespace monban::wizard {

/// One look at the server, with the plan that follows from the answers of that moment. Pages show it and never change it.
struct View {
    Answers answers;
    std::shared_ptr<const Materials> materials;
    Facts facts;
    Plan plan;
    std::set<std::string> accepted;  ///< the pitfalls it was planned in spite of
    std::optional<Plan> preview;  ///< of the answers as setPreview() would have them
    unsigned previewNumber = 0;   ///< which one
    std::vector<PendingRequest> pending;  ///< requests that wait on the server, whatever the answers
    JournalRuns journaled;
    std::vector<Deviation> drift;  ///< what is no longer as it was last approved
    bool isHeld = false;           ///< another Monban is at work on this server
    Time at{};

    /// The latest run, where it was cut off and nobody is at it.
    const JournalRun* interrupted() const;
};

/// The chapter that the one page of such work stands for: all steps are its own, and of no other page.
constexpr Chapter kWorkChapter = Chapter::Bind;

/// What the window is for besides what the answers are about.
struct Work {
    PlanKind kind = PlanKind::Removal;  ///< neither set-up nor renewal
    std::string run = {};               ///< of an undo; empty: the latest that stands
    friend bool operator==(const Work&, const Work&) = default;
};

/// A run that is taken back unless the user keeps it.
struct Keeping {
    std::string run;
    Plan plan;
    std::chrono::steady_clock::time_point end;
    KeepAnswer answer = KeepAnswer::None;  ///< which is being made true at this moment
    /// A scheduled task takes it back, should this program be gone. On a practice server none runs unless it is served elsewhere.
    bool isWatched = false;
    bool isAnswered() const { return answer != KeepAnswer::None; }
};

/// A step that was run since the program started, for the commands pane.
struct RanStep {
    Step step;
    std::string output;
    std::optional<StepResult> result;  ///< nothing: it runs at this moment
};

/// A read-only command the user asked for, and what it said.
struct RanCheck {
    std::string text;  ///< as it is typed
    std::string output;
    std::optional<int> exitCode;
    Message problem;
    bool isRunning = true;
};

/// Told on the window's thread.
class SessionListener {
public:
    virtual ~SessionListener() = default;
    virtual void viewChanged() {}
    virtual void runChanged() {}
    virtual void runEnded(const Outcome&) {}
    /// What waited to be kept is kept, or was taken back as the outcome says (its findings); a reason where neither could be.
    virtual void keepingEnded(const Outcome&) {}
    /// A look or run broke off by what should not happen; nothing waits for it any more.
    virtual void failed(const Error&) {}
};

/// The wizard without its window: what the user decided, the last look at the server, and one thread that does the
/// looking and running, so that the window never waits. All functions are for the window's thread.
class Session {
public:
    /// post: brings a call to the window's thread (wxApp::CallAfter), from any thread.
    using Post = std::function<void(std::function<void()>)>;
    /// draft: the file that keeps the answers between starts; empty: they are not kept.
    Session(std::shared_ptr<Server> server, Post post, fs::path draft = {});
    ~Session();

    Answers& answers() { return m_answers; }
    /// A renewal is what answers are about that name the certificate to be replaced; other work is begun by startWork().
    PlanKind kind() const;
    /// In the place of what was answered so far, which is kept and can be gone on with.
    void startWork(const Work& work, Answers answers = {});
    const std::string& runToUndo() const { return m_work ? m_work->run : m_noRun; }
    void chooseRun(const std::string& run);
    /// In the place of what was answered so far, which can be gone on with until something new is typed.
    void startRenewal(const Renewable& renewable);
    /// What the last run of a renewal noticed: what visitors met, and whether it went back.
    const std::vector<Finding>& noticed() const { return m_noticed; }
    /// The password of the PKCS#12 file, from its field. It is kept as a Secret and nowhere else.
    void setPassword(Secret password);
    const Secret& password() const { return m_password; }
    /// What the last plan holds back because of that pitfall (Finding::acceptedBy) is to be done all the same; or not after all.
    /// It counts for what the plan says of it at this moment: once that is another record or another list, it has to be said anew.
    void accept(const std::string& pitfall, bool isAccepted);
    bool isAccepted(const std::string& pitfall) const { return m_accepted.contains(pitfall); }
    /// Separated by commas.
    std::string accepted() const;
    void setListener(SessionListener* listener) { m_listener = listener; }
    bool isListener(const SessionListener* listener) const { return m_listener == listener; }
    /// Where it still is that one: a window that goes must not silence the one that came in its place.
    void removeListener(const SessionListener* listener)
    {
        if (m_listener == listener) m_listener = nullptr;
    }

    /// The last look; nothing before the first has ended.
    std::shared_ptr<const View> view() const { return m_view; }
    /// True when the last look was made with the answers as they are now, and nothing has run since.
    bool isCurrent() const { return m_view && m_viewNumber == m_number; }

    /// The answers were changed: look and plan anew, soon.
    void answersChanged();
    /// What a button that is not pressed yet would change in the answers: each look plans that, too, so that what it would
    /// run can be read before. Null: nothing of the kind.
    void setPreview(std::function<void(Answers&)> change);
    /// The last look has planned it.
    bool hasPreview() const { return m_preview && m_view && m_view->preview && m_view->previewNumber == m_previewNumber; }
    /// Look again, with the same answers.
    void look();

    /// What the start page offers to go on with.
    std::vector<Unfinished> unfinished() const;
    void resume(const Unfinished& work);
    /// Empty answers. Those that were given can be gone on with until something new is typed.
    void startAfresh();
    /// Everything is done and was seen to be: these answers are not offered again.
    void finish();
    /// The answers are written now, and not a moment after they changed: the window goes.
    void keepAnswers()
    {
        if (!m_work) m_draft.save(m_answers, m_draft.epoch());
    }
    const Draft& draft() const { return m_draft; }

    /// The steps a chapter's page runs: its own; and before the import those of trust that stand before it in the plan,
    /// since an issued certificate is accepted only once its root is trusted.
    static std::vector<std::size_t> stepsOf(const Plan& plan, Chapter chapter);
    /// Those of them that would run.
    std::vector<std::size_t> needed(Chapter chapter) const;
    bool has(Chapter chapter, StepState state) const;
    /// Whether all that hinders its steps are missing administrator rights, which this program can ask for: on a practice
    /// server nobody can.
    bool canAskForRights(Chapter chapter) const;
    /// The steps that would run, as they are shown before: of the preview where there is one.
    std::vector<Step> coming(Chapter chapter) const;

    /// Runs what is needed for the chapter as soon as the plan is that of the answers as they are now; what is blocked by
    /// then does not run, and runEnded() says so. One run at a time.
    void run(Chapter chapter);
    void cancel();
    bool isRunning() const { return m_running.has_value(); }
    std::optional<Chapter> running() const { return m_running; }
    /// Settings that could shut people out stay only if the user says so within this time (run/keep.h).
    void setTimeToKeep(std::chrono::seconds time) { m_timeToKeep = time; }
    std::chrono::seconds timeToKeep() const { return m_timeToKeep; }
    /// The run that waits for that word; nothing may run meanwhile. viewChanged() tells when the word has come true.
    const std::optional<Keeping>& keeping() const { return m_keeping; }
    void keep() { answerKeeping(true); }
    void takeBack() { answerKeeping(false); }
    /// Of a run that an earlier start left so.
    void keepEarlier(const std::string& run);
    const std::vector<RanStep>& ran(Chapter chapter) const;
    /// Those that another run of the same chapter followed.
    const std::vector<std::pair<Chapter, std::vector<RanStep>>>& earlierRuns() const { return m_earlier; }

    /// Runs a command that only reads, after whatever runs now; runChanged() tells when it has.
    void check(const std::string& text, const Command& command);
    /// One that does not run here: why not, where its output would stand.
    void answerCheck(const std::string& text, const Message& answer);
    /// What was asked for is stopped, and its output not shown any more.
    void forgetCheck();
    const std::optional<RanCheck>& lastCheck() const { return m_check; }

    const std::optional<Error>& problem() const { return m_problem; }
    fs::path journalFolder() const { return m_journalFolder; }

private:
    /// The ids of pitfalls, and what was said of each when it was accepted (in English).
    using Accepted = std::map<std::string, std::set<std::string>>;
    struct Job {
        unsigned number = 0;
        Answers answers;
        Secret password;
        unsigned passwordNumber = 0;
        std::optional<Work> work;
        Accepted accepted;
        std::optional<Chapter> run;
        std::optional<std::string> kept;       ///< a run that is to be kept
        std::optional<std::string> takenBack;  ///< one that is to be taken back
        Plan plan;
        std::function<void(Answers&)> preview;
        unsigned previewNumber = 0;
        std::optional<Command> check;
        unsigned checkNumber = 0;
        std::stop_token checkStop;
    };
    /// Answers that wait for a calm moment to be written.
    struct ToKeep {
        Answers answers;
        unsigned epoch = 0;
        std::chrono::steady_clock::time_point due;
    };
    struct Task {
        std::optional<Job> job;
        std::optional<ToKeep> toKeep;
    };
    class Live;

    static PlanKind kindOf(const Answers& answers, const std::optional<Work>& work);
    void leaveAnswers();
    Job lookJob() const;  ///< of what the user has decided by now
    void begin(Chapter chapter);
    void arrived(unsigned number, std::shared_ptr<const View> view);
    void work(const std::stop_token& stop);
    Task nextTask(const std::stop_token& stop);
    void lookNow(Job& job, const std::stop_token& stop);
    void runNow(Job& job, const std::stop_token& stop);
    void checkNow(const Job& job);
    void keepNow(Job& job, const std::stop_token& stop);
    void takeBackNow(Job& job, const std::stop_token& stop);
    void answerKeeping(bool isKept);
    void waitOn();
    /// What no longer says what it said when it was accepted is taken out of accepted.
    Planned planNow(const Answers& answers, const Materials& materials, const std::optional<Work>& work, Accepted& accepted);
    void enqueue(Job job);
    std::shared_ptr<const Materials> materialsFor(const Job& job, const std::stop_token& stop);
    /// Brings a call to the window's thread, dropped if the session is gone by then.
    void tell(std::function<void()> call);

    // The window's thread:
    Answers m_answers;
    std::optional<Work> m_work;
    Accepted m_accepted;
    const std::string m_noRun;
    std::atomic<std::chrono::seconds> m_timeToKeep = kTimeToKeep;
    std::optional<Keeping> m_keeping;
    std::function<void(Answers&)> m_preview;
    unsigned m_previewNumber = 0;
    Secret m_password;
    SessionListener* m_listener = nullptr;
    std::shared_ptr<const View> m_view;
    unsigned m_number = 0;      ///< of the answers; counts up with each change
    unsigned m_viewNumber = 0;
    unsigned m_passwordNumber = 0;
    std::optional<Chapter> m_running;
    bool m_isBegun = false;  ///< false while the run waits for a current view
    std::map<Chapter, std::vector<RanStep>> m_ran;
    std::vector<std::pair<Chapter, std::vector<RanStep>>> m_earlier;
    std::vector<Finding> m_noticed;
    std::optional<RanCheck> m_check;
    unsigned m_checkNumber = 0;
    std::optional<Error> m_problem;
    fs::path m_journalFolder;
    Post m_post;
    std::shared_ptr<int> m_alive = std::make_shared<int>();
    const std::weak_ptr<int> m_isAlive{m_alive};  ///< for the worker, which may tell something while this goes

    // The worker's thread:
    std::shared_ptr<Server> m_server;
    std::shared_ptr<const Materials> m_materials;
    std::optional<Answers> m_materialsOf;
    unsigned m_materialsPassword = 0;

    // Both:
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<Job> m_jobs;
    Draft m_draft;
    std::optional<ToKeep> m_toKeep;
    std::stop_source m_cancel;
    std::stop_source m_checkStop;
    std::jthread m_thread;  // last: joined before the rest goes
};

}  // namespace monban::wizard
