// SPDX-License-Identifier: MIT
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

using namespace record_flags;

class Netsh : public ShellFolder {
protected:
    SslRecord only()
    {
        const auto records = backend().records();
        EXPECT_EQ(records->size(), 1u);
        return records->empty() ? SslRecord() : records->front();
    }
    const std::string m_add =
        "netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH appid={4dc3e181-e14b-4a21-b022-59fc669b0914}";
};

TEST_F(Netsh, AddsTheWhitepapersRecordWithoutAnIdOnServer2022)
{
    const Reply reply = type(
        "netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH certstorename=MY clientcertnegotiation=enable "
        "sslctlstorename=iis_client_trust");
    EXPECT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_EQ(reply.text, "\nSSL Certificate successfully added\n\n");
    const SslRecord record = only();
    EXPECT_EQ(record.endpoint, "0.0.0.0:443");
    EXPECT_EQ(record.thumbprint, m_hash);
    EXPECT_EQ(record.appId, kZeroAppId);
    EXPECT_EQ(record.store, "MY");
    EXPECT_EQ(record.ctlStore, "iis_client_trust");
    EXPECT_EQ(record.flags, kNegotiateClientCertificate);
    EXPECT_EQ(record.checkMode, 0u);
}

TEST_F(Netsh, OtherBuildsRefuseARecordWithoutAnId)
{
    for (const int build : {14393, 17763, 26100}) {
        onBuild(build);
        const Reply reply = type("netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH");
        EXPECT_EQ(reply.exitCode, 1);
        EXPECT_TRUE(says(
            reply,
            "One or more essential parameters were not entered.\nVerify the required parameters, and reenter them."));
        EXPECT_TRUE(
            says(reply, "The syntax supplied for this command is not valid. Check help for the correct syntax."));
        EXPECT_TRUE(backend().records()->empty());
    }
}

TEST_F(Netsh, EveryOptionReachesItsBit)
{
    const struct {
        const char* option;
        std::uint32_t flags;
        std::uint32_t mode;
    } kRows[] = {{"dsmapperusage=enable", 0x1, 0},
                 {"clientcertnegotiation=ENABLE", 0x2, 0},
                 {"reject=enable", 0x8, 0},
                 {"disablehttp2=enable", 0x10, 0},
                 {"disablequic=enable", 0x20, 0},
                 {"disabletls13=enable", 0x40, 0},
                 {"disableocspstapling=enable", 0x80, 0},
                 {"enabletokenbinding=enable", 0x100, 0},
                 {"logextendedevents=enable", 0x200, 0},
                 {"disablelegacytls=enable", 0x400, 0},
                 {"enablesessionticket=enable", 0x800, 0},
                 {"disabletls12=enable", 0x1000, 0},
                 {"disablesessionid=enable", 0x4000, 0},
                 {"disablehttp2=disable", 0, 0},
                 {"verifyclientcertrevocation=disable", 0, 1},
                 {"verifyclientcertrevocation=Enable", 0, 0},
                 {"verifyrevocationwithcachedclientcertonly=enable", 0, 2},
                 {"revocationfreshnesstime=3600", 0, 4},
                 {"usagecheck=disable", 0, 0x10000}};
    onBuild(26100);
    for (const auto& row : kRows) {
        ASSERT_TRUE(backend().writeRecords({}));
        const Reply reply = type(m_add + " " + row.option);
        EXPECT_EQ(reply.exitCode, 0) << row.option << reply.text;
        EXPECT_EQ(only().flags, row.flags) << row.option;
        EXPECT_EQ(only().checkMode, row.mode) << row.option;
    }
}

TEST_F(Netsh, ParametersNewerThanTheBuildAreRefusedWithTheUsage)
{
    const struct {
        const char* name;
        int since;
    } kRows[] = {{"reject", 14393},
                 {"disablehttp2", 14393},
                 {"disablequic", 17763},
                 {"disabletls13", 17763},
                 {"disabletls12", 17763},
                 {"disableocspstapling", 17763},
                 {"disablelegacytls", 17763},
                 {"enabletokenbinding", 20348},
                 {"logextendedevents", 20348},
                 {"enablesessionticket", 20348},
                 {"disablesessionid", 26100}};
    for (const int build : {14393, 17763, 20348, 26100}) {
        onBuild(build);
        const Reply help = type("netsh http add sslcert help");
        for (const auto& row : kRows) {
            ASSERT_TRUE(backend().writeRecords({}));
            const Reply reply = type(m_add + " " + row.name + "=enable");
            EXPECT_EQ(reply.exitCode, build >= row.since ? 0 : 1) << build << " " << row.name;
            EXPECT_EQ(says(help, "[" + std::string(row.name) + "="), build >= row.since) << build << " " << row.name;
            if (build < row.since) {
                EXPECT_TRUE(says(reply, "The parameter is incorrect.") && says(reply, "Usage: add sslcert"));
                EXPECT_TRUE(backend().records()->empty());
            }
        }
    }
}

