// SPDX-License-Identifier: MIT
// Every row of tests/data/truth/commands.tsv on a practice server: each build and language it names.
#include <iostream>
#include <set>

#include "core/observe/application_host.h"
#include "core/practice/range.h"
#include "core/practice/snapshot.h"
#include "tests/core/practice/shell_folder.h"
#include "tests/support/truth_table.h"

namespace monban::practice {
namespace {

using support::TruthEffect;
using support::TruthRow;

constexpr const char* kHost = "iisdemo.spt-demo.local";
constexpr const char* kSite = "Default Web Site";

/// What the placeholders stand for, made once: keys take time.
struct Material {
    TestKey rootKey = testKey(), serverKey = testKey(), otherKey = testKey(), intermediateKey = testKey(),
            pendingKey = testKey();
    std::shared_ptr<X509> root = testX509("Truth Root", rootKey);
    std::shared_ptr<X509> intermediate = testX509("Truth Intermediate", intermediateKey, root.get(), &rootKey, 2);
    std::shared_ptr<X509> server = testX509(kHost, serverKey, root.get(), &rootKey, 3);
    std::shared_ptr<X509> other = testX509("other.example", otherKey, root.get(), &rootKey, 4);
    std::shared_ptr<X509> client = testX509("Taro Yamada", testKey(), root.get(), &rootKey, 5);
    std::shared_ptr<X509> issued = testX509(kHost, pendingKey, root.get(), &rootKey, 6);
    std::shared_ptr<X509> issuedOtherKey = testX509(kHost, testKey(), root.get(), &rootKey, 7);
    std::shared_ptr<X509> pending = testX509(kHost, pendingKey);
};
/// The value itself: a range-for over the dereferenced temporary would outlive it.
template <class T>
T taken(Result<T> result)
{
    return std::move(*result);
}

const Material& material()
{
    static const Material kMaterial;
    return kMaterial;
}

class CommandsTruth : public ShellFolder {
protected:
    using Values = std::map<std::string, std::string>;

    CommandsTruth()
    {
        m_serverKey = material().serverKey;
        m_serverX509 = material().server;
        m_rootX509 = material().root;
        const auto put = [&](const char* name, const std::string& bytes) {
            writeFile(std::string("in/") + name, bytes);
            return utf8(m_folder / "in" / name);
        };
        const auto der = [&](const char* name, const std::shared_ptr<X509>& certificate) {
            return put(name, std::string(textOf(derOf(certificate.get()))));
        };
        const auto hash = [](const std::shared_ptr<X509>& certificate) { return sha1Hex(derOf(certificate.get())); };
        m_values = {{"thumb", hash(material().server)},
                    {"THUMB", upper(hash(material().server))},
                    {"other-thumb", hash(material().other)},
                    {"absent-thumb", std::string(40, 'b')},
                    {"iis", kIisAppId},
                    {"host", kHost},
                    {"HOST", upper(kHost)},
                    {"p12", put("server.p12", pkcs12("pass word"))},
                    {"p12-aes", put("modern.p12", pkcs12("pass word", true))},
                    {"password", "pass word"},
                    {"wrong-password", "wrong"},
                    {"root", der("root.der", material().root)},
                    {"root-cn", "Truth Root"},
                    {"root-thumb", hash(material().root)},
                    {"ROOT-THUMB", upper(hash(material().root))},
                    {"intermediate", der("intermediate.cer", material().intermediate)},
                    {"intermediate-thumb", hash(material().intermediate)},
                    {"crl", put("root.crl", std::string(textOf(testCrl(material().root.get(), material().rootKey))))},
                    {"client-cer", der("client.cer", material().client)},
                    {"request", utf8(m_folder / "in" / "out.req")},
                    {"inf", put("request.inf",
                                "[Version]\r\nSignature=\"$Windows "
                                "NT$\"\r\n[NewRequest]\r\nSubject=\"CN=iisdemo.spt-demo.local,C=JP\"\r\n"
                                "KeyAlgorithm=ECDSA_P256\r\nMachineKeySet=TRUE\r\nRequestType=PKCS10\r\n")},
                    {"issued", der("issued.cer", material().issued)},
                    {"issued-thumb", hash(material().issued)},
                    {"issued-other-key", der("other-key.cer", material().issuedOtherKey)},
                    {"missing", utf8(m_folder / "in" / "missing")},
                    {"garbage", put("garbage.bin", "this is nothing")}};
    }

