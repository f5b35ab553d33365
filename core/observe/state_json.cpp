// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "core/base/json_null.h"
#include "core/observe/state.h"

namespace monban {
namespace {

using nlohmann::json;

json certificateJson(const CertificateState& s)
{
    return {{"kind", "certificate"}, {"store", s.store},   {"thumbprint", s.thumbprint},
            {"present", s.present},  {"key", s.key},       {"friendly_name", orNull(s.friendlyName)},
            {"der", hex(s.der)}};
}

json recordStateJson(const RecordState& s)
{
    return {{"kind", "record"}, {"family", name(s.family)}, {"endpoint", s.endpoint},
            {"record", s.record ? toJson(*s.record) : json(nullptr)}};
}

std::optional<RecordFamily> familyNamed(const std::string& text)
{
    for (const RecordFamily family : {RecordFamily::IpPort, RecordFamily::HostNamePort, RecordFamily::Ccs})
        if (text == name(family)) return family;
    return std::nullopt;
}

std::string textOrEmpty(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

std::optional<std::uint32_t> numberOrNothing(const json& object, const char* key)
{
    const json& value = object.at(key);
    return value.is_null() ? std::nullopt : std::optional(value.get<std::uint32_t>());
}

Error damagedState(const std::string& detail)
{
    return {ErrorCode::Damaged, {tr("A saved state cannot be read: {0}"), {detail}}, detail};
}

/// Throws what nlohmann throws; the door is stateFromJson.
Result<State> readState(const json& object)
{
    const std::string kind = object.at("kind").get<std::string>();
    if (kind == "certificate") {
        const auto der = bytesFromHex(object.at("der").get<std::string>());
        if (!der) return damagedState("der is not hex");
        return State(CertificateState{object.at("store").get<std::string>(), object.at("thumbprint").get<std::string>(),
                                      object.at("present").get<bool>(), object.at("key").get<bool>(),
                                      object.at("friendly_name").is_null() ? std::nullopt
                                                                           : std::optional(object.at("friendly_name").get<std::string>()),
                                      *der});
    }
    if (kind == "record") {
        const auto family = familyNamed(object.at("family").get<std::string>());
        if (!family) return damagedState("unknown family");
        RecordState state{*family, object.at("endpoint").get<std::string>(), std::nullopt};
        if (!object.at("record").is_null()) {
            auto record = recordFromJson(object.at("record"));
            if (!record) return record.error();
            state.record = *record;
        }
        return State(state);
    }
    if (kind == "binding")
        return State(BindingState{object.at("site").get<std::string>(), object.at("protocol").get<std::string>(),
                                  object.at("information").get<std::string>(), numberOrNothing(object, "ssl_flags")});
    if (kind == "access")
        return State(AccessState{object.at("path").get<std::string>(), numberOrNothing(object, "own"),
                                 object.at("effective").get<std::uint32_t>()});
    if (kind == "file") {
        FileState state{object.at("path").get<std::string>(), std::nullopt};
        if (!object.at("content").is_null()) {
            state.content = bytesFromHex(object.at("content").get<std::string>());
            if (!state.content) return damagedState("content is not hex");
        }
        return State(state);
    }
    if (kind == "request")
        return State(RequestState{object.at("file").get<std::string>(), object.at("present").get<bool>(), object.at("subject").get<std::string>(),
                                  object.at("names").get<std::string>(), object.at("key").get<std::string>(),
                                  object.at("thumbprint").get<std::string>(), object.value("key_sha256", "")});
    if (kind == "crl-cache")
        return State(CrlCacheState{object.at("of").get<std::string>() == "caller" ? CrlCacheState::Of::Caller : CrlCacheState::Of::Services,
                                   object.at("lists").get<int>()});
    if (kind == "service") return State(ServiceState{object.at("name").get<std::string>(), object.at("running").get<bool>()});
    if (kind == "task") {
        TaskState state{object.at("name").get<std::string>(), std::nullopt};
        if (!object.at("command").is_null())
            state.task = ScheduledTask{state.name, object.at("command").get<std::string>(), object.at("every_minutes").get<int>(), object.at("user").get<std::string>()};
        return State(state);
    }
    if (kind == "crl")
        return State(CrlState{object.at("thumbprint").get<std::string>(), object.at("present").get<bool>(), object.at("issuer").get<std::string>()});
    if (kind == "registry") {
        // Journals of earlier versions know no other types.
        return State(RegistryState{object.at("name").get<std::string>(), numberOrNothing(object, "value"), object.value("other_type", ""),
                                   object.value("other_data", "")});
    }
    return damagedState("unknown kind " + kind);
}

}  // namespace

json toJson(const SslRecord& r)
{
    return {{"endpoint", r.endpoint},
            {"family", name(r.family)},
            {"thumbprint", textOrNull(r.thumbprint)},
            {"app_id", r.appId},
            {"owner", ownerName(r.appId) ? json(ownerName(r.appId)) : json(nullptr)},
            {"store", storeSpelling(r.store.empty() ? "MY" : r.store)},
            {"ctl_identifier", textOrNull(r.ctlIdentifier)},
            {"ctl_store", textOrNull(r.ctlStore)},
            {"negotiate_client_certificate", r.negotiatesClientCertificate()},
            {"check_revocation", r.checksRevocation()},
            {"cached_only", r.cachedRevocationOnly()},
            {"usage_check", r.checksUsage()},
            {"freshness_seconds", r.freshnessSeconds},
            {"timeout_milliseconds", r.timeoutMilliseconds},
            {"ds_mapper", r.mapsToDirectory()},
            {"flags", r.flags},
            {"check_mode", r.checkMode}};
}

Result<SslRecord> recordFromJson(const json& object)
{
    try {
        SslRecord record;
        const auto family = familyNamed(object.at("family").get<std::string>());
        if (!family) return damagedState("unknown record family");
        record.family = *family;
        record.endpoint = object.at("endpoint").get<std::string>();
        record.thumbprint = textOrEmpty(object, "thumbprint");
        record.appId = object.at("app_id").get<std::string>();
        record.store = textOrEmpty(object, "store");
        record.checkMode = object.at("check_mode").get<std::uint32_t>();
        record.freshnessSeconds = object.at("freshness_seconds").get<std::uint32_t>();
        record.timeoutMilliseconds = object.at("timeout_milliseconds").get<std::uint32_t>();
        record.ctlIdentifier = textOrEmpty(object, "ctl_identifier");
        record.ctlStore = textOrEmpty(object, "ctl_store");
        record.flags = object.at("flags").get<std::uint32_t>();
        return record;
    } catch (const json::exception& e) {
        return damagedState(e.what());
    }
}

json toJson(const State& state)
{
    if (const auto* s = std::get_if<CertificateState>(&state)) return certificateJson(*s);
    if (const auto* s = std::get_if<RecordState>(&state)) return recordStateJson(*s);
    if (const auto* s = std::get_if<BindingState>(&state))
        return {{"kind", "binding"}, {"site", s->site}, {"protocol", s->protocol}, {"information", s->information}, {"ssl_flags", orNull(s->sslFlags)}};
    if (const auto* s = std::get_if<AccessState>(&state))
        return {{"kind", "access"}, {"path", s->path}, {"own", orNull(s->own)}, {"effective", s->effective}};
    if (const auto* s = std::get_if<FileState>(&state))
        return {{"kind", "file"}, {"path", s->path}, {"content", s->content ? json(hex(*s->content)) : json(nullptr)}};
    if (const auto* s = std::get_if<RequestState>(&state))
        return {{"kind", "request"}, {"file", s->file}, {"present", s->present},       {"subject", s->subject},
                {"names", s->names}, {"key", s->key},   {"thumbprint", s->thumbprint}, {"key_sha256", s->keySha256}};
    if (const auto* s = std::get_if<CrlCacheState>(&state))
        return {{"kind", "crl-cache"}, {"of", s->of == CrlCacheState::Of::Caller ? "caller" : "services"}, {"lists", s->lists}};
    if (const auto* s = std::get_if<ServiceState>(&state)) return {{"kind", "service"}, {"name", s->name}, {"running", s->running}};
    if (const auto* s = std::get_if<TaskState>(&state)) {
        const ScheduledTask task = s->task.value_or(ScheduledTask{});
        return {{"kind", "task"},
                {"name", s->name},
                {"command", s->task ? json(task.command) : json(nullptr)},
                {"every_minutes", task.everyMinutes},
                {"user", task.user}};
    }
    if (const auto* s = std::get_if<CrlState>(&state)) return {{"kind", "crl"}, {"thumbprint", s->thumbprint}, {"present", s->present}, {"issuer", s->issuer}};
    const auto& s = std::get<RegistryState>(state);
    return {{"kind", "registry"}, {"name", s.name}, {"value", orNull(s.value)}, {"other_type", s.otherType}, {"other_data", s.otherData}};
}

Result<State> stateFromJson(const json& object)
{
    try {
        return readState(object);
    } catch (const json::exception& e) {
        return damagedState(e.what());
    }
}

}  // namespace monban
