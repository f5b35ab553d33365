// SPDX-License-Identifier: MIT
// Command lines as they stand in documentation, knowledge bases and how-tos, each with what it must lead to. HASH is
// the server certificate's thumbprint; lines run in order on one server, so later ones see what earlier ones did.
#include "core/observe/application_host.h"
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

struct Line {
    const char* typed;
    bool accepted;
    const char* says;
};

class Grammar : public ShellFolder {
protected:
    void runAll(const std::vector<Line>& lines)
    {
        writeFile("ca/server.p12", pkcs12("1234"));
        writeFile("ca/ia1.crl", std::string(textOf(testCrl(m_rootX509.get(), m_rootKey))));
        writeFile("ca/server.cer", std::string(textOf(m_server)));
        for (const Line& line : lines) {
            const Reply reply = type(line.typed);
            EXPECT_EQ(reply.exitCode == 0, line.accepted) << line.typed << "\n" << reply.exitCode << reply.text;
            EXPECT_TRUE(says(reply, line.says)) << line.typed << "\n" << reply.text;
        }
    }
};

TEST_F(Grammar, CertutilAsDocumented)
{
    runAll({{"certutil -f -addstore iis_client_trust ia1.der", true, "added to store"},
            {"certutil -addstore -f \"Root\" ia1.der", true, "Trusted Root Certification Authorities"},
            {"certutil.exe -addstore -enterprise -f CA ia1.der", true, "Intermediate"},
            {"CertUtil -AddStore ClientAuthIssuer ia1.der", true, "Client Authentication Issuers"},
            {"certutil /addstore TrustedPeople ia1.der", false, "Use -f option"},
            {"certutil -f /addstore TrustedPeople ia1.der", true, "Trusted People"},
            {"C:\\Windows\\System32\\certutil.exe -f -addstore root ia1.der", true, "added to store"},
            {"certutil -addstore -f CA ia1.crl", true, "CRL \"Practice Root\""},
            {"certutil -store my", true, "www.example.test"},
            {"certutil -store", true, "CA \"Intermediate"},
            {"certutil -store -enterprise root", true, "Practice Root"},
            {"certutil -v -store my HASH", true, "Cert Hash(sha1)"},
            {"certutil -viewstore root", true, "Practice Root"},
            {"certutil -repairstore my HASH", true, "Encryption test passed"},
            {"certutil -p 1234 -importpfx server.p12", true, "added to store"},
            {"certutil -f -p 1234 -importPFX WebHosting server.p12 NoExport", true, "added to store"},
            {"certutil -importpfx -p 1234 My server.p12 NoRoot,NoChain", true, "added to store"},
            {"certutil -csp \"Microsoft Software Key Storage Provider\" -p 1234 -importpfx server.p12 AT_KEYEXCHANGE",
             true, "added"},
            {"certutil -delstore WebHosting HASH", true, "Deleting Certificate 0"},
            {"certutil -delstore -enterprise TrustedPeople \"Practice Root\"", true, "Deleting"},
            {"certutil -setreg chain\\ChainCacheResyncFiletime @now", true, "REG_BINARY"},
            {"certutil -getreg chain\\ChainCacheResyncFiletime", true, "REG_BINARY"},
            {"certutil -delreg chain\\ChainCacheResyncFiletime", true, "completed"},
            {"certutil -urlcache * delete", true, "deleted"},
            {"certutil -urlcache crl delete", true, "deleted"},
            {"certutil -URLCache OCSP delete", true, "deleted"},
            {"certutil -urlcache -split -f http://ca.practice/crl/ia1.crl", true, "Online"},
            {"certutil -urlcache -f http://elsewhere.example/x.crl", false, "offline"},
            {"certutil -verify -urlfetch server.cer", true, "CERT_CHAIN_CONTEXT"},
            {"certutil -f -urlfetch -verify server.cer", true, "CERT_CHAIN_CONTEXT"},
            {"certutil -dump server.cer", true, "Subject: CN=www.example.test"},
            {"certutil server.cer", true, "Subject: CN=www.example.test"},
            {"certutil -hashfile ia1.der", true, "SHA1 hash of ia1.der"},
            {"certutil -hashfile ia1.der SHA256", true, "SHA256 hash"},
            {"certutil -addstore -?", true, "-addstore CertificateStoreName InFile"},
            {"certutil -ping", false, "Unknown arg: -ping"}});
}