    static std::string upper(std::string text)
    {
        for (char& c : text)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        return text;
    }

    /// A server as the README describes it, with what the row gives on top.
    void prepare(const TruthRow& row, int build, Language language)
    {
        boost::system::error_code ignored;
        for (const char* part : {"stores", "keys", "http", "cache", "inetsrv", "registry.json"})
            fs::remove_all(m_folder / part, ignored);
        fs::remove(pathFromUtf8(m_values["request"]), ignored);
        change([&](Machine& machine) {
            machine.build = build;
            machine.language = language;
            machine.elevated = true;
            machine.stoppedServices = Machine().stoppedServices;
            machine.schannelAtBoot.clear();
        });
        ASSERT_TRUE(
            backend().writeConfiguration("<configuration>\r\n    <system.applicationHost>\r\n        <sites>\r\n       "
                                         "     <site name=\"Default Web Site\" id=\"1\">\r\n"
                                         "                <bindings>\r\n                    <binding protocol=\"http\" "
                                         "bindingInformation=\"*:80:\" />\r\n"
                                         "                </bindings>\r\n            </site>\r\n        </sites>\r\n   "
                                         " </system.applicationHost>\r\n</configuration>\r\n"));
        const auto given = support::splitCell(row["given"], "; ");
        for (const std::string& one : given)
            if (one == "backup=before") {
                ASSERT_TRUE(backend().writeBackup("before", *backend().configuration()));
            }
        for (const std::string& one : given) give(one);
    }

    void store(const char* name, const std::shared_ptr<X509>& certificate, KeyState key, const char* container,
               const TestKey* pem)
    {
        if (pem != nullptr) {
            ASSERT_TRUE(backend().putKey(container, Secret(pem->pem())));
        }
        ASSERT_TRUE(backend().putCertificate(name, {derOf(certificate.get()), "", "", key, container}));
    }

    void give(const std::string& what)
    {
        const Material& m = material();
        if (what == "none" || what == "backup=before") return;
        if (what == "MY=cert+key") return store("MY", m.server, KeyState::NotExportable, "server-key", &m.serverKey);
        if (what == "WebHosting=cert+key")
            return store("WebHosting", m.server, KeyState::NotExportable, "server-key", &m.serverKey);
        if (what == "MY=cert") return store("MY", m.server, KeyState::None, "", nullptr);
        if (what == "MY=cert+user-key") return store("MY", m.server, KeyState::NotExportable, "in-a-profile", nullptr);
        if (what == "MY=other+key") return store("MY", m.other, KeyState::NotExportable, "other-key", &m.otherKey);
        if (what == "ROOT=root") return store("ROOT", m.root, KeyState::None, "", nullptr);
        if (what == "iis_client_trust=root") return store("iis_client_trust", m.root, KeyState::None, "", nullptr);
        if (what == "iis_client_trust=empty") {
            store("iis_client_trust", m.root, KeyState::None, "", nullptr);
            ASSERT_TRUE(backend().removeCertificate("iis_client_trust", m_values["root-thumb"]));
            return;
        }
        if (what == "REQUEST=pending")
            return store("REQUEST", m.pending, KeyState::Present, "pending-key", &m.pendingKey);
        if (what == "binding=https") {
            ASSERT_TRUE(backend().writeConfiguration(
                *withBinding(*backend().configuration(), kSite, bindingFrom("https", "*:443:", 0))));
            return;
        }
        if (what == "access=require") {
            ASSERT_TRUE(backend().writeConfiguration(*withAccess(*backend().configuration(), kSite, 104)));
            return;
        }
        if (what == "not-elevated") return change([](Machine& machine) { machine.elevated = false; });
        if (what == "file=request:present") return writeFile("in/out.req", "an older request");
        if (what == "crl-cache=filled") {
            for (const CacheOwner owner : {CacheOwner::Caller, CacheOwner::Service})
                ASSERT_TRUE(backend().writeCachedCrls(
                    owner,
                    {{"http://ca.practice/crl/ia1.crl", {1}, backend().machine()->clock() - std::chrono::hours(1)}}));
            return;
        }
        const std::string word = what.substr(0, what.find('='));
        const std::string rest = what.substr(word.size() + 1);
        if (word == "record") return giveRecord(rest);
        if (word == "registry") {
            ASSERT_TRUE(backend().setRegistryValue(kSchannelKey, rest.substr(0, rest.find(':')),
                                                   {"REG_DWORD", rest.substr(rest.find(':') + 1)}));
            return;
        }
        if (word == "service")
            return change(
                [&](Machine& machine) { machine.stoppedServices[rest.substr(0, rest.find(':'))] = "stopped"; });
        FAIL() << "not known: " << what;
    }

