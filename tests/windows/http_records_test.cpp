// SPDX-License-Identifier: MIT
// Records through the stand-in for httpapi.dll, which knows nothing of our declarations, into the practice server's file
// and back.
#include "core/platform/windows/http_records.h"

#include <windows.h>

#include <wincrypt.h>

#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/base/file.h"
#include "core/plan/endpoint.h"
#include "core/platform/windows/http_api.h"
#include "core/platform/windows/text.h"
#include "core/practice/folder_backend.h"
#include "tests/support/source_folder.h"
#include "tests/windows/random_records.h"

namespace monban::windows {
namespace {

constexpr const char* kStore = "MonbanRecords";
constexpr const char* kOtherStore = "MonbanRecords 門番";

/// A LocalMachine store of the test's own with one certificate in it, which goes with it.
class TestStore {
public:
    TestStore(const std::string& name, const Bytes& der, bool hasKey) : m_name(wide(name))
    {
        const HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, m_name.c_str());
        const CERT_CONTEXT* certificate = nullptr;
        CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der.data(), static_cast<DWORD>(der.size()), CERT_STORE_ADD_REPLACE_EXISTING, &certificate);
        CRYPT_KEY_PROV_INFO key{};
        key.pwszContainerName = const_cast<wchar_t*>(L"a container");
        key.pwszProvName = const_cast<wchar_t*>(MS_STRONG_PROV_W);
        key.dwProvType = PROV_RSA_FULL;
        if (hasKey) CertSetCertificateContextProperty(certificate, CERT_KEY_PROV_INFO_PROP_ID, 0, &key);
        CertFreeCertificateContext(certificate);
        CertCloseStore(store, 0);
    }
    TestStore(const TestStore&) = delete;
    TestStore& operator=(const TestStore&) = delete;
    ~TestStore()
    {
        const DWORD flags = CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_DELETE_FLAG;
        CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, flags, m_name.c_str());
        RegDeleteTreeW(HKEY_LOCAL_MACHINE, (L"Software\\Microsoft\\SystemCertificates\\" + m_name).c_str());
    }

private:
    std::wstring m_name;
};

class HttpRecordsTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_folder = fs::temp_directory_path() / fs::unique_path("monban-http-%%%%-%%%%");
        auto backend = practice::makeFolder(m_folder, practice::Machine{});
        ASSERT_TRUE(backend) << backend.error().detail;
        m_backend = std::move(*backend);
        SetEnvironmentVariableW(L"MONBAN_LAB", m_folder.c_str());
        const auto der = readFile(pathFromUtf8(support::kSourceFolder) / "tests/data/pki/leaf.der");
        ASSERT_TRUE(der) << der.error().detail;
        m_der = *der;
        BYTE hash[20];
        DWORD size = sizeof hash;
        ASSERT_TRUE(CryptHashCertificate(0, CALG_SHA1, 0, m_der.data(), static_cast<DWORD>(m_der.size()), hash, &size));
        m_thumbprint = hex({hash, size});
    }
    void TearDown() override
    {
        SetEnvironmentVariableW(L"MONBAN_LAB", nullptr);
        m_backend.reset();
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    HttpRecords open(const char* library = MONBAN_HTTPAPI)
    {
        auto api = loadHttpApi(pathFromUtf8(library).make_preferred());
        EXPECT_TRUE(api) << api.error().detail;
        return HttpRecords(std::move(*api));
    }
    void change(const std::function<void(practice::Machine&)>& change)
    {
        practice::Machine machine = *m_backend->machine();
        change(machine);
        ASSERT_TRUE(m_backend->writeMachine(machine));
    }
    /// A record that http.sys takes once the test's store is there.
    SslRecord usable(const std::string& at = "0.0.0.0:443") const
    {
        SslRecord record;
        record.endpoint = at;
        record.thumbprint = m_thumbprint;
        record.appId = kIisAppId;
        record.store = kStore;
        return record;
    }

    fs::path m_folder;
    std::unique_ptr<practice::Backend> m_backend;
    Bytes m_der;
    std::string m_thumbprint;
};

