// SPDX-License-Identifier: MIT
#pragma once
#include "core/plan/plan.h"

namespace monban::support {

inline const Time kNow = *timeFromRfc3339("2026-11-23T00:00:00Z");

inline Certificate certificate(const std::string& name, char digit)
{
    Certificate c;
    c.subject = c.issuer = "CN=" + name;
    c.commonName = name;
    c.thumbprintSha1 = std::string(40, digit);
    c.thumbprintSha256 = std::string(64, digit);
    c.notBefore = kNow - std::chrono::hours(24);
    c.notAfter = kNow + std::chrono::hours(24 * 365);
    c.der = {1, 2, 3};
    return c;
}

inline Certificate rootCa()
{
    Certificate c = certificate("Private CA", 'a');
    c.isCa = c.selfSigned = true;
    return c;
}

inline Certificate serverCertificate()
{
    Certificate c = certificate("www.example.test", 'b');
    c.issuer = "CN=Private CA";
    c.dnsNames = {"www.example.test"};
    return c;
}

/// A Windows Server 2022 with IIS, one site and nothing else.
inline Facts freshFacts(int build = windows_build::kServer2022)
{
    Facts facts;
    facts.machine = {MachineFacts{"WEB", "Windows Server", build, true, "10.0", true, kNow, "C:\\Windows\\System32"}, kNow};
    Site site;
    site.name = "Default Web Site";
    site.id = 1;
    site.state = "Started";
    site.bindings = {bindingFrom("http", "*:80:", 0)};
    site.access = {Access{"Default Web Site", 0, true}};
    facts.sites = {std::vector<Site>{site}, kNow};
    facts.sharedConfiguration = {std::optional<std::string>(), kNow};
    facts.records = {std::vector<SslRecord>{}, kNow};
    facts.storeList = {true, kNow};
    facts.schannel = {SchannelFacts{}, kNow};
    facts.storedCrls = {std::vector<StoredCrl>{}, kNow};
    facts.tasks = {std::vector<ScheduledTask>{}, kNow};
    facts.taskProgram = {std::string(R"(C:\Program Files\Monban\monban.exe)"), kNow};
    return facts;
}

inline Materials materials()
{
    Materials m;
    Pkcs12Material p12;
    p12.file = "C:\\pki\\server.p12";
    p12.sha256 = std::string(64, '1');
    p12.certificates = {serverCertificate(), rootCa()};
    p12.hasKey = p12.keyMatches = true;
    m.pkcs12.emplace(std::move(p12));
    m.root.emplace(CertificateMaterial{"C:\\pki\\ia1.der", std::string(64, '2'), rootCa(), {}});
    return m;
}

/// The facts as they are once every step of the plan has done what it promises.
inline void become(Facts& facts, const State& state)
{
    if (const auto* c = std::get_if<CertificateState>(&state)) {
        std::vector<StoredCertificate> store;
        if (const auto seen = storeOf(facts, c->store)) store.assign(seen->begin(), seen->end());
        std::erase_if(store, [&](const StoredCertificate& entry) { return entry.certificate.thumbprintSha1 == c->thumbprint; });
        if (c->present) {
            Certificate there = c->thumbprint == rootCa().thumbprintSha1 ? rootCa() : serverCertificate();
            there.thumbprintSha1 = c->thumbprint;
            store.push_back({there, c->friendlyName.value_or(""), c->key ? KeyState::NotExportable : KeyState::None});
        }
        facts.stores[storeSpelling(c->store)] = {store, kNow};
    } else if (const auto* r = std::get_if<RecordState>(&state)) {
        std::erase_if(*facts.records, [&](const SslRecord& one) { return one.endpoint == r->endpoint && one.family == r->family; });
        if (r->record) facts.records->push_back(*r->record);
    } else if (const auto* b = std::get_if<BindingState>(&state)) {
        for (Site& site : *facts.sites) {
            if (site.name != b->site) continue;
            std::erase_if(site.bindings, [&](const Binding& one) { return one.protocol == b->protocol && one.information == b->information; });
            if (b->sslFlags) site.bindings.push_back(bindingFrom(b->protocol, b->information, *b->sslFlags));
        }
    } else if (const auto* a = std::get_if<AccessState>(&state)) {
        for (Site& site : *facts.sites) {
            if (a->path.compare(0, site.name.size(), site.name) != 0) continue;
            std::erase_if(site.access, [&](const Access& one) { return one.path == a->path; });
            if (a->own) site.access.push_back(Access{a->path, *a->own, false});
            else if (a->path == site.name) site.access.insert(site.access.begin(), Access{a->path, 0, true});
        }
    } else if (const auto* v = std::get_if<RegistryState>(&state)) {
        std::erase_if(facts.schannel->otherValues, [&](const RegistryEntry& entry) { return entry.name == v->name; });
        if (v->name == "SendTrustedIssuerList") facts.schannel->sendTrustedIssuerList = v->value;
        if (v->name == "ClientAuthTrustMode") facts.schannel->clientAuthTrustMode = v->value;
    }
}

inline void become(Facts& facts, const Plan& plan)
{
    for (const Step& step : plan.steps)
        for (const State& state : step.after) become(facts, state);
}

}  // namespace monban::support
