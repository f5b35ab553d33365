// SPDX-License-Identifier: MIT
// The rows of tests/data/truth on Wine's own state, in a lab (truth_test.py makes it): beside the stand-ins' back-end
// Monban's code for Windows must see what each row says. Not here: clients.tsv, which is about what the practice server's
// front does with a client, and errors.tsv, about words of programs; both would run the very code they run elsewhere.
#include <set>

#include "core/observe/application_host.h"
#include "core/pki/digest.h"
#include "core/platform/windows/system_folder.h"
#include "core/practice/starting_configuration.h"
#include "tests/core/practice/command_rows.h"
#include "tests/core/truth/renewal_rows.h"
#include "tests/windows/lab/lab_stage.h"

namespace monban::lab {
namespace {

using support::RowCount;
using support::TruthRow;

constexpr const char* kSite = "Default Web Site";

std::uint32_t numberOf(const std::string& cell) { return static_cast<std::uint32_t>(std::stoul(cell, nullptr, 0)); }

/// Wine's own reg.exe, run as the steps of a plan are.
void addDword(LabStage& stage, const std::string& key, const std::string& name, const std::string& data)
{
    const Command command{utf8(windows::systemFolder() / "reg.exe"), {"add", key, "/v", name, "/t", "REG_DWORD", "/d", data, "/f"}};
    const auto output = stage.server().run(command, {}, [](const std::string&) {}, {});
    ASSERT_TRUE(output) << output.error().detail;
    ASSERT_EQ(output->exitCode, 0) << output->text;
}

std::string recordText(const SslRecord& record)
{
    return std::string(name(record.family)) + "=" + record.endpoint + " " + record.appId + " " + record.thumbprint + " " + record.store + " " +
           record.ctlStore + " " + std::to_string(record.flags) + " " + std::to_string(record.checkMode) + " " +
           std::to_string(record.freshnessSeconds);
}

std::multiset<std::string> textsOf(const std::vector<SslRecord>& records)
{
    std::multiset<std::string> texts;
    for (const SslRecord& record : records) texts.insert(recordText(record));
    return texts;
}

class LabTruth : public testing::Test {
protected:
    /// A server certificate in MY that a record can name.
    void begin()
    {
        stage.clear();
        const practice::TestKey key = stage.makeKey();
        const Bytes der = practice::derOf(practice::testX509("www.example.test", key).get());
        m_thumbprint = sha1Hex(der);
        ASSERT_TRUE(stage.backend().putKey("server-key", Secret(key.pem())));
        ASSERT_TRUE(stage.backend().putCertificate("MY", {der, "", "", KeyState::NotExportable, "server-key"}));
        ASSERT_TRUE(stage.backend().writeConfiguration(practice::kStartingConfiguration));
    }

    SslRecord record()
    {
        SslRecord record;
        record.endpoint = "0.0.0.0:443";
        record.appId = kIisAppId;
        record.thumbprint = m_thumbprint;
        record.store = "MY";
        return record;
    }

    std::unique_ptr<practice::Look> monban() { return std::move(stage.looks().back()); }

    /// Written by the stand-ins Monban reads it, and written by Monban they do: through http.sys's structures both times.
    void expectBothWays(const SslRecord& record, const std::string& place)
    {
        ASSERT_TRUE(stage.backend().writeRecords({record}));
        EXPECT_EQ(textsOf(monban()->records()), textsOf({record})) << place;
        ASSERT_TRUE(stage.backend().writeRecords({}));
        const auto written = stage.setRecord(record.family, record.endpoint, record);
        ASSERT_TRUE(written) << place << ": " << written.error().detail;
        EXPECT_EQ(textsOf(practice::taken(stage.backend().records())), textsOf({record})) << place;
    }

