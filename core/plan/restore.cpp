// SPDX-License-Identifier: MIT
#include "core/plan/restore.h"

#include "core/plan/binding_command.h"
#include "core/plan/chapters.h"
#include "core/plan/record_command.h"
#include "core/plan/task_command.h"

namespace monban {
namespace {

int buildOf(const Facts& facts) { return facts.machine ? facts.machine->build : windows_build::kServer2022; }

/// A request that was answered waits again: only where the certificate that has its key is still there.
std::optional<Action> reopening(const CertificateState& pending, const Facts& facts)
{
    const auto certificate = parseCertificate(pending.der);
    const auto holder = certificate ? keyHolder(facts, certificate->publicKeyDer, {"MY", "WebHosting"}) : std::nullopt;
    if (!holder) return std::nullopt;
    return ReopenRequest{holder->store, holder->entry->certificate.thumbprintSha1, {}, pending.der, pending.thumbprint, false};
}

std::optional<Action> restoringCertificate(const CertificateState& back, const CertificateState& now, const RestoreContext& context)
{
    const std::string certutil = systemProgram(context.facts, "certutil.exe");
    if (!back.present) {
        // A request that waits with the same key still needs it: then the certificate goes alone.
        const auto certificate = now.key ? parseCertificate(now.der) : Result<Certificate>(Error{});
        const bool shared = certificate && storeSpelling(back.store) != "REQUEST" && keyHolder(context.facts, certificate->publicKeyDer, {"REQUEST"});
        if (now.key && !shared) return RemoveImported{back.store, back.thumbprint, {}, {}};
        return Command{certutil, {"-delstore", back.store, back.thumbprint}};
    }
    if (!now.present) {
        if (back.key) return storeSpelling(back.store) == "REQUEST" ? reopening(back, context.facts) : std::nullopt;
        if (context.certificateFile.empty()) return std::nullopt;
        return Command{certutil, {"-f", "-addstore", back.store, context.certificateFile}};
    }
    if (back.key == now.key) return SetCertificateProperty{back.store, back.thumbprint, back.friendlyName.value_or("")};
    return std::nullopt;
}

std::optional<Action> restoringRecord(const RecordState& back, const RecordState& now, const RestoreContext& context)
{
    const std::string netsh = systemProgram(context.facts, "netsh.exe");
    const int build = buildOf(context.facts);
    if (!back.record) return netshDelete(netsh, back.family, back.endpoint);
    // Where there is no update, Monban writes the record itself: as one step, it cannot leave the endpoint without one.
    if (!netshCanWrite(*back.record, build) || (now.record && !netshCanUpdate(build)))
        return SetHttpRecord{back.family, back.endpoint, *back.record};
    return netshWrite(netsh, now.record ? "update" : "add", *back.record);
}

Action restoringBinding(const BindingState& back, const BindingState& now, const RestoreContext& context)
{
    const BindingCommands commands{appcmdProgram(context.facts), back.site, back.protocol, back.information};
    if (!back.sslFlags) return commands.remove();
    return now.sslFlags ? commands.setFlags(*back.sslFlags) : commands.add(*back.sslFlags);
}

Action restoringAccess(const AccessState& back, const RestoreContext& context)
{
    if (!back.own) return Command{appcmdProgram(context.facts), {"clear", "config", configurationPath(back.path), "/section:access", "/commit:apphost"}};
    return Command{appcmdProgram(context.facts),
                   {"set", "config", configurationPath(back.path), "/section:access", "/sslFlags:" + accessText(*back.own), "/commit:apphost"}};
}

Action restoringRegistry(const RegistryState& back, const RestoreContext& context)
{
    const std::string reg = systemProgram(context.facts, "reg.exe");
    if (!back.value && !back.otherType.empty())
        return Command{reg, {"add", kSchannelKey, "/v", back.name, "/t", back.otherType, "/d", back.otherData, "/f"}};
    if (!back.value) return Command{reg, {"delete", kSchannelKey, "/v", back.name, "/f"}};
    return Command{reg, {"add", kSchannelKey, "/v", back.name, "/t", "REG_DWORD", "/d", std::to_string(*back.value), "/f"}};
}

/// Before the request is made its entry in REQUEST is not known yet: certutil finds it by its common name as well.
std::optional<Action> restoringRequest(const RequestState& back, const RequestState& now, const RestoreContext& context)
{
    if (back.present) return std::nullopt;
    if (!now.thumbprint.empty()) return RemoveImported{"REQUEST", now.thumbprint, {}, now.file};
    const auto begin = now.subject.find("CN=");
    if (begin == std::string::npos) return std::nullopt;
    const std::string name = now.subject.substr(begin + 3, now.subject.find(',', begin) - begin - 3);
    return Command{systemProgram(context.facts, "certutil.exe"), {"-delstore", "REQUEST", name}};
}

Action restoringService(const ServiceState& back, const RestoreContext& context)
{
    const std::string net = systemProgram(context.facts, "net.exe");
    return back.running ? Command{net, {"start", back.name}} : Command{net, {"stop", back.name, "/y"}};
}

}  // namespace

Command movingCertificate(const Facts& facts, const std::string& thumbprint, const std::string& from, const std::string& to)
{
    return {systemProgram(facts, "WindowsPowerShell\\v1.0\\powershell.exe"),
            {"-NoProfile", "-NonInteractive", "-Command",
             "Move-Item -LiteralPath Cert:\\LocalMachine\\" + from + "\\" + thumbprint + " -Destination Cert:\\LocalMachine\\" + to}};
}

bool isRestorable(const State& state) { return !std::holds_alternative<CrlCacheState>(state); }

std::optional<Message> certificateGone(const State& back, const State& now, const Facts& facts)
{
    const auto* record = std::get_if<RecordState>(&back);
    if (!record || !record->record || record->record->thumbprint.empty()) return std::nullopt;
    const auto& present = std::get<RecordState>(now).record;
    if (present && present->thumbprint == record->record->thumbprint) return std::nullopt;
    const std::string name = record->record->store.empty() ? "MY" : record->record->store;
    const auto store = storeOf(facts, name);
    if (!store || std::ranges::any_of(*store, [&](const StoredCertificate& one) { return one.certificate.thumbprintSha1 == record->record->thumbprint; })) return std::nullopt;
    return Message{tr("The http.sys record of {0} cannot have its earlier certificate {1} again: it is no longer in the store {2}. Import it there first."),
                   {record->endpoint, record->record->thumbprint, name}};
}

std::optional<Action> restoringAction(const State& back, const State& now, const RestoreContext& context)
{
    if (const auto* s = std::get_if<CertificateState>(&back)) return restoringCertificate(*s, std::get<CertificateState>(now), context);
    if (const auto* s = std::get_if<RecordState>(&back)) return restoringRecord(*s, std::get<RecordState>(now), context);
    if (const auto* s = std::get_if<BindingState>(&back)) return restoringBinding(*s, std::get<BindingState>(now), context);
    if (const auto* s = std::get_if<AccessState>(&back)) return restoringAccess(*s, context);
    if (const auto* s = std::get_if<FileState>(&back)) return WriteFile{s->path, s->content};
    if (const auto* s = std::get_if<RequestState>(&back)) return restoringRequest(*s, std::get<RequestState>(now), context);
    if (const auto* s = std::get_if<ServiceState>(&back)) return restoringService(*s, context);
    if (const auto* s = std::get_if<RegistryState>(&back)) return restoringRegistry(*s, context);
    if (const auto* s = std::get_if<TaskState>(&back)) return s->task ? creatingTask(context.facts, *s->task) : deletingTask(context.facts, s->name);
    if (const auto* s = std::get_if<CrlState>(&back); s && !s->present)
        return Command{systemProgram(context.facts, "certutil.exe"), {"-delstore", "CA", s->thumbprint}};
    return std::nullopt;
}

Message restoringTitle(const State& back, const State& now)
{
    if (const auto* s = std::get_if<CertificateState>(&back)) {
        if (s->present && s->key && storeSpelling(s->store) == "REQUEST") return {tr("Let the request wait for the CA's answer again"), {}};
        if (!s->present) return {tr("Take the certificate {0} out of the store {1} again"), {s->thumbprint, s->store}};
        if (!std::get<CertificateState>(now).present) return {tr("Put the certificate {0} back into the store {1}"), {s->thumbprint, s->store}};
        return {tr("Give the certificate {0} in the store {1} its earlier name"), {s->thumbprint, s->store}};
    }
    if (const auto* s = std::get_if<RecordState>(&back)) {
        if (!s->record) return {tr("Remove the http.sys record of {0} again"), {s->endpoint}};
        return {tr("Give the http.sys record of {0} its earlier settings"), {s->endpoint}};
    }
    if (const auto* s = std::get_if<BindingState>(&back)) {
        if (!s->sslFlags) return {tr("Remove the binding {0} from the site {1} again"), {s->information, s->site}};
        return {tr("Give the binding {0} of the site {1} its earlier settings"), {s->information, s->site}};
    }
    if (const auto* s = std::get_if<AccessState>(&back)) return {tr("Give {0} its earlier SSL settings"), {s->path}};
    if (const auto* s = std::get_if<FileState>(&back)) {
        if (!s->content) return {tr("Remove the file {0} again"), {s->path}};
        return {tr("Give the file {0} its earlier content"), {s->path}};
    }
    if (const auto* s = std::get_if<RequestState>(&back)) return {tr("Withdraw the request {0} and its private key"), {s->file}};
    if (const auto* s = std::get_if<ServiceState>(&back))
        return s->running ? Message{tr("Start the service {0} again"), {s->name}} : Message{tr("Stop the service {0} again"), {s->name}};
    if (const auto* s = std::get_if<TaskState>(&back))
        return s->task ? Message{tr("Make the scheduled task {0} again"), {s->name}} : Message{tr("Remove the scheduled task {0}"), {s->name}};
    if (const auto* s = std::get_if<CrlState>(&back)) return {tr("Take the revocation list of {0} out of the store CA again"), {s->issuer}};
    if (std::holds_alternative<CrlCacheState>(back)) return {tr("Revocation lists come back by themselves"), {}};
    const auto& s = std::get<RegistryState>(back);
    if (!s.value && !s.otherType.empty()) return {tr("Set the registry value {0} back to {1}"), {s.name, s.otherType + " " + s.otherData}};
    if (!s.value) return {tr("Remove the registry value {0} again"), {s.name}};
    return {tr("Set the registry value {0} back to {1}"), {s.name, std::to_string(*s.value)}};
}

}  // namespace monban
