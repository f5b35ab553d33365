// SPDX-License-Identifier: MIT
// Every row of tests/data/truth/selection.tsv: which certificate a client sees tells which record answered.
#include "tests/core/truth/row_count.h"
#include "tests/core/truth/row_server.h"

namespace monban::practice::rows {
namespace {

using support::TruthRow;

constexpr const char* kHost = "iisdemo.spt-demo.local";

const std::map<std::string, std::string> kValues = {{"host", kHost}, {"HOST", "IISDEMO.SPT-DEMO.LOCAL"}};

/// A central certificate store is files on a share; the practice server keeps the record but has no such store.
const std::map<std::string, std::string> kSkipped = {
    {"ccs-over-wildcard", "the practice server has no central certificate store to answer from"},
};

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
    support::RowCount count("selection", kSkipped);
    for (const TruthRow& row : rows)
        if (count.isChecked(row)) check(row);
    EXPECT_EQ(count.finish(), 20u);
}

}  // namespace
}  // namespace monban::practice::rows
