// SPDX-License-Identifier: MIT
#include "core/practice/folder_backend.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/pki/digest.h"
#include "core/practice/folder_names.h"
#include "tests/core/practice/practice_folder.h"

namespace monban::practice {
namespace {

TEST(FileNames, HoldAnyNameAndGiveItBack)
{
    for (const char* name : {"MY", "iis_client_trust", "..", ".", "a/b\\c", "C:", "100%", "%41", "CON", "nul.txt",
                             "com1", "信頼 ストア", " x ", "tab\there", "a*?\"<>|", ".hidden", "end."}) {
        const std::string file = fileNameFor(name);
        EXPECT_EQ(nameOf(file), name);
        EXPECT_EQ(file.find_first_of("/\\:*?\"<>|\t"), std::string::npos) << file;
        EXPECT_NE(file[0], '.') << file;
    }
    EXPECT_EQ(fileNameFor("信頼"), "信頼") << "a person can read it";
    EXPECT_NE(lowerAscii(fileNameFor("CON")), "con");
    EXPECT_FALSE(fileNameFor("").empty());
    EXPECT_EQ(nameOf(fileNameFor("")), "");
    const std::string tail(300, 'x');
    EXPECT_NE(fileNameFor(tail + "a"), fileNameFor(tail + "b"));
    EXPECT_LT(fileNameFor(std::string(900, '/')).size(), 120u);
    EXPECT_TRUE(isUtf8(fileNameFor(std::string(49, 'a') + "\xE9\x96\x80" + tail)));
}

TEST(OpenFolder, SaysThatThereIsNoPracticeServer)
{
    const auto opened = openFolder("/nowhere/at/all");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::NotFound);
}

class FolderBackendTest : public PracticeFolder {};

TEST_F(FolderBackendTest, KeepsTheMachineAndWhatItDoesNotKnow)
{
    Machine machine = *backend().machine();
    machine.name = "門番";
    machine.build = windows_build::kServer2016;
    machine.clockOffsetSeconds = -86400;
    machine.elevated = false;
    machine.language = Language::Japanese;
    machine.detailedErrors = false;
    machine.stoppedServices["cryptsvc"] = "stopped";
    machine.schannelAtBoot["SendTrustedIssuerList"] = {"REG_DWORD", "1"};
    std::string text = readFileText("machine.json");
    text.insert(text.find('{') + 1, "\"faults\": [{\"program\": \"netsh\"}],");
    writeFile("machine.json", text);
    ASSERT_TRUE(backend().writeMachine(machine));
    EXPECT_NE(readFileText("machine.json").find("faults"), std::string::npos);
    const auto again = (*openFolder(m_folder))->machine();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->name, "門番");
    EXPECT_EQ(again->build, 14393);
    EXPECT_EQ(again->clockOffsetSeconds, -86400);
    EXPECT_FALSE(again->elevated);
    EXPECT_EQ(again->language, Language::Japanese);
    EXPECT_FALSE(again->detailedErrors);
    EXPECT_EQ(again->stoppedServices.count("cryptsvc"), 1u);
    EXPECT_EQ(again->schannelAtBoot.at("SendTrustedIssuerList").data, "1");
    EXPECT_EQ(again->bootTime, machine.bootTime);
}

TEST_F(FolderBackendTest, AMachineFileWithNothingInItIsADefaultServer)
{
    writeFile("machine.json", "{}");
    const auto machine = backend().machine();
    ASSERT_TRUE(machine);
    EXPECT_EQ(machine->build, 20348);
    EXPECT_EQ(machine->osName, "Windows Server 2022");
    writeFile("machine.json", "\xEF\xBB\xBF{\"os\": {\"build\": 26100}}");
    EXPECT_EQ(backend().machine()->osName, "Windows Server 2025");
}

