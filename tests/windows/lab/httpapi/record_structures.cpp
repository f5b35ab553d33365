// SPDX-License-Identifier: MIT
#include "tests/windows/lab/httpapi/record_structures.h"

#include <ws2ipdef.h>

#include <mstcpip.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/base/bytes.h"
#include "core/base/utf8.h"

// ip2string.h, which mingw-w64 has in part only.
extern "C" {
LONG NTAPI RtlIpv4StringToAddressExW(PCWSTR text, BOOLEAN strict, IN_ADDR* address, USHORT* port);
LONG NTAPI RtlIpv6StringToAddressExW(PCWSTR text, IN6_ADDR* address, ULONG* scope, USHORT* port);
}

namespace monban::lab {
namespace {

std::string utf8Of(const wchar_t* text)
{
    if (text == nullptr) return {};
    const std::wstring units(text);
    return utf8FromUtf16(std::u16string(units.begin(), units.end()));
}

std::wstring wideOf(const std::string& text)
{
    const std::u16string units = utf16FromUtf8(text);
    return {units.begin(), units.end()};
}

/// Windows' own text of an address with its port, which is netsh's.
std::optional<std::string> textOf(const SOCKADDR* address)
{
    wchar_t text[80];
    ULONG length = 80;
    if (address == nullptr) return std::nullopt;
    if (address->sa_family == AF_INET) {
        const auto* const four = reinterpret_cast<const SOCKADDR_IN*>(address);
        const UCHAR* const byte = reinterpret_cast<const UCHAR*>(&four->sin_addr);
        std::string numbers;
        for (int i = 0; i < 4; ++i) numbers += (i ? "." : "") + std::to_string(byte[i]);
        return numbers + ":" + std::to_string(ntohs(four->sin_port));
    }
    if (address->sa_family != AF_INET6) return std::nullopt;
    const auto* const six = reinterpret_cast<const SOCKADDR_IN6*>(address);
    // It leaves out the brackets together with a port of zero.
    if (RtlIpv6AddressToStringExW(&six->sin6_addr, six->sin6_scope_id, htons(1), text, &length) != 0) return std::nullopt;
    const std::string withPort = utf8Of(text);
    return withPort.substr(0, withPort.rfind(':') + 1) + std::to_string(ntohs(six->sin6_port));
}

std::optional<SOCKADDR_STORAGE> addressOf(const std::string& endpoint)
{
    SOCKADDR_STORAGE storage{};
    const std::wstring text = wideOf(endpoint);
    USHORT port = 0;
    if (text.starts_with(L'[')) {
        auto* const six = reinterpret_cast<SOCKADDR_IN6*>(&storage);
        six->sin6_family = AF_INET6;
        if (RtlIpv6StringToAddressExW(text.c_str(), &six->sin6_addr, &six->sin6_scope_id, &port) != 0) return std::nullopt;
        six->sin6_port = port;
        return storage;
    }
    auto* const four = reinterpret_cast<SOCKADDR_IN*>(&storage);
    four->sin_family = AF_INET;
    if (RtlIpv4StringToAddressExW(text.c_str(), TRUE, &four->sin_addr, &port) != 0) return std::nullopt;
    four->sin_port = port;
    return storage;
}

SOCKADDR_STORAGE anyAddress(const std::string& port)
{
    SOCKADDR_STORAGE storage{};
    auto* const four = reinterpret_cast<SOCKADDR_IN*>(&storage);
    four->sin_family = AF_INET;
    four->sin_port = htons(static_cast<USHORT>(std::strtoul(port.c_str(), nullptr, 10)));
    return storage;
}

/// http.sys takes no other than 0.0.0.0 here.
std::optional<std::string> portOf(const SOCKADDR_STORAGE& storage)
{
    const auto* const four = reinterpret_cast<const SOCKADDR_IN*>(&storage);
    if (four->sin_family != AF_INET || four->sin_addr.s_addr != 0) return std::nullopt;
    return std::to_string(ntohs(four->sin_port));
}

std::optional<std::string> endpointOf(const HTTP_SERVICE_CONFIG_SSL_KEY& key) { return textOf(key.pIpPort); }
std::optional<std::string> endpointOf(const SniKey& key)
{
    const auto port = portOf(key.IpPort);
    if (!port || key.Host == nullptr || key.Host[0] == 0) return std::nullopt;
    return utf8Of(key.Host) + ":" + *port;
}
std::optional<std::string> endpointOf(const CcsKey& key) { return portOf(key.LocalAddress); }

/// Calls the function with a structure of that family's kind.
template <class Function>
auto withSet(ULONG id, const void* set, ULONG size, Function&& function) -> decltype(function(SniSet{}))
{
    const auto read = [&](auto structure) -> decltype(function(structure)) {
        if (set == nullptr || size < sizeof structure) return std::nullopt;
        std::memcpy(&structure, set, sizeof structure);
        return function(structure);
    };
    if (id == kIpPort) return read(HTTP_SERVICE_CONFIG_SSL_SET{});
    if (id == kCcs) return read(CcsSet{});
    return read(SniSet{});
}

template <class Query>
std::optional<Question> question(const void* bytes, ULONG size)
{
    Query query{};
    if (bytes == nullptr || size < sizeof query) return std::nullopt;
    std::memcpy(&query, bytes, sizeof query);
    if (query.QueryDesc == HttpServiceConfigQueryNext) return Question{std::nullopt, query.dwToken};
    if (query.QueryDesc != HttpServiceConfigQueryExact) return std::nullopt;
    const auto endpoint = endpointOf(query.KeyDesc);
    return endpoint ? std::optional(Question{endpoint, 0}) : std::nullopt;
}

std::string guidText(const GUID& id)
{
    char text[40];
    std::snprintf(text, sizeof text, "{%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", id.Data1, id.Data2, id.Data3, id.Data4[0], id.Data4[1],
                  id.Data4[2], id.Data4[3], id.Data4[4], id.Data4[5], id.Data4[6], id.Data4[7]);
    return text;
}

GUID guidOf(const std::string& text)
{
    unsigned part[11] = {};
    std::sscanf(text.c_str(), "{%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x}", &part[0], &part[1], &part[2], &part[3], &part[4], &part[5], &part[6], &part[7],
                &part[8], &part[9], &part[10]);
    GUID id{part[0], static_cast<USHORT>(part[1]), static_cast<USHORT>(part[2]), {}};
    for (int i = 0; i < 8; ++i) id.Data4[i] = static_cast<UCHAR>(part[3 + i]);
    return id;
}

/// Lays things out behind each other in a caller's buffer; without one it only counts.
class Layout {
public:
    explicit Layout(void* buffer) : m_buffer(static_cast<BYTE*>(buffer)) {}

