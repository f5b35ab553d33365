// SPDX-License-Identifier: MIT
#include "tests/windows/store_fixture.h"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include "core/base/utf8.h"
#include "core/platform/windows/text.h"

namespace monban::testing {
namespace {

using windows::narrow;
using windows::wide;

std::wstring keyOf(const std::string& store) { return L"SOFTWARE\\Microsoft\\SystemCertificates\\" + wide(store); }

void setAccess(const std::string& store, const wchar_t* rights)
{
    HKEY key = nullptr;
    ASSERT_EQ(::RegCreateKeyExW(HKEY_LOCAL_MACHINE, keyOf(store).c_str(), 0, nullptr, 0, WRITE_DAC | READ_CONTROL, nullptr, &key, nullptr), 0);
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    ASSERT_TRUE(::ConvertStringSecurityDescriptorToSecurityDescriptorW(rights, SDDL_REVISION_1, &descriptor, nullptr));
    EXPECT_EQ(::RegSetKeySecurity(key, DACL_SECURITY_INFORMATION, descriptor), 0);
    ::LocalFree(descriptor);
    ::RegCloseKey(key);
}

}  // namespace

StoreTest::StoreTest() : m_containers(containers())
{
    for (const char* store : {kStore, kOtherStore}) removeStore(store);
}

StoreTest::~StoreTest()
{
    for (const std::string& store : m_forbidden) setAccess(store, L"D:(A;;KA;;;WD)");
    // The throw-away prefix has no certificates of its own in these.
    for (const char* store : {kStore, kOtherStore, "CA", "REQUEST"}) removeStore(store);
    for (const std::string& container : newContainers()) {
        HCRYPTPROV none = 0;
        ::CryptAcquireContextW(&none, wide(container).c_str(), MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_DELETEKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT);
    }
}

std::set<std::string> StoreTest::containers()
{
    std::set<std::string> names;
    HCRYPTPROV provider = 0;
    EXPECT_TRUE(::CryptAcquireContextW(&provider, nullptr, MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT | CRYPT_MACHINE_KEYSET));
    char name[512] = {};
    DWORD size = sizeof name;
    for (DWORD which = CRYPT_FIRST; ::CryptGetProvParam(provider, PP_ENUMCONTAINERS, reinterpret_cast<BYTE*>(name), &size, which | CRYPT_MACHINE_KEYSET);
         which = CRYPT_NEXT, size = sizeof name)
        names.insert(name);
    ::CryptReleaseContext(provider, 0);
    return names;
}

std::set<std::string> StoreTest::newContainers() const
{
    std::set<std::string> names = containers();
    for (const std::string& before : m_containers) names.erase(before);
    return names;
}

std::set<std::string> StoreTest::written(const std::string& store)
{
    std::set<std::string> thumbprints;
    HKEY key = nullptr;
    if (::RegOpenKeyExW(HKEY_LOCAL_MACHINE, (keyOf(store) + L"\\Certificates").c_str(), 0, KEY_READ, &key) != 0) return thumbprints;
    wchar_t name[256];
    DWORD size = 256;
    for (DWORD i = 0; ::RegEnumKeyExW(key, i, name, &size, nullptr, nullptr, nullptr, nullptr) == 0; ++i, size = 256)
        thumbprints.insert(lowerAscii(narrow(name)));
    ::RegCloseKey(key);
    return thumbprints;
}

std::optional<StoredCertificate> StoreTest::seen(const std::string& store, const std::string& thumbprint)
{
    windows::CertificateStores reader;
    const auto all = reader.read(store);
    if (!all) {
        EXPECT_EQ(all.error().code, ErrorCode::NotFound) << inEnglish(all.error().message);
        return std::nullopt;
    }
    for (const StoredCertificate& one : *all)
        if (one.certificate.thumbprintSha1 == thumbprint) return one;
    return std::nullopt;
}

std::optional<windows::KeyLink> StoreTest::linkIn(const std::string& store, const std::string& thumbprint)
{
    const auto handle = windows::openMachineStore(store, windows::StoreUse::Read);
    if (!handle) return std::nullopt;
    const auto found = windows::certificatesIn(handle->get(), thumbprint);
    return found.empty() ? std::nullopt : windows::keyLinkOf(found.front().get());
}

windows::KeyLink StoreTest::makeContainer(const std::wstring& name)
{
    HCRYPTPROV provider = 0;
    EXPECT_TRUE(::CryptAcquireContextW(&provider, name.c_str(), MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_NEWKEYSET | CRYPT_MACHINE_KEYSET | CRYPT_SILENT));
    HCRYPTKEY key = 0;
    EXPECT_TRUE(::CryptGenKey(provider, AT_KEYEXCHANGE, 2048u << 16, &key));
    ::CryptDestroyKey(key);
    ::CryptReleaseContext(provider, 0);
    return {name, MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_MACHINE_KEYSET, AT_KEYEXCHANGE};
}

void StoreTest::put(const std::string& store, const Bytes& der, const std::optional<windows::KeyLink>& link, const std::string& friendlyName)
{
    const auto certificate = windows::certificateFrom(der);
    ASSERT_TRUE(worked(certificate));
    ASSERT_TRUE(worked(link ? windows::setKeyLink(certificate->get(), *link) : windows::removeKeyLink(certificate->get())));
    ASSERT_TRUE(worked(windows::setFriendlyName(certificate->get(), friendlyName)));
    const auto handle = windows::openMachineStore(store, windows::StoreUse::MakeAndChange);
    ASSERT_TRUE(worked(handle));
    ASSERT_TRUE(worked(windows::addCertificate(handle->get(), certificate->get(), CERT_STORE_ADD_REPLACE_EXISTING, "test")));
    windows::keepChanges(handle->get());
}

void StoreTest::forbidWriting(const std::string& store)
{
    setAccess(store, L"D:(A;;KR;;;WD)");
    m_forbidden.push_back(store);
}

void StoreTest::removeStore(const std::string& store) { ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, keyOf(store).c_str()); }

}  // namespace monban::testing
