// SPDX-License-Identifier: MIT
// reg, net, sc, iisreset, schtasks, powershell, and how a program is named.
#include "core/base/quoting.h"
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

class Programs : public ShellFolder {
protected:
    const std::string m_schannel = kSchannelKey;
};

TEST_F(Programs, AreFoundAsPeopleNameThem)
{
    for (const char* name :
         {"netsh", "NETSH.EXE", "C:\\Windows\\System32\\netsh.exe", "c:\\windows\\system32\\NETSH",
          "%windir%\\System32\\netsh.exe", "%SystemRoot%\\system32\\netsh", "C:/Windows/System32/netsh.exe",
          "\"C:\\Windows\\System32\\netsh.exe\"", ".\\netsh.exe", "C:\\Windows\\Sysnative\\netsh.exe",
          "$env:windir\\System32\\netsh.exe", "C:¥Windows¥System32¥netsh.exe"})
        EXPECT_EQ(run(name, {"http", "show", "sslcert"}).exitCode, 0) << name;
    for (const char* name : {"C:\\Windows\\System32\\inetsrv\\appcmd.exe", "%windir%\\system32\\inetsrv\\appcmd",
                             "inetsrv\\appcmd.exe", "appcmd"})
        EXPECT_EQ(run(name, {"list", "site"}).exitCode, 0) << name;
    EXPECT_EQ(run("C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe", {"-Command", "Get-Service w3svc"})
                  .exitCode,
              0);
    for (const char* name : {"", "frobnicate", "C:\\Temp\\netsh.exe", "C:\\Windows\\netsh.exe", "netsh.com.exe",
                             "C:\\Windows\\System32\\appcmd.exe"}) {
        const Reply reply = run(name, {});
        EXPECT_EQ(reply.exitCode, 9009) << name;
        EXPECT_TRUE(says(reply, "is not recognized as an internal or external command"));
    }
}

TEST_F(Programs, ADamagedMachineIsSaidAtOnce)
{
    writeFile("machine.json", "{");
    const Reply reply = type("netsh http show sslcert");
    EXPECT_EQ(reply.exitCode, 1);
    EXPECT_TRUE(says(reply, "machine.json"));
}

TEST_F(Programs, RegWritesReadsAndDeletes)
{
    EXPECT_EQ(type("reg add " + m_schannel + " /v SendTrustedIssuerList /t REG_DWORD /d 0x1 /f").exitCode, 0);
    EXPECT_EQ(type("reg query " + m_schannel + " -v sendtrustedissuerlist").text,
              "\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\n    "
              "SendTrustedIssuerList    REG_DWORD    0x1\n\n");
    EXPECT_EQ(run("reg", {"add", "HKLM\\Software\\x y", "/ve", "/d", "a \"b\"", "/f"}).exitCode, 0);
    EXPECT_TRUE(says(run("reg", {"query", "HKLM\\Software\\x y", "/ve"}), "(Default)    REG_SZ    a \"b\""));
    EXPECT_EQ(type("reg add HKLM\\Software\\b /v n /t REG_BINARY /d 00FF /f").exitCode, 0);
    EXPECT_TRUE(says(type("reg query HKLM\\Software\\b"), "n    REG_BINARY    00FF"));
    EXPECT_EQ(type("reg add HKLM\\Software\\b\\below").exitCode, 0) << "a key alone";
    EXPECT_TRUE(says(type("reg query HKLM\\Software\\b"), "\nHKEY_LOCAL_MACHINE\\Software\\b\\below\n"));
    EXPECT_TRUE(says(type("reg query HKLM\\Software /s"), "REG_BINARY"));
    EXPECT_EQ(type("reg delete HKLM\\Software\\b /va /f").exitCode, 0);
    EXPECT_FALSE(says(type("reg query HKLM\\Software\\b"), "REG_BINARY"));
    EXPECT_EQ(type("reg delete HKLM\\Software\\b /f").exitCode, 0);
    EXPECT_EQ(type("reg query HKLM\\Software\\b").exitCode, 1);
    EXPECT_TRUE(
        says(type("reg query \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\" /v CurrentBuild"), "20348"));
    EXPECT_TRUE(says(type("reg query HKLM\\SOFTWARE\\Microsoft\\InetStp"), "MajorVersion    REG_DWORD    0xa"));
    EXPECT_EQ(type("reg query " + m_schannel).exitCode, 0);
}

