// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/background.h"
#include "app/wizard/pages/page.h"
#include "app/wizard/practice_host.h"
#include "core/pki/revocation.h"

class wxButton;
class wxChoice;
class wxRadioButton;

namespace monban::wizard {

class FactCard;

/// Chapter 5: the symptom is chosen, and beneath stands what helps, as tasks that run and can be taken back.
class TroubleshootPage final : public Page {
public:
    /// practice: null on a real server.
    TroubleshootPage(wxWindow* parent, Session& session, const PracticeHost* practice);

    bool isOnTheWay() const override { return false; }
    void takeOver(const Page& old) override;
    void load() override;
    void refresh() override;
    std::pair<Mark, Message> state() const override { return {Mark::Information, {tr("when needed"), {}}}; }
    std::optional<Refusal> problem() const override { return std::nullopt; }
    std::vector<LiveLine> status() const override;
    Chapter commandsOf() const override;

    void ended(bool isDone) override;
    bool isLooking() const { return m_isLooking; }

    /// The symptoms, in the order of 5.1 to 5.5; last, what Monban itself warns of.
    enum class Symptom { Warning, Revocation, Flush, Check, Sample, Pitfall };
    void choose(Symptom symptom);
    /// Missing rights hinder what a button would do: this page is wanted with them.
    std::function<void()> onElevate;

private:
    void build() override;
    void addSymptom(const char* label, const char* name);
    void addWarning();
    /// 5.1 for the site as it is, or for the file of the earlier pages.
    void lookNow();
    void judgeFile();
    VerdictQuestion verdictQuestion() const;
    void showVerdict(const Verdict& verdict);
    void hideEmpty();
    void addRevocation();
    std::optional<RevocationVerdict> revocation() const;
    /// Its verdict, where it is the symptom that was chosen.
    std::optional<RevocationVerdict> showRevocation();
    void addFlush();
    void addCheck();
    void addSample();
    void addMending();
    /// The pitfalls that a plan can mend, as they were last seen; the chosen one stays chosen, or is that one.
    void showMendable(std::string chosen = {});
    /// What hinders the mending that is previewed, and what of it can be accepted.
    void addOfMending(std::vector<Finding>& findings) const;
    std::string chosenPitfall() const;
    WrappedText* add(const Message& text);
    WrappedText* addHeading(const char* text);
    void run(Chapter chapter);
    void switchCheck(bool isOn);
    /// Off for the chosen time, where a scheduled task can end it.
    bool canPause() const;
    Time pauseEnd() const;
    /// The task that will turn it on again; nullptr: none is there.
    const ScheduledTask* resumeTask() const;
    std::string endpoint() const;
    void installList();
    void change(const std::function<void(Answers&)>& how, Chapter chapter);
    void say(const Message& text);
    void saveRoot();
    void showSymptom();
    void preview();
    bool isChosen(Symptom symptom) const;
    const Certificate* rootCertificate() const;
    const Certificate* shownCertificate() const;
    const SslRecord* record() const;

    const PracticeHost* m_practice;
    std::vector<wxRadioButton*> m_symptoms;
    std::vector<wxSizer*> m_sections;
    wxSizer* m_adding = nullptr;  ///< the section that is built
    /// What is said of one of the three questions of 5.1.
    struct CheckTexts {
        WrappedText* heading = nullptr;
        WrappedText* onServer = nullptr;
        WrappedText* onClient = nullptr;
    };
    std::vector<CheckTexts> m_checks;
    wxButton* m_look = nullptr;
    bool m_isLooking = false;
    FactCard* m_lists = nullptr;
    WrappedText* m_noLists = nullptr;
    WrappedText* m_names = nullptr;
    WrappedText* m_root = nullptr;
    wxChoice* m_hours = nullptr;
    WrappedText* m_pause = nullptr;
    WrappedText* m_byHand = nullptr;
    wxChoice* m_pitfalls = nullptr;
    wxButton* m_mend = nullptr;
    WrappedText* m_noPitfalls = nullptr;
    WrappedText* m_elsewhere = nullptr;
    std::vector<std::string> m_mendable;  ///< the ids of m_pitfalls
    WrappedText* m_said = nullptr;
    static inline const std::string kMend = "mend ";  ///< before the pitfall's id in m_previewed
    std::string m_previewed;
    bool m_isPlaced = false;  ///< the sample page is there
    std::optional<TroubleshootAnswers> m_before;  ///< while a button's run goes on
    std::optional<bool> m_checkBefore;
    bool m_wasBound = false;  ///< the chapter that binds had nothing left to do
    Background m_background;
};

}  // namespace monban::wizard
