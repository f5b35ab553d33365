// SPDX-License-Identifier: MIT
// Every row of tests/data/truth/clients.tsv on the practice server's TLS front, on each build it names.
#include <algorithm>

#include "core/observe/pitfalls.h"
#include "core/practice/folder_backend.h"
#include "core/practice/interpreter.h"
#include "core/practice/practice_server.h"
#include "tests/core/truth/row_count.h"
#include "tests/core/truth/row_server.h"

namespace monban::practice::rows {
namespace {

using support::TruthRow;

constexpr const char* kCtl = "iis_client_trust";
constexpr const char* kSite = "Default Web Site";

class ClientRows : public RowServer, public testing::WithParamInterface<const char*> {
protected:
    void begin()
    {
        auto machine = *backend().machine();
        machine.build = std::stoi(GetParam());
        ASSERT_TRUE(backend().writeMachine(machine));
        m_server = putServerCertificate("iisdemo.spt-demo.local");
        m_configuration = configurationWith({"*:443:"});
        ASSERT_TRUE(backend().writeConfiguration(m_configuration));
        serve();
    }

    void prepareAccess(const TruthRow& row)
    {
        const std::map<std::string, std::uint32_t> modes = {{"ignore", 0}, {"accept", 40}, {"require", 104}};
        const auto changed = withAccess(m_configuration, kSite, modes.at(row["mode"]));
        ASSERT_TRUE(changed);
        ASSERT_TRUE(backend().writeConfiguration(*changed));
    }

    void prepareRecord(const TruthRow& row)
    {
        const std::map<std::string, std::uint32_t> checkModes = {
            {"defaults", 0}, {"no-revocation", 0x1}, {"cached-only", 0x2}, {"no-usage-check", 0x10000}};
        SslRecord record;
        record.endpoint = "0.0.0.0:443";
        record.thumbprint = m_server;
        record.appId = kIisAppId;
        record.store = "MY";
        record.checkMode = checkModes.at(row["record"]);
        record.flags = row["negotiation"] == "handshake" ? 0x2 : 0x0;
        if (row["ctl"] != "none") record.ctlStore = kCtl;
        ASSERT_TRUE(backend().writeRecords({record}));
    }

    void prepareStores(const TruthRow& row)
    {
        for (const char* store : {kCtl, "ROOT", "CA", "ClientAuthIssuer"}) emptyStore(store);
        // A store that once held something exists, and is empty: not the same as one that is missing.
        putInStore(kCtl, authorities().hint);
        emptyStore(kCtl);
        if (row["ctl"] == "right") putInStore(kCtl, authorities().root);
        if (row["ctl"] == "other") putInStore(kCtl, authorities().elsewhere);
        if (row["client_auth_issuer"] == "filled") putInStore("ClientAuthIssuer", authorities().hint);
        if (row["root_store"] == "emptied") return;
        putInStore("ROOT", authorities().root);
        putInStore("ROOT", authorities().elsewhere);
        if (row["root_store"] == "polluted") putInStore("ROOT", authorities().intermediate);
    }

    void prepareRegistry(const TruthRow& row)
    {
        const std::string value = row["send_issuers"].substr(0, 1);
        ASSERT_TRUE(backend().setRegistryValue(kSchannelKey, "SendTrustedIssuerList", {"REG_DWORD", value}));
        (void)backend().deleteRegistryValue(kChainEngineKey, "ChainCacheResyncFiletime");
        auto machine = *backend().machine();
        machine.schannelAtBoot.clear();
        if (row["send_issuers"] != "1-unrestarted") machine.schannelAtBoot["SendTrustedIssuerList"] = {"REG_DWORD", value};
        ASSERT_TRUE(backend().writeMachine(machine));
    }

    void publish(const std::string& name, const Bytes& list) { writeFile("ca/" + name + ".crl", std::string(textOf(list))); }

    void publishAll()
    {
        const Authorities& all = authorities();
        for (const Authority* authority : {&all.stranger, &all.elsewhere, &all.intermediate})
            publish(authority->name, listOf(*authority, {kRevokedSerial}));
        publish("root", listOf(all.root, {kRevokedSerial, kNewlyRevokedSerial}));
        publish("expired", listOf(all.root, {kRevokedSerial}, -20, -2));
    }

    /// What is cached of the lists, and what the row says has happened since.
    void prepareLists(const std::set<std::string>& words)
    {
        const Authorities& all = authorities();
        const Bytes before = listOf(all.root, {kRevokedSerial});
        std::vector<CachedCrl> cached;
        if (words.contains("crl-cached") || words.contains("cache-stale"))
            cached.push_back({all.root.listUrl(), before, backend().machine()->clock() - std::chrono::hours(1)});
        ASSERT_TRUE(backend().writeCachedCrls(CacheOwner::Service, cached));
        if (words.contains("crl-in-ca")) {
            ASSERT_TRUE(backend().putCrl("CA", {before, sha1Hex(before)}));
        }
        if (words.contains("crl-cached") && !words.contains("newly-revoked")) fs::remove(m_folder / "ca" / "root.crl");
        if (words.contains("crl-in-ca")) fs::remove(m_folder / "ca" / "root.crl");
        if (words.contains("intermediate-in-ca")) putInStore("CA", all.intermediate);
        if (words.contains("cache-stale")) {
            const Invocation flush{"certutil", {"-setreg", "chain\\ChainCacheResyncFiletime", "@now"}, {}};
            ASSERT_EQ(interpret(backend(), flush).exitCode, 0);
        }
    }

    /// Rows that follow each other mostly differ in the client alone; then only the cache is emptied.
    void prepare(const TruthRow& row, const std::set<std::string>& words)
    {
        std::string server;
        for (const char* column : {"negotiation", "ctl", "send_issuers", "client_auth_issuer", "root_store", "mode", "record"})
            server += row[column] + '|';
        for (const char* word : {"crl-cached", "crl-in-ca", "cache-stale", "intermediate-in-ca"})
            if (words.contains(word)) server += row["id"];
        if (server == m_prepared) {
            ASSERT_TRUE(backend().writeCachedCrls(CacheOwner::Service, {}));
            return;
        }
        m_prepared = server;
        publishAll();
        prepareAccess(row);
        prepareRecord(row);
        prepareStores(row);
        prepareRegistry(row);
        prepareLists(words);
    }

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

    std::string m_server;
    std::string m_prepared;  ///< what the server was set up for last
    std::string m_configuration;
};
INSTANTIATE_TEST_SUITE_P(Build, ClientRows, testing::Values("14393", "17763", "20348", "26100"),
                         [](const auto& one) { return std::string("Of") + one.param; });

TEST_P(ClientRows, EveryClientMeetsWhatTheTableSays)
{
    ASSERT_NO_FATAL_FAILURE(begin());
    std::vector<TruthRow> rows;
    for (const TruthRow& row : support::readTruthTable("clients").rows) {
        const auto builds = support::buildsOf(row);
        if (std::find(builds.begin(), builds.end(), GetParam()) != builds.end()) rows.push_back(row);
    }
    support::RowCount count("clients", {});
    for (const TruthRow& row : rows)
        if (count.isChecked(row)) check(row);
    EXPECT_GT(count.finish(), 130u);
}

}  // namespace
}  // namespace monban::practice::rows
