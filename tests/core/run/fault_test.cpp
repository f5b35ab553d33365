// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "core/observe/application_host.h"
#include "core/practice/folder_names.h"
#include "core/practice/practice_server.h"
#include "core/practice/range.h"
#include "core/report/status_json.h"
#include "core/run/execute.h"
#include "core/run/planning.h"
#include "tests/core/practice/practice_folder.h"
#include "tests/core/run/quick_server.h"

/// Each step of each path goes wrong in each way: the account of what was done is exact, and undo restores `status`.
namespace monban {
namespace {

using nlohmann::json;
using practice::Backend;

support::QuickServer& originalOf(int build)
{
    static std::map<int, std::unique_ptr<support::QuickServer>> made;
    auto& original = made[build];
    if (!original) original = std::make_unique<support::QuickServer>(build);
    return *original;
}

/// One way through the procedure on one kind of server.
struct Path {
    const char* name;
    int build;
    void (*prepare)(Backend& backend);
    void (*answer)(Answers& answers);
    const char* steps;  ///< the ids of those that change something
    std::size_t own;    ///< from this one on they differ from those of the paths before
};

/// Something another certificate stands in: as after a year, with options that nobody may lose.
void boundBefore(Backend& backend, std::uint32_t flags)
{
    const auto key = practice::testKey();
    const Bytes der = practice::derOf(practice::testX509("old.example.test", key).get());
    const std::string thumbprint = sha1Hex(der);
    ASSERT_TRUE(backend.putKey("old", Secret(key.pem())));
    ASSERT_TRUE(backend.putCertificate("MY", {der, thumbprint, "old", KeyState::NotExportable, "old"}));
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.thumbprint = thumbprint;
    record.appId = kIisAppId;
    record.store = "MY";
    record.flags = flags;
    record.checkMode = check_mode::kNoUsageCheck;
    ASSERT_TRUE(backend.writeRecords({record}));
    const auto bound = withBinding(*backend.configuration(), "Default Web Site", bindingFrom("https", "*:443:", 0));
    ASSERT_TRUE(bound);
    ASSERT_TRUE(backend.writeConfiguration(*bound));
    ASSERT_TRUE(backend.setRegistryValue(kSchannelKey, "SendTrustedIssuerList", {"REG_DWORD", "0"}));
}

/// Lists that http.sys and the caller fetched a moment ago.
void listsCached(Backend& backend)
{
    const auto list = backend.caFile("ia1.crl");
    ASSERT_TRUE(list);
    for (const auto owner : {practice::CacheOwner::Service, practice::CacheOwner::Caller})
        ASSERT_TRUE(backend.writeCachedCrls(owner, {{practice::kCrlUrl, *list, hostTime()}}));
    auto machine = backend.machine();  // a service that stops with the cryptographic ones
    ASSERT_TRUE(machine);
    machine->stoppedServices.clear();
    ASSERT_TRUE(backend.writeMachine(*machine));
}

void asksForARequest(Answers& answers)
{
    answers.certificate = {};
    answers.certificate.source = CertificateAnswers::Source::Request;
    answers.certificate.commonName = "www.example.test";
    answers.certificate.organization = "山田, Ltd.";
    answers.certificate.country = "JP";
    answers.certificate.dnsNames = {"www.example.test"};
    answers.certificate.keyAlgorithm = "ECDSA_P256";
    answers.certificate.provider = "Microsoft Software Key Storage Provider";
    answers.certificate.requestFile = "server.req";
}

SslRecord recordOfIis(RecordFamily family, const std::string& endpoint, const SslRecord& like)
{
    SslRecord record = like;
    record.family = family;
    record.endpoint = endpoint;
    record.checkMode = 0;
    return record;
}

/// One server with most of what troubleshoot.mend knows a remedy for.
void fullOfPitfalls(Backend& backend)
{
    boundBefore(backend, record_flags::kNegotiateClientCertificate);  // usage-not-checked
    auto records = *backend.records();
    const SslRecord like = records.front();
    SslRecord silent = recordOfIis(RecordFamily::IpPort, "0.0.0.0:8443", like);  // bindings-negotiate-differently
    silent.flags = record_flags::kDisableHttp2;
    SslRecord lenient = recordOfIis(RecordFamily::IpPort, "0.0.0.0:9443", like);  // revocation-not-checked, issuer-list-is-root
    lenient.checkMode = check_mode::kNoRevocationCheck | check_mode::kCachedRevocationOnly;
    SslRecord empty = recordOfIis(RecordFamily::IpPort, "[::]:9444", like);  // ctl-store-empty
    empty.ctlStore = "other_ctl";
    SslRecord named = recordOfIis(RecordFamily::HostNamePort, "www.example.test:7443", like);  // sni-flag-missing
    named.ctlStore = "iis_client_trust";
    for (const SslRecord& record : {silent, lenient, empty, named}) records.push_back(record);
    ASSERT_TRUE(backend.writeRecords(records));
    for (const char* information : {"*:8443:", "*:7443:www.example.test"}) {
        const auto bound = withBinding(*backend.configuration(), "Default Web Site", bindingFrom("https", information, 0));
        ASSERT_TRUE(bound);
        ASSERT_TRUE(backend.writeConfiguration(*bound));
    }
    const auto key = practice::testKey();
    const auto issuer = practice::testX509("Other root", key);
    const Bytes cross = practice::derOf(practice::testX509("Other CA", practice::testKey(), issuer.get(), &key).get());
    // No program of Windows takes a store away that was made: those that will be filled are there, and empty.
    for (const char* store : {"other_ctl", "iis_client_trust"}) {
        ASSERT_TRUE(backend.putCertificate(store, {cross, sha1Hex(cross), "", KeyState::None, ""}));
        ASSERT_TRUE(backend.removeCertificate(store, sha1Hex(cross)));
    }
    ASSERT_TRUE(backend.putCertificate("ROOT", {cross, sha1Hex(cross), "", KeyState::None, ""}));  // root-not-self-signed
    ASSERT_TRUE(backend.setRegistryValue(kSchannelKey, "SendTrustedIssuerList", {"REG_DWORD", "1"}));
    ASSERT_TRUE(backend.setRegistryValue(kSchannelKey, "SendTrustedIssuers", {"REG_SZ", "1"}));  // registry-value-misspelt
    ASSERT_TRUE(backend.setRegistryValue(kSchannelKey, "ClientAuthTrustMode", {"REG_DWORD", "2"}));
}

const Path kPaths[] = {
    {"a fresh Windows Server 2022", windows_build::kServer2022, [](Backend&) {}, [](Answers&) {},
     "import.certificate trust.ctl trust.root bind.site bind.record bind.issuer-list require.access", 0},
    {"Windows Server 2016, where a record is deleted and added", windows_build::kServer2016,
     [](Backend& backend) { boundBefore(backend, record_flags::kDsMapper); }, [](Answers&) {},
     "import.certificate trust.ctl trust.root bind.record.delete bind.record bind.issuer-list require.access", 3},
    {"a record netsh cannot write", windows_build::kServer2025,
     [](Backend& backend) { boundBefore(backend, record_flags::kClientCorrelation | record_flags::kDisableHttp2); }, [](Answers&) {},
     "import.certificate trust.ctl trust.root bind.site bind.record bind.issuer-list require.access", 3},
    {"a host name, another store, a path", windows_build::kServer2019, [](Backend&) {},
     [](Answers& answers) {
         answers.bind.hostname = "www.example.test:443";
         answers.import.store = "WebHosting";
         answers.import.friendlyName = "site \"2026\" 山田";
         answers.require.path = "/app";
         answers.bind.disableQuic = true;
     },
     "import.certificate trust.ctl trust.root bind.site bind.record bind.issuer-list require.access", 0},
    {"chapter 5", windows_build::kServer2022, listsCached,
     [](Answers& answers) {
         answers.troubleshoot.flushCrl = true;
         answers.troubleshoot.samplePage = true;
         answers.bind.checkRevocation = false;
     },
     "import.certificate trust.ctl trust.root bind.site bind.record bind.issuer-list require.access troubleshoot.flush-crl.cache "
     "troubleshoot.flush-crl.stop troubleshoot.flush-crl.resync troubleshoot.flush-crl.start troubleshoot.flush-crl.start-appidsvc troubleshoot.sample-page", 7},
    {"a request is made", windows_build::kServer2022, [](Backend&) {}, asksForARequest, "certificate.policy certificate.request trust.ctl trust.root", 0},
    {"the answer to a request", windows_build::kServer2022, [](Backend&) {},
     [](Answers& answers) {
         asksForARequest(answers);
         answers.certificate.issuedFile = "server.cer";
     },
     "trust.ctl trust.root import.accept bind.site bind.record bind.issuer-list require.access", 2},
    {"pitfalls are mended", windows_build::kServer2022, fullOfPitfalls,
     [](Answers& answers) {
         answers.troubleshoot.mend = {"usage-not-checked", "bindings-negotiate-differently", "revocation-not-checked", "issuer-list-is-root",
                                      "ctl-store-empty", "sni-flag-missing", "root-not-self-signed", "registry-value-misspelt",
                                      "client-auth-trust-mode"};
     },
     "import.certificate trust.ctl trust.root bind.record require.access mend.usage-not-checked.1 mend.bindings-negotiate-differently.1 "
     "mend.revocation-not-checked.1 mend.issuer-list-is-root.1 mend.ctl-store-empty.1 mend.sni-flag-missing.1 mend.root-not-self-signed.1 "
     "mend.registry-value-misspelt.1 mend.client-auth-trust-mode.1", 5},
};

enum class Kill { None, Before, After };
struct ProcessDies : std::runtime_error {
    ProcessDies() : std::runtime_error("the process dies") {}
};

/// Gives programs less time than Monban does, and can die or lose sight of the server at one action.
class Impatient final : public Server {
public:
    explicit Impatient(const fs::path& folder) : m_folder(folder), m_server(std::move(*practice::PracticeServer::open(folder))) {}
    Facts observe(const Lookups& lookups) override { return m_server->observe(lookups); }
    Result<Output> run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits) override
    {
        ++m_actions;
        const bool here = m_actions == at;
        if (here && kill == Kill::Before) throw ProcessDies();
        if (here && !before.empty()) setFaults(before);
        auto output = m_server->run(action, materials, sink, {std::chrono::milliseconds(20), limits.stop});
        if (here && kill == Kill::After) throw ProcessDies();
        if (here) setFaults(after);
        return output;
    }
    fs::path journalFolder() const override { return m_server->journalFolder(); }
    void setFaults(const std::string& faults)
    {
        const fs::path file = m_folder / "machine.json";
        json machine = json::parse(*readText(file));
        machine["faults"] = json::parse(faults);
        ASSERT_TRUE(replaceFile(file, machine.dump()));
    }

