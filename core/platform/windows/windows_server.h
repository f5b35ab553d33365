// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <map>
#include <optional>

#include "core/observe/server.h"
#include "core/platform/windows/certificate_stores.h"
#include "core/platform/windows/http_records.h"
#include "core/platform/windows/registry.h"

namespace monban::windows {

/// This Windows: observed through its own interfaces, changed by its own programs. Each section is looked at by itself; one
/// that fails is unreadable for its reason and hides no other.
class WindowsServer final : public Server {
public:
    WindowsServer();

    Facts observe(const Lookups& lookups) override;
    Result<Output> run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits) override;
    /// Through the machine's proxy, as Windows' own services would.
    Result<Bytes> fetch(const std::string& url, HttpLimits limits) override;
    /// Below ProgramData (data_folder.h).
    fs::path journalFolder() const override;
    Result<Done> guardJournal(JournalUse use) const override;
    /// `appcmd add backup`, named by run and time; believed only when the backup's folder holds the configuration.
    Result<std::optional<std::string>> keepConfiguration(const std::string& run) override;

private:
    struct Fetched {
        Observed<Crl> crl;
        std::chrono::steady_clock::time_point at;
    };

    void observeConfiguration(Facts& facts, Time now);
    void observeStores(Facts& facts, Time now);
    void observeServices(Facts& facts, Time now);
    Result<std::vector<SslRecord>> records();
    Result<SchannelFacts> schannel();
    Observed<Crl> crlAt(const std::string& url, Time now);
    Result<Done> perform(const Action& action, const Materials& materials);
    Result<Done> setRecord(const SetHttpRecord& set);

    fs::path m_configuration;  // IIS's folder of configuration files
    Registry m_registry;
    CertificateStores m_stores;
    std::optional<HttpRecords> m_records;
    std::map<std::string, Fetched> m_fetched;  // lists by address: a look every few seconds must not ask the CA each time
};

}  // namespace monban::windows
