// SPDX-License-Identifier: MIT
// What undoes an import or an answer, through the crypt32 and the registry of Wine.
#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"
#include "core/pki/digest.h"
#include "core/platform/windows/placement.h"
#include "tests/windows/store_fixture.h"

namespace monban {
namespace {

using testing::Identity;
using testing::kOtherStore;
using testing::KeyKind;
using testing::kStore;
using testing::refusal;
using testing::worked;

class StoreChanges : public testing::StoreTest {
protected:
    StoreChanges() : own(testing::selfSigned("own", KeyKind::Ec)), neighbour(testing::selfSigned("neighbour", KeyKind::Ec)) {}

    Identity own;
    Identity neighbour;
};

TEST_F(StoreChanges, ARemovalTakesTheKeyAlongUnlessAnotherCertificateNeedsIt)
{
    const windows::KeyLink link = makeContainer(L"monban-removal");
    put(kStore, own.der, link, "own");
    put(kOtherStore, neighbour.der, link, "neighbour");
    ASSERT_TRUE(worked(stores.remove({kStore, own.thumbprint, {}, {}})));
    EXPECT_EQ(written(kStore), std::set<std::string>());
    EXPECT_EQ(seen(kOtherStore, neighbour.thumbprint)->key, KeyState::NotExportable);
    ASSERT_TRUE(worked(stores.remove({kOtherStore, neighbour.thumbprint, {}, {}})));
    EXPECT_EQ(written(kOtherStore), std::set<std::string>());
    EXPECT_FALSE(containers().contains("monban-removal"));
}

TEST_F(StoreChanges, ARemovalLeavesTheRestOfBothStoresAlone)
{
    put(kStore, own.der, std::nullopt, {});
    put(kStore, neighbour.der, std::nullopt, "stays");
    const Identity issuer = testing::selfSigned("issuer", KeyKind::Ec);
    const Identity foreign = testing::selfSigned("foreign", KeyKind::Ec);
    put("CA", issuer.der, std::nullopt, {});
    put("CA", foreign.der, std::nullopt, {});
    ASSERT_TRUE(worked(stores.remove({kStore, own.thumbprint, {issuer.thumbprint, std::string(40, 'e')}, {}})));
    EXPECT_EQ(written(kStore), std::set<std::string>{neighbour.thumbprint});
    EXPECT_EQ(seen(kStore, neighbour.thumbprint)->friendlyName, "stays");
    EXPECT_EQ(written("CA"), std::set<std::string>{foreign.thumbprint});
}

TEST_F(StoreChanges, WhatIsGoneAlreadyIsRemovedWithoutAWordButAStoreHasToBeThere)
{
    put(kStore, neighbour.der, std::nullopt, {});
    EXPECT_TRUE(worked(stores.remove({kStore, own.thumbprint, {own.thumbprint}, {}})));
    EXPECT_EQ(written(kStore), std::set<std::string>{neighbour.thumbprint});
    EXPECT_EQ(refusal(stores.remove({kOtherStore, own.thumbprint, {}, {}})), ErrorCode::NotFound);
    EXPECT_EQ(refusal(stores.read(kOtherStore)), ErrorCode::NotFound) << "and is not made by looking";
}

TEST_F(StoreChanges, AWithdrawnRequestsFileGoesOnlyWhileItStillIsThatRequest)
{
    const fs::path file = fs::temp_directory_path() / fs::unique_path(pathFromUtf8("門番-%%%%-%%%%.req"));
    for (const Identity* asked : {&neighbour, &own}) {
        put("REQUEST", own.der, std::nullopt, {});
        ASSERT_TRUE(worked(replaceFile(file, testing::requestOf(*asked))));
        ASSERT_TRUE(worked(stores.remove({"REQUEST", own.thumbprint, {}, utf8(file)})));
        EXPECT_EQ(written("REQUEST"), std::set<std::string>());
        EXPECT_EQ(fs::exists(file), asked == &neighbour) << "another key's request is somebody's";
    }
    put("REQUEST", own.der, std::nullopt, {});
    EXPECT_TRUE(worked(stores.remove({"REQUEST", own.thumbprint, {}, utf8(file)}))) << "a file that is gone is no hindrance";
}

TEST_F(StoreChanges, AFriendlyNameIsSetChangedAndTakenAwayForGood)
{
    const windows::KeyLink link = makeContainer(L"monban-naming");
    put(kStore, own.der, link, {});
    for (const char* name : {"site-2026", "サーバー証明書 \U0001F6AA", ""}) {
        ASSERT_TRUE(worked(stores.setProperty({kStore, own.thumbprint, name})));
        const auto there = seen(kStore, own.thumbprint);
        ASSERT_TRUE(there);
        EXPECT_EQ(there->friendlyName, name);
        EXPECT_EQ(there->key, KeyState::NotExportable) << "nothing else is touched";
    }
    EXPECT_TRUE(worked(stores.setProperty({kStore, neighbour.thumbprint, "nobody"})));
    EXPECT_EQ(refusal(stores.setProperty({kOtherStore, own.thumbprint, "x"})), ErrorCode::NotFound);
}

TEST_F(StoreChanges, AReopenedRequestWaitsWithTheKeyAndTheNameOfItsAnswer)
{
    const Identity pending = testing::sameKeyAs(own, "pending");
    const windows::KeyLink link = makeContainer(L"monban-reopened");
    for (const bool keepsCertificate : {false, true}) {
        SCOPED_TRACE(keepsCertificate);
        const Identity issuer = testing::selfSigned("issuer", KeyKind::Ec);
        put(kStore, own.der, link, "サイト");
        put("CA", issuer.der, std::nullopt, {});
        ASSERT_TRUE(worked(stores.reopen({kStore, own.thumbprint, {issuer.thumbprint}, pending.der, pending.thumbprint, keepsCertificate})));
        const auto waiting = seen("REQUEST", pending.thumbprint);
        ASSERT_TRUE(waiting);
        EXPECT_EQ(waiting->friendlyName, "サイト");
        EXPECT_EQ(waiting->key, KeyState::NotExportable);
        const auto its = linkIn("REQUEST", pending.thumbprint);
        ASSERT_TRUE(its);
        EXPECT_TRUE(windows::sameKey(*its, link));
        EXPECT_EQ(its->flags, link.flags);
        EXPECT_EQ(its->spec, link.spec);
        EXPECT_EQ(written("CA"), std::set<std::string>());
        const auto answer = seen(kStore, own.thumbprint);
        ASSERT_EQ(answer.has_value(), keepsCertificate);
        if (!answer) continue;
        EXPECT_EQ(answer->key, KeyState::None);
        EXPECT_EQ(answer->friendlyName, "");
    }
    EXPECT_TRUE(containers().contains("monban-reopened"));
}

TEST_F(StoreChanges, ARequestThatCannotBeReopenedLeavesItsAnswerWhereItIs)
{
    const windows::KeyLink link = makeContainer(L"monban-kept");
    put(kStore, own.der, link, "own");
    EXPECT_EQ(refusal(stores.reopen({kStore, own.thumbprint, {}, {1, 2, 3}, std::string(40, 'a'), false})), ErrorCode::Damaged);
    forbidWriting("REQUEST");
    EXPECT_EQ(refusal(stores.reopen({kStore, own.thumbprint, {}, neighbour.der, neighbour.thumbprint, false})), ErrorCode::Denied);
    EXPECT_EQ(seen(kStore, own.thumbprint)->key, KeyState::NotExportable);
}

TEST_F(StoreChanges, WhatAnUnfinishedPlacementReplacedComesBackAsItWas)
{
    const windows::KeyLink link = makeContainer(L"monban-before");
    put(kStore, own.der, link, "as it was");
    const Certificate issuer = *parseCertificate(testing::selfSigned("issuer", KeyKind::Ec).der);
    const auto fresh = windows::certificateFrom(own.der);
    ASSERT_TRUE(worked(windows::setFriendlyName(fresh->get(), "new")));
    for (const bool finished : {false, true}) {
        SCOPED_TRACE(finished);
        {
            windows::Placement placement;
            ASSERT_TRUE(worked(placement.addIssuer(issuer)));
            ASSERT_TRUE(worked(placement.addOwn(kStore, fresh->get())));
            EXPECT_EQ(seen(kStore, own.thumbprint)->friendlyName, "new");
            EXPECT_EQ(seen(kStore, own.thumbprint)->key, KeyState::None) << "replaced whole";
            ASSERT_EQ(placement.replacedKeys().size(), 1u);
            EXPECT_TRUE(windows::sameKey(placement.replacedKeys().front(), link));
            if (finished) placement.keep();
        }
        EXPECT_EQ(seen(kStore, own.thumbprint)->friendlyName, finished ? "new" : "as it was");
        EXPECT_EQ(seen(kStore, own.thumbprint)->key, finished ? KeyState::None : KeyState::NotExportable);
        EXPECT_EQ(written("CA").size(), finished ? 1u : 0u);
    }
}

}  // namespace
}  // namespace monban
