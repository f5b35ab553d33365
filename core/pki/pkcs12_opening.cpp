// SPDX-License-Identifier: MIT
#include "core/pki/pkcs12_opening.h"

#include <algorithm>
#include <numeric>

#include "core/pki/asn1.h"
#include "core/pki/certificate_list.h"
#include "core/pki/openssl.h"
#include "core/pki/pem.h"
#include "core/pki/pkcs12_protection.h"
#include "core/pki/pkcs12_summary.h"
#include "core/pki/private_key.h"

namespace monban {
namespace {

/// More keys than that are counted and not opened.
constexpr std::size_t kMostKeys = 16;

Error damaged(const char* sentence) { return {ErrorCode::Damaged, {sentence, {}}, {}}; }

Error tooMuchWork()
{
    return {ErrorCode::Unsupported,
            {tr("Opening the file would take an absurd number of rounds of password hashing in all. They are not "
                "computed."),
             {}},
            {}};
}

struct OpenedKey {
    PkeyPtr key;
    Secret pem;
};

/// Opens one file with one password; lives for one call.
class Opening {
public:
    Opening(const Pkcs12File& file, const Secret& password)
        : m_file(file), m_summary(summaryOf(file)), m_forms(passwordForms(password))
    {
        m_passwordGiven = !password.empty();
    }

    Result<Pkcs12Contents> run()
    {
        if (m_summary.refusal) return *m_summary.refusal;
        if (m_summary.work > KdfBudget::kWhole) return tooMuchWork();
        if (m_file.mac && !findFormByMac()) {
            if (m_error) return *m_error;
            // The MAC covers everything: it fails for a wrong password and for altered bytes. If some part opens with
            // this password all the same, the password was right.
            if (anythingOpens())
                return damaged(
                    tr("The PKCS#12 file was altered: its integrity check fails although the password is right. Copy "
                       "it again."));
            return wrongPassword();
        }
        for (const Pkcs12Safe& safe : m_file.safes)
            if (!readSafe(safe)) return m_error.value_or(cannotDecrypt());
        return contents();
    }

private:
    Error wrongPassword() const
    {
        if (!m_passwordGiven)
            return {ErrorCode::WrongPassword,
                    {tr("The PKCS#12 file is protected with a password, and none was given."), {}},
                    {}};
        return {
            ErrorCode::WrongPassword,
            {tr("The password does not fit this PKCS#12 file. Capital letters and the keyboard layout matter."), {}},
            {}};
    }
    Error cannotDecrypt() const
    {
        if (!m_passwordProven) return wrongPassword();
        return damaged(
            tr("A part of the PKCS#12 file cannot be decrypted although the password is right: the file is damaged."));
    }

    bool findFormByMac()
    {
        const Pkcs12Mac& mac = *m_file.mac;
        for (std::size_t i = 0; i < m_forms.size(); ++i) {
            if (i > 1 && m_forms[i].pkcs12 == m_forms[0].pkcs12) continue;  // they differ for PBES2 only
            if (!m_budget.take(m_summary.macWork)) {
                if (i == 0) m_error = tooMuchWork();
                return false;
            }
            if (!macFits(m_summary.encryption.mac, mac.iterations, mac.salt, mac.digest, m_file.content, m_forms[i]))
                continue;
            m_form = i;
            m_passwordProven = true;
            return true;
        }
        return false;
    }

    /// Decrypts with the form that is known to fit, then with the others: the MAC and the ciphers of one file may have
    /// been computed by rules of different programs. `fits` tells real content from what a wrong password leaves.
    template <class Fits>
    std::optional<Plain> open(const X509_ALGOR* algorithm, const Protection& protection, ByteView ciphertext, Fits fits)
    {
        for (std::size_t tried = 0; tried < m_forms.size(); ++tried) {
            const std::size_t i = tried == 0 ? m_form : (tried <= m_form ? tried - 1 : tried);
            if (!m_budget.take(protection.work)) {
                if (tried == 0) m_error = tooMuchWork();
                return std::nullopt;
            }
            auto plain = decrypted(algorithm, protection.usesRawBytes, ciphertext, m_forms[i]);
            if (!plain || !fits(plain->view())) continue;
            m_form = i;
            m_passwordProven = true;
            return plain;
        }
        return std::nullopt;
    }

