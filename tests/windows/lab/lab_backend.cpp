// SPDX-License-Identifier: MIT
#include "tests/windows/lab/lab_backend.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/file.h"
#include "core/platform/windows/system_folder.h"
#include "core/practice/folder_backend.h"
#include "core/practice/folder_backups.h"
#include "core/practice/folder_stores.h"
#include "tests/windows/lab/crypt32_stores.h"
#include "tests/windows/lab/key_blob.h"
#include "tests/windows/lab/machine_keys.h"
#include "tests/windows/lab/service_control.h"
#include "tests/windows/lab/task_files.h"
#include "tests/windows/lab/url_cache.h"
#include "tests/windows/lab/wine_registry.h"

namespace monban::lab {
namespace {

using namespace practice;

class LabBackend final : public Backend {
public:
    LabBackend(const fs::path& folder, std::unique_ptr<Backend> files)
        : m_files(std::move(files)), m_pem(folder), m_backups(inetsrv() / "backup")
    {
    }

    Result<std::unique_ptr<Transaction>> transaction() override { return m_files->transaction(); }
    Result<Machine> machine() override { return m_files->machine(); }
    Result<Done> writeMachine(const Machine& machine) override
    {
        auto written = m_files->writeMachine(machine);
        return written ? followServices(machine) : written;
    }

    Result<std::vector<std::string>> storeNames() override { return m_stores.names(); }
    Result<std::vector<StoreEntry>> store(const std::string& name) override;
    Result<Done> putCertificate(const std::string& store, const StoreEntry& entry) override;
    Result<Done> removeCertificate(const std::string& store, const std::string& thumbprint) override
    {
        return m_stores.remove(store, thumbprint);
    }
    Result<std::vector<StoreCrl>> crls(const std::string& store) override { return m_stores.crls(store); }
    Result<Done> putCrl(const std::string& store, const StoreCrl& crl) override { return m_stores.putCrl(store, crl); }
    Result<Done> removeCrl(const std::string& store, const std::string& thumbprint) override
    {
        return m_stores.removeCrl(store, thumbprint);
    }

    Result<Done> putKey(const std::string& container, const Secret& pem) override;
    Result<Secret> key(const std::string& container) override { return m_pem.key(container); }
    Result<Bytes> publicKey(const std::string& container) override;
    Result<Done> removeKey(const std::string& container) override;

    Result<std::vector<SslRecord>> records() override { return m_files->records(); }
    Result<Done> writeRecords(const std::vector<SslRecord>& records) override { return m_files->writeRecords(records); }

    Result<std::optional<RegistryValue>> registryValue(const std::string& key, const std::string& name) override
    {
        return m_registry.value(key, name);
    }
    Result<std::map<std::string, RegistryValue>> registryKey(const std::string& key) override
    {
        return m_registry.values(key);
    }
    Result<std::vector<std::string>> registrySubkeys(const std::string& key) override { return m_registry.subkeys(key); }
    Result<Done> setRegistryValue(const std::string& key, const std::string& name, const RegistryValue& value) override
    {
        return m_registry.set(key, name, value);
    }
    Result<bool> deleteRegistryValue(const std::string& key, const std::string& name) override
    {
        return m_registry.removeValue(key, name);
    }
    Result<bool> deleteRegistryKey(const std::string& key) override { return m_registry.removeKey(key); }

    Result<std::string> configuration() override { return readText(configurationFile()); }
    Result<Done> writeConfiguration(const std::string& xml) override
    {
        if (const auto made = makeFolders(configurationFile().parent_path()); !made) return made;
        return replaceFile(configurationFile(), xml);
    }
    Result<std::string> redirection() override { return readText(inetsrv() / "config" / "redirection.config"); }
    Result<std::vector<std::string>> backups() override { return m_backups.names(); }
    Result<std::string> backup(const std::string& name) override { return m_backups.read(name); }
    Result<Done> writeBackup(const std::string& name, const std::string& xml) override { return m_backups.write(name, xml); }
    Result<Done> removeBackup(const std::string& name) override { return m_backups.remove(name); }

    Result<std::vector<practice::ScheduledTask>> tasks() override { return m_files->tasks(); }
    Result<Done> writeTasks(const std::vector<practice::ScheduledTask>& tasks) override
    {
        auto written = m_files->writeTasks(tasks);
        return written ? writeTaskFiles(tasks) : written;
    }
    Result<std::vector<CachedCrl>> cachedCrls(CacheOwner owner) override
    {
        // The folder's list knows the addresses, Windows' cache what is still there.
        const auto known = m_files->cachedCrls(owner);
        return known ? UrlCache(owner).read(*known) : known.error();
    }
    Result<Done> writeCachedCrls(CacheOwner owner, const std::vector<CachedCrl>& crls) override
    {
        auto written = m_files->writeCachedCrls(owner, crls);
        return written ? UrlCache(owner).write(crls) : written;
    }

