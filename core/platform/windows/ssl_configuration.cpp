// SPDX-License-Identifier: MIT
#include "core/platform/windows/ssl_configuration.h"

#include <cstring>
#include <variant>

#include "core/base/number.h"
#include "core/platform/windows/app_id.h"
#include "core/platform/windows/socket_address.h"
#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

template <class Key>
struct Structures {
    SslSet<Key> set{};
    SslQuery<Key> query{};
};

Error cannotBeWritten(const std::string& endpoint, const char* what)
{
    return {ErrorCode::InvalidInput,
            {tr("The http.sys record of {0} cannot be handed to Windows: {1} makes no sense."), {endpoint, what}},
            std::string("not for http.sys: ") + what};
}

/// A text for Windows; nothing where it would arrive there as another.
std::optional<std::wstring> exactText(const std::string& text)
{
    if (!isUtf8(text) || text.find('\0') != std::string::npos) return std::nullopt;
    return wide(text);
}

/// "www.example.test:443" in its parts.
struct HostAndPort {
    std::wstring host;
    std::uint16_t port;
};
std::optional<HostAndPort> hostAndPort(const std::string& endpoint)
{
    const std::size_t colon = endpoint.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    const auto port = numberFrom<std::uint16_t>(endpoint.substr(colon + 1));
    const auto host = exactText(endpoint.substr(0, colon));
    if (!port || !host) return std::nullopt;
    return HostAndPort{*host, *port};
}

}  // namespace

struct SslConfiguration::Parts {
    ULONG id = 0;
    SOCKADDR_STORAGE address{};
    std::wstring host;
    std::wstring store;
    std::wstring ctlIdentifier;
    std::wstring ctlStore;
    Bytes hash;
    std::variant<Structures<IpPortKey>, Structures<HostNameKey>, Structures<CentralStoreKey>> structures;

    bool takeEndpoint(RecordFamily family, const std::string& endpoint);
    const char* takeParameters(const SslRecord& record);

private:
    bool takeHost(ULONG configId, const std::string& endpoint);
};

bool SslConfiguration::Parts::takeHost(ULONG configId, const std::string& endpoint)
{
    const auto parts = hostAndPort(endpoint);
    if (!parts) return false;
    id = configId;
    host = parts->host;
    auto& made = structures.emplace<Structures<HostNameKey>>();
    made.set.key = {everyAddress(parts->port), host.data()};
    made.query.key = made.set.key;
    return true;
}

/// False: that family has no such endpoint.
bool SslConfiguration::Parts::takeEndpoint(RecordFamily family, const std::string& endpoint)
{
    if (family == RecordFamily::HostNamePort) return takeHost(config_id::kHostName, endpoint);
    if (family == RecordFamily::Ccs && endpoint.find(':') != std::string::npos) return takeHost(config_id::kScopedCentralStore, endpoint);
    if (family == RecordFamily::Ccs) {
        const auto port = numberFrom<std::uint16_t>(endpoint);
        if (!port) return false;
        id = config_id::kCentralStore;
        auto& made = structures.emplace<Structures<CentralStoreKey>>();
        made.set.key = {everyAddress(*port)};
        made.query.key = made.set.key;
        return true;
    }
    const auto parsed = addressFrom(endpoint);
    if (!parsed) return false;
    id = config_id::kIpPort;
    address = *parsed;
    auto& made = structures.emplace<Structures<IpPortKey>>();
    made.set.key = {reinterpret_cast<SOCKADDR*>(&address)};
    made.query.key = made.set.key;
    return true;
}

/// The name, as netsh has it, of what cannot be handed over; nullptr: everything can.
const char* SslConfiguration::Parts::takeParameters(const SslRecord& record)
{
    const auto take = [](std::wstring& into, const std::string& text) {
        const auto exact = exactText(text);
        if (exact) into = *exact;
        return exact.has_value();
    };
    if (!take(store, record.store)) return "certstorename";
    if (!take(ctlIdentifier, record.ctlIdentifier)) return "sslctlidentifier";
    if (!take(ctlStore, record.ctlStore)) return "sslctlstorename";
    const auto bytes = bytesFromHex(record.thumbprint);
    if (!bytes) return "certhash";
    hash = *bytes;
    const auto appId = appIdFrom(record.appId);
    if (!appId) return "appid";

    const auto orNull = [](std::wstring& text) { return text.empty() ? nullptr : text.data(); };
    SslParameters parameters{};
    parameters.hashLength = static_cast<ULONG>(hash.size());
    parameters.hash = hash.empty() ? nullptr : hash.data();
    parameters.appId = *appId;
    parameters.storeName = orNull(store);
    parameters.checkMode = record.checkMode;
    parameters.freshnessSeconds = record.freshnessSeconds;
    parameters.timeoutMilliseconds = record.timeoutMilliseconds;
    parameters.ctlIdentifier = orNull(ctlIdentifier);
    parameters.ctlStoreName = orNull(ctlStore);
    parameters.flags = record.flags;
    std::visit([&](auto& made) { made.set.parameters = parameters; }, structures);
    return nullptr;
}

SslConfiguration::SslConfiguration(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}
SslConfiguration::SslConfiguration(SslConfiguration&&) noexcept = default;
SslConfiguration& SslConfiguration::operator=(SslConfiguration&&) noexcept = default;
SslConfiguration::~SslConfiguration() = default;

Result<SslConfiguration> SslConfiguration::ofEndpoint(RecordFamily family, const std::string& endpoint)
{
    auto parts = std::make_unique<Parts>();
    if (!parts->takeEndpoint(family, endpoint)) return cannotBeWritten(endpoint, name(family));
    return SslConfiguration(std::move(parts));
}

Result<SslConfiguration> SslConfiguration::of(const SslRecord& record)
{
    auto configuration = ofEndpoint(record.family, record.endpoint);
    if (!configuration) return configuration;
    if (const char* const what = configuration->m_parts->takeParameters(record)) return cannotBeWritten(record.endpoint, what);
    return configuration;
}

ULONG SslConfiguration::id() const { return m_parts->id; }

void* SslConfiguration::set() const
{
    return std::visit([](auto& made) { return static_cast<void*>(&made.set); }, m_parts->structures);
}
ULONG SslConfiguration::setSize() const
{
    return std::visit([](auto& made) { return static_cast<ULONG>(sizeof made.set); }, m_parts->structures);
}
void* SslConfiguration::exactQuery() const
{
    return std::visit([](auto& made) { return static_cast<void*>(&made.query); }, m_parts->structures);
}
ULONG SslConfiguration::querySize() const
{
    return std::visit([](auto& made) { return static_cast<ULONG>(sizeof made.query); }, m_parts->structures);
}

}  // namespace monban::windows
