// SPDX-License-Identifier: MIT
#include "core/pki/pkcs12.h"

#include "core/pki/openssl.h"
#include "core/pki/pem.h"
#include "core/pki/pkcs12_opening.h"
#include "core/pki/pkcs12_summary.h"

namespace monban {
namespace {

std::optional<Error> textForm(ByteView file)
{
    if (looksLikeDer(file) || !firstOfKind(file, DerKind::Pkcs12)) return std::nullopt;
    return Error{ErrorCode::Unsupported,
                 {tr("The PKCS#12 file is in text form (PEM); Windows imports the binary form only. Convert it with: "
                     "certutil -decode FILE NEWFILE"),
                  {}},
                 {}};
}

}  // namespace

Pkcs12Summary summaryOf(const Pkcs12File& file)
{
    Pkcs12Summary summary;
    if (file.mac) summary.addMac(*file.mac);
    for (const Pkcs12Safe& safe : file.safes) {
        if (safe.encryption) {
            summary.addCertificates(cipherProtection(safe.encryption.get()));
            continue;
        }
        const bool whole = forEachBag(safe.bytes, [&](const Pkcs12Bag& bag) {
            if (bag.kind != Pkcs12Bag::Kind::ShroudedKey) return;
            if (const auto key = readShroudedKey(bag.value)) summary.addKey(cipherProtection(key->encryption.get()));
        });
        if (!whole && !summary.refusal)
            summary.refusal = Error{ErrorCode::Damaged, {tr("The contents of the PKCS#12 file are damaged."), {}}, {}};
    }
    return summary;
}

Result<Pkcs12Contents> openPkcs12(ByteView file, const Secret& password)
{
    const ErrorQueueScope scope;
    if (const auto error = textForm(file)) return *error;
    const auto read = readPkcs12File(file);
    if (!read) return read.error();
    return openContents(*read, password);
}

Result<Pkcs12Encryption> pkcs12Encryption(ByteView file)
{
    const ErrorQueueScope scope;
    if (const auto error = textForm(file)) return *error;
    const auto read = readPkcs12File(file);
    if (!read) return read.error();
    return summaryOf(*read).encryption;
}

}  // namespace monban