TEST_F(Programs, RegAsksBeforeItOverwrites)
{
    const std::string line = "reg add HKLM\\Software\\x /v n /d ";
    ASSERT_EQ(type(line + "1").exitCode, 0);
    EXPECT_NE(type(line + "2").exitCode, 0);
    EXPECT_NE(type(line + "2", "no\n").exitCode, 0);
    EXPECT_EQ((*backend().registryValue("HKLM\\Software\\x", "n"))->data, "1");
    EXPECT_EQ(type(line + "2", "Yes\r\n").exitCode, 0);
    EXPECT_EQ((*backend().registryValue("HKLM\\Software\\x", "n"))->data, "2");
    EXPECT_NE(type("reg delete HKLM\\Software\\x /v n").exitCode, 0);
    EXPECT_EQ(type("reg delete HKLM\\Software\\x /v n", "y\n").exitCode, 0);
}

TEST_F(Programs, RegRefusesWrongSyntax)
{
    for (const char* line :
         {"reg", "reg frobnicate HKLM\\x", "reg add", "reg add HKXX\\x", "reg add HKLM\\x /v",
          "reg add HKLM\\x /v a /t REG_FOO /f", "reg add HKLM\\x /v a /t REG_DWORD /d 4294967296 /f",
          "reg add HKLM\\x /v a /t REG_BINARY /d 0 /f", "reg add HKLM\\x /v a /v b /f", "reg query HKLM\\x /d 1",
          "reg query HKLM\\SYSTEM stray", "reg export HKLM\\x f.reg", "reg add \\\\other\\HKLM\\x /f"}) {
        const Reply reply = type(line);
        EXPECT_EQ(reply.exitCode, 1) << line;
        EXPECT_FALSE(reply.text.empty()) << line;
    }
}

TEST_F(Programs, NetStopsAndStartsWithWhatDepends)
{
    EXPECT_TRUE(says(type("net stop cryptsvc"), "The Cryptographic Services service was stopped successfully."));
    EXPECT_EQ(backend().machine()->stoppedServices.count("cryptsvc"), 1u);
    EXPECT_TRUE(says(type("NET START CryptSvc"), "The Cryptographic Services service was started successfully."));
    EXPECT_EQ(backend().machine()->stoppedServices, Machine().stoppedServices);
    const Reply asked = type("net stop http");
    EXPECT_EQ(asked.exitCode, 2);
    EXPECT_TRUE(says(asked, "The following services are dependent on the HTTP Service service."));
    EXPECT_EQ(backend().machine()->stoppedServices, Machine().stoppedServices);
    EXPECT_EQ(type("net stop http", "Y\n").exitCode, 0);
    EXPECT_EQ(backend().machine()->stoppedServices.count("w3svc"), 1u);
    EXPECT_EQ(type("net start \"World Wide Web Publishing Service\"").exitCode, 0);
    EXPECT_EQ(backend().machine()->stoppedServices.count("http"), 0u) << "what it needs is started too";
    EXPECT_EQ(type("net stop http /y").exitCode, 0);
    EXPECT_TRUE(says(type("net start"), "Cryptographic Services"));
    for (const char* line : {"net", "net use", "net stop", "net stop a b"}) EXPECT_NE(type(line).exitCode, 0) << line;
}

TEST_F(Programs, ScAnswersInItsOwnCodes)
{
    EXPECT_TRUE(says(type("sc query w3svc"), "STATE              : 4  RUNNING"));
    EXPECT_EQ(type("sc query nothing").exitCode, 1060);
    EXPECT_EQ(type("sc start w3svc").exitCode, 1056);
    EXPECT_EQ(type("sc stop http").exitCode, 1051);
    EXPECT_EQ(type("sc.exe stop w3svc").exitCode, 0);
    EXPECT_TRUE(says(type("sc query w3svc"), "STOPPED"));
    EXPECT_EQ(type("sc stop w3svc").exitCode, 1062);
    change([](Machine& machine) { machine.elevated = false; });
    EXPECT_EQ(type("sc start w3svc").exitCode, 5);
    EXPECT_NE(type("sc delete w3svc").exitCode, 0);
}

