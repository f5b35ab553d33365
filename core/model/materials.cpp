// SPDX-License-Identifier: MIT
#include "core/model/materials.h"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <map>

#include "core/base/file.h"
#include "core/base/path_length.h"
#include "core/model/pasted.h"
#include "core/pki/crl.h"
#include "core/pki/digest.h"
#include "core/pki/pem.h"
#include "core/pki/pkcs12.h"
#include "core/pki/request.h"

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
    return CertificateMaterial{file, sha256Hex(*bytes), std::move(*certificate), {}};
}

/// Its fingerprint names the file, so that a later root of the same name is another file.
fs::path placeFor(const Certificate& certificate, const fs::path& folder)
{
    std::string name;
    for (const char c : certificate.commonName) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) name += c;
        else if (!name.empty() && name.back() != '-') name += '-';
    }
    constexpr std::size_t kLongestName = 40;
    name = name.substr(0, kLongestName);
    while (name.ends_with('-')) name.pop_back();
    return folder / ((name.empty() ? "root" : name) + "-" + certificate.thumbprintSha256.substr(0, 8) + ".cer");
}

/// The one root among the certificates of a PKCS#7 file (.p7b), as CAs hand out their chain.
Result<Certificate> rootOfPkcs7(const std::vector<Certificate>& certificates, const std::string& source)
{
    std::map<std::string, const Certificate*> roots;
    for (const Certificate& certificate : certificates)
        if (certificate.selfSigned && certificate.isCa) roots[certificate.thumbprintSha256] = &certificate;
    if (roots.size() == 1) return *roots.begin()->second;
    if (roots.empty())
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} holds no root CA certificate: none of its {1} certificates is a CA's own, self-signed one. Get the root CA's "
                         "certificate."),
                      {source, std::to_string(certificates.size())}},
                     "no root in PKCS#7"};
    return Error{ErrorCode::InvalidInput,
                 {tr("{0} holds {1} root CA certificates, so which one is meant cannot be told. Save the right one in a file of its own and "
                     "name that."),
                  {source, std::to_string(roots.size())}},
                 "several roots in PKCS#7"};
}

Result<CertificateMaterial> rootFrom(ByteView bytes, const std::string& source, bool isFile, const fs::path& folder)
{
    auto certificate = parseCertificate(bytes);
    const auto contents = certificate ? Result<std::vector<Certificate>>(Error{}) : parsePkcs7(bytes);
    if (!certificate && !contents)
        return Error{ErrorCode::Damaged,
                     {tr("{0} is no certificate that can be read: neither DER or PEM (.cer, .crt, .der, .pem) nor PKCS#7 (.p7b)."), {source}},
                     certificate.error().detail};
    if (contents) certificate = rootOfPkcs7(*contents, source);
    if (!certificate) return certificate.error();
    if (isFile && !contents && !isTooLongForPrograms(source)) return CertificateMaterial{source, sha256Hex(bytes), std::move(*certificate), {}};
    const std::string place = utf8(placeFor(*certificate, folder).make_preferred());
    return CertificateMaterial{place, sha256Hex(certificate->der), std::move(*certificate), source};
}

/// What is wrong with the answers themselves: noticed before anything is read or fetched.
std::optional<Error> refusal(const RootAnswers& answers)
{
    if (!answers.sha256.empty() && !pastedFingerprint(answers.sha256, 32))
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} is not a SHA-256 fingerprint: it has 64 hexadecimal digits. Copy it again from your CA (root.sha256)."), {answers.sha256}},
                     "root.sha256 is no fingerprint"};
    if (answers.file.empty() && answers.sha256.empty())
        return Error{ErrorCode::InvalidInput,
                     {tr("A root certificate that comes over the network needs its fingerprint: anybody on the way could exchange it. "
                          "Ask the CA for the SHA-256 fingerprint and give it as well (root.sha256). Nothing was fetched."),
                      {}},
                     "root.url without root.sha256"};
    return std::nullopt;
}

/// What an earlier run fetched, confirmed and saved: as good as fetching it again, found by its fingerprint.
std::optional<CertificateMaterial> savedEarlier(const RootAnswers& answers, const fs::path& folder)
{
    const auto wanted = pastedFingerprint(answers.sha256, 32);
    if (!wanted) return std::nullopt;
    const std::string ending = "-" + wanted->substr(0, 8) + ".cer";
    boost::system::error_code trouble;
    for (fs::directory_iterator entry(folder, trouble), end; !trouble && entry != end; entry.increment(trouble)) {
        if (!utf8(entry->path().filename()).ends_with(ending)) continue;
        const auto bytes = readFile(entry->path());
        auto certificate = bytes ? parseCertificate(*bytes) : Result<Certificate>(Error{});
        if (certificate && certificate->thumbprintSha256 == *wanted)
            return CertificateMaterial{utf8(fs::path(entry->path()).make_preferred()), sha256Hex(certificate->der), std::move(*certificate), answers.url};
    }
    return std::nullopt;
}

