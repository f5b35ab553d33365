// SPDX-License-Identifier: MIT
#include "core/pki/inspect.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

#include "tests/core/pki/tools.h"

namespace monban {
namespace {

using nlohmann::json;

class InspectedFile : public testing::Tools {
protected:
    Inspection look(const std::string& name, const std::string& password = "x", Time at = hostTime())
    {
        std::string copy = password;
        return inspect(path(name), file(name), Secret(std::move(copy)), at);
    }
    json report(const std::string& name, const std::string& password = "x")
    {
        const json value = toJson(look(name, password), Language::English);
        // Strict: throws where anything is not UTF-8.
        EXPECT_FALSE(value.dump().empty());
        return value;
    }
    static std::set<std::string> ids(const Inspection& inspection)
    {
        std::set<std::string> found;
        for (const Finding& finding : inspection.findings) found.insert(finding.id);
        return found;
    }
    static std::set<std::string> keys(const json& object)
    {
        std::set<std::string> found;
        for (const auto& [key, value] : object.items()) found.insert(key);
        return found;
    }
    void makeChain(
        const std::string& leafExtensions = "subjectAltName=DNS:www.example.jp\nextendedKeyUsage=serverAuth\n")
    {
        makeSelfSigned("root", "/O=日本/CN=Root");
        issue("leaf", "/CN=www.example.jp", "root", leafExtensions);
    }
};

TEST_F(InspectedFile, HasEveryKeyOfTheContractWhateverItIs)
{
    makeChain();
    run("openssl pkcs12 -export -inkey leaf.key -in leaf.pem -certfile root.pem -out a.p12 -passout pass:x");
    write("nonsense.bin", viewOf("\xFF\xFE\x00nonsense"));
    const std::set<std::string> all{"file",    "kind", "status",     "reason",      "certificates",
                                    "request", "crl",  "encryption", "readable_by", "findings"};
    for (const char* name : {"a.p12", "leaf.pem", "leaf.csr", "nonsense.bin"})
        EXPECT_EQ(keys(report(name)), all) << name;

    const json pkcs12 = report("a.p12");
    EXPECT_EQ(pkcs12["file"], path("a.p12"));
    EXPECT_EQ(keys(pkcs12["certificates"][0]),
              (std::set<std::string>{"subject", "issuer", "serial", "thumbprint_sha1", "thumbprint_sha256",
                                     "not_before", "not_after", "dns_names", "ip_addresses", "key",
                                     "signature_algorithm", "extended_key_usage", "is_ca", "self_signed", "crl_urls",
                                     "ocsp_urls", "has_private_key", "friendly_name"}));
    EXPECT_EQ(keys(pkcs12["readable_by"]), (std::set<std::string>{"windows-server-2016", "windows-server-2019",
                                                                  "windows-server-2022", "windows-server-2025"}));
    EXPECT_EQ(pkcs12["encryption"], (json{{"mac", "sha256"}, {"cipher", "AES-256-CBC"}, {"iterations", 2048}}));
    EXPECT_EQ(pkcs12["readable_by"]["windows-server-2016"], false);
    EXPECT_EQ(pkcs12["readable_by"]["windows-server-2019"], true);
    EXPECT_TRUE(pkcs12["reason"].is_null());
    EXPECT_TRUE(pkcs12["request"].is_null());
    EXPECT_TRUE(pkcs12["certificates"][0]["friendly_name"].is_null());
    EXPECT_TRUE(report("leaf.pem")["encryption"].is_null());
    EXPECT_TRUE(report("leaf.pem")["readable_by"].is_null());

    for (const json& finding : pkcs12["findings"])
        EXPECT_EQ(keys(finding), (std::set<std::string>{"id", "severity", "message", "remedy"}));
}

TEST_F(InspectedFile, IsKnownByItsContentNotItsName)
{
    makeChain();
    run("openssl x509 -in leaf.pem -outform DER -out leaf.der; openssl req -in leaf.csr -outform DER -out csr.der");
    run("sed 's/CERTIFICATE REQUEST/NEW CERTIFICATE REQUEST/' leaf.csr > windows.csr");
    run("openssl crl2pkcs7 -nocrl -certfile leaf.pem -certfile root.pem -out reply.p7b; openssl crl2pkcs7 -nocrl "
        "-certfile leaf.pem -outform DER -out reply.der");
    run("sed 's/PKCS7/CERTIFICATE/' reply.p7b > windows.p7b");  // as the CA of Windows labels it
    run("base64 reply.der > bare.p7b");
    run("touch index.txt; echo 01 > number; openssl ca -gencrl -keyfile root.key -cert root.pem -md sha256 -crldays 7 "
        "-out list.crl "
        "-config /dev/stdin <<'EOF'\n[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\nEOF");
    run("openssl crl -in list.crl -outform DER -out crl.der");
    run("cat leaf.pem root.pem > bundle.txt; cat leaf.key leaf.pem > withkey.txt; openssl pkcs8 -topk8 -in leaf.key "
        "-out enc.key -passout pass:x");
    run("(cat leaf.key; cat reply.p7b) > keyreply.txt; openssl pkey -in leaf.key -outform DER -out key.der");
    run("certtool --to-p12 --load-privkey leaf.key --load-certificate leaf.pem --p12-name x --password x --outfile "
        "text.p12");
    const std::tuple<const char*, const char*, const char*> expected[] = {{"leaf.pem", "certificate", "ok"},
                                                                          {"leaf.der", "certificate", "ok"},
                                                                          {"leaf.csr", "request", "ok"},
                                                                          {"csr.der", "request", "ok"},
                                                                          {"windows.csr", "request", "ok"},
                                                                          {"reply.p7b", "pkcs7", "ok"},
                                                                          {"reply.der", "pkcs7", "ok"},
                                                                          {"windows.p7b", "pkcs7", "ok"},
                                                                          {"bare.p7b", "pkcs7", "ok"},
                                                                          {"list.crl", "crl", "ok"},
                                                                          {"crl.der", "crl", "ok"},
                                                                          {"bundle.txt", "certificate", "ok"},
                                                                          {"withkey.txt", "certificate", "ok"},
                                                                          {"text.p12", "pkcs12", "ok"},
                                                                          {"leaf.key", "unknown", "unsupported"},
                                                                          {"enc.key", "unknown", "unsupported"},
                                                                          {"key.der", "unknown", "unsupported"},
                                                                          {"keyreply.txt", "pkcs7", "ok"},
                                                                          {"number", "unknown", "broken"},
                                                                          {"index.txt", "unknown", "broken"}};
    for (const auto& [name, kind, status] : expected) {
        const json value = report(name);
        EXPECT_EQ(value["kind"], kind) << name;
        EXPECT_EQ(value["status"], status) << name << value["reason"];
        EXPECT_EQ(value["reason"].is_null(), std::string(status) == "ok") << name;
    }
    EXPECT_EQ(report("bundle.txt")["certificates"].size(), 2u);
    EXPECT_EQ(report("withkey.txt")["certificates"][0]["has_private_key"], true);
    EXPECT_EQ(report("reply.p7b")["certificates"][0]["subject"], "CN=www.example.jp")
        << "the reply itself before its issuers";
    EXPECT_EQ(report("text.p12")["readable_by"]["windows-server-2022"], false) << "Windows takes the binary form only";
}

TEST_F(InspectedFile, TellsWrongPasswordUnsupportedAndBrokenApart)
{
    makeChain();
    run("openssl pkcs12 -export -inkey leaf.key -in leaf.pem -out a.p12 -passout pass:x; head -c 700 a.p12 > cut.p12");
    EXPECT_EQ(report("a.p12", "y")["status"], "wrong-password");
    EXPECT_EQ(report("a.p12", "")["status"], "wrong-password");
    EXPECT_EQ(report("cut.p12")["status"], "broken");
    EXPECT_EQ(report("a.p12", "y")["encryption"]["cipher"], "AES-256-CBC") << "known without the password";
    const Inspection wrong = look("a.p12", "y");
    EXPECT_TRUE(ids(wrong).contains("wrong-password"));
    EXPECT_TRUE(ids(wrong).contains("needs-server-2019")) << "on Server 2016 the right password is called wrong too";
    EXPECT_FALSE(toJson(wrong, Language::English)["reason"].get<std::string>().empty());
}

TEST_F(InspectedFile, ReadsARequestAsOpensslDoes)
{
    makeSelfSigned("root", "/CN=Root");
    run("openssl req " + newKey +
        " -nodes -utf8 -batch -keyout r.key -out r.csr -subj '/C=JP/O=日本語/CN=www.example.jp' -addext "
        "subjectAltName=DNS:www.example.jp,IP:10.0.0.1");
    const json value = report("r.csr")["request"];
    EXPECT_EQ(value["subject"], "CN=www.example.jp,O=日本語,C=JP");
    EXPECT_EQ(value["dns_names"], json::array({"www.example.jp"}));
    EXPECT_EQ(value["key"], (json{{"algorithm", "EC"}, {"bits", 256}}));
    EXPECT_EQ(value["signature_valid"], true);
    EXPECT_EQ(ids(look("r.csr")), std::set<std::string>{});

    run("openssl req -in r.csr -outform DER -out r.der");
    Bytes altered = file("r.der");
    altered.back() ^= 1;
    write("altered.der", altered);
    EXPECT_EQ(report("altered.der")["request"]["signature_valid"], false);
    EXPECT_EQ(report("altered.der")["status"], "ok") << "it can be read";
    EXPECT_TRUE(ids(look("altered.der")).contains("bad-request-signature"));

    const auto request = parseRequest(file("r.csr"));
    run("openssl x509 -req -in r.csr -CA root.pem -CAkey root.key -CAcreateserial -out issued.pem");
    EXPECT_EQ(parseCertificate(file("issued.pem"))->publicKeyDer, request->publicKeyDer) << "what it is matched by";
}

TEST_F(InspectedFile, ReadsARevocationListAsOpensslDoes)
{
    makeSelfSigned("root", "/CN=Root");
    run("printf "
        "'[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index.txt\\ncrlnumber=number\\nserial=serial\\nnew_certs_dir=.\\npolicy="
        "p\\ndefault_md=sha256\\ndefault_days=9\\n[p]\\ncommonName=supplied\\n' > ca.cnf;"
        "touch index.txt; echo 01 > number; echo 00F1E2D3C4B5A69788 > serial");
    for (const char* name : {"one", "two", "three"})
        run(std::string("openssl req ") + newKey + " -nodes -batch -keyout " + name + ".key -out " + name +
            ".csr -subj /CN=" + name +
            "; openssl ca -batch -notext -config ca.cnf -keyfile root.key -cert root.pem -in " + name + ".csr -out " +
            name + ".pem");
    run("for n in one three; do openssl ca -config ca.cnf -keyfile root.key -cert root.pem -revoke $n.pem -crl_reason "
        "keyCompromise; done;"
        "openssl ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -crldays 7 -out list.crl");
    const json value = report("list.crl")["crl"];
    EXPECT_EQ(value["revoked_count"], 2);
    EXPECT_EQ(value["issuer"], "CN=Root");
    EXPECT_EQ(value["next_update"],
              run("date -u -d \"$(openssl crl -noout -nextupdate -in list.crl | cut -d= -f2)\" +%Y-%m-%dT%H:%M:%SZ"));

    const auto crl = parseCrl(file("list.crl"));
    ASSERT_TRUE(crl);
    for (const char* name : {"one", "two", "three"})
        EXPECT_EQ(crl->revokedSerials.contains(parseCertificate(file(std::string(name) + ".pem"))->serial),
                  std::string(name) != "two")
            << name;
    const Certificate root = *parseCertificate(file("root.pem"));
    EXPECT_TRUE(signedBy(*crl, root));
    EXPECT_FALSE(crl->delta);
    EXPECT_FALSE(crl->indirect);

    makeSelfSigned("other", "/CN=Root");
    EXPECT_FALSE(signedBy(*crl, *parseCertificate(file("other.pem")))) << "the same name with another key";
    Crl altered = *crl;
    altered.der[altered.der.size() / 2] ^= 1;
    EXPECT_FALSE(signedBy(altered, root));

    EXPECT_EQ(ids(look("list.crl")), std::set<std::string>{});
    EXPECT_TRUE(ids(look("list.crl", "", hostTime() + std::chrono::days{8})).contains("crl-expired"));
}

TEST_F(InspectedFile, AgreesWithOpensslOnWhatAPkcs12Holds)
{
    makeChain();
    run("openssl pkcs12 -export -inkey leaf.key -in leaf.pem -certfile root.pem -name 'サーバー' -out a.p12 -passout "
        "pass:x");
    const json certificates = report("a.p12")["certificates"];
    ASSERT_EQ(certificates.size(), 2u);
    EXPECT_EQ(certificates[0]["friendly_name"], "サーバー");
    EXPECT_EQ(certificates[0]["has_private_key"], true);
    EXPECT_EQ(certificates[1]["has_private_key"], false);
    EXPECT_EQ(certificates[0]["subject"], run("openssl pkcs12 -in a.p12 -passin pass:x -clcerts -nokeys | openssl x509 "
                                              "-noout -subject -nameopt RFC2253,-esc_msb,utf8 | cut -d= -f2-"));
    EXPECT_EQ(certificates[0]["issuer"], certificates[1]["subject"]);
}

TEST_F(InspectedFile, HasTheFindingsAnAdministratorNeeds)
{
    makeChain();
    const auto exportedWith = [&](const std::string& options) {
        run("openssl pkcs12 -export -legacy -out f.p12 -passout pass:x " + options);
        return ids(look("f.p12"));
    };
    using Ids = std::set<std::string>;
    EXPECT_EQ(exportedWith("-inkey leaf.key -in leaf.pem -certfile root.pem"), Ids{})
        << "nothing is wrong with this one";
    EXPECT_EQ(exportedWith("-inkey leaf.key -in leaf.pem"), Ids{"chain-missing"});
    EXPECT_EQ(exportedWith("-nokeys -in leaf.pem -certfile root.pem"), Ids{"no-key"});
    EXPECT_EQ(exportedWith("-nocerts -inkey leaf.key"), Ids{"no-certificate"});
    EXPECT_EQ(look("f.p12").status, FileStatus::Ok) << "a file without a certificate is readable";

    issue("bare", "/CN=www.example.jp", "root", "keyUsage=digitalSignature\n");
    EXPECT_EQ(exportedWith("-inkey bare.key -in bare.pem -certfile root.pem"), Ids{"no-san"});
    issue("code", "/CN=x", "root", "subjectAltName=DNS:x\nextendedKeyUsage=codeSigning\n");
    EXPECT_EQ(exportedWith("-inkey code.key -in code.pem -certfile root.pem"), Ids{"no-server-purpose"});
    issue("client", "/CN=Taro", "root", "extendedKeyUsage=clientAuth,emailProtection\n");
    EXPECT_EQ(exportedWith("-inkey client.key -in client.pem -certfile root.pem"), Ids{"client-certificate"})
        << "no shouting about names of servers";
    issue("sha1", "/CN=x", "root", "subjectAltName=DNS:x\n", "-sha1");
    EXPECT_EQ(exportedWith("-inkey sha1.key -in sha1.pem -certfile root.pem"), Ids{"sha1-signature"});
    issue("noca", "/CN=not a CA", "root", "basicConstraints=CA:FALSE\n");
    issue("below", "/CN=x", "noca", "subjectAltName=DNS:x\n");
    run("cat noca.pem root.pem > chain.pem");
    EXPECT_EQ(exportedWith("-inkey below.key -in below.pem -certfile chain.pem"), Ids{"not-a-ca"});
    newKey = "-newkey rsa:1024";
    issue("weak", "/CN=x", "root", "subjectAltName=DNS:x\n");
    EXPECT_EQ(exportedWith("-inkey weak.key -in weak.pem -certfile root.pem"), Ids{"weak-key"});
}

TEST_F(InspectedFile, KnowsAKeyOfAnotherCertificate)
{
    makeChain();
    issue("other", "/CN=other", "root", "subjectAltName=DNS:other\n");
    // openssl refuses to write such a file; certtool does not look.
    run("certtool --to-p12 --load-privkey other.key --load-certificate leaf.pem --p12-name x --password x --outder "
        "--outfile wrong.p12");
    EXPECT_TRUE(ids(look("wrong.p12")).contains("key-mismatch"));
    EXPECT_FALSE(look("wrong.p12").certificates.at(0).hasPrivateKey);
}

TEST_F(InspectedFile, JudgesDatesByTheGivenClock)
{
    makeChain();
    const Time end = parseCertificate(file("leaf.pem"))->notAfter;
    const Time begin = parseCertificate(file("leaf.pem"))->notBefore;
    const auto at = [&](Time time) { return ids(look("leaf.pem", "", time)); };
    using namespace std::chrono;
    using Ids = std::set<std::string>;
    EXPECT_EQ(at(begin - 1s), Ids{"not-yet-valid"});
    EXPECT_EQ(at(begin), Ids{});
    EXPECT_EQ(at(end - days{30} - 1s), Ids{});
    EXPECT_EQ(at(end - days{30}), Ids{"expires-soon"});
    EXPECT_EQ(at(end), Ids{"expires-soon"});
    EXPECT_EQ(at(end + 1s), Ids{"expired"});
}

TEST_F(InspectedFile, SaysWhyARootIsNone)
{
    makeChain();
    const auto rootIds = [&](const std::string& name, Time at) {
        std::set<std::string> found;
        for (const Finding& finding : findingsForRoot(*parseCertificate(file(name)), at)) found.insert(finding.id);
        return found;
    };
    using Ids = std::set<std::string>;
    makeSelfSigned("impostor", "/O=日本/CN=Root");
    issue("forged", "/O=日本/CN=Root", "impostor", "basicConstraints=critical,CA:TRUE\n");
    makeSelfSigned("noca", "/CN=x", "-addext keyUsage=digitalSignature");
    EXPECT_EQ(rootIds("root.pem", hostTime()), Ids{});
    EXPECT_EQ(rootIds("root.pem", hostTime() + std::chrono::days{400}), Ids{"expired"});
    EXPECT_EQ(rootIds("leaf.pem", hostTime()), (Ids{"not-a-ca", "not-self-signed"}));
    EXPECT_EQ(rootIds("forged.pem", hostTime()), Ids{"bad-self-signature"});
    EXPECT_EQ(rootIds("noca.pem", hostTime()), Ids{"not-a-ca"});
}

TEST_F(InspectedFile, OfAnotherProgramIsCalledByItsName)
{
    run("keytool -genkeypair -alias k -keyalg RSA -dname CN=x -storetype JKS -keystore a.jks -storepass secret1 "
        "-keypass secret1");
    write("page.cer", viewOf("<!DOCTYPE html><html><body>Sign in</body></html>"));
    EXPECT_NE(report("a.jks")["reason"].get<std::string>().find("keytool -importkeystore"), std::string::npos);
    EXPECT_EQ(report("a.jks")["status"], "unsupported");
    EXPECT_NE(report("page.cer")["reason"].get<std::string>().find("web page"), std::string::npos);
}

}  // namespace
}  // namespace monban
