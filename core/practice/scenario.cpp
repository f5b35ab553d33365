// SPDX-License-Identifier: MIT
#include "core/practice/scenario.h"

#include "core/practice/rebinding.h"
#include "core/practice/scenario_server.h"

namespace monban::practice {
namespace {

using std::chrono::days;

/// IIS just installed: nothing of the set-up is there yet.
Result<Done> prepareFresh(ScenarioServer&) { return Done{}; }

/// The whole procedure by the commands a person would type, so that what Monban plans is compared with something it
/// did not write itself.
Result<Done> prepareSetUp(ScenarioServer& server) { return SetUp(server).importServer().trust().bind({}).require().done(); }

/// Somebody chose the certificate again in IIS Manager: the record lost everything but the certificate.
Result<Done> prepareRebind(ScenarioServer& server)
{
    SetUp setUp(server);
    if (auto done = setUp.importServer().trust().bind({}).require().done(); !done) return done;
    return rebind(server.backend, RecordFamily::IpPort, "0.0.0.0:443", setUp.thumbprint(), "MY");
}

/// Certificates are required, but asked for only after the request: what TLS 1.3 cannot do for browsers.
Result<Done> prepareLateRequest(ScenarioServer& server)
{
    return SetUp(server).importServer().trust().bind({.negotiate = false}).require().done();
}

/// The names of all trusted roots are sent, because the record names no store for the list.
Result<Done> prepareIssuerList(ScenarioServer& server)
{
    return SetUp(server).importServer().trust().bind({.ctl = false}).require().done();
}

/// The server's own certificate was put among the trusted roots, which makes IIS refuse everybody (WINDOWS-FACTS 7).
Result<Done> preparePollutedRoot(ScenarioServer& server)
{
    SetUp setUp(server);
    if (auto done = setUp.importServer().trust().bind({}).require().done(); !done) return done;
    const auto entries = server.backend.store("MY");
    if (!entries) return entries.error();
    for (const StoreEntry& entry : *entries)
        if (auto put = server.backend.putCertificate("ROOT", {entry.der, entry.thumbprint, {}, KeyState::None, {}}); !put) return put;
    return Done{};
}

/// Another site has the port for every address already: only a host name or another address is left.
Result<Done> prepareSharedPort(ScenarioServer& server)
{
    SetUp setUp(server);
    auto done = setUp.addSite(R"(<site name="Shop" id="2" serverAutoStart="true">)", R"(<binding protocol="https" bindingInformation="*:443:" sslFlags="0" />)")
                    .useOwnCertificate({"shop.spt-demo.local", server.now - days(30), server.now + days(335)})
                    .done();
    return done ? rebind(server.backend, RecordFamily::IpPort, "0.0.0.0:443", setUp.thumbprint(), "MY") : done;
}

/// What grows on a server over the years: host names, IPv6, a stopped site, records of other programs.
Result<Done> prepareSeveralSites(ScenarioServer& server)
{
    SetUp setUp(server);
    setUp.importServer().trust().bind({}).require();
    setUp.addSite(R"(<site name="Intranet 社内" id="2" serverAutoStart="true">)",
                  R"(<binding protocol="http" bindingInformation="*:8080:" />)"
                  R"(<binding protocol="https" bindingInformation="*:443:intranet.spt-demo.local" sslFlags="1" />)");
    setUp.addSite(R"(<site name="O'Brien &amp; Co" id="3" serverAutoStart="true">)",
                  R"(<binding protocol="https" bindingInformation="[::1]:8443:" sslFlags="0" />)");
    setUp.addSite(R"(<site name="Archive" id="7" serverAutoStart="false">)", R"(<binding protocol="https" bindingInformation="192.0.2.10:443:" sslFlags="0" />)");
    setUp.useOwnCertificate({"intranet.spt-demo.local", server.now - days(30), server.now + days(335)});
    if (auto done = setUp.done(); !done) return done;
    return setUp.addRecords({
        {RecordFamily::HostNamePort, "intranet.spt-demo.local:443", kIisAppId},
        {RecordFamily::IpPort, "[::1]:8443", kIisAppId},
        {RecordFamily::IpPort, "0.0.0.0:49443", "{5d89a20c-beab-4389-9447-324788eb944a}"},  // AD FS
        {RecordFamily::IpPort, "0.0.0.0:5986", "{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}"},   // WinRM
        {RecordFamily::IpPort, "127.0.0.1:9443", "{11111111-2222-3333-4444-555555555555}"},
    });
}

Result<Done> prepareWithCertificate(ScenarioServer& server, Time notBefore, Time notAfter)
{
    return SetUp(server).useOwnCertificate({kHostName, notBefore, notAfter}).trust().bind({}).require().done();
}

/// The server certificate ran out; ca/server.p12 is the new one.
Result<Done> prepareExpired(ScenarioServer& server)
{
    return prepareWithCertificate(server, server.now - days(368), server.now - days(3));
}
/// A year after the set-up: its certificate ends in two weeks and has found its way into records of other sites, each with
/// settings of its own, and of AD FS. One site has another certificate, which has time.
Result<Done> prepareRenewal(ScenarioServer& server)
{
    using namespace record_flags;
    SetUp setUp(server);
    setUp.useOwnCertificate({"shop.spt-demo.local", server.now - days(30), server.now + days(335)});
    const std::string shop = setUp.thumbprint();
    setUp.useOwnCertificate({kHostName, server.now - days(351), server.now + days(14)}).trust().bind({}).require();
    setUp.addSite(R"(<site name="Intranet 社内" id="2" serverAutoStart="true">)",
                  R"(<binding protocol="https" bindingInformation="*:8443:iisdemo.spt-demo.local" sslFlags="1" />)");
    setUp.addSite(R"(<site name="O'Brien &amp; Co" id="3" serverAutoStart="true">)",
                  R"(<binding protocol="https" bindingInformation="*:9443:" sslFlags="0" />)");
    setUp.addSite(R"(<site name="Shop" id="4" serverAutoStart="true">)",
                  R"(<binding protocol="https" bindingInformation="*:10443:" sslFlags="0" />)");
    if (auto done = setUp.done(); !done) return done;
    return setUp.addRecords({
        {RecordFamily::HostNamePort, "iisdemo.spt-demo.local:8443", kIisAppId, kDisableHttp2, check_mode::kCachedRevocationOnly},
        // What the whitepaper's own command leaves, and what netsh has no word for.
        {RecordFamily::IpPort, "0.0.0.0:9443", kZeroAppId, kNegotiateClientCertificate | kClientCorrelation,
         check_mode::kNoRevocationCheck | check_mode::kUseFreshnessTime, 3600, 15000, "iis_client_trust"},
        {RecordFamily::IpPort, "0.0.0.0:10443", kIisAppId, 0, 0, 0, 0, {}, shop},
        {RecordFamily::IpPort, "0.0.0.0:49443", "{5d89a20c-beab-4389-9447-324788eb944a}"},  // AD FS
    });
}

}  // namespace

const std::vector<Scenario>& scenarios()
{
    static const std::vector<Scenario> kScenarios = {
        {"fresh", prepareFresh},
        {"set-up", prepareSetUp},
        {"rebind", prepareRebind},
        {"late-request", prepareLateRequest},
        {"issuer-list", prepareIssuerList},
        {"polluted-root", preparePollutedRoot},
        {"shared-port", prepareSharedPort},
        {"several-sites", prepareSeveralSites},
        {"expired", prepareExpired},
        {"renewal", prepareRenewal},
    };
    return kScenarios;
}

Result<Scenario> scenarioNamed(const std::string& name)
{
    std::string known;
    for (const auto& scenario : scenarios()) {
        if (scenario.name == name) return scenario;
        known += (known.empty() ? "" : ", ") + std::string(scenario.name);
    }
    return Error{ErrorCode::InvalidInput,
                 {tr("There is no practice scenario named {0}. Choose one of these: {1}."), {name, known}},
                 "unknown scenario"};
}

}  // namespace monban::practice
