// SPDX-License-Identifier: MIT
#include "core/practice/folder_backend.h"

#include <boost/filesystem/operations.hpp>

#include <mutex>
#include <set>

#include "core/base/file.h"
#include "core/practice/folder_backups.h"
#include "core/practice/folder_file.h"
#include "core/practice/folder_files.h"
#include "core/practice/folder_registry.h"
#include "core/practice/folder_stores.h"
#include "core/practice/site_path.h"

namespace monban::practice {
namespace {

class FolderBackend final : public Backend {
public:
    explicit FolderBackend(const fs::path& root)
        : m_root(root), m_stores(root), m_registry(root / "registry.json"), m_backups(root / "inetsrv" / "backup")
    {
    }

    Result<std::unique_ptr<Transaction>> transaction() override { return hold(false); }

    Result<Machine> machine() override
    {
        return read([&] { return readMachine(m_root / "machine.json"); });
    }
    Result<Done> writeMachine(const Machine& machine) override
    {
        return write([&] { return writeMachineFile(m_root / "machine.json", machine); });
    }

    Result<std::vector<std::string>> storeNames() override
    {
        return read([&] { return m_stores.names(); });
    }
    Result<std::vector<StoreEntry>> store(const std::string& name) override
    {
        return read([&] { return m_stores.entries(name); });
    }
    Result<Done> putCertificate(const std::string& store, const StoreEntry& entry) override
    {
        return write([&] { return m_stores.put(store, entry); });
    }
    Result<Done> removeCertificate(const std::string& store, const std::string& thumbprint) override
    {
        return write([&] { return m_stores.remove(store, thumbprint); });
    }
    Result<std::vector<StoreCrl>> crls(const std::string& store) override
    {
        return read([&] { return m_stores.crls(store); });
    }
    Result<Done> putCrl(const std::string& store, const StoreCrl& crl) override
    {
        return write([&] { return m_stores.putCrl(store, crl); });
    }
    Result<Done> removeCrl(const std::string& store, const std::string& thumbprint) override
    {
        return write([&] { return m_stores.removeCrl(store, thumbprint); });
    }

    Result<Done> putKey(const std::string& container, const Secret& pem) override
    {
        return write([&]() -> Result<Done> {
            if (auto noted = noteNewKey(container); !noted) return noted;
            return m_stores.putKey(container, pem);
        });
    }
    Result<Secret> key(const std::string& container) override
    {
        return read([&] { return m_stores.key(container); });
    }
    Result<Bytes> publicKey(const std::string& container) override
    {
        return read([&] { return m_stores.publicKey(container); });
    }
    Result<Done> removeKey(const std::string& container) override
    {
        return write([&] { return m_stores.removeKey(container); });
    }

    Result<std::vector<SslRecord>> records() override
    {
        return read([&] { return readRecords(m_root / "http" / "records.json"); });
    }
    Result<Done> writeRecords(const std::vector<SslRecord>& records) override
    {
        return write([&] { return writeRecordsFile(m_root / "http" / "records.json", records); });
    }

    Result<std::optional<RegistryValue>> registryValue(const std::string& key, const std::string& name) override
    {
        return read([&] { return m_registry.value(key, name); });
    }
    Result<std::map<std::string, RegistryValue>> registryKey(const std::string& key) override
    {
        return read([&] { return m_registry.values(key); });
    }
    Result<std::vector<std::string>> registrySubkeys(const std::string& key) override
    {
        return read([&] { return m_registry.subkeys(key); });
    }
    Result<Done> setRegistryValue(const std::string& key, const std::string& name, const RegistryValue& value) override
    {
        return write([&] { return m_registry.set(key, name, value); });
    }
    Result<bool> deleteRegistryValue(const std::string& key, const std::string& name) override
    {
        return write([&] { return m_registry.removeValue(key, name); });
    }
    Result<bool> deleteRegistryKey(const std::string& key) override
    {
        return write([&] { return m_registry.removeKey(key); });
    }

