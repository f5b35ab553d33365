// SPDX-License-Identifier: MIT
#include "core/practice/rebinding.h"

#include <algorithm>

namespace monban::practice {

SslRecord recordOfIis(RecordFamily family, const std::string& endpoint, const std::string& thumbprint, const std::string& store)
{
    SslRecord record;
    record.family = family;
    record.endpoint = endpoint;
    record.thumbprint = thumbprint;
    record.store = store;
    record.appId = kIisAppId;
    return record;
}

Result<Done> rebind(Backend& backend, RecordFamily family, const std::string& endpoint, const std::string& thumbprint,
                    const std::string& store)
{
    const auto held = backend.transaction();
    if (!held) return held.error();
    const auto entries = backend.store(store);
    if (!entries && entries.error().code != ErrorCode::NotFound) return entries.error();
    const bool usable = entries && std::any_of(entries->begin(), entries->end(), [&](const StoreEntry& entry) {
        return entry.thumbprint == thumbprint && !entry.keyContainer.empty() && backend.publicKey(entry.keyContainer);
    });
    if (!usable)
        return Error{ErrorCode::NotFound,
                     {tr("The store {0} holds no certificate {1} with its private key."), {store, thumbprint}},
                     "no certificate with key"};
    auto records = backend.records();
    if (!records) return records.error();
    std::erase_if(*records, [&](const SslRecord& one) { return one.family == family && one.endpoint == endpoint; });
    records->push_back(recordOfIis(family, endpoint, thumbprint, storeSpelling(store)));
    return backend.writeRecords(*records);
}

std::optional<std::pair<RecordFamily, std::string>> recordEndpointOf(const Binding& binding)
{
    if (!binding.port || !binding.address) return std::nullopt;
    const std::string port = ":" + std::to_string(*binding.port);
    if ((binding.sslFlags & binding_flags::kSni) && binding.host && !binding.host->empty())
        return std::pair(RecordFamily::HostNamePort, lowerAscii(*binding.host) + port);
    const bool every = binding.address->empty() || *binding.address == "*";
    return std::pair(RecordFamily::IpPort, (every ? "0.0.0.0" : *binding.address) + port);
}

}  // namespace monban::practice