TEST_F(Grammar, NetshAsDocumented)
{
    runAll({{"netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH appid={4dc3e181-e14b-4a21-b022-59fc669b0914}",
             true, "successfully added"},
            {"netsh http show sslcert", true, "IP:port                      : 0.0.0.0:443"},
            {"netsh http show sslcert ipport=0.0.0.0:443", true, "0.0.0.0:443"},
            {"netsh http show sslcert 0.0.0.0:443", true, "0.0.0.0:443"},
            {"netsh http delete sslcert ipport=0.0.0.0:443", true, "successfully deleted"},
            {"netsh http add sslcert 0.0.0.0:443 HASH {4dc3e181-e14b-4a21-b022-59fc669b0914} My", true,
             "successfully added"},
            {"netsh http delete sslcert 0.0.0.0:443", true, "successfully deleted"},
            {"netsh HTTP ADD SSLCERT IPPORT=[::]:443 CERTHASH=HASH APPID=\"{4DC3E181-E14B-4A21-B022-59FC669B0914}\" "
             "CERTSTORENAME=MY",
             true, "added"},
            {"netsh http add sslcert hostnameport=www.example.test:443 certhash=HASH "
             "appid={4dc3e181-e14b-4a21-b022-59fc669b0914} certstorename=MY",
             true, "added"},
            {"netsh http add sslcert hostnameport=a.example.test:443 certhash=HASH "
             "appid={4dc3e181-e14b-4a21-b022-59fc669b0914} certstore=My",
             true, "added"},
            {"netsh http add sslcert ccs=443 appid={4dc3e181-e14b-4a21-b022-59fc669b0914}", true, "added"},
            {"netsh http show sslcert hostnameport=www.example.test:443", true, "Hostname:port"},
            {"netsh http show sslcert ccs=443", true, ": 443"},
            {"netsh http update sslcert hostnameport=www.example.test:443 certhash=HASH "
             "appid={4dc3e181-e14b-4a21-b022-59fc669b0914} certstorename=MY "
             "sslctlstorename=ClientAuthIssuer clientcertnegotiation=enable",
             true, "successfully updated"},
            {"netsh http add sslcert ipport=192.0.2.1:8443 certhash=HASH appid={00112233-4455-6677-8899-AABBCCDDEEFF} "
             "clientcertnegotiation=enable "
             "verifyclientcertrevocation=disable usagecheck=enable dsmapperusage=disable",
             true, "added"},
            {"netsh http delete sslcert hostnameport=www.example.test:443", true, "deleted"},
            {"netsh -c http show sslcert", true, "SSL Certificate bindings"},
            {"netsh http sho ssl", true, "SSL Certificate bindings"},
            {"netsh http add sslcert ?", true, "Usage: add sslcert"},
            {"netsh http update sslcert help", true, "Usage: update sslcert"},
            {"netsh http flush logbuffer", true, "flushed"},
            {"netsh winhttp show proxy", true, "Direct access"},
            {"netsh http add sslcert ipport=0.0.0.0:444 certhash=HASH appid=4dc3e181-e14b-4a21-b022-59fc669b0914",
             false, "The parameter is incorrect."},
            {"netsh http add sslcert ipport=0.0.0.0:444 appid={4dc3e181-e14b-4a21-b022-59fc669b0914}", false,
             "essential parameters"},
            {"netsh http add urlacl url=http://+:80/ user=x", false, "not found"}});
}