TEST_F(HttpRecordsTest, ReadsRandomRecordsOfAllFamiliesExactly)
{
    const HttpRecords http = open();
    Dice dice(20260101);
    // In small files: the stand-in reads the whole of one for every query.
    for (int batch = 0; batch < 60; ++batch) {
        const auto written = randomRecords(dice, 10);
        ASSERT_TRUE(m_backend->writeRecords(written));
        const auto read = http.all();
        ASSERT_TRUE(read) << read.error().detail;
        ASSERT_EQ(read->size(), written.size());
        const auto expected = byFamily(written);
        for (std::size_t i = 0; i < expected.size(); ++i)
            ASSERT_TRUE((*read)[i] == expected[i]) << name(expected[i].family) << " " << expected[i].endpoint << " came back as " << (*read)[i].endpoint;
    }
}

TEST_F(HttpRecordsTest, WritesRandomRecordsExactlyOverOldOnes)
{
    const TestStore store(kStore, m_der, true);
    const TestStore other(kOtherStore, m_der, true);
    for (const char* library : {MONBAN_HTTPAPI, MONBAN_HTTPAPI_2016}) {
        const HttpRecords http = open(library);
        Dice dice(7);
        std::vector<SslRecord> expected;
        ASSERT_TRUE(m_backend->writeRecords({}));
        for (int i = 0; i < 100; ++i) {
            SslRecord record = randomRecord(dice);
            // Some at a place that has one already, spelled in other letters.
            if (!expected.empty() && dice.once(2)) {
                const SslRecord& old = expected[dice.number(static_cast<std::uint32_t>(expected.size()))];
                record.family = old.family;
                record.endpoint = old.endpoint;
            }
            if (record.family == RecordFamily::Ccs) {
                record = {record.family, record.endpoint, {}, record.appId, {}, 0, 0, 0, {}, {}, 0};
            } else {
                record.thumbprint = m_thumbprint;
                record.store = dice.once(2) ? kStore : kOtherStore;
            }
            const auto put = http.put(record);
            ASSERT_TRUE(put) << put.error().detail;
            std::erase_if(expected, [&](const SslRecord& one) { return one.family == record.family && equalsIgnoringCase(one.endpoint, record.endpoint); });
            expected.push_back(record);
            if (expected.size() > 12) {
                ASSERT_TRUE(http.remove(expected[0].family, expected[0].endpoint));
                expected.erase(expected.begin());
            }
            const auto records = m_backend->records();
            ASSERT_TRUE(records);
            ASSERT_EQ(records->size(), expected.size());
            for (const SslRecord& one : expected) ASSERT_NE(std::ranges::find(*records, one), records->end()) << name(one.family) << " " << one.endpoint;
        }
    }
}

TEST_F(HttpRecordsTest, SpellsEveryAddressAsThePlanDoes)
{
    Dice dice(3);
    std::vector<SslRecord> written;
    for (const char* text : {"0.0.0.0:443", "[::]:443", "127.0.0.1:8443", "[::1]:443", "[::ffff:192.0.2.1]:443", "[2001:db8::7]:65535", "[2001:db8:0:1::1]:1",
                             "[fe80::1]:443", "[::1.2.3.4]:443", "[1:0:0:2::3]:443", "[fe80::5efe:192.0.2.1]:443"}) {
        const auto planned = addressEndpoint(text);
        ASSERT_TRUE(planned) << text;
        SslRecord record;
        record.endpoint = planned->text();
        record.appId = kZeroAppId;
        written.push_back(record);
    }
    ASSERT_TRUE(m_backend->writeRecords(written));
    const auto read = open().all();
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, written);
}

TEST_F(HttpRecordsTest, RefusesACertificateThatIsNotThereOrHasNoKey)
{
    for (const char* library : {MONBAN_HTTPAPI, MONBAN_HTTPAPI_2016}) {
        const HttpRecords http = open(library);
        const std::vector<SslRecord> before{[&] {
            SslRecord record = usable();
            record.flags = 0x80000002;
            return record;
        }()};
        ASSERT_TRUE(m_backend->writeRecords(before));
        const TestStore keyless(kOtherStore, m_der, false);
        SslRecord record = usable();
        record.store = kOtherStore;
        const auto withoutKey = http.put(record);
        ASSERT_FALSE(withoutKey);
        EXPECT_NE(withoutKey.error().detail.find("Windows error 1312"), std::string::npos) << withoutKey.error().detail;
        record = usable();
        record.thumbprint = std::string(40, 'c');
        EXPECT_FALSE(http.put(record));
        {
            const TestStore store(kStore, m_der, true);
            EXPECT_TRUE(http.put(usable("0.0.0.0:8443")));
            EXPECT_TRUE(http.remove(RecordFamily::IpPort, "0.0.0.0:8443"));
        }
        if (library == std::string(MONBAN_HTTPAPI)) {
            EXPECT_EQ(*m_backend->records(), before) << "a refused update changes nothing";
        } else {
            EXPECT_TRUE(m_backend->records()->empty()) << "the old record's certificate is gone, too: it cannot be put back";
        }
    }
}

