// SPDX-License-Identifier: MIT
// Every row of tests/data/truth/clients.tsv as `monban verify` reports it: what the practice server was told to do.
#include <algorithm>

#include "core/tls/http_address.h"
#include "core/tls/probe.h"
#include "tests/core/truth/client_rows.h"

namespace monban::practice::rows {
namespace {

class Probing : public ClientRows {
protected:
    /// The attempt that is the row's client; HTTP/2 is offered with the newest TLS alone, as browsers do.
    static const ProbeAttempt* attemptOf(const TruthRow& row, const ProbeReport& report)
    {
        const std::string who = row["client"] == "none" ? "no-certificate" : "client";
        const std::string how = row["http2"] == "y" ? "-h2" : row["tls"] == "1.3" ? "-tls1.3" : "-tls1.2";
        const auto found = std::ranges::find(report.attempts, who + how, &ProbeAttempt::name);
        if (found == report.attempts.end()) return nullptr;
        const bool isOtherTls = row["http2"] == "y" && found->answer && found->answer->tlsVersion != "TLSv" + row["tls"];
        return isOtherTls ? nullptr : &*found;
    }

    static std::vector<std::string> expectedNames(const TruthRow& row)
    {
        const Authorities& all = authorities();
        if (row["names"] == "ctl") return {"CN=" + (row["ctl"] == "other" ? all.elsewhere : all.root).commonName()};
        if (row["names"] == "clientauthissuer") return {"CN=" + all.hint.commonName()};
        if (row["names"] == "root") return {"CN=" + all.elsewhere.commonName(), "CN=" + all.root.commonName()};
        return {};
    }

    static Asked expectedAsked(const TruthRow& row)
    {
        if (row["names"] == "not-asked") return Asked::Never;
        return row["negotiation"] == "handshake" ? Asked::Handshake : row["tls"] == "1.3" ? Asked::PostHandshake : Asked::Renegotiation;
    }

    static Admission expectedAdmission(const TruthRow& row)
    {
        if (row["outcome"] == "reset") return Admission::Reset;
        return row["status"] == "200" ? Admission::Accepted : row["status"] == "403" ? Admission::Refused : Admission::Error;
    }

    static void compare(const TruthRow& row, const ProbeAttempt& attempt, const std::string& place)
    {
        ASSERT_TRUE(attempt.answer) << place << ": " << attempt.answer.error().detail;
        const HttpsAnswer& answer = *attempt.answer;
        if (row["outcome"] == "handshake-alert") {
            EXPECT_EQ(answer.alert, "protocol_version") << place;
            EXPECT_FALSE(attempt.counts) << place << ": a version the server does not have says nothing of who gets in";
            return;
        }
        EXPECT_EQ(attempt.observed, expectedAdmission(row)) << place << ": " << inEnglish(evidenceOf(attempt));
        EXPECT_EQ(answer.status ? std::to_string(*answer.status) : "-", row["outcome"] == "reset" ? "-" : row["status"]) << place;
        EXPECT_EQ(answer.subStatus.empty() ? "-" : answer.subStatus, row["substatus"]) << place;
        if (row["names"] == "-") return;
        EXPECT_EQ(name(answer.asked), std::string(name(expectedAsked(row)))) << place;
        auto names = answer.acceptableIssuers;
        std::ranges::sort(names);
        EXPECT_EQ(names, expectedNames(row)) << place;
    }

    bool check(const TruthRow& row)
    {
        const auto split = support::splitCell(row["client"], "+");
        const std::set<std::string> words(split.begin(), split.end());
        prepare(row, words);
        if (HasFatalFailure()) return false;
        ProbeQuestion question;
        question.address = *parseSiteAddress("https://iisdemo.spt-demo.local/");
        question.connectHost = "127.0.0.1";
        question.connectPort = static_cast<std::uint16_t>(portFor("0.0.0.0:443"));
        question.at = hostTime();
        if (const auto holder = clientFor(words)) {
            const auto identity = clientIdentity(viewOf(pkcs12Of(*holder, "x")), Secret("x"));
            EXPECT_TRUE(identity) << row["id"];
            if (identity) question.client = *identity;
        }
        const std::string place = "clients.tsv:" + std::to_string(row.line) + " " + row["id"] + " on " + GetParam();
        const auto report = probe(question);
        EXPECT_TRUE(report) << place;
        const ProbeAttempt* attempt = report ? attemptOf(row, *report) : nullptr;
        if (attempt) compare(row, *attempt, place);
        return attempt != nullptr;
    }
};
INSTANTIATE_TEST_SUITE_P(Build, Probing, testing::Values("14393", "17763", "20348", "26100"),
                         [](const auto& one) { return std::string("Of") + one.param; });

TEST_P(Probing, ReportsWhatTheTableSays)
{
    ASSERT_NO_FATAL_FAILURE(begin());
    std::size_t checked = 0;
    std::size_t others = 0;
    for (const TruthRow& row : rowsOfThisBuild()) (check(row) ? checked : others) += 1;
    std::cout << "clients.tsv: " << checked << " rows reported as they are; " << others << " are of HTTP/2 with an older TLS, which no attempt of a probe is\n";
    EXPECT_GT(checked, 120u);
    EXPECT_LT(others, 30u);
}

}  // namespace
}  // namespace monban::practice::rows