    Result<std::string> configuration() override
    {
        return read([&] { return readText(configurationFile()); });
    }
    Result<Done> writeConfiguration(const std::string& xml) override
    {
        return write([&] { return writeInto(configurationFile(), xml); });
    }
    Result<std::string> redirection() override
    {
        return read([&] { return readText(m_root / "inetsrv" / "config" / "redirection.config"); });
    }
    Result<std::vector<std::string>> backups() override
    {
        return read([&] { return m_backups.names(); });
    }
    Result<std::string> backup(const std::string& name) override
    {
        return read([&] { return m_backups.read(name); });
    }
    Result<Done> writeBackup(const std::string& name, const std::string& xml) override
    {
        return write([&] { return m_backups.write(name, xml); });
    }
    Result<Done> removeBackup(const std::string& name) override
    {
        return write([&] { return m_backups.remove(name); });
    }

    Result<std::vector<ScheduledTask>> tasks() override
    {
        return read([&] { return readTasks(m_root / "tasks.json"); });
    }
    Result<Done> writeTasks(const std::vector<ScheduledTask>& tasks) override
    {
        return write([&] { return writeTasksFile(m_root / "tasks.json", tasks); });
    }

    Result<std::vector<CachedCrl>> cachedCrls(CacheOwner owner) override
    {
        return read([&] { return readCache(cacheFile(owner)); });
    }
    Result<Done> writeCachedCrls(CacheOwner owner, const std::vector<CachedCrl>& crls) override
    {
        return write([&] { return writeCache(cacheFile(owner), crls); });
    }

    Result<Bytes> caFile(const std::string& name) override;
    fs::path hostPath(const std::string& path) override;
    Result<fs::path> sitePath(const std::string& windowsPath) override { return sitePathIn(m_root, windowsPath); }

private:
    /// Keeps the lock while it lives. Within one back-end they nest: only the outermost takes and gives back the
    /// file's.
    class Held final : public Transaction {
    public:
        Held(FolderBackend& backend, std::unique_lock<std::recursive_mutex> guard)
            : m_backend(backend), m_guard(std::move(guard))
        {
            ++m_backend.m_depth;
        }
        ~Held() override
        {
            if (--m_backend.m_depth > 0) return;
            if (!m_backend.m_newKeys.empty()) (void)removeFile(m_backend.newKeysFile());
            m_backend.m_newKeys.clear();
            m_backend.m_lock.reset();
        }

    private:
        FolderBackend& m_backend;
        std::unique_lock<std::recursive_mutex> m_guard;
    };

    Result<std::unique_ptr<Transaction>> hold(bool onlyReading)
    {
        std::unique_lock<std::recursive_mutex> guard(m_mutex);
        if (m_depth == 0) {
            auto lock = lockFile(m_root / ".lock");
            // A folder that may only be read has nobody who writes beside us under this account.
            if (!lock && !(onlyReading && lock.error().code == ErrorCode::Denied)) return lock.error();
            if (lock) m_lock = std::move(*lock);
            if (!onlyReading) dropForgottenKeys();
        }
        return std::unique_ptr<Transaction>(std::make_unique<Held>(*this, std::move(guard)));
    }

    template <class Function>
    auto read(Function&& function) -> decltype(function())
    {
        const auto held = hold(true);
        if (!held) return held.error();
        return function();
    }
    template <class Function>
    auto write(Function&& function) -> decltype(function())
    {
        const auto held = hold(false);
        if (!held) return held.error();
        return function();
    }

    Result<Done> noteNewKey(const std::string& container);
    void dropForgottenKeys();

    fs::path newKeysFile() const { return m_root / "keys" / ".being-made.json"; }
    fs::path configurationFile() const { return m_root / "inetsrv" / "config" / "applicationHost.config"; }
    fs::path cacheFile(CacheOwner owner) const
    {
        return m_root / "cache" / (owner == CacheOwner::Service ? "service.json" : "caller.json");
    }
    static Result<Done> writeInto(const fs::path& file, const std::string& content)
    {
        if (const auto made = makeFolders(file.parent_path()); !made) return made;
        return replaceFile(file, content);
    }