    /// Nothing goes wrong any more.
    void recover()
    {
        at = m_actions = 0;
        kill = Kill::None;
        before.clear();
        after = "[]";
        setFaults("[]");
    }

    int at = 0;  ///< which action, counted from 1
    Kill kill = Kill::None;
    std::string before;  ///< faults while it runs …
    std::string after = "[]";  ///< … and once it has run

private:
    fs::path m_folder;
    std::unique_ptr<Server> m_server;
    int m_actions = 0;
};

class FaultTest : public testing::TestWithParam<Path> {
protected:
    FaultTest() : m_original(originalOf(GetParam().build)), m_answers(m_original.answers), m_folder(support::scratchFolder())
    {
        GetParam().answer(m_answers);
        fs::copy(m_original.folder, m_folder, fs::copy_options::recursive);
        auto backend = practice::openFolder(m_folder);
        GetParam().prepare(**backend);
        for (std::string* file : {&m_answers.certificate.requestFile, &m_answers.certificate.issuedFile})
            if (!file->empty()) *file = utf8(m_folder / *file);
        if (!m_answers.certificate.issuedFile.empty()) requestAndIssue();
        if (m_answers.certificate.source == CertificateAnswers::Source::Request) m_own = readMaterials(m_answers, Secret(), {});
        m_prepared = support::scratchFolder();
        fs::copy(m_folder, m_prepared, fs::copy_options::recursive);
    }
    ~FaultTest() override
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
        fs::remove_all(m_prepared, ignored);
    }

