// SPDX-License-Identifier: MIT
#include "core/platform/windows/pkcs12_import.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/pki/pkcs12.h"
#include "core/platform/windows/imported_key.h"
#include "core/platform/windows/key_proof.h"
#include "core/platform/windows/placement.h"

namespace monban::windows {
namespace {

constexpr std::chrono::seconds kSigningLimit{10};

/// Stores whose content decides what the computer trusts or distrusts, or that belong to other chapters.
bool isForServerCertificates(const std::string& store)
{
    constexpr const char* kOthers[] = {"ROOT",          "CA",           "AuthRoot",     "Disallowed",       "TrustedPeople", "TrustedPublisher",
                                       "SmartCardRoot", "FlightRoot",   "TestSignRoot", "ClientAuthIssuer", "Trust",         "TrustedDevices",
                                       "REQUEST"};
    return std::ranges::none_of(kOthers, [&](const char* other) { return equalsIgnoringCase(store, other); });
}

std::optional<Error> refusal(const ImportPkcs12& import, const Pkcs12Material& material)
{
    if (material.sha256 != import.sha256)
        return Error{ErrorCode::Conflict, {tr("{0} is not the file that was planned with."), {import.file}}, "PKCS#12 differs from the plan"};
    if (!isForServerCertificates(import.store))
        return Error{ErrorCode::InvalidInput,
                     {tr("The store {0} is not for a server certificate and its private key. Choose MY or WebHosting."), {import.store}},
                     "import into " + import.store};
    return std::nullopt;
}

std::optional<Error> refusal(const ImportPkcs12& import, const Pkcs12Contents& contents)
{
    if (contents.certificates.empty() || contents.certificates.front().thumbprintSha1 != import.thumbprint)
        return Error{ErrorCode::Conflict, {tr("{0} is not the file that was planned with."), {import.file}}, "no certificate " + import.thumbprint};
    if (!contents.keyMatches)
        return Error{ErrorCode::InvalidInput,
                     {tr("The private key in {0} does not belong to its certificate. Ask the CA for a new file."), {import.file}},
                     "key of another certificate"};
    return std::nullopt;
}

}  // namespace

Result<Done> importIntoMachine(const ImportPkcs12& import, const Pkcs12Material& material)
{
    if (auto refused = refusal(import, material)) return std::move(*refused);
    const auto contents = openPkcs12(material.bytes, material.password);
    if (!contents) return contents.error();
    if (auto refused = refusal(import, *contents)) return std::move(*refused);
    const Certificate& own = contents->certificates.front();

    auto key = ImportedKey::take(contents->keyPem, own);
    if (!key) return key.error();
    const std::string& name = import.friendlyName.empty() ? contents->friendlyNames.front() : import.friendlyName;
    if (auto named = setFriendlyName(key->certificate(), name); !named) return named;
    if (auto proven = proveKey(key->link(), own, kSigningLimit); !proven) return proven;

    // After the key, so that it is taken back before the key's users are counted.
    Placement placement;
    for (const Certificate& issuer : contents->certificates)
        if (std::ranges::find(import.chain, issuer.thumbprintSha1) != import.chain.end())
            if (auto added = placement.addIssuer(issuer); !added) return added;
    // Last of all: from here on nothing can fail any more.
    if (auto added = placement.addOwn(import.store, key->certificate()); !added) return added;
    key->keep();
    placement.keep();
    // The import is done; a container that cannot be deleted is no reason to undo it.
    for (const KeyLink& old : placement.replacedKeys())
        if (!isKeyUsed(old)) (void)deleteKey(old);
    return Done{};
}

}  // namespace monban::windows
