// SPDX-License-Identifier: MIT
#include "core/plan/request_pending.h"

#include <algorithm>

#include "core/base/host_name.h"
#include "core/base/number.h"
#include "core/base/utf8.h"
#include "core/pki/digest.h"
#include "core/pki/subject.h"
#include "core/plan/request_policy.h"

namespace monban {
namespace {

/// The journal's account of a request, by its entry in REQUEST or by its key.
const RequestState* madeHere(const StoredCertificate& entry, const EarlierRuns& earlier)
{
    const auto found = std::find_if(earlier.requests.rbegin(), earlier.requests.rend(), [&](const EarlierRuns::Made& one) {
        return one.request.thumbprint == entry.certificate.thumbprintSha1 || one.request.keySha256 == sha256Hex(entry.certificate.publicKeyDer);
    });
    return found == earlier.requests.rend() ? nullptr : &found->request;
}

/// "DNS:www.example.test, IP:192.0.2.1", as namesText() made it.
void takeNames(const std::string& text, CertificateAnswers& answers)
{
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(", ", at), text.size());
        const std::string name = text.substr(at, end - at);
        if (name.starts_with("DNS:")) answers.dnsNames.push_back(name.substr(4));
        if (name.starts_with("IP:")) answers.ipAddresses.push_back(name.substr(3));
        at = end + 2;
    }
}

/// "RSA 3072" or "EC 256".
void takeKey(const std::string& text, CertificateAnswers& answers)
{
    if (text == "EC 256") answers.keyAlgorithm = "ECDSA_P256";
    else if (text == "EC 384") answers.keyAlgorithm = "ECDSA_P384";
    else if (text.starts_with("RSA ")) answers.keyBits = numberFrom<int>(text.substr(4));
}

bool isServerName(const std::string& name)
{
    return canonicalIpAddress(name) || !hostNameProblem(name.starts_with("*.") ? name.substr(2) : name);
}

}  // namespace

std::vector<PendingRequest> pendingRequests(const Facts& facts, const EarlierRuns& earlier)
{
    std::vector<PendingRequest> found;
    const auto store = storeOf(facts, "REQUEST");
    if (!store) return found;
    for (const StoredCertificate& entry : *store) {
        if (!entry.hasPrivateKey()) continue;
        const RequestState* made = madeHere(entry, earlier);
        const Subject subject = subjectFrom(entry.certificate);
        if (!made && !isServerName(subject.commonName)) continue;
        PendingRequest pending;
        pending.made = entry.certificate.notBefore;
        CertificateAnswers& answers = pending.answers;
        answers.source = CertificateAnswers::Source::Request;
        takeSubject(subject, answers);
        answers.friendlyName = entry.friendlyName;
        if (made) {
            takeNames(made->names, answers);
            takeKey(made->key, answers);
            answers.requestFile = made->file;
        }
        found.push_back(std::move(pending));
    }
    std::ranges::stable_sort(found, std::greater<>(), &PendingRequest::made);
    return found;
}

bool isAbout(const CertificateAnswers& answers, const PendingRequest& pending)
{
    if (answers.source != CertificateAnswers::Source::Request) return false;
    if (!answers.requestFile.empty()) return equalsIgnoringCase(answers.requestFile, pending.answers.requestFile);
    return pending.answers.requestFile.empty() && equalsIgnoringCase(answers.commonName, pending.answers.commonName);
}

}  // namespace monban
