// SPDX-License-Identifier: MIT
#include "tests/core/run/paths.h"

#include "core/observe/application_host.h"
#include "core/practice/practice_server.h"
#include "core/practice/range.h"
#include "core/run/execute.h"
#include "tests/core/practice/practice_folder.h"

namespace monban::support {
namespace {

using practice::Backend;


/// Something another certificate stands in: as after a year, with options that nobody may lose.
void boundBefore(Backend& backend, std::uint32_t flags, const char* host = "old.example.test")
{
    const auto key = practice::testKey();
    const Bytes der = practice::derOf(practice::testX509(host, key).get());
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

/// A certificate of the same name that ends, in records of several owners, each with settings of its own.
void aYearLater(Backend& backend, std::uint32_t flags)
{
    boundBefore(backend, flags, "www.example.test");
    auto records = *backend.records();
    SslRecord named = recordOfIis(RecordFamily::HostNamePort, "www.example.test:7443", records.front());
    named.appId = kZeroAppId;
    named.ctlStore = "iis_client_trust";
    named.checkMode = check_mode::kUseFreshnessTime | check_mode::kNoRevocationCheck;
    named.freshnessSeconds = 600;
    SslRecord foreign = recordOfIis(RecordFamily::IpPort, "0.0.0.0:49443", records.front());
    foreign.appId = "{5d89a20c-beab-4389-9447-324788eb944a}";  // AD FS
    for (const SslRecord& record : {named, foreign}) records.push_back(record);
    ASSERT_TRUE(backend.writeRecords(records));
    const auto bound = withBinding(*backend.configuration(), "Default Web Site", bindingFrom("https", "*:7443:www.example.test", 1));
    ASSERT_TRUE(bound);
    ASSERT_TRUE(backend.writeConfiguration(*bound));
    const auto root = backend.caFile("ia1.der");
    ASSERT_TRUE(root);
    ASSERT_TRUE(backend.putCertificate("ROOT", {*root, sha1Hex(*root), "", KeyState::None, ""}));
}

/// As IIS Manager and somebody who tidies up leave it.
void spoilt(Backend& backend)
{
    auto records = *backend.records();
    for (SslRecord& record : records) {
        record.ctlStore.clear();
        record.flags = 0;
    }
    ASSERT_TRUE(backend.writeRecords(records));
    const auto root = backend.caFile("ia1.der");
    ASSERT_TRUE(root);
    ASSERT_TRUE(backend.removeCertificate("iis_client_trust", sha1Hex(*root)));
    ASSERT_TRUE(backend.setRegistryValue(kSchannelKey, "SendTrustedIssuerList", {"REG_DWORD", "0"}));
}

/// The CA has a new root, side by side with the one before.
void rolledOver(Backend& backend)
{
    const Bytes root = practice::derOf(practice::testX509("Next root", practice::testKey()).get());
    for (const char* store : {"iis_client_trust", "ROOT"}) ASSERT_TRUE(backend.putCertificate(store, {root, sha1Hex(root), "", KeyState::None, ""}));
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
    {"a renewal", windows_build::kServer2022, [](Backend& backend) { aYearLater(backend, record_flags::kNegotiateClientCertificate); }, [](Answers&) {},
     "import.certificate renew.record.1 renew.record.2", 0, PlanKind::Renewal},
    {"a renewal on Windows Server 2016", windows_build::kServer2016, [](Backend& backend) { aYearLater(backend, record_flags::kDsMapper); }, [](Answers&) {},
     "import.certificate renew.record.1 renew.record.2", 1, PlanKind::Renewal},
    {"a renewal of a record netsh cannot write", windows_build::kServer2025,
     [](Backend& backend) { aYearLater(backend, record_flags::kClientCorrelation); }, [](Answers&) {},
     "import.certificate renew.record.1 renew.record.2", 1, PlanKind::Renewal},
    {"the request of a renewal", windows_build::kServer2022, [](Backend& backend) { aYearLater(backend, 0); }, asksForARequest,
     "certificate.policy certificate.request", 0, PlanKind::Renewal},
    {"the answer to the request of a renewal", windows_build::kServer2022, [](Backend& backend) { aYearLater(backend, 0); },
     [](Answers& answers) {
         asksForARequest(answers);
         answers.certificate.issuedFile = "server.cer";
     },
     "import.accept renew.record.1 renew.record.2", 0, PlanKind::Renewal},
    {"the set-up is taken off", windows_build::kServer2022, [](Backend&) {}, [](Answers&) {},
     "remove.access.1 remove.record.2 remove.binding.3 remove.ctl.4 remove.issuer-list.5", 0, PlanKind::Removal, Path::After::SetUp},
    {"a set-up that nobody remembers is taken off a site that had https before", windows_build::kServer2025,
     [](Backend& backend) { boundBefore(backend, record_flags::kDisableHttp2); }, [](Answers&) {},
     "remove.access.1 remove.record.2 remove.binding.3 remove.ctl.4", 1, PlanKind::Removal, Path::After::ForgottenSetUp},
    {"the set-up is taken off on Windows Server 2016", windows_build::kServer2016, [](Backend& backend) { boundBefore(backend, record_flags::kDsMapper); }, [](Answers&) {},
     "remove.access.1 remove.record.2 remove.ctl.3 remove.issuer-list.4", 1, PlanKind::Removal, Path::After::SetUp},
    {"what was changed is put back", windows_build::kServer2022, [](Backend&) {}, [](Answers&) {},
     "put-back.1 put-back.2 put-back.3 put-back.4", 0, PlanKind::PutBack, Path::After::SetUp, spoilt},
    {"the old root after a roll-over", windows_build::kServer2022, [](Backend&) {},
     [](Answers& answers) { answers.trust.retire = {sha1Hex(*readFile(pathFromUtf8(answers.root.file)))}; }, "retire.ctl.1", 0, PlanKind::Retirement, Path::After::SetUp, rolledOver},
};

}  // namespace

QuickServer& originalOf(int build)
{
    static std::map<int, std::unique_ptr<QuickServer>> made;
    auto& original = made[build];
    if (!original) original = std::make_unique<QuickServer>(build);
    return *original;
}

std::span<const Path> paths() { return kPaths; }

PreparedPath::PreparedPath(const Path& path)
    : m_path(path), m_original(originalOf(path.build)), m_answers(m_original.answers), m_folder(scratchFolder()), m_prepared(scratchFolder())
{
    path.answer(m_answers);
    fs::copy(m_original.folder, m_folder, fs::copy_options::recursive);
    auto backend = practice::openFolder(m_folder);
    path.prepare(**backend);
    for (std::string* file : {&m_answers.certificate.requestFile, &m_answers.certificate.issuedFile})
        if (!file->empty()) *file = utf8(m_folder / *file);
    if (!m_answers.certificate.issuedFile.empty()) requestAndIssue();
    if (path.after != Path::After::Nothing) setUpBefore();
    if (path.meanwhile) path.meanwhile(**backend);
    if (m_answers.certificate.source == CertificateAnswers::Source::Request) m_own = readMaterials(m_answers, Secret(), {});
    fs::copy(m_folder, m_prepared, fs::copy_options::recursive);
}

PreparedPath::~PreparedPath()
{
    boost::system::error_code ignored;
    fs::remove_all(m_folder, ignored);
    fs::remove_all(m_prepared, ignored);
}

void PreparedPath::reset()
{
    fs::remove_all(m_folder);
    fs::copy(m_prepared, m_folder, fs::copy_options::recursive);
}

Planned PreparedPath::plan(Server& server) const
{
    Planned planned = planOn(server, m_answers, materials(), {}, m_path.kind);
    // What waits for something outside is not part of this path; nor has a test the time to try again.
    std::erase_if(planned.plan.steps, [](const Step& step) { return step.state == StepState::Waiting; });
    for (Step& step : planned.plan.steps) step.retryFor = {};
    return planned;
}

/// As an earlier run left it: a request waits, the CA has answered it, and that run is long forgotten.
void PreparedPath::requestAndIssue()
{
    Answers request = m_answers;
    request.certificate.issuedFile.clear();
    request.root.file.clear();
    const Materials none = readMaterials(request, Secret(), {});
    const auto server = std::move(*practice::PracticeServer::open(m_folder));
    const Plan plan = planOn(*server, request, none, {}).plan;
    Plan making;
    for (const Step& step : plan.steps)
        if (step.chapter == Chapter::Certificate) making.steps.push_back(step);
    Progress progress;
    EXPECT_EQ(execute(making, *server, none, progress, {}).outcome, RunOutcome::Done);
    EXPECT_TRUE(practice::issue(m_folder, pathFromUtf8(m_answers.certificate.requestFile), pathFromUtf8(m_answers.certificate.issuedFile)));
    fs::remove_all(m_folder / "journal");
}

void PreparedPath::setUpBefore()
{
    Answers answers = m_original.answers;
    answers.bind.hostname = m_answers.bind.hostname;
    const auto server = std::move(*practice::PracticeServer::open(m_folder));
    Progress progress;
    const Outcome outcome = execute(planOn(*server, answers, m_original.materials, {}).plan, *server, m_original.materials, progress, {});
    EXPECT_EQ(outcome.outcome, RunOutcome::Done) << inEnglish(outcome.reason);
    if (m_path.after == Path::After::ForgottenSetUp) fs::remove_all(m_folder / "journal");
    else m_runBefore = outcome.run.value_or("");
}

}  // namespace monban::support
