// SPDX-License-Identifier: MIT
#include "core/plan/step.h"
#include "core/practice/practice_server.h"
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

class PowerShell : public ShellFolder {
protected:
    Reply ps(const std::string& text) { return run("powershell", {"-NoProfile", "-Command", text}); }
    void bound()
    {
        EXPECT_EQ(ps("New-WebBinding -Name 'Default Web Site' -Protocol https -Port 443 -IPAddress '*'").exitCode, 0);
    }
    std::string addTo(const std::string& store, const std::string& selection = "-Name 'Default Web Site' -Protocol https")
    {
        return "(Get-WebBinding " + selection + ").AddSslCertificate('" + m_hash + "', '" + store + "')";
    }
};

TEST_F(PowerShell, AddsABindingAndACertificateToItAsIisDoes)
{
    bound();
    EXPECT_TRUE(says(ps("Get-WebBinding -Name 'Default Web Site' -Protocol https"), "*:443:"));
    const Reply added = ps(addTo("my"));
    EXPECT_EQ(added.exitCode, 0) << added.text;
    ASSERT_EQ(backend().records()->size(), 1u);
    const SslRecord record = backend().records()->front();
    EXPECT_EQ(record.endpoint, "0.0.0.0:443");
    EXPECT_EQ(record.thumbprint, m_hash);
    EXPECT_EQ(record.appId, kIisAppId);
    EXPECT_EQ(record.store, "MY");
    EXPECT_EQ(record.flags, 0u);
    EXPECT_NE(ps("New-WebBinding -Name 'Default Web Site' -Protocol https -Port 443").exitCode, 0) << "it is there";
    EXPECT_EQ(ps("(Get-WebBinding -Name 'Default Web Site' -Protocol https).RemoveSslCertificate()").exitCode, 0);
    EXPECT_TRUE(backend().records()->empty());
}

TEST_F(PowerShell, AddSslCertificateTakesEveryOptionAway)
{
    bound();
    type("netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH appid={4dc3e181-e14b-4a21-b022-59fc669b0914} certstorename=MY "
         "clientcertnegotiation=enable sslctlstorename=iis_client_trust verifyclientcertrevocation=disable");
    EXPECT_EQ(ps(addTo("MY")).exitCode, 0);
    const SslRecord record = backend().records()->front();
    EXPECT_EQ(record.flags, 0u);
    EXPECT_EQ(record.checkMode, 0u);
    EXPECT_EQ(record.ctlStore, "");
}

TEST_F(PowerShell, AHostNameWithSniHasARecordOfItsOwn)
{
    EXPECT_EQ(ps("New-WebBinding -Name 'Default Web Site' -Protocol https -Port 443 -HostHeader WWW.example.test -SslFlags 1").exitCode, 0);
    EXPECT_EQ(ps(addTo("MY", "-Name 'Default Web Site' -HostHeader www.example.test")).exitCode, 0);
    EXPECT_EQ(backend().records()->front().family, RecordFamily::HostNamePort);
    EXPECT_EQ(backend().records()->front().endpoint, "www.example.test:443");
}

TEST_F(PowerShell, WhatCannotBeBoundIsSaidInWindowsWords)
{
    bound();
    Reply reply = ps("(Get-WebBinding -Name 'Default Web Site' -Protocol https).AddSslCertificate('00', 'MY')");
    EXPECT_EQ(reply.exitCode, 1);
    EXPECT_TRUE(says(reply, "0x80070520") && says(reply, "A specified logon session does not exist")) << reply.text;
    EXPECT_EQ(ps(addTo("MY", "-Name 'Nowhere'")).exitCode, 1);
    EXPECT_EQ(ps(addTo("MY", "-Name 'Default Web Site' -Protocol http")).exitCode, 1) << "no TLS there";
    EXPECT_EQ(ps("(Get-WebBinding).Explode()").exitCode, 1);
    EXPECT_EQ(ps("(Get-WebBinding).AddSslCertificate('x' 'y')").exitCode, 1);
    EXPECT_EQ(ps("New-WebBinding -Name 'Default Web Site' -Protocol https -Port 99999").exitCode, 1);
    change([](Machine& machine) { machine.elevated = false; });
    EXPECT_EQ(ps(addTo("MY")).exitCode, 1);
    EXPECT_TRUE(backend().records()->empty());
}

TEST_F(PowerShell, TheLinesThatPlansPrintForFilesWork)
{
    const Bytes content{0, 1, 2, 0xFF, '\'', '\n'};
    for (const std::string name : {"page.aspx", "it's 山田.aspx"}) {
        const std::string file = utf8(m_folder / pathFromUtf8(name));
        const ByHand write = byHand(WriteFile{file, content});
        ASSERT_TRUE(write.powerShell);
        const Reply written = ps(*write.powerShell);
        EXPECT_EQ(written.exitCode, 0) << *write.powerShell << written.text;
        EXPECT_EQ(*readFile(pathFromUtf8(file)), content);
        const ByHand remove = byHand(WriteFile{file, std::nullopt});
        EXPECT_EQ(ps(*remove.powerShell).exitCode, 0) << *remove.powerShell;
        EXPECT_FALSE(fs::exists(pathFromUtf8(file)));
        EXPECT_EQ(ps(*remove.powerShell).exitCode, 1) << "it is gone";
    }
    EXPECT_EQ(ps("[System.IO.File]::WriteAllBytes('" + utf8(m_folder / "empty") + "', [System.Convert]::FromBase64String(''))").exitCode, 0);
    EXPECT_EQ(ps("[IO.File]::WriteAllBytes('" + utf8(m_folder / "x") + "', [Convert]::FromBase64String('A'))").exitCode, 1);
    EXPECT_EQ(ps("[IO.File]::WriteAllBytes('" + utf8(m_folder / "x") + "', [Convert]::FromBase64String('A=A='))").exitCode, 1);
    EXPECT_EQ(ps("[IO.File]::WriteAllBytes('" + utf8(m_folder / "x") + "')").exitCode, 1);
    EXPECT_EQ(ps("[IO.File]::Delete('" + utf8(m_folder / "x") + "')").exitCode, 1);
    EXPECT_FALSE(fs::exists(m_folder / "x"));
}

TEST_F(PowerShell, AHangingProgramInsideCanBeStopped)
{
    change([](Machine& machine) {
        Fault fault;
        fault.program = "netsh";
        fault.kind = FaultKind::Hang;
        machine.faults = {fault};
    });
    const auto server = std::move(*PracticeServer::open(m_folder));
    const auto done = server->run(Command{"powershell", {"-Command", "netsh http show sslcert; Get-Service w3svc"}}, {}, {},
                                  {std::chrono::milliseconds(30), {}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::TimedOut);
}

}  // namespace
}  // namespace monban::practice
