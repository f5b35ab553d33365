// SPDX-License-Identifier: MIT
#include "core/plan/site_names.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/plan/chapters.h"
#include "core/plan/endpoint.h"

namespace monban {
namespace {

/// "https://Www.Example.test:443/x" → "www.example.test"; an address in brackets without them.
std::string hostOf(const std::string& url)
{
    const auto scheme = url.find("://");
    std::string host = url.substr(scheme == std::string::npos ? 0 : scheme + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    if (host.starts_with('[')) return lowerAscii(host.substr(1, host.find(']') - 1));
    return lowerAscii(host.substr(0, host.find(':')));
}

}  // namespace

bool coversHost(const std::string& pattern, const std::string& host)
{
    if (equalsIgnoringCase(pattern, host)) return true;
    if (!pattern.starts_with("*.")) return false;
    const auto dot = host.find('.');
    return dot != std::string::npos && dot > 0 && equalsIgnoringCase(pattern.substr(1), host.substr(dot));
}

std::vector<std::string> siteHostNames(const PlanInput& input)
{
    const BindAnswers& bind = input.answers.bind;
    if (const auto endpoint = hostEndpoint(bind.hostname)) return {endpoint->host};
    if (const std::string host = hostOf(input.answers.verify.address); !host.empty()) return {host};
    const auto site = chosenSite(input);
    if (!site) return {};
    const auto endpoint = addressEndpoint(bind.endpoint.empty() ? kDefaultEndpoint : bind.endpoint);
    std::vector<std::string> names;
    for (const Binding& binding : site->bindings) {
        const bool here = equalsIgnoringCase(binding.protocol, "https") ? endpoint && binding.port == endpoint->port
                                                                         : equalsIgnoringCase(binding.protocol, "http");
        const std::string host = lowerAscii(binding.host.value_or(""));
        if (here && !host.empty() && std::ranges::find(names, host) == names.end()) names.push_back(host);
    }
    return names;
}

void addNameFindings(const PlanInput& input, const std::string& commonName, const std::vector<std::string>& dnsNames,
                     const std::vector<std::string>& ipAddresses, Plan& plan)
{
    std::string all;
    for (const auto& list : {dnsNames, ipAddresses})
        for (const std::string& name : list) all += (all.empty() ? "" : ", ") + name;
    for (const std::string& host : siteHostNames(input)) {
        const bool named = std::ranges::any_of(dnsNames, [&](const std::string& name) { return coversHost(name, host); }) ||
                           std::ranges::find(ipAddresses, host) != ipAddresses.end();
        if (named) continue;
        plan.findings.push_back({"name-not-site-host", Severity::Warning,
                                 {tr("Visitors open the site by the name {0}, and the certificate of {1} is not for it (it names: {2}). Browsers would warn them."),
                                  {host, commonName, all.empty() ? "–" : all}},
                                 {tr("Ask the CA for a certificate that has this name among its alternative names, or let visitors use a name it has."), {}}});
    }
}

std::vector<std::string> namesOf(const Certificate& certificate)
{
    std::vector<std::string> names = certificate.dnsNames;
    names.insert(names.end(), certificate.ipAddresses.begin(), certificate.ipAddresses.end());
    if (names.empty() && !certificate.commonName.empty()) names.push_back(certificate.commonName);
    return names;
}

bool shareName(const std::vector<std::string>& some, const std::vector<std::string>& others)
{
    return std::ranges::any_of(some, [&](const std::string& one) {
        return std::ranges::any_of(others, [&](const std::string& other) { return coversHost(one, other) || coversHost(other, one); });
    });
}

}  // namespace monban