    void giveRecord(const std::string& which)
    {
        auto records = *backend().records();
        SslRecord record;
        record.endpoint = which == "plain-hostname" ? std::string(kHost) + ":443"
                          : which == "plain-ccs"    ? "443"
                                                    : "0.0.0.0:443";
        record.family = which == "plain-hostname" ? RecordFamily::HostNamePort
                        : which == "plain-ccs"    ? RecordFamily::Ccs
                                                  : RecordFamily::IpPort;
        record.appId = kIisAppId;
        if (which != "plain-ccs") {
            record.thumbprint = m_values["thumb"];
            record.store = "MY";
        }
        if (which == "full-ipport") {
            record.checkMode = check_mode::kNoRevocationCheck;
            record.ctlStore = "iis_client_trust";
            record.flags = record_flags::kNegotiateClientCertificate;
        } else if (which == "fresh-ipport") {
            record.freshnessSeconds = 3600;
            record.checkMode = check_mode::kUseFreshnessTime;
        } else if (!which.starts_with("plain-")) {
            FAIL() << "not known: " << which;
        }
        records.push_back(record);
        ASSERT_TRUE(backend().writeRecords(records));
    }

    /// Stores, records, registry and configuration in one text.
    std::string state()
    {
        std::string text =
            *backend().configuration() + readFileText("registry.json") + readFileText("http/records.json");
        for (const std::string& name : taken(backend().storeNames())) {
            for (const StoreEntry& entry : taken(backend().store(name)))
                text += name + entry.thumbprint + entry.friendlyName + entry.keyContainer;
            for (const StoreCrl& list : taken(backend().crls(name))) text += name + list.thumbprint;
        }
        return text;
    }

