// SPDX-License-Identifier: MIT
#include "core/model/materials.h"

#include "core/base/file.h"
#include "core/model/pasted.h"
#include "core/pki/digest.h"
#include "core/pki/pkcs12.h"

namespace monban {
namespace {

Result<Pkcs12Material> readPkcs12(const std::string& file, const Secret& password)
{
    auto bytes = readFile(pathFromUtf8(file));
    if (!bytes) return bytes.error();
    auto contents = openPkcs12(*bytes, password);
    if (!contents) return contents.error();
    Pkcs12Material material;
    material.file = file;
    material.sha256 = sha256Hex(*bytes);
    material.bytes = std::move(*bytes);
    material.password = password.clone();
    material.certificates = std::move(contents->certificates);
    material.hasKey = contents->keyCount > 0;
    material.keyMatches = contents->keyMatches;
    material.needsModernWindows = contents->encryption.needsModernWindows;
    return material;
}

Result<CertificateMaterial> readCertificate(const std::string& file)
{
    const auto bytes = readFile(pathFromUtf8(file));
    if (!bytes) return bytes.error();
    auto certificate = parseCertificate(*bytes);
    if (!certificate) return certificate.error();
    return CertificateMaterial{file, sha256Hex(*bytes), std::move(*certificate)};
}

Result<CertificateMaterial> readRoot(const RootAnswers& answers)
{
    if (answers.file.empty())
        return Error{ErrorCode::Unsupported,
                     {tr("This version does not fetch the root certificate from {0} by itself. Download it with a browser and "
                         "name the file as root.file."),
                      {answers.url}},
                     "root by url"};
    auto material = readCertificate(answers.file);
    if (!material) return material;
    if (answers.sha256.empty()) return material;
    const auto wanted = pastedFingerprint(answers.sha256, 32);
    if (!wanted)
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} is not a SHA-256 fingerprint: it has 64 hexadecimal digits. Copy it again from your CA (root.sha256)."), {answers.sha256}},
                     "root.sha256 is no fingerprint"};
    if (*wanted != material->certificate.thumbprintSha256)
        return Error{ErrorCode::Conflict,
                     {tr("{0} is not the certificate you confirmed: its SHA-256 fingerprint is {1}, expected was {2}. Get the file "
                         "again from your CA."),
                      {answers.file, material->certificate.thumbprintSha256, *wanted}},
                     "root fingerprint differs"};
    return material;
}

/// For its distribution points only, so that a file that does not open is no trouble yet.
std::optional<Certificate> readClient(const std::string& file, const Secret& password)
{
    const auto bytes = readFile(pathFromUtf8(file));
    if (!bytes) return std::nullopt;
    auto contents = openPkcs12(*bytes, password);
    if (!contents || contents->certificates.empty()) return std::nullopt;
    return std::move(contents->certificates.front());
}

}  // namespace

std::vector<std::string> distributionPoints(const Materials& materials)
{
    if (materials.client && !materials.client->crlUrls.empty()) return materials.client->crlUrls;
    if (!materials.root || !*materials.root || !materials.pkcs12 || !*materials.pkcs12) return {};
    const auto& certificates = (*materials.pkcs12)->certificates;
    if (certificates.empty() || certificates.front().issuer != (*materials.root)->certificate.subject) return {};
    return certificates.front().crlUrls;
}

Materials readMaterials(const Answers& answers, const Secret& password)
{
    Materials materials;
    if (!answers.certificate.file.empty()) materials.pkcs12 = readPkcs12(answers.certificate.file, password);
    if (!answers.root.file.empty() || !answers.root.url.empty()) materials.root = readRoot(answers.root);
    for (const std::string& file : answers.trust.intermediates) materials.intermediates.push_back(readCertificate(file));
    if (!answers.verify.clientCertificate.empty()) materials.client = readClient(answers.verify.clientCertificate, password);
    return materials;
}

}  // namespace monban
