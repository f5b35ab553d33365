// SPDX-License-Identifier: MIT
#include "core/pki/pkcs12_protection.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/pki/names.h"

namespace monban {
namespace {

using PbeParameters = Handle<PBEPARAM, PBEPARAM_free>;
using Pbes2Parameters = Handle<PBE2PARAM, PBE2PARAM_free>;
using Pbkdf2Parameters = Handle<PBKDF2PARAM, PBKDF2PARAM_free>;
using ScryptParameters = Handle<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;
using CipherPtr = Handle<EVP_CIPHER, EVP_CIPHER_free>;
using DigestPtr = Handle<EVP_MD, EVP_MD_free>;

constexpr std::size_t kLongestSalt = 64 * 1024;

template <class Pointer>
Pointer parameters(const X509_ALGOR* algorithm, const ASN1_ITEM* item)
{
    if (!algorithm->parameter || algorithm->parameter->type != V_ASN1_SEQUENCE) return nullptr;
    return Pointer(static_cast<typename Pointer::pointer>(ASN1_TYPE_unpack_sequence(item, algorithm->parameter)));
}

/// The largest number where it does not fit: absurd in any case.
std::int64_t count(const ASN1_INTEGER* number)
{
    std::int64_t value = 0;
    return ASN1_INTEGER_get_int64(&value, number) == 1 ? value : INT64_MAX;
}

Error unknownAlgorithm(const std::string& name)
{
    return {ErrorCode::Unsupported,
            {tr("The file is protected with {0}, which cannot be read here. Have it exported again with AES-256 or "
                "TripleDES."),
             {name}},
            {}};
}

Error absurdCount(const std::string& rounds)
{
    return {
        ErrorCode::Unsupported,
        {tr("The file asks for {0} rounds of password hashing, far more than any real file. They are not computed."),
         {rounds}},
        {}};
}

Error damagedParameters(const std::string& name)
{
    return {ErrorCode::Damaged, {tr("The description of the file's encryption ({0}) is damaged."), {name}}, {}};
}

std::optional<Error> judgeCount(std::int64_t iterations)
{
    if (iterations < 1)
        return Error{ErrorCode::Damaged,
                     {tr("The file's count of rounds of password hashing ({0}) makes no sense: the file is damaged."),
                      {std::to_string(iterations)}},
                     {}};
    if (iterations > kMostIterations) return absurdCount(std::to_string(iterations));
    return std::nullopt;
}

bool isModern(int hash) { return hash == NID_sha256 || hash == NID_sha384 || hash == NID_sha512; }

/// A round of the PKCS#12 derivation in tenths of a unit (measured).
std::int64_t weightOf(int hash)
{
    if (hash == NID_sha1 || hash == NID_sha256 || hash == NID_md5) return 10;
    return hash == NID_sha384 || hash == NID_sha512 || hash == NID_sha224 ? 24 : 40;
}

std::int64_t blocks(int wanted, int size) { return size > 0 ? (wanted + size - 1) / size : 1; }

bool libraryHasCipher(const char* name)
{
    return CipherPtr(EVP_CIPHER_fetch(opensslContext(), name, nullptr)) != nullptr;
}
bool libraryHasHash(const char* name) { return DigestPtr(EVP_MD_fetch(opensslContext(), name, nullptr)) != nullptr; }

/// What every Windows reads: the six algorithms of RFC 7292, appendix C.
bool isPkcs12Algorithm(int nid)
{
    return nid == NID_pbe_WithSHA1And128BitRC4 || nid == NID_pbe_WithSHA1And40BitRC4 ||
           nid == NID_pbe_WithSHA1And3_Key_TripleDES_CBC || nid == NID_pbe_WithSHA1And2_Key_TripleDES_CBC ||
           nid == NID_pbe_WithSHA1And128BitRC2_CBC || nid == NID_pbe_WithSHA1And40BitRC2_CBC;
}

void fillOld(Protection& protection, const X509_ALGOR* algorithm, int nid)
{
    protection.windows = isPkcs12Algorithm(nid) ? WindowsReads::Every : WindowsReads::Unknown;
    int cipher = NID_undef;
    int hash = NID_undef;
    if (!EVP_PBE_find(EVP_PBE_TYPE_OUTER, nid, &cipher, &hash, nullptr) || cipher == NID_undef ||
        !libraryHasCipher(OBJ_nid2sn(cipher)) || !libraryHasHash(OBJ_nid2sn(hash))) {
        protection.refusal = unknownAlgorithm(protection.name);
        return;
    }
    const auto found = parameters<PbeParameters>(algorithm, ASN1_ITEM_rptr(PBEPARAM));
    if (!found) {
        protection.refusal = damagedParameters(protection.name);
        return;
    }
    protection.iterations = count(found->iter);
    protection.refusal = judgeCount(protection.iterations);
    if (ASN1_STRING_length(found->salt) > static_cast<int>(kLongestSalt))
        protection.refusal = damagedParameters(protection.name);
    if (!protection.refusal)
        protection.work = 3 * protection.iterations;  // at most two blocks of key, one of initial vector
}

void fillPbkdf2(Protection& protection, const X509_ALGOR* function, int keySize)
{
    const auto found = parameters<Pbkdf2Parameters>(function, ASN1_ITEM_rptr(PBKDF2PARAM));
    if (!found || found->salt->type != V_ASN1_OCTET_STRING ||
        ASN1_STRING_length(found->salt->value.octet_string) > static_cast<int>(kLongestSalt)) {
        protection.refusal = damagedParameters(protection.name);
        return;
    }
    protection.iterations = count(found->iter);
    protection.refusal = judgeCount(protection.iterations);
    int prf = NID_hmacWithSHA1;  // RFC 8018, appendix A.2: the default
    if (found->prf) prf = OBJ_obj2nid(found->prf->algorithm);
    int hash = NID_undef;
    if (!EVP_PBE_find(EVP_PBE_TYPE_PRF, prf, nullptr, &hash, nullptr) || !libraryHasHash(OBJ_nid2sn(hash))) {
        protection.refusal = unknownAlgorithm(found->prf ? shortName(found->prf->algorithm) : protection.name);
        return;
    }
    if (hash != NID_sha1 && !isModern(hash)) protection.windows = std::max(protection.windows, WindowsReads::Unknown);
    const DigestPtr digest(EVP_MD_fetch(opensslContext(), OBJ_nid2sn(hash), nullptr));
    // HMAC runs the hash twice, with some more around it.
    if (!protection.refusal)
        protection.work =
            protection.iterations * 5 / 2 * weightOf(hash) / 10 * blocks(keySize, EVP_MD_get_size(digest.get()));
}

/// RFC 7914. Windows does not know it; the library computes it within its own limit of 32 MiB.
void fillScrypt(Protection& protection, const X509_ALGOR* function)
{
    protection.windows = WindowsReads::None;
    const auto found = parameters<ScryptParameters>(function, ASN1_ITEM_rptr(SCRYPT_PARAMS));
    if (!found || ASN1_STRING_length(found->salt) > static_cast<int>(kLongestSalt)) {
        protection.refusal = damagedParameters(protection.name);
        return;
    }
    const std::int64_t cost = count(found->costParameter);
    const std::int64_t size = count(found->blockSize);
    const std::int64_t lanes = count(found->parallelizationParameter);
    protection.iterations = cost;
    if (cost < 2 || size < 1 || lanes < 1 || cost > 262'144 || size > 1024 || lanes > 1024 || cost * size > 262'144)
        protection.refusal =
            Error{ErrorCode::Unsupported,
                  {tr("The file asks for an absurd amount of password hashing (scrypt). It is not computed."), {}},
                  {}};
    else protection.work = 4 * cost * size * lanes;
}

void fillPbes2(Protection& protection, const X509_ALGOR* algorithm)
{
    protection.usesRawBytes = true;
    const auto found = parameters<Pbes2Parameters>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
    if (!found) {
        protection.refusal = damagedParameters(protection.name);
        return;
    }
    protection.name = shortName(found->encryption->algorithm);
    const int cipher = OBJ_obj2nid(found->encryption->algorithm);
    const CipherPtr fetched(EVP_CIPHER_fetch(opensslContext(), OBJ_nid2sn(cipher), nullptr));
    const bool windowsKnows = cipher == NID_aes_128_cbc || cipher == NID_aes_192_cbc || cipher == NID_aes_256_cbc ||
                              cipher == NID_des_ede3_cbc;
    protection.windows = windowsKnows ? WindowsReads::Modern : WindowsReads::None;
    switch (OBJ_obj2nid(found->keyfunc->algorithm)) {
        case NID_id_pbkdf2:
            fillPbkdf2(protection, found->keyfunc, fetched ? EVP_CIPHER_get_key_length(fetched.get()) : 32);
            break;
        case NID_id_scrypt:
            fillScrypt(protection, found->keyfunc);
            break;
        default:
            protection.refusal = unknownAlgorithm(shortName(found->keyfunc->algorithm));
            protection.windows = WindowsReads::None;
    }
    if (!fetched && (!protection.refusal || protection.refusal->code != ErrorCode::Damaged))
        protection.refusal = unknownAlgorithm(protection.name);
}

/// Empty where a character is none of Latin-1. Neither this nor the next lets its text grow: what it grew out of would stay.
std::string latin1(std::string_view utf8Text)
{
    std::string bytes;
    bytes.reserve(utf8Text.size());
    for (std::size_t i = 0; i < utf8Text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8Text[i]);
        const auto next = static_cast<unsigned char>(i + 1 < utf8Text.size() ? utf8Text[i + 1] : 0);
        if (byte < 0x80) {
            bytes += static_cast<char>(byte);
        } else if ((byte == 0xC2 || byte == 0xC3) && (next & 0xC0) == 0x80) {
            bytes += static_cast<char>((byte & 3) << 6 | (next & 0x3F));
            ++i;
        } else {
            wipe(bytes);
            break;
        }
    }
    return bytes;
}

/// Each byte as if it were a character of Latin-1, in UTF-8.
std::string bytesAsLatin1(std::string_view bytes)
{
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) text += c;
        else (text += static_cast<char>(0xC0 | byte >> 6)) += static_cast<char>(0x80 | (byte & 0x3F));
    }
    return text;
}

