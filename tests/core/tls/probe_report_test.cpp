// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/report/probe_html.h"
#include "core/report/probe_json.h"

namespace monban {
namespace {

ProbeAttempt attempt(const std::string& name, bool expectsAccepted, Admission observed, int status)
{
    HttpsAnswer answer;
    answer.tlsVersion = "TLSv1.3";
    answer.asked = Asked::Handshake;
    answer.status = status;
    return {name, expectsAccepted, observed, answer, std::chrono::milliseconds(5), true};
}

ProbeReport wellGuarded()
{
    ProbeReport report;
    report.asked = Asked::Handshake;
    report.acceptableIssuers = {"CN=Root"};
    report.attempts = {attempt("no-certificate", false, Admission::Refused, 403), attempt("client", true, Admission::Accepted, 200), attempt("refuse:old.p12", false, Admission::Refused, 403)};
    return report;
}

std::vector<std::string> idsOf(const ProbeReport& report)
{
    std::vector<std::string> ids;
    for (const Finding& finding : findingsOf(report)) ids.push_back(finding.id);
    return ids;
}

TEST(ProbeReport, PassesOnlyWhereEverybodyMetWhatHeShould)
{
    EXPECT_TRUE(wellGuarded().passes());
    EXPECT_TRUE(idsOf(wellGuarded()).empty());
    for (std::size_t i = 0; i < 3; ++i)
        for (const Admission other : {Admission::Accepted, Admission::Refused, Admission::Reset, Admission::Error}) {
            ProbeReport report = wellGuarded();
            if (report.attempts[i].observed == other) continue;
            report.attempts[i].observed = other;
            EXPECT_FALSE(report.passes()) << i << name(other);
            EXPECT_FALSE(idsOf(report).empty()) << i << name(other);
            report.attempts[i].counts = false;
            EXPECT_TRUE(report.passes()) << i << name(other);
        }
}

TEST(ProbeReport, OtherCaNamesFail)
{
    ProbeReport report = wellGuarded();
    report.unexpectedIssuers = {"CN=Anybody"};
    EXPECT_FALSE(report.passes());
    EXPECT_EQ(idsOf(report), std::vector<std::string>{"unexpected-ca-names"});
    report = wellGuarded();
    report.acceptableIssuersBytes = kMostIssuerBytes + 1;
    EXPECT_TRUE(report.passes());
    EXPECT_EQ(idsOf(report), std::vector<std::string>{"too-many-ca-names"});
}

/// What stands in a certificate or a file's name was chosen by somebody else.
TEST(ProbeReport, NobodysTextBecomesMarkup)
{
    ProbeReport report = wellGuarded();
    const std::string evil = "<script>alert(1)</script>\" onload='x' &amp; \x1b[31m";
    report.acceptableIssuers = {"CN=" + evil};
    report.unexpectedIssuers = {"CN=" + evil};
    report.offered = {evil};
    report.attempts[2].name = "refuse:" + evil;
    report.attempts[1].answer->ended = evil;
    Certificate certificate;
    certificate.subject = "CN=" + evil;
    report.chain = {certificate};
    for (const Language language : {Language::English, Language::Japanese}) {
        const std::string html = probeHtml(report, "https://" + evil, Time{}, language);
        EXPECT_EQ(html.find("<script"), std::string::npos);
        EXPECT_EQ(html.find("onload='"), std::string::npos);
        EXPECT_EQ(html.find('\x1b'), std::string::npos);
        EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
        EXPECT_NE(html.find("Content-Security-Policy"), std::string::npos);
    }
}

TEST(ProbeReport, EveryKeyOfTheContractIsThere)
{
    const nlohmann::json report = probeJson(ProbeReport{}, Language::English);
    EXPECT_TRUE(report["server"]["checks"]["trusted"]["result"] == "unknown");
    EXPECT_TRUE(report["server"]["chain"].is_array());
    EXPECT_EQ(report["client_certificate"]["when"], "never");
    EXPECT_TRUE(report["attempts"].is_array());
    ProbeReport unreachable;
    unreachable.attempts.push_back({"no-certificate", false, Admission::Error, Error{ErrorCode::TimedOut, {"too late", {}}, "timed out"}, {}, true});
    const nlohmann::json shown = probeJson(unreachable, Language::English);
    EXPECT_EQ(shown["verdict"], "fail");
    for (const char* key : {"name", "tls_version", "alpn", "expected", "observed", "http_status", "http_substatus", "alert", "evidence", "milliseconds"})
        EXPECT_TRUE(shown["attempts"][0].contains(key)) << key;
}

}  // namespace
}  // namespace monban