    const Materials& materials() const
    {
        return m_answers.certificate.source == CertificateAnswers::Source::Request ? m_own : m_original.materials;
    }
    /// As an earlier run left it: a request waits, the CA has answered it, and that run is long forgotten.
    void requestAndIssue()
    {
        Answers request = m_answers;
        request.certificate.issuedFile.clear();
        request.root.file.clear();
        const Materials none = readMaterials(request, Secret(), {});
        Impatient server(m_folder);
        const Plan plan = planOn(server, request, none, {}).plan;
        Plan making;
        for (const Step& step : plan.steps)
            if (step.chapter == Chapter::Certificate) making.steps.push_back(step);
        EXPECT_EQ(execute(making, server, none, m_progress, {}).outcome, RunOutcome::Done);
        EXPECT_TRUE(practice::issue(m_folder, pathFromUtf8(m_answers.certificate.requestFile), pathFromUtf8(m_answers.certificate.issuedFile)));
        fs::remove_all(m_folder / "journal");
    }

    /// The server as it was at first, its journal empty.
    void renew()
    {
        fs::remove_all(m_folder);
        fs::copy(m_prepared, m_folder, fs::copy_options::recursive);
        m_server = std::make_unique<Impatient>(m_folder);
        const Planned planned = planOn(*m_server, m_answers, materials(), {});
        m_facts = planned.facts;
        m_plan = planned.plan;
        // What waits for something outside is not part of this path; nor has the test time to try again.
        std::erase_if(m_plan.steps, [](const Step& step) { return step.state == StepState::Waiting; });
        for (Step& step : m_plan.steps) step.retryFor = {};
        m_needed.clear();
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i)
            if (m_plan.steps[i].state == StepState::Needed) m_needed.push_back(i);
    }
    /// All that `status` says, without the clock, which goes on.
    json status()
    {
        json shown = statusJson(m_server->observe({}), Language::English);
        shown["machine"].erase("clock");
        return shown;
    }
    Outcome apply(std::stop_token stop = {})
    {
        return execute(m_plan, *m_server, materials(), m_progress, stop);
    }
    Outcome undo()
    {
        const Journal journal(m_server->journalFolder());
        const auto run = runToUndo(journal, "");
        if (!run || !*run) return {};
        const auto back = planUndo(**run, journal, m_server->observe(lookupsFor(**run)));
        EXPECT_TRUE(back);
        return back ? executeUndo(**run, *back, *m_server, m_progress, {}) : Outcome{};
    }
    void expectUndone(const json& before, const std::string& where)
    {
        m_server->recover();
        const Outcome outcome = undo();
        EXPECT_EQ(outcome.outcome, RunOutcome::Done) << where << ": " << inEnglish(outcome.reason);
        const json now = status();
        EXPECT_TRUE(now == before) << where << ": " << json::diff(before, now).dump();
        EXPECT_TRUE(practice::entriesOf(m_folder / "keys")->size() == practice::entriesOf(m_prepared / "keys")->size())
            << where << ": no key stays behind";
    }
    /// Steps before it are done and seen to be so, those after it were not begun and changed nothing.
    void expectAccount(const Outcome& outcome, std::size_t failed, const std::string& where)
    {
        ASSERT_EQ(outcome.results.size(), m_plan.steps.size());
        const Facts now = m_server->observe(lookupsFor(m_plan));
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            const Step& step = m_plan.steps[i];
            const StepResult& result = outcome.results[i];
            const bool needed = step.state == StepState::Needed;
            const StepOutcome wanted = !needed ? StepOutcome::Skipped : i < failed ? StepOutcome::Done : i == failed ? StepOutcome::Failed : StepOutcome::NotRun;
            EXPECT_EQ(result.outcome, wanted) << where << ", " << step.id << ": " << inEnglish(result.reason);
            EXPECT_EQ(result.reason.empty(), result.outcome != StepOutcome::Failed) << where << ", " << step.id;
            const bool seenDone = result.outcome == StepOutcome::Done && !touchedLater(i);
            const bool untouched = result.outcome == StepOutcome::NotRun && !step.ordered;
            for (const State& state : seenDone ? step.after : std::vector<State>{})
                EXPECT_TRUE(satisfies(*observedState(state, now), state)) << where << ", " << step.id;
            for (const State& state : untouched ? step.before : std::vector<State>{})
                EXPECT_TRUE(*observedState(state, now) == state) << where << ", " << step.id;
            EXPECT_TRUE(isUtf8(result.output)) << where;
            EXPECT_LE(result.output.size(), 256u * 1024) << where;
        }
    }
    bool touchedLater(std::size_t index) const
    {
        for (std::size_t i = index + 1; i < m_plan.steps.size(); ++i)
            for (const State& later : m_plan.steps[i].after)
                for (const State& state : m_plan.steps[index].after)
                    if (subjectOf(later) == subjectOf(state)) return true;
        return false;
    }
    void atStep(std::size_t which) { m_server->at = static_cast<int>(which + 1); }
    std::string where(std::size_t which, const std::string& kind) const
    {
        return m_plan.steps[m_needed[which]].id + " " + kind;
    }

    support::QuickServer& m_original;
    Answers m_answers;
    Materials m_own;
    fs::path m_folder;
    fs::path m_prepared;
    std::unique_ptr<Impatient> m_server;
    Facts m_facts;
    Plan m_plan;
    std::vector<std::size_t> m_needed;
    Progress m_progress;
};

