// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <future>
#include <thread>

#include "app/cli/certificate_files.h"
#include "app/cli/commands.h"
#include "core/base/host_name.h"
#include "core/base/joined.h"
#include "core/platform/platform.h"
#include "core/platform/this_server.h"
#include "core/practice/front.h"
#include "core/report/probe_json.h"

namespace monban::cli {
namespace {

struct VerifyOptions {
    std::string url;
    std::string connect;
    std::vector<std::string> roots;
    std::string client;
    std::vector<std::string> refuse;
    std::optional<std::string> log;
    double seconds = 10;
};

// http.sys writes a log's lines late; told to, it does so within this time (assumed: core/ARCHITECTURE.md). It is told more than
// once, as a line may come into its buffer only when the answer has been sent.
constexpr auto kLogTime = std::chrono::seconds(4);
constexpr auto kLogPause = std::chrono::milliseconds(100);
constexpr int kLooksBetweenFlushes = 10;

Result<ClientIdentity> identityFrom(const Console& console, const std::string& file, const Secret& password)
{
    const auto bytes = readFile(pathFromUtf8(file));
    if (!bytes) return bytes.error();
    auto identity = clientIdentity(*bytes, password);
    if (!identity) return Error{identity.error().code, {"{0}: {1}", {file, console.text(identity.error().message)}}, identity.error().detail};
    return identity;
}

/// A practice server's site is where it is served.
Result<std::string> placeToConnectTo(const Console& console, const VerifyOptions& options, const HttpAddress& address)
{
    if (!options.connect.empty() || console.practice.empty()) return options.connect;
    const auto listening = practice::listeningNow(pathFromUtf8(console.practice));
    const auto place = listening ? practice::placeOf(*listening, address.host, address.port) : std::nullopt;
    if (!place)
        return Error{ErrorCode::NotFound,
                     {tr("The practice server serves nothing on port {0}. Start it with \"monban practice serve DIR\", after its site was bound."), {std::to_string(address.port)}},
                     "not served"};
    return *place;
}

LoggedAnswers askLog(const Console& console, const fs::path& folder, const std::vector<std::string>& words)
{
    const auto end = std::chrono::steady_clock::now() + kLogTime;
    SiteLogSearch search(folder, words);
    LoggedAnswers found = search.look();
    for (int look = 0; found.size() < words.size() && std::chrono::steady_clock::now() < end && !stopSource.stop_requested(); ++look) {
        if (look % kLooksBetweenFlushes == 0 && console.practice.empty()) platform::flushSiteLogs(stopSource.get_token());
        std::this_thread::sleep_for(kLogPause);
        found = search.look();
    }
    return found;
}

/// The site's log folder: the one that was named, or a practice server's own.
Result<fs::path> logFolder(const Console& console, const VerifyOptions& options)
{
    if (!options.log) return console.practice.empty() ? fs::path() : practice::logFolderOf(pathFromUtf8(console.practice));
    const fs::path folder = pathFromUtf8(*options.log);
    boost::system::error_code problem;
    const fs::directory_iterator entries(folder, problem);
    if (!problem) return folder;
    const auto type = fs::status(folder, problem).type();
    if (type == fs::directory_file || type == fs::status_error) return Error{ErrorCode::Denied, {tr("There is no right to look into the log folder {0}. Start Monban as an administrator."), {*options.log}}, "folder"};
    return Error{ErrorCode::NotFound, {tr("There is no log folder {0}."), {*options.log}}, "no folder"};
}

Result<ProbeQuestion> questionFrom(const Console& console, const VerifyOptions& options)
{
    ProbeQuestion question;
    const auto address = parseSiteAddress(options.url);
    if (!address) return address.error();
    question.address = *address;
    const auto connect = placeToConnectTo(console, options, *address);
    if (!connect) return connect.error();
    if (!connect->empty()) {
        const auto place = parseSiteAddress(*connect);
        if (!place) return place.error();
        question.connectHost = place->host;
        question.connectPort = place->port;
    }
    const auto password = console.password();
    if (!password) return password.error();
    auto roots = certificatesFrom(options.roots, *password);
    if (!roots) return roots.error();
    question.roots = std::move(*roots);
    if (!options.client.empty()) {
        auto client = identityFrom(console, options.client, *password);
        if (!client) return client.error();
        question.client = std::move(*client);
    }
    for (const std::string& file : options.refuse) {
        auto identity = identityFrom(console, file, *password);
        if (!identity) return identity.error();
        question.refuse.push_back({utf8(pathFromUtf8(file).filename()), std::move(*identity)});
    }
    const auto log = logFolder(console, options);
    if (!log) return log.error();
    if (!log->empty()) question.log = [&console, folder = *log](const auto& words) { return askLog(console, folder, words); };
    question.at = console.at.value_or(hostTime());
    question.time = std::chrono::milliseconds(static_cast<long>(options.seconds * 1000));
    question.stop = stopSource.get_token();
    return question;
}

/// What a server that checks revocation makes of the one who should get in: asked while the visits go on.
std::optional<RevocationVerdict> revocationOf(const Console& console, const ProbeQuestion& question, const std::stop_token& stop)
{
    if (!question.client) return std::nullopt;
    const std::vector<Certificate>& own = question.client->certificates;
    RevocationQuestion asked{own.front(), {own.begin() + 1, own.end()}, question.at};
    asked.issuers.insert(asked.issuers.end(), question.roots.begin(), question.roots.end());
    const auto lists = listsAtPoints(console, asked.certificate, stop);
    if (!lists) return std::nullopt;  // the practice server is gone
    return judgeRevocation(asked, *lists);
}

void print(const Console& console, const ProbeReport& report, const std::optional<RevocationVerdict>& revocation)
{
    for (const ProbeAttempt& attempt : report.attempts) {
        const char* const mark = !attempt.counts ? "–" : attempt.isAsExpected() ? "✓" : "✗";
        console.print(std::string(mark) + " " + console.text(titleOf(attempt)) + ": " + console.text(wordFor(attempt.observed)) + "  " + console.text(evidenceOf(attempt)));
    }
    if (report.asked != Asked::Never)
        console.print(console.text(Message{tr("CA names sent ({0} bytes): {1}"), {std::to_string(report.acceptableIssuersBytes), report.acceptableIssuers.empty() ? "–" : joined(report.acceptableIssuers, "; ")}}));
    if (!report.chain.empty()) console.print(console.text(Message{tr("Server certificate: {0}"), {report.chain.front().subject}}));
    if (revocation) console.print(console.text(Message{tr("Revocation of the client certificate: {0}"), {console.text(summaryOf(*revocation))}}));
    for (const Finding& finding : findingsOf(report)) console.print(finding);
    if (revocation)
        for (const Finding& finding : findingsOf(*revocation)) console.print(finding);
    console.print(console.text(report.passes() ? tr("Who gets in is as it should be.") : tr("Who gets in is not as it should be.")));
}

/// The server's certificate is part of "all is well". Opened by an address of this computer itself, nobody expects its name in it.
bool isWell(const ProbeReport& report, const std::string& host)
{
    if (!report.passes() || !report.server) return false;
    const auto failed = [](const Check& check) { return check.result == CheckResult::Fail; };
    const bool isLoopback = looksLikeIpAddress(host) && (host == "::1" || host.starts_with("127."));
    return !failed(report.server->trusted) && !failed(report.server->validity) && (isLoopback || !failed(report.server->hostname));
}

int verify(const Console& console, const VerifyOptions& options)
{
    const auto question = questionFrom(console, options);
    if (!question) return console.refuse(question.error(), kUsage);
    platform::onTermination([] { stopSource.request_stop(); });
    std::stop_source patience;
    const std::stop_callback ending(question->stop, [&] { patience.request_stop(); });
    auto looking = std::async(std::launch::async, [&] { return revocationOf(console, *question, patience.get_token()); });
    const auto report = probe(*question);
    // A list nobody answers for is given no longer than an attempt.
    if (looking.wait_for(question->time) != std::future_status::ready) patience.request_stop();
    const auto revocation = looking.get();
    if (!report) return console.refuse(report.error(), kWanting);
    if (console.json) console.print(probeJson(*report, console.language, revocation));
    else print(console, *report, revocation);
    return isWell(*report, question->address.host) ? kDone : kWanting;
}

}  // namespace

void addVerify(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("verify", console.text(tr("Open a site as visitors do, with and without certificates, and say who gets in.")));
    auto options = std::make_shared<VerifyOptions>();
    command->add_option("URL", options->url, console.text(tr("Address of the site, such as https://www.example.com/.")))->required();
    command->add_option("--connect", options->connect, console.text(tr("HOST:PORT that is connected to instead; the name asked for stays.")));
    command->add_option("--root", options->roots, console.text(tr("Files with the root CAs: those trusted, and the only CA names the server should send.")));
    command->add_option("--client", options->client, console.text(tr("PKCS#12 file of somebody who should get in.")));
    command->add_option("--refuse", options->refuse, console.text(tr("PKCS#12 files of those who must be refused.")));
    command->add_option("--password-file", console.passwordFile, console.text(tr("File with the password of the PKCS#12 files; - reads standard input.")));
    command->add_option("--log", options->log, console.text(tr("The site's log folder on this computer: tells the sub-statuses that the server does not show. Each address then carries a word to be found by.")));
    command->add_option("--timeout", options->seconds, console.text(tr("Seconds each attempt may take (default: 10).")))->check(CLI::Range(0.1, 600.0));
    command->callback([options, &job] { job = [options](const Console& c) { return verify(c, *options); }; });
}

}  // namespace monban::cli