    static bool isSafeContents(ByteView plain)
    {
        return hasReasonableSize(plain) && forEachBag(plain, [](const Pkcs12Bag&) {});
    }
    static bool isKey(ByteView plain)
    {
        const ErrorQueueScope scope;
        const unsigned char* at = plain.data();
        return Pkcs8Ptr(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(plain.size()))) != nullptr;
    }

    bool anythingOpens()
    {
        bool found = false;
        for (const Pkcs12Safe& safe : m_file.safes) {
            if (found) break;
            if (safe.encryption) {
                found = open(safe.encryption.get(), cipherProtection(safe.encryption.get()), safe.bytes, isSafeContents)
                            .has_value();
                continue;
            }
            int tried = 0;
            forEachBag(safe.bytes, [&](const Pkcs12Bag& bag) {
                if (found || bag.kind != Pkcs12Bag::Kind::ShroudedKey || ++tried > 2) return;
                if (const auto key = readShroudedKey(bag.value))
                    found = open(key->encryption.get(), cipherProtection(key->encryption.get()), key->ciphertext, isKey)
                                .has_value();
            });
        }
        return found;
    }

    bool readSafe(const Pkcs12Safe& safe)
    {
        if (!safe.encryption) return readBags(safe.bytes);
        const auto plain =
            open(safe.encryption.get(), cipherProtection(safe.encryption.get()), safe.bytes, isSafeContents);
        return plain && readBags(plain->view());
    }

    bool readBags(ByteView safeContents)
    {
        bool good = true;
        const bool whole = forEachBag(safeContents, [&](const Pkcs12Bag& bag) { good = good && readBag(bag); });
        if (!whole && !m_error) m_error = damaged(tr("The contents of the PKCS#12 file are damaged."));
        return good && whole;
    }

    bool readBag(const Pkcs12Bag& bag)
    {
        switch (bag.kind) {
            case Pkcs12Bag::Kind::Certificate:
                return readCertificate(bag);
            case Pkcs12Bag::Kind::ShroudedKey:
                return readShrouded(bag);
            case Pkcs12Bag::Kind::Key:
                ++m_keyCount;
                return m_keys.size() >= kMostKeys || readKey(bag.value, bag.friendlyName);
            case Pkcs12Bag::Kind::Other:
                return true;
        }
        return true;
    }

    bool readCertificate(const Pkcs12Bag& bag)
    {
        const auto der = certificateInBag(bag.value);
        if (!der) return true;  // an SDSI certificate, which nobody uses
        switch (m_list.add(*der)) {
            case CertificateList::Added::Yes:
                m_names.push_back(bag.friendlyName);
                return true;
            case CertificateList::Added::Damaged:
                m_error = damaged(tr("A certificate in the PKCS#12 file is damaged."));
                return false;
            case CertificateList::Added::Full:
                break;
        }
        m_error = Error{ErrorCode::Unsupported,
                        {tr("The PKCS#12 file holds more certificates than any real one. It is not read."), {}},
                        {}};
        return false;
    }

    bool readShrouded(const Pkcs12Bag& bag)
    {
        ++m_keyCount;
        const auto key = readShroudedKey(bag.value);
        if (!key) {
            m_error = damaged(tr("The private key in the PKCS#12 file is damaged."));
            return false;
        }
        const Protection protection = cipherProtection(key->encryption.get());
        m_summary.addKey(protection);
        if (protection.refusal) m_error = protection.refusal;
        if (protection.refusal || m_keys.size() >= kMostKeys) return !protection.refusal;
        const auto plain = open(key->encryption.get(), protection, key->ciphertext, isKey);
        return plain && readKey(plain->view(), bag.friendlyName);
    }

    bool readKey(ByteView pkcs8, const std::string& friendlyName)
    {
        auto key = privateKeyFromPkcs8(pkcs8);
        if (!key) {
            m_error = key.error();
            return false;
        }
        m_keys.push_back({std::move(key->key), Secret(pemText("PRIVATE KEY", pkcs8.first(key->size)))});
        m_keyNames.push_back(friendlyName);
        return true;
    }

