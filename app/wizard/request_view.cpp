// SPDX-License-Identifier: MIT
#include "app/wizard/request_view.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "core/observe/server_index.h"
#include "core/pki/pem.h"
#include "core/pki/request.h"
#include "core/plan/chapters.h"
#include "core/plan/request_policy.h"

namespace monban::wizard {
namespace {

const Step* stepOf(const View& view, const char* id)
{
    const auto found = std::ranges::find(view.plan.steps, id, &Step::id);
    return found == view.plan.steps.end() ? nullptr : &*found;
}

PlanInput inputOf(const View& view) { return {view.answers, *view.materials, view.facts, {}, {}}; }

bool isAccepted(const View& view)
{
    const Step* accept = stepOf(view, "import.accept");
    return accept && accept->state == StepState::Done;
}

std::string joined(const std::vector<std::string>& words)
{
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// The request that is in the file the answers name.
std::optional<Request> requestInFile(const View& view)
{
    const auto file = fileIn(view.facts, view.answers.certificate.requestFile);
    if (!file || !*file) return std::nullopt;
    auto request = parseRequest(**file);
    return request ? std::optional(std::move(*request)) : std::nullopt;
}

}  // namespace

RequestStage requestStage(const View& view)
{
    const CertificateAnswers& answers = view.answers.certificate;
    if (isAccepted(view)) return RequestStage::Answered;
    const Step* request = stepOf(view, "certificate.request");
    const bool isMade = (request && request->state == StepState::Done) || (!request && !answers.issuedFile.empty()) ||
                        std::ranges::any_of(view.pending, [&](const PendingRequest& one) { return isAbout(answers, one); });
    if (!isMade) return RequestStage::Form;
    return view.materials->issued && *view.materials->issued && !answerProblem(view) ? RequestStage::Answered : RequestStage::Waiting;
}

Result<RequestPreview> requestPreview(const Answers& answers, const View& view)
{
    const auto policy = requestPolicy({answers, *view.materials, view.facts, {}, {}});
    if (!policy) return policy.error();
    RequestPreview preview;
    preview.subject = nameText(policy->subject);
    std::vector<std::string> names = policy->dnsNames;
    names.insert(names.end(), policy->ipAddresses.begin(), policy->ipAddresses.end());
    preview.names = joined(names);
    preview.key = policy->keyText();
    preview.bits = policy->bits;
    preview.policy = writtenText(WriteFile{"request.inf", policyFile(*policy)}).value_or(std::string());
    return preview;
}

std::string requestText(const View& view)
{
    const auto file = fileIn(view.facts, view.answers.certificate.requestFile);
    if (!file || !*file) return {};
    const std::string text(textOf(**file));
    if (text.find("-----BEGIN ") != std::string::npos) return validUtf8(text);
    const auto request = parseRequest(**file);
    return request ? pemText("CERTIFICATE REQUEST", request->der) : std::string();
}

std::optional<Message> answerProblem(const View& view)
{
    const auto& issued = view.materials->issued;
    if (!issued || isAccepted(view)) return std::nullopt;
    if (!*issued) return issued->error().message;
    return wrongAnswer(inputOf(view));
}

std::optional<Certificate> answeredCertificate(const View& view)
{
    if (view.materials->issued && *view.materials->issued) {
        auto certificate = issuedCertificate(inputOf(view));
        return certificate ? std::optional(std::move(*certificate)) : std::nullopt;
    }
    const auto request = requestInFile(view);
    const auto holder = request ? keyHolder(view.facts, request->publicKeyDer, {"MY", "WebHosting"}) : std::nullopt;
    return holder ? std::optional(holder->entry->certificate) : std::nullopt;
}

std::vector<const StoredCertificate*> presentCertificates(const Facts& facts)
{
    std::vector<const StoredCertificate*> found;
    if (!facts.records || !facts.sites) return found;
    const ServerIndex index(facts);
    for (const HttpsBinding& binding : index.bindings()) {
        for (const SslRecord* record : binding.records) {
            const auto store = storeOf(facts, record->store.empty() ? "MY" : record->store);
            if (!store) continue;
            const auto entry = std::ranges::find_if(*store, [&](const StoredCertificate& one) { return one.certificate.thumbprintSha1 == record->thumbprint; });
            if (entry != store->end() && std::ranges::find(found, &*entry) == found.end()) found.push_back(&*entry);
        }
    }
    return found;
}

std::string suggestedRequestFile(const fs::path& folder, const std::string& commonName)
{
    std::string name;
    for (const char c : commonName.starts_with("*.") ? "wildcard" + commonName.substr(1) : commonName) {
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        name += isPlain ? c : '_';
    }
    constexpr std::size_t kLongestName = 64;
    name = name.substr(0, kLongestName);
    while (name.ends_with('.')) name.pop_back();
    if (name.empty()) return {};
    constexpr int kMost = 1000;
    boost::system::error_code ignored;
    fs::path file = folder / (name + ".req");
    for (int number = 2; number < kMost && fs::exists(file, ignored); ++number) file = folder / (name + "-" + std::to_string(number) + ".req");
    return utf8(file.make_preferred());
}

}  // namespace monban::wizard
