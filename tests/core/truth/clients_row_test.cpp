// SPDX-License-Identifier: MIT
// Every row of tests/data/truth/clients.tsv on the practice server's TLS front, on each build it names.
#include <algorithm>

#include "core/observe/pitfalls.h"
#include "core/practice/folder_backend.h"
#include "core/practice/practice_server.h"
#include "tests/core/truth/client_rows.h"

namespace monban::practice::rows {
namespace {

class AnyClient : public ClientRows {
protected:
    static std::vector<std::string> expectedNames(const TruthRow& row)
    {
        const Authorities& all = authorities();
        if (row["names"] == "ctl") return {(row["ctl"] == "other" ? all.elsewhere : all.root).commonName()};
        if (row["names"] == "clientauthissuer") return {all.hint.commonName()};
        if (row["names"] == "root") return {all.elsewhere.commonName(), all.root.commonName()};
        return {};
    }

    static void expectNames(const TruthRow& row, Seen seen, const std::string& place)
    {
        if (row["names"] == "-") return;
        EXPECT_EQ(seen.asked, row["names"] != "not-asked") << place;
        std::sort(seen.names.begin(), seen.names.end());
        EXPECT_EQ(seen.names, expectedNames(row)) << place;
        EXPECT_EQ(seen.askedLate, seen.asked && row["negotiation"] == "late") << place;
    }

    static void expectOutcome(const TruthRow& row, const Seen& seen, const std::string& place)
    {
        if (row["outcome"] == "handshake-alert") {
            EXPECT_FALSE(seen.handshakeDone) << place;
            EXPECT_EQ(seen.alert, 70) << place << ": protocol_version (RFC 8446, 6)";
            return;
        }
        ASSERT_TRUE(seen.handshakeDone) << place << ": alert " << seen.alert;
        EXPECT_EQ(seen.sentBack, row["outcome"] == "retry-http11") << place;
        EXPECT_EQ(seen.http2, row["http2"] == "y" && !seen.sentBack) << place;
        if (row["outcome"] == "reset") {
            EXPECT_EQ(seen.status, 0) << place;
            EXPECT_EQ(seen.response, "") << place;
            return;
        }
        EXPECT_EQ(std::to_string(seen.status), row["status"]) << place << "\n" << seen.response.substr(0, 2000);
        EXPECT_EQ(seen.subStatus(), row["substatus"]) << place;
        EXPECT_TRUE(row["error"] == "-" || seen.response.find(row["error"]) != std::string::npos) << place;
    }

    /// What `status` says beforehand of the set-up that the row describes.
    void expectPrediction(const TruthRow& row, const std::string& place)
    {
        auto folder = openFolder(m_folder);
        ASSERT_TRUE(folder);
        PracticeServer server(std::move(*folder), m_folder);
        std::map<std::string, Severity> said;
        for (const Finding& finding : pitfalls(server.observe({}))) said.emplace(finding.id, finding.severity);
        const bool late = row["negotiation"] == "late" && row["mode"] != "ignore";
        EXPECT_EQ(said.contains("late-request"), late) << place;
        const bool cut = row["outcome"] == "reset" || row["status"] == "500";
        if (late && cut) {
            EXPECT_EQ(said["late-request"], Severity::Error) << place << ": nobody with TLS 1.3 gets in";
        }
        if (late && std::stoi(GetParam()) < windows_build::kServer2022) {
            EXPECT_NE(said["late-request"], Severity::Error) << place << ": there is no TLS 1.3";
        }
        EXPECT_EQ(said.contains("ctl-store-empty"), row["ctl"] == "empty") << place;
        EXPECT_EQ(said.contains("root-not-self-signed"), row["root_store"] == "polluted") << place;
        EXPECT_EQ(said.contains("restart-pending"), row["send_issuers"] == "1-unrestarted") << place;
        EXPECT_EQ(said.contains("revocation-not-checked"), row["record"] == "no-revocation") << place;
        if (row["negotiation"] == "handshake") {
            EXPECT_EQ(said.contains("issuer-list-is-root"),
                      row["ctl"] == "none" && row["client_auth_issuer"] == "empty" && row["send_issuers"] == "1")
                << place;
        }
    }

    void check(const TruthRow& row)
    {
        const auto split = support::splitCell(row["client"], "+");
        const std::set<std::string> words(split.begin(), split.end());
        prepare(row, words);
        ASSERT_FALSE(HasFatalFailure()) << row["id"];
        Visit wanted;
        wanted.port = portFor("0.0.0.0:443");
        wanted.tls13 = row["tls"] == "1.3";
        wanted.offersHttp2 = row["http2"] == "y";
        wanted.client = clientFor(words);
        const Seen seen = visit(wanted);
        const std::string place = "clients.tsv:" + std::to_string(row.line) + " " + row["id"] + " on " + GetParam();
        expectPrediction(row, place);
        expectOutcome(row, seen, place);
        expectNames(row, seen, place);
    }
};
INSTANTIATE_TEST_SUITE_P(Build, AnyClient, testing::Values("14393", "17763", "20348", "26100"),
                         [](const auto& one) { return std::string("Of") + one.param; });

TEST_P(AnyClient, MeetsWhatTheTableSays)
{
    ASSERT_NO_FATAL_FAILURE(begin());
    support::RowCount count("clients", {});
    for (const TruthRow& row : rowsOfThisBuild())
        if (count.isChecked(row)) check(row);
    EXPECT_GT(count.finish(), 130u);
}

}  // namespace
}  // namespace monban::practice::rows
