// SPDX-License-Identifier: MIT
#include "tests/core/practice/command_rows.h"

#include <set>

#include "core/observe/application_host.h"
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

using support::TruthEffect;
using support::TruthRow;

constexpr const char* kHost = "iisdemo.spt-demo.local";
constexpr const char* kSite = "Default Web Site";

/// What the placeholders stand for, made once: keys take time.
struct Material {
    explicit Material(const Stage& stage) : serverKey(stage.makeKey()), otherKey(stage.makeKey()), pendingKey(stage.makeKey()) {}

    TestKey serverKey, otherKey, pendingKey;
    TestKey rootKey = testKey(), intermediateKey = testKey();
    std::shared_ptr<X509> root = testX509("Truth Root", rootKey);
    std::shared_ptr<X509> intermediate = testX509("Truth Intermediate", intermediateKey, root.get(), &rootKey, 2);
    std::shared_ptr<X509> server = testX509(kHost, serverKey, root.get(), &rootKey, 3);
    std::shared_ptr<X509> other = testX509("other.example", otherKey, root.get(), &rootKey, 4);
    std::shared_ptr<X509> client = testX509("Taro Yamada", testKey(), root.get(), &rootKey, 5);
    std::shared_ptr<X509> issued = testX509(kHost, pendingKey, root.get(), &rootKey, 6);
    std::shared_ptr<X509> issuedOtherKey = testX509(kHost, testKey(), root.get(), &rootKey, 7);
    std::shared_ptr<X509> pending = testX509(kHost, pendingKey);
};

const Material& material(const Stage& stage)
{
    static const Material kMaterial(stage);
    return kMaterial;
}

std::string upper(std::string text)
{
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string hash(const std::shared_ptr<X509>& certificate) { return sha1Hex(derOf(certificate.get())); }

}  // namespace

CommandRows::CommandRows(Stage& stage) : m_stage(stage)
{
    const Material& m = material(stage);
    const auto file = [&](const char* name, const std::string& bytes) {
        put(name, bytes);
        return in(name);
    };
    const auto der = [&](const char* name, const std::shared_ptr<X509>& certificate) {
        return file(name, std::string(textOf(derOf(certificate.get()))));
    };
    m_values = {{"thumb", hash(m.server)},
                {"THUMB", upper(hash(m.server))},
                {"other-thumb", hash(m.other)},
                {"absent-thumb", std::string(40, 'b')},
                {"iis", kIisAppId},
                {"host", kHost},
                {"HOST", upper(kHost)},
                {"p12", file("server.p12", pkcs12Of(m.server.get(), m.serverKey, m.root.get(), "pass word"))},
                {"p12-aes", file("modern.p12", pkcs12Of(m.server.get(), m.serverKey, m.root.get(), "pass word", true))},
                {"password", "pass word"},
                {"wrong-password", "wrong"},
                {"root", der("root.der", m.root)},
                {"root-cn", "Truth Root"},
                {"root-thumb", hash(m.root)},
                {"ROOT-THUMB", upper(hash(m.root))},
                {"intermediate", der("intermediate.cer", m.intermediate)},
                {"intermediate-thumb", hash(m.intermediate)},
                {"crl", file("root.crl", std::string(textOf(testCrl(m.root.get(), m.rootKey))))},
                {"client-cer", der("client.cer", m.client)},
                {"request", in("out.req")},
                {"inf", file("request.inf",
                            "[Version]\r\nSignature=\"$Windows "
                            "NT$\"\r\n[NewRequest]\r\nSubject=\"CN=iisdemo.spt-demo.local,C=JP\"\r\n"
                            "KeyAlgorithm=ECDSA_P256\r\nMachineKeySet=TRUE\r\nRequestType=PKCS10\r\n")},
                {"issued", der("issued.cer", m.issued)},
                {"issued-thumb", hash(m.issued)},
                {"issued-other-key", der("other-key.cer", m.issuedOtherKey)},
                {"missing", in("missing")},
                {"garbage", file("garbage.bin", "this is nothing")}};
}

std::string CommandRows::in(const char* name) const { return utf8(m_stage.folder() / "in" / name); }

void CommandRows::put(const char* name, const std::string& bytes)
{
    ASSERT_TRUE(makeFolders(m_stage.folder() / "in"));
    ASSERT_TRUE(replaceFile(pathFromUtf8(in(name)), bytes));
}

void CommandRows::change(const std::function<void(Machine&)>& edit)
{
    Machine machine = *backend().machine();
    edit(machine);
    ASSERT_TRUE(backend().writeMachine(machine));
}

