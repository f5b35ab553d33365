// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include <chrono>
#include <thread>

#include "core/practice/practice_server.h"
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

using std::chrono::steady_clock;

class FaultsTest : public ShellFolder {
protected:
    void fault(const std::string& json)
    {
        auto machine = nlohmann::json::parse(readFileText("machine.json"));
        machine["faults"] = nlohmann::json::parse(json);
        writeFile("machine.json", machine.dump());
    }
    std::string add() { return "netsh http add sslcert ipport=0.0.0.0:443 certhash=HASH appid={4dc3e181-e14b-4a21-b022-59fc669b0914}"; }
    std::size_t records() { return backend().records()->size(); }
    std::string problemWith(const std::string& json)
    {
        fault(json);
        const auto machine = backend().machine();
        if (machine) return "(read)";
        EXPECT_EQ(machine.error().code, ErrorCode::Damaged);
        return inEnglish(machine.error().message);
    }
    std::unique_ptr<Server> server() { return std::move(*PracticeServer::open(m_folder)); }
    Result<Output> act(const Action& action, const RunLimits& limits = {})
    {
        return server()->run(action, {}, [](const std::string&) {}, limits);
    }
};

TEST_F(FaultsTest, ACommandSucceedsWithoutEffect)
{
    fault(R"([{"program": "netsh", "kind": "no-effect"}])");
    const Reply reply = type(add());
    EXPECT_EQ(reply.exitCode, 0);
    EXPECT_EQ(reply.text, "");
    EXPECT_EQ(records(), 0u);
}

TEST_F(FaultsTest, ACommandFailsWithThatCodeAndText)
{
    fault(R"([{"program": "NETSH.exe", "arguments": "ADD sslcert", "kind": "fail", "exit_code": 5}])");
    Reply reply = type(add());
    EXPECT_EQ(reply.exitCode, 5);
    EXPECT_TRUE(says(reply, "Access is denied."));
    EXPECT_EQ(records(), 0u);
    EXPECT_NE(type("netsh http delete sslcert ipport=0.0.0.0:443").exitCode, 5) << "other arguments";
    fault(R"([{"program": "netsh", "kind": "fail", "exit_code": 2147942405, "text": "no luck"}])");
    reply = type(add());
    EXPECT_EQ(reply.exitCode, hresult(0x80070005));
    EXPECT_EQ(reply.text, "no luck\n");
}

TEST_F(FaultsTest, OnlyAsOftenAsItSays)
{
    fault(R"([{"program": "netsh", "kind": "busy", "times": 2}])");
    for (int i = 0; i < 2; ++i) {
        const Reply reply = type(add());
        EXPECT_EQ(reply.exitCode, 1);
        EXPECT_TRUE(says(reply, "The parameter is incorrect."));
    }
    EXPECT_EQ(type(add()).exitCode, 0);
    EXPECT_EQ(nlohmann::json::parse(readFileText("machine.json"))["faults"][0]["times"], 0);
}

TEST_F(FaultsTest, BusyForThatManySecondsOfTheMachinesClock)
{
    fault(R"([{"program": "netsh", "kind": "busy", "seconds": 60}])");
    EXPECT_EQ(type(add()).exitCode, 1);
    EXPECT_EQ(type(add()).exitCode, 1);
    change([](Machine& machine) { machine.clockOffsetSeconds += 61; });
    EXPECT_EQ(type(add()).exitCode, 0);
}

TEST_F(FaultsTest, DeniedAsForSomebodyWhoIsNoAdministrator)
{
    fault(R"([{"program": "*", "kind": "denied"}])");
    EXPECT_NE(type(add()).exitCode, 0);
    EXPECT_TRUE(says(type("certutil -f -addstore ROOT ia1.der"), "0x80070005"));
    EXPECT_EQ(records(), 0u);
    EXPECT_EQ(count("ROOT"), 0u);
}

TEST_F(FaultsTest, GarbageIsAMegabyteOfBytesThatAreNoTextAndTheCommandWorked)
{
    fault(R"([{"program": "netsh", "kind": "garbage"}])");
    const Reply reply = type(add());
    EXPECT_EQ(reply.exitCode, 0);
    EXPECT_GE(reply.text.size(), 1024u * 1024);
    EXPECT_FALSE(isUtf8(reply.text));
    EXPECT_TRUE(says(reply, "\x1b["));
    EXPECT_EQ(records(), 1u);
    const auto shown = act(Command{"C:\\Windows\\System32\\netsh.exe", {"http", "show", "sslcert"}});
    ASSERT_TRUE(shown);
    EXPECT_TRUE(isUtf8(shown->text)) << "what the port hands on is UTF-8";
}

