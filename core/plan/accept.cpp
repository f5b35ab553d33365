// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/base/utf8.h"
#include "core/pki/digest.h"
#include "core/pki/inspect.h"
#include "core/pki/request.h"
#include "core/plan/chapters.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

constexpr const char* kId = "import.accept";

Message title(const std::string& certificate)
{
    return {tr("Put the issued certificate {0} together with its private key (store MY)"), {certificate}};
}

/// Why certreq would refuse the certificate: it builds the chain first (0x800b0109, 0x800b010a).
std::optional<Message> untrusted(const PlanInput& input, const IssuedMaterial& issued, const Certificate& leaf)
{
    using Certificates = std::vector<const Certificate*>;
    Certificates known;
    for (const Certificate& certificate : issued.certificates) known.push_back(&certificate);
    for (const auto& intermediate : input.materials.intermediates)
        if (intermediate) known.push_back(&intermediate->certificate);
    Certificates roots;
    if (const auto store = storeOf(input.facts, "CA"))
        for (const StoredCertificate& entry : *store) known.push_back(&entry.certificate);
    if (const auto store = storeOf(input.facts, "ROOT"))
        for (const StoredCertificate& entry : *store) roots.push_back(&entry.certificate);
    if (input.materials.root && *input.materials.root) roots.push_back(&(*input.materials.root)->certificate);
    const auto issuerAmong = [](const Certificates& list, const Certificate& of) {
        const auto found = std::ranges::find_if(list, [&](const Certificate* one) { return one->subject == of.issuer && issuedBy(of, *one); });
        return found == list.end() ? nullptr : *found;
    };
    constexpr int kLongest = 10;
    const Certificate* at = &leaf;
    for (int i = 0; i < kLongest && at; ++i) {
        if (issuerAmong(roots, *at)) return std::nullopt;
        if (at->selfSigned) break;
        const Certificate* next = issuerAmong(known, *at);
        if (!next)
            return Message{tr("The certificate of {0}, which issued {1}, is missing, and certreq would refuse the certificate (0x800b010a). "
                          "Download the answer as .p7b, which brings it along, or name its file as that of an intermediate CA "
                          "(trust.intermediates)."),
                           {at->issuer, at->subject}};
        at = next;
    }
    return Message{tr("This server does not trust the root CA {0} that the certificate leads to, and certreq would refuse it (0x800b0109). Put that root "
                      "into the trusted roots first: certutil -addstore ROOT FILE."),
                   {at ? at->issuer : leaf.issuer}};
}

/// The public key of the request the answers name; empty where its file is not there any more.
Bytes requestKey(const PlanInput& input)
{
    const auto file = fileIn(input.facts, input.answers.certificate.requestFile);
    if (!file || !*file) return {};
    auto request = parseRequest(**file);
    return request ? std::move(request->publicKeyDer) : Bytes{};
}

/// The certificate in MY that the named request has become, where it was answered already. Without the file it is known
/// by what the journal says of the request.
const StoredCertificate* answered(const PlanInput& input)
{
    if (const auto holder = keyHolder(input.facts, requestKey(input), {"MY"})) return holder->entry;
    const auto lost = lostRequest(input);
    const auto store = storeOf(input.facts, "MY");
    if (!lost || !store) return nullptr;
    const auto found = std::ranges::find_if(*store, [&](const StoredCertificate& entry) {
        return entry.hasPrivateKey() && sha256Hex(entry.certificate.publicKeyDer) == lost->request.keySha256;
    });
    return found == store->end() ? nullptr : &*found;
}

/// What is wrong with the answer itself, or nothing.
std::optional<Message> refusal(const PlanInput& input, const IssuedMaterial& issued, const Certificate& leaf)
{
    const Bytes key = requestKey(input);
    const bool another = !key.empty() ? leaf.publicKeyDer != key : !keyHolder(input.facts, leaf.publicKeyDer, kWhereKeysAre);
    if (another && input.answers.certificate.requestFile.empty())
        return Message{tr("No request on this server waits for the certificate in {0}: it was issued for another key. Name the file that the CA gave out for "
                          "the request that was made here (certificate.issued_file)."),
                       {issued.file}};
    if (another)
        return Message{tr("No request on this server waits for the certificate in {0}: it was issued for another key. Name the file that the CA gave out for "
                          "{1}."),
                       {issued.file, input.answers.certificate.requestFile}};
    if (auto unfit = unfitForServer(leaf)) return unfit;
    if (!keyHolder(input.facts, leaf.publicKeyDer, {"REQUEST"}))
        return Message{tr("The request for the certificate in {0} was answered already, with another certificate, and no longer waits. Take that run back "
                          "first (undo), or make a new request."),
                       {issued.file}};
    return std::nullopt;
}

