// SPDX-License-Identifier: MIT
// The rows of renewal.tsv that a command of the practice server or an action of ours can play.
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

const char* const kNobody = "nobody plays that program on the practice server";
const std::map<std::string, std::string> kSkipped = {
    {"jexus-manager", kNobody},
    {"binding-flags", "it is about a binding, and of an old version of one ACME client"},
    {"native-set", "our own action replaces a record, by HttpUpdateServiceConfiguration's rule; nothing calls the other alone"},
};

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
        ASSERT_TRUE(backend().writeRecords({m_before}));
        const auto bound = withBinding(*backend().configuration(), "Default Web Site", bindingFrom("https", "*:443:", 0));
        if (bound) {
            ASSERT_TRUE(backend().writeConfiguration(*bound));
        }
    }

    void play(const std::string& how)
    {
        // IIS Manager's dialogue, PowerShell and the ACME clients that use IIS's own interface end in the same method.
        if (how == "iis-manager-select-certificate") {
            ASSERT_TRUE(rebind(backend(), RecordFamily::IpPort, "0.0.0.0:443", m_new, "MY"));
            return;
        }
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
            PracticeServer server(taken(openFolder(m_folder)), m_folder);
            ASSERT_TRUE(server.run(SetHttpRecord{whole.family, whole.endpoint, whole}, Materials{}, {}, {}));
        } else {
            FAIL() << "not known: " << how;
        }
    }

    template <class T>
    static T taken(Result<T> result)
    {
        return std::move(*result);
    }

    std::string fieldOf(const SslRecord& record, const std::string& field) const
    {
        const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
        if (field == "thumbprint") return record.thumbprint == m_new ? "new" : record.thumbprint == m_hash ? "old" : "another";
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
    RowCount count("renewal", kSkipped);
    for (const TruthRow& row : support::readTruthTable("renewal").rows) {
        if (!count.isChecked(row)) continue;
        ASSERT_TRUE(row["before"] == "full-ipport" || row["before"] == "mapper-ipport") << row["id"];
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
    EXPECT_EQ(count.finish(), 11u);
}

}  // namespace
}  // namespace monban::practice
