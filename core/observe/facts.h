// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/observe/observed.h"
#include "core/observe/proxy.h"
#include "core/observe/scheduled_task.h"
#include "core/observe/ssl_record.h"
#include "core/pki/certificate.h"
#include "core/pki/crl.h"

namespace monban {

/// Builds of the Windows Servers the product knows.
namespace windows_build {
constexpr int kServer2016 = 14393;
constexpr int kServer2019 = 17763;
constexpr int kServer2022 = 20348;
constexpr int kServer2025 = 26100;
}  // namespace windows_build

struct MachineFacts {
    std::string name;
    std::string osName;
    int build = 0;
    bool iisInstalled = false;
    std::string iisVersion;
    bool elevated = false;
    Time clock{};
    std::string systemFolder;  ///< `C:\Windows\System32`: where the tools are run from
    bool practice = false;     ///< a practice server, which takes any certificate
    std::optional<Proxy> proxy = {};  ///< of the whole machine; its services fetch through it
};

/// Bits of an IIS binding's sslFlags (WINDOWS-FACTS 5.3): not those of a http.sys record, though some mean the same.
namespace binding_flags {
constexpr std::uint32_t kSni = 1;
constexpr std::uint32_t kCentralStore = 2;
constexpr std::uint32_t kDisableHttp2 = 4;
constexpr std::uint32_t kDisableOcspStapling = 8;
constexpr std::uint32_t kDisableQuic = 16;
constexpr std::uint32_t kDisableTls13 = 32;
constexpr std::uint32_t kDisableLegacyTls = 64;
constexpr std::uint32_t kNegotiateClientCertificate = 128;  ///< Server 2025 keeps the negotiation in the binding as well
}  // namespace binding_flags

/// One binding of a site: the raw text as IIS keeps it, and its parts where it can be split.
struct Binding {
    std::string protocol;
    std::string information;  ///< "*:443:", "[::1]:443:host"
    std::optional<std::string> address;
    std::optional<int> port;
    std::optional<std::string> host;
    std::uint32_t sslFlags = 0;  ///< binding_flags
    friend bool operator==(const Binding&, const Binding&) = default;
};

/// sslFlags of system.webServer/security/access for one path (WINDOWS-FACTS 5.2).
namespace access_flags {
constexpr std::uint32_t kSsl = 8;
constexpr std::uint32_t kNegotiateCert = 32;
constexpr std::uint32_t kRequireCert = 64;
constexpr std::uint32_t kMapCert = 128;
constexpr std::uint32_t kSsl128 = 256;
}  // namespace access_flags

struct Access {
    std::string path;          ///< "Default Web Site" or "Default Web Site/app"
    std::uint32_t flags = 0;   ///< in effect there
    bool inherited = true;     ///< no location of its own sets it
    std::string webConfig = {};  ///< the web.config that sets it, against the server's own configuration; empty: none
    std::optional<std::uint32_t> serverFlags = {};  ///< with a web.config: what applicationHost.config sets at that path
    friend bool operator==(const Access&, const Access&) = default;
};

/// A web.config that speaks of the access section, or that cannot be read.
struct WebConfig {
    std::string path;  ///< "Default Web Site/app": where it counts
    std::string file;  ///< `C:\inetpub\wwwroot\web.config`
    std::uint32_t flags = 0;
    std::uint32_t serverFlags = 0;  ///< what would be in effect there without the file
    bool locked = false;            ///< the section is locked there: IIS takes the file for an error (500.19)
    bool broken = false;            ///< IIS cannot read it either
    Message problem;                ///< why it cannot be read; then flags say nothing
    friend bool operator==(const WebConfig&, const WebConfig&) = default;
};

/// A folder that a site's configuration path stands for: an application or virtual directory below the root.
struct VirtualFolder {
    std::string path;          ///< "Default Web Site/app"
    std::string physicalPath;  ///< as Site::physicalPath
    friend bool operator==(const VirtualFolder&, const VirtualFolder&) = default;
};

struct Site {
    std::string name;
    int id = 0;
    std::string state;         ///< "Started" or "Stopped"
    std::string physicalPath;  ///< `C:\inetpub\wwwroot`, variables expanded; empty: not known
    std::vector<VirtualFolder> folders;  ///< all but the root
    std::vector<Binding> bindings;
    std::vector<Access> access;  ///< the site itself first, then each location below it that has flags of its own
    std::vector<WebConfig> webConfigs;
};

enum class KeyState {
    None,           ///< no private key belongs to it
    Present,
    NotExportable,  ///< present, and the server does not let it out
    Missing,        ///< a link to a key that is gone
};

struct StoredCertificate {
    Certificate certificate;
    std::string friendlyName;
    KeyState key = KeyState::None;
    bool hasPrivateKey() const { return key == KeyState::Present || key == KeyState::NotExportable; }
};

/// Store names in their usual spelling: MY ROOT CA REQUEST WebHosting ClientAuthIssuer, others as found.
using Stores = std::map<std::string, Observed<std::vector<StoredCertificate>>>;

/// Where Windows keeps what Schannel does (WINDOWS-FACTS 6).
constexpr const char* kSchannelKey = R"(HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL)";

/// A registry value that does not do what its name may promise: another name, type or key than Schannel's own.
struct RegistryEntry {
    std::string key;
    std::string name;
    std::string type;  ///< "REG_DWORD", "REG_SZ" …
    std::string data;  ///< decimal for numbers
    friend bool operator==(const RegistryEntry&, const RegistryEntry&) = default;
};

struct SchannelFacts {
    std::optional<std::uint32_t> sendTrustedIssuerList;
    std::optional<std::uint32_t> clientAuthTrustMode;
    bool restartPending = false;  ///< a value was changed since the last start
    std::vector<RegistryEntry> otherValues;  ///< all else in that key, and values of such names in keys near it
};

/// The revocation list at a distribution point, as the server itself would get it.
struct DistributionPoint {
    std::string url;
    Observed<Crl> crl;
};

/// A revocation list that somebody put into the store CA, where Windows finds it without a network.
struct StoredCrl {
    Crl crl;
    std::string thumbprint;  ///< SHA-1 of its DER, as certutil names it
};

/// The revocation lists Windows keeps on disk (WINDOWS-FACTS 8).
struct CrlCacheFacts {
    int callersLists = 0;     ///< in the cache of whoever runs this program: what `certutil -urlcache` shows and empties
    int servicesCurrent = 0;  ///< in the caches of the services, fetched after the last resync: http.sys believes those
};

/// Everything that was observed of one server. A part that failed says why.
struct Facts {
    Observed<MachineFacts> machine;
    Observed<std::vector<Site>> sites;
    /// The folder IIS reads its configuration from in place of its own, where it is shared between servers.
    Observed<std::optional<std::string>> sharedConfiguration;
    Observed<std::vector<SslRecord>> records;
    Observed<bool> storeList;  ///< whether the names of the stores could be listed
    Stores stores;
    Observed<SchannelFacts> schannel;
    Observed<CrlCacheFacts> crlCache;
    Observed<std::vector<StoredCrl>> storedCrls;  ///< in the store CA
    Observed<std::vector<ScheduledTask>> tasks;   ///< in the scheduler's folder kTaskFolder
    /// The console program, where a task may run it as the system: installed so that only administrators can replace it.
    /// Otherwise the reason why there is none.
    Observed<std::string> taskProgram;
    std::map<std::string, Observed<bool>> services;  ///< whether it runs, by its lower-case name: those Monban touches
    /// Services that are stopped together with one of those, because they depend on it; in the order they have to stop.
    std::map<std::string, std::vector<std::string>> dependents;
    std::vector<DistributionPoint> distributionPoints;  ///< those that were asked for
    std::map<std::string, Observed<std::optional<Bytes>>> files;  ///< those that were asked for; nothing: there is none
};

/// The certificates of the store under that name, case ignored; none where the server has none of that name. They are
/// lent: a store may hold thousands, and each look at one certificate asks for its store.
Observed<std::span<const StoredCertificate>> storeOf(const Facts& facts, const std::string& name);
/// MY, ROOT, CA, REQUEST, WebHosting, ClientAuthIssuer in that spelling; other names as given.
std::string storeSpelling(const std::string& name);

/// The certificate whose private key belongs to this public key (SubjectPublicKeyInfo), in one of those stores; nothing
/// where no store that can be read has it.
struct KeyHolder {
    std::string store;
    const StoredCertificate* entry = nullptr;
};
std::optional<KeyHolder> keyHolder(const Facts& facts, ByteView publicKeyDer, std::initializer_list<const char*> stores);
/// Where the key of a request can be: REQUEST before the CA's answer came, and a server certificate's store after it.
constexpr std::initializer_list<const char*> kWhereKeysAre{"REQUEST", "MY", "WebHosting"};

/// A file that was asked for; an error where it was not.
Observed<std::optional<Bytes>> fileIn(const Facts& facts, const std::string& path);

const SslRecord* recordAt(const std::vector<SslRecord>& records, RecordFamily family, const std::string& endpoint);
const Site* siteNamed(const std::vector<Site>& sites, const std::string& name);

/// Splits IIS's `address:port:host`; the parts stay empty where the text has another shape.
Binding bindingFrom(std::string protocol, std::string information, std::uint32_t sslFlags);

/// "Ssl,SslNegotiateCert,SslRequireCert", "None"; an unknown bit as its number.
std::string accessText(std::uint32_t flags);
/// The reverse, as appcmd takes it: names in any case or a number; nothing if a word is unknown.
std::optional<std::uint32_t> accessFromText(const std::string& text);
std::vector<std::string> accessNames(std::uint32_t flags);

}  // namespace monban