TEST_F(FaultsTest, WorksAndReportsFailure)
{
    fault(R"([{"program": "netsh", "kind": "reports-failure", "exit_code": 183}])");
    const Reply reply = type(add());
    EXPECT_EQ(reply.exitCode, 183);
    EXPECT_TRUE(says(reply, "Cannot create a file when that file already exists."));
    EXPECT_EQ(records(), 1u);
}

TEST_F(FaultsTest, AnotherWriterLeavesARecordWithTheDefaultsOfIis)
{
    fault(R"([{"program": "*", "kind": "other-writer"}])");
    EXPECT_EQ(type(add() + " clientcertnegotiation=enable sslctlstorename=iis_client_trust").exitCode, 0);
    ASSERT_EQ(records(), 1u);
    EXPECT_EQ(backend().records()->front().flags, 0u);
    EXPECT_EQ(backend().records()->front().ctlStore, "");
    EXPECT_EQ(backend().records()->front().thumbprint, m_hash);
    EXPECT_EQ(type("netsh http delete sslcert ipport=0.0.0.0:443").exitCode, 0);
    EXPECT_EQ(records(), 1u) << "created anew";
}

TEST_F(FaultsTest, AnotherWriterPutsBackEverythingElse)
{
    fault(R"([{"program": "*", "kind": "other-writer"}])");
    const std::string configuration = readFileText("inetsrv/config/applicationHost.config");
    EXPECT_EQ(type("certutil -f -addstore ROOT ia1.der").exitCode, 0);
    EXPECT_EQ(count("ROOT"), 0u);
    EXPECT_EQ(type("certutil -delstore MY HASH").exitCode, 0);
    EXPECT_EQ(count("MY"), 1u);
    EXPECT_EQ(type(R"(reg add HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL /v SendTrustedIssuerList /t REG_DWORD /d 1)").exitCode, 0);
    EXPECT_FALSE(*backend().registryValue(kSchannelKey, "SendTrustedIssuerList"));
    EXPECT_EQ(type("appcmd set config \"Default Web Site\" /section:access /sslFlags:Ssl /commit:apphost").exitCode, 0);
    EXPECT_EQ(readFileText("inetsrv/config/applicationHost.config"), configuration);
    const std::string file = utf8(m_folder / "new.txt");
    EXPECT_TRUE(act(WriteFile{file, Bytes{1}}));
    EXPECT_FALSE(fs::exists(m_folder / "new.txt"));
}

TEST_F(FaultsTest, AHangingCommandIsStoppedWhenItsTimeIsOverAndHasDoneNothing)
{
    fault(R"([{"program": "certutil", "kind": "hang"}])");
    const auto start = steady_clock::now();
    const auto done = act(Command{"certutil", {"-f", "-addstore", "ROOT", "ia1.der"}}, {std::chrono::milliseconds(50), {}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::TimedOut);
    EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(5));
    EXPECT_EQ(count("ROOT"), 0u);
}

TEST_F(FaultsTest, AHangingCommandEndsWhenSomebodyAsksAndKeepsNobodyFromTheServer)
{
    fault(R"([{"program": "certutil", "kind": "hang"}])");
    std::stop_source stop;
    Result<Output> done = Output{};
    std::thread runs([&] { done = act(Command{"certutil", {"-f", "-addstore", "ROOT", "ia1.der"}}, {std::chrono::seconds(60), stop.get_token()}); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto start = steady_clock::now();
    EXPECT_EQ(type(add()).exitCode, 0) << "the folder is not locked while it hangs";
    stop.request_stop();
    runs.join();
    EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(5));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::Cancelled);
}

TEST_F(FaultsTest, ASlowCommandWorksInTheEnd)
{
    fault(R"([{"program": "netsh", "kind": "hang", "seconds": 0}])");
    EXPECT_EQ(type(add()).exitCode, 0);
    EXPECT_EQ(records(), 1u);
}

TEST_F(FaultsTest, MonbansOwnActionsGoWrongAsWell)
{
    const std::string file = utf8(m_folder / "page.aspx");
    const auto code = [&](const std::string& kind) {
        fault(R"([{"program": "write-file", "arguments": "page.aspx", "kind": ")" + kind + "\"}]");
        const auto done = act(WriteFile{file, Bytes{1, 2}}, {std::chrono::milliseconds(20), {}});
        const bool there = fs::exists(m_folder / "page.aspx");
        if (there) fs::remove(m_folder / "page.aspx");
        return std::pair(done ? std::string("ok") : std::to_string(static_cast<int>(done.error().code)), there);
    };
    const auto of = [](ErrorCode error) { return std::to_string(static_cast<int>(error)); };
    EXPECT_EQ(code("no-effect"), std::pair(std::string("ok"), false));
    EXPECT_EQ(code("fail"), std::pair(of(ErrorCode::Io), false));
    EXPECT_EQ(code("busy"), std::pair(of(ErrorCode::Busy), false));
    EXPECT_EQ(code("denied"), std::pair(of(ErrorCode::Denied), false));
    EXPECT_EQ(code("hang"), std::pair(of(ErrorCode::TimedOut), false));
    EXPECT_EQ(code("garbage"), std::pair(std::string("ok"), true));
    EXPECT_EQ(code("reports-failure"), std::pair(of(ErrorCode::Io), true));
    EXPECT_EQ(code("other-writer"), std::pair(std::string("ok"), false));
}

