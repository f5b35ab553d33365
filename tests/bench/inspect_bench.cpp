// SPDX-License-Identifier: MIT
// What inspect costs beyond what the library needs in any case: verifying the MAC, decrypting, decoding (aim: 1.2
// times). Most of either is password hashing, 2,048 rounds three times, as OpenSSL writes by default.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "core/pki/inspect.h"
#include "core/pki/openssl.h"

namespace monban {
namespace {

constexpr const char* kPassword = "benchmark";

X509Ptr certificateFor(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuerKey)
{
    X509Ptr certificate(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 4711);
    X509_set_version(certificate.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86'400L * 365);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer ? issuer : certificate.get()));
    const Handle<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, issuer ? NID_subject_alt_name : NID_basic_constraints,
                            issuer ? "DNS:www.example.jp" : "critical,CA:TRUE"));
    X509_add_ext(certificate.get(), extension.get(), -1);
    X509_sign(certificate.get(), issuerKey, EVP_sha256());
    return certificate;
}

/// A server certificate of 2,048 bits with its root, as `openssl pkcs12 -export` writes it, or as it did before 3.0.
Bytes makePkcs12(bool legacy)
{
    const PkeyPtr rootKey(EVP_RSA_gen(2048));
    const PkeyPtr key(EVP_RSA_gen(2048));
    const X509Ptr root = certificateFor(rootKey.get(), "Root", nullptr, rootKey.get());
    const X509Ptr leaf = certificateFor(key.get(), "www.example.jp", root.get(), rootKey.get());
    STACK_OF(X509)* others = sk_X509_new_null();
    sk_X509_push(others, root.get());
    const int cipher = legacy ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : 0;
    const Pkcs12Ptr file(PKCS12_create_ex(kPassword, "server", key.get(), leaf.get(), others, cipher, cipher, 0,
                                          legacy ? -1 : 0, 0, nullptr, nullptr));
    if (legacy) PKCS12_set_mac(file.get(), kPassword, -1, nullptr, 0, 2048, EVP_sha1());
    sk_X509_free(others);
    unsigned char* der = nullptr;
    const int size = i2d_PKCS12(file.get(), &der);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

void bareLibrary(benchmark::State& state)
{
    const Bytes bytes = makePkcs12(state.range(0) != 0);
    for (auto _ : state) {
        const unsigned char* at = bytes.data();
        const Pkcs12Ptr file(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
        EVP_PKEY* key = nullptr;
        X509* leaf = nullptr;
        STACK_OF(X509)* others = nullptr;
        if (PKCS12_parse(file.get(), kPassword, &key, &leaf, &others) != 1) state.SkipWithError("PKCS12_parse");
        EVP_PKEY_free(key);
        X509_free(leaf);
        sk_X509_pop_free(others, X509_free);
    }
}

void inspection(benchmark::State& state)
{
    const Bytes bytes = makePkcs12(state.range(0) != 0);
    const Secret password{std::string(kPassword)};
    for (auto _ : state) {
        const Inspection result = inspect("server.p12", bytes, password, hostTime());
        if (result.status != FileStatus::Ok) state.SkipWithError(inEnglish(result.reason).c_str());
        benchmark::DoNotOptimize(toJson(result, Language::English).dump());
    }
}

BENCHMARK(bareLibrary)->ArgName("legacy")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
BENCHMARK(inspection)->ArgName("legacy")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace monban
