// SPDX-License-Identifier: MIT
#include "core/pki/path_search.h"

#include <gtest/gtest.h>

#include "core/pki/verdict.h"
#include "core/practice/certificate_maker.h"

namespace monban {
namespace {

using namespace practice;

/// Levels of CAs, each certified several times over with one and the same key: so many ways to go.
class ManyWays : public testing::Test {
protected:
    static constexpr int kLevels = 10;
    static constexpr int kTwins = 8;

    void SetUp() override
    {
        std::vector<PkeyPtr> keys;
        for (int level = 0; level <= kLevels; ++level) keys.push_back(makeEcKey());
        X509Ptr issuer;
        for (int level = kLevels; level >= 0; --level) {
            X509Ptr last;
            for (int twin = 0; twin < (level == 0 || level == kLevels ? 1 : kTwins); ++twin) {
                NewCertificate wanted;
                wanted.subject = {{"CN", "Level " + std::to_string(level)}};
                wanted.serial = {static_cast<std::uint8_t>(level * kTwins + twin + 1)};
                wanted.notBefore = hostTime() - std::chrono::hours(1);
                wanted.notAfter = hostTime() + std::chrono::hours(1);
                wanted.ca = level > 0;
                if (level == 0) wanted.dnsNames = {"www.example.test"};
                const auto signer = static_cast<std::size_t>(std::min(level + 1, kLevels));
                auto made = makeCertificate(wanted, keys[static_cast<std::size_t>(level)].get(), {issuer.get(), keys[signer].get()});
                ASSERT_TRUE(made);
                m_all.push_back(*parseCertificate(derOf(made->get())));
                last = std::move(*made);
            }
            issuer = std::move(last);
        }
        m_leaf = m_all.back();
        m_all.pop_back();
    }

    Certificate m_leaf;
    std::vector<Certificate> m_all;  ///< the root first
};

TEST_F(ManyWays, AreNotAllTried)
{
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<Certificate> withoutRoot(std::next(m_all.begin()), m_all.end());
    EXPECT_FALSE(pathsFrom(m_leaf, withoutRoot, {}).front().reachesRoot);
    const auto paths = pathsFrom(m_leaf, withoutRoot, {m_all.front()});
    EXPECT_TRUE(paths.front().reachesRoot);
    EXPECT_EQ(paths.front().certificates.size(), static_cast<std::size_t>(kLevels) + 1);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace monban
