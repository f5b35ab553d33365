// SPDX-License-Identifier: MIT
// Every row of tests/data/truth/selection.tsv: which certificate a client sees tells which record answered.
#include "tests/core/truth/central_store_files.h"
#include "tests/core/truth/row_count.h"
#include "tests/core/truth/row_server.h"

namespace monban::practice::rows {
namespace {

using support::TruthRow;

constexpr const char* kHost = "iisdemo.spt-demo.local";

const std::map<std::string, std::string> kValues = {{"host", kHost}, {"HOST", "IISDEMO.SPT-DEMO.LOCAL"}};

class SelectionRows : public RowServer {
protected:
    /// Listens wherever a row's client connects.
    void begin(const std::vector<TruthRow>& rows)
    {
        std::set<std::string> information;
        for (const TruthRow& row : rows) information.insert(row["address"] + ":");
        ASSERT_TRUE(backend().writeConfiguration(configurationWith({information.begin(), information.end()})));
        serve();
    }

    static bool isAddress(const std::string& endpoint)
    {
        return endpoint.find_first_not_of("0123456789abcdef.:[]") == std::string::npos;
    }

    SslRecord recordAt(const std::string& endpoint)
    {
        SslRecord record;
        record.endpoint = endpoint;
        record.appId = kIisAppId;
        if (endpoint.find(':') == std::string::npos) {
            record.family = RecordFamily::Ccs;
            return record;
        }
        if (!isAddress(endpoint)) record.family = RecordFamily::HostNamePort;
        record.store = "MY";
        auto& thumbprint = m_certificates[endpoint];
        if (thumbprint.empty()) thumbprint = putServerCertificate(endpoint);
        record.thumbprint = thumbprint;
        return record;
    }

    void check(const TruthRow& row)
    {
        const std::string place = "selection.tsv:" + std::to_string(row.line) + " " + row["id"];
        std::vector<SslRecord> records;
        for (const std::string& endpoint : support::splitCell(support::withValues(row["records"], kValues), " "))
            records.push_back(recordAt(endpoint));
        ASSERT_TRUE(backend().writeRecords(records));
        Visit wanted;
        wanted.port = portFor(row["address"]);
        ASSERT_NE(wanted.port, 0) << place << ": nobody listens for " << row["address"];
        if (row["sni"] != "-") wanted.serverName = support::withValues(row["sni"], kValues);
        const Seen seen = visit(wanted);
        const std::string chosen = support::withValues(row["chosen"], kValues);
        EXPECT_EQ(seen.handshakeDone, chosen != "-") << place;
        EXPECT_EQ(seen.serverName, chosen == "-" ? "" : chosen) << place;
    }

    std::map<std::string, std::string> m_certificates;  ///< by endpoint, which is also the common name
};

TEST_F(SelectionRows, TheRecordTheTableNamesAnswers)
{
    const auto rows = support::readTruthTable("selection").rows;
    ASSERT_NO_FATAL_FAILURE(begin(rows));
    // The file of the rows' host: its certificate tells that the record of the central store answered.
    turnOnCentralStore(backend());
    putInCentralStore(m_folder, std::string(kHost) + ".pfx", "443");
    support::RowCount count("selection", {});
    for (const TruthRow& row : rows)
        if (count.isChecked(row)) check(row);
    EXPECT_EQ(count.finish(), 23u);
}

/// learn.microsoft.com, "Centralized SSL Certificate Support": the file of the name, then that of its wildcard.
TEST_F(SelectionRows, TheCentralStoreTakesTheNearestFile)
{
    ASSERT_TRUE(backend().writeConfiguration(configurationWith({"*:443:"})));
    ASSERT_TRUE(backend().writeRecords({recordAt("443")}));
    serve();
    const auto shown = [&](const std::string& host) {
        Visit wanted;
        wanted.port = portFor("0.0.0.0:443");
        wanted.serverName = host;
        return visit(wanted).serverName;
    };
    turnOnCentralStore(backend());
    EXPECT_EQ(shown("www.example.test"), "") << "the folder is not there yet";
    putInCentralStore(m_folder, "_.example.test.pfx", "any");
    EXPECT_EQ(shown("www.example.test"), "any");
    EXPECT_EQ(shown("a.www.example.test"), "") << "a wildcard stands for one label";
    EXPECT_EQ(shown("example.test"), "");
    putInCentralStore(m_folder, "WWW.Example.test.pfx", "www");
    EXPECT_EQ(shown("www.example.test"), "www");
    EXPECT_EQ(shown("other.example.test"), "any");
    ASSERT_TRUE(backend().setRegistryValue(kCentralStoreKey, "PrivateKeyPassword", {"REG_SZ", "wrong"}));
    EXPECT_EQ(shown("www.example.test"), "");
    turnOnCentralStore(backend());
    ASSERT_TRUE(backend().setRegistryValue(kCentralStoreKey, "CertStoreLocation", {"REG_SZ", "\\\\farm\\certificates"}));
    EXPECT_EQ(shown("www.example.test"), "") << "another machine's share is out of reach";
    ASSERT_TRUE(backend().setRegistryValue(kCentralStoreKey, "CertStoreLocation", {"REG_SZ", "C:\\shares\\certificates\\"}));
    EXPECT_EQ(shown("www.example.test"), "www");
    ASSERT_TRUE(backend().setRegistryValue(kCentralStoreKey, "Enabled", {"REG_DWORD", "0"}));
    EXPECT_EQ(shown("www.example.test"), "");
}

}  // namespace
}  // namespace monban::practice::rows