TEST_F(Programs, IisresetRestarts)
{
    EXPECT_TRUE(says(type("iisreset"), "Internet services successfully restarted"));
    EXPECT_EQ(type("iisreset /stop").exitCode, 0);
    EXPECT_EQ(backend().machine()->stoppedServices.count("w3svc"), 1u);
    EXPECT_TRUE(says(type("iisreset /status"), "Stopped"));
    EXPECT_EQ(type("iisreset -start -noforce /timeout:20").exitCode, 0);
    EXPECT_EQ(backend().machine()->stoppedServices, Machine().stoppedServices);
    EXPECT_NE(type("iisreset /frobnicate").exitCode, 0);
    change([](Machine& machine) { machine.elevated = false; });
    EXPECT_EQ(type("iisreset").exitCode, 5);
}

TEST_F(Programs, SchtasksKeepsTasks)
{
    EXPECT_EQ(
        run("schtasks", {"/create", "/tn", "monban-revert", "/tr", "\"C:\\Program Files\\Monban\\monban.exe\" undo",
                         "/sc", "ONCE", "/st", "23:59", "/sd", "2026/11/23", "/ru", "SYSTEM", "/rl", "HIGHEST", "/f"})
            .text,
        "SUCCESS: The scheduled task \"monban-revert\" has successfully been created.\n");
    const auto task = backend().tasks()->at(0);
    EXPECT_EQ(task, (ScheduledTask{"monban-revert", "\"C:\\Program Files\\Monban\\monban.exe\" undo", "ONCE",
                                   "23:59 2026/11/23", "SYSTEM"}));
    EXPECT_EQ(type("schtasks /create /tn monban-revert /tr x /sc onstart").exitCode, 1) << "exists, nobody answers";
    EXPECT_EQ(type("schtasks /Create /TN \\monban-revert /TR x /SC onstart", "y\n").exitCode, 0);
    EXPECT_EQ(backend().tasks()->at(0).command, "x");
    EXPECT_TRUE(says(type("schtasks /query /tn monban-revert /fo list /v"), "TaskName:      \\monban-revert"));
    EXPECT_TRUE(says(type("schtasks"), "monban-revert"));
    EXPECT_EQ(type("schtasks /query /tn none").text, "ERROR: The system cannot find the file specified.\n");
    EXPECT_EQ(type("schtasks /delete /tn none /f").exitCode, 1);
    EXPECT_EQ(type("schtasks -delete -tn MONBAN-revert -f").exitCode, 0);
    EXPECT_TRUE(backend().tasks()->empty());
    for (const char* line :
         {"schtasks /create /tn a /tr b", "schtasks /create /tn a /tr b /sc once",
          "schtasks /create /tn a /tr b /sc never", "schtasks /create /tn a /tr b /sc once /st 25:00",
          "schtasks /run /tn a", "schtasks /create /tn", "schtasks /query /s other"})
        EXPECT_EQ(type(line).exitCode, 1) << line;
    change([](Machine& machine) { machine.elevated = false; });
    EXPECT_TRUE(says(type("schtasks /create /tn a /tr b /sc onstart"), "ERROR: Access is denied."));
}

TEST_F(Programs, PowershellListsCertificatesAndSetsTheFriendlyName)
{
    const std::string thumbprint = [&] {
        std::string text = m_hash;
        for (char& c : text) c = static_cast<char>(std::toupper(c));
        return text;
    }();
    for (const char* text : {"Get-ChildItem Cert:\\LocalMachine\\My", "gci -Path cert:\\localmachine\\MY",
                             "dir 'Cert:\\LocalMachine\\My'", "ls Cert:/LocalMachine/My"}) {
        const Reply reply = run("powershell", {"-NoProfile", "-NonInteractive", "-Command", text});
        EXPECT_EQ(reply.exitCode, 0) << text << reply.text;
        EXPECT_TRUE(says(reply, thumbprint + "  CN=www.example.test")) << reply.text;
    }
    EXPECT_TRUE(says(run("powershell", {"Get-ChildItem", "Cert:\\LocalMachine\\My"}), thumbprint));
    const std::string item = "(Get-Item Cert:\\LocalMachine\\MY\\" + m_hash + ").FriendlyName";
    EXPECT_EQ(run("powershell", {"-c", item + " = 'it''s ‘‘new’’'"}).exitCode, 0);
    EXPECT_EQ(backend().store("MY")->at(0).friendlyName, "it's ‘new’");
    EXPECT_EQ(backend().store("MY")->at(0).key, KeyState::NotExportable);
    EXPECT_EQ(run("powershell", {"-Command", item}).text, "it's ‘new’\n");
    EXPECT_NE(run("powershell", {"-Command", "Get-ChildItem Cert:\\LocalMachine\\None"}).exitCode, 0);
    EXPECT_NE(run("powershell", {"-Command", "(Get-Item Cert:\\LocalMachine\\MY\\00).FriendlyName = 'x'"}).exitCode, 0);
}