    /// The key each certificate belongs to, -1 without one.
    std::vector<int> owners() const
    {
        const ErrorQueueScope scope;
        std::vector<int> owner(m_list.handles.size(), -1);
        for (std::size_t i = 0; i < owner.size(); ++i) {
            const EVP_PKEY* publicKey = X509_get0_pubkey(m_list.handles[i].get());
            for (std::size_t k = 0; publicKey && k < m_keys.size() && owner[i] < 0; ++k)
                if (EVP_PKEY_eq(publicKey, m_keys[k].key.get()) == 1) owner[i] = static_cast<int>(k);
        }
        return owner;
    }

    bool issued(std::size_t issuer, std::size_t subject) const
    {
        X509* certificate = m_list.handles[subject].get();
        const X509* signer = m_list.handles[issuer].get();
        return X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(signer)) == 0 &&
               signatureVerifies(certificate, signer);
    }

    /// The certificate of the first key that has one; without any, the first that is not a CA's.
    std::size_t leaf(const std::vector<int>& owner) const
    {
        for (std::size_t k = 0; k < m_keys.size(); ++k)
            for (std::size_t i = 0; i < owner.size(); ++i)
                if (owner[i] == static_cast<int>(k)) return i;
        for (std::size_t i = 0; i < owner.size(); ++i)
            if (!m_list.certificates[i].isCa) return i;
        return 0;
    }

    std::vector<std::size_t> order(std::size_t first, std::size_t& chainLength) const
    {
        constexpr int kMostTries = 64;
        std::vector<std::size_t> rest(m_list.certificates.size());
        std::iota(rest.begin(), rest.end(), std::size_t{0});
        std::vector<std::size_t> chain{first};
        std::erase(rest, first);
        int tries = 0;
        while (!rest.empty() && m_list.certificates[chain.back()].subject != m_list.certificates[chain.back()].issuer) {
            const auto next = std::ranges::find_if(rest, [&](std::size_t candidate) {
                return m_list.certificates[candidate].subject == m_list.certificates[chain.back()].issuer &&
                       ++tries <= kMostTries && issued(candidate, chain.back());
            });
            if (next == rest.end()) break;
            chain.push_back(*next);
            rest.erase(next);
        }
        chainLength = chain.size();
        chain.insert(chain.end(), rest.begin(), rest.end());
        return chain;
    }

    Pkcs12Contents contents()
    {
        Pkcs12Contents result;
        result.keyCount = m_keyCount;
        result.encryption = m_summary.encryption;
        std::size_t key = 0;
        if (!m_list.certificates.empty()) {
            const std::vector<int> owner = owners();
            for (const std::size_t i : order(leaf(owner), result.chainLength)) {
                const bool owned = owner[i] >= 0;
                if (result.certificates.empty()) {
                    result.keyMatches = owned;
                    key = owned ? static_cast<std::size_t>(owner[i]) : 0;
                }
                // Some programs name only the key; Windows shows that name for the certificate.
                if (owned && m_names[i].empty()) m_names[i] = m_keyNames[static_cast<std::size_t>(owner[i])];
                result.certificates.push_back(std::move(m_list.certificates[i]));
                result.friendlyNames.push_back(std::move(m_names[i]));
                result.hasPrivateKey.push_back(owned);
            }
        }
        if (!m_keys.empty()) result.keyPem = std::move(m_keys[key].pem);
        return result;
    }

    const Pkcs12File& m_file;
    Pkcs12Summary m_summary;
    std::vector<PasswordForm> m_forms;
    KdfBudget m_budget;
    std::size_t m_form = 0;
    bool m_passwordGiven = false;
    bool m_passwordProven = false;
    std::optional<Error> m_error;
    CertificateList m_list{CertificateList::Handles::Keep};
    std::vector<std::string> m_names;
    std::vector<OpenedKey> m_keys;
    std::vector<std::string> m_keyNames;
    int m_keyCount = 0;
};

}  // namespace

Result<Pkcs12Contents> openContents(const Pkcs12File& file, const Secret& password)
{
    return Opening(file, password).run();
}

}  // namespace monban
