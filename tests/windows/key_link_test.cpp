// SPDX-License-Identifier: MIT
// Private keys behind certificates: which one it is, whether it signs, when it may go.
#include <atomic>
#include <stdexcept>
#include <thread>

#include "core/platform/windows/key_proof.h"
#include "core/platform/windows/time_limit.h"
#include "tests/core/pki/der.h"
#include "tests/windows/store_fixture.h"

namespace monban {
namespace {

using testing::Identity;
using testing::KeyKind;
using testing::kStore;
using testing::refusal;
using testing::worked;
using namespace std::chrono_literals;

class KeyLinkTest : public testing::StoreTest {
protected:
    /// SubjectPublicKeyInfo (RFC 8017, A.1.1) of a key that CNG holds.
    static Bytes publicKeyOf(NCRYPT_KEY_HANDLE key)
    {
        DWORD size = 0;
        EXPECT_EQ(::NCryptExportKey(key, 0, BCRYPT_RSAPUBLIC_BLOB, nullptr, nullptr, 0, &size, 0), 0);
        Bytes blob(size);
        EXPECT_EQ(::NCryptExportKey(key, 0, BCRYPT_RSAPUBLIC_BLOB, nullptr, blob.data(), size, &size, 0), 0);
        const auto* head = reinterpret_cast<const BCRYPT_RSAKEY_BLOB*>(blob.data());
        const auto at = blob.begin() + sizeof *head;
        Bytes modulus(at + head->cbPublicExp, at + head->cbPublicExp + head->cbModulus);
        modulus.insert(modulus.begin(), std::uint8_t{0});
        const Bytes rsa = testing::tlv(0x30, {testing::tlv(0x02, modulus), testing::tlv(0x02, Bytes(at, at + head->cbPublicExp))});
        return testing::tlv(0x30, {testing::fromHex("300d06092a864886f70d0101010500"), testing::tlv(0x03, {Bytes{0}, rsa})});
    }
};

TEST_F(KeyLinkTest, AnImportedKeySignsForItsOwnCertificateOnly)
{
    const Identity own = testing::selfSigned("own");
    const Pkcs12Material material = testing::materialOf(testing::pkcs12Of({&own, nullptr, {}, {}}, "x"), "x");
    ASSERT_TRUE(worked(stores.importPkcs12(testing::importOf(material, kStore), material)));
    const auto link = linkIn(kStore, own.thumbprint);
    ASSERT_TRUE(link);
    EXPECT_TRUE(worked(windows::proveKey(*link, material.certificates.front(), 10s)));
    const auto other = parseCertificate(testing::selfSigned("other").der);
    EXPECT_EQ(refusal(windows::proveKey(*link, *other, 10s)), ErrorCode::Damaged);
    windows::KeyLink nowhere = *link;
    nowhere.container = L"monban-nowhere";
    EXPECT_NE(refusal(windows::proveKey(nowhere, material.certificates.front(), 10s)), std::nullopt);
}

TEST_F(KeyLinkTest, AKeyThatWasGarbledOnItsWayIsNotTaken)
{
    const Identity own = testing::selfSigned("own", KeyKind::GarbledByWine);
    const Pkcs12Material material = testing::materialOf(testing::pkcs12Of({&own, nullptr, {}, {}}, "x"), "x");
    EXPECT_EQ(refusal(stores.importPkcs12(testing::importOf(material, kStore), material)), ErrorCode::Damaged);
    EXPECT_FALSE(seen(kStore, own.thumbprint));
    EXPECT_TRUE(newContainers().empty());
}

TEST_F(KeyLinkTest, AKeyOfCngSignsInTheFormThatVerifies)
{
    // Wine's CNG keeps no keys, but it makes and uses them.
    windows::OpenedKey key;
    windows::CngObject provider;
    ASSERT_EQ(::NCryptOpenStorageProvider(provider.out(), MS_KEY_STORAGE_PROVIDER, 0), 0);
    ASSERT_EQ(::NCryptCreatePersistedKey(provider.get(), key.cng.out(), BCRYPT_RSA_ALGORITHM, nullptr, 0, 0), 0);
    ASSERT_EQ(::NCryptFinalizeKey(key.cng.get(), 0), 0);
    const Bytes publicKey = publicKeyOf(key.cng.get());
    const Bytes data{1, 2, 3};
    const auto signature = windows::signOnce(key, 0, true, data);
    ASSERT_TRUE(worked(signature));
    EXPECT_TRUE(signatureFits(publicKey, data, signature->bytes, signature->hash));
    EXPECT_FALSE(signatureFits(publicKey, Bytes{1, 2, 4}, signature->bytes, signature->hash));
}

TEST_F(KeyLinkTest, WhatDoesNotAnswerInTimeIsLeftToItself)
{
    EXPECT_EQ(windows::within(10s, [] { return 42; }), 42);
    auto released = std::make_shared<std::atomic<bool>>(false);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(windows::within(50ms, [released] {
        while (!*released) std::this_thread::sleep_for(5ms);
        return 42;
    }), std::nullopt);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    *released = true;
    EXPECT_THROW((void)windows::within(10s, []() -> int { throw std::runtime_error("of the thread"); }), std::runtime_error);
}

TEST_F(KeyLinkTest, NamesAreComparedAsWindowsDoes)
{
    const windows::KeyLink link{L"Container", L"Provider", 1, CRYPT_MACHINE_KEYSET, AT_KEYEXCHANGE};
    windows::KeyLink other = link;
    other.container = L"CONTAINER";
    other.provider = L"pROVIDER";
    other.flags = 0;
    EXPECT_TRUE(windows::sameKey(link, other)) << "Wine loses the flag";
    other.provider = L"Another";
    EXPECT_FALSE(windows::sameKey(link, other));
    other.provider.clear();
    EXPECT_TRUE(windows::sameKey(link, other)) << "the default provider of that type may be this one";
    other.type = 24;
    EXPECT_FALSE(windows::sameKey(link, other));
    other = link;
    other.container = L"Container ";
    EXPECT_FALSE(windows::sameKey(link, other));
}

TEST_F(KeyLinkTest, OnlyANamedContainerOfTheMachineIsEverDeleted)
{
    const windows::KeyLink link = makeContainer(L"monban-deleted");
    windows::KeyLink usersOwn = link;
    usersOwn.flags = 0;
    EXPECT_TRUE(worked(windows::deleteKey(usersOwn)));
    EXPECT_TRUE(containers().contains("monban-deleted"));
    windows::KeyLink unnamed = link;
    unnamed.container.clear();
    EXPECT_TRUE(worked(windows::deleteKey(unnamed)));
    EXPECT_TRUE(worked(windows::deleteKey(link)));
    EXPECT_FALSE(containers().contains("monban-deleted"));
    EXPECT_TRUE(worked(windows::deleteKey(link))) << "gone already";
}

TEST_F(KeyLinkTest, AnExportableKeyIsSeenAsSuch)
{
    HCRYPTPROV container = 0;
    ASSERT_TRUE(::CryptAcquireContextW(&container, L"monban-exportable", MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_NEWKEYSET | CRYPT_MACHINE_KEYSET));
    HCRYPTKEY key = 0;
    ASSERT_TRUE(::CryptGenKey(container, AT_KEYEXCHANGE, 1024u << 16 | CRYPT_EXPORTABLE, &key));
    ::CryptDestroyKey(key);
    ::CryptReleaseContext(container, 0);
    EXPECT_EQ(windows::keyStateOf({L"monban-exportable", MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_MACHINE_KEYSET, AT_KEYEXCHANGE}), KeyState::Present);
    EXPECT_EQ(windows::keyStateOf({L"monban-exportable", MS_ENHANCED_PROV_W, PROV_RSA_FULL, 0, 3}), KeyState::Present) << "as Wine's own import writes it";
    EXPECT_EQ(windows::keyStateOf({L"monban-exportable", MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_MACHINE_KEYSET, AT_SIGNATURE}), KeyState::Missing)
        << "the container has no key for that use";
    EXPECT_EQ(windows::keyStateOf({L"monban-exportable", L"No such provider", PROV_RSA_FULL, CRYPT_MACHINE_KEYSET, AT_KEYEXCHANGE}), KeyState::Missing);
    EXPECT_EQ(windows::keyStateOf({L"monban-cng", MS_KEY_STORAGE_PROVIDER, 0, CRYPT_MACHINE_KEYSET, 0}), KeyState::Present)
        << "Wine opens no keys of CNG: an answer that is not about the key's absence";
}

TEST_F(KeyLinkTest, AnAnswerThatIsNotAboutTheKeysAbsenceDoesNotMakeItMissing)
{
    for (const DWORD answer : {DWORD{ERROR_ACCESS_DENIED}, static_cast<DWORD>(NTE_PERM), static_cast<DWORD>(E_ACCESSDENIED),
                               static_cast<DWORD>(NTE_SILENT_CONTEXT), static_cast<DWORD>(NTE_FAIL), DWORD{RPC_S_SERVER_UNAVAILABLE}})
        EXPECT_FALSE(windows::meansNoKey(answer)) << std::hex << answer;
    for (const DWORD answer : {static_cast<DWORD>(NTE_BAD_KEYSET), static_cast<DWORD>(NTE_NO_KEY), static_cast<DWORD>(NTE_NOT_FOUND)})
        EXPECT_TRUE(windows::meansNoKey(answer)) << std::hex << answer;
}

}  // namespace
}  // namespace monban