    std::string recordField(const std::string& endpoint, const std::string& field)
    {
        for (const SslRecord& record : taken(backend().records())) {
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

    bool storeIs(const std::string& name, const std::string& rule, std::size_t before)
    {
        const auto entries = backend().store(name);
        const auto has = [&](const std::string& thumbprint) {
            return entries && std::any_of(entries->begin(), entries->end(),
                                          [&](const StoreEntry& one) { return one.thumbprint == thumbprint; });
        };
        if (rule.starts_with("has:")) return has(rule.substr(4));
        if (rule.starts_with("lacks:")) return !has(rule.substr(6));
        if (rule == "empty") return !entries || entries->empty();
        if (rule == "one-more") return entries && entries->size() == before + 1;
        if (rule == "has-list") return backend().crls(name) && !taken(backend().crls(name)).empty();
        if (rule == "has-pending") return has(sha1Hex(derOf(material().pending.get())));
        ADD_FAILURE() << "not known: " << rule;
        return false;
    }

    std::string keyOf(const std::string& thumbprint, bool friendly)
    {
        for (const char* name : {"MY", "WebHosting"})
            for (const StoreEntry& entry : taken(backend().store(name)))
                if (entry.thumbprint == thumbprint) {
                    if (friendly) return entry.friendlyName;
                    return entry.key == KeyState::NotExportable ? "not-exportable"
                           : entry.key == KeyState::Present     ? "present"
                                                                : "none";
                }
        return "absent";
    }

    std::string registryWord(const std::string& name)
    {
        const auto value = backend().registryValue(kSchannelKey, name);
        return *value ? (*value)->data : "absent";
    }

    std::string accessWord(const std::string& path)
    {
        const auto sites = *sitesFromConfiguration(*backend().configuration());
        if (!path.empty() && siteNamed(sites, path.substr(0, path.find('/'))) == nullptr) return "absent";
        return accessText(accessAt(*backend().configuration(), path)->flags);
    }

    std::string bindingWord(const std::string& key, const std::string& field)
    {
        const auto parts = support::splitCell(key, ",");
        const auto sites = *sitesFromConfiguration(*backend().configuration());
        const Site* const site = siteNamed(sites, parts.at(0));
        for (const Binding& binding : site != nullptr ? site->bindings : std::vector<Binding>())
            if (binding.protocol == parts.at(1) && binding.information == parts.at(2))
                return field.empty() ? "present" : std::to_string(binding.sslFlags);
        return "absent";
    }

    /// "stale" is the rule the front goes by: what was fetched before the resync time no longer counts.
    std::string cacheWord(const std::string& whose)
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

    /// "after-restart": the value is not in force, and is once the server has been restarted.
    std::string inForce(const std::string& name)
    {
        const auto inForceNow = [&] { return readSnapshot(backend())->schannel(name) != 0; };
        if (inForceNow()) return "now";
        EXPECT_TRUE(restart(m_folder));
        return inForceNow() ? "after-restart" : "never";
    }

    std::string seen(const TruthEffect& effect)
    {
        if (effect.subject == "records") return std::to_string(backend().records()->size());
        if (effect.subject == "record") return recordField(effect.key, effect.field);
        if (effect.subject == "key") return keyOf(effect.key, false);
        if (effect.subject == "friendly_name") return keyOf(effect.key, true);
        if (effect.subject == "registry") return registryWord(effect.key);
        if (effect.subject == "in-force") return inForce(effect.key);
        if (effect.subject == "access") return accessWord(effect.key);
        if (effect.subject == "binding") return bindingWord(effect.key, effect.field);
        if (effect.subject == "cache") return cacheWord(effect.key);
        if (effect.subject == "service")
            return backend().machine()->stoppedServices.count(effect.key) > 0 ? "stopped" : "running";
        if (effect.subject == "file") return fs::exists(pathFromUtf8(effect.key)) ? "present" : "absent";
        if (effect.subject == "backup") return backend().backup(effect.key) ? "present" : "absent";
        return "not known: " + effect.subject;
    }

    void judge(const TruthRow& row, int build, Language language)
    {
        prepare(row, build, language);
        if (HasFatalFailure()) return;
        const std::string place = "line " + std::to_string(row.line) + ", " + row["id"] + ", build " +
                                  std::to_string(build) + (language == Language::Japanese ? ", Japanese" : "");
        auto words = support::commandOf(row, m_values);
        const std::string before = state();
        std::map<std::string, std::size_t> counts;
        for (const std::string& name : taken(backend().storeNames())) counts[name] = count(name);
        const std::string program = words.front();
        words.erase(words.begin());
        const Reply reply = run(program, words);
        EXPECT_TRUE(support::exitMatches(row["exit"], reply.exitCode)) << place << ": exit " << reply.exitCode << "\n"
                                                                       << reply.text;
        const char* const column = language == Language::Japanese ? "text_ja" : "text_en";
        EXPECT_TRUE(support::textMatches(support::withValues(row[column], m_values), reply.text)) << place << ":\n"
                                                                                                  << reply.text;
        std::string problem;
        const auto effects = support::effectsOf(row["effect"], problem);
        ASSERT_EQ(problem, "") << place;
        EXPECT_TRUE(row["effect"] != "none" || state() == before) << place << ": something changed";
        for (TruthEffect effect : effects) {
            effect.key = support::withValues(effect.key, m_values);
            bool good = false;
            for (std::string value : effect.values) {
                value = support::withValues(value, m_values);
                good = good || (effect.subject == "store" ? storeIs(effect.key, value, counts[effect.key])
                                                          : seen(effect) == value);
            }
            EXPECT_TRUE(good) << place << ": " << effect.subject << "[" << effect.key << "]." << effect.field << " is "
                              << (effect.subject == "store" ? "otherwise" : seen(effect)) << "\n"
                              << reply.text;
        }
    }

    Values m_values;
};

TEST_F(CommandsTruth, EveryRowHolds)
{
    const auto table = support::readTruthTable("commands");
    ASSERT_TRUE(table.problems.empty()) << table.problems.front();
    std::size_t runs = 0;
    for (const TruthRow& row : table.rows)
        for (const std::string& build : support::buildsOf(row)) {
            judge(row, std::stoi(build), Language::English);
            ++runs;
            // The words do not depend on the build: Japanese once a row.
            if (row["text_ja"] != "-" && build == support::buildsOf(row).front())
                judge(row, std::stoi(build), Language::Japanese);
        }
    std::cout << "commands.tsv: " << table.rows.size() << " rows checked on the builds they name (" << runs
              << " runs), 0 skipped\n";
    EXPECT_GT(runs, 300u);
}

}  // namespace
}  // namespace monban::practice
