// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/pki/subject.h"
#include "core/plan/plan.h"

namespace monban {

/// What a certification request will say, complete and checked: the answers with their defaults filled in.
struct RequestPolicy {
    Subject subject;
    std::vector<std::string> dnsNames;
    std::vector<std::string> ipAddresses;
    std::string friendlyName;
    bool cng = false;       ///< the CNG provider, else RSA SChannel (WINDOWS-FACTS 4)
    std::string algorithm;  ///< "RSA", "ECDSA_P256", "ECDSA_P384"
    int bits = 0;

    std::string keyText() const;  ///< as RequestState has it: "RSA 3072", "EC 256"
};

constexpr const char* kSchannelProvider = "Microsoft RSA SChannel Cryptographic Provider";
constexpr const char* kCngProvider = "Microsoft Software Key Storage Provider";

/// The first line of every policy file Monban writes: a file without it is somebody else's.
constexpr const char* kPolicyMark = "; Written by Monban for certreq -new";

/// The parts of a subject become answers.
void takeSubject(const Subject& subject, CertificateAnswers& answers);
/// All the names of a certificate become answers, its friendly name only where none is answered yet; key, files and what
/// else was answered stay.
void takeOverNames(const StoredCertificate& from, CertificateAnswers& answers);

/// The answers for a request, where they leave something open filled from the certificate it replaces
/// (certificate.replaces) and from the host name that is bound. A key has 2048 bits or more; left open it has 3072, or
/// 2048 where the CA's own key has no more. Errors: InvalidInput, NotFound (nothing to replace), naming the answer.
Result<RequestPolicy> requestPolicy(const PlanInput& input);

/// The policy file for `certreq -new` (learn.microsoft.com, certreq): UTF-16LE with a byte-order mark, because other
/// encodings of Japanese are not dependable. The key stays in the machine's key set and is not exportable.
Bytes policyFile(const RequestPolicy& policy);

}  // namespace monban
