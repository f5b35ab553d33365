// SPDX-License-Identifier: MIT
#include "core/practice/ca.h"

#include <openssl/rand.h>

#include <nlohmann/json.hpp>

#include "core/base/file.h"

namespace monban::practice {
namespace {

using nlohmann::json;

// The list is a little older than the moment it was made, as clocks of clients are a little late.
constexpr auto kListBackdating = std::chrono::minutes(10);
constexpr auto kListLifetime = std::chrono::days(7);

std::string text(const json& index)
{
    return index.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json toJson(const CaIndex& index)
{
    json revoked = json::array();
    for (const auto& [serial, at] : index.revoked) revoked.push_back({{"serial", serial}, {"at", rfc3339(at)}});
    json issued = json::array();
    for (const auto& [serial, name] : index.issued) issued.push_back({{"serial", serial}, {"name", name}});
    return {{"seed", index.seed}, {"serials_given", index.serialsGiven}, {"crl_number", index.crlNumber},
            {"issued", issued}, {"revoked", revoked}};
}

CaIndex indexFrom(const json& file)
{
    CaIndex index;
    index.seed = file.at("seed").get<std::uint32_t>();
    index.serialsGiven = file.at("serials_given").get<std::uint32_t>();
    index.crlNumber = file.at("crl_number").get<std::uint64_t>();
    for (const auto& entry : file.at("issued"))
        index.issued[entry.at("serial").get<std::string>()] = entry.at("name").get<std::string>();
    for (const auto& entry : file.at("revoked")) {
        const auto serial = lowerAscii(entry.at("serial").get<std::string>());
        if (!bytesFromHex(serial)) continue;
        index.revoked[serial] = timeFromRfc3339(entry.at("at").get<std::string>()).value_or(Time{});
    }
    return index;
}

Result<CaIndex> readIndex(const fs::path& file)
{
    const auto content = readText(file);
    if (!content && content.error().code == ErrorCode::NotFound) {
        CaIndex fresh;
        fresh.seed = randomSeed();
        return fresh;
    }
    if (!content) return content.error();
    try {
        return indexFrom(json::parse(*content));
    } catch (const json::exception& problem) {
        return Error{ErrorCode::Damaged,
                     {tr("The practice CA's index {0} cannot be read: it is not the JSON that Monban wrote. Mend the "
                         "file, or delete it; the published list ca/ia1.crl still says what is revoked."),
                      {utf8(file)}},
                     problem.what()};
    }
}

Error damaged(const fs::path& file)
{
    return {ErrorCode::Damaged,
            {tr("The practice CA's file {0} cannot be read. Make a new practice server with: monban practice new"),
             {utf8(file)}},
            "practice CA file damaged"};
}

}  // namespace

std::uint32_t randomSeed()
{
    std::uint32_t seed = 0;
    // A failing random source leaves 0; a seed is no secret.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof seed) != 1) seed = 0;
    return seed;
}

Bytes serialOf(std::uint32_t seed, std::uint32_t n)
{
    const std::string source = "monban practice serial " + std::to_string(seed) + " " + std::to_string(n);
    unsigned char digest[EVP_MAX_MD_SIZE] = {};
    EVP_Digest(source.data(), source.size(), digest, nullptr, EVP_sha256(), nullptr);
    Bytes serial(digest, digest + 16);
    serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3f) | 0x40);  // positive, and always 16 bytes long
    return serial;
}

PracticeCa::PracticeCa(fs::path folder, X509Ptr root, PkeyPtr key, std::uint32_t seed)
    : m_folder(std::move(folder)), m_root(std::move(root)), m_key(std::move(key))
{
    m_index.seed = seed;
}

Result<PracticeCa> PracticeCa::open(const fs::path& folder)
{
    const auto rootFile = readFile(folder / "ia1.der");
    if (!rootFile) return rootFile.error();
    auto keyText = readText(folder / "ia1.key");
    if (!keyText) return keyText.error();
    auto root = x509FromFile(*rootFile);
    if (!root) return damaged(folder / "ia1.der");
    auto key = keyFromPem(Secret(std::move(*keyText)));
    if (!key) return damaged(folder / "ia1.key");
    const bool belongs = X509_check_private_key(root.get(), key.get()) == 1;
    ERR_clear_error();
    if (!belongs)
        return Error{ErrorCode::Conflict,
                     {tr("The key {0} does not belong to the practice CA's certificate beside it, so it cannot sign. "
                         "Make a new practice server with: monban practice new"),
                      {utf8(folder / "ia1.key")}},
                     "key mismatch"};
    auto index = readIndex(folder / "index.json");
    if (!index) return index.error();
    PracticeCa ca(folder, std::move(root), std::move(key), index->seed);
    ca.m_index = std::move(*index);
    return ca;
}

Bytes PracticeCa::nextSerial() { return serialOf(m_index.seed, m_index.serialsGiven++); }

void PracticeCa::noteIssued(X509* certificate)
{
    const X509_NAME* subject = X509_get_subject_name(certificate);
    std::string name;
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    unsigned char* bytes = nullptr;
    if (at >= 0) {
        const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
        const int size = ASN1_STRING_to_UTF8(&bytes, value);
        if (size > 0) name.assign(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    }
    OPENSSL_free(bytes);
    ERR_clear_error();
    m_index.issued[serialText(X509_get0_serialNumber(certificate))] = name;
}

void PracticeCa::revoke(const std::string& serial, Time at) { m_index.revoked.try_emplace(serial, at); }

Result<Done> PracticeCa::saveIndex() const
{
    return replaceFile(m_folder / "index.json", text(toJson(m_index)));
}

Result<Done> PracticeCa::publish(Time now)
{
    if (const auto file = readFile(m_folder / "ia1.crl")) {
        if (const auto published = readCrl(*file, m_root.get())) {
            for (const auto& [serial, at] : published->revoked) m_index.revoked.try_emplace(serial, at);
            m_index.crlNumber = std::max(m_index.crlNumber, published->number);
        }
    }
    ++m_index.crlNumber;
    const auto list = makeCrl({m_index.revoked, m_index.crlNumber, now - kListBackdating, now + kListLifetime}, signer());
    if (!list) return list.error();
    // The index first: a list that says more than the index is merged next time, a lost revocation would stay lost.
    if (auto saved = saveIndex(); !saved) return saved;
    return replaceFile(m_folder / "ia1.crl", *list);
}

}  // namespace monban::practice
