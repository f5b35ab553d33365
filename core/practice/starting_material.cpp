// SPDX-License-Identifier: MIT
#include "core/practice/starting_material.h"

#include <openssl/rand.h>

#include <array>
#include <atomic>
#include <random>
#include <thread>

namespace monban::practice {
namespace {

using std::chrono::days;

constexpr const char* kRootUsage = "critical,keyCertSign,cRLSign";
constexpr const char* kServerUsage = "critical,digitalSignature,keyEncipherment";
constexpr const char* kClientUsage = "critical,digitalSignature";
constexpr const char* kElsewhereCrlUrl = "http://ca.practice/crl/elsewhere.crl";

// Made-up people, as an administrator in Japan meets them: names in either script.
constexpr std::array kPeople = {"Taro Yamada",  "山田 太郎",   "Hanako Sato",  "佐藤 花子",   "Ken Watanabe",
                                "鈴木 一郎",    "Yuki Tanaka", "高橋 由美子",  "Akira Ito",   "中村 さくら"};

/// The practice CA and what it issues has RSA keys, as private CAs and Windows do; the others differ in that, too.
enum KeyUse { RootKey, ServerKey, ClientKey, ExpiredKey, RevokedKey, kRsaKeys,
              OtherRootKey = kRsaKeys, OtherKey, ElsewhereRootKey, TrustedElsewhereKey, kKeys };

/// An RSA key takes up to a quarter of a second; every processor makes its share.
std::vector<PkeyPtr> makeKeys()
{
    std::vector<PkeyPtr> keys(kKeys);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < keys.size(); i = next++) keys[i] = i < kRsaKeys ? makeRsaKey() : makeEcKey();
    };
    const unsigned workers = std::max(1u, std::min(std::thread::hardware_concurrency(), 8u));
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < workers; ++i) threads.emplace_back(work);
    work();
    threads.clear();
    return keys;
}

/// Ten or so letters and digits without look-alikes, in groups: strong enough for practice, and typeable.
std::string makePassword()
{
    static constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    std::array<unsigned char, 12> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return {};
    std::string password;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i && i % 4 == 0) password += '-';
        password += kAlphabet[random[i] % kAlphabet.size()];
    }
    return password;
}

std::vector<std::string> peopleFor(std::uint32_t seed)
{
    std::vector<std::string> people(kPeople.begin(), kPeople.end());
    std::mt19937 random(seed);
    // std::shuffle differs between standard libraries; the same seed must give the same names on Windows and Linux.
    for (std::size_t i = people.size() - 1; i > 0; --i) std::swap(people[i], people[random() % (i + 1)]);
    return people;
}

struct Issuer {
    X509Ptr certificate;
    EVP_PKEY* key = nullptr;
    Signer signer() const { return {certificate.get(), key}; }
};

/// Makes the certificates one after the other; the first thing that fails is what take() reports.
class Maker {
public:
    Maker(std::uint32_t seed, Time now) : m_seed(seed), m_now(now), m_people(peopleFor(seed)) {}

    Issuer root(std::vector<NamePart> subject, EVP_PKEY* key)
    {
        NewCertificate wanted;
        wanted.subject = std::move(subject);
        wanted.notBefore = m_now - days(3 * 365);
        wanted.notAfter = m_now + days(12 * 365);
        wanted.ca = wanted.marked = true;
        wanted.keyUsage = kRootUsage;
        return {make(wanted, key, {nullptr, key}), key};
    }

    X509Ptr client(const Issuer& issuer, EVP_PKEY* key, const char* crlUrl, Time notBefore, Time notAfter)
    {
        NewCertificate wanted;
        wanted.subject = {{"C", "JP"}, {"O", "SPT Demo"}, {"CN", m_people[m_nextPerson++ % m_people.size()]}};
        wanted.notBefore = notBefore;
        wanted.notAfter = notAfter;
        wanted.keyUsage = kClientUsage;
        wanted.extendedKeyUsage = "clientAuth";
        wanted.crlUrl = crlUrl;
        return make(wanted, key, issuer.signer());
    }
    X509Ptr client(const Issuer& issuer, EVP_PKEY* key, const char* crlUrl)
    {
        return client(issuer, key, crlUrl, m_now - days(1), m_now + days(365));
    }

    X509Ptr server(const Issuer& issuer, EVP_PKEY* key)
    {
        NewCertificate wanted;
        wanted.subject = {{"C", "JP"}, {"O", "SPT Demo"}, {"CN", kHostName}};
        wanted.notBefore = m_now - days(1);
        wanted.notAfter = m_now + days(365);
        wanted.keyUsage = kServerUsage;
        wanted.extendedKeyUsage = "serverAuth";
        wanted.dnsNames = {kHostName};
        wanted.crlUrl = kCrlUrl;
        return make(wanted, key, issuer.signer());
    }

    Bytes pkcs12(const X509Ptr& certificate, EVP_PKEY* key, const Issuer& issuer, const std::string& name,
                 const std::string& password)
    {
        if (m_problem) return {};
        return keep(makePkcs12(certificate.get(), key, issuer.certificate.get(), name, password));
    }
    Bytes list(const Issuer& issuer)
    {
        if (m_problem) return {};
        return keep(makeCrl({{}, 1, m_now - std::chrono::minutes(10), m_now + days(7)}, issuer.signer()));
    }