TEST_F(Grammar, AppcmdRegAndServicesAsDocumented)
{
    runAll(
        {{"appcmd list sites", true, "SITE \"Default Web Site\""},
         {"%windir%\\system32\\inetsrv\\appcmd list site \"Default Web Site\" /config", true, "<site name="},
         {"appcmd set site /site.name:\"Default Web Site\" /+bindings.[protocol='https',bindingInformation='*:443:']",
          true, "changed"},
         {"appcmd set site /site.name:\"Default Web Site\" "
          "/bindings.[protocol='https',bindingInformation='*:443:'].sslFlags:1",
          true, "changed"},
         {"appcmd set site \"Default Web Site\" "
          "-+bindings.[protocol='https',bindingInformation='*:8443:host.example',sslFlags='1']",
          true, "changed"},
         {"appcmd set site /site.name:\"Default Web Site\" "
          "/-bindings.[protocol='https',bindingInformation='*:8443:host.example']",
          true, "changed"},
         {"appcmd set config \"Default Web Site\" /section:access /sslFlags:Ssl /commit:APPHOST", true,
          "Applied configuration changes"},
         {"appcmd set config \"Default Web Site\" -section:system.webServer/security/access -sslFlags:\"Ssl, "
          "SslNegotiateCert, SslRequireCert\" -commit:apphost",
          true, "at configuration commit path \"MACHINE/WEBROOT/APPHOST\""},
         {"appcmd list config \"Default Web Site\" -section:access", true, "SslRequireCert"},
         {"appcmd list config \"Default Web Site/\" /section:system.webServer/security/access /xml", true,
          "CONFIG.SECTION"},
         {"appcmd clear config \"Default Web Site\" /section:access /commit:apphost", true, "Applied"},
         {"appcmd add backup MyBackup", true, "BACKUP object \"MyBackup\" added"},
         {"appcmd list backups", true, "BACKUP \"MyBackup\""},
         {"appcmd restore backup \"MyBackup\"", true, "Restored"},
         {"reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL /v SendTrustedIssuerList /t "
          "REG_DWORD /d 1 /f",
          true, "successfully"},
         {"REG ADD \"HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\" /f /v "
          "ClientAuthTrustMode /t reg_dword /d 0x2",
          true, "successfully"},
         {"reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL /v SendTrustedIssuerList",
          true, "0x1"},
         {"reg query HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL", true,
          "ClientAuthTrustMode"},
         {"reg delete HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL /v ClientAuthTrustMode /f",
          true, "successfully"},
         {"net stop cryptsvc", true, "stopped successfully"},
         {"net start cryptsvc", true, "started successfully"},
         {"net stop http /y", true, "World Wide Web Publishing Service"},
         {"net start w3svc", true, "started successfully"},
         {"sc query w3svc", true, "RUNNING"},
         {"iisreset /restart", true, "restarted"},
         {"schtasks /create /tn Test /tr notepad.exe /sc once /st 12:00", true, "SUCCESS"},
         {"SCHTASKS /Query /TN Test", true, "Test"},
         {"schtasks /delete /tn Test /f", true, "SUCCESS"},
         {"powershell -Command Get-ChildItem Cert:\\LocalMachine\\My", true, "CN=www.example.test"},
         {"powershell.exe -NoProfile -ExecutionPolicy Bypass -Command \"dir Cert:\\LocalMachine\\My\"", true,
          "Thumbprint"},
         {"powershell \"Restart-Service -Name cryptsvc\"", true, ""}});
    EXPECT_EQ(sitesFromConfiguration(*backend().configuration())->at(0).access[0].flags, 0u)
        << "restored from the backup";
}

TEST_F(Grammar, TheWhitepapersOwnCommandsHaveTheirEffects)
{
    // 3.2.1, 3.2.2, 3.3
    ASSERT_EQ(type("certutil -f -addstore iis_client_trust ia1.der").exitCode, 0);
    ASSERT_EQ(type("certutil -f -addstore ROOT ia1.der").exitCode, 0);
    ASSERT_EQ(type("netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH certstorename=MY "
                   "clientcertnegotiation=enable sslctlstorename=iis_client_trust")
                  .exitCode,
              0);
    SslRecord record = backend().records()->at(0);
    EXPECT_TRUE(record.negotiatesClientCertificate() && record.checksRevocation());
    EXPECT_EQ(record.ctlStore, "iis_client_trust");
    EXPECT_EQ(count("iis_client_trust"), 1u);
    EXPECT_EQ(count("ROOT"), 1u);
    // 5.3, with the yen sign it is printed with and with a backslash
    ASSERT_EQ(type("certutil -urlcache crl delete").exitCode, 0);
    for (const char* line : {"certutil -setreg chain¥ChainCacheResyncFiletime \"@now\"",
                             "certutil -setreg chain\\ChainCacheResyncFiletime @now"}) {
        ASSERT_TRUE(backend().deleteRegistryKey(kChainEngineKey));
        ASSERT_EQ(type(line).exitCode, 0) << line;
        EXPECT_TRUE(*backend().registryValue(kChainEngineKey, "ChainCacheResyncFiletime")) << line;
    }
    ASSERT_EQ(type("net stop cryptsvc").exitCode, 0);
    ASSERT_EQ(type("net start cryptsvc").exitCode, 0);
    // 5.4
    ASSERT_EQ(type("netsh http delete sslcert ipport=0.0.0.0:443").exitCode, 0);
    ASSERT_EQ(type("netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH certstorename=MY "
                   "clientcertnegotiation=enable sslctlstorename=iis_client_trust "
                   "verifyclientcertrevocation=disable")
                  .exitCode,
              0);
    record = backend().records()->at(0);
    EXPECT_FALSE(record.checksRevocation());
    EXPECT_TRUE(record.negotiatesClientCertificate());
}

}  // namespace
}  // namespace monban::practice
