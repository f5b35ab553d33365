// SPDX-License-Identifier: MIT
#include "core/pki/pkcs12_writing.h"

#include "core/pki/pkcs12.h"
#include "tests/core/pki/tools.h"

namespace monban {
namespace {

Secret secret(std::string text) { return Secret(std::move(text)); }
std::string revealed(const Secret& secret)
{
    return secret.use([](std::string_view text) { return std::string(text); });
}

class Pkcs12Writing : public testing::Tools {
protected:
    Secret key(const std::string& name) { return secret(std::string(textOf(file(name + ".key")))); }
    Certificate certificate(const std::string& name)
    {
        auto parsed = parseCertificate(file(name + ".pem"));
        EXPECT_TRUE(parsed) << name;
        return parsed ? std::move(*parsed) : Certificate();
    }
    ErrorCode refusal(const Secret& keyPem, const Certificate& own)
    {
        const auto written = writePkcs12(keyPem, own, secret("x"));
        EXPECT_FALSE(written);
        return written ? ErrorCode::Unexpected : written.error().code;
    }
};

TEST_F(Pkcs12Writing, GivesTheCertificateAndItsKeyAndNothingElse)
{
    for (const char* kind : {"-newkey rsa:2048", "-newkey ec -pkeyopt ec_paramgen_curve:P-256", "-newkey ec -pkeyopt ec_paramgen_curve:P-384"}) {
        SCOPED_TRACE(kind);
        newKey = kind;
        makeSelfSigned("a", "/CN=www.example.jp");
        const auto written = writePkcs12(key("a"), certificate("a"), secret("Secret-1 パスワード"));
        ASSERT_TRUE(written) << inEnglish(written.error().message);
        const auto read = openPkcs12(*written, secret("Secret-1 パスワード"));
        ASSERT_TRUE(read) << inEnglish(read.error().message);
        ASSERT_EQ(read->certificates.size(), 1u);
        EXPECT_EQ(read->certificates[0].der, certificate("a").der);
        EXPECT_EQ(read->friendlyNames, std::vector<std::string>{""});
        EXPECT_EQ(read->keyCount, 1);
        EXPECT_TRUE(read->keyMatches);
        EXPECT_EQ(read->encryption.mac, "sha1");
        EXPECT_EQ(read->encryption.cipher, "PBE-SHA1-3DES");
        EXPECT_FALSE(read->encryption.needsModernWindows);
        EXPECT_EQ(revealed(read->keyPem), revealed(key("a")));
    }
}

TEST_F(Pkcs12Writing, IsReadByOpensslWithoutItsLegacyProvider)
{
    makeSelfSigned("a", "/CN=www.example.jp");
    const auto written = writePkcs12(key("a"), certificate("a"), secret("Secret-1"));
    ASSERT_TRUE(written);
    write("a.p12", *written);
    EXPECT_EQ(run("openssl pkcs12 -in a.p12 -nodes -passin pass:Secret-1 | openssl pkey -pubout"), run("openssl x509 -in a.pem -noout -pubkey"));
    const std::string info = run("openssl pkcs12 -in a.p12 -info -noout -passin pass:Secret-1");
    EXPECT_NE(info.find("MAC: sha1"), std::string::npos) << info;
    EXPECT_NE(info.find("pbeWithSHA1And3-KeyTripleDES-CBC"), std::string::npos) << info;
    EXPECT_FALSE(runs("openssl pkcs12 -in a.p12 -noout -passin pass:Secret-2"));
}

TEST_F(Pkcs12Writing, TwoFilesOfTheSameKeyDiffer)
{
    makeSelfSigned("a", "/CN=www.example.jp");
    const auto one = writePkcs12(key("a"), certificate("a"), secret("x"));
    const auto other = writePkcs12(key("a"), certificate("a"), secret("x"));
    ASSERT_TRUE(one && other);
    EXPECT_NE(*one, *other) << "salts are random";
}

TEST_F(Pkcs12Writing, RefusesWhatDoesNotBelongTogetherAndWhatIsNoKey)
{
    makeSelfSigned("a", "/CN=www.example.jp");
    makeSelfSigned("b", "/CN=www.example.jp");
    EXPECT_EQ(refusal(key("b"), certificate("a")), ErrorCode::InvalidInput);
    EXPECT_EQ(refusal(key("a"), Certificate()), ErrorCode::InvalidInput);
    EXPECT_EQ(refusal(secret("no key"), certificate("a")), ErrorCode::Damaged);
    EXPECT_EQ(refusal(Secret(), certificate("a")), ErrorCode::Damaged);
    run("openssl pkcs8 -topk8 -in a.key -out locked.key -passout pass:y");
    EXPECT_EQ(refusal(key("locked"), certificate("a")), ErrorCode::Damaged) << "nobody may be asked for a password";
}

}  // namespace
}  // namespace monban
