// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/file.h"
#include "core/practice/faulty_run.h"
#include "core/practice/rebinding.h"

namespace monban::practice {
namespace {

constexpr const char* kWatchedKeys[] = {kSchannelKey, kChainEngineKey};
constexpr CacheOwner kCaches[] = {CacheOwner::Service, CacheOwner::Caller};

SslRecord withIisDefaults(const SslRecord& record)
{
    return recordOfIis(record.family, record.endpoint, record.thumbprint, record.store);
}

bool sameEntry(const StoreEntry& a, const StoreEntry& b)
{
    return a.thumbprint == b.thumbprint && a.friendlyName == b.friendlyName && a.key == b.key;
}

const StoreEntry* entryIn(const std::vector<StoreEntry>& entries, const std::string& thumbprint)
{
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const StoreEntry& one) { return one.thumbprint == thumbprint; });
    return found == entries.end() ? nullptr : &*found;
}

Result<std::vector<StoreEntry>> entriesOf(Backend& backend, const std::string& store)
{
    auto entries = backend.store(store);
    if (!entries && entries.error().code == ErrorCode::NotFound) return std::vector<StoreEntry>();
    return entries;
}

Result<std::map<std::string, RegistryValue>> valuesOf(Backend& backend, const std::string& key)
{
    auto values = backend.registryKey(key);
    if (!values && values.error().code == ErrorCode::NotFound) return std::map<std::string, RegistryValue>();
    return values;
}

std::optional<Bytes> contentOf(const fs::path& file)
{
    auto bytes = readFile(file);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

}  // namespace

Result<OtherWriter> OtherWriter::watch(Backend& backend, const std::vector<fs::path>& files)
{
    OtherWriter writer;
    auto records = backend.records();
    if (!records) return records.error();
    writer.m_records = std::move(*records);
    auto configuration = backend.configuration();
    if (!configuration) return configuration.error();
    writer.m_configuration = std::move(*configuration);
    const auto stores = backend.storeNames();
    if (!stores) return stores.error();
    for (const std::string& store : *stores) {
        auto entries = backend.store(store);
        if (!entries) return entries.error();
        writer.m_stores[store] = std::move(*entries);
    }
    for (const char* key : kWatchedKeys) {
        auto values = valuesOf(backend, key);
        if (!values) return values.error();
        writer.m_registry[key] = std::move(*values);
    }
    for (const fs::path& file : files) writer.m_files[file] = contentOf(file);
    const auto machine = backend.machine();
    if (!machine) return machine.error();
    writer.m_stoppedServices = machine->stoppedServices;
    for (const CacheOwner owner : kCaches) {
        auto lists = backend.cachedCrls(owner);
        if (!lists) return lists.error();
        writer.m_caches[owner] = std::move(*lists);
    }
    return writer;
}

Result<Done> OtherWriter::interfere(Backend& backend) const
{
    if (auto done = spoilRecords(backend); !done) return done;
    if (auto done = spoilStores(backend); !done) return done;
    if (auto done = spoilRegistry(backend); !done) return done;
    if (auto done = spoilServices(backend); !done) return done;
    const auto configuration = backend.configuration();
    if (!configuration) return configuration.error();
    if (*configuration != m_configuration)
        if (auto done = backend.writeConfiguration(m_configuration); !done) return done;
    return spoilFiles();
}

Result<Done> OtherWriter::spoilRecords(Backend& backend) const
{
    auto records = backend.records();
    if (!records) return records.error();
    bool changed = false;
    for (SslRecord& record : *records) {
        if (std::find(m_records.begin(), m_records.end(), record) != m_records.end()) continue;
        const SslRecord anew = withIisDefaults(record);
        if (anew == record) record.flags |= record_flags::kDisableHttp2;
        else record = anew;
        changed = true;
    }
    for (const SslRecord& before : m_records)
        if (recordAt(*records, before.family, before.endpoint) == nullptr) {
            records->push_back(withIisDefaults(before));
            changed = true;
        }
    return changed ? backend.writeRecords(*records) : Result<Done>(Done{});
}

Result<Done> OtherWriter::spoilStores(Backend& backend) const
{
    const auto names = backend.storeNames();
    if (!names) return names.error();
    for (const std::string& store : *names)
        if (auto done = spoilStore(backend, store); !done) return done;
    return Done{};
}

/// A key that a request had already, which its certificate only took over.
bool OtherWriter::wasUsed(const std::string& container) const
{
    return std::any_of(m_stores.begin(), m_stores.end(), [&](const auto& store) {
        return std::any_of(store.second.begin(), store.second.end(), [&](const StoreEntry& one) { return one.keyContainer == container; });
    });
}

Result<Done> OtherWriter::spoilStore(Backend& backend, const std::string& store) const
{
    const auto now = entriesOf(backend, store);
    if (!now) return now.error();
    const auto watched = m_stores.find(store);
    const std::vector<StoreEntry> before = watched == m_stores.end() ? std::vector<StoreEntry>() : watched->second;
    for (const StoreEntry& entry : *now) {
        const StoreEntry* const old = entryIn(before, entry.thumbprint);
        if (old != nullptr && sameEntry(*old, entry)) continue;
        auto done = old != nullptr ? backend.putCertificate(store, *old) : backend.removeCertificate(store, entry.thumbprint);
        if (done && old == nullptr && !entry.keyContainer.empty() && !wasUsed(entry.keyContainer)) {
            done = backend.removeKey(entry.keyContainer);
            if (!done && done.error().code == ErrorCode::NotFound) done = Done{};
        }
        if (!done) return done;
    }
    for (const StoreEntry& entry : before)
        if (entryIn(*now, entry.thumbprint) == nullptr)
            if (auto done = backend.putCertificate(store, entry); !done) return done;
    return Done{};
}

Result<Done> OtherWriter::spoilRegistry(Backend& backend) const
{
    for (const auto& [key, before] : m_registry) {
        const auto now = valuesOf(backend, key);
        if (!now) return now.error();
        if (*now == before) continue;
        for (const auto& [name, value] : *now)
            if (!before.contains(name))
                if (auto gone = backend.deleteRegistryValue(key, name); !gone) return gone.error();
        for (const auto& [name, value] : before)
            if (auto done = backend.setRegistryValue(key, name, value); !done) return done;
    }
    return Done{};
}

/// Somebody starts or stops it again; a visitor came, so that lists were fetched once more.
Result<Done> OtherWriter::spoilServices(Backend& backend) const
{
    auto machine = backend.machine();
    if (!machine) return machine.error();
    if (machine->stoppedServices != m_stoppedServices) {
        machine->stoppedServices = m_stoppedServices;
        if (auto done = backend.writeMachine(*machine); !done) return done;
    }
    for (const auto& [owner, before] : m_caches) {
        const auto now = backend.cachedCrls(owner);
        if (!now) return now.error();
        const bool same = std::equal(now->begin(), now->end(), before.begin(), before.end(),
                                     [](const CachedCrl& a, const CachedCrl& b) { return a.url == b.url && a.der == b.der && a.fetched == b.fetched; });
        if (same) continue;
        if (auto done = backend.writeCachedCrls(owner, before); !done) return done;
    }
    return Done{};
}

Result<Done> OtherWriter::spoilFiles() const
{
    for (const auto& [file, before] : m_files) {
        const auto now = contentOf(file);
        if (now == before) continue;
        if (auto done = before ? replaceFile(file, *before) : removeFile(file); !done) return done;
    }
    return Done{};
}

}  // namespace monban::practice
