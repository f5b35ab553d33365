// SPDX-License-Identifier: MIT
// The rows of errors.tsv, owners.tsv and registry.tsv against the practice server and the plan.
#include "core/plan/plan.h"
#include "core/practice/access_log.h"
#include "core/practice/interpreter.h"
#include "core/practice/pages.h"
#include "core/practice/range.h"
#include "core/practice/shell.h"
#include "core/practice/snapshot.h"
#include "tests/core/practice/practice_folder.h"
#include "tests/core/truth/row_count.h"
#include "tests/support/values.h"

namespace monban::practice {
namespace {

using support::RowCount;
using support::TruthRow;

class NamesRows : public PracticeFolder {
protected:
    Reply run(const std::string& program, const std::vector<std::string>& arguments)
    {
        return interpret(backend(), {program, arguments, {}});
    }
};

std::string pageOf(int status, int subStatus, std::uint32_t win32)
{
    return errorPage(Machine{}, HttpRequest{}, status, subStatus, win32).body;
}

/// Names of HRESULTs for which certutil prints the Win32 error within (WINDOWS-FACTS 3.2).
std::string shownName(const TruthRow& row)
{
    if (row["name"] == "E_ACCESSDENIED") return "ERROR_ACCESS_DENIED";
    if (row["name"] == "E_INVALIDARG") return "ERROR_INVALID_PARAMETER";
    return row["name"];
}

/// That the codes are also given where the rows say so, commands_truth_test, certreq_test and admission_test tell.
TEST_F(NamesRows, ErrorsHaveTheirWords)
{
    const Machine english;
    Machine japanese;
    japanese.language = Language::Japanese;
    const Invocation nothing;
    const Shell shell{backend(), english, nothing, std::nullopt, 0};
    const Shell shellJa{backend(), japanese, nothing, std::nullopt, 0};
    RowCount count("errors", {});
    for (const TruthRow& row : support::readTruthTable("errors").rows) {
        if (!count.isChecked(row)) continue;
        if (row["code"].starts_with("403.")) {
            const int subStatus = std::stoi(row["code"].substr(4));
            const std::string page = pageOf(403, subStatus, 0);
            EXPECT_NE(page.find("HTTP Error " + row["code"] + " - "), std::string::npos) << row["id"];
            EXPECT_NE(page.find("Most likely causes"), std::string::npos) << row["id"] << ": nothing is explained";
            continue;
        }
        const auto code = static_cast<std::uint32_t>(std::stoull(row["code"], nullptr, 0));
        if (row["name"].starts_with("sc-win32-status ")) {
            LoggedRequest refused;
            refused.win32 = code;
            EXPECT_NE(logLine(refused).find(' ' + row["name"].substr(16) + ' '), std::string::npos) << logLine(refused);
            EXPECT_EQ(code, win32_status::kUntrustedRoot) << row["id"];
            continue;
        }
        const std::string shown = hresultText(code);
        EXPECT_NE(shown.find(' ' + shownName(row) + ')'), std::string::npos) << row["id"] << ": " << shown;
        EXPECT_NE(shell.message(code), shell.message(0xEEEEEEEE)) << row["id"] << ": no words for it";
        EXPECT_NE(shellJa.message(code), shell.message(code)) << row["id"] << ": none in Japanese";
        if (row["where"] == "win32" && row["text_en"] != "-") {
            EXPECT_EQ(shell.message(code), row["text_en"]) << row["id"];
        }
        if (row["where"] == "win32" && row["text_ja"] != "-") {
            EXPECT_EQ(shellJa.message(code), row["text_ja"]) << row["id"];
        }
        if (row["where"] == "iis") {
            EXPECT_NE(pageOf(403, 16, code).find(row["code"]), std::string::npos) << row["id"];
        }
    }
    EXPECT_EQ(count.finish(), 31u);
}

/// The plan for a server where a record of that owner stands on the endpoint of an IIS https binding.
Plan planOverRecordOf(const std::string& appId)
{
    Facts facts = support::freshFacts();
    facts.sites->front().bindings.push_back(bindingFrom("https", "*:443:", 0));
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.appId = appId;
    record.thumbprint = std::string(40, 'c');
    record.store = "MY";
    facts.records->push_back(record);
    const Materials materials = support::materials();
    return planSetup({Answers{}, materials, facts, {}});
}

TEST_F(NamesRows, RecordsOfOthersAreNamedAndLeftAlone)
{
    RowCount count("owners", {});
    for (const TruthRow& row : support::readTruthTable("owners").rows) {
        if (!count.isChecked(row)) continue;
        EXPECT_EQ(ownerName(row["guid"]) != nullptr, row["rule"] != "confirm") << row["id"];
        const Plan plan = planOverRecordOf(row["guid"]);
        for (const Step& step : plan.steps) {
            if (step.id != "bind.record") continue;
            EXPECT_EQ(step.state == StepState::Blocked, row["rule"] == "foreign") << row["id"];
            if (row["rule"] == "foreign") continue;
            const auto& wanted = std::get<RecordState>(step.after.front());
            EXPECT_EQ(wanted.record->appId, row["guid"]) << row["id"] << ": carried over, not replaced";
        }
    }
    EXPECT_EQ(count.finish(), 14u);
}

/// EnableHttp3, as it acts on a record with all defaults; off on servers that have no TLS 1.3.
bool speaksHttp3(Backend& backend) { return readSnapshot(backend)->hasHttp3(SslRecord{}); }

TEST_F(NamesRows, SchannelValuesTakeEffectWithARestartIfTheirNameIsRight)
{
    RowCount count("registry", {});
    for (const TruthRow& row : support::readTruthTable("registry").rows) {
        if (!count.isChecked(row)) continue;
        const std::string chain = "chain\\" + row["value"];
        if (row["takes_effect"] == "now") {  // the chain engine's: through certutil -setreg chain
            const std::string number = row["value"] == "ChainCacheResyncFiletime" ? "@now" : "15000";
            EXPECT_EQ(run("certutil", {"-setreg", chain, number}).exitCode, 0) << row["id"];
            EXPECT_TRUE(*backend().registryValue(row["key"], row["value"])) << row["id"];
            continue;
        }
        const auto before = *backend().records();
        const std::string key = row["takes_effect"] == "read-only" ? row["key"] + "\\0.0.0.0:443" : row["key"];
        ASSERT_EQ(run("reg", {"add", key, "/v", row["value"], "/t", "REG_DWORD", "/d", "1", "/f"}).exitCode, 0) << row["id"];
        const bool ofHttp = row["key"] == kHttpParametersKey;
        EXPECT_EQ(readSnapshot(backend())->schannel(row["value"]), 0u) << row["id"] << ": in force before the restart";
        EXPECT_FALSE(speaksHttp3(backend())) << row["id"] << ": in force before the restart";
        ASSERT_TRUE(restart(m_folder));
        EXPECT_EQ(speaksHttp3(backend()), row["value"] == "EnableHttp3") << row["id"];
        if (row["takes_effect"] == "restart" && !ofHttp) {
            EXPECT_EQ(readSnapshot(backend())->schannel(row["value"]), 1u) << row["id"];
        }
        if (row["takes_effect"] == "read-only") {
            EXPECT_EQ(*backend().records(), before) << row["id"];
        }
        for (const char* right : {"SendTrustedIssuerList", "ClientAuthTrustMode"})
            EXPECT_EQ(readSnapshot(backend())->schannel(right), right == row["value"] ? 1u : 0u) << row["id"] << " acts as " << right;
        ASSERT_TRUE(*backend().deleteRegistryValue(key, row["value"]));
        ASSERT_TRUE(restart(m_folder));
    }
    EXPECT_EQ(count.finish(), 19u);
}

}  // namespace
}  // namespace monban::practice