TEST_F(FolderBackendTest, NamesFileLineAndColumnOfBrokenJson)
{
    const auto place = [&](const char* text) {
        writeFile("machine.json", text);
        const auto machine = backend().machine();
        if (machine) return std::string("read");
        EXPECT_EQ(machine.error().code, ErrorCode::Damaged);
        const auto& values = machine.error().message.values;
        EXPECT_NE(values.at(0).find("machine.json"), std::string::npos);
        return values.at(1) + ":" + values.at(2) + " " + values.at(3);
    };
    EXPECT_EQ(place("{\n  \"name\": \"門\" x\n}").substr(0, 5), "2:15 ");
    EXPECT_EQ(place("{\n  \"os\": {\"name\": \"W\",\n    \"build\": \"x\"}\n}"), "3:14 build");
    EXPECT_EQ(place("{\"elevated\": 1}"), "1:14 elevated");
    EXPECT_EQ(place("{\"language\": \"fr\"}"), "1:14 language");
    EXPECT_EQ(place("{\"a\": [1,{\"b\":\"}\"}, \"\\\"]\"], \"boot_time\":\"yesterday\"}"), "1:41 boot_time");
    EXPECT_EQ(place("[]"), "1:1 ");
    EXPECT_EQ(place("").substr(0, 3), "1:1");
    EXPECT_EQ(place("{\"clock_offset_seconds\": 99999999999999999999999999}").substr(0, 2), "1:");
}

TEST_F(FolderBackendTest, KeepsCertificatesByThumbprintWithTheirProperties)
{
    const Bytes der = testCertificate("門番");
    StoreEntry entry{der, sha1Hex(der), "サーバー", KeyState::NotExportable, "container-1"};
    ASSERT_TRUE(backend().putKey("container-1", Secret(std::string("PEM"))));
    ASSERT_TRUE(backend().putCertificate("my", entry));
    EXPECT_TRUE(fs::exists(m_folder / "stores" / "MY" / (entry.thumbprint + ".cer")));
    const auto store = backend().store("My");
    ASSERT_TRUE(store);
    ASSERT_EQ(store->size(), 1u);
    EXPECT_EQ(store->at(0).der, der);
    EXPECT_EQ(store->at(0).friendlyName, "サーバー");
    EXPECT_EQ(store->at(0).key, KeyState::NotExportable);
    EXPECT_EQ(store->at(0).keyContainer, "container-1");
    EXPECT_TRUE(backend().key("container-1")->use([](std::string_view pem) { return pem == "PEM"; }));
#ifndef _WIN32
    EXPECT_EQ(fs::status(m_folder / "keys" / "container-1.pem").permissions() & fs::perms_mask, fs::perms(0600));
#endif
    fs::remove(m_folder / "keys" / "container-1.pem");
    EXPECT_EQ(backend().store("MY")->at(0).key, KeyState::Missing);
    ASSERT_TRUE(backend().removeCertificate("MY", entry.thumbprint));
    EXPECT_TRUE(backend().store("MY")->empty());
    EXPECT_TRUE(fs::is_empty(m_folder / "stores" / "MY"));
    EXPECT_EQ(backend().removeCertificate("MY", entry.thumbprint).error().code, ErrorCode::NotFound);
}

TEST_F(FolderBackendTest, AcceptsACertificateAPersonDroppedIntoTheFolder)
{
    const auto certificate = testX509("dropped", testKey());
    const Bytes der = derOf(certificate.get());
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate.get());
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    writeFile("stores/root/my root.CER", "text before\n" + std::string(data, static_cast<std::size_t>(length)));
    BIO_free(bio);
    const auto store = backend().store("ROOT");
    ASSERT_TRUE(store);
    ASSERT_EQ(store->size(), 1u);
    EXPECT_EQ(store->at(0).thumbprint, sha1Hex(der));
    // Putting the same one gives it its own name, once.
    ASSERT_TRUE(backend().putCertificate("Root", {der, sha1Hex(der), "named", KeyState::None, ""}));
    EXPECT_EQ(backend().store("ROOT")->size(), 1u);
    EXPECT_EQ(backend().store("ROOT")->at(0).friendlyName, "named");
    ASSERT_TRUE(backend().removeCertificate("ROOT", sha1Hex(der)));
    EXPECT_TRUE(backend().store("ROOT")->empty());
}

TEST_F(FolderBackendTest, AFileThatIsNoCertificateMakesItsStoreDamagedAndNoOther)
{
    ASSERT_TRUE(backend().putCertificate("CA", {testCertificate("x"), "", "", KeyState::None, ""}));
    writeFile("stores/ROOT/broken.cer", "nonsense");
    const auto root = backend().store("ROOT");
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error().code, ErrorCode::Damaged);
    EXPECT_NE(root.error().message.values.at(0).find("broken.cer"), std::string::npos);
    EXPECT_EQ(backend().store("CA")->size(), 1u);
    EXPECT_TRUE(backend().storeNames());
}