const char* passwordBytes(const PasswordForm& form, bool raw)
{
    return form.none ? nullptr : (raw ? form.raw : form.pkcs12).c_str();
}
int passwordSize(const PasswordForm& form, bool raw)
{
    return form.none ? 0 : static_cast<int>((raw ? form.raw : form.pkcs12).size());
}

}  // namespace

Protection cipherProtection(const X509_ALGOR* algorithm)
{
    Protection protection;
    protection.name = shortName(algorithm->algorithm);
    const int nid = OBJ_obj2nid(algorithm->algorithm);
    if (nid == NID_pbes2) fillPbes2(protection, algorithm);
    else fillOld(protection, algorithm, nid);
    return protection;
}

Protection macProtection(const X509_ALGOR* algorithm, std::int64_t iterations, std::size_t saltSize)
{
    Protection protection;
    const int nid = OBJ_obj2nid(algorithm->algorithm);
    protection.name = lowerAscii(shortName(algorithm->algorithm));
    protection.iterations = iterations;
    if (nid == NID_pbmac1) {
        protection.windows = WindowsReads::None;
        // The parameters have the shape of PBES2's: a key derivation and what uses the key.
        const auto found = parameters<Pbes2Parameters>(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
        if (found && OBJ_obj2nid(found->keyfunc->algorithm) == NID_id_pbkdf2)
            fillPbkdf2(protection, found->keyfunc, 32);
        protection.refusal = Error{ErrorCode::Unsupported,
                                   {tr("The file's integrity check is PBMAC1 (RFC 9579), which cannot be verified here "
                                       "nor by Windows. Have it exported again "
                                       "with the older HMAC (openssl pkcs12 without -pbmac1_pbkdf2)."),
                                    {}},
                                   {}};
        return protection;
    }
    if (nid == NID_sha1) protection.windows = WindowsReads::Every;
    else protection.windows = isModern(nid) ? WindowsReads::Modern : WindowsReads::Unknown;
    if (nid == NID_undef || !libraryHasHash(OBJ_nid2sn(nid))) protection.refusal = unknownAlgorithm(protection.name);
    else if (saltSize > kLongestSalt) protection.refusal = damagedParameters(protection.name);
    else protection.refusal = judgeCount(iterations);
    if (!protection.refusal) protection.work = iterations * weightOf(nid) / 10;
    return protection;
}

bool KdfBudget::take(std::int64_t work)
{
    constexpr std::int64_t kFixed = 500;  // fetching algorithms and setting up
    if (work < 0 || work > m_left - kFixed) return false;
    m_left -= work + kFixed;
    return true;
}

PasswordForm::PasswordForm(bool isNone, std::string_view forPkcs12, std::string_view forPbes2)
    : none(isNone), pkcs12(forPkcs12), raw(forPbes2)
{
}

PasswordForm::~PasswordForm()
{
    wipe(pkcs12);
    wipe(raw);
}

std::vector<PasswordForm> passwordForms(const Secret& password)
{
    std::vector<PasswordForm> forms;
    forms.reserve(4);  // growing would leave copies behind
    password.use([&](std::string_view text) {
        if (text.empty()) {
            forms.emplace_back(true, "", "");
            forms.emplace_back(false, "", "");
            return;
        }
        // From views throughout: a string that was moved from keeps a short password's letters.
        forms.emplace_back(false, text, text);
        if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return;
        // OpenSSL before 1.1.0 widened each byte it was given, whatever the encoding.
        std::string widened = bytesAsLatin1(text);
        forms.emplace_back(false, widened, text);
        wipe(widened);
        // Programs in a Latin-1 locale hand PBES2 the bytes of that; the BMPString comes out right.
        std::string narrow = latin1(text);
        if (!narrow.empty()) forms.emplace_back(false, text, narrow);
        wipe(narrow);
    });
    return forms;
}

std::optional<Plain> decrypted(const X509_ALGOR* algorithm, bool usesRawBytes, ByteView ciphertext,
                               const PasswordForm& password)
{
    const ErrorQueueScope scope;
    unsigned char* bytes = nullptr;
    int size = 0;
    if (!PKCS12_pbe_crypt_ex(algorithm, passwordBytes(password, usesRawBytes), passwordSize(password, usesRawBytes),
                             ciphertext.data(), static_cast<int>(ciphertext.size()), &bytes, &size, 0, opensslContext(),
                             nullptr))
        return std::nullopt;
    return Plain(bytes, size);
}

bool macFits(const std::string& hash, std::int64_t iterations, ByteView salt, ByteView digest, ByteView content,
             const PasswordForm& password)
{
    const ErrorQueueScope scope;
    const DigestPtr algorithm(EVP_MD_fetch(opensslContext(), hash.c_str(), nullptr));
    if (!algorithm) return false;
    const int size = EVP_MD_get_size(algorithm.get());
    unsigned char key[EVP_MAX_MD_SIZE];
    unsigned char mac[EVP_MAX_MD_SIZE];
    std::size_t macSize = 0;
    Bytes saltCopy(salt.begin(), salt.end());  // the function wants it mutable
    const bool computed =
        PKCS12_key_gen_utf8_ex(passwordBytes(password, false), passwordSize(password, false), saltCopy.data(),
                               static_cast<int>(salt.size()), PKCS12_MAC_ID, static_cast<int>(iterations), size, key,
                               algorithm.get(), opensslContext(), nullptr) == 1 &&
        EVP_Q_mac(opensslContext(), "HMAC", nullptr, hash.c_str(), nullptr, key, static_cast<std::size_t>(size),
                  content.data(), content.size(), mac, sizeof mac, &macSize) != nullptr;
    OPENSSL_cleanse(key, sizeof key);
    return computed && macSize == digest.size() && CRYPTO_memcmp(mac, digest.data(), macSize) == 0;
}

}  // namespace monban
