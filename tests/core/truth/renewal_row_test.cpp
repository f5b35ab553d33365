// SPDX-License-Identifier: MIT
// The rows of renewal.tsv, played by commands of the practice server and by what stands for http.sys's native calls.
#include "core/observe/application_host.h"
#include "core/practice/interpreter.h"
#include "core/practice/practice_server.h"
#include "core/practice/rebinding.h"
#include "tests/core/practice/shell_folder.h"
#include "tests/core/truth/row_count.h"

namespace monban::practice {
namespace {

using support::RowCount;
using support::TruthRow;

class RenewalRows : public ShellFolder {
protected:
    void prepare(int build, const std::string& before)
    {
        onBuild(build);
        const auto renewed = testX509("www.example.test", m_serverKey, m_rootX509.get(), &m_rootKey, 0xBCDEF0);
        const Bytes der = derOf(renewed.get());
        m_new = sha1Hex(der);
        ASSERT_TRUE(backend().putCertificate("MY", {der, m_new, "", KeyState::NotExportable, "server-key"}));
        m_before = SslRecord{};
        m_before.endpoint = "0.0.0.0:443";
        m_before.thumbprint = m_hash;
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
        if (flagged) m_before = recordOfIis(RecordFamily::IpPort, "0.0.0.0:443", m_hash, "MY");
        ASSERT_TRUE(backend().writeRecords({m_before}));
        const Binding binding = bindingFrom("https", "*:443:", 0);
        const auto bound = withBinding(*backend().configuration(), "Default Web Site", binding);
        const auto set = withBindingFlags(bound ? *bound : *backend().configuration(), "Default Web Site", binding, flagged ? 112 : 0);
        ASSERT_TRUE(set);
        ASSERT_TRUE(backend().writeConfiguration(*set));
    }

    /// One of http.sys's native calls, which the back-end's own action stands for.
    void callHttpSys(const std::optional<SslRecord>& record)
    {
        PracticeServer server(taken(openFolder(m_folder)), m_folder);
        ASSERT_TRUE(server.run(SetHttpRecord{m_before.family, m_before.endpoint, record}, Materials{}, {}, {}));
    }

    void play(const std::string& how)
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
        if (how == "acme-renewal" && bindingFlags() != 0)
            type("appcmd set site \"Default Web Site\" /bindings.[protocol='https',bindingInformation='*:443:'].sslFlags:0");
        if (how == "powershell-AddSslCertificate" || how == "acme-renewal") {
            const Reply reply = run("powershell", {"-Command", "(Get-WebBinding -Name 'Default Web Site' -Protocol https).AddSslCertificate('" + m_new + "', 'MY')"});
            ASSERT_EQ(reply.exitCode, 0) << reply.text;
            return;
        }
        const std::string bare = " sslcert ipport=0.0.0.0:443 certhash=" + m_new + " appid=" + kIisAppId + " certstorename=MY";
        const std::string full = bare + " verifyclientcertrevocation=disable sslctlstorename=iis_client_trust clientcertnegotiation=enable";
        const std::string& options = how.ends_with("hash-only") ? bare : full;
        if (how.starts_with("netsh-update")) {
            type("netsh http update" + options);
        } else if (how.starts_with("netsh-delete-add")) {
            type("netsh http delete sslcert ipport=0.0.0.0:443");
            type("netsh http add" + options);
        } else if (how == "HttpUpdateServiceConfiguration") {
            SslRecord whole = m_before;
            whole.thumbprint = m_new;
            callHttpSys(whole);
        } else if (how == "HttpSetServiceConfiguration") {  // what stands behind netsh's add, and nothing else does
            const Reply reply = type("netsh http add" + full);
            EXPECT_NE(reply.exitCode, 0);
            EXPECT_TRUE(says(reply, "Error: 183")) << reply.text;
        } else {
            FAIL() << "not known: " << how;
        }
    }

    template <class T>
    static T taken(Result<T> result)
    {
        return std::move(*result);
    }

    std::uint32_t bindingFlags()
    {
        const std::vector<Site> sites = *sitesFromConfiguration(*backend().configuration());
        for (const Binding& binding : sites.at(0).bindings)
            if (binding.protocol == "https") return binding.sslFlags;
        return 0;
    }

    std::string fieldOf(const SslRecord& record, const std::string& field)
    {
        const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
        if (field == "thumbprint") return record.thumbprint == m_new ? "new" : record.thumbprint == m_hash ? "old" : "another";
        if (field == "binding_flags") return std::to_string(bindingFlags());
        if (field == "app_id") return record.appId;
        if (field == "store") return record.store;
        if (field == "ctl_store") return record.ctlStore.empty() ? "null" : record.ctlStore;
        if (field == "check_revocation") return word(record.checksRevocation());
        std::ostringstream number;
        if (field == "check_mode") number << "0x" << std::hex << record.checkMode;
        if (field == "flags") number << "0x" << std::hex << record.flags;
        return number.str();
    }

    std::string m_new;
    SslRecord m_before;
};

TEST_F(RenewalRows, LeaveOfARecordWhatTheTableSays)
{
    RowCount count("renewal", {});
    for (const TruthRow& row : support::readTruthTable("renewal").rows) {
        if (!count.isChecked(row)) continue;
        for (const std::string& build : support::buildsOf(row)) {
            const std::string place = row["id"] + " on " + build;
            ASSERT_NO_FATAL_FAILURE(prepare(std::stoi(build), row["before"])) << place;
            ASSERT_NO_FATAL_FAILURE(play(row["how"])) << place;
            const auto records = *backend().records();
            ASSERT_EQ(records.size(), 1u) << place;
            for (const std::string& fact : support::splitCell(row["after"], "; ")) {
                const auto equals = fact.find('=');
                EXPECT_EQ(fieldOf(records[0], fact.substr(0, equals)), fact.substr(equals + 1)) << place << ": " << fact;
            }
        }
    }
    EXPECT_EQ(count.finish(), 14u);
}

}  // namespace
}  // namespace monban::practice
