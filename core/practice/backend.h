// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "core/base/time.h"
#include "core/base/utf8.h"
#include "core/observe/facts.h"
#include "core/observe/registry.h"
#include "core/observe/ssl_record.h"
#include "core/practice/fault.h"

namespace monban::practice {

/// A certificate in a LocalMachine store, with what hangs on it.
struct StoreEntry {
    Bytes der;
    std::string thumbprint;  ///< SHA-1 of der, lower-case hex: the entry's name
    std::string friendlyName;
    KeyState key = KeyState::None;
    std::string keyContainer;  ///< name under which the key is kept; empty without a key
};

/// A revocation list in a store (`certutil -addstore CA file.crl`).
struct StoreCrl {
    Bytes der;
    std::string thumbprint;
};

using monban::RegistryValue;

/// A revocation list one of the caches holds, as Windows keeps it (WINDOWS-FACTS 8).
struct CachedCrl {
    std::string url;
    Bytes der;
    Time fetched{};  ///< by the machine's clock
};

/// Whose disk cache it is: what `certutil -urlcache` empties is the caller's, never the service's.
enum class CacheOwner { Service, Caller };

struct ScheduledTask {
    std::string name;
    std::string command;   ///< as /TR gave it
    std::string schedule;  ///< "ONCE", "ONSTART" …
    std::string start;     ///< as /ST and /SD gave it
    std::string runAs;
    int modifier = 1;      ///< as /MO gave it
    friend bool operator==(const ScheduledTask&, const ScheduledTask&) = default;
};
/// What Windows would keep of it.
monban::ScheduledTask asWindowsKeeps(const ScheduledTask& task);

/// Where Monban is installed on a practice server: only its own programs know it.
constexpr const char* kInstalledConsole = R"(C:\Program Files\Monban\monban.exe)";

/// The machine itself: machine.json.
struct Machine {
    std::string name = "PRACTICE";
    std::string osName = "Windows Server 2022";
    int build = windows_build::kServer2022;
    std::int64_t clockOffsetSeconds = 0;  ///< the machine's clock minus the host's
    bool elevated = true;
    Language language = Language::English;  ///< of its console text
    Time bootTime{};                        ///< by the machine's clock
    bool iisInstalled = true;
    std::string iisVersion = "10.0";
    bool detailedErrors = true;             ///< IIS's detailed pages; otherwise its plain remote ones
    std::map<std::string, std::string> stoppedServices{{"appidsvc", "stopped"}};  ///< name → "stopped"; every other service runs
    /// SCHANNEL values as they were at the last start: what is in effect.
    std::map<std::string, RegistryValue> schannelAtBoot;
    std::map<std::string, RegistryValue> httpAtBoot;  ///< http.sys's parameters (kHttpParametersKey) likewise
    std::vector<Fault> faults;

    Time clock() const { return hostTime() + std::chrono::seconds(clockOffsetSeconds); }
};

/// What lies beneath the interpreters and the TLS front: the state of one Windows server. A folder in the practice
/// server; Wine's own crypt32 and registry in the lab. Every call reads or writes the present state, nothing is kept
/// in memory between calls; a transaction keeps other processes out while several belong together.
class Backend {
public:
    /// Held while several calls belong together; calls outside one take a lock of their own.
    class Transaction {
    public:
        virtual ~Transaction() = default;
    };

    virtual ~Backend() = default;

    virtual Result<std::unique_ptr<Transaction>> transaction() = 0;

    virtual Result<Machine> machine() = 0;
    virtual Result<Done> writeMachine(const Machine& machine) = 0;

