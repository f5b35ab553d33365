// SPDX-License-Identifier: MIT
#include "core/pki/request.h"
#include "core/practice/inf_file.h"
#include "core/practice/x500_name.h"
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

std::string utf16WithMark(const std::string& text)
{
    std::string bytes = "\xFF\xFE";
    for (const char16_t unit : utf16FromUtf8(text)) {
        bytes += static_cast<char>(unit & 0xFF);
        bytes += static_cast<char>(unit >> 8);
    }
    return bytes;
}

TEST(InfFile, ReadsQuotesCommentsStringsAndContinuations)
{
    const auto inf = InfFile::parse(
        viewOf("; first\r\n[Strings]\nname = \"a;b\"\n[ A ]\nKey = \"x \"\"y\"\" ; z\" ; comment\nlong = one \\\n two\n"
               "[a]\nother = %NAME%%%\nbare\n"));
    ASSERT_TRUE(inf);
    EXPECT_EQ(inf->value("a", "KEY"), "x \"y\" ; z");
    EXPECT_EQ(inf->value("A", "long"), "one two");
    EXPECT_EQ(inf->value("A", "other"), "a;b%") << "sections of one name are one";
    EXPECT_EQ(inf->value("A", "bare"), "");
    EXPECT_FALSE(InfFile::parse(viewOf("key = value")));
    EXPECT_FALSE(InfFile::parse(viewOf("[a]\nk = \"open")));
    EXPECT_EQ(InfFile::parse(viewOf(utf16WithMark("[a]\r\nk = 門番\r\n")))->value("a", "k"), "門番");
    EXPECT_EQ(InfFile::parse(viewOf("[a]\nk = \xE9"))->value("a", "k"), "é");
}

TEST(X500Name, FollowsTheRulesOfCertStrToName)
{
    const std::vector<RelativeName> name{{{"2.5.4.3", "www"}}, {{"2.5.4.10", "A, \"B\" Co."}}, {{"2.5.4.6", "JP"}}};
    EXPECT_EQ(x500Name(R"(CN=www, O="A, ""B"" Co.", C=JP)"), name);
    EXPECT_EQ(x500Name("cn = www ; o=\"A, \"\"B\"\" Co.\"\nc=JP"), name);
    EXPECT_EQ(x500Name("CN=a+OU=b")->at(0).size(), 2u);
    EXPECT_EQ(x500Name("OID.2.5.4.3=a"), x500Name("2.5.4.3=a"));
    EXPECT_TRUE(x500Name("")->empty());
    for (const char* wrong : {"CN", "CN=", "XX=a", "CN=\"a", "CN=a\"b", "CN=\"a\"b", "=a", "CN=a+"})
        EXPECT_FALSE(x500Name(wrong)) << wrong;
}

class Certreq : public ShellFolder {
protected:
    Certreq() { (void)backend().putCertificate("ROOT", {m_root, "", "", KeyState::None, ""}); }

    std::string inf(const std::string& subject, const std::string& more = {})
    {
        return "[Version]\r\nSignature = \"$Windows NT$\"\r\n[NewRequest]\r\nSubject = \"" + subject +
               "\"\r\nKeyLength = 2048\r\nKeySpec = 1\r\nKeyUsage = 0xa0\r\nMachineKeySet = TRUE\r\nExportable = "
               "FALSE\r\n"
               "ProviderName = \"Microsoft RSA SChannel Cryptographic Provider\"\r\nProviderType = 12\r\nHashAlgorithm "
               "= SHA256\r\n"
               "RequestType = PKCS10\r\nSMIME = FALSE\r\nSilent = TRUE\r\nFriendlyName = \"サイト-2026\"\r\n" +
               more +
               "[EnhancedKeyUsageExtension]\r\nOID = 1.3.6.1.5.5.7.3.1\r\n[Extensions]\r\n2.5.29.17 = \"{text}\"\r\n"
               "_continue_ = \"DNS=www.example.test&\"\r\n_continue_ = \"IPAddress=10.0.0.1\"\r\n";
    }
    Reply create(const std::string& text)
    {
        writeFile("in.inf", text);
        return run("certreq", {"-new", "-f", "-q", "-machine", utf8(m_folder / "in.inf"), utf8(m_folder / "out.req")});
    }
    /// The CA's answer to the pending request: its public key under the practice root.
    Bytes answer(X509* issuer, const TestKey& key)
    {
        const auto request = parseRequest(viewOf(readFileText("out.req")));
        const unsigned char* at = request->der.data();
        X509_REQ* const parsed = d2i_X509_REQ(nullptr, &at, static_cast<long>(request->der.size()));
        const TestKey subject{std::shared_ptr<EVP_PKEY>(X509_REQ_get_pubkey(parsed), EVP_PKEY_free)};
        const auto certificate = testX509("www.example.test", subject, issuer, &key);
        X509_REQ_free(parsed);
        return derOf(certificate.get());
    }
};