TEST_F(HttpRecordsTest, PutsTheOldRecordBackWhereThereIsNoUpdate)
{
    const TestStore store(kStore, m_der, true);
    SslRecord old = usable();
    old.flags = 0x80000002;
    old.checkMode = 0x40000001;
    old.ctlStore = "門番";
    ASSERT_TRUE(m_backend->writeRecords({old}));
    SslRecord record = usable();
    record.thumbprint = std::string(40, 'c');
    EXPECT_FALSE(open(MONBAN_HTTPAPI_2016).put(record));
    EXPECT_EQ(*m_backend->records(), std::vector<SslRecord>{old});
    // The call is there, and the Windows it belongs to does not support it.
    change([](practice::Machine& machine) { machine.build = windows_build::kServer2016; });
    EXPECT_FALSE(open().put(record));
    EXPECT_EQ(*m_backend->records(), std::vector<SslRecord>{old});
    record.thumbprint = m_thumbprint;
    EXPECT_TRUE(open().put(record));
    EXPECT_EQ(*m_backend->records(), std::vector<SslRecord>{record});
}

TEST_F(HttpRecordsTest, AnswersForEachRefusalOfWindows)
{
    const TestStore store(kStore, m_der, true);
    const HttpRecords http = open();
    const auto gone = http.remove(RecordFamily::HostNamePort, "www.example.test:443");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::NotFound);
    SslRecord central;
    central.family = RecordFamily::Ccs;
    central.endpoint = "443";
    central.appId = kIisAppId;
    EXPECT_TRUE(http.put(central));
    central.flags = 2;
    const auto options = http.put(central);
    ASSERT_FALSE(options);
    EXPECT_NE(options.error().detail.find("Windows error 87"), std::string::npos) << options.error().detail;
    change([](practice::Machine& machine) { machine.elevated = false; });
    EXPECT_EQ(http.put(usable()).error().code, ErrorCode::Denied);
    EXPECT_EQ(http.remove(RecordFamily::Ccs, "443").error().code, ErrorCode::Denied);
    const auto read = http.all();
    ASSERT_TRUE(read) << "who only looks needs no right";
    EXPECT_EQ(read->size(), 1u);
}

TEST_F(HttpRecordsTest, HasNoRecordsOfAFamilyThisWindowsLacks)
{
    SslRecord scoped;
    scoped.family = RecordFamily::Ccs;
    scoped.endpoint = "www.example.test:443";
    scoped.appId = kIisAppId;
    ASSERT_TRUE(m_backend->writeRecords({scoped}));
    EXPECT_EQ(*open().all(), std::vector<SslRecord>{scoped});
    change([](practice::Machine& machine) { machine.build = windows_build::kServer2019; });
    EXPECT_EQ(*open().all(), std::vector<SslRecord>{});
    EXPECT_FALSE(open().put(scoped));
}

TEST_F(HttpRecordsTest, SaysThatTheRecordsCannotBeRead)
{
    ASSERT_TRUE(replaceFile(m_folder / "http" / "records.json", std::string("[{")));
    const auto read = open().all();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::Io) << read.error().detail;
}

TEST_F(HttpRecordsTest, IsTheStandInAndNotWinesOwn)
{
    EXPECT_FALSE(fs::exists(m_folder / "httpapi-was-here"));
    (void)open();
    const auto marker = readFile(m_folder / "httpapi-was-here");
    ASSERT_TRUE(marker);
    EXPECT_TRUE(textOf(*marker).ends_with("http_records_tests.exe\n")) << textOf(*marker);
}

TEST(HttpRecordsOpen, TakesTheLibraryOfTheSystemFolder)
{
    const auto opened = HttpRecords::open();
    EXPECT_TRUE(opened) << opened.error().detail;
}

TEST(HttpRecordsOpen, SaysThatAWindowsHasNoSuchLibrary)
{
    const auto missing = loadHttpApi(L"C:\\no folder\\httpapi.dll");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound) << missing.error().detail;
    const auto other = loadHttpApi(L"C:\\windows\\system32\\version.dll");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::Unsupported) << other.error().detail;
}

}  // namespace
}  // namespace monban::windows
