// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"
#include "app/wizard/practice_host.h"

class wxRadioButton;

namespace monban::wizard {

/// Chapter 5: the symptom is chosen, and beneath stands what helps, as tasks that run and can be taken back.
class TroubleshootPage final : public Page {
public:
    /// practice: null on a real server.
    TroubleshootPage(wxWindow* parent, Session& session, const PracticeHost* practice);

    bool isOnTheWay() const override { return false; }
    void load() override;
    void refresh() override;
    std::pair<Mark, Message> state() const override { return {Mark::Information, {tr("when needed"), {}}}; }
    std::optional<Refusal> problem() const override { return std::nullopt; }
    std::vector<LiveLine> status() const override;
    Chapter commandsOf() const override;

    void ended(bool isDone) override;

    /// The symptoms, in the order of 5.1 to 5.5.
    enum class Symptom { Warning, Revocation, Flush, Check, Sample };
    void choose(Symptom symptom);
    /// Missing rights hinder what a button would do: this page is wanted with them.
    std::function<void()> onElevate;

private:
    void build() override;
    void addSymptom(const char* label, const char* name);
    void addWarning();
    void addRevocation();
    void addFlush();
    void addCheck();
    void addSample();
    WrappedText* add(const Message& text);
    void addHeading(const char* text);
    void addButtons(const std::vector<std::tuple<const char*, const char*, std::function<void()>>>& actions);
    void run(Chapter chapter);
    void switchCheck(bool isOn);
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
    WrappedText* m_names = nullptr;
    WrappedText* m_root = nullptr;
    WrappedText* m_byHand = nullptr;
    WrappedText* m_said = nullptr;
    std::string m_previewed;
    bool m_isPlaced = false;  ///< the sample page is there
    std::optional<TroubleshootAnswers> m_before;  ///< while a button's run goes on
    std::optional<bool> m_checkBefore;
    bool m_wasBound = false;  ///< the chapter that binds had nothing left to do
};

}  // namespace monban::wizard
