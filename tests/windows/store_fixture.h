// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/platform/windows/certificate_stores.h"
#include "core/platform/windows/key_link.h"
#include "tests/windows/store_material.h"

namespace monban::testing {

constexpr const char* kStore = "MonbanTest1";
constexpr const char* kOtherStore = "MonbanTest2";

/// The LocalMachine stores and the machine's key set as a test finds them; what it adds goes when it ends. Looks at them
/// past the code that is tested.
class StoreTest : public ::testing::Test {
protected:
    StoreTest();
    ~StoreTest() override;

    /// Key containers of the machine.
    static std::set<std::string> containers();
    /// Those that are new since the test began. Wine has one container for each account that imports, so there is one at
    /// most, and a second import puts its key in the place of the first one's.
    std::set<std::string> newContainers() const;

    /// Thumbprints, in the registry itself: what lasts.
    static std::set<std::string> written(const std::string& store);
    /// What the store holds under that thumbprint, read by a reader of its own, as the next look at the server is.
    static std::optional<StoredCertificate> seen(const std::string& store, const std::string& thumbprint);
    static std::optional<windows::KeyLink> linkIn(const std::string& store, const std::string& thumbprint);

    /// A key of its own container in the machine's key set, and the link to it.
    windows::KeyLink makeContainer(const std::wstring& name);
    /// A certificate in a store with that link and name.
    static void put(const std::string& store, const Bytes& der, const std::optional<windows::KeyLink>& link, const std::string& friendlyName);

    /// Nobody may write into the store until the test ends.
    void forbidWriting(const std::string& store);

    windows::CertificateStores stores;

private:
    static void removeStore(const std::string& store);

    std::set<std::string> m_containers;
    std::vector<std::string> m_forbidden;
};

/// That it worked; otherwise what it says.
template <class T>
::testing::AssertionResult worked(const Result<T>& result)
{
    if (result) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << inEnglish(result.error().message) << " / " << result.error().detail;
}

template <class T>
std::optional<ErrorCode> refusal(const Result<T>& result)
{
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace monban::testing
