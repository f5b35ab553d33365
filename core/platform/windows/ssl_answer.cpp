// SPDX-License-Identifier: MIT
// The other way round than ssl_configuration.cpp: from what Windows answers to a record.
#include <cstring>

#include "core/platform/windows/app_id.h"
#include "core/platform/windows/socket_address.h"
#include "core/platform/windows/ssl_configuration.h"
#include "core/platform/windows/text.h"

namespace monban::windows {
namespace {

template <class Key>
std::vector<std::uint8_t> queryBytes(DWORD token)
{
    SslQuery<Key> query{};
    query.type = QueryType::Next;
    query.token = token;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&query);
    return {bytes, bytes + sizeof query};
}

/// What a pointer of the answer leads to, up to the answer's end; empty where it leads elsewhere.
ByteView pointedTo(ByteView answer, const void* pointer)
{
    const auto begin = reinterpret_cast<std::uintptr_t>(answer.data());
    const auto at = reinterpret_cast<std::uintptr_t>(pointer);
    if (at < begin || at >= begin + answer.size()) return {};
    return answer.subspan(at - begin);
}

/// Empty for a null pointer. Nothing where no end of the text is in sight, or it is not UTF-16: written back, it would be
/// another.
std::optional<std::string> textAt(ByteView answer, const wchar_t* pointer)
{
    if (!pointer) return std::string();
    const ByteView bytes = pointedTo(answer, pointer);
    std::wstring units;
    for (std::size_t at = 0; at + sizeof(wchar_t) <= bytes.size(); at += sizeof(wchar_t)) {
        wchar_t unit = 0;
        std::memcpy(&unit, bytes.data() + at, sizeof unit);
        if (unit == 0) {
            std::string text = narrow(units);
            return wide(text) == units ? std::optional(std::move(text)) : std::nullopt;
        }
        units += unit;
    }
    return std::nullopt;
}

std::optional<std::string> endpointOf(ByteView answer, const IpPortKey& key) { return addressText(pointedTo(answer, key.address)); }

std::optional<std::string> endpointOf(ByteView answer, const HostNameKey& key)
{
    const auto port = portOfEveryAddress(key.address);
    const auto host = textAt(answer, key.host);
    if (!port || !host || host->empty()) return std::nullopt;
    return *host + ":" + std::to_string(*port);
}

std::optional<std::string> endpointOf(ByteView, const CentralStoreKey& key)
{
    const auto port = portOfEveryAddress(key.address);
    return port ? std::optional(std::to_string(*port)) : std::nullopt;
}

Error damaged(const std::string& record, const std::string& what)
{
    return {ErrorCode::Damaged, {tr("What was read of {0} makes no sense."), {record}}, "http.sys " + record + ": " + what};
}

RecordFamily familyOf(ULONG id)
{
    if (id == config_id::kIpPort) return RecordFamily::IpPort;
    return id == config_id::kHostName ? RecordFamily::HostNamePort : RecordFamily::Ccs;
}

template <class Key>
Result<SslRecord> recordWith(ULONG id, ByteView answer)
{
    SslRecord record;
    record.family = familyOf(id);
    const std::string family = name(record.family);
    SslSet<Key> set{};
    if (answer.size() < sizeof set) return damaged(family, "an answer of " + std::to_string(answer.size()) + " bytes");
    std::memcpy(&set, answer.data(), sizeof set);
    const auto endpoint = endpointOf(answer, set.key);
    if (!endpoint) return damaged(family, "its key is no endpoint");
    record.endpoint = *endpoint;

    const SslParameters& parameters = set.parameters;
    const std::string what = family + " " + record.endpoint;
    const ByteView hash = pointedTo(answer, parameters.hash);
    if (hash.size() < parameters.hashLength) return damaged(what, "its certificate hash lies outside the answer");
    record.thumbprint = hex(hash.first(parameters.hashLength));
    record.appId = appIdText(parameters.appId);
    const auto store = textAt(answer, parameters.storeName);
    const auto ctlIdentifier = textAt(answer, parameters.ctlIdentifier);
    const auto ctlStore = textAt(answer, parameters.ctlStoreName);
    if (!store || !ctlIdentifier || !ctlStore) return damaged(what, "one of its names is no text");
    record.store = *store;
    record.ctlIdentifier = *ctlIdentifier;
    record.ctlStore = *ctlStore;
    record.checkMode = parameters.checkMode;
    record.freshnessSeconds = parameters.freshnessSeconds;
    record.timeoutMilliseconds = parameters.timeoutMilliseconds;
    record.flags = parameters.flags;
    return record;
}

}  // namespace

std::vector<std::uint8_t> nextQuery(ULONG id, DWORD token)
{
    if (id == config_id::kIpPort) return queryBytes<IpPortKey>(token);
    return id == config_id::kCentralStore ? queryBytes<CentralStoreKey>(token) : queryBytes<HostNameKey>(token);
}

Result<SslRecord> recordFrom(ULONG id, ByteView answer)
{
    if (id == config_id::kIpPort) return recordWith<IpPortKey>(id, answer);
    return id == config_id::kCentralStore ? recordWith<CentralStoreKey>(id, answer) : recordWith<HostNameKey>(id, answer);
}

}  // namespace monban::windows
