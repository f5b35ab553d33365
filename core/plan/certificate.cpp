// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/utf8.h"
#include "core/pki/digest.h"
#include "core/pki/request.h"
#include "core/plan/chapters.h"
#include "core/plan/request_policy.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

constexpr const char* kPolicyId = "certificate.policy";
constexpr const char* kRequestId = "certificate.request";
constexpr const char* kWaitingElsewhere = "request-waits-already";

Message requestTitle(const std::string& name, const std::string& file)
{
    return {tr("Make a certification request for {0}, with a new private key, in {1}"), {name, file}};
}

/// Beside the request: "server.req" and "server.inf".
std::string policyPath(const std::string& requestFile) { return utf8(pathFromUtf8(requestFile).replace_extension(".inf")); }

std::optional<Bytes> contentOf(const Facts& facts, const std::string& path)
{
    const auto seen = fileIn(facts, path);
    return seen ? *seen : std::nullopt;
}

/// A policy file of that name which Monban did not write is somebody's work.
bool isOurPolicy(const std::string& path, const Bytes& content)
{
    const auto text = writtenText(WriteFile{path, content});
    return text && text->starts_with(kPolicyMark);
}

/// What hinders making a request into that file, or nothing. A file that is there is somebody's: it is never replaced.
std::optional<Message> refusal(const PlanInput& input, const std::string& file)
{
    if (auto unseen = noMachine(input.facts)) return unseen;
    if (auto store = wrongStoreForAnswer(input)) return store;
    if (equalsIgnoringCase(policyPath(file), file))
        return Message{tr("{0} cannot be the request: its policy file has that name. Give it another ending, such as .req "
                          "(certificate.request_file)."),
                       {file}};
    if (const auto policy = contentOf(input.facts, policyPath(file)); policy && !isOurPolicy(file, *policy))
        return Message{tr("{0} is there already and is not Monban's. The policy file of the request would replace it: choose another name "
                          "(certificate.request_file)."),
                       {policyPath(file)}};
    const auto there = contentOf(input.facts, file);
    if (!there) return std::nullopt;
    const auto request = parseRequest(*there);
    if (!request) return Message{tr("{0} is there already and is no request. Choose another name (certificate.request_file)."), {file}};
    if (keyHolder(input.facts, request->publicKeyDer, kWhereKeysAre))
        return Message{tr("{0} is a request for {1} that differs from the answers. To make a new one, choose another name "
                          "(certificate.request_file) or take the old one back with undo."),
                       {file, request->subject}};
    return Message{tr("{0} is a request whose private key is not on this server, so no answer to it could be used here. Choose another name "
                      "(certificate.request_file)."),
                   {file}};
}

/// A request for the same name whose file is not where the answers say: making a second one would leave the CA with one
/// and the server waiting for the other.
std::optional<Finding> waitingElsewhere(const PlanInput& input, const RequestPolicy& policy)
{
    const auto pending = storeOf(input.facts, "REQUEST");
    if (!pending) return std::nullopt;
    const std::string subject = nameText(policy.subject);
    for (const StoredCertificate& entry : *pending)
        if (entry.hasPrivateKey() && entry.certificate.subject == subject)
            return Finding{kWaitingElsewhere, Severity::Warning,
                           {tr("A request for {0} waits on this server already, and its file is not {1}."), {subject, input.answers.certificate.requestFile}},
                           {tr("If that file was only moved, put it back and plan again; a new request makes a new key, and the answer to the earlier one "
                               "does not fit it."),
                            {}}};
    return std::nullopt;
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

Step requestStep(const PlanInput& input, const std::string& file, RequestState wanted, const std::string& name)
{
    Step step;
    step.id = kRequestId;
    step.chapter = Chapter::Certificate;
    step.title = requestTitle(name, file);
    step.after.push_back(std::move(wanted));
    // -q: no dialog that nobody would see; -machine: the key belongs to the server and not to who runs this.
    step.action = Command{systemProgram(input.facts, "certreq.exe"), {"-new", "-q", "-machine", policyPath(file), file}};
    return step;
}

RequestState wantedState(const std::string& file, const RequestPolicy& policy)
{
    return {file, true, nameText(policy.subject), namesText(policy.dnsNames, policy.ipAddresses), policy.keyText(), {}};
}

/// True for a request that was made earlier and is what the answers ask for. What they leave open was decided when it
/// was made: a root CA that is known only now, or an old certificate that is gone, does not make it another request.
bool isWhatIsAsked(const PlanInput& input, const RequestState& made, const Result<RequestPolicy>& policy)
{
    const CertificateAnswers& answers = input.answers.certificate;
    const bool namesLeftOpen = answers.commonName.empty() && answers.dnsNames.empty() && answers.ipAddresses.empty() && !answers.replaces.empty();
    if (!policy) return namesLeftOpen && policy.error().code == ErrorCode::NotFound;
    RequestState wanted = wantedState(made.file, *policy);
    if (namesLeftOpen) {
        wanted.subject = made.subject;
        wanted.names = made.names;
    }
    if (!answers.keyBits && answers.keyAlgorithm.empty() && made.key.starts_with("RSA ")) wanted.key = made.key;
    return satisfies(State(made), State(wanted));
}

std::optional<RequestState> madeEarlier(const PlanInput& input, const std::string& file, const Result<RequestPolicy>& policy)
{
    const auto seen = observedState(RequestState{file, false, {}, {}, {}, {}}, input.facts);
    if (!seen || !std::get<RequestState>(*seen).present) return std::nullopt;
    const auto& made = std::get<RequestState>(*seen);
    return isWhatIsAsked(input, made, policy) ? std::optional(made) : std::nullopt;
}

/// Its certificate is here, and no plan can use it as it is: without its key, or where certreq does not put one.
Message answeredInVain(const EarlierRuns::Made& lost, const StoredCertificate& entry, const std::string& store)
{
    const std::vector<std::string> values{lost.request.file, lost.run, entry.certificate.thumbprintSha1, store};
    if (entry.hasPrivateKey())
        return {tr("The request {0}, which the run {1} made, was answered, and its certificate {2} was moved to the store {3}. Move it back to the store "
                   "MY, or undo the run {1} to begin again."),
                values};
    return {tr("The request {0}, which the run {1} made, was answered: its certificate {2} is in the store {3}, but its private key is gone. Put a "
               "backup of the key back, or undo the run {1} to begin again."),
            values};
}

/// Why a request cannot be gone on with whose file is gone and that no certificate with its key answers for.
Message whatIsLost(const PlanInput& input, const EarlierRuns::Made& lost)
{
    const std::vector<std::string> values{lost.request.file, lost.run};
    if (const auto pending = storeOf(input.facts, "REQUEST"))
        for (const StoredCertificate& entry : *pending)
            if (entry.hasPrivateKey() && entry.certificate.thumbprintSha1 == lost.request.thumbprint)
                return {tr("The request {0}, which the run {1} made, still waits on this server, but its file is gone. Put it back, or name the CA's answer "
                           "to it (certificate.issued_file). For a new request with a new key choose another name (certificate.request_file), or undo "
                           "the run {1} first."),
                        values};
    for (const char* store : {"MY", "WebHosting"})
        if (const auto entries = storeOf(input.facts, store))
            for (const StoredCertificate& entry : *entries)
                if (sha256Hex(entry.certificate.publicKeyDer) == lost.request.keySha256)
                    return answeredInVain(lost, entry, store);
    return {tr("The run {1} made the request {0}. Its file is gone, it waits on this server no longer, and no certificate for its key is here. To begin "
               "again with a new key, undo the run {1}, or choose another name (certificate.request_file)."),
            values};
}

}  // namespace