TEST_F(FolderBackendTest, StoresHaveAnyNameAndIgnoreCase)
{
    const Bytes der = testCertificate("x");
    const std::string longName = std::string(260, 'k') + "/ストア";
    for (const std::string& name :
         {std::string("../evil"), std::string("信頼ストア"), longName, std::string("a:b|c")}) {
        ASSERT_TRUE(backend().putCertificate(name, {der, sha1Hex(der), "", KeyState::None, ""})) << name;
        EXPECT_EQ(backend().store(name)->size(), 1u);
        const auto names = backend().storeNames();
        EXPECT_NE(std::find(names->begin(), names->end(), name), names->end()) << name;
    }
    EXPECT_FALSE(fs::exists(m_folder / "evil"));
    EXPECT_EQ(backend().store("none such").error().code, ErrorCode::NotFound);
    EXPECT_TRUE(backend().store("webhosting")->empty()) << "there on every server with IIS";
    ASSERT_TRUE(backend().putCertificate("IIS_Client_Trust", {der, "", "", KeyState::None, ""}));
    EXPECT_EQ(backend().store("iis_client_trust")->size(), 1u);
    ASSERT_TRUE(backend().putCertificate("IIS_CLIENT_TRUST", {der, "", "", KeyState::None, ""}));
    const auto names = *backend().storeNames();
    EXPECT_EQ(std::count(names.begin(), names.end(), "IIS_Client_Trust"), 1);
    EXPECT_EQ(std::count(names.begin(), names.end(), "IIS_CLIENT_TRUST"), 0);
}

TEST_F(FolderBackendTest, KeepsRevocationLists)
{
    const TestKey key = testKey();
    const Bytes der = testCrl(testX509("CA", key).get(), key);
    ASSERT_TRUE(backend().putCrl("CA", {der, ""}));
    const auto crls = backend().crls("ca");
    ASSERT_EQ(crls->size(), 1u);
    EXPECT_EQ(crls->at(0).der, der);
    EXPECT_TRUE(backend().store("CA")->empty()) << "a list is no certificate";
    ASSERT_TRUE(backend().removeCrl("CA", sha1Hex(der)));
    EXPECT_TRUE(backend().crls("CA")->empty());
}

SslRecord someRecord()
{
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.thumbprint = std::string(40, 'a');
    record.appId = kIisAppId;
    record.store = "My";
    record.checkMode = check_mode::kNoUsageCheck | 0x20;
    record.freshnessSeconds = 4294967295u;
    record.ctlStore = "信頼";
    record.flags = record_flags::kNegotiateClientCertificate | 0x80000000u | record_flags::kCacheClientHello;
    return record;
}

TEST_F(FolderBackendTest, KeepsRecordsBitForBit)
{
    SslRecord ccs;
    ccs.family = RecordFamily::Ccs;
    ccs.endpoint = "443";
    ccs.appId = kZeroAppId;
    const std::vector<SslRecord> records{someRecord(), ccs};
    ASSERT_TRUE(backend().writeRecords(records));
    EXPECT_EQ(*backend().records(), records);
    fs::remove(m_folder / "http" / "records.json");
    EXPECT_TRUE(backend().records()->empty());
}

void replace(std::string& text, const std::string& from, const std::string& to)
{
    ASSERT_NE(text.find(from), std::string::npos) << from << " in " << text;
    text.replace(text.find(from), from.size(), to);
}

TEST_F(FolderBackendTest, AcceptsRecordsEditedByHandAtEitherPlace)
{
    ASSERT_TRUE(backend().writeRecords({someRecord()}));
    const std::string written = readFileText("http/records.json");

    std::string text = written;
    replace(text, "\"negotiate_client_certificate\": true", "\"negotiate_client_certificate\": false");
    writeFile("http/records.json", text);
    EXPECT_EQ(backend().records()->at(0).flags, 0x80008000u) << "the word that was changed";

    text = written;
    replace(text, "\"flags\": " + std::to_string(someRecord().flags), "\"flags\": 1");
    writeFile("http/records.json", text);
    EXPECT_EQ(backend().records()->at(0).flags, 1u) << "the number that was changed";

    writeFile(
        "http/records.json",
        R"([{"endpoint": "[::]:443", "negotiate_client_certificate": true, "check_revocation": false, "usage_check": true}])");
    const SslRecord bare = backend().records()->at(0);
    EXPECT_EQ(bare.flags, record_flags::kNegotiateClientCertificate);
    EXPECT_EQ(bare.checkMode, check_mode::kNoRevocationCheck);
    EXPECT_EQ(bare.appId, kZeroAppId);

    writeFile("http/records.json", R"([{"family": "ipport"}])");
    EXPECT_EQ(backend().records().error().code, ErrorCode::Damaged);
    writeFile("http/records.json", R"([{"endpoint": "x:1", "flags": -1}])");
    EXPECT_EQ(backend().records().error().message.values.at(3), "flags");
}

