// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>

#include "core/practice/interpreter.h"
#include "tests/core/truth/row_count.h"
#include "tests/core/truth/row_server.h"

namespace monban::practice::rows {

using support::TruthRow;

constexpr const char* kCtl = "iis_client_trust";
constexpr const char* kSite = "Default Web Site";

/// A practice server of one Windows build, set up as a row of clients.tsv says.
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

    std::vector<TruthRow> rowsOfThisBuild() const
    {
        std::vector<TruthRow> rows;
        for (const TruthRow& row : support::readTruthTable("clients").rows) {
            const auto builds = support::buildsOf(row);
            if (std::find(builds.begin(), builds.end(), GetParam()) != builds.end()) rows.push_back(row);
        }
        return rows;
    }

    std::string m_server;
    std::string m_prepared;  ///< what the server was set up for last
    std::string m_configuration;
};

}  // namespace monban::practice::rows
