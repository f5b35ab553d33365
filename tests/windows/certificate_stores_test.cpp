// SPDX-License-Identifier: MIT
// Import, removal and reading through the crypt32 and the registry of Wine.
#include <boost/filesystem/operations.hpp>

#include <ctime>

#include "core/base/file.h"
#include "core/base/file.h"
#include "tests/windows/prefix_search.h"
#include "tests/windows/store_fixture.h"

namespace monban {
namespace {

using testing::dataFile;
using testing::importOf;
using testing::kOtherStore;
using testing::kStore;
using testing::materialOf;
using testing::refusal;
using testing::worked;

class CertificateStoresTest : public testing::StoreTest {
protected:
    Pkcs12Material fromOpenssl(const std::string& name) { return materialOf(dataFile(name), testing::kDataPassword); }
    static RemoveImported removalOf(const ImportPkcs12& import) { return {import.store, import.thumbprint, import.chain, {}}; }
    void expectNothingLeft(const ImportPkcs12& import)
    {
        EXPECT_EQ(seen(import.store, import.thumbprint), std::nullopt);
        EXPECT_EQ(written(import.store), std::set<std::string>());
        EXPECT_EQ(written("CA"), std::set<std::string>());
        EXPECT_EQ(newContainers(), std::set<std::string>());
    }
};

TEST_F(CertificateStoresTest, AnImportPutsCertificateAndKeyIntoTheStoreAndItsIntermediateIntoCa)
{
    for (const char* file : {"3des.p12", "aes.p12"}) {
        SCOPED_TRACE(file);
        const Pkcs12Material material = fromOpenssl(file);
        const ImportPkcs12 import = importOf(material, kStore);
        ASSERT_EQ(import.chain.size(), 1u);
        const auto rootsBefore = written("ROOT");

        ASSERT_TRUE(worked(stores.importPkcs12(import, material)));
        const auto own = seen(kStore, import.thumbprint);
        ASSERT_TRUE(own);
        EXPECT_EQ(own->certificate.der, material.certificates.front().der);
        EXPECT_EQ(own->friendlyName, testing::kDataFriendlyName) << "the file's own";
        EXPECT_EQ(own->key, KeyState::NotExportable);
        const auto issuer = seen("CA", import.chain.front());
        ASSERT_TRUE(issuer);
        EXPECT_EQ(issuer->key, KeyState::None);
        EXPECT_EQ(issuer->friendlyName, "");
        EXPECT_EQ(written("ROOT"), rootsBefore) << "the root of the file goes nowhere";
        EXPECT_EQ(written(kStore), std::set<std::string>{import.thumbprint});
        EXPECT_EQ(written("CA"), std::set<std::string>{import.chain.front()});
        EXPECT_EQ(newContainers().size(), 1u);
        const auto link = linkIn(kStore, import.thumbprint);
        ASSERT_TRUE(link);
        EXPECT_EQ(link->flags & CRYPT_MACHINE_KEYSET, DWORD{CRYPT_MACHINE_KEYSET}) << "http.sys looks where the link says";

        ASSERT_TRUE(worked(stores.remove(removalOf(import))));
        expectNothingLeft(import);
    }
}

TEST_F(CertificateStoresTest, TheFriendlyNameOfTheAnswersComesBeforeTheFiles)
{
    const Pkcs12Material material = fromOpenssl("3des.p12");
    const ImportPkcs12 import = importOf(material, kStore, "門番のサイト 2026年度");
    ASSERT_TRUE(worked(stores.importPkcs12(import, material)));
    EXPECT_EQ(seen(kStore, import.thumbprint)->friendlyName, "門番のサイト 2026年度");
}

TEST_F(CertificateStoresTest, TheKeyCannotBeTakenOutAgain)
{
    const Pkcs12Material material = fromOpenssl("3des.p12");
    const ImportPkcs12 import = importOf(material, kStore);
    ASSERT_TRUE(worked(stores.importPkcs12(import, material)));
    const auto link = linkIn(kStore, import.thumbprint);
    ASSERT_TRUE(link);
    HCRYPTPROV container = 0;
    ASSERT_TRUE(::CryptAcquireContextW(&container, link->container.c_str(), link->provider.c_str(), link->type, CRYPT_MACHINE_KEYSET | CRYPT_SILENT));
    HCRYPTKEY key = 0;
    EXPECT_TRUE(::CryptGetUserKey(container, AT_KEYEXCHANGE, &key));
    DWORD size = 0;
    EXPECT_TRUE(::CryptExportKey(key, 0, PUBLICKEYBLOB, 0, nullptr, &size)) << "the key itself is in order";
    EXPECT_FALSE(::CryptExportKey(key, 0, PRIVATEKEYBLOB, 0, nullptr, &size));
    ::CryptDestroyKey(key);
    ::CryptReleaseContext(container, 0);
}

TEST_F(CertificateStoresTest, ASecondImportReplacesTheEntryWholeAndKeepsAWorkingKey)
{
    const Pkcs12Material material = fromOpenssl("3des.p12");
    const ImportPkcs12 first = importOf(material, kStore, "first");
    ASSERT_TRUE(worked(stores.importPkcs12(first, material)));
    const auto containersOfFirst = newContainers();
    ASSERT_TRUE(worked(stores.importPkcs12(importOf(material, kStore, "second"), material)));
    const auto own = seen(kStore, first.thumbprint);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->friendlyName, "second");
    EXPECT_EQ(own->key, KeyState::NotExportable);
    EXPECT_EQ(stores.read(kStore)->size(), 1u);
    EXPECT_EQ(newContainers().size(), 1u) << "the first one's key is no longer needed";
    EXPECT_EQ(newContainers(), containersOfFirst) << "Wine has one container for all imports of an account";
}

TEST_F(CertificateStoresTest, TheKeyOfAReplacedEntryGoesUnlessAnotherCertificateNeedsIt)
{
    for (const bool shared : {false, true}) {
        SCOPED_TRACE(shared);
        const Pkcs12Material material = fromOpenssl("3des.p12");
        const ImportPkcs12 import = importOf(material, kStore);
        const windows::KeyLink old = makeContainer(shared ? L"monban-shared" : L"monban-alone");
        put(kStore, material.certificates.front().der, old, "as it was");
        if (shared) put(kOtherStore, testing::selfSigned("neighbour", testing::KeyKind::Ec).der, old, {});

        ASSERT_TRUE(worked(stores.importPkcs12(import, material)));
        EXPECT_EQ(seen(kStore, import.thumbprint)->key, KeyState::NotExportable);
        EXPECT_NE(linkIn(kStore, import.thumbprint)->container, old.container);
        EXPECT_EQ(containers().contains("monban-alone"), false);
        EXPECT_EQ(containers().contains("monban-shared"), shared);
    }
}

TEST_F(CertificateStoresTest, AnIntermediateThatIsThereKeepsWhatHangsOnIt)
{
    const Pkcs12Material material = fromOpenssl("3des.p12");
    const ImportPkcs12 import = importOf(material, kStore);
    put("CA", material.certificates[1].der, std::nullopt, "中間 CA");
    ASSERT_TRUE(worked(stores.importPkcs12(import, material)));
    EXPECT_EQ(seen("CA", import.chain.front())->friendlyName, "中間 CA");
}

TEST_F(CertificateStoresTest, WhatIsNotTheFileOfThePlanIsRefusedBeforeAnythingHappens)
{
    const Pkcs12Material material = fromOpenssl("3des.p12");
    ImportPkcs12 import = importOf(material, kStore);
    import.sha256.front() = import.sha256.front() == '0' ? '1' : '0';
    EXPECT_EQ(refusal(stores.importPkcs12(import, material)), ErrorCode::Conflict);
    expectNothingLeft(import);
    import = importOf(material, kStore);
    import.thumbprint = import.chain.front();
    EXPECT_EQ(refusal(stores.importPkcs12(import, material)), ErrorCode::Conflict) << "the key is another certificate's";
    expectNothingLeft(import);
}

TEST_F(CertificateStoresTest, NothingStaysBehindOfAnImportThatIsRefused)
{
    const testing::Identity root = testing::selfSigned("Root", testing::KeyKind::Ec);
    const testing::Identity own = testing::issued("server", root, false);
    const testing::Identity other = testing::issued("other", root, false);
    const Pkcs12Material mismatch = materialOf(testing::pkcs12Of({&own, &other, {}, {}}, "x"), "x");
    EXPECT_EQ(refusal(stores.importPkcs12(importOf(mismatch, kStore), mismatch)), ErrorCode::InvalidInput);
    expectNothingLeft(importOf(mismatch, kStore));

    Pkcs12Material locked = fromOpenssl("3des.p12");
    const ImportPkcs12 import = importOf(locked, kStore);
    locked.password = Secret(std::string("wrong"));
    EXPECT_EQ(refusal(stores.importPkcs12(import, locked)), ErrorCode::WrongPassword);
    expectNothingLeft(import);

    const Pkcs12Material good = fromOpenssl("3des.p12");
    for (const char* store : {"ROOT", "Root", "CA", "AuthRoot", "TrustedPeople", "", "\\\\elsewhere\\MY", "MY\\.Default"}) {
        SCOPED_TRACE(store);
        const auto before = written(store);
        EXPECT_EQ(refusal(stores.importPkcs12(importOf(good, store), good)), ErrorCode::InvalidInput);
        EXPECT_EQ(written(store), before);
        expectNothingLeft(import);
    }
}

TEST_F(CertificateStoresTest, NothingStaysBehindWhereTheStoreCannotBeWritten)
{
    const Pkcs12Material material = fromOpenssl("3des.p12");
    const ImportPkcs12 import = importOf(material, kStore);
    forbidWriting(kStore);
    EXPECT_EQ(refusal(stores.importPkcs12(import, material)), ErrorCode::Denied) << "at the last step, after the chain";
    expectNothingLeft(import);
}

TEST_F(CertificateStoresTest, NothingStaysBehindWhereTheChainCannotBeWritten)
{
    const Pkcs12Material material = fromOpenssl("3des.p12");
    const ImportPkcs12 import = importOf(material, kStore);
    forbidWriting("CA");
    EXPECT_EQ(refusal(stores.importPkcs12(import, material)), ErrorCode::Denied);
    expectNothingLeft(import);
}

TEST_F(CertificateStoresTest, ThePasswordIsInNoFileAfterwards)
{
    const std::time_t started = std::time(nullptr) - 2;
    const Pkcs12Material material = fromOpenssl("aes.p12");
    const ImportPkcs12 import = importOf(material, kStore, "what-is-there-is-found");
    ASSERT_TRUE(worked(stores.importPkcs12(import, material)));
    ASSERT_TRUE(worked(replaceFile(fs::temp_directory_path() / "monban-control.txt", std::string("a note-to-be-found"))));
    EXPECT_FALSE(testing::PrefixSearch("what-is-there-is-found", started).found().empty()) << "the friendly name, in the registry";
    EXPECT_FALSE(testing::PrefixSearch("note-to-be-found", started).found().empty()) << "in a file";
    EXPECT_TRUE(worked(removeFile(fs::temp_directory_path() / "monban-control.txt")));
    EXPECT_EQ(testing::PrefixSearch(testing::kDataPassword, started).found(), std::vector<std::string>());
}

}  // namespace
}  // namespace monban