std::string faultOf(const std::string& kind) { return R"([{"program": "*", "kind": ")" + kind + R"(", "exit_code": 7}])"; }

TEST_P(FaultTest, ThePathIsTheOneMeant)
{
    renew();
    std::string ids;
    for (const std::size_t i : m_needed) ids += (ids.empty() ? "" : " ") + m_plan.steps[i].id;
    EXPECT_EQ(ids, GetParam().steps);
    const json before = status();
    const Outcome outcome = apply();
    EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
    expectAccount(outcome, m_plan.steps.size(), "no fault");
    EXPECT_NE(status(), before);
    expectUndone(before, "no fault");
}

TEST_P(FaultTest, AStepThatDoesNotComeTrueFailsAndIsTheLastOne)
{
    for (const std::string kind : {"no-effect", "fail", "busy", "denied", "hang", "other-writer"}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            // The caller's own cache is emptied without any rights.
            if (kind == "denied" && m_plan.steps[m_needed[which]].id == "troubleshoot.flush-crl.cache") continue;
            atStep(which);
            m_server->before = faultOf(kind);
            const Outcome outcome = apply();
            EXPECT_EQ(outcome.outcome, RunOutcome::Failed) << where(which, kind);
            EXPECT_EQ(outcome.reason, outcome.results[m_needed[which]].reason) << where(which, kind);
            expectAccount(outcome, m_needed[which], where(which, kind));
            expectUndone(before, where(which, kind));
        }
    }
}

