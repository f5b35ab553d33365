// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"

class wxCheckBox;
class wxCheckListBox;
class wxChoice;
class wxListBox;

namespace monban::wizard {

class FindingList;

/// What the page of that word is for, where it is one of these.
std::optional<PlanKind> workNamed(const std::string& pageWord);

/// The one page of a work whose plan has no chapters: all its steps, what is to be known before, and what became of it.
class WorkPage : public Page {
public:
    using Page::Page;

    const char* place() const override { return ""; }  // the procedure knows none of it
    void refresh() override;
    std::vector<LiveLine> status() const override;
    std::pair<Mark, Message> state() const override;

protected:
    /// Shows what there is to choose from; true where something is others than before.
    virtual void showChoice() {}
};

/// A run is chosen, and taken back.
class UndoPage final : public WorkPage {
public:
    UndoPage(wxWindow* parent, Session& session);
    const char* word() const override { return "undo"; }
    Message entry() const override { return {tr("Take a run back"), {}}; }
    Message verb() const override { return {tr("&Take this run back"), {}}; }

private:
    void build() override;
    void showChoice() override;

    wxListBox* m_runs = nullptr;
    std::vector<std::string> m_names;
    std::vector<std::string> m_shown;
};

/// A site is chosen, and the set-up taken off it.
class RemovePage final : public WorkPage {
public:
    RemovePage(wxWindow* parent, Session& session);
    const char* word() const override { return "remove"; }
    Message entry() const override { return {tr("Take the set-up off"), {}}; }
    Message verb() const override { return {tr("&Take the set-up off"), {}}; }
    std::optional<Refusal> problem() const override;

private:
    void build() override;
    void showChoice() override;

    wxChoice* m_sites = nullptr;
    wxCheckBox* m_agreed = nullptr;
    std::vector<std::string> m_names;
};

/// Certificates and root CAs that have had their day are chosen, and go.
class RetirePage final : public WorkPage {
public:
    RetirePage(wxWindow* parent, Session& session);
    const char* word() const override { return "retire"; }
    Message entry() const override { return {tr("Remove what is old"), {}}; }
    Message verb() const override { return {tr("&Remove them"), {}}; }
    std::optional<Refusal> problem() const override;

private:
    void build() override;
    void showChoice() override;

    wxCheckListBox* m_list = nullptr;
    std::vector<std::pair<bool, std::string>> m_entries;  ///< whether it is a root CA, and its thumbprint
};

/// What was changed since it was approved, by whom, and the way back.
class PutBackPage final : public WorkPage {
public:
    PutBackPage(wxWindow* parent, Session& session);
    const char* word() const override { return "drift"; }
    Message entry() const override { return {tr("What was changed"), {}}; }
    Message verb() const override { return {tr("&Put it back"), {}}; }

private:
    void build() override;
    void showChoice() override;

    FindingList* m_list = nullptr;
};

}  // namespace monban::wizard