    /// LocalMachine stores that exist, usual spelling. An empty store exists too. The caller's own stores (certutil
    /// -user) are named kUserStores + NAME everywhere and are not listed.
    virtual Result<std::vector<std::string>> storeNames() = 0;
    /// NotFound: no store of that name. Damaged names the file that is not a certificate.
    virtual Result<std::vector<StoreEntry>> store(const std::string& name) = 0;
    /// Makes the store where it is missing; replaces an entry of the same thumbprint.
    virtual Result<Done> putCertificate(const std::string& store, const StoreEntry& entry) = 0;
    virtual Result<Done> removeCertificate(const std::string& store, const std::string& thumbprint) = 0;
    virtual Result<std::vector<StoreCrl>> crls(const std::string& store) = 0;
    virtual Result<Done> putCrl(const std::string& store, const StoreCrl& crl) = 0;
    virtual Result<Done> removeCrl(const std::string& store, const std::string& thumbprint) = 0;

    virtual Result<Done> putKey(const std::string& container, const Secret& pem) = 0;
    virtual Result<Secret> key(const std::string& container) = 0;
    /// The public half of that key (SubjectPublicKeyInfo): whose it is, also where the machine does not let the key out.
    virtual Result<Bytes> publicKey(const std::string& container) = 0;
    virtual Result<Done> removeKey(const std::string& container) = 0;

    virtual Result<std::vector<SslRecord>> records() = 0;
    virtual Result<Done> writeRecords(const std::vector<SslRecord>& records) = 0;

    /// Keys as `HKLM\SYSTEM\…`, case ignored. An absent value is an empty optional, not an error.
    virtual Result<std::optional<RegistryValue>> registryValue(const std::string& key, const std::string& name) = 0;
    virtual Result<std::map<std::string, RegistryValue>> registryKey(const std::string& key) = 0;  ///< NotFound: no such key
    virtual Result<std::vector<std::string>> registrySubkeys(const std::string& key) = 0;
    /// Makes the key where it is missing; a value without a type makes the key alone.
    virtual Result<Done> setRegistryValue(const std::string& key, const std::string& name, const RegistryValue& value) = 0;
    virtual Result<bool> deleteRegistryValue(const std::string& key, const std::string& name) = 0;  ///< false: was not there
    virtual Result<bool> deleteRegistryKey(const std::string& key) = 0;

    /// applicationHost.config, its bytes.
    virtual Result<std::string> configuration() = 0;
    virtual Result<Done> writeConfiguration(const std::string& xml) = 0;
    /// redirection.config beside it, by which servers share one configuration. NotFound: there is none.
    virtual Result<std::string> redirection() = 0;
    /// Backups by name (`appcmd add backup`).
    virtual Result<std::vector<std::string>> backups() = 0;
    virtual Result<std::string> backup(const std::string& name) = 0;
    virtual Result<Done> writeBackup(const std::string& name, const std::string& xml) = 0;
    virtual Result<Done> removeBackup(const std::string& name) = 0;

    virtual Result<std::vector<ScheduledTask>> tasks() = 0;
    virtual Result<Done> writeTasks(const std::vector<ScheduledTask>& tasks) = 0;

    virtual Result<std::vector<CachedCrl>> cachedCrls(CacheOwner owner) = 0;
    virtual Result<Done> writeCachedCrls(CacheOwner owner, const std::vector<CachedCrl>& crls) = 0;

    /// What `http://ca.practice/crl/NAME` answers: a public file of the practice CA. NotFound for anything else.
    virtual Result<Bytes> caFile(const std::string& name) = 0;

    /// A file that a command names, by its path on this host; a relative one is looked for where the command was
    /// typed and then among the CA's files, as if they had been downloaded there.
    virtual fs::path hostPath(const std::string& path) = 0;

    /// Where the file lies that a site knows by this Windows path (`C:\inetpub\wwwroot\web.config`); a folder need not
    /// exist. Errors: InvalidInput, Unsupported (a network path), Denied (the back-end's own files).
    virtual Result<fs::path> sitePath(const std::string& windowsPath) = 0;
};

constexpr const char* kUserStores = "CurrentUser\\";
constexpr const char* kHttpParametersKey = R"(HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters)";
constexpr const char* kChainEngineKey =
    R"(HKLM\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CertDllCreateCertificateChainEngine\Config)";

}  // namespace monban::practice