TEST_F(Netsh, AddOnAnExistingRecordIs183)
{
    ASSERT_EQ(type(m_add).exitCode, 0);
    const Reply again = type(m_add);
    EXPECT_EQ(again.exitCode, 1);
    EXPECT_TRUE(
        says(again, "SSL Certificate add failed, Error: 183\nCannot create a file when that file already exists."));
}

TEST_F(Netsh, ACertificateThatIsNotUsableIs1312)
{
    const std::string absent(40, 'a');
    const std::string id = " appid={4dc3e181-e14b-4a21-b022-59fc669b0914}";
    ASSERT_TRUE(backend().putCertificate("MY", {m_root, "", "", KeyState::None, ""}));
    for (const std::string& rest : {"certhash=" + absent, "certhash=" + m_hash + " certstorename=WebHosting",
                                    "certhash=" + m_hash + " certstorename=nowhere", "certhash=" + sha1Hex(m_root),
                                    "certhash=\xE2\x80\x8E" + m_hash}) {
        const Reply reply = type("netsh http add sslcert ipport=0.0.0.0:443 " + rest + id);
        EXPECT_EQ(reply.exitCode, 1) << rest;
        EXPECT_TRUE(
            says(reply, "Error: 1312\nA specified logon session does not exist. It may already have been terminated."))
            << reply.text;
    }
    ASSERT_TRUE(backend().removeKey("server-key"));
    EXPECT_TRUE(says(type(m_add), "1312")) << "the key is gone";
}

TEST_F(Netsh, WrongValuesAreAnIncorrectParameter)
{
    const std::string good = "netsh http add sslcert appid={4dc3e181-e14b-4a21-b022-59fc669b0914} ";
    for (const char* line :
         {"ipport=0.0.0.0:443 certhash=12 34", "ipport=0.0.0.0:443 \"certhash=12 34\"",
          "ipport=0.0.0.0:443 certhash=xyz", "ipport=0.0.0.0 certhash=HASH", "ipport=0.0.0.0:0 certhash=HASH",
          "ipport=0.0.0.0:65536 certhash=HASH", "ipport=*:443 certhash=HASH", "ipport=256.0.0.1:443 certhash=HASH",
          "ipport=[::g]:443 certhash=HASH", "ipport=0.0.0.0:443 certhash=HASH usagecheck=yes",
          "ipport=0.0.0.0:443 certhash=HASH nonsense=1", "ipport=0.0.0.0:443 certhash=HASH revocationfreshnesstime=-1",
          "ipport=0.0.0.0:443 certhash=HASH certhash=HASH",
          "ipport=0.0.0.0:443 hostnameport=a:443 certhash=HASH certstorename=MY",
          "ipport=0.0.0.0:443 certhash=HASH sslctlstorename=", "hostnameport=:443 certhash=HASH certstorename=MY"}) {
        const Reply reply = type(good + line);
        EXPECT_EQ(reply.exitCode, 1) << line;
        EXPECT_TRUE(says(reply, "The parameter is incorrect.")) << line << reply.text;
    }
    const Reply quoted =
        type("netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH appid='{4dc3e181-e14b-4a21-b022-59fc669b0914}'");
    EXPECT_TRUE(says(quoted, "The parameter is incorrect."));
    EXPECT_TRUE(backend().records()->empty());
}

TEST_F(Netsh, Server2025RefusesExplicitZeroTimers)
{
    for (const char* timer : {" revocationfreshnesstime=0", " urlretrievaltimeout=0"})
        for (const int build : {14393, 17763, 20348, 26100}) {
            ASSERT_TRUE(backend().writeRecords({}));
            onBuild(build);
            EXPECT_EQ(type(m_add + timer).exitCode, build == 26100 ? 1 : 0) << build << timer;
        }
}