Step acceptStep(const PlanInput& input, const IssuedMaterial& issued, const Certificate& leaf)
{
    Step step;
    step.id = kId;
    step.chapter = Chapter::Import;
    step.title = title(shownName(leaf));
    step.restsOn = issued.sha256;
    // -machine: the key lies in the machine's key set; -q: no dialog that nobody would see.
    step.action = Command{systemProgram(input.facts, "certreq.exe"), {"-accept", "-q", "-machine", issued.file}};
    // First, so that an undo lets the request wait again before anything else.
    if (const auto holder = keyHolder(input.facts, leaf.publicKeyDer, {"REQUEST"})) {
        const auto& pending = holder->entry->certificate;
        step.after.push_back(CertificateState{"REQUEST", pending.thumbprintSha1, false, false, std::nullopt, {}});
    }
    step.after.push_back(CertificateState{"MY", leaf.thumbprintSha1, true, true, std::nullopt, {}});
    for (const Certificate& other : issued.certificates)
        if (other.isCa && !other.selfSigned && other.thumbprintSha1 != leaf.thumbprintSha1)
            step.after.push_back(CertificateState{"CA", other.thumbprintSha1, true, false, std::nullopt, {}});
    return step;
}

}  // namespace

std::optional<Message> wrongStoreForAnswer(const PlanInput& input)
{
    if (storeSpelling(input.answers.import.store) == "MY") return std::nullopt;
    return Message{tr("certreq puts an issued certificate into the store MY and nowhere else. Choose the store MY (import.store), or "
                          "use a PKCS#12 file for {0}."),
                   {input.answers.import.store}};
}

std::optional<Message> wrongAnswer(const PlanInput& input)
{
    const auto& issued = input.materials.issued;
    if (!issued || !*issued) return std::nullopt;
    const auto leaf = issuedCertificate(input);
    return leaf ? refusal(input, **issued, *leaf) : std::optional(leaf.error().message);
}

bool waitsForAnswer(const PlanInput& input)
{
    if (input.answers.certificate.source != CertificateAnswers::Source::Request) return false;
    const auto& issued = input.materials.issued;
    // Once it was accepted, nobody needs the CA's file any more.
    return (!issued || (!*issued && issued->error().code == ErrorCode::NotFound)) && !answered(input);
}

Message waitingReason(const PlanInput& input)
{
    const CertificateAnswers& answers = input.answers.certificate;
    if (answers.requestFile.empty() || lostRequest(input)) return {tr("First the request has to be made and handed to the CA."), {}};
    if (answers.issuedFile.empty())
        return {tr("Hand {0} to the CA. When it has issued the certificate, name the file with its answer "
                          "(certificate.issued_file)."), {answers.requestFile}};
    return {tr("Hand {0} to the CA. This goes on when the certificate is there: {1}."), {answers.requestFile, answers.issuedFile}};
}

Result<Certificate> issuedCertificate(const PlanInput& input)
{
    const auto& issued = input.materials.issued;
    const bool gone = !issued || (!*issued && issued->error().code == ErrorCode::NotFound);
    if (const StoredCertificate* there = gone ? answered(input) : nullptr) return there->certificate;
    if (!*issued) return issued->error();
    const auto& certificates = (*issued)->certificates;
    const Bytes key = requestKey(input);
    for (const Certificate& certificate : certificates)
        if (!key.empty() && certificate.publicKeyDer == key) return certificate;
    for (const Certificate& certificate : certificates)
        if (key.empty() && keyHolder(input.facts, certificate.publicKeyDer, kWhereKeysAre)) return certificate;
    const auto leaf = std::ranges::find_if(certificates, [](const Certificate& certificate) { return !certificate.isCa; });
    return leaf == certificates.end() ? certificates.front() : *leaf;
}

void planAccept(const PlanInput& input, Plan& plan)
{
    if (const auto reason = wrongStoreForAnswer(input)) {
        plan.steps.push_back(blocked(kId, Chapter::Import, title("…"), *reason));
        return;
    }
    if (waitsForAnswer(input)) {
        plan.steps.push_back(waiting(kId, Chapter::Import, title("…"), waitingReason(input)));
        return;
    }
    const auto leaf = issuedCertificate(input);
    if (!leaf) {
        plan.steps.push_back(blocked(kId, Chapter::Import, title("…"), leaf.error().message));
        return;
    }
    const IssuedMaterial issued = input.materials.issued && *input.materials.issued ? **input.materials.issued
                                                                                   : IssuedMaterial{input.answers.certificate.issuedFile, {}, {*leaf}};
    Step step = acceptStep(input, issued, *leaf);
    std::vector<Certificate> chain{*leaf};
    for (const Certificate& other : issued.certificates)
        if (other.thumbprintSha1 != leaf->thumbprintSha1) chain.push_back(other);
    // Known otherwise: that they are not in the file is nothing to warn of.
    for (const auto& intermediate : input.materials.intermediates)
        if (intermediate) chain.push_back(intermediate->certificate);
    if (input.materials.root && *input.materials.root) chain.push_back((*input.materials.root)->certificate);
    plan.findings = findingsForServer(chain, true, true, input.facts.machine ? input.facts.machine->clock : hostTime());
    addNameFindings(input, shownName(*leaf), leaf->dnsNames, leaf->ipAddresses, plan);
    const auto unseen = noMachine(input.facts);
    auto reason = unseen ? unseen : refusal(input, issued, *leaf);
    if (!reason) reason = untrusted(input, issued, *leaf);
    if (reason) block(step, *reason);
    plan.steps.push_back(std::move(step));
    if (!input.answers.import.friendlyName.empty()) plan.steps.push_back(namingStep(input, "MY", leaf->thumbprintSha1));
}

}  // namespace monban
