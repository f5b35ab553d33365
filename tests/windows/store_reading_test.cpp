// SPDX-License-Identifier: MIT
// Stores as they may be found: foreign, damaged, large.
#include <algorithm>
#include <chrono>

#include "core/base/utf8.h"
#include "tests/windows/store_fixture.h"

namespace monban {
namespace {

using testing::Identity;
using testing::kOtherStore;
using testing::KeyKind;
using testing::kStore;
using testing::refusal;
using testing::worked;

class StoreReading : public testing::StoreTest {
protected:
    /// Writes into the registry what crypt32 takes for a certificate's entry.
    static void writeBlob(const std::wstring& name, const Bytes& blob)
    {
        HKEY key = nullptr;
        const std::wstring path = L"SOFTWARE\\Microsoft\\SystemCertificates\\MonbanTest1\\Certificates\\" + name;
        ASSERT_EQ(::RegCreateKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &key, nullptr), 0);
        EXPECT_EQ(::RegSetValueExW(key, L"Blob", 0, REG_BINARY, blob.data(), static_cast<DWORD>(blob.size())), 0);
        ::RegCloseKey(key);
    }
    std::vector<std::string> thumbprintsIn(const std::string& store)
    {
        const auto all = stores.read(store);
        EXPECT_TRUE(worked(all));
        std::vector<std::string> thumbprints;
        if (all)
            for (const StoredCertificate& one : *all) thumbprints.push_back(one.certificate.thumbprintSha1);
        return thumbprints;
    }
};

TEST_F(StoreReading, NamesAreInTheirUsualSpellingAndNoStoreIsMadeByLooking)
{
    const Identity one = testing::selfSigned("one", KeyKind::Ec);
    put("webhosting", one.der, std::nullopt, {});
    EXPECT_EQ(refusal(stores.read(kStore)), ErrorCode::NotFound);
    const auto names = stores.names();
    ASSERT_TRUE(worked(names));
    EXPECT_EQ(std::ranges::count(*names, "WebHosting"), 1);
    EXPECT_EQ(std::ranges::count(*names, "ROOT"), 1);
    EXPECT_EQ(std::ranges::count(*names, kStore), 0) << "asking for it did not make it";
    EXPECT_EQ(thumbprintsIn("WEBHOSTING"), std::vector<std::string>{one.thumbprint}) << "whatever the case";
    EXPECT_EQ(::RegDeleteTreeW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\SystemCertificates\\webhosting"), 0);
}

TEST_F(StoreReading, AStoreOfAnotherComputerIsNeverAsked)
{
    for (const char* name : {"\\\\elsewhere\\MY", "MY\\.Default", "a/b", "", "tab\there", "\xff"})
        EXPECT_EQ(refusal(stores.read(name)), ErrorCode::InvalidInput) << name;
}

TEST_F(StoreReading, ADamagedCertificateFailsTheReadingAndIsNamed)
{
    const Identity whole = testing::selfSigned("whole", KeyKind::Ec);
    put(kStore, whole.der, std::nullopt, {});
    EXPECT_EQ(thumbprintsIn(kStore), std::vector<std::string>{whole.thumbprint});
    const Bytes broken = testing::withBrokenIssuer(testing::selfSigned("broken", KeyKind::Ec).der);
    put(kStore, broken, std::nullopt, {});
    const std::string thumbprint = windows::thumbprintOf(windows::certificateFrom(broken)->get());
    const auto all = stores.read(kStore);
    ASSERT_EQ(refusal(all), ErrorCode::Damaged);
    EXPECT_NE(inEnglish(all.error().message).find("certutil -delstore MonbanTest1 " + thumbprint), std::string::npos);
    ASSERT_TRUE(worked(stores.remove({kStore, thumbprint, {}, {}}))) << "and Monban could take it out";
    EXPECT_EQ(thumbprintsIn(kStore), std::vector<std::string>{whole.thumbprint});
}

TEST_F(StoreReading, WhatWindowsItselfDoesNotTakeForACertificateHidesNothing)
{
    const Identity whole = testing::selfSigned("whole", KeyKind::Ec);
    put(kStore, whole.der, std::nullopt, {});
    writeBlob(L"0000000000000000000000000000000000000000", {});
    writeBlob(L"1111111111111111111111111111111111111111", {1, 2, 3, 4, 5});
    // Property 32 is the certificate; its length is a lie.
    writeBlob(L"2222222222222222222222222222222222222222", {32, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0x30});
    writeBlob(L"no thumbprint at all", Bytes(4096, 0xff));
    EXPECT_EQ(thumbprintsIn(kStore), std::vector<std::string>{whole.thumbprint});
}

TEST_F(StoreReading, TheStateOfAKeyIsWhatOpeningItShows)
{
    const Identity none = testing::selfSigned("none", KeyKind::Ec);
    const Identity there = testing::selfSigned("there", KeyKind::Ec);
    const Identity gone = testing::selfSigned("gone", KeyKind::Ec);
    windows::KeyLink link = makeContainer(L"monban-there");
    put(kStore, none.der, std::nullopt, {});
    put(kStore, there.der, link, {});
    link.container = L"monban-gone";
    put(kStore, gone.der, link, {});
    EXPECT_EQ(seen(kStore, none.thumbprint)->key, KeyState::None);
    EXPECT_EQ(seen(kStore, there.thumbprint)->key, KeyState::NotExportable);
    EXPECT_EQ(seen(kStore, gone.thumbprint)->key, KeyState::Missing);
    EXPECT_FALSE(containers().contains("monban-gone")) << "looking makes no container";
}

TEST_F(StoreReading, AThousandCertificatesAreReadInASecondOrTwo)
{
    const std::vector<Bytes> many = testing::manyCertificates(1000);
    ASSERT_EQ(many.size(), 1000u);
    const auto store = windows::openMachineStore(kStore, windows::StoreUse::MakeAndChange);
    ASSERT_TRUE(worked(store));
    for (const Bytes& der : many)
        ASSERT_TRUE(worked(windows::addCertificate(store->get(), windows::certificateFrom(der)->get(), CERT_STORE_ADD_ALWAYS, "one of many")));
    windows::keepChanges(store->get());

    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(thumbprintsIn(kStore).size(), 1000u);
    const auto first = std::chrono::steady_clock::now();
    EXPECT_EQ(thumbprintsIn(kStore).size(), 1000u);
    const auto second = std::chrono::steady_clock::now();
    const auto milliseconds = [](auto time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); };
    RecordProperty("first_ms", std::to_string(milliseconds(first - begin)));
    RecordProperty("second_ms", std::to_string(milliseconds(second - first)));
    // A busy machine takes its time; what must not be is time that grows with the square.
    EXPECT_LT(milliseconds(second - begin), 20'000);
}

}  // namespace
}  // namespace monban
