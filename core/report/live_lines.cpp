// SPDX-License-Identifier: MIT
#include "core/report/live_lines.h"

#include <algorithm>
#include <array>

namespace monban {
namespace {

template <class... Callables>
struct Overloaded : Callables... {
    using Callables::operator()...;
};

Message asIs(std::string text) { return {"{0}", {std::move(text)}}; }

/// The words state.cpp uses for every system and script, in the reader's words.
Message valueWords(const std::string& value)
{
    if (value == "present") return {tr("there"), {}};
    if (value == "absent" || value == "none") return {tr("none"), {}};
    if (value == "true") return {tr("enabled"), {}};
    if (value == "false") return {tr("disabled"), {}};
    if (value == "running") return {tr("running"), {}};
    if (value == "stopped") return {tr("stopped"), {}};
    return asIs(value);
}

/// The part of a fact's name that follows what it is about: "ctl_store"; empty for the thing itself.
std::string partOf(const State& state, const std::string& fact)
{
    const std::string subject = subjectOf(state);
    return fact.size() > subject.size() ? fact.substr(subject.size() + 1) : std::string();
}

Message ofCertificate(const CertificateState& state, const std::string& part)
{
    if (part == "has_private_key") return {tr("Private key in store {0}"), {state.store}};
    if (part == "friendly_name") return {tr("Friendly name in store {0}"), {state.store}};
    return {tr("Certificate in store {0}"), {state.store}};
}

Message ofRecord(const RecordState& state, const std::string& part)
{
    if (part == "thumbprint") return {tr("Certificate at {0}"), {state.endpoint}};
    if (part == "negotiate_client_certificate") return {tr("Client certificate asked for at {0}"), {state.endpoint}};
    if (part == "ctl_store") return {tr("CTL store at {0}"), {state.endpoint}};
    if (part == "check_revocation") return {tr("Revocation checked at {0}"), {state.endpoint}};
    if (part.empty()) return {tr("http.sys record {0}"), {state.endpoint}};
    return asIs(part + " (" + state.endpoint + ")");
}

Message about(const State& state, const std::string& fact)
{
    const std::string part = partOf(state, fact);
    return std::visit(Overloaded{
                          [&](const CertificateState& s) { return ofCertificate(s, part); },
                          [&](const RecordState& s) { return ofRecord(s, part); },
                          [&](const BindingState& s) {
                              return part.empty() ? Message{tr("{0} binding of {1}"), {s.protocol, s.site}} : Message{tr("Binding flags of {0}"), {s.information}};
                          },
                          [&](const AccessState& s) {
                              return part == "inherited" ? Message{tr("SSL settings of {0} inherited"), {s.path}} : Message{tr("SSL settings of {0}"), {s.path}};
                          },
                          [&](const RegistryState& s) { return asIs(s.name); },
                          [&](const FileState& s) {
                              return part.empty() ? Message{tr("File {0}"), {s.path}} : Message{tr("Content of {0} (SHA-256)"), {s.path}};
                          },
                          [&](const RequestState& s) {
                              if (part == "subject") return Message{tr("Subject of the request"), {}};
                              if (part == "names") return Message{tr("Names in the request"), {}};
                              if (part == "key") return Message{tr("Key of the request"), {}};
                              return Message{tr("Request {0}"), {s.file}};
                          },
                          [&](const CrlCacheState& s) {
                              return s.of == CrlCacheState::Of::Caller ? Message{tr("Revocation lists in your cache"), {}}
                                                                       : Message{tr("Revocation lists the services still believe"), {}};
                          },
                          [&](const ServiceState& s) { return Message{tr("Service {0}"), {s.name}}; },
                          [&](const TaskState& s) {
                              if (part == "command") return Message{tr("What the task {0} runs"), {s.name}};
                              if (part == "every_minutes") return Message{tr("Minutes between two runs of {0}"), {s.name}};
                              if (part == "user") return Message{tr("Account of the task {0}"), {s.name}};
                              return Message{tr("Scheduled task {0}"), {s.name}};
                          },
                          [&](const CrlState& s) { return Message{tr("Revocation list of {0} in the store CA"), {s.issuer}}; },
                      },
                      state);
}

/// What the thing itself looks like where it is there: its thumbprint, its binding, rather than the bare "there".
Message presence(const State& state, const std::string& value)
{
    if (value != "present") return valueWords(value);
    if (const auto* certificate = std::get_if<CertificateState>(&state)) return asIs(certificate->thumbprint);
    if (const auto* binding = std::get_if<BindingState>(&state)) return asIs(binding->information);
    return valueWords(value);
}

bool isEssential(const State& state, const std::string& part)
{
    if (std::holds_alternative<TaskState>(state)) return part.empty();
    if (!std::holds_alternative<RecordState>(state)) return true;
    static constexpr std::array<const char*, 5> kShown{"", "thumbprint", "negotiate_client_certificate", "ctl_store", "check_revocation"};
    return std::ranges::any_of(kShown, [&](const char* one) { return part == one; });
}

void addLines(const State& wanted, const Facts& facts, std::vector<LiveLine>& lines)
{
    const Observed<State> seen = observedState(wanted, facts);
    for (const FactLine& line : factLines(wanted)) {
        const std::string part = partOf(wanted, line.fact);
        LiveLine shown;
        shown.what = about(wanted, line.fact);
        shown.wanted = part.empty() ? presence(wanted, line.value) : valueWords(line.value);
        if (!seen) {
            shown.state = LiveLine::State::Unreadable;
            shown.seen = seen.error().message;
            lines.push_back(std::move(shown));
            return;  // one line says it for the whole thing
        }
        const std::string value = valueAt(*seen, line.fact);
        if (value != line.value && value == "absent" && !part.empty() && valueAt(*seen, subjectOf(wanted)) == "absent" && lines.size() &&
            std::holds_alternative<CertificateState>(wanted))
            continue;  // of a certificate that is not there only that it is not
        if (value == line.value && !isEssential(wanted, part)) continue;
        shown.seen = part.empty() ? presence(*seen, value) : valueWords(value);
        shown.state = value == line.value ? LiveLine::State::Good : LiveLine::State::Different;
        if (!isEssential(wanted, part) && value == "absent") continue;  // of a record that is not there, what matters is enough
        lines.push_back(std::move(shown));
    }
}

}  // namespace

std::vector<LiveLine> liveLines(const Step& step, const Facts& facts)
{
    std::vector<LiveLine> lines;
    for (const State& wanted : step.after) addLines(wanted, facts, lines);
    // A step that waits or is blocked may not know yet what it shall leave behind.
    if (lines.empty()) lines.push_back({step.title, {tr("done"), {}}, step.reason, step.state == StepState::Done ? LiveLine::State::Good : LiveLine::State::Waiting});
    return lines;
}

Message title(Chapter chapter)
{
    switch (chapter) {
    case Chapter::Start: return {tr("What to do"), {}};
    case Chapter::Certificate: return {tr("Get the server certificate"), {}};
    case Chapter::Root: return {tr("Get the root CA certificate"), {}};
    case Chapter::Import: return {tr("Register the server certificate"), {}};
    case Chapter::Trust: return {tr("Register the root CA (CTL)"), {}};
    case Chapter::Bind: return {tr("Bind the SSL port"), {}};
    case Chapter::Require: return {tr("Require client certificates"), {}};
    case Chapter::Verify: return {tr("Check that it works"), {}};
    case Chapter::Troubleshoot: return {tr("When something does not work"), {}};
    }
    return {};
}

const char* number(Chapter chapter)
{
    switch (chapter) {
    case Chapter::Start: return "1.2";
    case Chapter::Certificate: return "2.1";
    case Chapter::Root: return "2.2";
    case Chapter::Import: return "3.1";
    case Chapter::Trust: return "3.2";
    case Chapter::Bind: return "3.3";
    case Chapter::Require: return "3.4";
    case Chapter::Verify: return "4";
    case Chapter::Troubleshoot: return "5";
    }
    return "";
}

}  // namespace monban
