// SPDX-License-Identifier: MIT
#include "tests/windows/lab/lab_stage.h"

#include "core/base/json_text.h"
#include "core/practice/certificate_maker.h"
#include "core/report/status_json.h"
#include "tests/windows/lab/lab_backend.h"

namespace monban::lab {
namespace {

using practice::taken;
using support::TruthEffect;

constexpr const char* kStoresKey = R"(HKLM\SOFTWARE\Microsoft\SystemCertificates)";

/// As `monban status` sees it. It looks once, when it is asked first.
class MonbanLook final : public practice::Look {
public:
    explicit MonbanLook(windows::WindowsServer& server) : m_server(server) {}
    const char* name() const override { return kMonban; }
    std::vector<SslRecord> records() override;
    std::optional<std::vector<Entry>> store(const std::string& name) override;
    std::vector<Site> sites() override
    {
        EXPECT_TRUE(facts().sites) << facts().sites.error().detail;
        return facts().sites ? *facts().sites : std::vector<Site>();
    }
    std::optional<std::uint32_t> access(const std::string& path) override;
    std::optional<std::string> schannel(const std::string& value) override;
    std::vector<std::string> words(const TruthEffect& effect) override;
    std::string everything() override;

private:
    const Facts& facts()
    {
        if (!m_facts) m_facts = m_server.observe({});
        return *m_facts;
    }

    windows::WindowsServer& m_server;
    std::optional<Facts> m_facts;
    std::optional<Observed<std::vector<SslRecord>>> m_records;
};

/// Two rows of three ask for records alone, and under Wine the services are most of a whole look.
std::vector<SslRecord> MonbanLook::records()
{
    if (!m_records) m_records = m_facts ? m_facts->records : Observed<std::vector<SslRecord>>(windows::HttpRecords::open()->all(), hostTime());
    EXPECT_TRUE(*m_records) << m_records->error().detail;
    return *m_records ? **m_records : std::vector<SslRecord>();
}

std::optional<std::vector<practice::Look::Entry>> MonbanLook::store(const std::string& name)
{
    const auto found = std::find_if(facts().stores.begin(), facts().stores.end(),
                                    [&](const auto& one) { return equalsIgnoringCase(one.first, name); });
    if (found == facts().stores.end()) return std::nullopt;
    EXPECT_TRUE(found->second) << found->second.error().detail;
    std::vector<Entry> entries;
    if (found->second)
        for (const StoredCertificate& one : *found->second) entries.push_back({one.certificate.thumbprintSha1, one.friendlyName, one.key});
    return entries;
}

std::optional<std::uint32_t> MonbanLook::access(const std::string& path)
{
    const auto all = sites();
    const Site* const site = siteNamed(all, path.substr(0, path.find('/')));
    if (site == nullptr) return std::nullopt;  // the server's own flags are no part of a site
    for (const Access& one : site->access)
        if (one.path == path) return one.flags;
    return std::nullopt;
}

std::optional<std::string> MonbanLook::schannel(const std::string& value)
{
    const auto& seen = facts().schannel;
    EXPECT_TRUE(seen) << seen.error().detail;
    const auto text = [](const std::optional<std::uint32_t>& number) { return number ? std::optional(std::to_string(*number)) : std::nullopt; };
    if (equalsIgnoringCase(value, "SendTrustedIssuerList") && seen->sendTrustedIssuerList) return text(seen->sendTrustedIssuerList);
    if (equalsIgnoringCase(value, "ClientAuthTrustMode") && seen->clientAuthTrustMode) return text(seen->clientAuthTrustMode);
    for (const RegistryEntry& entry : seen->otherValues)
        if (entry.key == kSchannelKey && equalsIgnoringCase(entry.name, value)) return entry.data;
    return std::nullopt;
}

std::vector<std::string> MonbanLook::words(const TruthEffect& effect)
{
    if (effect.subject == "service") {
        const auto found = facts().services.find(effect.key);
        if (found == facts().services.end() || !found->second) return {"not seen"};
        return {*found->second ? "running" : "stopped"};
    }
    if (effect.subject == "cache") {
        if (!facts().crlCache) return {"not seen"};
        if (effect.key == "caller") return facts().crlCache->callersLists > 0 ? std::vector<std::string>{"kept", "stale"} : std::vector<std::string>{"dropped"};
        return facts().crlCache->servicesCurrent > 0 ? std::vector<std::string>{"kept"} : std::vector<std::string>{"dropped", "stale"};
    }
    if (effect.subject == "in-force") {
        const bool counts = facts().schannel->sendTrustedIssuerList || facts().schannel->clientAuthTrustMode;
        return {counts && facts().schannel->restartPending ? "after-restart" : "never"};
    }
    return {};
}

std::string MonbanLook::everything()
{
    auto status = statusJson(facts(), Language::English);
    status["machine"].erase("clock");
    return status.dump(1);
}

}  // namespace

LabStage::LabStage() : m_backend(taken(openLab()))
{
    // Wine puts the host's CAs into ROOT at a process's first look, and clear() takes them out.
    (void)m_backend->store("ROOT");
}

fs::path LabStage::folder() const { return labFolder(); }

practice::TestKey LabStage::makeKey() const { return {practice::makeRsaKey()}; }

void LabStage::clear()
{
    for (const std::string& name : taken(m_backend->storeNames())) {
        for (const practice::StoreEntry& entry : taken(m_backend->store(name)))
            if (!entry.keyContainer.empty()) (void)m_backend->removeKey(entry.keyContainer);
        ASSERT_TRUE(m_backend->deleteRegistryKey(std::string(kStoresKey) + "\\" + name));
    }
    ASSERT_TRUE(m_backend->writeRecords({}));
    for (const char* key : {kSchannelKey, practice::kHttpParametersKey}) {
        const auto values = m_backend->registryKey(key);
        if (!values) continue;
        for (const auto& [name, value] : *values) {
            ASSERT_TRUE(m_backend->deleteRegistryValue(key, name));
        }
    }
    ASSERT_TRUE(m_backend->deleteRegistryKey(practice::kChainEngineKey));
    for (const auto owner : {practice::CacheOwner::Caller, practice::CacheOwner::Service}) ASSERT_TRUE(m_backend->writeCachedCrls(owner, {}));
    for (const std::string& name : taken(m_backend->backups())) ASSERT_TRUE(m_backend->removeBackup(name));
}

/// The services of Wine come up with the host's; what waits for a restart is the stand-ins' alone.
void LabStage::restart()
{
    auto machine = taken(m_backend->machine());
    const auto valuesOf = [&](const char* key) {
        const auto values = m_backend->registryKey(key);
        return values ? *values : std::map<std::string, practice::RegistryValue>();
    };
    machine.schannelAtBoot = valuesOf(kSchannelKey);
    machine.httpAtBoot = valuesOf(practice::kHttpParametersKey);
    machine.bootTime = machine.clock();
    machine.stoppedServices = practice::Machine().stoppedServices;
    ASSERT_TRUE(m_backend->writeMachine(machine));
}

Result<Done> LabStage::setRecord(RecordFamily family, const std::string& endpoint, const std::optional<SslRecord>& record)
{
    const auto ran = m_server.run(SetHttpRecord{family, endpoint, record}, Materials{}, {}, {});
    return ran ? Result<Done>(Done{}) : ran.error();
}

std::vector<std::unique_ptr<practice::Look>> LabStage::looks()
{
    auto looks = Stage::looks();
    looks.push_back(std::make_unique<MonbanLook>(m_server));
    return looks;
}

}  // namespace monban::lab
