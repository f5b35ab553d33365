// SPDX-License-Identifier: MIT
#include <openssl/pem.h>

#include <boost/filesystem.hpp>

#include "core/base/file.h"
#include "core/pki/pkcs12.h"
#include "core/practice/ca.h"
#include "core/practice/folder_backend.h"
#include "core/practice/range.h"

namespace monban::practice {
namespace {

constexpr std::uint64_t kLargestFile = 1024 * 1024;

Error refusedRequest(const char* text, const fs::path& file, const char* detail)
{
    return opensslError(ErrorCode::InvalidInput, {text, {utf8(file), detail}});
}

X509ReqPtr requestFrom(ByteView file)
{
    const unsigned char* at = file.data();
    X509ReqPtr request(d2i_X509_REQ(nullptr, &at, static_cast<long>(file.size())));
    if (!request) {
        BioPtr bio(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
        // Also reads "NEW CERTIFICATE REQUEST", as Windows writes.
        request.reset(bio ? PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr) : nullptr);
    }
    ERR_clear_error();
    return request;
}

/// The name of the algorithm and its size where the CA does not sign for such a key.
std::optional<std::string> weakness(EVP_PKEY* key)
{
    const int bits = EVP_PKEY_get_bits(key);
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        return bits < 2048 ? std::optional("RSA " + std::to_string(bits)) : std::nullopt;
    case EVP_PKEY_EC:
        return bits < 256 ? std::optional("EC " + std::to_string(bits)) : std::nullopt;
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return std::nullopt;
    default:
        return std::string(EVP_PKEY_get0_type_name(key) ? EVP_PKEY_get0_type_name(key) : "unknown");
    }
}

Result<X509ReqPtr> readRequest(const fs::path& file)
{
    const auto bytes = readFile(file, kLargestFile);
    if (!bytes) return bytes.error();
    auto request = requestFrom(*bytes);
    if (!request)
        return refusedRequest(tr("{0} is not a certificate request (PKCS#10). Name the file that certreq or openssl req "
                                 "wrote."), file, "not PKCS#10");
    EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
    if (!key || X509_REQ_verify(request.get(), key) != 1)
        return refusedRequest(tr("The request {0} is not signed with the key it holds, so nobody can tell whose key it is. "
                                 "It was altered on the way: make a new one."), file, "bad signature");
    if (const auto weak = weakness(key))
        return refusedRequest(tr("The practice CA does not sign the request {0}: its key ({1}) is too weak, and browsers "
                                 "would refuse it. Make a new one with RSA 2048 bits or more."), file, weak->c_str());
    return request;
}

/// The request's DNS names and IP addresses; null if it has none. Nothing else a requester asks for is taken over.
struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using NamesHandle = std::unique_ptr<GENERAL_NAMES, FreeNames>;

NamesHandle alternativeNames(X509_REQ* request)
{
    STACK_OF(X509_EXTENSION)* extensions = X509_REQ_get_extensions(request);
    NamesHandle names(static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions, NID_subject_alt_name, nullptr, nullptr)));
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    ERR_clear_error();
    if (!names) return nullptr;
    for (int i = sk_GENERAL_NAME_num(names.get()) - 1; i >= 0; --i) {
        const int type = sk_GENERAL_NAME_value(names.get(), i)->type;
        if (type != GEN_DNS && type != GEN_IPADD) GENERAL_NAME_free(sk_GENERAL_NAME_delete(names.get(), i));
    }
    return sk_GENERAL_NAME_num(names.get()) ? std::move(names) : nullptr;
}

bool fillCertificate(X509* certificate, X509_REQ* request, PracticeCa& ca, Time now)
{
    EVP_PKEY* key = X509_REQ_get0_pubkey(request);
    X509* root = ca.root();
    const Time rootEnds = timeOf(X509_get0_notAfter(root)).value_or(now);
    const Time end = std::min(now + std::chrono::days(365), rootEnds);
    const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    const X509_NAME* subject = X509_REQ_get_subject_name(request);
    if (!X509_set_version(certificate, X509_VERSION_3) || !setSerial(certificate, ca.nextSerial()) ||
        !setValidity(certificate, now - std::chrono::days(1), end) || !X509_set_subject_name(certificate, subject) ||
        !X509_set_issuer_name(certificate, X509_get_subject_name(root)) || !X509_set_pubkey(certificate, key))
        return false;
    const auto add = [&](int nid, const std::string& value) { return addExtension(certificate, root, nid, value); };
    if (!add(NID_basic_constraints, "critical,CA:FALSE") ||
        !add(NID_key_usage, rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature") ||
        !add(NID_ext_key_usage, "serverAuth") || !add(NID_subject_key_identifier, "hash") ||
        !add(NID_authority_key_identifier, "keyid:always") ||
        !add(NID_crl_distribution_points, std::string("URI:") + kCrlUrl))
        return false;
    if (const auto names = alternativeNames(request)) {
        // Without a subject the names are what it is about, hence critical (RFC 5280, 4.2.1.6).
        const int critical = X509_NAME_entry_count(subject) == 0 ? 1 : 0;
        if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), critical, 0) != 1) return false;
    }
    return sign(certificate, ca.signer().key);
}

