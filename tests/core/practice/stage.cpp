// SPDX-License-Identifier: MIT
#include "tests/core/practice/stage.h"

#include <sstream>

#include "core/observe/application_host.h"
#include "core/practice/practice_server.h"
#include "core/practice/range.h"
#include "core/practice/snapshot.h"

namespace monban::practice {
namespace {

using support::TruthEffect;

/// As the stand-ins and the front see it.
class BackendLook final : public Look {
public:
    explicit BackendLook(Stage& stage) : m_stage(stage) {}
    const char* name() const override { return "the back-end"; }
    std::vector<SslRecord> records() override { return taken(backend().records()); }
    std::optional<std::vector<Entry>> store(const std::string& name) override
    {
        const auto held = backend().store(name);
        if (!held) return std::nullopt;
        std::vector<Entry> entries;
        for (const StoreEntry& one : *held) entries.push_back({one.thumbprint, one.friendlyName, one.key});
        return entries;
    }
    std::vector<Site> sites() override { return *sitesFromConfiguration(*backend().configuration()); }
    std::optional<std::uint32_t> access(const std::string& path) override
    {
        return accessAt(*backend().configuration(), path)->flags;
    }
    std::optional<std::string> schannel(const std::string& value) override
    {
        const auto found = *backend().registryValue(kSchannelKey, value);
        return found ? std::optional(found->data) : std::nullopt;
    }
    std::vector<std::string> words(const TruthEffect& effect) override { return {word(effect)}; }
    std::string everything() override;

private:
    Backend& backend() { return m_stage.backend(); }
    std::string word(const TruthEffect& effect);
    std::string cacheWord(const std::string& whose);
    /// "after-restart": the value is not in force, and is once the server has been restarted.
    std::string inForce(const std::string& name)
    {
        const auto inForceNow = [&] { return readSnapshot(backend())->schannel(name) != 0; };
        if (inForceNow()) return "now";
        m_stage.restart();
        return inForceNow() ? "after-restart" : "never";
    }