std::optional<EarlierRuns::Made> lostRequest(const PlanInput& input)
{
    const std::string& file = input.answers.certificate.requestFile;
    const auto there = fileIn(input.facts, file);
    if (file.empty() || !there || *there) return std::nullopt;
    const auto made = std::find_if(input.earlier.requests.rbegin(), input.earlier.requests.rend(),
                                   [&](const EarlierRuns::Made& one) { return equalsIgnoringCase(one.request.file, file); });
    if (made == input.earlier.requests.rend() || !isWhatIsAsked(input, made->request, requestPolicy(input))) return std::nullopt;
    return *made;
}

void planCertificate(const PlanInput& input, Plan& plan)
{
    const std::string& file = input.answers.certificate.requestFile;
    // An answer is there: whether it belongs to a request is seen when it is accepted, and no new one is made.
    if (!waitsForAnswer(input) && file.empty()) return;
    const auto policy = requestPolicy(input);
    const std::string name = policy ? policy->subject.commonName : "…";
    if (file.empty()) {
        plan.steps.push_back(blocked(kRequestId, Chapter::Certificate, requestTitle(name, "…"),
                                     {tr("No file is named yet for the request. Name one, such as server.req (certificate.request_file)."), {}}));
        return;
    }
    // Nobody needs the policy file of a request that is made, whether it is still there or not.
    if (const auto made = madeEarlier(input, file, policy)) {
        plan.steps.push_back(requestStep(input, file, *made, policy ? name : made->subject));
        if (policy && waitsForAnswer(input)) addNameFindings(input, name, policy->dnsNames, policy->ipAddresses, plan);
        return;
    }
    if (!waitsForAnswer(input)) return;
    // A second request would leave the CA with one and the server waiting for the other.
    if (const auto lost = lostRequest(input)) {
        plan.steps.push_back(blocked(kRequestId, Chapter::Certificate, requestTitle(policy ? name : lost->request.subject, file), whatIsLost(input, *lost)));
        if (const auto elsewhere = policy ? waitingElsewhere(input, *policy) : std::nullopt) plan.findings.push_back(*elsewhere);
        return;
    }
    if (!policy) {
        plan.steps.push_back(blocked(kRequestId, Chapter::Certificate, requestTitle(name, file), policy.error().message));
        return;
    }
    addNameFindings(input, name, policy->dnsNames, policy->ipAddresses, plan);
    Step request = requestStep(input, file, wantedState(file, *policy), name);
    const auto elsewhere = contentOf(input.facts, file) ? std::nullopt : waitingElsewhere(input, *policy);
    if (elsewhere) plan.findings.push_back(*elsewhere);
    if (const auto reason = refusal(input, file)) block(request, *reason);
    // Shown even where it is blocked, so that the file it would go to is looked at.
    Step making = policyStep(file, *policy);
    if (request.state == StepState::Blocked) block(making, request.reason);
    plan.steps.push_back(std::move(making));
    plan.steps.push_back(std::move(request));
}

}  // namespace monban