TEST_F(Certreq, MakesTheRequestTheInfDescribes)
{
    const Reply reply = create(utf16WithMark(inf("CN=www.example.test,O=\"\"株式会社, 門番\"\",L=港区,S=東京都,C=JP")));
    ASSERT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_TRUE(says(reply, "CertReq: Request Created"));
    const std::string text = readFileText("out.req");
    EXPECT_TRUE(text.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----\r\n"));
    const auto request = parseRequest(viewOf(text));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->subject, "CN=www.example.test,O=株式会社\\, 門番,L=港区,ST=東京都,C=JP")
        << "in the order that was typed";
    EXPECT_EQ(request->key, (PublicKey{"RSA", 2048}));
    EXPECT_EQ(request->dnsNames, std::vector<std::string>{"www.example.test"});
    EXPECT_EQ(request->ipAddresses, std::vector<std::string>{"10.0.0.1"});
    EXPECT_TRUE(request->signatureValid);
    const auto pending = backend().store("REQUEST");
    ASSERT_EQ(pending->size(), 1u);
    EXPECT_EQ(pending->at(0).friendlyName, "サイト-2026");
    EXPECT_EQ(pending->at(0).key, KeyState::NotExportable);
}

TEST_F(Certreq, SaysWhyNoRequestFitsTheAnswer)
{
    writeFile("other.cer", std::string(textOf(m_server)));
    const std::vector<std::string> other = {"-accept", "-machine", "-q", utf8(m_folder / "other.cer")};
    EXPECT_EQ(run("certreq", other).exitCode, hresult(0x80094004)) << "nothing is pending";
    ASSERT_EQ(create(inf("CN=www.example.test")).exitCode, 0);
    EXPECT_EQ(run("certreq", other).exitCode, hresult(0x80092004)) << "another request is";
    const Bytes issued = answer(m_rootX509.get(), m_rootKey);
    writeFile("issued.cer", std::string(textOf(issued)));
    ASSERT_TRUE(backend().removeKey(backend().store("REQUEST")->at(0).keyContainer));
    const Reply keyless = run("certreq", {"-accept", "-machine", "-q", utf8(m_folder / "issued.cer")});
    EXPECT_EQ(keyless.exitCode, hresult(0x80090016)) << keyless.text;
    EXPECT_TRUE(says(keyless, "Keyset does not exist")) << keyless.text;
    EXPECT_EQ(count("REQUEST"), 1u);
}

TEST_F(Certreq, AcceptsTheAnswerToItsOwnKeyOnly)
{
    ASSERT_EQ(create(inf("CN=www.example.test")).exitCode, 0);
    writeFile("other.cer", std::string(textOf(m_server)));
    const Reply other = run("certreq", {"-accept", "-machine", "-q", utf8(m_folder / "other.cer")});
    EXPECT_EQ(other.exitCode, hresult(0x80092004));
    EXPECT_EQ(count("REQUEST"), 1u);
    const Bytes issued = answer(m_rootX509.get(), m_rootKey);
    writeFile("issued.cer", std::string(textOf(issued)));
    ASSERT_EQ(run("certreq", {"-accept", "-machine", "-q", utf8(m_folder / "issued.cer")}).exitCode, 0);
    EXPECT_EQ(count("REQUEST"), 0u);
    const auto store = backend().store("MY");
    const auto entry = std::find_if(store->begin(), store->end(),
                                    [&](const StoreEntry& one) { return one.thumbprint == sha1Hex(issued); });
    ASSERT_NE(entry, store->end());
    EXPECT_EQ(entry->friendlyName, "サイト-2026");
    EXPECT_EQ(entry->key, KeyState::NotExportable);
    EXPECT_EQ(
        type("netsh http add sslcert ipport=0.0.0.0:443 certhash=" + sha1Hex(issued) + " certstorename=MY").exitCode,
        0);
}

