// SPDX-License-Identifier: MIT
#include "core/base/utf8.h"
#include "core/pki/request.h"
#include "core/plan/chapters.h"
#include "core/plan/request_policy.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

constexpr const char* kPolicyId = "certificate.policy";
constexpr const char* kRequestId = "certificate.request";

Message requestTitle(const std::string& name, const std::string& file)
{
    return {tr("Make a certification request for {0}, with a new private key, in {1}"), {name, file}};
}

/// Beside the request: "server.req" and "server.inf".
std::string policyPath(const std::string& requestFile) { return utf8(pathFromUtf8(requestFile).replace_extension(".inf")); }

/// What hinders making a request into that file, or nothing. A file that is there is somebody's: it is never replaced.
std::optional<Message> refusal(const PlanInput& input, const std::string& file)
{
    if (auto rights = noRights(input.facts)) return rights;
    if (policyPath(file) == file)
        return Message{tr("{0} cannot be the request: its policy file has that name. Give it another ending, such as .req "
                          "(certificate.request_file)."),
                       {file}};
    const auto seen = input.facts.files.find(file);
    if (seen == input.facts.files.end() || !seen->second || !*seen->second) return std::nullopt;
    const auto there = parseRequest(**seen->second);
    if (!there) return Message{tr("{0} is there already and is no request. Choose another name (certificate.request_file)."), {file}};
    if (keyHolder(input.facts, there->publicKeyDer, {"REQUEST", "MY", "WebHosting"}))
        return Message{tr("{0} is a request for {1} that differs from the answers. To make a new one, choose another name "
                          "(certificate.request_file) or take the old one back with undo."),
                       {file, there->subject}};
    return Message{tr("{0} is a request whose private key is not on this server, so no answer to it could be used here. Choose another name "
                      "(certificate.request_file)."),
                   {file}};
}

Step policyStep(const std::string& file, const RequestPolicy& policy)
{
    Step step;
    step.id = kPolicyId;
    step.chapter = Chapter::Certificate;
    const std::string path = policyPath(file);
    step.title = {tr("Write down in {0} what the request shall say"), {path}};
    Bytes content = policyFile(policy);
    step.after.push_back(FileState{path, content});
    step.action = WriteFile{path, std::move(content)};
    return step;
}

Step requestStep(const PlanInput& input, const std::string& file, const RequestPolicy& policy)
{
    Step step;
    step.id = kRequestId;
    step.chapter = Chapter::Certificate;
    step.title = requestTitle(policy.subject.commonName, file);
    step.after.push_back(RequestState{file, true, nameText(policy.subject), namesText(policy.dnsNames, policy.ipAddresses), policy.keyText(), {}});
    // -q: no dialog that nobody would see; -machine: the key belongs to the server and not to who runs this.
    step.action = Command{systemProgram(input.facts, "certreq.exe"), {"-new", "-q", "-machine", policyPath(file), file}};
    return step;
}

bool isSatisfied(const Step& step, const Facts& facts)
{
    const auto seen = observedState(step.after.front(), facts);
    return seen && satisfies(*seen, step.after.front());
}

}  // namespace

void planCertificate(const PlanInput& input, Plan& plan)
{
    const std::string& file = input.answers.certificate.requestFile;
    // An answer is there: whether it belongs to a request is seen when it is accepted, and no new one is made.
    if (!waitsForAnswer(input) && file.empty()) return;
    const auto policy = requestPolicy(input);
    const std::string name = policy ? policy->subject.commonName : "…";
    if (file.empty()) {
        plan.steps.push_back(blocked(kRequestId, Chapter::Certificate, requestTitle(name, "…"),
                                     {tr("No file is named yet for the request. Name one, such as server.req: certificate.request_file."), {}}));
        return;
    }
    if (!policy) {
        if (waitsForAnswer(input)) plan.steps.push_back(blocked(kRequestId, Chapter::Certificate, requestTitle(name, file), policy.error().message));
        return;
    }
    if (waitsForAnswer(input)) addNameFindings(input, policy->subject.commonName, policy->dnsNames, policy->ipAddresses, plan);
    Step making = policyStep(file, *policy);
    Step request = requestStep(input, file, *policy);
    if (isSatisfied(request, input.facts)) {
        // Made earlier: nobody needs the policy file any more, whether it is still there or not.
        plan.steps.push_back(std::move(request));
        return;
    }
    if (!waitsForAnswer(input)) return;
    if (const auto reason = refusal(input, file)) {
        request.state = StepState::Blocked;
        request.reason = *reason;
    } else {
        plan.steps.push_back(std::move(making));
    }
    plan.steps.push_back(std::move(request));
}

}  // namespace monban