Bytes pemBytes(X509* certificate)
{
    BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || !PEM_write_bio_X509(bio.get(), certificate)) return {};
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return Bytes(text, text + size);
}

/// Certificate and root without a signature of its own (RFC 5652: "certs-only"), as CAs hand out replies.
Bytes pkcs7Bytes(X509* certificate, X509* root)
{
    Pkcs7Ptr reply(PKCS7_new());
    unsigned char* der = nullptr;
    if (!reply || !PKCS7_set_type(reply.get(), NID_pkcs7_signed) || !PKCS7_content_new(reply.get(), NID_pkcs7_data) ||
        !PKCS7_add_certificate(reply.get(), certificate) || !PKCS7_add_certificate(reply.get(), root) ||
        !PKCS7_set_detached(reply.get(), 1))
        return {};
    const int size = i2d_PKCS7(reply.get(), &der);
    Bytes bytes(der, der + std::max(size, 0));
    OPENSSL_free(der);
    return bytes;
}

Bytes encoded(X509* certificate, X509* root, const fs::path& out)
{
    const std::string extension = lowerAscii(utf8(out.extension()));
    if (extension == ".cer" || extension == ".der") return derOf(certificate);
    if (extension == ".p7b") return pkcs7Bytes(certificate, root);
    return pemBytes(certificate);
}

/// The machine's clock, with the folder kept from others while the transaction lives.
struct Desk {
    std::unique_ptr<Backend> backend;
    std::unique_ptr<Backend::Transaction> transaction;
    Time now{};
};

Result<Desk> openDesk(const fs::path& folder)
{
    Desk desk;
    auto backend = openFolder(folder);
    if (!backend) return backend.error();
    desk.backend = std::move(*backend);
    auto transaction = desk.backend->transaction();
    if (!transaction) return transaction.error();
    desk.transaction = std::move(*transaction);
    const auto machine = desk.backend->machine();
    if (!machine) return machine.error();
    desk.now = machine->clock();
    return desk;
}

X509Ptr fromPkcs12(ByteView file, const fs::path& caFolder)
{
    auto text = readText(caFolder / "password.txt");
    if (!text) return nullptr;
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    const auto contents = openPkcs12(file, Secret(std::move(*text)));
    if (!contents || contents->certificates.empty()) return nullptr;
    return x509FromDer(contents->certificates.front().der);
}

}  // namespace

Result<Done> issue(const fs::path& folder, const fs::path& request, const fs::path& out)
{
    const auto desk = openDesk(folder);
    if (!desk) return desk.error();
    auto ca = PracticeCa::open(folder / "ca");
    if (!ca) return ca.error();
    const auto asked = readRequest(request);
    if (!asked) return asked.error();
    boost::system::error_code ignored;
    if (fs::equivalent(request, out, ignored))
        return Error{ErrorCode::Conflict,
                     {tr("The certificate cannot be written to {0}, because that is the request itself. Name another file."),
                      {utf8(out)}},
                     "output is the request"};
    X509Ptr certificate(X509_new());
    const bool made = certificate && fillCertificate(certificate.get(), asked->get(), *ca, desk->now);
    const Bytes content = made ? encoded(certificate.get(), ca->root(), out) : Bytes{};
    if (content.empty())
        return refusedRequest(tr("The practice CA could not make a certificate out of {0} ({1})."), request, "signing failed");
    ca->noteIssued(certificate.get());
    if (auto saved = ca->saveIndex(); !saved) return saved;
    return replaceFile(out, content);
}

Result<Done> revoke(const fs::path& folder, const fs::path& certificate)
{
    const auto desk = openDesk(folder);
    if (!desk) return desk.error();
    auto ca = PracticeCa::open(folder / "ca");
    if (!ca) return ca.error();
    const auto file = readFile(certificate, kLargestFile);
    if (!file) return file.error();
    auto parsed = x509FromFile(*file);
    if (!parsed) parsed = fromPkcs12(*file, folder / "ca");
    if (!parsed)
        return refusedRequest(tr("{0} holds no certificate that can be read. Name a certificate (DER or PEM), or a PKCS#12 "
                                 "file whose password is the one in ca/password.txt."), certificate, "no certificate");
    const bool ours = X509_NAME_cmp(X509_get_issuer_name(parsed.get()), X509_get_subject_name(ca->root())) == 0 &&
                      X509_verify(parsed.get(), X509_get0_pubkey(ca->root())) == 1 &&
                      X509_cmp(parsed.get(), ca->root()) != 0;
    if (!ours)
        return refusedRequest(tr("The practice CA did not issue the certificate {0}, so it cannot revoke it."), certificate,
                              "not issued here");
    ca->revoke(serialText(X509_get0_serialNumber(parsed.get())), desk->now);
    return ca->publish(desk->now);
}

}  // namespace monban::practice
