// SPDX-License-Identifier: MIT
#include "core/plan/chapters.h"

namespace monban {
namespace {

/// `certutil -f -addstore`, as the whitepaper has it: -f makes the store where it is missing.
Step addToStore(const PlanInput& input, std::string id, const std::string& store, const CertificateMaterial& material, Message title)
{
    Step step;
    step.id = std::move(id);
    step.chapter = Chapter::Trust;
    step.title = std::move(title);
    step.action = Command{systemProgram(input.facts, "certutil.exe"), {"-f", "-addstore", store, material.file}};
    step.after.push_back(CertificateState{store, material.certificate.thumbprintSha1, true, false, std::nullopt, {}});
    step.effect = TakesEffect::NewConnections;
    step.restsOn = material.sha256;
    if (const auto unseen = noMachine(input.facts)) block(step, *unseen);
    return step;
}

/// ROOT takes a self-signed CA whose signature verifies and nothing else: anything other there makes Schannel refuse
/// every client certificate (KB 2802568).
std::optional<Message> refusal(const CertificateMaterial& root)
{
    if (root.certificate.subject != root.certificate.issuer)
        return Message{tr("{0} is not a root certificate: it was issued by {1}. With it in the trusted roots IIS would refuse every "
                          "client certificate. Get the root CA's own certificate, and name this one as an intermediate CA "
                          "(trust.intermediates)."),
                       {root.shownSource(), root.certificate.issuer}};
    if (!root.certificate.selfSigned)
        return Message{tr("The signature of {0} does not verify with its own key, so it is damaged or forged. Get it again from the CA "
                          "and compare its fingerprint."),
                       {root.shownSource()}};
    if (!root.certificate.isCa)
        return Message{tr("{0} is self-signed but not a CA certificate: no client certificate can be issued by it. Get the root CA's "
                          "certificate."),
                       {root.shownSource()}};
    return std::nullopt;
}

/// certutil takes a file: what came from an address, or out of a PKCS#7 file with other certificates, is saved first.
/// Where the stores hold the root already and the file is gone, nothing misses it.
void planSaving(const PlanInput& input, const CertificateMaterial& root, Plan& plan)
{
    const auto seen = observedState(FileState{root.file, {}}, input.facts);
    const auto inStore = [&](const std::string& store) {
        const auto there = observedState(CertificateState{store, root.certificate.thumbprintSha1, true, false, std::nullopt, {}}, input.facts);
        return there && std::get<CertificateState>(*there).present;
    };
    if (seen && !std::get<FileState>(*seen).content && inStore("ROOT") && inStore(input.answers.trust.ctlStore)) return;
    Step step;
    step.id = "root.save";
    step.chapter = Chapter::Root;
    saveRoot(root, step);
    if (const auto unseen = noMachine(input.facts)) block(step, *unseen);
    plan.steps.push_back(std::move(step));
}

Message ctlTitle(const std::string& name, const std::string& store)
{
    return {tr("Put the root CA {0} into the store {1}: only its client certificates will be asked for"), {name, store}};
}

Message rootTitle(const std::string& name) { return {tr("Trust the root CA {0} on this server (store ROOT)"), {name}}; }

}  // namespace

Result<CertificateMaterial> rootCertificate(const PlanInput& input)
{
    if (!input.materials.root)
        return Error{ErrorCode::NotFound, {tr("No root CA certificate is named yet. Name its file (root.file)."), {}}, "no root"};
    if (!*input.materials.root) return (*input.materials.root).error();
    if (auto reason = refusal(**input.materials.root)) return Error{ErrorCode::InvalidInput, *reason, "not a root"};
    return **input.materials.root;
}

void saveRoot(const CertificateMaterial& root, Step& step)
{
    step.title = {tr("Save the root CA certificate from {0} as {1}"), {root.takenFrom, root.file}};
    step.action = WriteFile{root.file, root.certificate.der};
    step.after.push_back(FileState{root.file, root.certificate.der});
    step.restsOn = root.sha256;
}

/// certutil takes a name with a switch character in front for an option and drops quotes; a backslash would divide the
/// registry key a store is.
std::optional<Message> refusedStoreName(const std::string& store)
{
    if (!store.empty() && store.front() != '-' && store.front() != '/' && store.find_first_of("\"\\") == std::string::npos) return std::nullopt;
    return Message{tr("{0} cannot be the name of a certificate store: it must not begin with - or / nor contain a quotation mark or a "
                      "backslash. Choose another name (trust.ctl_store)."),
                   {store}};
}

void planTrust(const PlanInput& input, Plan& plan)
{
    const std::string& ctl = input.answers.trust.ctlStore;
    const auto material = rootCertificate(input);
    if (!material) {
        plan.steps.push_back(blocked("trust.ctl", Chapter::Trust, ctlTitle("…", ctl), material.error().message));
        plan.steps.push_back(blocked("trust.root", Chapter::Trust, rootTitle("…"), material.error().message));
    } else {
        const std::string name = shownName(material->certificate);
        if (!material->takenFrom.empty()) planSaving(input, *material, plan);
        if (const auto reason = refusedStoreName(ctl)) plan.steps.push_back(blocked("trust.ctl", Chapter::Trust, ctlTitle(name, ctl), *reason));
        else plan.steps.push_back(addToStore(input, "trust.ctl", ctl, *material, ctlTitle(name, ctl)));
        plan.steps.push_back(addToStore(input, "trust.root", "ROOT", *material, rootTitle(name)));
    }
    std::size_t number = 0;
    for (const auto& intermediate : input.materials.intermediates) {
        const std::string id = "trust.intermediate." + std::to_string(++number);
        const Message title{tr("Put the intermediate CA {0} into the store CA"), {intermediate ? shownName(intermediate->certificate) : "…"}};
        if (!intermediate) {
            plan.steps.push_back(blocked(id, Chapter::Trust, title, intermediate.error().message));
        } else if (!intermediate->certificate.isCa || intermediate->certificate.selfSigned) {
            plan.steps.push_back(blocked(id, Chapter::Trust, title,
                                         {tr("{0} is not an intermediate CA certificate. Take it out of the list of intermediate CAs (trust.intermediates)."), {intermediate->file}}));
        } else {
            plan.steps.push_back(addToStore(input, id, "CA", *intermediate, title));
        }
    }
}

}  // namespace monban
