// SPDX-License-Identifier: MIT
// The rows of flags.tsv: our constants, netsh's parameters on each build, and what the plan does with a switch.
#include "core/observe/application_host.h"
#include "core/observe/server_index.h"
#include "core/pki/digest.h"
#include "core/plan/plan.h"
#include "core/plan/record_command.h"
#include "core/practice/interpreter.h"
#include "core/practice/judge.h"
#include "core/practice/netsh.h"
#include "core/practice/range.h"
#include "core/practice/starting_configuration.h"
#include "core/practice/tls_identity.h"
#include "tests/core/truth/central_store_files.h"
#include "tests/core/truth/row_count.h"
#include "tests/support/values.h"

namespace monban {
namespace {

using support::RowCount;
using support::TruthRow;

constexpr int kBuilds[] = {14393, 17763, 20348, 26100};

std::uint32_t numberOf(const std::string& cell) { return static_cast<std::uint32_t>(std::stoul(cell, nullptr, 0)); }

Plan planned(int build, const Answers& answers)
{
    const Facts facts = support::freshFacts(build);
    const Materials materials = support::materials();
    return planSetup({answers, materials, facts, {}});
}

const Step& stepOf(const Plan& plan, const std::string& id)
{
    for (const Step& step : plan.steps)
        if (step.id == id) return step;
    throw std::out_of_range(id);
}

std::optional<bool> BindAnswers::*answerFor(const std::string& name)
{
    if (name == "DisableHttp2") return &BindAnswers::disableHttp2;
    if (name == "DisableOcspStapling") return &BindAnswers::disableOcspStapling;
    if (name == "DisableQuic") return &BindAnswers::disableQuic;
    if (name == "DisableTls13") return &BindAnswers::disableTls13;
    if (name == "DisableLegacyTls") return &BindAnswers::disableLegacyTls;
    return nullptr;
}

/// The number in the record and in the binding once that switch is planned; nothing where the plan is blocked.
struct Planned {
    std::uint32_t record = 0, binding = 0;
};
std::optional<Planned> plannedSwitch(int build, const std::string& name)
{
    Answers answers;
    if (name != "NegotiateClientCert") answers.bind.*answerFor(name) = true;
    const Plan plan = planned(build, answers);
    for (const Step& step : plan.steps)
        if (step.id.starts_with("bind.") && step.state == StepState::Blocked) return std::nullopt;
    return Planned{std::get<RecordState>(stepOf(plan, "bind.record").after.front()).record->flags,
                   std::get<BindingState>(stepOf(plan, "bind.site").after.front()).sslFlags.value_or(0)};
}

/// netsh of the practice server and of the plan know the parameter on the same builds, and from the row's on.
void checkHttpFlag(const TruthRow& row)
{
    const std::uint32_t bit = numberOf(row["value"]);
    for (const int build : kBuilds) {
        const auto parameters = practice::netsh::parametersOf(build);
        const practice::netsh::Parameter* known = nullptr;
        for (const auto& parameter : parameters)
            if (parameter.bit == bit) known = &parameter;
        const bool expected = row["netsh"] != "-" && build >= std::stoi(row["since"]);
        EXPECT_EQ(known != nullptr, expected) << row["id"] << " on " << build;
        EXPECT_EQ((netshFlags(build) & bit) != 0, expected) << row["id"] << " in the plan, on " << build;
        if (known != nullptr) {
            EXPECT_EQ(known->name, row["netsh"]) << row["id"];
        }
        SslRecord record;
        record.flags = bit;
        EXPECT_EQ(netshCanWrite(record, build), expected) << row["id"] << " on " << build;
    }
}

/// A switch has one number in the record and another in the binding, and the plan sets both, where there is one.
void checkCounterpart(const TruthRow& row)
{
    const std::uint32_t value = numberOf(row["value"]), other = numberOf(row["counterpart"]);
    const bool http = row["system"] == "http";
    const int bindingSince = row["name"] == "NegotiateClientCert" ? 26100 : 0;
    for (const int build : kBuilds) {
        const auto seen = plannedSwitch(build, row["name"]);
        if (http || !bindingSince) {
            ASSERT_EQ(seen.has_value(), build >= std::stoi(row["since"])) << row["id"] << " on " << build;
        }
        if (!seen) continue;
        EXPECT_TRUE(seen->record & (http ? value : other)) << row["id"] << " on " << build;
        EXPECT_EQ((seen->binding & (http ? other : value)) != 0, build >= bindingSince) << row["id"] << " on " << build;
    }
}

void checkSni(const TruthRow& row)
{
    Answers answers;
    answers.bind.hostname = "www.example.test:443";
    const Plan plan = planned(std::stoi(row["since"]), answers);
    const auto binding = std::get<BindingState>(stepOf(plan, "bind.site").after.front());
    EXPECT_EQ(binding.sslFlags.value_or(0), numberOf(row["value"])) << row["id"];
}

void checkCheckMode(const TruthRow& row)
{
    SslRecord record;
    record.checkMode = numberOf(row["value"]);
    record.freshnessSeconds = row["name"] == "UseFreshnessTime" ? 60 : 0;
    EXPECT_TRUE(netshCanWrite(record, std::stoi(row["since"]))) << row["id"];
    const Command command = netshWrite("netsh", "add", record);
    const std::string wanted = row["netsh"] + "=";
    const bool inverted = row["netsh"] == "verifyclientcertrevocation" || row["netsh"] == "usagecheck";
    const std::string value = row["name"] == "UseFreshnessTime" ? "60" : inverted ? "disable" : "enable";
    EXPECT_TRUE(std::find(command.arguments.begin(), command.arguments.end(), wanted + value) != command.arguments.end())
        << row["id"] << ": " << wanted << value;
    EXPECT_EQ(record.checksRevocation(), row["name"] != "NoRevocationCheck") << row["id"];
    EXPECT_EQ(record.cachedRevocationOnly(), row["name"] == "CachedRevocationOnly") << row["id"];
    EXPECT_EQ(record.checksUsage(), row["name"] != "NoUsageCheck") << row["id"];
}

/// applicationHost.config keeps the names; the number is what is read out of it.
void checkAccess(const TruthRow& row)
{
    const auto changed = withAccess(practice::kStartingConfiguration, "Default Web Site", numberOf(row["value"]));
    ASSERT_TRUE(changed) << row["id"];
    EXPECT_NE(changed->find("sslFlags=\"" + row["name"] + "\""), std::string::npos) << row["id"];
    EXPECT_EQ(accessAt(*changed, "Default Web Site")->flags, numberOf(row["value"])) << row["id"];
}

void checkAccessMode(const TruthRow& row)
{
    using Mode = RequireAnswers::Mode;
    Answers answers;
    const std::string name = row["name"];
    answers.require.mode = name.starts_with("require") ? Mode::Require : name.starts_with("accept") ? Mode::Accept : Mode::Ignore;
    answers.require.requireSsl = !name.ends_with("-without-ssl") && name != "ignore";
    const Plan plan = planned(20348, answers);
    EXPECT_EQ(std::get<AccessState>(stepOf(plan, "require.access").after.front()).effective, numberOf(row["value"])) << row["id"];
}

class FlagsRows : public practice::PracticeFolder {
protected:
    /// A binding with that number is a listener of its host name, whose certificate comes out of the central store; and
    /// none of 4 to 128 is allowed with it, nor any option in the record.
    void checkCentralStore(const TruthRow& row);
    /// The four meetings that tell the modes apart.
    void checkTrustMode(const TruthRow& row);

