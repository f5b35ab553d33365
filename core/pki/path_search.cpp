// SPDX-License-Identifier: MIT
#include "core/pki/path_search.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/pki/signed_object.h"

namespace monban {
namespace {

constexpr std::size_t kLongestPath = 12;
constexpr std::size_t kMostPaths = 32;
constexpr int kMostSteps = 20'000;  // many certificates of one key are many ways
constexpr int kMostSignatures = 1000;  // each takes a tenth of a millisecond to some milliseconds

class Search {
public:
    Search(const Certificate& certificate, const std::vector<Certificate>& others, const std::vector<Certificate>& roots) : m_first(certificate)
    {
        // A root that is sent along as well is the root.
        std::set<std::string> known;
        for (const Certificate& root : roots)
            if (known.insert(root.thumbprintSha256).second) m_pool.push_back({&root, root.selfSigned});
        for (const Certificate& other : others)
            if (known.insert(other.thumbprintSha256).second) m_pool.push_back({&other, false});
    }

    std::vector<CertificatePath> run()
    {
        m_way = {&m_first};
        const auto own = std::ranges::find_if(m_pool, [&](const Candidate& one) { return one.isRoot && one.certificate->der == m_first.der; });
        if (own != m_pool.end()) return {{m_way, true}};
        follow();
        if (m_found.empty()) m_found.push_back({m_longest, false});
        return std::move(m_found);
    }

private:
    struct Candidate {
        const Certificate* certificate;
        bool isRoot;
    };

    void follow()
    {
        if (m_way.size() > m_longest.size()) m_longest = m_way;
        if (m_way.size() >= kLongestPath || m_found.size() >= kMostPaths) return;
        const Certificate& last = *m_way.back();
        if (last.selfSigned) return;
        for (const Candidate& candidate : m_pool) {
            if (++m_steps > kMostSteps) return;
            if (isOnTheWay(*candidate.certificate) || !signedIt(last, *candidate.certificate)) continue;
            m_way.push_back(candidate.certificate);
            if (candidate.isRoot) m_found.push_back({m_way, true});
            else follow();
            m_way.pop_back();
        }
    }

    /// RFC 4158, 2.4.1: no certificate twice, nor another one of the same subject and key.
    bool isOnTheWay(const Certificate& candidate) const
    {
        return std::ranges::any_of(m_way, [&](const Certificate* one) { return one->subject == candidate.subject && one->publicKeyDer == candidate.publicKeyDer; });
    }

    bool signedIt(const Certificate& certificate, const Certificate& issuer)
    {
        const auto known = m_signed.find({&certificate, &issuer});
        if (known != m_signed.end()) return known->second;
        const bool isNamed = isNamedAsIssuer(certificate, issuer);
        if (isNamed && ++m_tries > kMostSignatures) return false;
        return m_signed[{&certificate, &issuer}] = isNamed && issuedBy(certificate, issuer);
    }

    const Certificate& m_first;
    std::vector<Candidate> m_pool;
    std::vector<const Certificate*> m_way;
    std::vector<const Certificate*> m_longest;
    std::vector<CertificatePath> m_found;
    std::map<std::pair<const Certificate*, const Certificate*>, bool> m_signed;
    int m_tries = 0;
    int m_steps = 0;
};

}  // namespace

bool isNamedAsIssuer(const Certificate& certificate, const Certificate& candidate)
{
    const auto subject = splitCertificate(certificate.der);
    const auto issuer = splitCertificate(candidate.der);
    return subject && issuer && sameName(subject->issuer, issuer->subject);
}

std::vector<CertificatePath> pathsFrom(const Certificate& certificate, const std::vector<Certificate>& others, const std::vector<Certificate>& roots)
{
    return Search(certificate, others, roots).run();
}

}  // namespace monban