TEST_F(Netsh, WithoutRightsNothingIsChanged)
{
    ASSERT_EQ(type(m_add).exitCode, 0);
    change([](Machine& machine) { machine.elevated = false; });
    for (const char* line :
         {"netsh http delete sslcert ipport=0.0.0.0:443",
          "netsh http add sslcert ipport=0.0.0.0:444 certhash=HASH appid={4dc3e181-e14b-4a21-b022-59fc669b0914}"}) {
        const Reply reply = type(line);
        EXPECT_EQ(reply.exitCode, 1);
        EXPECT_TRUE(says(reply, "The requested operation requires elevation"));
    }
    EXPECT_EQ(type("netsh http show sslcert").exitCode, 0);
    EXPECT_EQ(backend().records()->size(), 1u);
}

TEST_F(Netsh, UpdateReplacesTheWholeRecordWhereTheBuildHasIt)
{
    ASSERT_EQ(type(m_add +
                   " clientcertnegotiation=enable sslctlstorename=trust disablehttp2=enable revocationfreshnesstime=60")
                  .exitCode,
              0);
    const std::string update =
        "netsh http update sslcert ipport=0.0.0.0:443 certhash=HASH appid={4dc3e181-e14b-4a21-b022-59fc669b0914}";
    onBuild(14393);
    const Reply old = type(update);
    EXPECT_EQ(old.exitCode, 1);
    EXPECT_TRUE(says(old, "The following command was not found: http update sslcert"));
    EXPECT_NE(only().flags, 0u);
    onBuild(17763);
    const Reply reply = type(update);
    EXPECT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_TRUE(says(reply, "SSL Certificate successfully updated"));
    EXPECT_EQ(only().flags, 0u);
    EXPECT_EQ(only().checkMode, 0u);
    EXPECT_EQ(only().ctlStore, "");
    EXPECT_TRUE(says(
        type("netsh http update sslcert ipport=0.0.0.0:444 certhash=HASH appid={4dc3e181-e14b-4a21-b022-59fc669b0914}"),
        "Error: 2\n"));
}

TEST_F(Netsh, DeletesAndSaysWhatIsMissing)
{
    ASSERT_EQ(type(m_add).exitCode, 0);
    EXPECT_EQ(type("netsh http delete sslcert ipport=0.0.0.0:443").text, "\nSSL Certificate successfully deleted\n\n");
    const Reply again = type("netsh http delete sslcert ipport=0.0.0.0:443");
    EXPECT_EQ(again.exitCode, 1);
    EXPECT_TRUE(says(again, "The system cannot find the file specified."));
    EXPECT_EQ(type("netsh http delete sslcert").exitCode, 1);
    const Reply shown = type("netsh http show sslcert ipport=0.0.0.0:443");
    EXPECT_EQ(shown.exitCode, 1);
    EXPECT_TRUE(says(shown, "The system cannot find the file specified."));
}

TEST_F(Netsh, KeepsTheFamiliesApart)
{
    ASSERT_EQ(type(m_add).exitCode, 0);
    const std::string id = " appid={4dc3e181-e14b-4a21-b022-59fc669b0914}";
    EXPECT_TRUE(says(type("netsh http add sslcert hostnameport=WWW.example.test:443 certhash=HASH" + id),
                     "The parameter is incorrect."));
    EXPECT_EQ(
        type("netsh http add sslcert hostnameport=WWW.example.test:443 certhash=HASH certstorename=my" + id).exitCode,
        0);
    EXPECT_EQ(type("netsh http add sslcert ipport=[::]:443 certhash=HASH" + id).exitCode, 0);
    EXPECT_EQ(type("netsh http add sslcert ccs=443" + id).exitCode, 0);
    EXPECT_EQ(type("netsh http add sslcert ccs=444 clientcertnegotiation=enable" + id).exitCode, 1)
        << "only default options";
    EXPECT_EQ(type("netsh http add sslcert scopedccs=www.example.test:444" + id).exitCode, 0);
    const auto records = *backend().records();
    ASSERT_EQ(records.size(), 5u);
    EXPECT_EQ(records[1].family, RecordFamily::HostNamePort);
    EXPECT_EQ(records[1].endpoint, "www.example.test:443");
    EXPECT_EQ(records[2].endpoint, "[::]:443");
    EXPECT_EQ(records[3].family, RecordFamily::Ccs);
    EXPECT_EQ(records[3].endpoint, "443");
    const Reply all = type("netsh http show sslcert");
    EXPECT_EQ(all.exitCode, 0);
    for (const char* label :
         {"    IP:port                      : 0.0.0.0:443\n",
          "    Hostname:port                : www.example.test:443\n", "    CCS:port                     : 443\n",
          "    Scoped CCS:port              : www.example.test:444\n"})
        EXPECT_TRUE(says(all, label)) << label;
    const Reply one = type("netsh http show sslcert hostnameport=www.example.test:443");
    EXPECT_TRUE(says(one, "Hostname:port") && !says(one, "IP:port") && !says(one, "CCS"));
    EXPECT_EQ(type("netsh http delete sslcert hostnameport=www.example.test:443").exitCode, 0);
    EXPECT_EQ(backend().records()->size(), 4u);
}

