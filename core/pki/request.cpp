// SPDX-License-Identifier: MIT
#include "core/pki/request.h"

#include "core/pki/asn1.h"
#include "core/pki/names.h"
#include "core/pki/openssl.h"
#include "core/pki/pem.h"

namespace monban {
namespace {

using GeneralNamesPtr = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;

struct ExtensionStackFree {
    void operator()(STACK_OF(X509_EXTENSION) * stack) const { sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free); }
};

X509ReqPtr readRequest(ByteView der, std::size_t& size)
{
    auto* value = reinterpret_cast<ASN1_VALUE*>(X509_REQ_new_ex(opensslContext(), nullptr));
    const unsigned char* at = der.data();
    if (value)
        ASN1_item_d2i(&value, &at, static_cast<long>(der.size()), ASN1_ITEM_rptr(X509_REQ));  // null when it fails
    size = static_cast<std::size_t>(at - der.data());
    return X509ReqPtr(reinterpret_cast<X509_REQ*>(value));
}

void fillNames(Request& request, X509_REQ* handle)
{
    // The library looks for extensionRequest (RFC 2985) and for Microsoft's older OID of the same.
    const std::unique_ptr<STACK_OF(X509_EXTENSION), ExtensionStackFree> extensions(X509_REQ_get_extensions(handle));
    if (!extensions) return;
    const GeneralNamesPtr general(
        static_cast<GENERAL_NAMES*>(X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
    auto names = alternativeNames(general.get());
    request.dnsNames = std::move(names.dns);
    request.ipAddresses = std::move(names.ip);
}

}  // namespace

Result<Request> parseRequest(ByteView derOrPem)
{
    const ErrorQueueScope scope;
    auto der = firstOfKind(derOrPem, DerKind::Request);
    if (!der)
        return Error{ErrorCode::Damaged,
                     {tr("There is no certification request in it that can be read: neither DER nor PEM."), {}},
                     {}};
    if (der->size() > 4u * 1024 * 1024 || !hasReasonableSize(*der))
        return Error{ErrorCode::InvalidInput,
                     {tr("The certification request is far larger than any real one. It is not read."), {}},
                     {}};
    std::size_t size = 0;
    const X509ReqPtr handle = readRequest(*der, size);
    if (!handle)
        return opensslError(ErrorCode::Damaged,
                            {tr("The certification request is damaged: it is cut short or was altered."), {}});

    Request request;
    der->resize(size);
    request.der = std::move(*der);
    request.subject = nameText(X509_REQ_get_subject_name(handle.get()));
    fillNames(request, handle.get());
    X509_PUBKEY* key = X509_REQ_get_X509_PUBKEY(handle.get());
    ASN1_OBJECT* algorithm = nullptr;
    X509_PUBKEY_get0_param(&algorithm, nullptr, nullptr, nullptr, key);
    EVP_PKEY* publicKey = X509_PUBKEY_get0(key);
    request.key = publicKeyOf(publicKey, algorithm);
    unsigned char* encoded = nullptr;
    if (const int length = i2d_X509_PUBKEY(key, &encoded); length > 0) {
        request.publicKeyDer.assign(encoded, encoded + length);
        OPENSSL_free(encoded);
    }
    request.signatureValid = publicKey && isPracticalKey(publicKey) &&
                             X509_REQ_verify_ex(handle.get(), publicKey, opensslContext(), nullptr) == 1;
    return request;
}

}  // namespace monban