TEST_F(Programs, PowershellRunsTheProgramsAsTheProductPrintsThem)
{
    const Command add{"C:\\Windows\\System32\\certutil.exe",
                      {"-f", "-addstore", "it's a store", utf8(m_folder / "ca" / "ia1.der")}};
    const Reply reply = run("powershell", {"-Command", *forPowerShell(add)});
    EXPECT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_EQ(count("it's a store"), 1u);
    const Command bind{
        "C:\\Windows\\System32\\netsh.exe",
        {"http", "add", "sslcert", "ipport=0.0.0.0:443", "certhash=" + m_hash, std::string("appid=") + kIisAppId}};
    EXPECT_EQ(run("powershell", {"-Command", *forPowerShell(bind) + "; Get-Service w3svc"}).exitCode, 0);
    EXPECT_EQ(backend().records()->size(), 1u);
    EXPECT_EQ(
        run("powershell", {"-Command", "& 'C:\\Windows\\System32\\netsh.exe' http delete sslcert ipport=0.0.0.0:1"})
            .exitCode,
        1);
}

TEST_F(Programs, PowershellImportsWithoutAPasswordOnTheLine)
{
    writeFile("ca/server.p12", pkcs12("secret"));
    const Reply reply =
        run("powershell",
            {"-Command",
             "Import-PfxCertificate -FilePath server.p12 -CertStoreLocation Cert:\\LocalMachine\\WebHosting "
             "-Password (Read-Host -AsSecureString)"},
            "secret\n");
    EXPECT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_EQ(backend().store("WebHosting")->at(0).key, KeyState::NotExportable);
    EXPECT_EQ(count("ROOT"), 0u);
    EXPECT_EQ(run("powershell", {"-Command", "Remove-Item Cert:\\LocalMachine\\WebHosting\\" + m_hash + " -DeleteKey"})
                  .exitCode,
              0);
    EXPECT_EQ(count("WebHosting"), 0u);
    EXPECT_EQ(run("powershell",
                  {"-Command", "Import-Certificate -FilePath ia1.der -CertStoreLocation Cert:\\LocalMachine\\Root"})
                  .exitCode,
              0);
    EXPECT_EQ(count("ROOT"), 1u);
}

TEST_F(Programs, PowershellKnowsServicesAndBindings)
{
    EXPECT_EQ(run("powershell", {"-Command", "Stop-Service w3svc -Force"}).exitCode, 0);
    EXPECT_TRUE(says(run("powershell", {"-Command", "Get-Service -Name W3SVC"}), "Stopped"));
    EXPECT_EQ(run("powershell", {"-Command", "Restart-Service -Name http -Force; Start-Service w3svc"}).exitCode, 0);
    EXPECT_EQ(backend().machine()->stoppedServices, Machine().stoppedServices);
    EXPECT_TRUE(
        says(run("powershell", {"-Command", "Get-WebBinding -Name 'Default Web Site' -Protocol http"}), "*:80:"));
}

TEST_F(Programs, PowershellRefusesTheRestLoudly)
{
    for (const char* text : {"Get-ChildItem Cert:\\LocalMachine\\My | Where-Object { $_.Subject }", "$x = 1",
                             "Get-Process", "Get-ChildItem C:\\", "'unclosed", "Get-Item Cert:\\LocalMachine\\My)",
                             "[IO.File]::ReadAllText('x')", "foreach ($a in 1) { }"}) {
        const Reply reply = run("powershell", {"-Command", text});
        EXPECT_NE(reply.exitCode, 0) << text;
        EXPECT_FALSE(reply.text.empty()) << text;
    }
    EXPECT_NE(run("powershell", {}).exitCode, 0);
    EXPECT_NE(run("powershell", {"-File", "x.ps1"}).exitCode, 0);
    EXPECT_NE(run("powershell", {"-EncodedCommand", "AAAA"}).exitCode, 0);
}

}  // namespace
}  // namespace monban::practice