TEST_P(FaultTest, AStepThatCameTrueIsDoneWhateverItSaid)
{
    for (const std::string kind : {"garbage", "reports-failure"}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            atStep(which);
            m_server->before = faultOf(kind);
            const Outcome outcome = apply();
            EXPECT_EQ(outcome.outcome, RunOutcome::Done) << where(which, kind) << inEnglish(outcome.reason);
            expectAccount(outcome, m_plan.steps.size(), where(which, kind));
            const Step& step = m_plan.steps[m_needed[which]];
            if (std::holds_alternative<Command>(*step.action)) {
                EXPECT_EQ(outcome.results[m_needed[which]].exitCode, 7) << where(which, kind);
            }
            expectUndone(before, where(which, kind));
        }
    }
}

TEST_P(FaultTest, ARunCutOffAtAnyMomentCanBeUndone)
{
    for (const Kill kill : {Kill::Before, Kill::After}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            atStep(which);
            m_server->kill = kill;
            EXPECT_THROW(apply(), ProcessDies);
            const auto runs = Journal(m_server->journalFolder()).runs();
            ASSERT_TRUE(runs && runs->runs.size() == 1);
            EXPECT_FALSE(runs->runs.front().ended);
            expectUndone(before, where(which, kill == Kill::Before ? "killed before" : "killed after"));
        }
    }
}