Result<CertificateMaterial> readRoot(const RootAnswers& answers, const MaterialSources& sources)
{
    if (auto error = refusal(answers)) return *error;
    const bool isFile = !answers.file.empty();
    const std::string& source = isFile ? answers.file : answers.url;
    const auto bytes = isFile ? readFile(pathFromUtf8(source)) : sources.fetch(source);
    if (!bytes) {
        auto saved = isFile ? std::nullopt : savedEarlier(answers, sources.folder);
        if (saved) return std::move(*saved);
        return bytes.error();
    }
    auto material = rootFrom(*bytes, source, isFile, sources.folder);
    if (!material || answers.sha256.empty()) return material;
    const auto wanted = pastedFingerprint(answers.sha256, 32);
    if (*wanted != material->certificate.thumbprintSha256)
        return Error{ErrorCode::Conflict,
                     {tr("{0} is not the certificate you confirmed: its SHA-256 fingerprint is {1}, expected was {2}. Get the file "
                         "again from your CA."),
                      {source, material->certificate.thumbprintSha256, *wanted}},
                     "root fingerprint differs"};
    return material;
}

Result<IssuedMaterial> readIssued(const std::string& file)
{
    const auto bytes = readFile(pathFromUtf8(file));
    if (!bytes) return bytes.error();
    IssuedMaterial material{file, sha256Hex(*bytes), {}};
    constexpr std::string_view kBlock = "-----BEGIN CERTIFICATE-----";
    const auto first = textOf(*bytes).find(kBlock);
    if (first != std::string_view::npos && textOf(*bytes).find(kBlock, first + kBlock.size()) != std::string_view::npos)
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} holds several certificates one after the other, of which certreq would read the first alone. Download the answer as .p7b, or "
                         "name a file with the server certificate only."),
                      {file}},
                     "several certificates in the issued file"};
    if (auto certificate = parseCertificate(*bytes)) {
        material.certificates.push_back(std::move(*certificate));
    } else if (auto reply = parsePkcs7(*bytes); reply && !reply->empty()) {
        material.certificates = std::move(*reply);
    } else if (parseRequest(*bytes)) {
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} is the request itself, not the CA's answer. Name the file the CA gave out for it (certificate.issued_file)."), {file}},
                     "issued_file is a request"};
    } else {
        return Error{ErrorCode::Damaged,
                     {tr("{0} holds no certificate: neither one alone (.cer, .crt, .der) nor a PKCS#7 (.p7b). Download it from the CA again."), {file}},
                     "no certificate in the issued file"};
    }
    return material;
}

/// Whatever else a file holds, Windows would put into the store as well, and no plan would have said so.
bool isAlone(ByteView list)
{
    if (derKind(list) == DerKind::Crl || fromBareBase64(list)) return true;
    PemReader reader(list);
    return reader.next() && !reader.next();
}

Result<CrlMaterial> readCrl(const std::string& file)
{
    const auto bytes = readFile(pathFromUtf8(file));
    if (!bytes) return bytes.error();
    auto crl = parseCrl(*bytes);
    if (crl && !isAlone(*bytes))
        return Error{ErrorCode::InvalidInput, {tr("{0} holds more than one revocation list. Save the list that is to be installed in a file of its own."), {file}}, "a list among others"};
    if (!crl)
        return Error{ErrorCode::Damaged, {tr("{0} is no revocation list that can be read (.crl, DER or PEM). Download it from the CA again."), {file}}, crl.error().detail};
    return CrlMaterial{file, sha256Hex(*bytes), sha1Hex(crl->der), std::move(*crl)};
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
    if (!materials.root || !*materials.root) return {};
    std::vector<Certificate> own;
    if (materials.pkcs12 && *materials.pkcs12) own = (*materials.pkcs12)->certificates;
    else if (materials.issued && *materials.issued) own = (*materials.issued)->certificates;
    for (const Certificate& certificate : own)
        if (!certificate.isCa && certificate.issuer == (*materials.root)->certificate.subject) return certificate.crlUrls;
    return {};
}

Materials readMaterials(const Answers& answers, const Secret& password, const MaterialSources& sources)
{
    Materials materials;
    const bool requests = answers.certificate.source == CertificateAnswers::Source::Request;
    if (requests && !answers.certificate.issuedFile.empty()) materials.issued = readIssued(answers.certificate.issuedFile);
    if (!requests && !answers.certificate.file.empty()) materials.pkcs12 = readPkcs12(answers.certificate.file, password);
    if (!answers.root.file.empty() || !answers.root.url.empty()) materials.root = readRoot(answers.root, sources);
    for (const std::string& file : answers.trust.intermediates) materials.intermediates.push_back(readCertificate(file));
    if (!answers.troubleshoot.installCrl.empty()) materials.crl = readCrl(answers.troubleshoot.installCrl);
    if (!answers.verify.clientCertificate.empty()) materials.client = readClient(answers.verify.clientCertificate, password);
    return materials;
}

}  // namespace monban
