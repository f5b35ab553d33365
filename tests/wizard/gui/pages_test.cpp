// SPDX-License-Identifier: MIT
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/radiobut.h>
#include <wx/textctrl.h>

#include <map>

#include "app/wizard/no_server.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

/// A page on which nothing was answered: where the person is led; null: nowhere on this page.
struct Unanswered {
    const char* word;
    const char* focus;
};
constexpr Unanswered kUnanswered[] = {{"certificate", "certificate-file"}, {"root", "root-file"}, {"import", nullptr},
                                      {"trust", nullptr}, {"bind", nullptr}, {"require", nullptr}};

class UnansweredPage : public WindowTest, public testing::WithParamInterface<Language> {};

TEST_P(UnansweredPage, RefusesNextAndSaysWhyAndLetsBackReturn)
{
    switchTo(GetParam());
    for (const Unanswered& one : kUnanswered) {
        SCOPED_TRACE(one.word);
        openPage(one.word);
        const std::size_t here = frame().current();
        next();
        ASSERT_TRUE(becomesCalm());
        ASSERT_EQ(frame().current(), here) << "Next went on";
        EXPECT_FALSE(refusal().empty());
        if (one.focus) {
            EXPECT_EQ(focused(), one.focus);
        }
        back();
        EXPECT_EQ(frame().current(), here - 1);
        EXPECT_TRUE(refusal().empty());
    }
}

INSTANTIATE_TEST_SUITE_P(In, UnansweredPage, testing::Values(Language::English, Language::Japanese),
                         [](const auto& one) { return one.param == Language::Japanese ? "Japanese" : "English"; });

using HalfAnswered = WindowTest;

TEST_F(HalfAnswered, APageLeadsToTheControlThatMendsIt)
{
    openPage("certificate");
    fill("certificate-file", ca("server.p12"));
    fill("certificate-password", "not this one");
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(focused(), "certificate-password") << refusal();
    fill("certificate-password", password());
    next();
    ASSERT_TRUE(reaches("root"));
    fill("root-file", ca("ia1.der"));
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(focused(), "root-confirmed") << refusal();
    choose("root-from-address");
    fill("root-address", "http://ca.example/root.der");
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(focused(), "published-fingerprint") << refusal();
    choose("root-from-file");
    EXPECT_EQ(find<wxTextCtrl>("root-file")->GetValue().utf8_string(), ca("ia1.der"));
    ASSERT_TRUE(becomesCalm());
    tick("root-confirmed");
    openPage("trust");
    fill("ctl-store", "");
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(focused(), "ctl-store") << refusal();
    openPage("verify");
    fill("verify-address", "ftp://nowhere");
    press("test");
    EXPECT_EQ(focused(), "verify-address") << refusal();
}

TEST_F(HalfAnswered, RequiringCertificatesIsToBeConfirmed)
{
    goTo("require");
    next();
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(word(), "require");
    EXPECT_EQ(focused(), "agreed") << refusal();
}

TEST_F(HalfAnswered, WithoutAServerTheFirstPageSaysSo)
{
    m_work->close();
    m_work->useServer(std::make_shared<NoServer>(Error{ErrorCode::Unsupported, {tr("This system is not Windows, so there is no IIS here to set up."), {}}, {}}));
    m_work->showFrame(0);
    ASSERT_TRUE(becomesCalm());
    press("set-up");
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(word(), "start");
    EXPECT_NE(refusal().find("there is no IIS here"), std::string::npos) << refusal();
}

/// Everything that can be typed, ticked or chosen on the page and is visible, as text.
std::map<std::string, std::string> valuesOf(const wxWindow& window)
{
    std::map<std::string, std::string> values;
    for (const wxWindow* child : window.GetChildren()) {
        const std::string name = child->GetName().utf8_string();
        if (!child->IsShown()) continue;
        if (const auto* text = dynamic_cast<const wxTextCtrl*>(child)) values[name] = text->GetValue().utf8_string();
        else if (const auto* box = dynamic_cast<const wxCheckBox*>(child)) values[name] = box->GetValue() ? "ticked" : "not";
        else if (const auto* radio = dynamic_cast<const wxRadioButton*>(child)) values[name] = radio->GetValue() ? "chosen" : "not";
        else if (const auto* choice = dynamic_cast<const wxChoice*>(child)) values[name] = std::to_string(choice->GetSelection());
        values.merge(valuesOf(*child));
    }
    return values;
}

