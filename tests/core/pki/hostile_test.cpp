// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <ctime>

#include "core/base/file.h"
#include "core/pki/inspect.h"
#include "core/pki/pem.h"
#include "tests/core/pki/der.h"

namespace monban {
namespace {

using namespace testing;

#if defined(__SANITIZE_ADDRESS__)
constexpr double kSecondsAllowed = 20;  // the sanitisers cost that much
constexpr std::size_t kLarge = 1024 * 1024;
#elif defined(_WIN32)
constexpr double kSecondsAllowed = 8;  // clock() is the wall's there, and under Wine locks are slow
constexpr std::size_t kLarge = kLargestInput;
#else
constexpr double kSecondsAllowed = 2;
constexpr std::size_t kLarge = kLargestInput;
#endif

/// Inspects in the time the product promises and gives the words of the contract.
struct Seen {
    std::string kind;
    std::string status;
    nlohmann::json report;
};
Seen look(const Bytes& bytes, const std::string& password = "")
{
    // The processor's time: others may be at work on the computer.
    const std::clock_t begin = std::clock();
    std::string copy = password;
    const Inspection inspection = inspect("hostile", bytes, Secret(std::move(copy)), hostTime());
    Seen seen{name(inspection.kind), name(inspection.status), toJson(inspection, Language::English)};
    EXPECT_FALSE(seen.report.dump().empty());
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, kSecondsAllowed);
    return seen;
}

TEST(HostileBytes, WithoutMeaningAreBroken)
{
    EXPECT_EQ(look({}).status, "broken");
    for (const Bytes& piece :
         {Bytes{0}, Bytes{0xFF}, Bytes{0x30, 0x80}, fromHex("30847fffffff"), fromHex("3089ffffffffffffffffff"),
          Bytes{0x1F, 0x80}, bytesOf("-"), bytesOf("-----BEGIN "), bytesOf("MIIB"), bytesOf("-----BEGIN X-----\n")}) {
        const Seen seen = look(repeated(piece, kLarge / piece.size()));
        EXPECT_EQ(seen.kind, "unknown") << hex(piece);
        EXPECT_NE(seen.status, "ok") << hex(piece);
    }
    EXPECT_EQ(look(Bytes(kLargestInput + 1, 0x30)).status, "unsupported");
}

TEST(HostileNesting, IsRefused)
{
    EXPECT_EQ(look(joined({repeated({0x30, 0x80}, kLarge / 4), Bytes(kLarge / 2, 0)})).kind, "unknown");
    Bytes nested{0x05, 0x00};
    for (int i = 0; i < 3000; ++i) nested = tlv(0x30, nested);
    EXPECT_EQ(look(nested).kind, "unknown");
    EXPECT_EQ(look(OddCertificate{.name = nested}.der()).status, "unsupported");
}

TEST(HostileText, IsReadOnce)
{
    const std::string begin = "-----BEGIN CERTIFICATE-----\n";
    EXPECT_EQ(look(repeated(bytesOf(begin), kLarge / begin.size())).status, "broken");
    EXPECT_EQ(look(repeated(bytesOf(begin + "MAA=\n-----END CERTIFICATE-----\n"), kLarge / 64)).status, "broken");
    EXPECT_EQ(look(joined({bytesOf("-----BEGIN "), Bytes(kLarge - 100, 'A'), bytesOf("-----\n")})).status, "broken");
    EXPECT_EQ(
        look(joined({bytesOf("-----BEGIN RSA PRIVATE KEY-----\n"), repeated(bytesOf("Proc-Type: 4\n"), kLarge / 14),
                     bytesOf("-----END RSA PRIVATE KEY-----\n")}))
            .status,
        "unsupported");
}

TEST(HostileText, WithThousandsOfCertificatesIsListed)
{
    const Bytes one = bytesOf(pemText("CERTIFICATE", OddCertificate{}.der()));
    const Seen some = look(repeated(one, 2000));
    EXPECT_EQ(some.status, "ok");
    EXPECT_EQ(some.report["certificates"].size(), 2000u);
    const Seen many = look(repeated(one, 8000));
    EXPECT_EQ(many.status, "ok");
    EXPECT_GT(many.report["certificates"].size(), 1999u);
    EXPECT_NE(many.report["findings"].dump().find("too-many-certificates"), std::string::npos)
        << "it says what it left out";
}

TEST(HostileCertificates, AreReadWithinBounds)
{
    const Bytes cn = commonName(0x0C, {});
    EXPECT_EQ(look(OddCertificate{.name = tlv(0x30, repeated(cn, 10'000))}.der()).status, "ok");
    EXPECT_EQ(look(OddCertificate{.name = tlv(0x30, repeated(cn, 500'000))}.der()).status, "unsupported");
    // What is in an octet string counts too.
    const Bytes names = extension("0603551d11", tlv(0x30, repeated(tlv(0x82, Bytes{}), 1'000'000)));
    EXPECT_EQ(look(OddCertificate{.extensions = names}.der()).status, "unsupported");
    EXPECT_EQ(look(OddCertificate{.serial = tlv(0x02, Bytes(1'000'000, 1))}.der()).status, "ok");
    EXPECT_EQ(look(OddCertificate{.extensions = extension("06032a0304", Bytes(5 * 1024 * 1024, 'x'))}.der()).status,
              "unsupported");
}

Bytes revocationList(const Bytes& entries)
{
    const Bytes toBeSigned =
        tlv(0x30, {number(1), signatureAlgorithm(), tlv(0x30, commonName(0x0C, bytesOf("CA"))),
                   tlv(0x17, bytesOf("200101000000Z")), tlv(0x17, bytesOf("490101000000Z")), tlv(0x30, entries)});
    return tlv(0x30, {toBeSigned, signatureAlgorithm(), tlv(0x03, joined({Bytes{0}, Bytes(256, 1)}))});
}

TEST(HostileLists, AreReadUpToAnHonestSize)
{
    Bytes entries;
    constexpr std::size_t kCount = 100'000;
    for (std::size_t i = 0; i < kCount; ++i) {
        const Bytes entry = tlv(0x30, {number(i + 1), tlv(0x17, bytesOf("200101000000Z"))});
        entries.insert(entries.end(), entry.begin(), entry.end());
    }
    const Seen seen = look(revocationList(entries));
    EXPECT_EQ(seen.status, "ok");
    EXPECT_EQ(seen.report["crl"]["revoked_count"], kCount);
    const Bytes one = tlv(0x30, {number(7), tlv(0x17, bytesOf("200101000000Z"))});
    EXPECT_EQ(look(revocationList(repeated(one, 450'000))).status, "unsupported");
    EXPECT_EQ(look(revocationList(repeated(one, 10))).report["crl"]["revoked_count"], 1) << "the same number ten times";
    EXPECT_EQ(look(revocationList(bytesOf("garbage"))).status, "broken");
}

// --- PKCS#12 -------------------------------------------------------------------------------------------------------

const char* const kData = "06092a864886f70d010701";
const char* const kEncrypted = "06092a864886f70d010706";

Bytes salt() { return tlv(0x04, bytesOf("saltsalt")); }
Bytes tripleDes(std::uint64_t rounds)
{
    return tlv(0x30, {fromHex("060a2a864886f70d010c0103"), tlv(0x30, {salt(), number(rounds)})});
}
Bytes derived(const char* functionOid, const Bytes& parameters)
{
    const Bytes cipher = tlv(0x30, {fromHex("060960864801650304012a"), tlv(0x04, Bytes(16, 1))});
    return tlv(0x30, {fromHex("06092a864886f70d01050d"),
                      tlv(0x30, {tlv(0x30, {fromHex(functionOid), tlv(0x30, parameters)}), cipher})});
}
Bytes pbkdf2(std::uint64_t rounds) { return derived("06092a864886f70d01050c", joined({salt(), number(rounds)})); }
Bytes scrypt(std::uint64_t n, std::uint64_t r, std::uint64_t p)
{
    return derived("06092b06010401da47040b", joined({salt(), number(n), number(r), number(p)}));
}

Bytes encrypted(const Bytes& algorithm)
{
    return tlv(0x30,
               {fromHex(kEncrypted),
                tlv(0xA0, tlv(0x30, {number(0), tlv(0x30, {fromHex(kData), algorithm, tlv(0x80, Bytes(64, 'x'))})}))});
}
Bytes plain(const Bytes& safeContents) { return tlv(0x30, {fromHex(kData), tlv(0xA0, tlv(0x04, safeContents))}); }
Bytes shroudedKey(const Bytes& algorithm)
{
    return tlv(0x30,
               {fromHex("060b2a864886f70d010c0a0102"), tlv(0xA0, tlv(0x30, {algorithm, tlv(0x04, Bytes(64, 'y'))}))});
}
Bytes mac(const Bytes& rounds)
{
    return tlv(0x30, {tlv(0x30, {fromHex("300906052b0e03021a0500"), tlv(0x04, Bytes(20, 1))}), salt(), rounds});
}
Bytes pkcs12(const Bytes& safes, const Bytes& macData = {})
{
    return tlv(0x30, {number(3), plain(tlv(0x30, safes)), macData});
}

TEST(HostilePkcs12, WithAnAbsurdCountIsReportedAndNotComputed)
{
    for (const std::uint64_t rounds :
         {std::uint64_t{kMostIterations} + 1, std::uint64_t{2'147'483'647}, std::uint64_t{1} << 62}) {
        for (const Bytes& file :
             {pkcs12(plain(tlv(0x30, Bytes{})), mac(number(rounds))), pkcs12(encrypted(tripleDes(rounds))),
              pkcs12(encrypted(pbkdf2(rounds))), pkcs12(plain(tlv(0x30, shroudedKey(tripleDes(rounds)))))}) {
            const std::clock_t begin = std::clock();  // of the processor: a busy machine is no computation
            const Seen seen = look(file, "x");
            EXPECT_LT(std::clock() - begin, CLOCKS_PER_SEC * 3 / 10) << "nothing is computed";
            EXPECT_EQ(seen.kind, "pkcs12");
            EXPECT_EQ(seen.status, "unsupported") << rounds;
            EXPECT_EQ(seen.report["encryption"]["iterations"], rounds);
            EXPECT_NE(seen.report["reason"].get<std::string>().find(std::to_string(rounds)), std::string::npos);
        }
    }
    EXPECT_EQ(look(pkcs12(plain(tlv(0x30, Bytes{})), mac(tlv(0x02, Bytes(20, 0x7F))))).status, "unsupported");
    EXPECT_EQ(look(pkcs12(plain(tlv(0x30, Bytes{})), mac(number(0)))).status, "broken");
    EXPECT_EQ(look(pkcs12(plain(tlv(0x30, Bytes{})), mac(tlv(0x02, Bytes{0xFF})))).status, "broken");
}

TEST(HostilePkcs12, WithManyLargeCountsIsNotComputedEither)
{
    EXPECT_EQ(look(pkcs12(repeated(encrypted(tripleDes(kMostIterations)), 1000)), "x").status, "unsupported");
    EXPECT_EQ(look(pkcs12(repeated(encrypted(pbkdf2(kMostIterations)), 1000)), "x").status, "unsupported");
    EXPECT_EQ(look(pkcs12(plain(tlv(0x30, repeated(shroudedKey(tripleDes(100'000)), 1000)))), "x").status,
              "unsupported");
    EXPECT_EQ(look(pkcs12(repeated(encrypted(scrypt(16'384, 8, 1)), 500)), "x").status, "unsupported");
    EXPECT_EQ(look(pkcs12(encrypted(scrypt(std::uint64_t{1} << 30, 8, 1))), "x").status, "unsupported");
    EXPECT_EQ(look(pkcs12(encrypted(scrypt(2, 1, std::uint64_t{1} << 40))), "x").status, "unsupported");
    // Cheap ones in any number: the work in all is bounded, whatever the answer.
    look(pkcs12(repeated(encrypted(tripleDes(1)), 10'000)), "x");
    look(pkcs12(plain(tlv(0x30, repeated(shroudedKey(tripleDes(1)), 10'000)))), "x");
}

TEST(HostilePkcs12, WithManyBagsOrDeepOnesIsReadWithinBounds)
{
    const Bytes secretBag = tlv(0x30, {fromHex("060b2a864886f70d010c0a0105"), tlv(0xA0, fromHex("0500"))});
    EXPECT_EQ(look(pkcs12(plain(tlv(0x30, repeated(secretBag, 30'000))))).status, "ok");
    EXPECT_EQ(look(pkcs12(plain(tlv(0x30, repeated(secretBag, 200'000))))).status, "unsupported");
    Bytes nested = tlv(0x30, Bytes{});
    for (int i = 0; i < 15; ++i)
        nested = tlv(0x30, tlv(0x30, {fromHex("060b2a864886f70d010c0a0106"), tlv(0xA0, nested)}));
    EXPECT_EQ(look(pkcs12(plain(nested))).status, "broken");
    EXPECT_EQ(look(pkcs12(plain(Bytes(9 * 1024 * 1024, 0)))).status, "unsupported");
    const Bytes pieces = tlv(
        0x30, {number(3), tlv(0x30, {fromHex(kData), tlv(0xA0, tlv(0x24, repeated(tlv(0x04, Bytes{}), 1'000'000)))})});
    EXPECT_EQ(look(pieces).status, "unsupported");
    EXPECT_EQ(look(pkcs12({})).status, "ok") << "empty, and readable";
}

TEST(HostilePkcs12, WithAKeyMadeToKeepTheLibraryBusyIsRefused)
{
    const auto key = [](std::size_t size) {
        const Bytes large = tlv(0x02, joined({Bytes{0}, Bytes(size, 0xC1)}));
        const Bytes dsa =
            tlv(0x30, {number(0), tlv(0x30, {fromHex("06072a8648ce380401"), tlv(0x30, {large, large, number(2)})}),
                       tlv(0x04, large)});
        return pkcs12(plain(tlv(0x30, tlv(0x30, {fromHex("060b2a864886f70d010c0a0101"), tlv(0xA0, dsa)}))));
    };
    EXPECT_EQ(look(key(900)).status, "unsupported");
    EXPECT_EQ(look(key(100'000)).status, "broken");
}

TEST(HostilePkcs12, ProtectedWithACertificateIsUnsupported)
{
    const Bytes enveloped = tlv(0x30, {fromHex("06092a864886f70d010703"), tlv(0xA0, tlv(0x30, number(0)))});
    EXPECT_EQ(look(pkcs12(enveloped)).status, "unsupported");
    EXPECT_EQ(
        look(tlv(0x30, {number(3), tlv(0x30, {fromHex("06092a864886f70d010702"), tlv(0xA0, tlv(0x30, number(1)))})}))
            .status,
        "unsupported");
    EXPECT_EQ(look(tlv(0x30, {number(1), plain(tlv(0x30, Bytes{}))})).status, "unsupported") << "version 1";
}

TEST(HostilePkcs12, WithContentOfAnUnknownTypeIsBroken)
{
    for (const char* type : {"06092a864886f70d010700", "06092a864886f70d0107ff", "06012a"}) {
        const Bytes info = tlv(0x30, {fromHex(type), tlv(0xA0, tlv(0x04, Bytes{}))});
        EXPECT_EQ(look(pkcs12(info)).status, "broken") << type;
    }
}

}  // namespace
}  // namespace monban
