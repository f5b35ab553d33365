// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "core/base/utf8.h"
#include "core/observe/pitfall_kinds.h"

namespace monban::pitfall {
namespace {

bool knowsTls13(const MachineFacts& machine) { return machine.build >= windows_build::kServer2022; }

/// What a site that asks too late comes to on this Windows (WINDOWS-FACTS 6.3, tests/data/truth/clients.tsv): the same
/// whether it requires certificates or only accepts them, since it asks either way.
Finding lateRequest(const Site& site, const SslRecord& record, const MachineFacts& machine)
{
    const std::vector<std::string> values{site.name, record.endpoint};
    Finding finding{"late-request", Severity::Error, {}, {}};
    if (knowsTls13(machine) && !(record.flags & record_flags::kDisableTls13)) {
        finding.message = machine.build >= windows_build::kServer2025
            ? Message{tr("The site {0} wants client certificates, but the record {1} does not ask for them in the handshake. "
                         "Browsers, which use TLS 1.3, get HTTP 500 (0x80070032)."),
                      values}
            : Message{tr("The site {0} wants client certificates, but the record {1} does not ask for them in the handshake. "
                         "Browsers, which use TLS 1.3, get a connection reset."),
                      values};
    } else if (!(record.flags & record_flags::kDisableHttp2)) {
        finding.severity = Severity::Warning;
        finding.message = {tr("The site {0} wants client certificates, but the record {1} does not ask for them in the handshake. "
                              "IIS then asks later, which HTTP/2 does not allow and large uploads do not survive."),
                           values};
    } else {
        finding.severity = Severity::Info;
        finding.message = {tr("The site {0} wants client certificates, but the record {1} does not ask for them in the handshake. "
                              "IIS then asks later, which large uploads do not survive."),
                           values};
    }
    finding.remedy = {tr("Let the record negotiate client certificates (clientcertnegotiation=enable); the bind step of a plan does it, and for other "
                         "records troubleshoot.mend."),
                      {}};
    return finding;
}

Mending mendingOf(const SslRecord& record) { return isForeign(record) ? Mending::ByHand : Mending::ByPlan; }

bool negotiates(const HttpsBinding& binding)
{
    return !binding.records.empty() && std::all_of(binding.records.begin(), binding.records.end(),
                                                   [](const SslRecord* record) { return record->negotiatesClientCertificate(); });
}

/// The https bindings of each site, in the order of the sites.
std::vector<std::vector<const HttpsBinding*>> bySite(const ServerIndex& server)
{
    std::vector<std::vector<const HttpsBinding*>> groups;
    for (const HttpsBinding& one : server.bindings()) {
        if (groups.empty() || groups.back().front()->site != one.site) groups.emplace_back();
        groups.back().push_back(&one);
    }
    return groups;
}

bool hasRecordOfItsHost(const HttpsBinding& one)
{
    return std::any_of(one.records.begin(), one.records.end(),
                       [](const SslRecord* record) { return record->family == RecordFamily::HostNamePort; });
}

Pitfall& addForBinding(Found& found, Finding finding, const HttpsBinding& one, Mending mending = Mending::ByHand)
{
    Pitfall& pitfall = add(found, std::move(finding), mending);
    pitfall.site = one.site->name;
    pitfall.binding = *one.binding;
    return pitfall;
}

/// An SNI binding needs a record of its host name and a plain one a record of its address.
void sniDisagrees(const HttpsBinding& one, Found& found)
{
    const std::string endpoint = lowerAscii(one.host()) + ":" + std::to_string(*one.binding->port);
    if (one.isSni() && !one.host().empty() && !hasRecordOfItsHost(one))
        addForBinding(found,
                      {"sni-record-missing", Severity::Error,
                       {tr("The binding {0} of the site {1} uses SNI, but http.sys has no record of {2}: visitors get another certificate or none."),
                        {one.binding->information, one.site->name, endpoint}},
                       {tr("Bind the certificate to the host name (bind.hostname)."), {}}},
                      one);
    if (!one.isSni() && hasRecordOfItsHost(one))
        addForBinding(found,
                      {"sni-flag-missing", Severity::Warning,
                       {tr("The binding {0} of the site {1} does not use SNI, but its certificate comes from the host-name record {2}: IIS Manager shows "
                           "another certificate or none, and may make a record of the address that hides this one."),
                        {one.binding->information, one.site->name, endpoint}},
                       {tr("Tick \"Require Server Name Indication\" in that binding; a plan can do it (troubleshoot.mend)."), {}}},
                      one, Mending::ByPlan);
}

void recordMissing(const ServerIndex& server, const HttpsBinding& one, Found& found)
{
    const std::vector<std::string> values{one.binding->information, one.site->name};
    const Message remedy{tr("Bind a certificate there (bind.endpoint or bind.hostname), or remove the binding."), {}};
    if (one.site->state != "Started") return;  // nobody visits it
    if (one.records.empty() && server.recordsOnPort(*one.binding->port).empty())
        addForBinding(found,
                      {"record-missing", Severity::Error,
                       {tr("The binding {0} of the site {1} has no certificate: http.sys has no record for it, so no TLS connection can be made."), values},
                       remedy},
                      one);
    else if (one.records.empty())
        addForBinding(found,
                      {"record-missing", Severity::Error,
                       {tr("No record answers every visitor of the binding {0} of the site {1}: http.sys has records of other names or addresses on that "
                           "port only, and whoever comes otherwise gets no TLS connection."),
                        values},
                       remedy},
                      one);
    else if (one.isEverywhere() && one.records.size() == 1 && one.records.front()->endpoint.starts_with("[::]"))
        addForBinding(found,
                      {"record-missing", Severity::Warning,
                       {tr("The binding {0} of the site {1} has a record for IPv6 only: whoever comes over IPv4 gets no TLS connection."), values},
                       remedy},
                      one);
}

}  // namespace

bool asksForCertificates(const Site& site)
{
    using namespace access_flags;
    return std::any_of(site.access.begin(), site.access.end(),
                       [](const Access& access) { return (access.flags & (kNegotiateCert | kRequireCert)) != 0; });
}

/// Without the request in the handshake IIS asks later, and TLS 1.3 knows no later.
void lateRequests(const ServerIndex& server, Found& found)
{
    if (!server.facts().machine) return;
    std::set<std::pair<const Site*, const SslRecord*>> known;
    for (const HttpsBinding& one : server.bindings()) {
        if (one.isCentralStore() || !asksForCertificates(*one.site)) continue;
        for (const SslRecord* record : one.records) {
            if (record->negotiatesClientCertificate() || !known.insert({one.site, record}).second) continue;
            addForBinding(found, lateRequest(*one.site, *record, *server.facts().machine), one, mendingOf(*record)).record = *record;
        }
    }
}

void negotiatingDifferently(const ServerIndex& server, Found& found)
{
    for (const auto& bindings : bySite(server)) {
        const auto asking = std::find_if(bindings.begin(), bindings.end(), [](const HttpsBinding* one) { return negotiates(*one); });
        if (asking == bindings.end()) continue;
        for (const HttpsBinding* one : bindings) {
            const bool none = !one->isCentralStore() && !one->records.empty() &&
                              std::none_of(one->records.begin(), one->records.end(),
                                           [](const SslRecord* record) { return record->negotiatesClientCertificate(); });
            if (!none) continue;
            addForBinding(found,
                          {"bindings-negotiate-differently", Severity::Warning,
                           {tr("Of the https bindings of the site {0}, {1} asks for client certificates in the handshake and {2} does not: visitors of the "
                               "same pages meet different things."),
                            {one->site->name, (*asking)->binding->information, one->binding->information}},
                           {tr("Let all of them negotiate, or none; a plan can let all of them (troubleshoot.mend)."), {}}},
                          *one, mendingOf(*one->records.front()))
                .record = *one->records.front();
        }
    }
}

void missingRecords(const ServerIndex& server, Found& found)
{
    for (const HttpsBinding& one : server.bindings()) {
        const bool namedOnly = one.isSni() && !one.isCentralStore() && !one.host().empty();
        if (!one.isCentralStore()) sniDisagrees(one, found);
        if (!namedOnly) recordMissing(server, one, found);
    }
}

/// A record of the central store takes only default options (WINDOWS-FACTS 2.2), so it never asks in the handshake.
void centralStores(const ServerIndex& server, Found& found)
{
    const bool reset = server.facts().machine && knowsTls13(*server.facts().machine);
    const Message remedy{tr("Give the site a binding with a certificate of its own and without the central store (bind.hostname)."), {}};
    for (const HttpsBinding& one : server.bindings()) {
        if (!one.isCentralStore() || !asksForCertificates(*one.site)) continue;
        addForBinding(found,
                      {"ccs-cannot-negotiate", reset ? Severity::Error : Severity::Warning,
                       {tr("The site {0} wants client certificates, but its binding {1} takes its certificate from the central store (CCS), whose record "
                           "cannot ask for them in the handshake. Browsers that use TLS 1.3 or HTTP/2 do not get in."),
                        {one.site->name, one.binding->information}},
                       remedy},
                      one);
    }
    if (!server.facts().records) return;
    for (const SslRecord& record : *server.facts().records)
        if (record.family == RecordFamily::Ccs && (record.negotiatesClientCertificate() || !record.ctlStore.empty()))
            add(found, {"ccs-cannot-negotiate", Severity::Warning,
                        {tr("The record of the central store on port {0} has options of client certificates, which http.sys does not take there: it will "
                            "not ask for any."),
                         {record.endpoint}},
                        remedy})
                .record = record;
}

}  // namespace monban::pitfall
