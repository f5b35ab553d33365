// SPDX-License-Identifier: MIT
#include "core/pki/certificate.h"

#include <algorithm>

#include "tests/core/pki/tools.h"

namespace monban {
namespace {

class CertificateFile : public testing::Tools {
protected:
    Certificate read(const std::string& name)
    {
        auto certificate = parseCertificate(file(name));
        EXPECT_TRUE(certificate) << name;
        return certificate ? *certificate : Certificate();
    }
    std::string told(const std::string& name, const std::string& option)
    {
        const std::string line = run("openssl x509 -noout -in " + name + " " + option);
        return line.substr(line.find('=') + 1);
    }
    void expectAsOpensslTells(const std::string& name)
    {
        const Certificate certificate = read(name);
        EXPECT_EQ(certificate.subject, told(name, "-subject -nameopt RFC2253,-esc_msb,utf8"));
        EXPECT_EQ(certificate.issuer, told(name, "-issuer -nameopt RFC2253,-esc_msb,utf8"));
        EXPECT_EQ(certificate.serial, lowerAscii(told(name, "-serial")));
        for (const bool sha256 : {false, true}) {
            std::string print = lowerAscii(told(name, sha256 ? "-fingerprint -sha256" : "-fingerprint -sha1"));
            std::erase(print, ':');
            EXPECT_EQ(sha256 ? certificate.thumbprintSha256 : certificate.thumbprintSha1, print);
        }
        EXPECT_EQ(rfc3339(certificate.notAfter), run("date -u -d \"$(openssl x509 -noout -enddate -in " + name +
                                                     " | cut -d= -f2)\" +%Y-%m-%dT%H:%M:%SZ"));
    }
};

TEST_F(CertificateFile, IsReadAsOpensslReadsIt)
{
    newKey = "-newkey rsa:2048";
    makeSelfSigned("root", "/C=JP/O=日本語株式会社/OU=A+CN=Root, \"quoted\" <1>;x=y #z");
    issue("leaf",
          "/C=JP/ST= 東京/O=# Spaces /CN=www.example.jp/emailAddress=a@example.jp/serialNumber=7/UID=u/DC=example",
          "root",
          "subjectAltName=DNS:www.example.jp,DNS:*.example.jp,IP:192.0.2.1,IP:2001:db8::1:0:0:1,email:x@y\n"
          "extendedKeyUsage=serverAuth,clientAuth,1.2.3.4.5\n"
          "crlDistributionPoints=URI:http://ca.example/ia1.crl,URI:ldap:///CN=x\n"
          "authorityInfoAccess=OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/ia1.der\n");
    expectAsOpensslTells("root.pem");
    expectAsOpensslTells("leaf.pem");

    const Certificate leaf = read("leaf.pem");
    EXPECT_EQ(leaf.commonName, "www.example.jp");
    EXPECT_EQ(leaf.dnsNames, (std::vector<std::string>{"www.example.jp", "*.example.jp"}));
    EXPECT_EQ(leaf.ipAddresses, (std::vector<std::string>{"192.0.2.1", "2001:db8::1:0:0:1"}));
    EXPECT_EQ(leaf.extendedKeyUsage, (std::vector<std::string>{"serverAuth", "clientAuth", "1.2.3.4.5"}));
    EXPECT_EQ(leaf.crlUrls, (std::vector<std::string>{"http://ca.example/ia1.crl", "ldap:///CN=x"}));
    EXPECT_EQ(leaf.ocspUrls, (std::vector<std::string>{"http://ocsp.example/"}));
    EXPECT_EQ(leaf.key, (PublicKey{"RSA", 2048}));
    EXPECT_EQ(leaf.signatureAlgorithm, "sha256WithRSAEncryption");
    EXPECT_EQ(leaf.signatureHash, "sha256");
    EXPECT_FALSE(leaf.isCa);
    EXPECT_FALSE(leaf.selfSigned);
    EXPECT_TRUE(read("root.pem").isCa);
    EXPECT_TRUE(read("root.pem").selfSigned);
    EXPECT_TRUE(issuedBy(leaf, read("root.pem")));
    EXPECT_FALSE(issuedBy(read("root.pem"), leaf));
}

TEST_F(CertificateFile, ReadsEveryKindOfKey)
{
    newKey = "";
    makeSelfSigned("ec", "/CN=ec", "-newkey ec -pkeyopt ec_paramgen_curve:P-384");
    makeSelfSigned("ed", "/CN=ed", "-newkey ed25519");
    makeSelfSigned("pss", "/CN=pss", "-newkey rsa-pss -pkeyopt rsa_keygen_bits:2048");
    makeSelfSigned("sha1", "/CN=sha1", "-newkey rsa:2048 -sha1");
    EXPECT_EQ(read("ec.pem").key, (PublicKey{"EC", 384}));
    EXPECT_EQ(read("ed.pem").key, (PublicKey{"Ed25519", 256}));
    EXPECT_EQ(read("pss.pem").key, (PublicKey{"RSA-PSS", 2048}));
    EXPECT_EQ(read("pss.pem").signatureHash, "sha256");
    EXPECT_EQ(read("sha1.pem").signatureHash, "sha1");
    for (const char* name : {"ec.pem", "ed.pem", "pss.pem", "sha1.pem"}) EXPECT_TRUE(read(name).selfSigned) << name;
}

TEST_F(CertificateFile, IsNotSelfSignedWithAnothersKeyUnderItsOwnName)
{
    makeSelfSigned("one", "/CN=Same Name");
    issue("two", "/CN=Same Name", "one", "basicConstraints=CA:TRUE\n");
    const Certificate two = read("two.pem");
    EXPECT_EQ(two.subject, two.issuer);
    EXPECT_FALSE(two.selfSigned);
    EXPECT_TRUE(issuedBy(two, read("one.pem")));
}

TEST_F(CertificateFile, IsACaOnlyIfItsKeyMaySignCertificates)
{
    makeSelfSigned("ca", "/CN=ca", "-addext keyUsage=keyCertSign");
    makeSelfSigned("not", "/CN=not", "-addext keyUsage=digitalSignature");
    EXPECT_TRUE(read("ca.pem").isCa);
    EXPECT_FALSE(read("not.pem").isCa);
}

TEST_F(CertificateFile, IsFoundInEveryUsualEncoding)
{
    makeSelfSigned("root", "/CN=root");
    run("openssl x509 -in root.pem -outform DER -out root.der");
    run("(echo 'Bag Attributes'; echo '    friendlyName: x'; openssl x509 -in root.pem -text) > text.pem");
    run("sed 's/$/\\r/' root.pem > crlf.pem");
    run("(printf '\\357\\273\\277'; cat root.pem) > bom.pem");
    run("(printf '\\377\\376'; iconv -t UTF-16LE root.pem) > powershell.pem");
    run("(printf '\\376\\377'; iconv -t UTF-16BE root.pem) > utf16be.pem");
    run("base64 root.der > bare.txt");
    run("base64 -w0 root.der > oneline.txt");
    run("(cat root.der; echo) > trailing.der");
    run("openssl x509 -in root.pem -trustout -addtrust serverAuth -out trusted.pem");
    run("(echo 0 s:CN=x; cat root.key root.pem) > withkey.pem");
    const Certificate root = read("root.der");
    for (const char* name : {"root.pem", "text.pem", "crlf.pem", "bom.pem", "powershell.pem", "utf16be.pem", "bare.txt",
                             "oneline.txt", "trailing.der", "trusted.pem", "withkey.pem"})
        EXPECT_EQ(read(name).thumbprintSha1, root.thumbprintSha1) << name;
    EXPECT_EQ(pem(root), textOf(file("root.pem")));
}

TEST_F(CertificateFile, ThatIsDamagedIsRefused)
{
    makeSelfSigned("root", "/CN=root");
    run("openssl x509 -in root.pem -outform DER -out root.der");
    const Bytes der = file("root.der");
    const auto codeOf = [](ByteView bytes) {
        auto result = parseCertificate(bytes);
        return result ? ErrorCode::Unexpected : result.error().code;
    };
    EXPECT_EQ(codeOf(ByteView(der).first(der.size() / 2)), ErrorCode::Damaged);
    EXPECT_EQ(codeOf({}), ErrorCode::Damaged);
    EXPECT_EQ(codeOf(viewOf("no certificate at all")), ErrorCode::Damaged);
    EXPECT_EQ(codeOf(viewOf("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")), ErrorCode::Damaged);
}

}  // namespace
}  // namespace monban