TEST_F(Netsh, ShowsTheExactLayoutOfTheWhitepapersTranscript)
{
    onBuild(14393);
    ASSERT_EQ(type(m_add +
                   " verifyclientcertrevocation=disable clientcertnegotiation=enable sslctlstorename=iis_client_trust")
                  .exitCode,
              0);
    EXPECT_EQ(type("netsh http show sslcert").text,
              "\nSSL Certificate bindings:\n-------------------------\n\n"
              "    IP:port                      : 0.0.0.0:443\n"
              "    Certificate Hash             : " +
                  m_hash +
                  "\n"
                  "    Application ID               : {4dc3e181-e14b-4a21-b022-59fc669b0914}\n"
                  "    Certificate Store Name       : MY\n"
                  "    Verify Client Certificate Revocation : Disabled\n"
                  "    Verify Revocation Using Cached Client Certificate Only : Disabled\n"
                  "    Usage Check                  : Enabled\n"
                  "    Revocation Freshness Time    : 0\n"
                  "    URL Retrieval Timeout        : 0\n"
                  "    Ctl Identifier               : (null)\n"
                  "    Ctl Store Name               : iis_client_trust\n"
                  "    DS Mapper Usage              : Disabled\n"
                  "    Negotiate Client Certificate : Enabled\n"
                  "    Reject Connections           : Disabled\n\n");
    onBuild(20348);
    const Reply newer = type("netsh http show sslcert");
    EXPECT_TRUE(says(newer, "    Disable HTTP2                : Not Set\n") && !says(newer, "Extended Properties:"));
    onBuild(26100);
    EXPECT_TRUE(says(type("netsh http show sslcert"), "    Max Settings Per Minute      : 4294967295\n"));
}

TEST_F(Netsh, ShowsThatTheFreshnessTimeIsUsed)
{
    ASSERT_EQ(type(m_add + " revocationfreshnesstime=60").exitCode, 0);
    EXPECT_TRUE(says(type("netsh http show sslcert"),
                     "    Revocation Freshness Time    : 60\n    Use Revocation Freshness Time : Enabled\n"));
}

TEST_F(Netsh, SpeaksJapaneseOnAJapaneseServer)
{
    change([](Machine& machine) { machine.language = Language::Japanese; });
    EXPECT_TRUE(says(type(m_add), "SSL 証明書を正常に追加しました"));
    EXPECT_TRUE(says(type(m_add), "既に存在するファイルを作成することはできません。"));
    EXPECT_TRUE(
        says(type("netsh http add sslcert ipport=0.0.0.0:444 certhash=" + std::string(40, 'a')),
             "指定されたログオン セッションは存在しません。そのセッションは既に終了している可能性があります。"));
    EXPECT_TRUE(says(type("netsh http show sslcert"), "SSL 証明書のバインド"));
}

TEST_F(Netsh, RefusesWhatItDoesNotKnowLoudly)
{
    for (const char* line :
         {"netsh", "netsh http", "netsh http show servicestate", "netsh http show", "netsh wlan show profiles",
          "netsh http flush", "netsh http flush sslcert", "netsh http show sslcert json=enable"}) {
        const Reply reply = type(line);
        EXPECT_EQ(reply.exitCode, 1) << line;
        EXPECT_FALSE(reply.text.empty()) << line;
    }
    EXPECT_TRUE(says(type("netsh winhttp show proxy"), "Direct access (no proxy server)"));
    EXPECT_EQ(type("netsh http flush logbuffer").exitCode, 0);
}

}  // namespace
}  // namespace monban::practice