TEST_P(FaultTest, WhatCannotBeSeenAfterAStepIsNotClaimed)
{
    renew();
    const json before = status();
    for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
        renew();
        atStep(which);
        m_server->after = R"([{"program": "observe", "kind": "denied"}])";
        const Outcome outcome = apply();
        EXPECT_EQ(outcome.outcome, RunOutcome::Failed) << where(which, "unseen");
        for (std::size_t i = 0; i < outcome.results.size(); ++i)
            if (i >= m_needed[which]) {
                EXPECT_NE(outcome.results[i].outcome, StepOutcome::Done) << where(which, "unseen");
            }
        m_server->setFaults("[]");
        expectUndone(before, where(which, "unseen"));
    }
}

TEST_P(FaultTest, AnUndoThatFailsCanBeBegunAgain)
{
    for (const std::string kind : {"hang", "reports-failure"}) {
        renew();
        const json before = status();
        for (std::size_t which = GetParam().own; which < m_needed.size(); ++which) {
            renew();
            ASSERT_EQ(apply().outcome, RunOutcome::Done);
            m_server->recover();
            // Latest first, so that the steps of this path come before those it shares with others.
            atStep(which - GetParam().own);
            m_server->before = faultOf(kind);
            const Outcome first = undo();
            const bool failed = first.outcome == RunOutcome::Failed;
            EXPECT_EQ(failed, kind != "reports-failure") << where(which, kind) << inEnglish(first.reason);
            const auto runs = Journal(m_server->journalFolder()).runs();
            EXPECT_EQ(runs->runs.front().undone, !failed) << where(which, kind);
            if (failed) expectUndone(before, where(which, kind));
            else EXPECT_EQ(status(), before) << where(which, kind);
        }
    }
}

TEST_P(FaultTest, AHangingStepCanBeCancelled)
{
    renew();
    const json before = status();
    atStep(2);
    m_server->before = faultOf("hang");
    // Asked to stop while the third step hangs: the wrapper's time is over only later.
    class StopsAtTheThird final : public Progress {
    public:
        explicit StopsAtTheThird(std::stop_source& source) : m_source(source) {}
        void started(const Plan&, std::size_t) override
        {
            if (++m_steps == 3) m_source.request_stop();
        }

    private:
        std::stop_source& m_source;
        int m_steps = 0;
    };
    std::stop_source later;
    StopsAtTheThird progress(later);
    const Outcome outcome = execute(m_plan, *m_server, materials(), progress, later.get_token());
    EXPECT_EQ(outcome.outcome, RunOutcome::Cancelled);
    expectAccount(outcome, m_needed[2], "cancelled");
    expectUndone(before, "cancelled");
}

TEST(FaultAfterAccept, ABindingThatIsBusyAtFirstIsTriedAgain)
{
    // WINDOWS-FACTS 1.4: right after certreq -accept a record may be refused for a moment.
    support::QuickServer original(windows_build::kServer2022);
    Impatient server(original.folder);
    Planned planned = planOn(server, original.answers, original.materials, {});
    for (Step& step : planned.plan.steps)
        if (step.id == "bind.record") step.retryFor = std::chrono::seconds(15);
    server.setFaults(R"([{"program": "netsh", "arguments": "add sslcert", "kind": "busy", "times": 2}])");
    server.at = -1;
    Progress progress;
    const Outcome outcome = execute(planned.plan, server, original.materials, progress, {});
    EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
}

INSTANTIATE_TEST_SUITE_P(Paths, FaultTest, testing::ValuesIn(kPaths),
                         [](const auto& parameter) { return "path" + std::to_string(parameter.index); });

}  // namespace
}  // namespace monban
