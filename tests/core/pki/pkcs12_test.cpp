// SPDX-License-Identifier: MIT
#include "core/pki/pkcs12.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <cstdlib>

#include "core/base/file.h"
#include "tests/core/pki/tools.h"

namespace monban {
namespace {

Secret secret(std::string text) { return Secret(std::move(text)); }

/// A server certificate under a root, as files of the openssl program, and PKCS#12 files made of them.
class Pkcs12File : public testing::Tools {
protected:
    Pkcs12File()
    {
        makeSelfSigned("root", "/O=日本語株式会社/CN=Root");
        issue("leaf", "/CN=www.example.jp", "root", "subjectAltName=DNS:www.example.jp\nextendedKeyUsage=serverAuth\n");
    }

    std::string exported(const std::string& name, const std::string& options)
    {
        run("openssl pkcs12 -export -inkey leaf.key -in leaf.pem -certfile root.pem -name 'サーバー証明書' -out " +
            name + " " + options);
        return name;
    }
    Pkcs12Contents opened(const std::string& name, const std::string& password)
    {
        auto contents = openPkcs12(file(name), secret(password));
        EXPECT_TRUE(contents) << name << ": " << (contents ? "" : inEnglish(contents.error().message));
        return contents ? std::move(*contents) : Pkcs12Contents();
    }
    ErrorCode refusal(const std::string& name, const std::string& password)
    {
        auto contents = openPkcs12(file(name), secret(password));
        EXPECT_FALSE(contents) << name;
        return contents ? ErrorCode::Unexpected : contents.error().code;
    }
    std::string thumbprint(const std::string& name)
    {
        auto certificate = parseCertificate(file(name));
        return certificate ? certificate->thumbprintSha1 : "none";
    }
    /// The whole file as it should be: both certificates in order, the key with the right one.
    void expectServerAndRoot(const Pkcs12Contents& contents, const std::string& friendlyName)
    {
        ASSERT_EQ(contents.certificates.size(), 2u);
        EXPECT_EQ(contents.certificates[0].thumbprintSha1, thumbprint("leaf.pem"));
        EXPECT_EQ(contents.certificates[1].thumbprintSha1, thumbprint("root.pem"));
        EXPECT_EQ(contents.friendlyNames[0], friendlyName);
        EXPECT_EQ(contents.hasPrivateKey, (std::vector<bool>{true, false}));
        EXPECT_EQ(contents.keyCount, 1);
        EXPECT_TRUE(contents.keyMatches);
    }
};

struct Variant {
    const char* options;
    const char* mac;
    const char* cipher;
    bool modern;
};

TEST_F(Pkcs12File, OfOpensslOpensInEveryVariantAndItsProtectionIsNamed)
{
    const Variant variants[] = {
        {"", "sha256", "AES-256-CBC", true},
        {"-legacy", "sha1", "PBE-SHA1-3DES", false},
        {"-legacy -descert", "sha1", "PBE-SHA1-3DES", false},
        {"-legacy -keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40", "sha1", "PBE-SHA1-RC2-40", false},
        {"-legacy -keypbe PBE-SHA1-RC4-128 -certpbe PBE-SHA1-RC2-128", "sha1", "PBE-SHA1-RC4-128", false},
        {"-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-2DES", "sha1", "PBE-SHA1-2DES", false},
        {"-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1", "sha1", "PBE-SHA1-3DES", false},
        {"-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha256", "sha256", "PBE-SHA1-3DES", true},
        {"-macalg sha512", "sha512", "AES-256-CBC", true},
        {"-macalg sha384 -keypbe AES-128-CBC", "sha384", "AES-128-CBC", true},
        {"-keypbe AES-192-CBC -certpbe AES-128-CBC", "sha256", "AES-192-CBC", true},
        {"-keypbe DES-EDE3-CBC -certpbe DES-EDE3-CBC -macalg sha1", "sha1", "DES-EDE3-CBC", true},
        {"-keypbe NONE", "sha256", "AES-256-CBC", true},
        {"-certpbe NONE", "sha256", "AES-256-CBC", true},
        {"-keypbe NONE -certpbe NONE", "sha256", "none", true},
        {"-keypbe NONE -certpbe NONE -macalg sha1", "sha1", "none", false},
        {"-nomac", "", "AES-256-CBC", true},
        {"-nomac -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES", "", "PBE-SHA1-3DES", false},
        {"-noiter -nomaciter", "sha256", "AES-256-CBC", true},
    };
    for (const Variant& variant : variants) {
        SCOPED_TRACE(variant.options);
        exported("a.p12", std::string(variant.options) + " -passout pass:Secret-1");
        const Pkcs12Contents contents = opened("a.p12", "Secret-1");
        expectServerAndRoot(contents, "サーバー証明書");
        EXPECT_EQ(contents.encryption.mac, variant.mac);
        EXPECT_EQ(contents.encryption.cipher, variant.cipher);
        EXPECT_EQ(contents.encryption.needsModernWindows, variant.modern);
        EXPECT_EQ(contents.encryption.iterations, std::string(variant.options).find("-noiter") == 0 ? 1 : 2048);

        const auto outside = pkcs12Encryption(file("a.p12"));
        ASSERT_TRUE(outside);
        EXPECT_EQ(outside->mac, variant.mac);
        EXPECT_EQ(outside->cipher, variant.cipher);
        EXPECT_EQ(outside->needsModernWindows, variant.modern);

        if (std::string(variant.cipher) != "none") {
            EXPECT_EQ(refusal("a.p12", "secret-1"), ErrorCode::WrongPassword);
            EXPECT_EQ(refusal("a.p12", ""), ErrorCode::WrongPassword);
        }
    }
}

TEST_F(Pkcs12File, GivesTheKeyItWasMadeWith)
{
    exported("a.p12", "-passout pass:x");
    std::string key;
    opened("a.p12", "x").keyPem.use([&](std::string_view text) { key = text; });
    write("opened.key", viewOf(key));
    EXPECT_EQ(run("openssl pkey -in opened.key -pubout"), run("openssl pkey -in leaf.key -pubout"));
}

TEST_F(Pkcs12File, OpensWithEveryKindOfPassword)
{
    for (const std::string password : {"パスワード", "é€ü😀", " blanks ", "\"quotes'", "a", "\\back\\slash"}) {
        write("password.txt", viewOf(password));
        for (const char* options : {"", "-legacy"}) {
            SCOPED_TRACE(password + options);
            exported("a.p12", std::string(options) + " -passout file:password.txt");
            expectServerAndRoot(opened("a.p12", password), "サーバー証明書");
            EXPECT_EQ(refusal("a.p12", password + "x"), ErrorCode::WrongPassword);
        }
    }
}

TEST_F(Pkcs12File, OpensWithPasswordsAsOldProgramsWroteThem)
{
    // OpenSSL 1.0 widened each byte of the terminal's UTF-8; today's does so for UTF-8 of those bytes read as Latin-1.
    run("printf %s 'パス' | iconv -f latin1 -t utf-8 > widened.txt");
    exported("widened.p12", "-legacy -passout file:widened.txt");
    expectServerAndRoot(opened("widened.p12", "パス"), "サーバー証明書");
    // A terminal in Latin-1: PBES2 gets those bytes, the MAC the right characters.
    run("printf 'caf\\351' > latin1.txt");
    exported("latin1.p12", "-passout file:latin1.txt");
    expectServerAndRoot(opened("latin1.p12", "café"), "サーバー証明書");
}

TEST_F(Pkcs12File, WithoutAPasswordIsTriedWithNoneAndWithTheEmptyOne)
{
    exported("empty.p12", "-passout pass:");
    exported("legacy.p12", "-legacy -passout pass:");
    exported("nomac.p12", "-legacy -nomac -passout pass:");
    for (const char* kind : {"null", "empty"})
        run(std::string(
                "certtool --to-p12 --load-privkey leaf.key --load-certificate leaf.pem --load-ca-certificate root.pem "
                "--p12-name x --outder --") +
            kind + "-password --outfile " + kind + ".p12");
    for (const char* name : {"empty.p12", "legacy.p12", "nomac.p12", "null.p12"})
        EXPECT_TRUE(opened(name, "").keyMatches) << name;
    EXPECT_TRUE(opened("empty.p12", "").keyMatches);
    EXPECT_EQ(refusal("legacy.p12", "x"), ErrorCode::WrongPassword);
}

TEST_F(Pkcs12File, OfGnuTlsOpens)
{
    // certtool cannot write Japanese names: it widens the bytes of UTF-8.
    for (const std::string cipher : {"3des-pkcs12", "aes-256"}) {
        SCOPED_TRACE(cipher);
        run("certtool --to-p12 --load-privkey leaf.key --load-certificate leaf.pem --load-ca-certificate root.pem "
            "--p12-name gnutls "
            "--password パスワード --pkcs-cipher " +
            cipher + " --outder --outfile a.p12");
        expectServerAndRoot(opened("a.p12", "パスワード"), "gnutls");
        EXPECT_EQ(refusal("a.p12", "パスワーど"), ErrorCode::WrongPassword);
    }
}

TEST_F(Pkcs12File, OfNssOpens)
{
    exported("a.p12", "-passout pass:x");
    run("mkdir nss && certutil -N -d sql:nss --empty-password && pk12util -i a.p12 -d sql:nss -W x");
    for (const std::string options : {"-c 'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC' -M SHA-1",
                                      "-c AES-256-CBC -C AES-256-CBC -M SHA-512"}) {
        SCOPED_TRACE(options);
        run("pk12util -o nss.p12 -d sql:nss -n 'サーバー証明書' -W パスワード " + options);
        expectServerAndRoot(opened("nss.p12", "パスワード"), "サーバー証明書");
    }
    EXPECT_EQ(refusal("nss.p12", "x"), ErrorCode::WrongPassword);
}

TEST_F(Pkcs12File, OfJavaOpens)
{
    for (const std::string option : {"", "-J-Dkeystore.pkcs12.legacy"}) {
        run("LC_ALL=C.UTF-8 keytool " + option +
            " -genkeypair -alias key -keyalg RSA -keysize 2048 -dname 'CN=ジャバ,O=日本' -ext san=dns:j.example "
            "-storetype PKCS12 -keystore java.p12 -storepass secret1");
        const Pkcs12Contents contents = opened("java.p12", "secret1");
        ASSERT_EQ(contents.certificates.size(), 1u);
        EXPECT_EQ(contents.certificates[0].subject, "CN=ジャバ,O=日本");
        EXPECT_EQ(contents.friendlyNames[0], "key");
        EXPECT_TRUE(contents.keyMatches);
        EXPECT_EQ(refusal("java.p12", "secret2"), ErrorCode::WrongPassword);
        run("rm java.p12");
    }
}

TEST_F(Pkcs12File, WithoutKeyOrCertificateIsReadable)
{
    run("openssl pkcs12 -export -nokeys -in leaf.pem -out nokey.p12 -passout pass:x");
    const Pkcs12Contents noKey = opened("nokey.p12", "x");
    EXPECT_EQ(noKey.keyCount, 0);
    EXPECT_EQ(noKey.certificates.size(), 1u);
    run("openssl pkcs12 -export -nocerts -inkey leaf.key -out nocert.p12 -passout pass:x");
    const Pkcs12Contents noCertificate = opened("nocert.p12", "x");
    EXPECT_EQ(noCertificate.keyCount, 1);
    EXPECT_TRUE(noCertificate.certificates.empty());
    EXPECT_FALSE(noCertificate.keyPem.empty());
}

TEST_F(Pkcs12File, WithSeveralKeysSaysWhichCertificatesHaveOne)
{
    exported("a.p12", "-passout pass:x");
    issue("other", "/CN=other", "root", "subjectAltName=DNS:other\n");
    run("openssl pkcs12 -export -inkey other.key -in other.pem -name other -out b.p12 -passout pass:x");
    run("mkdir nss && certutil -N -d sql:nss --empty-password && pk12util -i a.p12 -d sql:nss -W x && pk12util -i "
        "b.p12 -d sql:nss -W x");
    run("keytool -importkeystore -noprompt -srckeystore a.p12 -srcstorepass x -destkeystore two.p12 -deststorepass "
        "secret1 -deststoretype pkcs12 && "
        "keytool -importkeystore -noprompt -srckeystore b.p12 -srcstorepass x -destkeystore two.p12 -deststorepass "
        "secret1 -deststoretype pkcs12");
    const Pkcs12Contents contents = opened("two.p12", "secret1");
    EXPECT_EQ(contents.keyCount, 2);
    EXPECT_EQ(std::count(contents.hasPrivateKey.begin(), contents.hasPrivateKey.end(), true), 2);
    EXPECT_TRUE(contents.keyMatches);
}

TEST_F(Pkcs12File, ThatIsDamagedIsNotTakenForAWrongPassword)
{
    for (const char* options : {"", "-legacy", "-certpbe NONE"}) {
        SCOPED_TRACE(options);
        exported("a.p12", std::string(options) + " -passout pass:x");
        const Bytes whole = file("a.p12");
        for (std::size_t size : {whole.size() / 4, whole.size() / 2, whole.size() - 1})
            EXPECT_EQ(openPkcs12(ByteView(whole).first(size), secret("x")).error().code, ErrorCode::Damaged) << size;
        // Altered in the certificates and in the key: the other part still opens, so the password is right.
        for (std::size_t at : {whole.size() / 3, whole.size() * 2 / 3}) {
            Bytes altered = whole;
            altered[at] ^= 0x55;
            auto result = openPkcs12(altered, secret("x"));
            ASSERT_FALSE(result);
            EXPECT_EQ(result.error().code, ErrorCode::Damaged) << at;
            EXPECT_EQ(openPkcs12(altered, secret("y")).error().code, ErrorCode::WrongPassword) << at;
        }
    }
}

TEST_F(Pkcs12File, OfAnUnknownCipherIsUnsupported)
{
    exported("a.p12", "-passout pass:x");
    Bytes bytes = file("a.p12");
    // 2.16.840.1.101.3.4.1.42 is AES-256-CBC; .63 is nothing.
    const Bytes aes = *bytesFromHex("060960864801650304012a");
    int found = 0;
    for (auto at = bytes.begin(); (at = std::search(at, bytes.end(), aes.begin(), aes.end())) != bytes.end();
         ++at, ++found)
        at[10] = 0x3F;
    ASSERT_GE(found, 1);
    EXPECT_EQ(openPkcs12(bytes, secret("x")).error().code, ErrorCode::Unsupported);
    EXPECT_EQ(pkcs12Encryption(bytes)->windows, WindowsReads::None);
}

TEST_F(Pkcs12File, WithPbmac1IsUnsupportedByName)
{
    exported("a.p12", "-passout pass:x -macalg sha256");
    Bytes bytes = file("a.p12");
    // The MAC's algorithm, SHA-256 (2.16.840.1.101.3.4.2.1), becomes 1.2.840.113549.1.5.14, which has the same length.
    const Bytes sha256 = *bytesFromHex("0609608648016503040201");
    const Bytes pbmac1 = *bytesFromHex("06092a864886f70d01050e");
    const auto last = std::find_end(bytes.begin(), bytes.end(), sha256.begin(), sha256.end());
    ASSERT_NE(last, bytes.end());
    std::copy(pbmac1.begin(), pbmac1.end(), last);
    auto result = openPkcs12(bytes, secret("x"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Unsupported);
    EXPECT_NE(inEnglish(result.error().message).find("PBMAC1"), std::string::npos);
    EXPECT_EQ(pkcs12Encryption(bytes)->mac, "pbmac1");
}

TEST_F(Pkcs12File, InTextFormIsRefusedWithAWayOut)
{
    run("certtool --to-p12 --load-privkey leaf.key --load-certificate leaf.pem --p12-name x --password x --outfile "
        "text.p12");
    EXPECT_EQ(refusal("text.p12", "x"), ErrorCode::Unsupported);
}

TEST_F(Pkcs12File, IsOpenedWhateverTheMachinesOpensslConfigurationSays)
{
    exported("a.p12", "-legacy -passout pass:x");
    write("broken.cnf",
          viewOf("openssl_conf = init\n[init]\nproviders = p\nalg_section = a\n[p]\nbase = b\n[b]\nactivate = 1\n"
                 "[a]\ndefault_properties = fips=yes\n"));
    // In a new process, as the library reads its configuration once.
    const std::string self = fs::read_symlink("/proc/self/exe").string();
    EXPECT_FALSE(runs("OPENSSL_CONF=$PWD/broken.cnf openssl pkcs12 -legacy -in a.p12 -passin pass:x -noout -nodes"))
        << "the configuration is meant to be a bad one";
    EXPECT_TRUE(
        runs("OPENSSL_CONF=$PWD/broken.cnf MONBAN_TEST_FILE=$PWD/a.p12 " + self + " --gtest_filter=Pkcs12Elsewhere.*"));
}

/// Run by the test above in another process.
TEST(Pkcs12Elsewhere, OpensTheFileOfTheEnvironment)
{
    const char* path = std::getenv("MONBAN_TEST_FILE");
    if (!path) GTEST_SKIP() << "only run by another test";
    auto bytes = readFile(path);
    ASSERT_TRUE(bytes);
    auto contents = openPkcs12(*bytes, secret("x"));
    ASSERT_TRUE(contents) << contents.error().detail;
    EXPECT_TRUE(contents->keyMatches);
}

}  // namespace
}  // namespace monban
