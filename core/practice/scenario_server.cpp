// SPDX-License-Identifier: MIT
#include "core/practice/scenario_server.h"

#include <boost/filesystem/operations.hpp>

#include "core/practice/interpreter.h"
#include "core/practice/range.h"
#include "core/practice/rebinding.h"
#include "core/practice/shell.h"

namespace monban::practice {
namespace {

constexpr const char* kSite = "Default Web Site";
constexpr const char* kCtlStore = "iis_client_trust";

}  // namespace

void SetUp::keep(const Result<Done>& done)
{
    if (!done && !m_problem) m_problem = done.error();
}

std::string SetUp::caFile(const char* name) const { return utf8(fs::absolute(m_server.folder / "ca" / name)); }

void SetUp::type(const std::string& program, const std::vector<std::string>& arguments)
{
    if (m_problem) return;
    const Reply reply = interpret(m_server.backend, {program, arguments, {}});
    if (reply.exitCode == 0) return;
    m_problem = Error{ErrorCode::Unexpected,
                      {tr("The practice server could not be prepared: {0} answered: {1}"), {program, trimmed(reply.text)}},
                      program + " exit code " + std::to_string(reply.exitCode)};
}

SetUp& SetUp::importServer()
{
    type("certutil", {"-p", m_server.material.password, "-importpfx", "MY", caFile("server.p12"), "NoExport,NoRoot"});
    const auto entries = m_server.backend.store("MY");
    if (entries && !entries->empty()) m_thumbprint = entries->back().thumbprint;
    return *this;
}

SetUp& SetUp::useOwnCertificate(const OwnCertificate& wanted)
{
    if (m_problem) return *this;
    PracticeCa& ca = m_server.material.ca;
    NewCertificate certificate;
    certificate.subject = {{"C", "JP"}, {"O", "SPT Demo"}, {"CN", wanted.host}};
    certificate.serial = ca.nextSerial();
    certificate.notBefore = wanted.notBefore;
    certificate.notAfter = wanted.notAfter;
    certificate.keyUsage = "critical,digitalSignature,keyEncipherment";
    certificate.extendedKeyUsage = "serverAuth";
    certificate.dnsNames = {wanted.host};
    certificate.crlUrl = kCrlUrl;
    const PkeyPtr key = makeRsaKey();
    const auto made = makeCertificate(certificate, key.get(), ca.signer());
    if (!made) return keep(made.error()), *this;
    ca.noteIssued(made->get());
    keep(ca.saveIndex());
    const Bytes der = derOf(made->get());
    m_thumbprint = sha1Of(der);
    const std::string container = "server-" + m_thumbprint;
    keep(m_server.backend.putKey(container, pemOf(key.get())));
    keep(m_server.backend.putCertificate("MY", {der, m_thumbprint, wanted.host, KeyState::NotExportable, container}));
    return *this;
}

SetUp& SetUp::trust()
{
    for (const char* store : {kCtlStore, "ROOT"}) type("certutil", {"-f", "-addstore", store, caFile("ia1.der")});
    return *this;
}

SetUp& SetUp::bind(const Binding& options)
{
    const auto machine = m_server.backend.machine();
    const bool flagInBinding = options.negotiate && machine && machine->build >= windows_build::kServer2025;
    const std::string flags = flagInBinding ? "128" : "0";
    type("appcmd", {"set", "site", std::string("/site.name:") + kSite,
                    "/+bindings.[protocol='https',bindingInformation='*:443:',sslFlags='" + flags + "']", "/commit:apphost"});
    std::vector<std::string> record = {"http", "add", "sslcert", "ipport=0.0.0.0:443", "certhash=" + m_thumbprint,
                                       std::string("appid=") + kIisAppId, "certstorename=MY"};
    if (options.negotiate) record.push_back("clientcertnegotiation=enable");
    if (options.ctl) record.push_back(std::string("sslctlstorename=") + kCtlStore);
    type("netsh", record);
    type("reg", {"add", kSchannelKey, "/v", "SendTrustedIssuerList", "/t", "REG_DWORD", "/d", "1", "/f"});
    if (!m_problem) keep(restart(m_server.folder));
    return *this;
}

SetUp& SetUp::require()
{
    type("appcmd", {"set", "config", kSite, "/section:access", "/sslFlags:Ssl,SslNegotiateCert,SslRequireCert", "/commit:apphost"});
    return *this;
}

SetUp& SetUp::addSite(const std::string& startTag, const std::string& bindings)
{
    if (m_problem) return *this;
    auto configuration = m_server.backend.configuration();
    if (!configuration) return keep(configuration.error()), *this;
    const auto end = configuration->find("</sites>");
    if (end == std::string::npos) return *this;
    configuration->insert(end, startTag +
                                   "<application path=\"/\" applicationPool=\"DefaultAppPool\"><virtualDirectory path=\"/\" "
                                   "physicalPath=\"%SystemDrive%\\inetpub\\wwwroot\" /></application><bindings>" +
                                   bindings + "</bindings></site>\n        ");
    keep(m_server.backend.writeConfiguration(*configuration));
    return *this;
}

Result<Done> SetUp::addRecords(const std::vector<Record>& records)
{
    auto all = m_server.backend.records();
    if (!all) return all.error();
    for (const Record& one : records) {
        SslRecord record = recordOfIis(one.family, one.endpoint, one.thumbprint.empty() ? m_thumbprint : one.thumbprint, "MY");
        record.appId = one.appId;
        record.flags = one.flags;
        record.checkMode = one.checkMode;
        record.freshnessSeconds = one.freshnessSeconds;
        record.timeoutMilliseconds = one.timeoutMilliseconds;
        record.ctlStore = one.ctlStore;
        all->push_back(record);
    }
    return m_server.backend.writeRecords(*all);
}

}  // namespace monban::practice
