// SPDX-License-Identifier: MIT
#include "app/cli/prepare.h"

#include <CLI/CLI.hpp>

#include <boost/filesystem/operations.hpp>

#include "core/model/answers_file.h"
#include "core/platform/platform.h"
#include "core/run/interrupted.h"
#include "core/run/planning.h"

namespace monban::cli {

Result<Prepared> prepare(const Console& console, const PlanOptions& options, const std::stop_token& stop)
{
    auto server = console.server();
    if (!server) return server.error();
    const bool needsAnswers = options.kind != PlanKind::Removal && options.kind != PlanKind::PutBack && options.kind != PlanKind::Resumption;
    if (options.answers.empty() && needsAnswers)
        return Error{ErrorCode::InvalidInput, {tr("Name the answers file (--answers)."), {}}, "no answers"};
    auto answers = options.answers.empty() ? Result<Answers>(Answers{}) : readAnswers(pathFromUtf8(options.answers));
    if (!answers) return answers.error();
    if (!options.endpoint.empty()) answers->bind.endpoint = options.endpoint;
    if (!options.hostname.empty()) answers->bind.hostname = options.hostname;
    *answers = answersFor(options.kind, *answers);
    const auto password = console.password();
    if (!password) return password.error();
    Prepared prepared{std::move(*server), std::move(*answers), {}, {}, {}};
    boost::system::error_code trouble;
    const MaterialSources sources{[&](const std::string& url) { return prepared.server->fetch(url, limitsForRoot(stop)); },
                                  fs::absolute(prepared.server->journalFolder(), trouble)};
    if (trouble) return Error{ErrorCode::Io, {tr("{0} could not be used: {1}"), {utf8(prepared.server->journalFolder()), trouble.message()}}, "absolute path"};
    prepared.materials = readMaterials(prepared.answers, *password, sources);
    // A person at a terminal is asked for the password; a script names its file.
    const auto& pkcs12 = prepared.materials.pkcs12;
    if (pkcs12 && !*pkcs12 && pkcs12->error().code == ErrorCode::WrongPassword && console.passwordFile.empty() && platform::inputIsTerminal()) {
        const Secret typed(platform::readPassword(console.text(Message{tr("Password of {0}: "), {prepared.answers.certificate.file}})));
        prepared.materials = readMaterials(prepared.answers, typed, sources);
    }
    Planned planned = planOn(*prepared.server, prepared.answers, prepared.materials, {options.accepted.begin(), options.accepted.end()},
                             options.kind);
    if (auto cutOff = cutOffFinding(planned.journaled, *prepared.server, planned.plan, planned.facts)) planned.plan.findings.push_back(std::move(*cutOff));
    prepared.facts = std::move(planned.facts);
    prepared.plan = std::move(planned.plan);
    return prepared;
}

void addPlanOptions(CLI::App& command, Console& console, PlanOptions& options)
{
    command.add_option("--answers", options.answers, console.text(tr("The answers file (JSON): what is to be set up.")));
    command.add_option("--password-file", console.passwordFile, console.text(tr("File with the password of the PKCS#12 file; - reads standard input.")));
    command.add_option("--accept", options.accepted, console.text(tr("Go on although this pitfall is there (its id)."))) ->expected(1);
}

void addKinds(CLI::App& command, const Console& console, PlanOptions& options)
{
    const auto add = [&](const char* flag, PlanKind kind, const char* help) {
        return command.add_flag_callback(flag, [&options, kind] { options.kind = kind; }, console.text(help));
    };
    auto* renew = add("--renew", PlanKind::Renewal, tr("Put a new certificate in the old one's place, in every http.sys record that has it, and change nothing else."));
    auto* retire = add("--retire", PlanKind::Retirement, tr("Remove the old certificates and root CAs that the answers name (import.retire, trust.retire)."));
    auto* remove = add("--remove", PlanKind::Removal, tr("Take the set-up off the site that the answers name (bind.site)."));
    auto* putBack = add("--put-back", PlanKind::PutBack, tr("Put back what was changed since it was last approved."));
    auto* resume = add("--resume-revocation", PlanKind::Resumption, tr("Check again whether client certificates are revoked, where that was off for a time (troubleshoot.revocation_off_until)."));
    auto* endpoint = command.add_option("--endpoint", options.endpoint, console.text(tr("With --resume-revocation: the endpoint, in place of an answers file.")))->needs(resume);
    command.add_option("--hostname", options.hostname, console.text(tr("The same for an endpoint with a host name.")))->needs(resume)->excludes(endpoint);
    for (CLI::Option* one : {renew, retire, remove, putBack, resume})
        for (CLI::Option* other : {renew, retire, remove, putBack, resume})
            if (one != other) one->excludes(other);
}

}  // namespace monban::cli