TEST_F(FolderBackendTest, TheRegistryIgnoresCaseAndSpellingOfTheHive)
{
    ASSERT_TRUE(backend().setRegistryValue(kSchannelKey, "SendTrustedIssuerList", {"REG_DWORD", "1"}));
    const auto value = backend().registryValue(
        R"(hkey_local_machine\system\currentcontrolset\control\securityproviders\schannel\)", "sendtrustedissuerlist");
    ASSERT_TRUE(value && *value);
    EXPECT_EQ(**value, (RegistryValue{"REG_DWORD", "1"}));
    EXPECT_FALSE(*backend().registryValue(kSchannelKey, "none"));
    EXPECT_FALSE(*backend().registryValue("HKLM\\none", "none"));
    EXPECT_EQ(backend().registryKey("HKLM\\none").error().code, ErrorCode::NotFound);
    EXPECT_TRUE(backend().registryKey("HKLM\\SYSTEM")->empty()) << "a key above another exists";
    EXPECT_EQ(*backend().registrySubkeys("HKLM\\system"), std::vector<std::string>{"CurrentControlSet"});
    ASSERT_TRUE(backend().setRegistryValue(std::string(kSchannelKey) + "\\Protocols", "", {}));
    EXPECT_TRUE(backend().registryKey(std::string(kSchannelKey) + "\\Protocols"));
    EXPECT_TRUE(*backend().deleteRegistryValue(kSchannelKey, "SENDTRUSTEDISSUERLIST"));
    EXPECT_FALSE(*backend().deleteRegistryValue(kSchannelKey, "SendTrustedIssuerList"));
    EXPECT_TRUE(*backend().deleteRegistryKey("HKLM\\SYSTEM"));
    EXPECT_FALSE(*backend().deleteRegistryKey("HKLM\\SYSTEM"));
    writeFile(
        "registry.json",
        R"({"HKLM\\a": {"n": {"type": "REG_DWORD", "data": "0x10"}, "b": {"type": "REG_BINARY", "data": "0G"}}})");
    EXPECT_EQ(backend().registryKey("HKLM\\a").error().code, ErrorCode::Damaged);
    writeFile("registry.json", R"({"HKLM\\a": {"n": {"type": "REG_DWORD", "data": "0x10"}}})");
    EXPECT_EQ((*backend().registryValue("HKLM\\A", "N"))->data, "16");
}

TEST_F(FolderBackendTest, KeepsConfigurationBackupsTasksAndCaches)
{
    EXPECT_EQ(backend().configuration().error().code, ErrorCode::NotFound) << "missing is not empty";
    ASSERT_TRUE(backend().writeConfiguration("<configuration/>"));
    EXPECT_EQ(*backend().configuration(), "<configuration/>");
    EXPECT_TRUE(backend().backups()->empty());
    ASSERT_TRUE(backend().writeBackup("before/monban 門", "<a/>"));
    EXPECT_EQ(*backend().backups(), std::vector<std::string>{"before/monban 門"});
    EXPECT_EQ(*backend().backup("before/monban 門"), "<a/>");
    ASSERT_TRUE(backend().removeBackup("before/monban 門"));
    EXPECT_EQ(backend().removeBackup("before/monban 門").error().code, ErrorCode::NotFound);

    const std::vector<ScheduledTask> tasks{{"revert", "monban undo", "ONCE", "12:00", "SYSTEM"}};
    ASSERT_TRUE(backend().writeTasks(tasks));
    EXPECT_EQ(*backend().tasks(), tasks);

    ASSERT_TRUE(
        backend().writeCachedCrls(CacheOwner::Service, {{"http://ca.practice/crl/ia1.crl", {1, 2}, hostTime()}}));
    EXPECT_TRUE(backend().cachedCrls(CacheOwner::Caller)->empty());
    EXPECT_EQ(backend().cachedCrls(CacheOwner::Service)->at(0).der, (Bytes{1, 2}));
}