    bool admits(const practice::Snapshot& snapshot, const SslRecord& record, const practice::rows::Holder& client)
    {
        const practice::rows::Authority& between = practice::rows::authorities().intermediate;
        const auto verdict = practice::judge(backend(), snapshot, record,
                                             {practice::derOf(client.certificate.get()), practice::derOf(between.certificate.get())});
        EXPECT_TRUE(verdict);
        EXPECT_TRUE(verdict->subStatus == 0 || verdict->subStatus == 16) << verdict->subStatus;
        return verdict->subStatus == 0;
    }
    void put(const std::string& store, const practice::rows::Authority& authority)
    {
        const Bytes der = practice::derOf(authority.certificate.get());
        ASSERT_TRUE(backend().putCertificate(store, {der, sha1Hex(der), "", KeyState::None, ""}));
    }
};

void FlagsRows::checkCentralStore(const TruthRow& row)
{
    constexpr const char* kHost = "www.example.test";
    ASSERT_EQ(numberOf(row["value"]), binding_flags::kCentralStore);
    practice::rows::turnOnCentralStore(backend());
    practice::rows::putInCentralStore(m_folder, std::string(kHost) + ".pfx", kHost);
    for (const std::uint32_t sni : {0u, 1u}) {
        const auto changed = withBinding(practice::kStartingConfiguration, "Default Web Site",
                                         bindingFrom("https", std::string("*:443:") + kHost, binding_flags::kCentralStore | sni));
        ASSERT_TRUE(backend().writeConfiguration(*changed));
        ASSERT_TRUE(backend().writeRecords({}));
        const practice::Reply reply = practice::interpret(backend(), {"netsh", {"http", "add", "sslcert", "ccs=443", std::string("appid=") + kIisAppId}, {}});
        ASSERT_EQ(reply.exitCode, 0) << reply.text;
        const auto snapshot = practice::readSnapshot(backend());
        const practice::Endpoint endpoint{true, "", kHost, 443};
        const auto endpoints = practice::endpointsOf(*snapshot);
        EXPECT_NE(std::find(endpoints.begin(), endpoints.end(), endpoint), endpoints.end()) << sni;
        const SslRecord* record = practice::recordFor(*snapshot, endpoint, kHost);
        ASSERT_NE(record, nullptr);
        const auto identity = practice::identityFor(backend(), *snapshot, *record, kHost);
        ASSERT_TRUE(identity) << identity.error().detail;
        EXPECT_EQ(parseCertificate(practice::derOf(identity->certificate.get()))->subject, std::string("CN=") + kHost);
    }
    for (const char* option : {"clientcertnegotiation=enable", "disablehttp2=enable", "sslctlstorename=MY"})
        EXPECT_NE(practice::interpret(backend(), {"netsh", {"http", "update", "sslcert", "ccs=443", std::string("appid=") + kIisAppId, option}, {}}).exitCode, 0) << option;
    // The plan gives the host name a record of its own: the binding leaves the store, and may then have the others.
    for (const int build : kBuilds) {
        Facts facts = support::freshFacts(build);
        facts.sites->front().bindings.push_back(bindingFrom("https", std::string("*:443:") + kHost, 3));
        Answers answers;
        answers.bind.hostname = std::string(kHost) + ":443";
        const Materials materials = support::materials();
        const auto wanted = std::get<BindingState>(stepOf(planSetup({answers, materials, facts, {}}), "bind.site").after.front());
        EXPECT_EQ(wanted.sslFlags.value_or(0) & binding_flags::kCentralStore, 0u) << build;
    }
}

void FlagsRows::checkTrustMode(const TruthRow& row)
{
    const practice::rows::Authorities& all = practice::rows::authorities();
    practice::rows::Wanted wanted;
    wanted.issuer = &all.intermediate;
    const practice::rows::Holder client = practice::rows::holderOf("Taro Yamada", wanted);
    put("link", all.intermediate);
    put("root", all.root);
    put("ROOT", all.root);
    ASSERT_EQ(practice::interpret(backend(), {"reg", {"add", kSchannelKey, "/v", "ClientAuthTrustMode", "/t", "REG_DWORD", "/d", row["value"], "/f"}, {}}).exitCode, 0);
    ASSERT_TRUE(practice::restart(m_folder));
    SslRecord record;
    record.checkMode = check_mode::kNoRevocationCheck;
    const auto snapshot = *practice::readSnapshot(backend());
    EXPECT_TRUE(admits(snapshot, record, client)) << row["id"] << ": without a store of its own ROOT counts";
    record.ctlStore = "link";
    EXPECT_EQ(admits(snapshot, record, client), row["name"] != "ExclusiveRootTrust") << row["id"] << ": an intermediate CA in the store";
    record.ctlStore = "ROOT";
    EXPECT_TRUE(admits(snapshot, record, client)) << row["id"];
    record.ctlStore = "root-alone";
    EXPECT_FALSE(admits(snapshot, record, client)) << row["id"] << ": a store that is not there";
    put("root-alone", all.root);
    const Bytes root = practice::derOf(all.root.certificate.get());
    ASSERT_TRUE(backend().removeCertificate("ROOT", sha1Hex(root)));
    EXPECT_EQ(admits(snapshot, record, client), row["name"] != "MachineTrust") << row["id"] << ": the root in the store, not in ROOT";
    ASSERT_TRUE(backend().removeCertificate("root-alone", sha1Hex(root)));
}

TEST_F(FlagsRows, NumbersAndTheirCounterpartsAreWhatTheTableSays)
{
    RowCount count("flags", {});
    for (const TruthRow& row : support::readTruthTable("flags").rows) {
        if (!count.isChecked(row)) continue;
        const std::string& system = row["system"];
        if (system == "http") checkHttpFlag(row);
        if (row["counterpart"] != "-") checkCounterpart(row);
        if (row["name"] == "Sni") checkSni(row);
        if (row["name"] == "CentralStore") checkCentralStore(row);
        if (system == "check-mode") checkCheckMode(row);
        if (system == "access") checkAccess(row);
        if (system == "access-mode") checkAccessMode(row);
        if (system == "trust-mode") checkTrustMode(row);
    }
    EXPECT_EQ(count.finish(), 43u);
}

}  // namespace
}  // namespace monban
