// SPDX-License-Identifier: MIT
#pragma once
#include "app/wizard/pages/page.h"
#include "app/wizard/request_view.h"

class wxButton;
class wxChoice;
class wxRadioButton;

namespace monban::wizard {

class CertificateCard;
class FactCard;

/// Chapter 2.1: the PKCS#12 file and its password; or a request (CSR): its names, then the request itself to be handed to
/// the CA, then the CA's answer.
class CertificatePage final : public Page {
public:
    /// folder: where requests are saved unless the user says otherwise.
    CertificatePage(wxWindow* parent, Session& session, fs::path folder);

    void load() override;
    void store() override;
    void refresh() override;
    std::optional<Refusal> problem() const override;
    Message verb() const override { return {tr("Make the &request"), {}}; }
    std::pair<Mark, Message> state() const override;
    std::vector<LiveLine> status() const override;

private:
    void build() override;
    wxSizer* addSection();
    void addLines(wxSizer* section, const char* title, std::initializer_list<const char*> lines);
    void addFileSteps();
    void showParts();
    bool isRequest() const { return session().answers().certificate.source == CertificateAnswers::Source::Request; }

    // Of a request (certificate_request.cpp):
    void addRequestForm();
    void addHint(wxFlexGridSizer* form, const char* hint);
    void addNames(wxFlexGridSizer* form);
    void addKey(wxFlexGridSizer* form);
    void addPreview();
    void addMade();
    void addAnswer();
    wxTextCtrl* addReading(wxSizer* section, const char* label, const char* name, int lines);
    void loadRequest();
    void storeRequest();
    void refreshRequest();
    void showPreview();
    void suggestFile();
    void takeOver();
    void makeAnother();
    void copyRequest();
    void saveElsewhere();
    void continueLater();
    void say(const Message& said);
    RequestStage stage() const { return view() ? requestStage(*view()) : RequestStage::Form; }
    wxWindow* controlOf(const Error& error) const;
    std::optional<Refusal> requestProblem() const;
    std::pair<Mark, Message> requestState() const;
    LiveLine answerLine() const;

    fs::path m_folder;
    wxRadioButton* m_fromFile = nullptr;
    wxRadioButton* m_fromRequest = nullptr;
    wxFlexGridSizer* m_fileForm = nullptr;
    wxSizer* m_fileSteps = nullptr;
    wxTextCtrl* m_file = nullptr;
    wxTextCtrl* m_password = nullptr;
    CertificateCard* m_card = nullptr;

    wxFlexGridSizer* m_requestForm = nullptr;
    wxButton* m_takeOver = nullptr;
    std::vector<std::pair<std::string, wxWindow*>> m_controls;  ///< by their keys in the answers file
    wxTextCtrl* m_commonName = nullptr;
    wxTextCtrl* m_dnsNames = nullptr;
    wxTextCtrl* m_ipAddresses = nullptr;
    wxChoice* m_key = nullptr;
    wxChoice* m_provider = nullptr;
    wxTextCtrl* m_requestFile = nullptr;
    bool m_namesTouched = false;
    bool m_keyTouched = false;
    std::string m_suggested;  ///< a file name that follows the host name until the user gives another
    wxSizer* m_previewPart = nullptr;
    WrappedText* m_previewProblem = nullptr;
    FactCard* m_preview = nullptr;
    wxTextCtrl* m_policy = nullptr;
    wxSizer* m_madePart = nullptr;
    WrappedText* m_waits = nullptr;
    wxTextCtrl* m_pem = nullptr;
    WrappedText* m_copied = nullptr;
    wxFlexGridSizer* m_answerForm = nullptr;
    wxTextCtrl* m_issued = nullptr;
    wxSizer* m_requestSteps = nullptr;
    std::optional<std::pair<bool, RequestStage>> m_shownParts;
};

}  // namespace monban::wizard
