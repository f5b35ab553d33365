// SPDX-License-Identifier: MIT
#include "core/observe/server_index.h"
#include "core/pki/findings.h"
#include "core/plan/chapters.h"
#include "core/plan/site_names.h"

namespace monban {
namespace {

constexpr const char* kId = "import.certificate";

Message title(const PlanInput& input, const std::string& certificate)
{
    return {tr("Import the server certificate {0} with its private key into the store {1}"), {certificate, input.answers.import.store}};
}

/// What is wrong with the file for this server, or nothing.
std::optional<Message> refusal(const PlanInput& input, const Pkcs12Material& material)
{
    if (!material.hasKey)
        return Message{tr("{0} holds no private key, so IIS could not use the certificate. Download the PKCS#12 file that "
                          "contains the key, or ask the CA for it."),
                       {material.file}};
    if (!material.keyMatches)
        return Message{tr("The private key in {0} does not belong to its certificate. Ask the CA for a new file."), {material.file}};
    if (material.needsModernWindows && input.facts.machine && input.facts.machine->build < windows_build::kServer2019)
        return Message{tr("{0} is encrypted in a way (AES or SHA-256) that Windows Server 2016 cannot read; it would say that the "
                          "password is wrong. Have the file made anew with 3DES and SHA-1, then try again."),
                       {material.file}};
    return unfitForServer(material.certificates.front());
}

/// The certificates between the server's own and the root: what IIS has to send along. ROOT is never filled from here.
std::vector<Certificate> intermediates(const Pkcs12Material& material)
{
    std::vector<Certificate> found;
    for (std::size_t i = 1; i < material.certificates.size(); ++i)
        if (material.certificates[i].isCa && !material.certificates[i].selfSigned) found.push_back(material.certificates[i]);
    return found;
}

Step importStep(const PlanInput& input, const Pkcs12Material& material)
{
    const Certificate& certificate = material.certificates.front();
    const std::string& store = input.answers.import.store;
    ImportPkcs12 import{material.file, material.sha256, store, certificate.thumbprintSha1, input.answers.import.friendlyName, {}};
    Step step;
    step.id = kId;
    step.chapter = Chapter::Import;
    step.title = title(input, shownName(certificate));
    step.restsOn = material.sha256;
    const std::string& friendlyName = input.answers.import.friendlyName;
    step.after.push_back(CertificateState{store, certificate.thumbprintSha1, true, true,
                                          friendlyName.empty() ? std::nullopt : std::optional(friendlyName), {}});
    for (const Certificate& issuer : intermediates(material)) {
        import.chain.push_back(issuer.thumbprintSha1);
        step.after.push_back(CertificateState{"CA", issuer.thumbprintSha1, true, false, std::nullopt, {}});
    }
    step.action = std::move(import);
    return step;
}

}  // namespace

std::optional<Message> unfitForServer(const Certificate& certificate)
{
    if (certificate.isCa)
        return Message{tr("{0} is the certificate of a CA. Browsers such as Firefox refuse a server that shows one, and its key should never leave the "
                          "CA. Have the CA issue a certificate for the server, and name that."),
                       {nameForPeople(certificate)}};
    if (isServerCertificate(certificate)) return std::nullopt;
    std::string purposes;
    for (const std::string& purpose : certificate.extendedKeyUsage) purposes += (purposes.empty() ? "" : ", ") + purpose;
    return Message{tr("{0} is not for servers: its extended key usage names {1} and not server authentication, so every browser refuses it. Ask the CA "
                      "for a certificate with the purpose server authentication (1.3.6.1.5.5.7.3.1)."),
                   {nameForPeople(certificate), purposes.empty() ? "–" : purposes}};
}

Step namingStep(const PlanInput& input, const std::string& store, const std::string& thumbprint)
{
    const std::string& name = input.answers.import.friendlyName;
    Step step;
    step.id = "import.friendly-name";
    step.chapter = Chapter::Import;
    step.title = {tr("Name the certificate {0} \"{1}\""), {thumbprint, name}};
    step.action = SetCertificateProperty{store, thumbprint, name};
    step.after.push_back(CertificateState{store, thumbprint, true, true, name, {}});
    return step;
}

void planImport(const PlanInput& input, Plan& plan)
{
    const auto certificate = serverCertificate(input);
    if (!certificate) {
        plan.steps.push_back(blocked(kId, Chapter::Import, title(input, "…"), certificate.error().message));
        return;
    }
    const Pkcs12Material& material = **input.materials.pkcs12;
    Step step = importStep(input, material);
    const Time now = input.facts.machine ? input.facts.machine->clock : hostTime();
    plan.findings = findingsForServer(material.certificates, material.hasKey, material.keyMatches, now);
    // What the file lacks the server may have.
    if (ServerIndex(input.facts).reachesRoot(*certificate)) std::erase_if(plan.findings, [](const Finding& one) { return one.id == "chain-missing"; });
    addNameFindings(input, shownName(*certificate), certificate->dnsNames, certificate->ipAddresses, plan);
    if (const auto reason = refusal(input, material)) block(step, *reason);
    else if (const auto unseen = noMachine(input.facts)) block(step, *unseen);
    plan.steps.push_back(std::move(step));

    // The certificate and key may be there already under no or another name: then only the name is missing.
    Step& added = plan.steps.back();
    if (added.state != StepState::Needed || input.answers.import.friendlyName.empty()) return;
    const auto seen = observedState(added.after.front(), input.facts);
    if (!seen) return;
    const auto& there = std::get<CertificateState>(*seen);
    if (!there.present || !there.key || there.friendlyName == input.answers.import.friendlyName) return;
    std::get<CertificateState>(added.after.front()).friendlyName.reset();
    plan.steps.push_back(namingStep(input, there.store, there.thumbprint));
}

}  // namespace monban
