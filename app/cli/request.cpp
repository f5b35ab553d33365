// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stop_token>

#include "app/cli/commands.h"
#include "app/cli/prepare.h"
#include "app/cli/steps.h"
#include "core/pki/request.h"
#include "core/platform/platform.h"

namespace monban::cli {
namespace {

/// The request as it lies in its file and waits on the server; nothing where it is not there.
std::optional<nlohmann::json> requestJson(const std::string& file, const Facts& facts)
{
    const auto seen = observedState(RequestState{file, false, {}, {}, {}, {}}, facts);
    if (!seen || !std::get<RequestState>(*seen).present) return std::nullopt;
    const auto& state = std::get<RequestState>(*seen);
    const auto request = parseRequest(**facts.files.at(file));
    if (!request) return std::nullopt;
    return nlohmann::json{{"request_file", file},
                          {"subject", state.subject},
                          {"dns_names", request->dnsNames},
                          {"ip_addresses", request->ipAddresses},
                          {"key", {{"algorithm", request->key.algorithm}, {"bits", request->key.bits}}},
                          {"thumbprint", state.thumbprint.empty() ? nlohmann::json(nullptr) : nlohmann::json(state.thumbprint)}};
}

int request(const Console& console, const PlanOptions& options)
{
    auto prepared = prepare(console, options, stopSource.get_token());
    if (!prepared) return console.refuse(prepared.error(), kUsage);
    if (prepared->answers.certificate.source != CertificateAnswers::Source::Request)
        return console.refuse({ErrorCode::InvalidInput, {tr("These answers ask for no request: certificate.source is not \"request\"."), {}}, "source is pkcs12"}, kUsage);
    if (!console.json)
        for (const Finding& finding : prepared->plan.findings) console.print(finding);
    Plan plan;
    for (Step& step : prepared->plan.steps)
        if (step.chapter == Chapter::Certificate) plan.steps.push_back(std::move(step));
    platform::onTermination([] { stopSource.request_stop(); });
    LiveProgress progress(console);
    const Outcome outcome = execute(plan, *prepared->server, prepared->materials, progress, stopSource.get_token());
    if (outcome.outcome != RunOutcome::Done) return console.refuse({ErrorCode::Conflict, outcome.reason, "request not made"}, kWanting);
    const std::string& file = prepared->answers.certificate.requestFile;
    // Where the answers asked for nothing, nobody looked at the file since.
    const auto shown = requestJson(file, plan.steps.empty() ? prepared->facts : outcome.facts);
    if (!shown) return console.refuse({ErrorCode::NotFound, {tr("No request waits in {0}."), {file}}, "no request"}, kWanting);
    if (console.json) {
        console.print(*shown);
    } else {
        console.print(console.text(shown->at("thumbprint").is_null()
                                       ? Message{tr("The request in {0} was answered already; its certificate is on this server."), {file}}
                                       : Message{tr("The request is in {0}. Hand it to the CA."), {file}}));
        console.print("  " + shown->at("subject").get<std::string>());
    }
    return kDone;
}

}  // namespace

void addRequest(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("request", console.text(tr("Make the certification request (CSR) the answers describe, and nothing else.")));
    auto options = std::make_shared<PlanOptions>();
    addPlanOptions(*command, console, *options);
    command->callback([options, &job] { job = [options](const Console& c) { return request(c, *options); }; });
}

}  // namespace monban::cli
