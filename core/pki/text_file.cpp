// SPDX-License-Identifier: MIT
#include "core/pki/text_file.h"

#include "core/pki/pem.h"

namespace monban {
namespace {

void gatherCertificate(const PemBlock& block, TextFile& file)
{
    switch (file.list.add(block.der)) {
        case CertificateList::Added::Yes:
            break;
        case CertificateList::Added::Damaged:
            ++file.damagedCertificates;
            break;
        case CertificateList::Added::Full:
            file.complete = false;
            break;
    }
}

void gatherKey(const PemBlock& block, TextFile& file)
{
    constexpr std::size_t kMostKeys = 4;
    ++file.keys;
    if (block.damaged || block.encrypted || file.openKeys.size() >= kMostKeys) return;
    if (auto key = privateKeyFromPem(block.label, block.der)) file.openKeys.push_back(std::move(key->key));
}

void noteDamaged(const PemBlock& block, TextFile& file)
{
    if (block.label.find("CERTIFICATE") != std::string::npos && block.label.find("REQUEST") == std::string::npos)
        ++file.damagedCertificates;
    else if (!file.damagedLabel && !block.label.empty()) file.damagedLabel = block.label;
}

void gather(PemBlock& block, TextFile& file)
{
    const bool labelledKey = block.label.ends_with("PRIVATE KEY");
    if (block.damaged || block.encrypted || labelledKey) {
        if (block.encrypted || labelledKey) gatherKey(block, file);
        else noteDamaged(block, file);
        return;
    }
    const auto keepFirst = [&](std::optional<Bytes>& place) {
        if (!place) place = std::move(block.der);
    };
    switch (derKind(block.der)) {
        case DerKind::Certificate:
            gatherCertificate(block, file);
            break;
        case DerKind::Pkcs12:
            keepFirst(file.pkcs12);
            break;
        case DerKind::Pkcs7:
            keepFirst(file.pkcs7);
            break;
        case DerKind::Request:
            keepFirst(file.request);
            break;
        case DerKind::Crl:
            ++file.crls;
            keepFirst(file.crl);
            break;
        case DerKind::PrivateKey:
        case DerKind::EncryptedKey:
            gatherKey(block, file);
            break;
        case DerKind::Unknown:
            noteDamaged(block, file);
            break;
    }
}

}  // namespace

TextFile readTextFile(ByteView bytes)
{
    constexpr int kMostBlocks = 100'000;
    TextFile file;
    PemReader reader(bytes);
    for (int count = 0; count < kMostBlocks; ++count) {
        auto block = reader.next();
        if (!block) return file;
        gather(*block, file);
    }
    file.complete = false;
    return file;
}

}  // namespace monban