TEST_F(Certreq, AnAnswerInAPkcs7BringsItsIntermediate)
{
    ASSERT_EQ(create(inf("CN=www.example.test")).exitCode, 0);
    const TestKey middleKey = testKey();
    const auto middle = testX509("Middle", middleKey, m_rootX509.get(), &m_rootKey, 77);
    const Bytes issued = answer(middle.get(), middleKey);
    writeFile("issued.cer", std::string(textOf(issued)));
    EXPECT_EQ(run("certreq", {"-accept", utf8(m_folder / "issued.cer")}).exitCode, hresult(0x800b0109))
        << "its issuer is nowhere";
    const unsigned char* at = issued.data();
    X509* const leaf = d2i_X509(nullptr, &at, static_cast<long>(issued.size()));
    STACK_OF(X509)* const stack = sk_X509_new_null();
    sk_X509_push(stack, middle.get());
    sk_X509_push(stack, leaf);
    // As `openssl crl2pkcs7 -nocrl` makes it: certificates without a signature.
    PKCS7* const reply = PKCS7_new();
    PKCS7_set_type(reply, NID_pkcs7_signed);
    PKCS7_content_new(reply, NID_pkcs7_data);
    PKCS7_set_detached(reply, 1);
    for (int i = 0; i < sk_X509_num(stack); ++i) PKCS7_add_certificate(reply, sk_X509_value(stack, i));
    unsigned char* data = nullptr;
    const int length = i2d_PKCS7(reply, &data);
    writeFile("issued.p7b", std::string(reinterpret_cast<char*>(data), static_cast<std::size_t>(length)));
    OPENSSL_free(data);
    PKCS7_free(reply);
    sk_X509_free(stack);
    X509_free(leaf);
    const Reply accepted = run("certreq", {"-accept", "-q", utf8(m_folder / "issued.p7b")});
    EXPECT_EQ(accepted.exitCode, 0) << accepted.text;
    EXPECT_EQ(backend().store("CA")->at(0).der, derOf(middle.get()));
}

TEST_F(Certreq, RefusesWhatThePolicyFileGetsWrong)
{
    for (const std::string& text :
         {std::string("[Version]\r\n"), inf("CN"), inf("CN=a,C=JPN"), inf("CN=a", "Frobnicate = 1\r\n"),
          inf("CN=a", "KeyAlgorithm = DSA\r\n"), inf("CN=a", "KeyAlgorithm = ECDSA_P256\r\n"),
          std::string("[NewRequest]\nSubject=\"CN=a\"\nKeyLength=100\n"),
          std::string("[NewRequest]\nSubject=\"CN=a\"\nKeyAlgorithm=ECDSA_P256\nRequestType=Cert\n"),
          std::string(
              "[NewRequest]\nSubject=\"CN=a\"\nKeyAlgorithm=ECDSA_P256\n[Extensions]\n2.5.29.17=\"{text}Foo=a\"\n"),
          std::string("[NewRequest]\nSubject=\"CN=a\"\nKeyAlgorithm=ECDSA_P256\nKeyLength=2048\n"),
          std::string("[NewRequest]\nSubject=\"CN=a\"\nKeyAlgorithm=ECDSA_P256\n[Extensions]\n2.5.29.17=\"{text}DNS=山田.example\"\n"),
          std::string("[NewRequest]\nSubject=\"CN=a\"\nKeyAlgorithm=ECDSA_P256\nHashAlgorithm=MD5\n"),
          std::string("nonsense")}) {
        const Reply reply = create(text);
        EXPECT_LT(reply.exitCode, 0) << text;
        EXPECT_TRUE(says(reply, "Certificate Request Processor:")) << reply.text;
        EXPECT_EQ(readFileText("out.req"), "(missing)");
    }
    EXPECT_EQ(count("REQUEST"), 0u);
}

TEST_F(Certreq, NeverWaitsForADialog)
{
    for (const char* line : {"certreq", "certreq -new", "certreq -new a.inf", "certreq -accept",
                             "certreq -submit a.req", "certreq -frobnicate", "certreq -new a b c"}) {
        const Reply reply = type(line);
        EXPECT_LT(reply.exitCode, 0) << line;
        EXPECT_FALSE(reply.text.empty());
    }
    EXPECT_EQ(type("certreq -submit a.req").exitCode, hresult(0x800706ba));
}

TEST_F(Certreq, AUsersKeyIsNoUseToTheComputer)
{
    writeFile("user.inf", "[NewRequest]\nSubject=\"CN=a\"\nKeyAlgorithm=ECDSA_P256\n");
    ASSERT_EQ(run("certreq", {"-new", "-q", utf8(m_folder / "user.inf"), utf8(m_folder / "out.req")}).exitCode, 0);
    EXPECT_EQ(count("REQUEST"), 0u) << "it is pending in the user's store";
    const auto names = *backend().storeNames();
    EXPECT_TRUE(std::none_of(names.begin(), names.end(),
                             [](const std::string& name) { return name.starts_with("CurrentUser"); }));
    const Bytes issued = answer(m_rootX509.get(), m_rootKey);
    writeFile("issued.cer", std::string(textOf(issued)));
    ASSERT_EQ(run("certreq", {"-accept", utf8(m_folder / "issued.cer")}).exitCode, 0);
    EXPECT_TRUE(says(type("netsh http add sslcert ipport=0.0.0.0:443 certhash=" + sha1Hex(issued)), "1312"));
}

}  // namespace
}  // namespace monban::practice