    Result<Bytes> caFile(const std::string& name) override { return m_files->caFile(name); }
    fs::path hostPath(const std::string& path) override { return m_files->hostPath(path); }
    Result<fs::path> sitePath(const std::string& windowsPath) override;

private:
    static fs::path inetsrv() { return windows::systemFolder() / "inetsrv"; }
    static fs::path configurationFile() { return inetsrv() / "config" / "applicationHost.config"; }
    Result<KeyState> keyStateOf(const std::string& container);

    std::unique_ptr<Backend> m_files;
    FolderStores m_pem;  ///< for its keys alone; what holds them is Wine's certificate stores
    FolderBackups m_backups;
    Crypt32Stores m_stores;
    WineRegistry m_registry;
};

/// A key on a curve has no place in CryptoAPI: its text in the folder is all there is of it, and nothing lets it out.
Result<KeyState> LabBackend::keyStateOf(const std::string& container)
{
    auto state = machineKeyState(container);
    if (!state || *state != KeyState::Missing) return state;
    return m_pem.key(container) ? KeyState::NotExportable : KeyState::Missing;
}

Result<std::vector<StoreEntry>> LabBackend::store(const std::string& name)
{
    auto entries = m_stores.entries(name);
    if (!entries) return entries;
    for (StoreEntry& entry : *entries) {
        if (entry.key == KeyState::None) continue;
        const auto state = entry.keyContainer.empty() ? Result<KeyState>(KeyState::Missing) : keyStateOf(entry.keyContainer);
        if (!state) return state.error();
        entry.key = *state;
    }
    return entries;
}

Result<Done> LabBackend::putCertificate(const std::string& store, const StoreEntry& entry)
{
    // Whether a key may leave the machine is the key's own quality here, and known only with the certificate.
    if (entry.key == KeyState::Present)
        if (const auto state = machineKeyState(entry.keyContainer); state && *state == KeyState::NotExportable)
            if (const auto pem = m_pem.key(entry.keyContainer)) {
                const auto blob = privateKeyBlob(*pem);
                if (!blob) return blob.error();
                if (auto done = putMachineKey(entry.keyContainer, *blob, true); !done) return done;
            }
    return m_stores.put(store, entry);
}

Result<Done> LabBackend::putKey(const std::string& container, const Secret& pem)
{
    if (auto kept = m_pem.putKey(container, pem); !kept) return kept;
    const auto blob = privateKeyBlob(pem);
    if (!blob && blob.error().code == ErrorCode::Unsupported) return Done{};
    auto done = blob ? putMachineKey(container, *blob, false) : Result<Done>(blob.error());
    if (!done) (void)m_pem.removeKey(container);
    return done;
}

Result<Bytes> LabBackend::publicKey(const std::string& container)
{
    // The product's own imports leave a key in the key set alone.
    auto half = machinePublicKey(container);
    if (half || half.error().code != ErrorCode::NotFound) return half;
    return m_pem.publicKey(container);
}

Result<Done> LabBackend::removeKey(const std::string& container)
{
    const auto text = m_pem.removeKey(container);
    if (!text && text.error().code != ErrorCode::NotFound) return text;
    const auto key = removeMachineKey(container);
    if (!key && key.error().code == ErrorCode::NotFound && text) return Done{};
    return key;
}

Result<fs::path> LabBackend::sitePath(const std::string& windowsPath)
{
    const fs::path path = pathFromUtf8(windowsPath);
    if (path.is_absolute()) return path;
    return Error{ErrorCode::InvalidInput, {"{0} is no full path", {windowsPath}}, "not a full path: " + windowsPath};
}

}  // namespace

fs::path labFolder()
{
    const wchar_t* const named = ::_wgetenv(L"MONBAN_LAB");
    return named != nullptr && *named != L'\0' ? fs::path(named) : fs::path("C:\\lab");
}

Result<std::unique_ptr<Backend>> openLab()
{
    auto files = openFolder(labFolder());
    if (!files) return files.error();
    return std::unique_ptr<Backend>(std::make_unique<LabBackend>(labFolder(), std::move(*files)));
}

}  // namespace monban::lab
