// SPDX-License-Identifier: MIT
#include "core/practice/schannel_values.h"

#include "core/observe/schannel.h"

namespace monban::practice {
namespace {

class BackendRegistry final : public RegistryReader {
public:
    explicit BackendRegistry(Backend& backend) : m_backend(backend) {}
    Result<std::map<std::string, RegistryValue>> values(const std::string& key) override { return m_backend.registryKey(key); }
    Result<std::vector<std::string>> subkeys(const std::string& key) override { return m_backend.registrySubkeys(key); }

private:
    Backend& m_backend;
};

}  // namespace

Result<SchannelFacts> observeSchannel(Backend& backend, const Machine& machine)
{
    BackendRegistry registry(backend);
    auto facts = schannelFrom(registry);
    if (facts)
        facts->restartPending = facts->sendTrustedIssuerList != dwordIn(machine.schannelAtBoot, kSendTrustedIssuerList) ||
                                facts->clientAuthTrustMode != dwordIn(machine.schannelAtBoot, kClientAuthTrustMode);
    return facts;
}

}  // namespace monban::practice
