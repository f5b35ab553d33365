// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/wizard/session.h"

namespace monban::wizard {

/// How far a certification request (CSR) is.
enum class RequestStage {
    Form,      ///< it is not made yet: its names can be changed
    Waiting,   ///< for the CA's answer, or what was named as the answer is none
    Answered,  ///< the answer is here and fits
};
RequestStage requestStage(const View& view);

/// What the request will say, from the answers as they are typed; its error says what is missing or wrong.
struct RequestPreview {
    std::string subject;  ///< RFC 4514, as the CA will see it
    std::string names;
    std::string key;
    int bits = 0;
    std::string policy;   ///< the policy file for certreq, exactly as it will be written
};
Result<RequestPreview> requestPreview(const Answers& answers, const View& view);

/// The request in its file, as text to be handed to the CA; empty: the file is not there.
std::string requestText(const View& view);

/// Why the CA's answer cannot be used, in plain words; nothing while none is named, and where it fits.
std::optional<Message> answerProblem(const View& view);
/// The certificate the CA answered with, where there is one.
std::optional<Certificate> answeredCertificate(const View& view);

/// The certificates that sites of this server show now, each once.
std::vector<const StoredCertificate*> presentCertificates(const Facts& facts);

/// Where a request for that name may be saved: a file of that folder that is not there yet.
std::string suggestedRequestFile(const fs::path& folder, const std::string& commonName);

}  // namespace monban::wizard