TEST_F(FaultsTest, APartCanBeUnreadableWhileTheRestIsSeen)
{
    fault(R"([{"program": "observe", "arguments": "stores.MY", "kind": "denied"}, {"program": "observe", "arguments": "registry", "kind": "garbage"}])");
    const Facts facts = server()->observe({});
    ASSERT_FALSE(facts.stores.at("MY"));
    EXPECT_EQ(facts.stores.at("MY").error().code, ErrorCode::Denied);
    EXPECT_TRUE(facts.stores.at("ROOT"));
    ASSERT_FALSE(facts.schannel);
    EXPECT_EQ(facts.schannel.error().code, ErrorCode::Damaged);
    EXPECT_TRUE(facts.sites);
    EXPECT_TRUE(facts.records);
}

TEST_F(FaultsTest, AnUnknownShapeIsNamedWithItsPlace)
{
    EXPECT_NE(problemWith(R"([{"program": "netsh", "kind": "explode"}])").find("reports-failure or other-writer"), std::string::npos);
    EXPECT_NE(problemWith(R"([{"program": "netsch", "kind": "fail"}])").find("the program of a fault was expected"), std::string::npos);
    EXPECT_NE(problemWith(R"([{"kind": "fail"}])").find("has no program"), std::string::npos);
    EXPECT_NE(problemWith(R"([{"program": "netsh"}])").find("has no kind"), std::string::npos);
    EXPECT_NE(problemWith(R"([{"program": "netsh", "kind": "fail", "exitcode": 1}])").find("exitcode"), std::string::npos);
    EXPECT_NE(problemWith(R"([{"program": "netsh", "kind": "hang", "seconds": "long"}])").find("whole number"), std::string::npos);
    EXPECT_NE(problemWith(R"([{"program": "netsh", "kind": "hang", "seconds": -1}])").find("whole number"), std::string::npos);
    EXPECT_NE(problemWith(R"([{"program": "observe", "kind": "hang"}])").find("only denied or garbage"), std::string::npos);
    EXPECT_NE(problemWith(R"({"netsh": "fail"})").find("list in square brackets"), std::string::npos);
    EXPECT_NE(problemWith(R"(["netsh"])").find("object in braces"), std::string::npos);
    EXPECT_EQ(problemWith("[]"), "(read)");
    EXPECT_EQ(problemWith("null"), "(read)");
}

TEST_F(FaultsTest, FaultsStayWhenTheMachineIsWrittenAnew)
{
    fault(R"([{"program": "netsh", "arguments": "add", "kind": "fail", "exit_code": -5, "seconds": 3, "text": "x"}])");
    const auto before = backend().machine()->faults;
    change([](Machine& machine) { machine.elevated = false; });
    EXPECT_EQ(backend().machine()->faults, before);
    EXPECT_EQ(before.size(), 1u);
}

TEST_F(FaultsTest, WithoutRightsMonbansOwnActionsAreDenied)
{
    change([](Machine& machine) { machine.elevated = false; });
    const auto done = act(SetCertificateProperty{"MY", m_hash, "new name"});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::Denied);
    EXPECT_EQ(backend().store("MY")->front().friendlyName, "server");
}

TEST_F(FaultsTest, AKeyWhoseMakerWasKilledIsRemovedByTheNextOne)
{
    // As a kill leaves it: the note, and the key of which no certificate came to be.
    writeFile("keys/.being-made.json", R"(["orphan", "server-key"])");
    writeFile("keys/orphan.pem", m_serverKey.pem());
    ASSERT_TRUE(backend().transaction());
    EXPECT_FALSE(backend().key("orphan"));
    EXPECT_TRUE(backend().key("server-key")) << "a certificate refers to it";
    EXPECT_FALSE(fs::exists(m_folder / "keys" / ".being-made.json"));
}

TEST_F(FaultsTest, WhoeverTypesAnAnswerDoesNotKeepTheServerFromOthers)
{
    writeFile("ca/new.p12", pkcs12("secret"));
    int others = -1;
    const Reply reply = interpret(backend(), {"certutil", {"-importpfx", "new.p12"}, [&] {
        auto other = openFolder(m_folder);
        others = interpret(**other, {"netsh", {"http", "show", "sslcert"}, {}}).exitCode;
        return std::string("secret\n");
    }});
    EXPECT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_EQ(others, 0) << "the folder was free";
}

}  // namespace
}  // namespace monban::practice
