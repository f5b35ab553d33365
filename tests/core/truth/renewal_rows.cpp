// SPDX-License-Identifier: MIT
#include "tests/core/truth/renewal_rows.h"

#include <sstream>

#include "core/observe/application_host.h"
#include "core/pki/digest.h"
#include "core/practice/interpreter.h"
#include "core/practice/rebinding.h"
#include "core/practice/starting_configuration.h"
#include "tests/core/truth/row_count.h"

namespace monban::practice {
namespace {

using support::TruthRow;

std::string hash(const std::shared_ptr<X509>& certificate) { return sha1Hex(derOf(certificate.get())); }

}  // namespace

RenewalRows::RenewalRows(Stage& stage) : m_stage(stage), m_key(stage.makeKey())
{
    const TestKey rootKey = testKey();
    m_root = testX509("Practice Root", rootKey);
    m_server = testX509("www.example.test", m_key, m_root.get(), &rootKey, 0xABCDEF);
    m_renewed = testX509("www.example.test", m_key, m_root.get(), &rootKey, 0xBCDEF0);
    m_old = hash(m_server);
    m_new = hash(m_renewed);
}

void RenewalRows::prepare(int build, const std::string& before)
{
    m_stage.clear();
    // Only where it differs: in the lab a machine that is written starts and stops its services.
    if (Machine machine = *backend().machine(); machine.build != build) {
        machine.build = build;
        ASSERT_TRUE(backend().writeMachine(machine));
    }
    ASSERT_TRUE(backend().writeConfiguration(kStartingConfiguration));
    ASSERT_TRUE(backend().putKey("server-key", Secret(m_key.pem())));
    for (const auto& certificate : {m_server, m_renewed})
        ASSERT_TRUE(backend().putCertificate("MY", {derOf(certificate.get()), "", "", KeyState::NotExportable, "server-key"}));
    m_before = SslRecord{};
    m_before.endpoint = "0.0.0.0:443";
    m_before.thumbprint = m_old;
    m_before.appId = kIisAppId;
    m_before.store = "MY";
    m_before.checkMode = check_mode::kNoRevocationCheck;
    m_before.ctlStore = "iis_client_trust";
    m_before.flags = record_flags::kNegotiateClientCertificate;
    if (before == "mapper-ipport") {
        m_before.flags = record_flags::kDsMapper;
        m_before.checkMode = 0;
        m_before.ctlStore.clear();
    }
    const bool flagged = before == "binding-flags-112";
    if (flagged) m_before = recordOfIis(RecordFamily::IpPort, "0.0.0.0:443", m_old, "MY");
    ASSERT_TRUE(backend().writeRecords({m_before}));
    const Binding binding = bindingFrom("https", "*:443:", 0);
    const auto bound = withBinding(*backend().configuration(), "Default Web Site", binding);
    const auto set = withBindingFlags(bound ? *bound : *backend().configuration(), "Default Web Site", binding, flagged ? 112 : 0);
    ASSERT_TRUE(set);
    ASSERT_TRUE(backend().writeConfiguration(*set));
}

Reply RenewalRows::run(const std::string& line)
{
    auto words = support::parseWindowsCommandLine(line);
    const std::string program = words.front();
    words.erase(words.begin());
    return interpret(backend(), {program, words, {}});
}

void RenewalRows::callHttpSys(const std::optional<SslRecord>& record)
{
    ASSERT_TRUE(m_stage.setRecord(m_before.family, m_before.endpoint, record));
}

void RenewalRows::play(const std::string& how)
{
    // IIS Manager's dialogue, PowerShell and the ACME clients that use IIS's own interface end in the same method.
    if (how == "iis-manager-select-certificate") {
        ASSERT_TRUE(rebind(backend(), RecordFamily::IpPort, "0.0.0.0:443", m_new, "MY"));
        return;
    }
    // Its own calls: Delete, then Set with zeros for check mode and flags (WINDOWS-FACTS 2.4).
    if (how == "jexus-manager") {
        callHttpSys(std::nullopt);
        return callHttpSys(recordOfIis(m_before.family, m_before.endpoint, m_new, "MY"));
    }
    // A client of the time (wacs#1333) wrote the binding's sslFlags anew, out of those it knew, before the rest.
    if (how == "acme-renewal" && bindingFlags(*m_stage.looks().front()) != 0)
        run("appcmd set site \"Default Web Site\" /bindings.[protocol='https',bindingInformation='*:443:'].sslFlags:0");
    if (how == "powershell-AddSslCertificate" || how == "acme-renewal") {
        const Reply reply = interpret(backend(), {"powershell", {"-Command", "(Get-WebBinding -Name 'Default Web Site' -Protocol https).AddSslCertificate('" + m_new + "', 'MY')"}, {}});
        ASSERT_EQ(reply.exitCode, 0) << reply.text;
        return;
    }
    const std::string bare = " sslcert ipport=0.0.0.0:443 certhash=" + m_new + " appid=" + kIisAppId + " certstorename=MY";
    const std::string full = bare + " verifyclientcertrevocation=disable sslctlstorename=iis_client_trust clientcertnegotiation=enable";
    const std::string& options = how.ends_with("hash-only") ? bare : full;
    if (how.starts_with("netsh-update")) {
        run("netsh http update" + options);
    } else if (how.starts_with("netsh-delete-add")) {
        run("netsh http delete sslcert ipport=0.0.0.0:443");
        run("netsh http add" + options);
    } else if (how == "HttpUpdateServiceConfiguration") {
        SslRecord whole = m_before;
        whole.thumbprint = m_new;
        callHttpSys(whole);
    } else if (how == "HttpSetServiceConfiguration") {  // what stands behind netsh's add, and nothing else does
        const Reply reply = run("netsh http add" + full);
        EXPECT_NE(reply.exitCode, 0);
        EXPECT_TRUE(reply.text.find("Error: 183") != std::string::npos) << reply.text;
    } else {
        FAIL() << "not known: " << how;
    }
}

std::uint32_t RenewalRows::bindingFlags(Look& look)
{
    const std::vector<Site> sites = look.sites();
    for (const Binding& binding : sites.at(0).bindings)
        if (binding.protocol == "https") return binding.sslFlags;
    return 0;
}

std::string RenewalRows::fieldOf(Look& look, const SslRecord& record, const std::string& field)
{
    const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
    if (field == "thumbprint") return record.thumbprint == m_new ? "new" : record.thumbprint == m_old ? "old" : "another";
    if (field == "binding_flags") return std::to_string(bindingFlags(look));
    if (field == "app_id") return record.appId;
    if (field == "store") return record.store;
    if (field == "ctl_store") return record.ctlStore.empty() ? "null" : record.ctlStore;
    if (field == "check_revocation") return word(record.checksRevocation());
    std::ostringstream number;
    if (field == "check_mode") number << "0x" << std::hex << record.checkMode;
    if (field == "flags") number << "0x" << std::hex << record.flags;
    return number.str();
}

void RenewalRows::check(const TruthRow& row, const std::string& build)
{
    ASSERT_NO_FATAL_FAILURE(prepare(std::stoi(build), row["before"])) << row["id"];
    ASSERT_NO_FATAL_FAILURE(play(row["how"])) << row["id"];
    for (const auto& look : m_stage.looks()) {
        const std::string place = row["id"] + " on " + build + ", as " + look->name() + " sees it";
        const auto records = look->records();
        ASSERT_EQ(records.size(), 1u) << place;
        for (const std::string& fact : support::splitCell(row["after"], "; ")) {
            const auto equals = fact.find('=');
            EXPECT_EQ(fieldOf(*look, records[0], fact.substr(0, equals)), fact.substr(equals + 1)) << place << ": " << fact;
        }
    }
}

std::size_t RenewalRows::playAll(const std::map<std::string, std::string>& skipped)
{
    support::RowCount count("renewal", skipped);
    std::map<std::string, std::vector<TruthRow>> byBuild;
    for (const TruthRow& row : support::readTruthTable("renewal").rows)
        if (count.isChecked(row))
            for (const std::string& build : support::buildsOf(row)) byBuild[build].push_back(row);
    for (const auto& [build, rows] : byBuild)
        for (const TruthRow& row : rows) check(row, build);
    return count.finish();
}

}  // namespace monban::practice
