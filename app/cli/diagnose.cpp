// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/certificate_files.h"
#include "app/cli/commands.h"
#include "core/report/verdict_json.h"

namespace monban::cli {
namespace {

struct CertificateOptions {
    std::string leaf;
    std::vector<std::string> chain;
    std::vector<std::string> roots;
    std::string host;
};

void print(const Console& console, const char* question, const Verdict& verdict, const Check& check)
{
    const char* const answer = check.result == CheckResult::Pass ? tr("yes") : check.result == CheckResult::Fail ? tr("no") : tr("not known");
    console.print(console.text(question) + " " + console.text(answer));
    for (const PathFlaw& flaw : check.flaws) {
        console.print("  " + console.text(reasonOf(verdict, flaw)));
        const Remedy remedy = remedyOf(verdict, flaw);
        if (!remedy.onServer.empty()) console.print("    " + console.text(tr("On the server:")) + " " + console.text(remedy.onServer));
        if (!remedy.onClient.empty()) console.print("    " + console.text(tr("On the device:")) + " " + console.text(remedy.onClient));
    }
}

int judgeCertificate(const Console& console, const CertificateOptions& options)
{
    const auto password = console.password();
    if (!password) return console.refuse(password.error(), kUsage);
    VerdictQuestion question;
    question.host = options.host;
    question.at = console.at.value_or(hostTime());
    for (const auto& [files, list] : {std::pair{&options.chain, &question.others}, {&options.roots, &question.roots}}) {
        auto read = certificatesFrom(*files, *password);
        if (!read) return console.refuse(read.error(), kUsage);
        *list = std::move(*read);
    }
    const auto bytes = readFile(pathFromUtf8(options.leaf));
    if (!bytes && bytes.error().code != ErrorCode::Unsupported) return console.refuse(bytes.error(), kUsage);
    auto leaf = bytes ? certificatesFrom(options.leaf, *bytes, *password) : Result<std::vector<Certificate>>(bytes.error());
    if (!leaf) {
        if (!console.json) return console.refuse(leaf.error(), kWanting);
        console.print(unreadableVerdictJson(leaf.error().message, console.language));
        return kWanting;
    }
    question.certificate = std::move(leaf->front());
    question.others.insert(question.others.begin(), std::next(leaf->begin()), leaf->end());
    const Verdict verdict = judge(question);
    if (console.json) {
        console.print(verdictJson(verdict, console.language));
        return verdict.passes() ? kDone : kWanting;
    }
    console.print(verdict.path.front().subject);
    print(console, tr("Is its issuer trusted?"), verdict, verdict.trusted);
    print(console, tr("Is the time within its dates?"), verdict, verdict.validity);
    print(console, tr("Does it have the name of the address?"), verdict, verdict.hostname);
    for (const PathFlaw& warning : verdict.warnings)
        console.print(Finding{name(warning.flaw), Severity::Warning, reasonOf(verdict, warning), remedyOf(verdict, warning).onServer});
    return verdict.passes() ? kDone : kWanting;
}

void addCertificate(CLI::App& diagnose, Console& console, Job& job)
{
    auto* command = diagnose.add_subcommand("certificate", console.text(tr("Say why browsers warn of a server certificate, and what helps.")));
    auto options = std::make_shared<CertificateOptions>();
    command->add_option("--leaf", options->leaf, console.text(tr("File with the server certificate.")))->required();
    command->add_option("--chain", options->chain, console.text(tr("Files with intermediate CAs, as the server sends them.")));
    command->add_option("--root", options->roots, console.text(tr("Files with the root CAs that are trusted.")));
    command->add_option("--host", options->host, console.text(tr("Host name or IP address the site is opened by.")))->required();
    command->add_option("--password-file", console.passwordFile, console.text(tr("File with the password of the PKCS#12 files; - reads standard input.")));
    command->callback([options, &job] { job = [options](const Console& c) { return judgeCertificate(c, *options); }; });
}

}  // namespace

void addDiagnose(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("diagnose", console.text(tr("Find the cause of a warning or a refusal from files.")));
    command->require_subcommand(1);
    addCertificate(*command, console, job);
}

}  // namespace monban::cli