    fs::path m_root;
    FolderStores m_stores;
    FolderRegistry m_registry;
    FolderBackups m_backups;
    std::recursive_mutex m_mutex;
    int m_depth = 0;
    std::unique_ptr<FileLock> m_lock;
    std::vector<std::string> m_newKeys;  // made in this transaction
};

/// A key is made before the certificate that refers to it. Whoever is killed in between leaves this note.
Result<Done> FolderBackend::noteNewKey(const std::string& container)
{
    if (m_stores.key(container)) return Done{};
    m_newKeys.push_back(container);
    if (auto made = makeFolders(newKeysFile().parent_path()); !made) return made;
    return replaceFile(newKeysFile(), jsonText(m_newKeys), Readers::OwnerOnly);
}

/// Removes the private keys that a killed program made and that no certificate came to refer to.
void FolderBackend::dropForgottenKeys()
{
    boost::system::error_code trouble;
    if (!fs::exists(newKeysFile(), trouble)) return;
    auto note = FolderFile::read(newKeysFile());
    const auto names = m_stores.names();
    if (!note || !*note || !(*note)->value().is_array() || !names) return;
    std::set<std::string> used;
    for (const char* prefix : {"", kUserStores})
        for (const std::string& name : *names) {
            const auto entries = m_stores.entries(prefix + name);
            if (!entries && entries.error().code != ErrorCode::NotFound) return;
            if (entries)
                for (const StoreEntry& entry : *entries) used.insert(entry.keyContainer);
        }
    for (const auto& container : (*note)->value())
        if (container.is_string() && !used.contains(container.get<std::string>()))
            (void)m_stores.removeKey(container.get<std::string>());
    (void)removeFile(newKeysFile());
}

Result<Bytes> FolderBackend::caFile(const std::string& name)
{
    const fs::path file = pathFromUtf8(name);
    const std::string ending = lowerAscii(utf8(file.extension()));
    const bool open = ending == ".crl" || ending == ".der" || ending == ".cer" || ending == ".crt" || ending == ".p7b";
    // Keys, passwords and PKCS#12 files lie there too; a CA gives out none of them.
    if (!open || file.has_parent_path() || name.find_first_of("/\\:") != std::string::npos || name[0] == '.')
        return Error{
            ErrorCode::NotFound, {tr("The practice CA publishes no file named {0}."), {name}}, "not public: " + name};
    return read([&] { return readFile(m_root / "ca" / file); });
}

fs::path FolderBackend::hostPath(const std::string& path)
{
    const fs::path given = pathFromUtf8(path);
    boost::system::error_code trouble;
    if (given.is_absolute() || fs::exists(given, trouble)) return given;
    const fs::path downloaded = m_root / "ca" / given;
    return fs::exists(downloaded, trouble) ? downloaded : given;
}

}  // namespace

Result<std::unique_ptr<Backend>> openFolder(const fs::path& folder)
{
    boost::system::error_code trouble;
    if (!fs::exists(folder / "machine.json", trouble))
        return Error{ErrorCode::NotFound,
                     {tr("{0} holds no practice server: the file machine.json is missing. Make one with: monban "
                         "practice new {0}"),
                      {utf8(folder)}},
                     "no machine.json in " + utf8(folder)};
    return std::unique_ptr<Backend>(std::make_unique<FolderBackend>(fs::absolute(folder)));
}

Result<std::unique_ptr<Backend>> makeFolder(const fs::path& folder, const Machine& machine)
{
    for (const char* name : {"stores", "keys", "http", "inetsrv/config", "inetpub/wwwroot", "cache", "ca", "journal"})
        if (const auto made = makeFolders(folder / name); !made) return made.error();
    auto backend = std::make_unique<FolderBackend>(fs::absolute(folder));
    if (const auto written = backend->writeMachine(machine); !written) return written.error();
    return std::unique_ptr<Backend>(std::move(backend));
}

}  // namespace monban::practice
