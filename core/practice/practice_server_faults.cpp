// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/practice/faulty_run.h"
#include "core/practice/practice_server.h"

namespace monban::practice {
namespace {

/// One of Monban's own actions, as a fault names it.
struct OwnAction {
    std::string name;   ///< its kind, as plans show it
    std::string about;  ///< what it is about: file, store, thumbprint, endpoint
    std::vector<std::string> files;
};

OwnAction ownAction(const Action& action)
{
    if (const auto* import = std::get_if<ImportPkcs12>(&action))
        return {"import-pkcs12", "import " + import->store + " " + import->thumbprint + " " + import->file, {}};
    if (const auto* removal = std::get_if<RemoveImported>(&action))
        return {"import-pkcs12", "remove " + removal->store + " " + removal->thumbprint, {}};
    if (const auto* file = std::get_if<WriteFile>(&action)) return {"write-file", file->path, {file->path}};
    if (const auto* set = std::get_if<SetHttpRecord>(&action))
        return {"set-http-record", std::string(monban::name(set->family)) + "=" + set->endpoint, {}};
    if (const auto* property = std::get_if<SetCertificateProperty>(&action))
        return {"set-certificate-property", property->store + " " + property->thumbprint, {}};
    if (const auto* reopening = std::get_if<ReopenRequest>(&action))
        return {"set-certificate-property", "reopen " + reopening->store + " " + reopening->thumbprint, {}};
    return {};
}

Error accessDenied(const std::string& what)
{
    return {ErrorCode::Denied, {tr("Access was denied to {0}."), {what}}, "access denied: " + what};
}

Error failure(const Fault& fault, const std::string& what)
{
    const std::string why = fault.text.value_or(std::to_string(fault.exitCode.value_or(1)));
    if (fault.kind == FaultKind::Busy) return {ErrorCode::Busy, {tr("{0} failed because something is in use: {1}"), {what, why}}, "fault: busy"};
    return {ErrorCode::Io, {tr("{0} failed: {1}"), {what, why}}, "fault: " + std::string(monban::practice::name(fault.kind))};
}

}  // namespace

/// Makes parts unreadable, as faults say; which ones is told apart only here, after everything was read.
void PracticeServer::hide(Facts& facts, Time now)
{
    const auto blind = [&](const std::string& section) -> std::optional<Error> {
        const auto fault = takeFault(*m_backend, kFaultyLook, section);
        if (!fault) return fault.error();
        if (!*fault) return std::nullopt;
        if ((*fault)->kind == FaultKind::Denied) return accessDenied(section);
        return Error{ErrorCode::Damaged, {tr("What was read of {0} makes no sense."), {section}}, "fault: garbage"};
    };
    const auto check = [&](const std::string& section, auto& observed) {
        if (auto error = blind(section)) observed = {std::move(*error), now};
    };
    check("machine", facts.machine);
    check("sites", facts.sites);
    check("ssl_records", facts.records);
    check("stores", facts.storeList);
    if (!facts.storeList) facts.stores.clear();
    for (auto& [name, store] : facts.stores) check("stores." + name, store);
    check("registry", facts.schannel);
    check("shared_configuration", facts.sharedConfiguration);
    check("crl_cache", facts.crlCache);
    for (auto& [name, service] : facts.services) check("services." + name, service);
    for (auto& [file, content] : facts.files) check("files." + file, content);
    for (DistributionPoint& point : facts.distributionPoints) check("crl." + point.url, point.crl);
}

Result<Output> PracticeServer::runProgram(const Command& command, const RunLimits& limits)
{
    const auto wait = [&](std::chrono::seconds time) { return waitWithin(time, limits, command.program); };
    const Reply reply = interpret(*m_backend, {command.program, command.arguments, {}, wait});
    if (reply.stopped) return *reply.stopped;
    // Nobody can say which encoding a program had in mind: what is not UTF-8 is shown as such.
    return Output{reply.exitCode, validUtf8(reply.text)};
}

Result<Output> PracticeServer::runOwn(const Action& action, const Materials& materials, const RunLimits& limits)
{
    const OwnAction own = ownAction(action);
    const auto fault = takeFault(*m_backend, own.name, own.about);
    if (!fault) return fault.error();
    if (*fault) return performWith(**fault, action, materials, limits);
    const auto machine = m_backend->machine();
    if (!machine) return machine.error();
    if (!machine->elevated && own.files.empty()) return accessDenied(own.about);
    return perform(action, materials);
}

Result<Output> PracticeServer::performWith(const Fault& fault, const Action& action, const Materials& materials, const RunLimits& limits)
{
    const OwnAction own = ownAction(action);
    switch (fault.kind) {
        case FaultKind::NoEffect: return Output{0, fault.text.value_or("")};
        case FaultKind::Fail:
        case FaultKind::Busy: return failure(fault, own.name);
        case FaultKind::Denied: return accessDenied(own.about);
        case FaultKind::Hang:
            if (const auto waited = waitWithin(patienceFor(fault), limits, own.name); !waited) return waited.error();
            return perform(action, materials);
        case FaultKind::Garbage: {
            auto done = perform(action, materials);
            if (!done) return done;
            return Output{0, validUtf8(garbageOf(fault))};
        }
        case FaultKind::ReportsFailure:
            if (const auto done = perform(action, materials); !done) return done;
            return failure(fault, own.name);
        case FaultKind::OtherWriter: {
            const auto held = m_backend->transaction();
            if (!held) return held.error();
            std::vector<fs::path> files;
            for (const std::string& file : own.files) {
                const auto place = placeOf(file);
                if (!place) return place.error();
                files.push_back(*place);
            }
            const auto other = OtherWriter::watch(*m_backend, files);
            if (!other) return other.error();
            auto done = perform(action, materials);
            if (const auto spoilt = other->interfere(*m_backend); !spoilt) return spoilt.error();
            return done;
        }
    }
    return Output{};
}

}  // namespace monban::practice
