// SPDX-License-Identifier: MIT
#include "core/practice/folder_files.h"

#include <algorithm>
#include <charconv>

#include "core/base/file.h"
#include "core/base/json_null.h"
#include "core/practice/fault_file.h"
#include "core/practice/folder_file.h"

namespace monban::practice {
namespace {

using nlohmann::json;

constexpr const char* kRegistryData =
    tr("{0} cannot be read: at line {1}, column {2} a number (REG_DWORD, REG_QWORD), hex digits (REG_BINARY) or a text "
       "was "
       "expected for {3}. Correct that line.");

Result<Done> write(const fs::path& file, const json& value)
{
    if (file.has_parent_path())
        if (const auto made = makeFolders(file.parent_path()); !made) return made;
    return replaceFile(file, jsonText(value));
}

/// The list a file holds, each item read by the function; an absent file is an empty list.
template <class Item, class Read>
Result<std::vector<Item>> listFrom(const fs::path& file, Read&& read)
{
    auto document = FolderFile::read(file);
    if (!document) return document.error();
    std::vector<Item> items;
    if (!*document) return items;
    for (const JsonView& view : JsonView(**document).items()) items.push_back(read(view));
    if ((*document)->problem()) return *(*document)->problem();
    return items;
}

json registryJson(const std::map<std::string, RegistryValue>& values)
{
    json object = json::object();
    for (const auto& [name, value] : values) {
        json data = value.data;
        std::uint64_t number = 0;
        const char* const end = value.data.data() + value.data.size();
        if (value.type == "REG_DWORD" || value.type == "REG_QWORD")
            if (std::from_chars(value.data.data(), end, number).ptr == end && !value.data.empty()) data = number;
        object[name] = {{"type", value.type}, {"data", data}};
    }
    return object;
}

/// Numbers may stand as numbers or as text, decimal or with 0x.
std::optional<std::string> numberText(const json& data, std::uint64_t most)
{
    if (data.is_number_unsigned() && data.get<std::uint64_t>() <= most)
        return std::to_string(data.get<std::uint64_t>());
    if (!data.is_string()) return std::nullopt;
    const std::string text = lowerAscii(data.get_ref<const std::string&>());
    const bool hexadecimal = text.compare(0, 2, "0x") == 0;
    const char* const begin = text.data() + (hexadecimal ? 2 : 0);
    const char* const end = text.data() + text.size();
    std::uint64_t number = 0;
    const auto [stop, trouble] = std::from_chars(begin, end, number, hexadecimal ? 16 : 10);
    if (trouble != std::errc() || stop != end || begin == end || number > most) return std::nullopt;
    return std::to_string(number);
}

std::map<std::string, RegistryValue> registryValues(const JsonView& object)
{
    std::map<std::string, RegistryValue> values;
    for (const auto& [name, view] : object.members()) {
        RegistryValue value;
        value.type = view.text("type", "REG_SZ");
        const json data = view.value().is_object() ? view.value().value("data", json("")) : json("");
        std::optional<std::string> text;
        if (value.type == "REG_DWORD") text = numberText(data, UINT32_MAX);
        else if (value.type == "REG_QWORD") text = numberText(data, UINT64_MAX);
        else if (data.is_string()) text = data.get<std::string>();
        if (text && value.type == "REG_BINARY")
            text = bytesFromHex(*text) ? std::optional(lowerAscii(*text)) : std::nullopt;
        if (!text) view.expected("data", kRegistryData);
        value.data = text.value_or("");
        values.emplace(name, std::move(value));
    }
    return values;
}

/// Record bits that also stand as a word beside the number.
struct NamedBit {
    const char* key;
    const char* number;
    std::uint32_t bit;
    bool inverted;
};
constexpr NamedBit kNamedBits[] = {
    {"negotiate_client_certificate", "flags", record_flags::kNegotiateClientCertificate, false},
    {"ds_mapper", "flags", record_flags::kDsMapper, false},
    {"check_revocation", "check_mode", check_mode::kNoRevocationCheck, true},
    {"cached_only", "check_mode", check_mode::kCachedRevocationOnly, false},
    {"usage_check", "check_mode", check_mode::kNoUsageCheck, true},
};

json recordJson(const SslRecord& record)
{
    const char* const owner = ownerName(record.appId);
    return {{"endpoint", record.endpoint},
            {"family", name(record.family)},
            {"thumbprint", textOrNull(record.thumbprint)},
            {"app_id", record.appId},
            {"owner", owner != nullptr ? json(owner) : json()},
            {"store", textOrNull(record.store)},
            {"ctl_identifier", textOrNull(record.ctlIdentifier)},
            {"ctl_store", textOrNull(record.ctlStore)},
            {"negotiate_client_certificate", record.negotiatesClientCertificate()},
            {"check_revocation", record.checksRevocation()},
            {"cached_only", record.cachedRevocationOnly()},
            {"usage_check", record.checksUsage()},
            {"freshness_seconds", record.freshnessSeconds},
            {"timeout_milliseconds", record.timeoutMilliseconds},
            {"ds_mapper", record.mapsToDirectory()},
            {"flags", record.flags},
            {"check_mode", record.checkMode}};
}

const json* sameRecord(const json& written, const std::string& family, const std::string& endpoint)
{
    if (!written.is_array()) return nullptr;
    for (const json& record : written)
        if (record.is_object() && record.value("family", json()) == family &&
            record.value("endpoint", json()) == endpoint)
            return &record;
    return nullptr;
}

/// The number of the record with the words a person changed worked into it.
std::uint32_t bitsOf(const JsonView& view, const char* number, const json* written)
{
    const bool given = view.has(number);
    auto bits = static_cast<std::uint32_t>(view.integer(number, 0, 0, UINT32_MAX));
    const bool numberUntouched = written != nullptr && written->value(number, json()) == json(bits);
    for (const NamedBit& named : kNamedBits) {
        if (std::string_view(named.number) != number || !view.has(named.key)) continue;
        const bool word = view.boolean(named.key, false);
        if (given && !(numberUntouched && written->value(named.key, json()) != json(word))) continue;
        bits = word != named.inverted ? bits | named.bit : bits & ~named.bit;
    }
    return bits;
}

SslRecord recordFrom(const JsonView& view, const json& written)
{
    SslRecord record;
    const std::string family = view.word("family", {"ipport", "hostnameport", "ccs"});
    record.family = family == "ccs"            ? RecordFamily::Ccs
                    : family == "hostnameport" ? RecordFamily::HostNamePort
                                               : RecordFamily::IpPort;
    record.endpoint = view.requiredText("endpoint");
    record.thumbprint = lowerAscii(view.text("thumbprint"));
    record.appId = lowerAscii(view.text("app_id", kZeroAppId));
    record.store = view.text("store");
    record.ctlIdentifier = view.text("ctl_identifier");
    record.ctlStore = view.text("ctl_store");
    record.freshnessSeconds = static_cast<std::uint32_t>(view.integer("freshness_seconds", 0, 0, UINT32_MAX));
    record.timeoutMilliseconds = static_cast<std::uint32_t>(view.integer("timeout_milliseconds", 0, 0, UINT32_MAX));
    const json* const before = sameRecord(written, family, record.endpoint);
    record.flags = bitsOf(view, "flags", before);
    record.checkMode = bitsOf(view, "check_mode", before);
    return record;
}

fs::path asWritten(const fs::path& records) { return records.parent_path() / ".as-written.json"; }

std::string osName(int build)
{
    switch (build) {
        case windows_build::kServer2016:
            return "Windows Server 2016";
        case windows_build::kServer2019:
            return "Windows Server 2019";
        case windows_build::kServer2025:
            return "Windows Server 2025";
        default:
            return "Windows Server 2022";
    }
}

}  // namespace

Result<Machine> readMachine(const fs::path& file)
{
    auto document = FolderFile::read(file);
    if (!document) return document.error();
    if (!*document)
        return Error{ErrorCode::NotFound,
                     {tr("There is no practice server: {0} is missing."), {utf8(file)}},
                     "no " + utf8(file)};
    const JsonView view(**document);
    Machine machine;
    machine.name = view.text("name", machine.name);
    const JsonView os = view.object("os");
    machine.build = static_cast<int>(os.integer("build", machine.build, 1, 1'000'000));
    machine.osName = os.text("name", osName(machine.build));
    // A thousand years either way keeps every sum within the calendar.
    constexpr std::int64_t kMost = 1000LL * 366 * 86400;
    machine.clockOffsetSeconds = view.integer("clock_offset_seconds", 0, -kMost, kMost);
    machine.elevated = view.boolean("elevated", true);
    machine.language = view.word("language", {"en", "ja"}) == "ja" ? Language::Japanese : Language::English;
    machine.bootTime = view.time("boot_time", machine.clock());
    const JsonView iis = view.object("iis");
    machine.iisInstalled = iis.boolean("installed", true);
    machine.iisVersion = iis.text("version", machine.iisVersion);
    machine.detailedErrors = view.word("error_pages", {"detailed", "remote"}) == "detailed";
    if (view.has("stopped_services")) {
        machine.stoppedServices.clear();
        for (const auto& [service, state] : view.object("stopped_services").members())
            machine.stoppedServices[lowerAscii(service)] =
                state.value().is_string() ? state.value().get<std::string>() : "stopped";
    }
    machine.schannelAtBoot = registryValues(view.object("schannel_at_boot"));
    machine.httpAtBoot = registryValues(view.object("http_at_boot"));
    machine.faults = faultsFrom(view);
    if ((*document)->problem()) return *(*document)->problem();
    return machine;
}

Result<Done> writeMachineFile(const fs::path& file, const Machine& machine)
{
    const auto document = FolderFile::read(file);
    json value = document && *document && (*document)->value().is_object() ? (*document)->value() : json::object();
    const auto part = [&](const char* key) -> json& {
        if (!value[key].is_object()) value[key] = json::object();
        return value[key];
    };
    value["name"] = machine.name;
    part("os")["name"] = machine.osName;
    part("os")["build"] = machine.build;
    value["clock_offset_seconds"] = machine.clockOffsetSeconds;
    value["elevated"] = machine.elevated;
    value["language"] = machine.language == Language::Japanese ? "ja" : "en";
    value["boot_time"] = rfc3339(machine.bootTime);
    part("iis")["installed"] = machine.iisInstalled;
    part("iis")["version"] = machine.iisVersion;
    value["error_pages"] = machine.detailedErrors ? "detailed" : "remote";
    value["stopped_services"] = machine.stoppedServices;
    value["schannel_at_boot"] = registryJson(machine.schannelAtBoot);
    value["http_at_boot"] = registryJson(machine.httpAtBoot);
    value["faults"] = faultsJson(machine.faults);
    return write(file, value);
}

Result<std::vector<SslRecord>> readRecords(const fs::path& file)
{
    // Only a help for telling which of two values a person changed: whatever is wrong with it, it is left aside.
    const auto written = FolderFile::read(asWritten(file));
    const json before = written && *written ? (*written)->value() : json();
    return listFrom<SslRecord>(file, [&](const JsonView& view) { return recordFrom(view, before); });
}

Result<Done> writeRecordsFile(const fs::path& file, const std::vector<SslRecord>& records)
{
    json list = json::array();
    for (const SslRecord& record : records) list.push_back(recordJson(record));
    if (auto done = write(file, list); !done) return done;
    return write(asWritten(file), list);
}

Result<Registry> readRegistry(const fs::path& file)
{
    auto document = FolderFile::read(file);
    if (!document) return document.error();
    Registry registry;
    if (!*document) return registry;
    for (const auto& [key, view] : JsonView(**document).members()) registry[key] = registryValues(view);
    if ((*document)->problem()) return *(*document)->problem();
    return registry;
}

Result<Done> writeRegistry(const fs::path& file, const Registry& registry)
{
    json object = json::object();
    for (const auto& [key, values] : registry) object[key] = registryJson(values);
    return write(file, object);
}

Result<std::vector<ScheduledTask>> readTasks(const fs::path& file)
{
    return listFrom<ScheduledTask>(file, [](const JsonView& view) {
        return ScheduledTask{view.requiredText("name"), view.text("command"), view.text("schedule"), view.text("start"),
                             view.text("run_as"), static_cast<int>(view.integer("modifier", 1, 1, 10'000))};
    });
}

Result<Done> writeTasksFile(const fs::path& file, const std::vector<ScheduledTask>& tasks)
{
    json list = json::array();
    for (const ScheduledTask& task : tasks)
        list.push_back({{"name", task.name},
                        {"command", task.command},
                        {"schedule", task.schedule},
                        {"start", task.start},
                        {"run_as", task.runAs},
                        {"modifier", task.modifier}});
    return write(file, list);
}

Result<std::vector<CachedCrl>> readCache(const fs::path& file)
{
    constexpr const char* kHex =
        tr("{0} cannot be read: at line {1}, column {2} hex digits were expected for {3}. Delete the file: a cache "
           "that is "
           "missing is only an empty one.");
    return listFrom<CachedCrl>(file, [&](const JsonView& view) {
        CachedCrl crl{view.requiredText("url"), {}, view.time("fetched", Time{})};
        const auto der = bytesFromHex(view.text("crl"));
        if (!der) view.expected("crl", kHex);
        crl.der = der.value_or(Bytes{});
        return crl;
    });
}

Result<Done> writeCache(const fs::path& file, const std::vector<CachedCrl>& crls)
{
    json list = json::array();
    for (const CachedCrl& crl : crls)
        list.push_back({{"url", crl.url}, {"fetched", rfc3339(crl.fetched)}, {"crl", hex(crl.der)}});
    return write(file, list);
}

}  // namespace monban::practice