    Time now() const { return m_now; }
    const std::optional<Error>& problem() const { return m_problem; }

private:
    X509Ptr make(NewCertificate& wanted, EVP_PKEY* key, const Signer& signer)
    {
        // Serials of these first certificates come from a sequence of their own, the CA's later ones from its index.
        wanted.serial = serialOf(m_seed, 0x8000'0000u + m_made++);
        if (m_problem) return nullptr;
        return keep(makeCertificate(wanted, key, signer));
    }
    template <class T>
    T keep(Result<T> result)
    {
        if (result) return std::move(*result);
        m_problem = result.error();
        return {};
    }

    std::uint32_t m_seed;
    Time m_now;
    std::vector<std::string> m_people;
    std::size_t m_nextPerson = 0;
    std::uint32_t m_made = 0;
    std::optional<Error> m_problem;
};

/// Roots such as every Windows has, so that a list of CA names made of all of ROOT is visibly not the CTL's.
std::vector<Bytes> someRoots(Maker& maker)
{
    const std::vector<std::vector<NamePart>> names = {
        {{"C", "US"}, {"O", "Example Trust Services"}, {"CN", "Example Global Root G2"}},
        {{"C", "JP"}, {"O", "Rei Shomei Co., Ltd."}, {"CN", "例示認証局 Root CA 3"}},
        {{"C", "DE"}, {"O", "Muster Vertrauensdienste GmbH"}, {"CN", "Muster Wurzel CA 2"}},
    };
    std::vector<Bytes> roots;
    for (const auto& name : names) {
        const PkeyPtr key = makeEcKey();
        if (const auto root = maker.root(name, key.get()); root.certificate) roots.push_back(derOf(root.certificate.get()));
    }
    return roots;
}

struct Clients {
    X509Ptr good, expired, revoked, other, elsewhere;
};

Clients makeClients(Maker& maker, const Issuer& root, const Issuer& other, const Issuer& elsewhere,
                    const std::vector<PkeyPtr>& keys)
{
    Clients clients;
    clients.good = maker.client(root, keys[ClientKey].get(), kCrlUrl);
    const Time expiry = maker.now() - days(30);
    clients.expired = maker.client(root, keys[ExpiredKey].get(), kCrlUrl, expiry - days(365), expiry);
    clients.revoked = maker.client(root, keys[RevokedKey].get(), kCrlUrl);
    clients.other = maker.client(other, keys[OtherKey].get(), "");
    clients.elsewhere = maker.client(elsewhere, keys[TrustedElsewhereKey].get(), kElsewhereCrlUrl);
    return clients;
}

}  // namespace

Result<StartingMaterial> makeStartingMaterial(const fs::path& caFolder, std::uint32_t seed, Time now)
{
    auto keys = makeKeys();
    Maker maker(seed, now);
    Issuer root = maker.root({{"C", "JP"}, {"O", "SPT Demo"}, {"CN", "SPT Demo Practice CA"}}, keys[RootKey].get());
    const Issuer other = maker.root({{"C", "JP"}, {"O", "Somebody Else"}, {"CN", "Unknown Private CA"}},
                                    keys[OtherRootKey].get());
    const Issuer elsewhere = maker.root({{"C", "JP"}, {"O", "Trusted Elsewhere"}, {"CN", "Elsewhere Root CA"}},
                                        keys[ElsewhereRootKey].get());
    const X509Ptr server = maker.server(root, keys[ServerKey].get());
    const Clients clients = makeClients(maker, root, other, elsewhere, keys);

    const std::string password = makePassword();
    std::map<std::string, Bytes> files;
    const auto pack = [&](const char* name, const X509Ptr& certificate, KeyUse key, const Issuer& issuer) {
        files[std::string(name) + ".p12"] = maker.pkcs12(certificate, keys[key].get(), issuer, name, password);
    };
    pack("server", server, ServerKey, root);
    pack("client", clients.good, ClientKey, root);
    pack("client-expired", clients.expired, ExpiredKey, root);
    pack("client-revoked", clients.revoked, RevokedKey, root);
    pack("client-other-ca", clients.other, OtherKey, other);
    pack("client-trusted-elsewhere", clients.elsewhere, TrustedElsewhereKey, elsewhere);
    files["elsewhere.crl"] = maker.list(elsewhere);
    auto roots = someRoots(maker);
    if (maker.problem()) return *maker.problem();

    roots.push_back(derOf(elsewhere.certificate.get()));
    files["ia1.der"] = derOf(root.certificate.get());
    const ByteView line = viewOf(password);
    files["password.txt"] = Bytes(line.begin(), line.end());
    files["password.txt"].push_back('\n');
    Secret caKey = pemOf(root.key);
    PracticeCa ca(caFolder, std::move(root.certificate), std::move(keys[RootKey]), seed);
    for (const auto* issued : {&server, &clients.good, &clients.expired, &clients.revoked}) ca.noteIssued(issued->get());
    ca.revoke(serialText(X509_get0_serialNumber(clients.revoked.get())), now - days(1));
    return StartingMaterial{std::move(ca), std::move(caKey), password, std::move(files), std::move(roots)};
}

}  // namespace monban::practice