void CommandRows::prepare(const TruthRow& row, int build, Language language)
{
    boost::system::error_code ignored;
    m_stage.clear();
    fs::remove(pathFromUtf8(m_values["request"]), ignored);
    // Only where it differs: in the lab a machine that is written starts and stops its services.
    const Machine found = *backend().machine();
    if (found.build != build || found.language != language || !found.elevated ||
        found.stoppedServices != Machine().stoppedServices || !found.schannelAtBoot.empty())
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

void CommandRows::store(const char* name, const std::shared_ptr<X509>& certificate, KeyState key, const char* container, const TestKey* pem)
{
    if (pem != nullptr) {
        ASSERT_TRUE(backend().putKey(container, Secret(pem->pem())));
    }
    ASSERT_TRUE(backend().putCertificate(name, {derOf(certificate.get()), "", "", key, container}));
}

void CommandRows::give(const std::string& what)
{
    const Material& m = material(m_stage);
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
    if (what == "file=request:present") return put("out.req", "an older request");
    if (what == "crl-cache=filled") {
        const Bytes list = testCrl(m.root.get(), m.rootKey);
        for (const CacheOwner owner : {CacheOwner::Caller, CacheOwner::Service})
            ASSERT_TRUE(backend().writeCachedCrls(
                owner,
                {{"http://ca.practice/crl/ia1.crl", list, backend().machine()->clock() - std::chrono::hours(1)}}));
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

void CommandRows::giveRecord(const std::string& which)
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

bool CommandRows::storeIs(Look& look, const std::string& name, const std::string& rule, std::size_t before)
{
    if (rule == "has-list") return backend().crls(name) && !taken(backend().crls(name)).empty();
    const auto entries = look.store(name);
    const auto has = [&](const std::string& thumbprint) {
        return entries && std::any_of(entries->begin(), entries->end(),
                                      [&](const Look::Entry& one) { return one.thumbprint == thumbprint; });
    };
    if (rule.starts_with("has:")) return has(rule.substr(4));
    if (rule.starts_with("lacks:")) return !has(rule.substr(6));
    if (rule == "empty") return !entries || entries->empty();
    if (rule == "one-more") return entries && entries->size() == before + 1;
    if (rule == "has-pending") return has(hash(material(m_stage).pending));
    ADD_FAILURE() << "not known: " << rule;
    return false;
}

void CommandRows::judgeEffect(Look& look, TruthEffect effect, std::size_t before, const std::string& place)
{
    std::set<std::string> wanted;
    for (const std::string& value : effect.values) wanted.insert(support::withValues(value, m_values));
    std::string seen = "otherwise";
    bool good = false;
    if (effect.subject == "store") {
        for (const std::string& rule : wanted) good = good || storeIs(look, effect.key, rule, before);
    } else {
        const auto words = look.wordsOf(effect);
        if (words.empty()) return;
        seen = words.front();
        for (const std::string& word : words) good = good || wanted.count(word) > 0;
    }
    ++m_judged[look.name()];
    EXPECT_TRUE(good) << place << ": " << effect.subject << "[" << effect.key << "]." << effect.field << " is " << seen
                      << " to " << look.name();
}

void CommandRows::judge(const TruthRow& row, int build, Language language)
{
    prepare(row, build, language);
    if (testing::Test::HasFatalFailure()) return;
    const std::string place = "line " + std::to_string(row.line) + ", " + row["id"] + ", build " +
                              std::to_string(build) + (language == Language::Japanese ? ", Japanese" : "");
    std::string problem;
    auto effects = support::effectsOf(row["effect"], problem);
    ASSERT_EQ(problem, "") << place;
    // What is given decides what there is, so each kind of beginning is looked at once.
    std::vector<std::string>& before = m_before[row["given"]];
    if (row["effect"] == "none" && before.empty())
        for (const auto& look : m_stage.looks()) before.push_back(look->everything());
    std::vector<std::size_t> counts;
    for (TruthEffect& effect : effects) {
        effect.key = support::withValues(effect.key, m_values);
        const auto held = effect.subject == "store" ? backend().store(effect.key) : std::vector<StoreEntry>();
        counts.push_back(held ? held->size() : 0);
    }

    auto words = support::commandOf(row, m_values);
    const std::string program = words.front();
    words.erase(words.begin());
    const Reply reply = interpret(backend(), {program, words, [] { return std::string(); }});
    EXPECT_TRUE(support::exitMatches(row["exit"], reply.exitCode)) << place << ": exit " << reply.exitCode << "\n" << reply.text;
    const char* const column = language == Language::Japanese ? "text_ja" : "text_en";
    EXPECT_TRUE(support::textMatches(support::withValues(row[column], m_values), reply.text)) << place << ":\n" << reply.text;

    std::size_t nth = 0;
    for (const auto& look : m_stage.looks()) {
        if (row["effect"] == "none") {
            EXPECT_EQ(look->everything(), before[nth]) << place << ": something changed to " << look->name();
        }
        for (std::size_t i = 0; i < effects.size(); ++i) judgeEffect(*look, effects[i], counts[i], place + "\n" + reply.text);
        ++nth;
    }
}

std::size_t CommandRows::playAll(Runs which, const std::map<std::string, std::string>& skipped)
{
    const auto table = support::readTruthTable("commands");
    EXPECT_TRUE(table.problems.empty()) << table.problems.front();
    support::RowCount count("commands", skipped);
    std::map<std::string, std::vector<TruthRow>> byBuild;
    for (const TruthRow& row : table.rows) {
        if (!count.isChecked(row)) continue;
        const auto builds = support::buildsOf(row);
        for (const std::string& build : builds)
            if (which == Runs::All || build == builds.back()) byBuild[build].push_back(row);
    }
    std::size_t runs = 0;
    for (const auto& [build, rows] : byBuild)
        for (const TruthRow& row : rows) {
            judge(row, std::stoi(build), Language::English);
            ++runs;
            // The words do not depend on the build: Japanese once a row.
            if (which == Runs::All && row["text_ja"] != "-" && build == support::buildsOf(row).front())
                judge(row, std::stoi(build), Language::Japanese);
        }
    count.finish();
    std::cout << "commands.tsv: " << runs << " runs";
    for (const auto& [look, facts] : m_judged) std::cout << ", " << facts << " facts as " << look << " sees them";
    std::cout << "\n";
    return runs;
}

}  // namespace monban::practice
