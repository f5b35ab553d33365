// SPDX-License-Identifier: MIT
#pragma once
#include "core/practice/backend.h"

namespace monban::support {

/// A practice server's state in memory, for tests that run thousands of commands: machine, stores, records, registry
/// and configuration; it keeps no keys, lists, tasks or backups.
class MemoryBackend final : public practice::Backend {
public:
    practice::Machine state;
    std::map<std::string, std::vector<practice::StoreEntry>> stores;
    std::vector<SslRecord> sslRecords;
    std::string config;

    Result<std::unique_ptr<Transaction>> transaction() override { return std::make_unique<Transaction>(); }
    Result<practice::Machine> machine() override { return state; }
    Result<Done> writeMachine(const practice::Machine& machine) override
    {
        state = machine;
        return Done{};
    }
    Result<std::vector<std::string>> storeNames() override
    {
        std::vector<std::string> names;
        for (const auto& [name, entries] : stores) names.push_back(name);
        return names;
    }
    Result<std::vector<practice::StoreEntry>> store(const std::string& name) override
    {
        const auto found = stores.find(storeSpelling(name));
        if (found == stores.end()) return none();
        return found->second;
    }
    Result<Done> putCertificate(const std::string& name, const practice::StoreEntry& entry) override
    {
        auto& entries = stores[storeSpelling(name)];
        std::erase_if(entries, [&](const auto& one) { return one.thumbprint == entry.thumbprint; });
        entries.push_back(entry);
        return Done{};
    }
    Result<Done> removeCertificate(const std::string& name, const std::string& thumbprint) override
    {
        const auto gone = std::erase_if(stores[storeSpelling(name)], [&](const auto& one) { return one.thumbprint == thumbprint; });
        if (gone == 0) return none();
        return Done{};
    }
    Result<std::vector<practice::StoreCrl>> crls(const std::string&) override { return std::vector<practice::StoreCrl>{}; }
    Result<Done> putCrl(const std::string&, const practice::StoreCrl&) override { return none(); }
    Result<Done> removeCrl(const std::string&, const std::string&) override { return none(); }
    Result<Done> putKey(const std::string&, const Secret&) override { return none(); }
    Result<Secret> key(const std::string&) override { return none(); }
    Result<Bytes> publicKey(const std::string&) override { return none(); }
    Result<Done> removeKey(const std::string&) override { return none(); }
    Result<std::vector<SslRecord>> records() override { return sslRecords; }
    Result<Done> writeRecords(const std::vector<SslRecord>& records) override
    {
        sslRecords = records;
        return Done{};
    }
    Result<std::optional<practice::RegistryValue>> registryValue(const std::string&, const std::string&) override
    {
        return std::optional<practice::RegistryValue>();
    }
    Result<std::map<std::string, practice::RegistryValue>> registryKey(const std::string&) override { return none(); }
    Result<std::vector<std::string>> registrySubkeys(const std::string&) override { return none(); }
    Result<Done> setRegistryValue(const std::string&, const std::string&, const practice::RegistryValue&) override { return none(); }
    Result<bool> deleteRegistryValue(const std::string&, const std::string&) override { return none(); }
    Result<bool> deleteRegistryKey(const std::string&) override { return none(); }
    Result<std::string> configuration() override { return config; }
    Result<Done> writeConfiguration(const std::string& xml) override
    {
        config = xml;
        return Done{};
    }
    Result<std::vector<std::string>> backups() override { return std::vector<std::string>{}; }
    Result<std::string> backup(const std::string&) override { return none(); }
    Result<Done> writeBackup(const std::string&, const std::string&) override { return none(); }
    Result<Done> removeBackup(const std::string&) override { return none(); }
    Result<std::vector<practice::ScheduledTask>> tasks() override { return std::vector<practice::ScheduledTask>{}; }
    Result<Done> writeTasks(const std::vector<practice::ScheduledTask>&) override { return none(); }
    Result<std::vector<practice::CachedCrl>> cachedCrls(practice::CacheOwner) override { return std::vector<practice::CachedCrl>{}; }
    Result<Done> writeCachedCrls(practice::CacheOwner, const std::vector<practice::CachedCrl>&) override { return none(); }
    Result<Bytes> caFile(const std::string&) override { return none(); }
    fs::path hostPath(const std::string& path) override { return pathFromUtf8(path); }
    Result<fs::path> sitePath(const std::string& path) override { return pathFromUtf8(path); }
    Result<std::string> redirection() override { return none(); }

private:
    static Error none() { return {ErrorCode::NotFound, {"not there", {}}, "not in memory"}; }
};

}  // namespace monban::support
