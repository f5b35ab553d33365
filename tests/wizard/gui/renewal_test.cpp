// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>

#include "core/practice/practice_server.h"
#include "tests/wizard/gui/window_test.h"

namespace monban::wizard {
namespace {

/// A server a year after its set-up.
class RenewalWindow : public WindowTest {
protected:
    std::string scenario() const override { return "renewal"; }

    std::vector<SslRecord> records() const { return *session().view()->facts.records; }
    std::string hashAt(const std::string& endpoint) const
    {
        const auto all = records();
        const auto found = std::ranges::find_if(all, [&](const SslRecord& record) { return record.endpoint == endpoint; });
        return found == all.end() ? std::string() : found->thumbprint;
    }
    bool isNoticed(const std::string& id) const
    {
        return std::ranges::any_of(session().noticed(), [&](const Finding& finding) { return finding.id == id; });
    }
    void chooseNewCertificate()
    {
        const wxWindow* before = &frame();
        press("renew");
        ASSERT_TRUE(waitUntil([&] { return m_work->window() && &frame() != before && isCalm() && word() == "certificate"; }));
        chooseFile("certificate-file", ca("server.p12"));
        fill("certificate-password", password());
        next();
        ASSERT_TRUE(reaches("renew"));
    }
};

TEST_F(RenewalWindow, OneClickAFileAndItsPasswordReplaceTheCertificateEverywhere)
{
    const auto before = records();
    const std::string old = hashAt("0.0.0.0:443");
    chooseNewCertificate();
    int foreign = interactions();  // those of a renewal are counted, not the ones of this test
    EXPECT_EQ(frame().pageCount(), 6u);
    EXPECT_TRUE(page().runs());
    EXPECT_NE(commands().find("certhash="), std::string::npos);
    looksRightInBothLanguages();
    EXPECT_EQ(word(), "renew");
    foreign = interactions() - foreign;
    frame().stayAfterRun(true);
    next();
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !page().runs(); })) << refusal();
    EXPECT_TRUE(isNoticed("renewal-seen"));
    keep();
    std::cout << "interactions: " << interactions() - foreign << "\n";
    EXPECT_LE(interactions() - foreign, 6);
    auto wanted = before;
    for (SslRecord& record : wanted)
        if (record.thumbprint == old && record.endpoint != "0.0.0.0:49443") record.thumbprint = hashAt("0.0.0.0:443");
    EXPECT_NE(hashAt("0.0.0.0:443"), old);
    auto after = records();
    const auto byPlace = [](const SslRecord& a, const SslRecord& b) { return a.endpoint < b.endpoint; };
    std::ranges::sort(wanted, byPlace);
    std::ranges::sort(after, byPlace);
    EXPECT_EQ(after, wanted);
    EXPECT_EQ(page().state().first, Mark::Done);
    looksRightInBothLanguages();
    openPage("finish");
    EXPECT_EQ(page().state().first, Mark::Done);
}

TEST_F(RenewalWindow, WhatFailsGoesBackAndSaysWhy)
{
    const auto before = records();
    chooseNewCertificate();
    setFaults(R"({"program": "netsh", "arguments": "update sslcert hostnameport", "kind": "no-effect"})");
    next();
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !refusal().empty(); }));
    EXPECT_EQ(word(), "renew");
    EXPECT_TRUE(isNoticed("taken-back"));
    EXPECT_EQ(records(), before);
    setFaults("");
    next();
    ASSERT_TRUE(reaches("verify")) << "mended, it goes on";
}

TEST_F(RenewalWindow, AnUnknownProgramsRecordIsRenewedOnOnesWord)
{
    SslRecord theirs = records().front();
    theirs.family = RecordFamily::IpPort;
    theirs.endpoint = "0.0.0.0:7443";
    theirs.appId = "{11111111-2222-3333-4444-555555555555}";
    theirs.thumbprint = hashAt("0.0.0.0:443");
    ASSERT_TRUE((*practice::PracticeServer::open(m_folder))->run(SetHttpRecord{theirs.family, theirs.endpoint, theirs}, {}, [](const std::string&) {}, {}));
    chooseNewCertificate();
    EXPECT_EQ(commands().find("0.0.0.0:7443"), std::string::npos);
    tick("accept-unknown-owner");
    ASSERT_TRUE(becomesCalm());
    EXPECT_NE(commands().find("0.0.0.0:7443"), std::string::npos);
    looksRightInBothLanguages();
    frame().stayAfterRun(true);
    next();
    ASSERT_TRUE(waitUntil([this] { return isCalm() && !page().runs(); })) << refusal();
    EXPECT_EQ(hashAt("0.0.0.0:7443"), hashAt("0.0.0.0:443"));
}

TEST_F(RenewalWindow, ARequestHasTheNamesOfTheOldCertificate)
{
    const wxWindow* before = &frame();
    press("renew");
    ASSERT_TRUE(waitUntil([&] { return m_work->window() && &frame() != before && isCalm() && word() == "certificate"; }));
    choose("source-request");
    ASSERT_TRUE(becomesCalm());
    EXPECT_EQ(session().answers().certificate.commonName, "iisdemo.spt-demo.local");
    EXPECT_EQ(session().answers().certificate.organization, "SPT Demo");
}

TEST_F(RenewalWindow, AnotherJobHasItsOwnPages)
{
    chooseNewCertificate();
    openPage("start");
    const wxWindow* before = &frame();
    press("set-up");
    ASSERT_TRUE(waitUntil([&] { return m_work->window() && &frame() != before && isCalm() && word() == "certificate"; }));
    EXPECT_EQ(frame().pageCount(), 10u);
    EXPECT_TRUE(session().answers().certificate.replaces.empty());
}

}  // namespace
}  // namespace monban::wizard
