// SPDX-License-Identifier: MIT
#include "core/model/materials.h"

#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>

#include "core/pki/pem.h"
#include "tests/core/practice/practice_folder.h"
#include "tests/support/fake_server.h"

namespace monban {
namespace {

using practice::derOf;
using practice::testKey;
using practice::testX509;

/// A certs-only PKCS#7 (RFC 5652, section 5), as CAs hand out a chain.
Bytes pkcs7Of(const std::vector<X509*>& certificates)
{
    PKCS7* const file = PKCS7_new();
    PKCS7_set_type(file, NID_pkcs7_signed);
    PKCS7_content_new(file, NID_pkcs7_data);
    for (X509* one : certificates) PKCS7_add_certificate(file, one);
    unsigned char* data = nullptr;
    const int length = i2d_PKCS7(file, &data);
    Bytes der(data, data + length);
    OPENSSL_free(data);
    PKCS7_free(file);
    return der;
}

class RootMaterial : public testing::Test {
protected:
    RootMaterial()
        : m_folder(support::temporaryFolder()), m_root(testX509("Private CA 門", m_key)), m_other(testX509("Other CA", m_key, nullptr, nullptr, 7)),
          m_leaf(testX509("www.example.test", m_key, m_root.get(), &m_key)), m_der(derOf(m_root.get()))
    {
        fs::create_directories(m_folder);
        m_answers.root.url = "http://ca.test/ia1.der";
        m_answers.root.sha256 = parseCertificate(m_der)->thumbprintSha256;
    }
    ~RootMaterial() override
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    Result<CertificateMaterial> read(const Result<Bytes>& answer)
    {
        const auto fetch = [&](const std::string& url) {
            m_fetched.push_back(url);
            return answer;
        };
        return *readMaterials(m_answers, Secret(), {fetch, m_folder}).root;
    }
    std::string complaint(const Result<Bytes>& answer)
    {
        const auto root = read(answer);
        return root ? "accepted" : inEnglish(root.error().message);
    }
    void nameFile(const std::string& name, ByteView content)
    {
        ASSERT_TRUE(replaceFile(m_folder / name, content));
        m_answers.root.url.clear();
        m_answers.root.sha256.clear();
        m_answers.root.file = utf8(m_folder / name);
    }

    fs::path m_folder;
    practice::TestKey m_key = testKey();
    std::shared_ptr<X509> m_root;
    std::shared_ptr<X509> m_other;
    std::shared_ptr<X509> m_leaf;
    Bytes m_der;
    Answers m_answers;
    std::vector<std::string> m_fetched;
};

bool says(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

TEST_F(RootMaterial, ComesFromItsAddressInEveryForm)
{
    const std::string pem = pemText("CERTIFICATE", m_der);
    const Bytes bundle = pkcs7Of({m_leaf.get(), m_root.get()});
    const std::string bundlePem = pemText("PKCS7", bundle);
    for (const Bytes& form : {m_der, Bytes(pem.begin(), pem.end()), bundle, Bytes(bundlePem.begin(), bundlePem.end())}) {
        const auto root = read(form);
        ASSERT_TRUE(root) << inEnglish(root.error().message);
        EXPECT_EQ(root->certificate.der, m_der);
        EXPECT_EQ(root->takenFrom, "http://ca.test/ia1.der");
        EXPECT_EQ(pathFromUtf8(root->file).parent_path(), m_folder);
        EXPECT_EQ(utf8(pathFromUtf8(root->file).filename()), "Private-CA-" + m_answers.root.sha256.substr(0, 8) + ".cer");
        EXPECT_FALSE(fs::exists(root->file)) << "reading saves nothing";
    }
}

TEST_F(RootMaterial, IsNotFetchedWithoutItsFingerprint)
{
    m_answers.root.sha256.clear();
    EXPECT_PRED2(says, complaint(m_der), "root.sha256");
    m_answers.root.sha256 = "12:34";
    EXPECT_PRED2(says, complaint(m_der), "12:34");
    EXPECT_TRUE(m_fetched.empty());
}

TEST_F(RootMaterial, IsRefusedWhereItIsAnotherOne)
{
    EXPECT_PRED2(says, complaint(derOf(m_other.get())), "not the certificate you confirmed");
    EXPECT_PRED2(says, complaint(Bytes{'<', 'h', 't', 'm', 'l', '>'}), "http://ca.test/ia1.der is no certificate");
    EXPECT_PRED2(says, complaint(Error{ErrorCode::NotFound, {"404", {}}, ""}), "404");
    Bytes altered = m_der;
    altered.at(altered.size() - 1) ^= 1;  // GCC 12 takes back() of a copy for one of nothing
    EXPECT_NE(complaint(altered), "accepted");
}

TEST_F(RootMaterial, IsTheOneRootOfAPkcs7File)
{
    nameFile("chain.p7b", pkcs7Of({m_leaf.get(), m_root.get(), m_root.get()}));
    const auto root = read(Error{});
    ASSERT_TRUE(root) << inEnglish(root.error().message);
    EXPECT_EQ(root->certificate.der, m_der);
    EXPECT_EQ(root->takenFrom, m_answers.root.file) << "certutil would add all that is in it";
    EXPECT_NE(root->file, m_answers.root.file);
    nameFile("none.p7b", pkcs7Of({m_leaf.get()}));
    EXPECT_PRED2(says, complaint(Error{}), "none.p7b holds no root CA certificate");
    nameFile("two.p7b", pkcs7Of({m_other.get(), m_root.get()}));
    EXPECT_PRED2(says, complaint(Error{}), "two.p7b holds 2 root CA certificates");
    nameFile("empty.p7b", pkcs7Of({}));
    EXPECT_PRED2(says, complaint(Error{}), "empty.p7b");
    nameFile("broken.p7b", ByteView(pkcs7Of({m_root.get()})).first(60));
    EXPECT_PRED2(says, complaint(Error{}), "broken.p7b");
    EXPECT_TRUE(m_fetched.empty());
}

TEST_F(RootMaterial, StaysTheUsersOwnFileWhereItIsACertificate)
{
    nameFile("ia1.der", m_der);
    const auto root = read(Error{});
    ASSERT_TRUE(root);
    EXPECT_EQ(root->file, m_answers.root.file);
    EXPECT_TRUE(root->takenFrom.empty());
}

}  // namespace
}  // namespace monban
