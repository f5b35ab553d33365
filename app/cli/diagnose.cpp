// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

#include "app/cli/certificate_files.h"
#include "app/cli/commands.h"
#include "core/base/host_name.h"
#include "core/report/revocation_json.h"
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

/// What cannot be brought into the form that certificates hold cannot be judged.
std::optional<Message> hostProblem(const std::string& host)
{
    if (looksLikeIpAddress(host)) return std::nullopt;
    const auto ascii = asciiHostName(host.ends_with('.') ? host.substr(0, host.size() - 1) : host);
    return hostNameProblem(ascii ? *ascii : host);
}

int judgeCertificate(const Console& console, const CertificateOptions& options)
{
    const auto password = console.password();
    if (!password) return console.refuse(password.error(), kUsage);
    VerdictQuestion question;
    question.host = options.host;
    if (const auto problem = hostProblem(options.host)) return console.refuse({ErrorCode::InvalidInput, *problem, "--host"}, kUsage);
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

struct RevocationOptions {
    std::string certificate;
    std::vector<std::string> lists;
    std::vector<std::string> issuers;
};

Result<std::vector<ListSource>> listsFrom(const Console& console, const RevocationOptions& options, const Certificate& certificate)
{
    if (options.lists.empty()) return listsAtPoints(console, certificate, {});
    std::vector<ListSource> lists;
    for (const std::string& file : options.lists) {
        const auto bytes = readFile(pathFromUtf8(file));
        if (!bytes && bytes.error().code != ErrorCode::Unsupported) return bytes.error();
        if (!bytes) {
            lists.push_back({file, bytes.error()});
            continue;
        }
        std::ranges::move(listsIn(file, *bytes), std::back_inserter(lists));
    }
    return lists;
}

void print(const Console& console, const RevocationVerdict& verdict)
{
    console.print(console.text(summaryOf(verdict)));
    for (const JudgedList& one : verdict.lists) {
        if (!one.list) continue;
        console.print("  " + oneLine(one.name) + ": " + one.list->issuer + ", " + rfc3339(one.list->thisUpdate) + " – " + (one.list->nextUpdate ? rfc3339(*one.list->nextUpdate) : "?"));
    }
    if (const auto left = verdict.left())
        console.print("  " + console.text(left->count() >= 0 ? tr("Everybody is refused unless a newer list comes within:") : tr("Everybody is refused since:")) + " " + console.text(spanText(*left)));
    for (const Finding& finding : findingsOf(verdict)) console.print(finding);
}

int judgeLists(const Console& console, const RevocationOptions& options)
{
    const auto password = console.password();
    if (!password) return console.refuse(password.error(), kUsage);
    auto certificates = certificatesFrom({options.certificate}, *password);
    if (!certificates) return console.refuse(certificates.error(), kUsage);
    auto issuers = certificatesFrom(options.issuers, *password);
    if (!issuers) return console.refuse(issuers.error(), kUsage);
    RevocationQuestion question{certificates->front(), std::move(*issuers), console.at.value_or(hostTime()), !options.issuers.empty()};
    question.issuers.insert(question.issuers.end(), std::next(certificates->begin()), certificates->end());
    const auto lists = listsFrom(console, options, question.certificate);
    if (!lists) return console.refuse(lists.error(), kUsage);
    const RevocationVerdict verdict = judgeRevocation(question, *lists);
    if (console.json) console.print(revocationJson(verdict, console.language));
    else print(console, verdict);
    return verdict.state == RevocationState::Good ? kDone : kWanting;
}

void addRevocation(CLI::App& diagnose, Console& console, Job& job)
{
    auto* command = diagnose.add_subcommand("revocation", console.text(tr("Say whether a client certificate is revoked, and until when the CA's list counts.")));
    auto options = std::make_shared<RevocationOptions>();
    command->add_option("--certificate", options->certificate, console.text(tr("File with the client certificate (certificate or PKCS#12).")))->required();
    command->add_option("--crl", options->lists, console.text(tr("Files with revocation lists (default: fetched from where the certificate says).")));
    command->add_option("--issuer", options->issuers, console.text(tr("Files with the certificate of the CA, which signs the lists.")));
    command->add_option("--password-file", console.passwordFile, console.text(tr("File with the password of the PKCS#12 files; - reads standard input.")));
    command->callback([options, &job] { job = [options](const Console& c) { return judgeLists(c, *options); }; });
}

}  // namespace

void addDiagnose(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("diagnose", console.text(tr("Find the cause of a warning or a refusal from files.")));
    command->require_subcommand(1);
    addCertificate(*command, console, job);
    addRevocation(*command, console, job);
}

}  // namespace monban::cli