    LabStage stage;
    std::string m_thumbprint;
};

/// First of all: the lab's SCHANNEL key is older than Wine's boot until something writes to it.
TEST_F(LabTruth, AValueOfSchannelWaitsForARestartIfItsNameIsRight)
{
    EXPECT_FALSE(stage.server().observe({}).schannel->restartPending);
    begin();
    ASSERT_TRUE(stage.backend().writeRecords({record()}));
    const Facts before = stage.server().observe({});
    RowCount count("registry", {});
    for (const TruthRow& row : support::readTruthTable("registry").rows) {
        if (!count.isChecked(row)) continue;
        const std::string key = row["takes_effect"] == "read-only" ? row["key"] + "\\0.0.0.0:443" : row["key"];
        ASSERT_NO_FATAL_FAILURE(addDword(stage, key, row["value"], "1")) << row["id"];
        const Facts facts = stage.server().observe({});
        const auto when = [&](const char* name, const std::optional<std::uint32_t>& seen) {
            EXPECT_EQ(seen, row["value"] == name ? std::optional(1u) : std::nullopt) << row["id"] << ": " << name;
        };
        when("SendTrustedIssuerList", facts.schannel->sendTrustedIssuerList);
        when("ClientAuthTrustMode", facts.schannel->clientAuthTrustMode);
        if (row["key"] == kSchannelKey) {
            EXPECT_TRUE(facts.schannel->restartPending) << row["id"];
        }
        // What does nothing under its name is shown as found, so that the pitfall of the misspelling can speak of it.
        const auto others = [&](const Facts& seen) {
            return std::count_if(seen.schannel->otherValues.begin(), seen.schannel->otherValues.end(),
                                 [&](const RegistryEntry& entry) { return entry.key == key && entry.name == row["value"]; });
        };
        const bool isRight = row["value"] == "SendTrustedIssuerList" || row["value"] == "ClientAuthTrustMode";
        const bool isNear = row["key"] == kSchannelKey || row["key"] == practice::kHttpParametersKey;
        EXPECT_EQ(others(facts) - others(before), isNear && !isRight ? 1 : 0) << row["id"];
        EXPECT_EQ(textsOf(*facts.records), textsOf(*before.records)) << row["id"] << ": http.sys does not look there";
        ASSERT_TRUE(*stage.backend().deleteRegistryValue(key, row["value"])) << row["id"];
    }
    EXPECT_EQ(count.finish(), 19u);
}

TEST_F(LabTruth, NumbersOfFlagsAreReadAndWrittenAsTheTableHasThem)
{
    begin();
    RowCount count("flags", {});
    for (const TruthRow& row : support::readTruthTable("flags").rows) {
        if (!count.isChecked(row)) continue;
        const std::string& system = row["system"];
        const std::uint32_t value = numberOf(row["value"]);
        if (system == "http" || system == "check-mode") {
            SslRecord one = record();
            (system == "http" ? one.flags : one.checkMode) = value;
            if (row["name"] == "UseFreshnessTime") one.freshnessSeconds = 60;
            expectBothWays(one, row["id"]);
        } else if (system == "binding") {
            const Binding binding = bindingFrom("https", "*:443:www.example.test", value);
            ASSERT_TRUE(stage.backend().writeConfiguration(*withBinding(practice::kStartingConfiguration, kSite, binding))) << row["id"];
            const auto sites = monban()->sites();
            const auto& seen = siteNamed(sites, kSite)->bindings;
            EXPECT_EQ(std::count(seen.begin(), seen.end(), binding), 1) << row["id"];
        } else if (system == "access" || system == "access-mode") {
            ASSERT_TRUE(stage.backend().writeConfiguration(*withAccess(practice::kStartingConfiguration, kSite, value))) << row["id"];
            EXPECT_EQ(monban()->access(kSite), value) << row["id"];
        } else if (system == "trust-mode") {
            ASSERT_NO_FATAL_FAILURE(addDword(stage, kSchannelKey, "ClientAuthTrustMode", row["value"])) << row["id"];
            EXPECT_EQ(stage.server().observe({}).schannel->clientAuthTrustMode, value) << row["id"];
        } else {
            ADD_FAILURE() << "not known: " << system;
        }
    }
    EXPECT_EQ(count.finish(), 43u);
}

TEST_F(LabTruth, OwnersOfRecordsAreReadAndWrittenByTheirIds)
{
    begin();
    RowCount count("owners", {});
    for (const TruthRow& row : support::readTruthTable("owners").rows) {
        if (!count.isChecked(row)) continue;
        SslRecord one = record();
        one.appId = row["guid"];
        expectBothWays(one, row["id"]);
    }
    EXPECT_EQ(count.finish(), 14u);
}

/// Which of them answers is the front's to say; that none is lost or taken for another is asked here.
TEST_F(LabTruth, RecordsSideBySideAreAllSeen)
{
    begin();
    const std::map<std::string, std::string> values = {{"host", "iisdemo.spt-demo.local"}, {"HOST", "IISDEMO.SPT-DEMO.LOCAL"}};
    RowCount count("selection", {});
    for (const TruthRow& row : support::readTruthTable("selection").rows) {
        if (!count.isChecked(row)) continue;
        std::vector<SslRecord> records;
        for (const std::string& endpoint : support::splitCell(support::withValues(row["records"], values), " ")) {
            SslRecord one = record();
            one.endpoint = endpoint;
            if (endpoint.find(':') == std::string::npos) {
                one = SslRecord{};
                one.endpoint = endpoint;
                one.appId = kIisAppId;
                one.family = RecordFamily::Ccs;
            } else if (endpoint.find_first_not_of("0123456789abcdef.:[]") != std::string::npos) {
                one.family = RecordFamily::HostNamePort;
            }
            records.push_back(one);
        }
        ASSERT_TRUE(stage.backend().writeRecords(records));
        EXPECT_EQ(textsOf(monban()->records()), textsOf(records)) << row["id"];
    }
    EXPECT_EQ(count.finish(), 23u);
}

/// Its native calls are made by Monban, on what stands for httpapi.dll.
TEST_F(LabTruth, ARenewalLeavesOfARecordWhatTheTableSays) { EXPECT_EQ(practice::RenewalRows(stage).playAll({}), 14u); }

TEST_F(LabTruth, CommandsDoWhatTheTableSays)
{
    practice::CommandRows rows(stage);
    // What depends on the build or the language is in the programs' code, which runs on a practice server as well.
    EXPECT_GT(rows.playAll(practice::CommandRows::Runs::OnePerRow, {}), 300u);
    EXPECT_GT(rows.judgedBy(kMonban), 300u);
}

}  // namespace
}  // namespace monban::lab
