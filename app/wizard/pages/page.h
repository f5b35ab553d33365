// SPDX-License-Identifier: MIT
#pragma once
#include <wx/scrolwin.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/wizard/session.h"
#include "app/wizard/text.h"
#include "app/wizard/widgets/state_mark.h"
#include "core/report/live_lines.h"

class wxButton;
class wxCheckBox;
class wxFlexGridSizer;
class wxSizer;
class wxTextCtrl;

namespace monban::wizard {

class FindingList;
class WrappedText;

/// Why Next must wait, and the control that mends it.
struct Refusal {
    Message why;
    wxWindow* where = nullptr;
};

/// A chapter of the wizard. It keeps no answers: load() shows them, store() writes back what is on screen, problem() says
/// why Next must wait. Back is always possible. What follows from a look at the server comes with refresh().
class Page : public wxScrolledWindow {
public:
    Page(wxWindow* parent, Session& session, Chapter chapter, const Message& instruction, const Message& introduction);

    /// Makes the controls; before that only what the rail and the way ask may be called: chapter(), word(), isOnTheWay(),
    /// state(). A page is made when it is first opened: nobody waits at the start for pages that may never be seen.
    void make();
    bool isMade() const { return m_content != nullptr; }

    Chapter chapter() const { return m_chapter; }
    virtual const char* word() const { return name(m_chapter); }
    /// How the rail lists it, and where the procedure describes it.
    virtual Message entry() const { return title(m_chapter); }
    virtual const char* place() const { return number(m_chapter); }
    /// Whether the rail lists it and the way from first to last leads through it.
    virtual bool isOnTheWay() const { return true; }

    /// What was typed on this page of a window that goes, also where it is no answer (a password): load() brings back the rest.
    virtual void takeOver(const Page& old);
    virtual void load();
    virtual void store();
    virtual void refresh();
    virtual std::optional<Refusal> problem() const;
    /// What the forward button says where something is to be run: a verb of its own ("Import").
    virtual Message verb() const { return {tr("&Next"), {}}; }
    virtual std::vector<LiveLine> status() const;
    /// The chapter whose steps the commands pane shows.
    virtual Chapter commandsOf() const { return m_chapter; }
    /// How the rail shows the chapter.
    virtual std::pair<Mark, Message> state() const;
    /// True where Next is to run the chapter's steps first.
    bool runs() const;

    /// What this page ran has ended; not done: stopped, failed, or broken off.
    virtual void ended(bool isDone) { (void)isDone; }
    /// Tells the frame that status(), state() or commandsOf() is another, without a look at the server.
    std::function<void()> onChanged;

    /// While a run waits to be kept nothing else may run: then this says so, and is true.
    bool isHeldBack();

    /// Shows why Next waits and moves the focus there; nothing takes the words away.
    void refuse(const std::optional<Refusal>& refusal);

protected:
    /// The page's own controls, into content().
    virtual void build() = 0;
    Session& session() const { return m_session; }
    const View* view() const { return m_session.view().get(); }
    Time serverTime() const;
    /// The PKCS#12 file of the answers, where it could be opened, and the server's certificate in it.
    const Pkcs12Material* pkcs12() const;
    const Certificate* fileCertificate() const;
    /// The name browsers will open: the first host name of the file's certificate, or of the request, or else the common name;
    /// one with an asterisk opens nothing. Empty where there is none.
    std::string siteHost() const;

    /// A form's rows: the label stands immediately before its control, which is how screen readers name it.
    wxFlexGridSizer* addForm();
    /// What people paste is made what they mean (model/pasted.h): of a name it stays as it is, a word is ASCII by nature.
    enum class Kind { Name, Word, SitePath };
    wxTextCtrl* addText(wxFlexGridSizer* form, const char* label, const char* name, std::function<std::string&(Answers&)> answer,
                        Kind kind = Kind::Name);
    wxTextCtrl* addFile(wxFlexGridSizer* form, const char* label, const char* name, const wxString& wildcard,
                        std::function<std::string&(Answers&)> answer, bool isSaved = false);
    void addRow(wxFlexGridSizer* form, const char* label, wxWindow* control);
    /// Buttons in a row beneath what that sizer holds already, and what each does.
    struct ButtonAction {
        const char* label;
        const char* name;
        std::function<void()> action;
    };
    std::vector<wxButton*> addButtons(wxSizer& into, const std::vector<ButtonAction>& actions);
    void addContent(wxWindow* window, int proportion = 0);
    void addContent(wxSizer* sizer);
    WrappedText* addParagraph(const Message& text);
    /// How long the user has to say that the settings are to be kept (Session::timeToKeep()).
    void addTimeToKeep();
    wxSizer* content() const { return m_content; }
    /// The user changed a control: the answers follow, and the plan.
    void changed();
    void showFindings(const std::vector<Finding>& findings);
    /// Of the chapter's blocked steps and of what is known of the server and its files.
    std::vector<Finding> findingsOf(Chapter chapter) const;
    /// Those of the plan's pitfalls that the user can accept, for a page that does not show all of them.
    void addAcceptable(std::vector<Finding>& findings) const;

private:
    struct Field {
        std::function<void(Answers)> load;
        std::function<void(Answers&)> store;
    };

    Session& m_session;
    Chapter m_chapter;
    Message m_instruction;
    Message m_introduction;
    wxSizer* m_content = nullptr;
    FindingList* m_findings = nullptr;
    FindingList* m_refusal = nullptr;
    std::vector<Field> m_fields;
    bool m_isLoading = false;
};

}  // namespace monban::wizard