    Stage& m_stage;
};

std::string BackendLook::word(const TruthEffect& effect)
{
    if (effect.subject == "in-force") return inForce(effect.key);
    if (effect.subject == "cache") return cacheWord(effect.key);
    if (effect.subject == "service")
        return backend().machine()->stoppedServices.count(effect.key) > 0 ? "stopped" : "running";
    if (effect.subject == "file") return fs::exists(pathFromUtf8(effect.key)) ? "present" : "absent";
    if (effect.subject == "backup") return backend().backup(effect.key) ? "present" : "absent";
    return "not known: " + effect.subject;
}

/// "stale" is the rule the front goes by: what was fetched before the resync time no longer counts.
std::string BackendLook::cacheWord(const std::string& whose)
{
    const auto cache = *backend().cachedCrls(whose == "caller" ? CacheOwner::Caller : CacheOwner::Service);
    if (cache.empty()) return "dropped";
    const auto resync = *backend().registryValue(kChainEngineKey, "ChainCacheResyncFiletime");
    if (!resync) return "kept";
    std::uint64_t ticks = 0;
    const auto bytes = *bytesFromHex(resync->data);
    for (int i = 7; i >= 0; --i) ticks = ticks << 8 | bytes[static_cast<std::size_t>(i)];
    return cache[0].fetched.time_since_epoch().count() < static_cast<std::int64_t>(ticks / 10'000'000) - 11644473600
               ? "stale"
               : "kept";
}

std::string BackendLook::everything()
{
    std::string text = *backend().configuration();
    for (const char* key : {kSchannelKey, kChainEngineKey, kHttpParametersKey})
        if (const auto values = backend().registryKey(key))
            for (const auto& [name, value] : *values) text += std::string(key) + name + value.type + value.data + "\n";
    for (const SslRecord& record : records())
        for (const char* field : {"", "thumbprint", "app_id", "store", "ctl_store", "ctl_identifier", "flags", "check_mode",
                                  "freshness_seconds", "timeout_milliseconds", "family"})
            text += wordsOf({"record", record.endpoint, field, {}}).front() + "\n";
    for (const std::string& name : taken(backend().storeNames())) {
        for (const StoreEntry& entry : taken(backend().store(name)))
            text += name + entry.thumbprint + entry.friendlyName + entry.keyContainer + "\n";
        for (const StoreCrl& list : taken(backend().crls(name))) text += name + list.thumbprint + "\n";
    }
    return text;
}

}  // namespace

std::string Look::recordWord(const std::string& endpoint, const std::string& field)
{
    for (const SslRecord& record : records()) {
        if (record.endpoint != endpoint) continue;
        const auto orNull = [](const std::string& value) { return value.empty() ? "null" : value; };
        const auto word = [](bool value) { return std::string(value ? "true" : "false"); };
        const auto number = [](std::uint32_t value) {
            std::ostringstream out;
            out << "0x" << std::hex << value;
            return out.str();
        };
        const std::map<std::string, std::string> fields = {
            {"", "present"},
            {"thumbprint", orNull(record.thumbprint)},
            {"app_id", record.appId},
            {"store", orNull(record.store)},
            {"ctl_store", orNull(record.ctlStore)},
            {"ctl_identifier", orNull(record.ctlIdentifier)},
            {"flags", number(record.flags)},
            {"check_mode", number(record.checkMode)},
            {"freshness_seconds", std::to_string(record.freshnessSeconds)},
            {"timeout_milliseconds", std::to_string(record.timeoutMilliseconds)},
            {"check_revocation", word(record.checksRevocation())},
            {"cached_only", word(record.cachedRevocationOnly())},
            {"usage_check", word(record.checksUsage())},
            {"ds_mapper", word(record.mapsToDirectory())},
            {"negotiate_client_certificate", word(record.negotiatesClientCertificate())},
            {"family", monban::name(record.family)}};
        const auto found = fields.find(field);
        return found == fields.end() ? "no field " + field : found->second;
    }
    return "absent";
}

std::string Look::keyWord(const std::string& thumbprint, bool friendly)
{
    for (const char* name : {"MY", "WebHosting"})
        for (const Entry& entry : store(name).value_or(std::vector<Entry>()))
            if (entry.thumbprint == thumbprint) {
                if (friendly) return entry.friendlyName;
                return entry.key == KeyState::NotExportable ? "not-exportable"
                       : entry.key == KeyState::Present     ? "present"
                                                            : "none";
            }
    return "absent";
}

std::string Look::bindingWord(const std::string& key, const std::string& field)
{
    const auto parts = support::splitCell(key, ",");
    const auto all = sites();
    const Site* const site = siteNamed(all, parts.at(0));
    for (const Binding& binding : site != nullptr ? site->bindings : std::vector<Binding>())
        if (binding.protocol == parts.at(1) && binding.information == parts.at(2))
            return field.empty() ? "present" : std::to_string(binding.sslFlags);
    return "absent";
}

std::vector<std::string> Look::accessWords(const std::string& path)
{
    if (!path.empty() && siteNamed(sites(), path.substr(0, path.find('/'))) == nullptr) return {"absent"};
    const auto flags = access(path);
    return flags ? std::vector{accessText(*flags)} : std::vector<std::string>();
}

std::vector<std::string> Look::wordsOf(const TruthEffect& effect)
{
    if (effect.subject == "records") return {std::to_string(records().size())};
    if (effect.subject == "record") return {recordWord(effect.key, effect.field)};
    if (effect.subject == "key") return {keyWord(effect.key, false)};
    if (effect.subject == "friendly_name") return {keyWord(effect.key, true)};
    if (effect.subject == "registry") return {schannel(effect.key).value_or("absent")};
    if (effect.subject == "access") return accessWords(effect.key);
    if (effect.subject == "binding") return {bindingWord(effect.key, effect.field)};
    return words(effect);
}

std::vector<std::unique_ptr<Look>> Stage::looks()
{
    std::vector<std::unique_ptr<Look>> looks;
    looks.push_back(std::make_unique<BackendLook>(*this));
    return looks;
}

void FolderStage::clear()
{
    boost::system::error_code ignored;
    for (const char* part : {"stores", "keys", "http", "cache", "inetsrv", "registry.json"})
        fs::remove_all(m_folder / part, ignored);
}

void FolderStage::restart() { EXPECT_TRUE(practice::restart(m_folder)); }

Result<Done> FolderStage::setRecord(RecordFamily family, const std::string& endpoint, const std::optional<SslRecord>& record)
{
    PracticeServer server(taken(openFolder(m_folder)), m_folder);
    const auto ran = server.run(SetHttpRecord{family, endpoint, record}, Materials{}, {}, {});
    return ran ? Result<Done>(Done{}) : ran.error();
}

}  // namespace monban::practice
