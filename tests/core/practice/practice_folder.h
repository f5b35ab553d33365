// SPDX-License-Identifier: MIT
#pragma once
#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "core/base/file.h"
#include "core/practice/folder_backend.h"

namespace monban::practice {

/// Certificates made for one test, by plain OpenSSL calls: independent of the product's own.
struct TestKey {
    std::shared_ptr<EVP_PKEY> key;
    std::string pem() const
    {
        BIO* const bio = BIO_new(BIO_s_mem());
        PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        char* data = nullptr;
        const long length = BIO_get_mem_data(bio, &data);
        std::string text(data, static_cast<std::size_t>(length));
        BIO_free(bio);
        return text;
    }
};

inline TestKey testKey() { return {std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), EVP_PKEY_free)}; }

inline void addName(X509_NAME* name, const char* field, const std::string& value)
{
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.c_str()), -1,
                               -1, 0);
}

/// A certificate for that key; self-signed where no issuer is given.
inline std::shared_ptr<X509> testX509(const std::string& commonName, const TestKey& key, X509* issuer = nullptr,
                                      const TestKey* issuerKey = nullptr, long serial = 0x1234)
{
    std::shared_ptr<X509> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400 * 365);
    addName(X509_get_subject_name(certificate.get()), "CN", commonName);
    X509_set_issuer_name(certificate.get(),
                         issuer != nullptr ? X509_get_subject_name(issuer) : X509_get_subject_name(certificate.get()));
    X509_set_pubkey(certificate.get(), key.key.get());
    if (issuer == nullptr) {
        X509_EXTENSION* const ca = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
        X509_add_ext(certificate.get(), ca, -1);
        X509_EXTENSION_free(ca);
    }
    X509_sign(certificate.get(), issuerKey != nullptr ? issuerKey->key.get() : key.key.get(), EVP_sha256());
    return certificate;
}

inline Bytes derOf(X509* certificate)
{
    unsigned char* data = nullptr;
    const int length = i2d_X509(certificate, &data);
    Bytes der(data, data + length);
    OPENSSL_free(data);
    return der;
}

inline Bytes testCertificate(const std::string& commonName) { return derOf(testX509(commonName, testKey()).get()); }

inline Bytes testCrl(X509* issuer, const TestKey& key)
{
    X509_CRL* const crl = X509_CRL_new();
    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer));
    ASN1_TIME* const now = X509_gmtime_adj(nullptr, 0);
    X509_CRL_set1_lastUpdate(crl, now);
    X509_gmtime_adj(now, 86400);
    X509_CRL_set1_nextUpdate(crl, now);
    ASN1_TIME_free(now);
    X509_CRL_sign(crl, key.key.get(), EVP_sha256());
    unsigned char* data = nullptr;
    const int length = i2d_X509_CRL(crl, &data);
    Bytes der(data, data + length);
    OPENSSL_free(data);
    X509_CRL_free(crl);
    return der;
}

/// A practice server in a folder of its own, removed afterwards.
class PracticeFolder : public testing::Test {
protected:
    /// In memory where the system has such a place: hundreds of flushed files take long on a disk.
    static fs::path scratch()
    {
        boost::system::error_code trouble;
        return fs::is_directory("/dev/shm", trouble) ? fs::path("/dev/shm") : fs::temp_directory_path();
    }
    PracticeFolder() : m_folder(scratch() / fs::unique_path("monban-%%%%-%%%%"))
    {
        Machine machine;
        machine.bootTime = hostTime();
        auto made = makeFolder(m_folder, machine);
        m_backend = std::move(*made);
    }
    ~PracticeFolder() override
    {
        boost::system::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }

    void writeFile(const std::string& name, const std::string& content)
    {
        const fs::path file = m_folder / pathFromUtf8(name);
        ASSERT_TRUE(makeFolders(file.parent_path()));
        ASSERT_TRUE(replaceFile(file, content));
    }
    std::string readFileText(const std::string& name)
    {
        const auto text = readText(m_folder / pathFromUtf8(name));
        return text ? *text : "(missing)";
    }
    Backend& backend() { return *m_backend; }

    fs::path m_folder;
    std::unique_ptr<Backend> m_backend;
};

}  // namespace monban::practice
