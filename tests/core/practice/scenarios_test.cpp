// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/model/answers_file.h"
#include "core/plan/plan.h"
#include "core/plan/renewal.h"
#include "core/practice/practice_server.h"
#include "core/practice/range.h"
#include "core/practice/scenario.h"
#include "core/run/journal.h"
#include "tests/core/practice/practice_folder.h"

namespace monban::practice {
namespace {

class Scenarios : public testing::Test {
protected:
    ~Scenarios() override
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    /// The server, looked at by the product, and the ids of the steps that its own answers.json would still need.
    std::string needed(const std::string& scenario, int build = windows_build::kServer2022)
    {
        boost::system::error_code trouble;
        fs::remove_all(m_folder, trouble);
        const auto made = create({m_folder, build, scenario, 3});
        EXPECT_TRUE(made) << scenario << ": " << (made ? "" : inEnglish(made.error().message) + " " + made.error().detail);
        if (!made) return "(not made)";
        const auto server = std::move(*PracticeServer::open(m_folder));
        const auto answers = readAnswers(m_folder / "answers.json");
        const std::string password = *readText(m_folder / "ca" / "password.txt");
        const Materials materials = readMaterials(*answers, Secret(password.substr(0, password.find('\n'))), {});
        m_facts = server->observe({});
        const Plan plan = planSetup({*answers, materials, m_facts, {}});
        EXPECT_TRUE(Journal(server->journalFolder()).runs()->runs.empty()) << "a scenario's server starts with an empty journal";
        std::string ids;
        for (const Step& step : plan.steps)
            if (step.state != StepState::Done) ids += (ids.empty() ? "" : " ") + std::string(step.state == StepState::Blocked ? "!" : "") + step.id;
        return ids;
    }
    const SslRecord& record() { return *recordAt(*m_facts.records, RecordFamily::IpPort, "0.0.0.0:443"); }
    std::size_t certificates(const std::string& store) { return storeOf(m_facts, store)->size(); }

    fs::path m_folder = (fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) / fs::unique_path("monban-%%%%-%%%%");
    Facts m_facts;
};

TEST_F(Scenarios, AServerThatIsSetUpNeedsNothingOnAnyWindows)
{
    for (const int build : {windows_build::kServer2016, windows_build::kServer2019, windows_build::kServer2022, windows_build::kServer2025}) {
        EXPECT_EQ(needed("set-up", build), "") << build;
        EXPECT_FALSE(m_facts.schannel->restartPending);
        EXPECT_TRUE(record().negotiatesClientCertificate());
        EXPECT_EQ(record().ctlStore, "iis_client_trust");
    }
}

TEST_F(Scenarios, ARebindTookEveryOptionOfTheRecord)
{
    EXPECT_EQ(needed("rebind"), "bind.record");
    EXPECT_EQ(record().flags, 0u);
    EXPECT_EQ(record().checkMode, 0u);
    EXPECT_EQ(record().ctlStore, "");
    EXPECT_EQ(record().appId, kIisAppId);
    EXPECT_EQ(record().thumbprint, (*storeOf(m_facts, "MY"))[0].certificate.thumbprintSha1);
    EXPECT_EQ(needed("rebind", windows_build::kServer2016), "bind.record.delete bind.record");
}

TEST_F(Scenarios, OthersAreWhatTheyAreCalled)
{
    EXPECT_EQ(needed("late-request"), "bind.record");
    EXPECT_FALSE(record().negotiatesClientCertificate());
    EXPECT_EQ(m_facts.sites->front().access.front().flags, 104u);
    EXPECT_EQ(needed("issuer-list"), "bind.record");
    EXPECT_EQ(record().ctlStore, "");
    EXPECT_EQ(m_facts.schannel->sendTrustedIssuerList, 1u);
    EXPECT_EQ(needed("polluted-root"), "");
    const auto root = storeOf(m_facts, "ROOT");
    EXPECT_TRUE(std::any_of(root->begin(), root->end(), [](const auto& one) { return !one.certificate.selfSigned; }));
}

TEST_F(Scenarios, OfAPortThatAnotherSiteHas)
{
    const std::string left = needed("shared-port");
    EXPECT_NE(left.find("!bind.site"), std::string::npos) << left;
    EXPECT_EQ(certificates("MY"), 1u);
    EXPECT_EQ(m_facts.sites->size(), 2u);
}

TEST_F(Scenarios, OfAServerWithManySitesAndOwners)
{
    EXPECT_EQ(needed("several-sites"), "");
    EXPECT_EQ(m_facts.sites->size(), 4u);
    EXPECT_EQ(m_facts.records->size(), 6u);
    EXPECT_EQ((*m_facts.sites)[3].state, "Stopped");
}

TEST_F(Scenarios, OfACertificateThatEnds)
{
    const Time now = hostTime();
    EXPECT_EQ(needed("expired"), "import.certificate bind.record");
    EXPECT_LT((*storeOf(m_facts, "MY"))[0].certificate.notAfter, now);
    EXPECT_EQ(needed("renewal"), "import.certificate bind.record");
    const Certificate* old = certificateOf(m_facts, record());
    ASSERT_TRUE(old);
    EXPECT_GT(old->notAfter, now);
    EXPECT_LT(old->notAfter, now + std::chrono::hours(24 * 30));
    const auto withOld = std::ranges::count_if(*m_facts.records, [&](const SslRecord& one) { return one.thumbprint == old->thumbprintSha1; });
    EXPECT_EQ(withOld, 4);
    EXPECT_EQ(m_facts.records->size(), 5u);
    EXPECT_EQ(m_facts.sites->size(), 4u);
    EXPECT_TRUE(std::ranges::any_of(*m_facts.records, [](const SslRecord& one) { return ownerName(one.appId) && std::string(ownerName(one.appId)) == "AD FS"; }));
}

TEST_F(Scenarios, AnUnknownOneIsRefusedWithTheListOfThem)
{
    const auto made = create({m_folder, windows_build::kServer2022, "nonsense", 1});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::InvalidInput);
    for (const Scenario& scenario : scenarios())
        EXPECT_NE(inEnglish(made.error().message).find(scenario.name), std::string::npos) << scenario.name;
    EXPECT_FALSE(fs::exists(m_folder / "machine.json"));
}

}  // namespace
}  // namespace monban::practice