    void* add(const void* bytes, std::size_t size)
    {
        m_at = (m_at + 7) / 8 * 8;
        void* const place = m_buffer ? m_buffer + m_at : nullptr;
        if (place && size > 0) std::memcpy(place, bytes, size);
        m_at += size;
        return place;
    }
    PWSTR add(const std::wstring& text) { return static_cast<PWSTR>(add(text.c_str(), (text.size() + 1) * sizeof(wchar_t))); }
    PWSTR addOrNull(const std::string& text) { return text.empty() ? nullptr : add(wideOf(text)); }
    std::size_t size() const { return m_at; }

private:
    BYTE* m_buffer;
    std::size_t m_at = 0;
};

void layKey(Layout& layout, const SslRecord& record, HTTP_SERVICE_CONFIG_SSL_KEY& key)
{
    const SOCKADDR_STORAGE address = addressOf(record.endpoint).value_or(SOCKADDR_STORAGE{});
    const std::size_t size = address.ss_family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
    key.pIpPort = static_cast<SOCKADDR*>(layout.add(&address, size));
}
void layKey(Layout& layout, const SslRecord& record, SniKey& key)
{
    const std::size_t colon = record.endpoint.rfind(':');
    key.IpPort = anyAddress(record.endpoint.substr(colon + 1));
    key.Host = layout.add(wideOf(record.endpoint.substr(0, colon)));
}
void layKey(Layout&, const SslRecord& record, CcsKey& key) { key.LocalAddress = anyAddress(record.endpoint); }

template <class Set>
std::size_t lay(const SslRecord& record, void* buffer)
{
    Set set{};
    Layout layout(buffer);
    layout.add(&set, sizeof set);
    layKey(layout, record, set.KeyDesc);
    const Bytes hash = bytesFromHex(record.thumbprint).value_or(Bytes{});
    set.ParamDesc.SslHashLength = static_cast<ULONG>(hash.size());
    set.ParamDesc.pSslHash = hash.empty() ? nullptr : layout.add(hash.data(), hash.size());
    set.ParamDesc.AppId = guidOf(record.appId);
    set.ParamDesc.pSslCertStoreName = layout.addOrNull(record.store);
    set.ParamDesc.DefaultCertCheckMode = record.checkMode;
    set.ParamDesc.DefaultRevocationFreshnessTime = record.freshnessSeconds;
    set.ParamDesc.DefaultRevocationUrlRetrievalTimeout = record.timeoutMilliseconds;
    set.ParamDesc.pDefaultSslCtlIdentifier = layout.addOrNull(record.ctlIdentifier);
    set.ParamDesc.pDefaultSslCtlStoreName = layout.addOrNull(record.ctlStore);
    set.ParamDesc.DefaultFlags = record.flags;
    if (buffer) std::memcpy(buffer, &set, sizeof set);
    return layout.size();
}

std::size_t layFamily(ULONG id, const SslRecord& record, void* buffer)
{
    if (id == kIpPort) return lay<HTTP_SERVICE_CONFIG_SSL_SET>(record, buffer);
    return id == kCcs ? lay<CcsSet>(record, buffer) : lay<SniSet>(record, buffer);
}

}  // namespace

bool isFamily(ULONG id) { return id == kIpPort || id == kSni || id == kCcs || id == kScopedCcs; }

bool isOfFamily(const SslRecord& record, ULONG id)
{
    switch (record.family) {
        case RecordFamily::IpPort: return id == kIpPort;
        case RecordFamily::HostNamePort: return id == kSni;
        case RecordFamily::Ccs: break;
    }
    return id == (record.endpoint.find(':') == std::string::npos ? kCcs : kScopedCcs);
}

std::optional<Question> questionFrom(ULONG id, const void* query, ULONG size)
{
    if (id == kIpPort) return question<HTTP_SERVICE_CONFIG_SSL_QUERY>(query, size);
    return id == kCcs ? question<CcsQuery>(query, size) : question<SniQuery>(query, size);
}

std::optional<std::string> endpointFrom(ULONG id, const void* set, ULONG size)
{
    return withSet(id, set, size, [](const auto& structure) -> std::optional<std::string> { return endpointOf(structure.KeyDesc); });
}

std::optional<SslRecord> recordFrom(ULONG id, const void* set, ULONG size)
{
    return withSet(id, set, size, [&](const auto& structure) -> std::optional<SslRecord> {
        const HTTP_SERVICE_CONFIG_SSL_PARAM& given = structure.ParamDesc;
        const auto endpoint = endpointOf(structure.KeyDesc);
        if (!endpoint || (given.SslHashLength > 0 && given.pSslHash == nullptr) || given.SslHashLength > 64) return std::nullopt;
        SslRecord record;
        record.family = id == kIpPort ? RecordFamily::IpPort : id == kSni ? RecordFamily::HostNamePort : RecordFamily::Ccs;
        record.endpoint = *endpoint;
        record.thumbprint = hex({static_cast<const std::uint8_t*>(given.pSslHash), given.SslHashLength});
        record.appId = guidText(given.AppId);
        record.store = utf8Of(given.pSslCertStoreName);
        record.checkMode = given.DefaultCertCheckMode;
        record.freshnessSeconds = given.DefaultRevocationFreshnessTime;
        record.timeoutMilliseconds = given.DefaultRevocationUrlRetrievalTimeout;
        record.ctlIdentifier = utf8Of(given.pDefaultSslCtlIdentifier);
        record.ctlStore = utf8Of(given.pDefaultSslCtlStoreName);
        record.flags = given.DefaultFlags;
        return record;
    });
}

ULONG answerSize(ULONG id, const SslRecord& record) { return static_cast<ULONG>(layFamily(id, record, nullptr)); }

bool writeAnswer(ULONG id, const SslRecord& record, void* buffer)
{
    if (id == kIpPort && !addressOf(record.endpoint)) return false;
    layFamily(id, record, buffer);
    return true;
}

}  // namespace monban::lab