TEST_F(FolderBackendTest, TheCaGivesOutOnlyWhatIsPublic)
{
    for (const char* name : {"ia1.crl", "ia1.key", "password.txt", "server.p12"})
        writeFile("ca/" + std::string(name), "x");
    EXPECT_TRUE(backend().caFile("ia1.crl"));
    for (const char* name :
         {"ia1.key", "password.txt", "server.p12", "../ca/ia1.crl", "/etc/x.crl", "", ".crl", "none.crl"})
        EXPECT_EQ(backend().caFile(name).error().code, ErrorCode::NotFound) << name;
    EXPECT_EQ(backend().hostPath("ia1.key"), fs::absolute(m_folder) / "ca" / "ia1.key");
    EXPECT_EQ(backend().hostPath("/tmp/ia1.key"), fs::path("/tmp/ia1.key"));
    EXPECT_EQ(backend().hostPath("nowhere.der"), fs::path("nowhere.der"));
}

TEST_F(FolderBackendTest, ATransactionNestsAndKeepsOthersOut)
{
    {
        const auto outer = backend().transaction();
        ASSERT_TRUE(outer);
        const auto inner = backend().transaction();
        ASSERT_TRUE(inner);
        ASSERT_TRUE(backend().machine());
        EXPECT_EQ(lockFile(m_folder / ".lock", 10).error().code, ErrorCode::Busy);
    }
    EXPECT_TRUE(lockFile(m_folder / ".lock", 10)) << "let go by the outermost";
}

TEST_F(FolderBackendTest, CountsRightWithSeveralWriters)
{
    writeFile("registry.json", R"({"HKLM\\n": {"count": {"type": "REG_DWORD", "data": 0}}})");
    std::vector<std::thread> threads;
    std::atomic<int> failed = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto own = openFolder(m_folder);
            for (int j = 0; j < 10; ++j) {
                const auto held = (*own)->transaction();
                const auto value = (*own)->registryValue("HKLM\\n", "count");
                if (!held || !value || !*value) {
                    ++failed;
                    continue;
                }
                const std::string next = std::to_string(std::stoi((*value)->data) + 1);
                if (!(*own)->setRegistryValue("HKLM\\n", "count", {"REG_DWORD", next})) ++failed;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ((*backend().registryValue("HKLM\\n", "count"))->data, "40");
}

TEST_F(FolderBackendTest, FilesOfSitesLieBelowTheFolderByTheirWindowsPath)
{
    const fs::path root = fs::absolute(m_folder);
    writeFile("inetpub/wwwroot/Web.config", "<configuration/>");
    EXPECT_EQ(*backend().sitePath("C:\\inetpub\\wwwroot\\Web.config"), root / "inetpub" / "wwwroot" / "Web.config");
    // The same file, under whichever spelling: Windows ignores case, and elsewhere the practice server does.
    EXPECT_TRUE(fs::equivalent(*backend().sitePath("c:/InetPub\\.\\WWWROOT\\web.config"), root / "inetpub" / "wwwroot" / "Web.config"));
    EXPECT_EQ(*backend().sitePath("C:\\inetpub\\wwwroot\\見本.html"), root / "inetpub" / "wwwroot" / pathFromUtf8("見本.html"));
    EXPECT_EQ(*backend().sitePath("C:\\Web\\.well-known\\"), root / "Web" / ".well-known");
    EXPECT_EQ(*backend().sitePath("D:\\web"), root / "d" / "web");
    for (const char* bad : {"", "inetpub", "C:", "C:inetpub", "/etc/passwd", "C:\\inetpub\\..\\..\\x", "C:\\a\\NUL",
                            "C:\\a\\x:stream", "C:\\a\\what?", "C:\\a\\x. \\y", "C:\\a\xFF"})
        EXPECT_FALSE(backend().sitePath(bad)) << bad;
    EXPECT_EQ(backend().sitePath("C:\\Stores\\ROOT").error().code, ErrorCode::Denied);
    EXPECT_EQ(backend().sitePath("C:\\machine.json").error().code, ErrorCode::Denied);
    EXPECT_EQ(backend().sitePath("\\\\server\\share").error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace monban::practice