class FilledPage : public WindowTest {
protected:
    /// Looks whether what stands on the page comes back: after Back and Next, after the rail, and in another language.
    void survives(std::map<std::string, std::string> typed)
    {
        ASSERT_TRUE(becomesCalm());
        const std::string here = word();
        const std::size_t index = frame().current();
        const auto before = valuesOf(page());
        for (const auto& [name, value] : typed) EXPECT_EQ(before.at(name), value) << name;
        back();
        ASSERT_EQ(frame().current(), index - 1);
        ASSERT_TRUE(becomesCalm());
        clickRail(index - 1);  // the start page is not on it
        ASSERT_TRUE(reaches(here));
        EXPECT_EQ(valuesOf(page()), before) << "after Back";
        for (const Language language : {Language::Japanese, Language::English}) {
            switchTo(language);
            ASSERT_EQ(word(), here);
            EXPECT_EQ(valuesOf(page()), before) << "after the language was changed";
        }
        clickRail(index == 1 ? 1 : 0);
        ASSERT_TRUE(becomesCalm());
        clickRail(index - 1);
        ASSERT_TRUE(reaches(here));
        EXPECT_EQ(valuesOf(page()), before) << "after another page, in the window that was built anew";
    }
};

TEST_F(FilledPage, CertificateFromAFileComesBack)
{
    openPage("certificate");
    fill("certificate-file", "/no/such/file ü.p12");
    fill("certificate-password", "geheim 日本");
    survives({{"certificate-file", "/no/such/file ü.p12"}, {"certificate-password", "geheim 日本"}});
}

TEST_F(FilledPage, CertificateByRequestComesBack)
{
    openPage("certificate");
    choose("source-request");
    fill("common-name", "www.example.co.jp");
    fill("dns-names", "a.example.co.jp, b.example.co.jp");
    fill("organization", "株式会社例");
    select("key-bits", 2);
    survives({{"common-name", "www.example.co.jp"}, {"dns-names", "a.example.co.jp, b.example.co.jp"}, {"organization", "株式会社例"}, {"key-bits", "2"}});
}

TEST_F(FilledPage, RootFromAFileComesBackWithTheFingerprintItWasComparedWith)
{
    openPage("root");
    fill("root-file", ca("ia1.der"));
    ASSERT_TRUE(becomesCalm());
    fill("published-fingerprint", "AB:CD");
    tick("root-confirmed");
    survives({{"root-file", ca("ia1.der")}, {"published-fingerprint", "AB:CD"}, {"root-confirmed", "ticked"}});
}

TEST_F(FilledPage, RootFromAnAddressComesBack)
{
    openPage("root");
    choose("root-from-address");
    fill("root-address", "http://127.0.0.1:1/root.der");
    const std::string fingerprint(64, 'a');
    fill("published-fingerprint", fingerprint);
    survives({{"root-address", "http://127.0.0.1:1/root.der"}, {"published-fingerprint", fingerprint}, {"root-from-address", "chosen"}});
}

TEST_F(FilledPage, ImportAndTrustComeBack)
{
    openPage("import");
    fill("friendly-name", "門番 2027");
    select("store", 1);
    survives({{"friendly-name", "門番 2027"}, {"store", "1"}});
    openPage("trust");
    fill("ctl-store", "partners");
    survives({{"ctl-store", "partners"}});
}

TEST_F(FilledPage, BindComesBack)
{
    openPage("bind");
    fill("endpoint", "192.0.2.1:8443");
    tick("issuer-list");
    tick("http2");
    survives({{"endpoint", "192.0.2.1:8443"}});
    choose("by-name");
    fill("hostname", "sni.example.co.jp:443");
    survives({{"hostname", "sni.example.co.jp:443"}, {"by-name", "chosen"}});
}

TEST_F(FilledPage, RequireComesBack)
{
    goTo("require");
    tick("agreed");
    fill("path", "admin/area");
    survives({{"path", "admin/area"}, {"agreed", "ticked"}});
    choose("mode-accept");
    tick("require-ssl");
    survives({{"mode-accept", "chosen"}});
}

TEST_F(FilledPage, VerifyComesBack)
{
    openPage("verify");
    fill("verify-address", "https://somewhere.example.co.jp:8443/x");
    fill("client-file", ca("client.p12"));
    fill("client-password", "geheim");
    survives({{"verify-address", "https://somewhere.example.co.jp:8443/x"}, {"client-file", ca("client.p12")}, {"client-password", "geheim"}});
}
}  // namespace
}  // namespace monban::wizard
