// SPDX-License-Identifier: MIT
// The rows of clients.tsv that decide whether people get in, judged by Chromium: our own client in clients_row_test.cpp
// and curl (which offers post-handshake authentication, as no browser does) could share an error with the server.
#include <map>

#include "tests/core/truth/chromium.h"
#include "tests/core/truth/client_rows.h"

namespace monban::practice::rows {
namespace {

class Browser : public ClientRows {
protected:
    /// A visit takes more than a second, so these are the ones where browsers differ from other clients: late requests,
    /// and HTTP/2.
    static bool isForBrowsers(const TruthRow& row)
    {
        const bool usual = row["ctl"] == "right" && row["send_issuers"] == "1" && row["client_auth_issuer"] == "empty" &&
                           row["root_store"] == "ours" && row["record"] == "defaults";
        const bool people = row["client"] == "none" || row["client"] == "good";
        const bool late = row["negotiation"] == "late" && row["mode"] != "ignore" &&
                          (row["mode"] == "require" || row["tls"] == "1.3");
        const bool early = row["negotiation"] == "handshake" && row["mode"] == "require" && row["http2"] == "y";
        // A browser cannot be told to know no version but TLS 1.3.
        return usual && people && (late || early) && row["outcome"] != "handshake-alert";
    }

    const Chromium& browser(const std::string& client)
    {
        auto& one = m_browsers[client];
        if (!one) one = std::make_unique<Chromium>(m_folder / ("home-" + client), portFor("0.0.0.0:443"), clientFor({client}));
        return *one;
    }

    void check(const TruthRow& row)
    {
        prepare(row, {row["client"]});
        ASSERT_FALSE(HasFatalFailure()) << row["id"];
        const std::string place = "clients.tsv:" + std::to_string(row.line) + " " + row["id"] + " on " + GetParam();
        const Browsed seen = browser(row["client"]).visit(row["tls"] == "1.3", row["http2"] == "y");
        EXPECT_TRUE(seen.logs("\"version\":\"TLS " + row["tls"] + "\"")) << place;
        EXPECT_EQ(seen.logs("\"next_proto\":\"h2\""), row["http2"] == "y") << place;
        EXPECT_EQ(seen.logs("reset stream with ERR_HTTP_1_1_REQUIRED"), row["outcome"] == "retry-http11") << place;
        if (row["outcome"] == "reset") {
            EXPECT_EQ(seen.page, "") << place;
            EXPECT_TRUE(seen.logs("\"net_error\":-101")) << place << ": ERR_CONNECTION_RESET";
            return;
        }
        const std::string wanted = row["status"] == "200" ? "You are in" : "Detailed Error - " + row["status"] + "." + row["substatus"];
        EXPECT_NE(seen.page.find(wanted), std::string::npos) << place << "\n" << seen.page.substr(0, 2000);
        EXPECT_TRUE(row["error"] == "-" || seen.page.find(row["error"]) != std::string::npos) << place;
        EXPECT_EQ(seen.page.find("The site accepted this client certificate") != std::string::npos,
                  row["status"] == "200" && row["client"] == "good") << place;
    }

    std::map<std::string, std::unique_ptr<Chromium>> m_browsers;
};
INSTANTIATE_TEST_SUITE_P(Build, Browser, testing::Values("14393", "17763", "20348", "26100"),
                         [](const auto& one) { return std::string("Of") + one.param; });

TEST_P(Browser, MeetsWhatTheTableSays)
{
    ASSERT_NO_FATAL_FAILURE(begin());
    std::size_t checked = 0;
    for (const TruthRow& row : rowsOfThisBuild()) {
        if (!isForBrowsers(row)) continue;
        check(row);
        ++checked;
    }
    std::cout << "clients.tsv: " << checked << " rows checked with Chromium\n";
    EXPECT_GE(checked, std::stoi(GetParam()) >= windows_build::kServer2022 ? 12u : 6u);
}

}  // namespace
}  // namespace monban::practice::rows
