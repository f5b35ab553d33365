// SPDX-License-Identifier: MIT
#include "core/run/self_test.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

#include "core/base/utf8.h"
#include "core/observe/schannel.h"
#include "core/plan/chapters.h"
#include "core/report/status_json.h"

namespace monban {
namespace {

using Outcome = SelfTestCheck::Outcome;
using nlohmann::json;

constexpr std::size_t kDigits = 40;  // of a SHA-1 thumbprint
constexpr std::size_t kMostSites = 20;
constexpr std::chrono::seconds kLongestCommand{30};

/// As programs print it, in lower case and without the blanks some of them put between the bytes of a thumbprint.
std::string compacted(const std::string& text)
{
    std::string result;
    for (const char c : lowerAscii(text))
        if (c != ' ' && c != '\t' && c != '\r') result += c;
    return result;
}

bool isHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// Every run of exactly 40 hexadecimal digits in lower-case text, in lines that hold one of the marks; no marks: in all lines.
std::set<std::string> thumbprintsIn(const std::string& text, const std::vector<std::string>& marks = {})
{
    std::set<std::string> found;
    std::string line;
    for (const char next : text + '\n') {
        if (next != '\n') {
            line += next;
            continue;
        }
        const bool counts = marks.empty() || std::ranges::any_of(marks, [&](const std::string& mark) { return line.find(mark) != std::string::npos; });
        for (std::size_t begin = 0; counts && begin < line.size();) {
            std::size_t end = begin;
            while (end < line.size() && isHexDigit(line[end])) ++end;
            if (end - begin == kDigits) found.insert(line.substr(begin, kDigits));
            begin = std::max(end, begin + 1);
        }
        line.clear();
    }
    return found;
}

std::string listed(const std::set<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& taken)
{
    std::set<std::string> rest;
    std::ranges::set_difference(all, taken, std::inserter(rest, rest.end()));
    return rest;
}

class Tester {
public:
    Tester(Server& server, SelfTest& test, const std::stop_token& stop) : m_server(server), m_test(test), m_stop(stop) {}

    void everythingIsReadable()
    {
        SelfTestCheck& check = begin("observe", {tr("Every part of the server can be read"), {}});
        std::set<std::string> unread;
        const json status = statusJson(facts(), Language::English);
        for (const json& part : status.at("unreadable"))
            unread.insert(part.at("section").get<std::string>() + ": " + part.at("reason").get<std::string>());
        if (!unread.empty()) fail(check, {"{0}", {listed(unread)}});
    }

    void recordsAreThoseOfNetsh()
    {
        SelfTestCheck& check = begin("netsh.records", {tr("The records of http.sys are those that netsh shows"), {}});
        if (!facts().records) return skip(check, facts().records.error().message);
        if (!run(check, "netsh.exe", {"http", "show", "sslcert"}, facts().records->empty())) return;
        const std::string shown = compacted(check.output);
        std::set<std::string> missing;
        std::set<std::string> known;
        for (const SslRecord& record : *facts().records) {
            known.insert(record.thumbprint);
            if (shown.find(compacted(record.endpoint)) == std::string::npos || shown.find(record.thumbprint) == std::string::npos) missing.insert(record.endpoint);
        }
        compare(check, missing, without(thumbprintsIn(lowerAscii(check.output)), known));
    }

    void storesAreThoseOfCertutil()
    {
        for (const auto& [name, store] : facts().stores) {
            if (!store || store->empty()) continue;
            SelfTestCheck& check = begin("certutil.store." + name, {tr("The certificates in the store {0} are those that certutil shows"), {name}});
            if (!run(check, "certutil.exe", {"-store", name})) continue;
            // Revocation lists are listed, too; only lines that speak of a certificate can show one Monban does not see.
            compareStore(check, *store, thumbprintsIn(compacted(check.output)), thumbprintsIn(compacted(check.output), {"certhash(sha1)", "証明書ハッシュ(sha1)", "証明書のハッシュ(sha1)"}));
        }
    }

    void keysAreThoseOfPowerShell()
    {
        SelfTestCheck& check = begin("powershell.my", {tr("The certificates in the store {0} are those that PowerShell shows"), {"MY"}});
        const auto store = facts().stores.find("MY");
        if (store == facts().stores.end() || !store->second || store->second->empty()) return skip(check, nothingToCompare());
        if (run(check, "WindowsPowerShell\\v1.0\\powershell.exe", {"-NoProfile", "-NonInteractive", "-Command", "Get-ChildItem Cert:\\LocalMachine\\My"}))
            compareStore(check, *store->second, thumbprintsIn(lowerAscii(check.output)), thumbprintsIn(lowerAscii(check.output)));
    }

    void sitesAreThoseOfAppcmd()
    {
        SelfTestCheck& check = begin("appcmd.sites", {tr("The sites are those that appcmd shows"), {}});
        if (!facts().sites) return skip(check, facts().sites.error().message);
        if (facts().sites->empty()) return skip(check, nothingToCompare());
        if (!run(check, "inetsrv\\appcmd.exe", {"list", "site"})) return;
        std::set<std::string> missing;
        for (const Site& site : *facts().sites)
            if (check.output.find("\"" + site.name + "\"") == std::string::npos) missing.insert(site.name);
        compare(check, missing, {});
        std::size_t number = 0;
        for (const Site& site : *facts().sites)
            for (const Access& access : site.access)
                if (access.path == site.name && number < kMostSites) settingsAreThoseOfAppcmd(site, access, ++number);
    }

    void schannelIsThatOfReg()
    {
        SelfTestCheck& check = begin("reg.schannel", {tr("The Schannel settings are those that reg shows"), {}});
        if (!facts().schannel) return skip(check, facts().schannel.error().message);
        const std::optional<std::uint32_t> wanted = facts().schannel->sendTrustedIssuerList;
        if (!wanted) return skip(check, nothingToCompare());
        if (!run(check, "reg.exe", {"query", kSchannelKey, "/v", "SendTrustedIssuerList"})) return;
        const std::string value = *wanted == 0 ? "0x0" : "0x1";
        if (compacted(check.output).find("reg_dword" + value) == std::string::npos) fail(check, differs("SendTrustedIssuerList = " + value, ""));
    }

    void proxyIsThatOfNetsh()
    {
        SelfTestCheck& check = begin("netsh.proxy", {tr("The proxy of this server is the one that netsh shows"), {}});
        if (!facts().machine || !facts().machine->proxy) return skip(check, nothingToCompare());
        if (!run(check, "netsh.exe", {"winhttp", "show", "proxy"})) return;
        if (compacted(check.output).find(compacted(facts().machine->proxy->servers)) == std::string::npos) fail(check, differs(facts().machine->proxy->servers, ""));
    }

    void outputIsReadable()
    {
        SelfTestCheck check = made("console.text", {tr("What Windows' programs print is read without a damaged character"), {}});
        for (const SelfTestCheck& one : m_test.checks)
            if (one.output.find("\xEF\xBF\xBD") != std::string::npos) fail(check, {"{0}", {one.id}});
        m_test.checks.push_back(std::move(check));
    }

    /// Whoever may write beside the program could plant a library there.
    void librariesAreWindows(const std::vector<std::string>& loaded)
    {
        SelfTestCheck& check = begin("libraries", {tr("Every library this program has loaded is Windows' own"), {}});
        if (loaded.empty() || !facts().machine || facts().machine->practice) return skip(check, nothingToCompare());
        const std::string system = lowerAscii(facts().machine->systemFolder);
        const std::string windows = system.substr(0, system.find_last_of('\\') + 1);
        std::set<std::string> foreign;
        for (const std::string& library : loaded)
            if (!lowerAscii(library).starts_with(windows)) foreign.insert(library);
        if (!foreign.empty()) fail(check, {"{0}", {listed(foreign)}});
    }

    void windowsAreThere()
    {
        SelfTestCheck& check = begin("windows", {tr("Windows' own windows that Monban opens are on this server"), {}});
        if (!facts().machine || facts().machine->practice) return skip(check, nothingToCompare());
        Lookups lookups;
        for (const char* name : {"certlm.msc", "inetsrv\\InetMgr.exe"}) lookups.files.push_back(systemProgram(facts(), name));
        const Facts looked = m_server.observe(lookups);
        std::set<std::string> missing;
        for (const auto& [path, content] : looked.files)  // one that is too large to be read is there
            if (content && !content->has_value()) missing.insert(path);
        if (!missing.empty()) fail(check, {"{0}", {listed(missing)}});
    }

private:
    const Facts& facts() const { return m_test.facts; }

    static SelfTestCheck made(const std::string& id, Message title)
    {
        SelfTestCheck check;
        check.id = id;
        check.title = std::move(title);
        return check;
    }
    SelfTestCheck& begin(const std::string& id, Message title) { return m_test.checks.emplace_back(made(id, std::move(title))); }

    static void fail(SelfTestCheck& check, Message reason)
    {
        check.outcome = Outcome::Failed;
        check.reason = std::move(reason);
    }
    static void skip(SelfTestCheck& check, Message reason)
    {
        check.outcome = Outcome::NotApplicable;
        check.reason = std::move(reason);
    }
    static Message nothingToCompare() { return {tr("There is nothing on this server to compare."), {}}; }
    static Message differs(const std::string& missing, const std::string& more)
    {
        if (more.empty()) return {tr("Monban sees this, the other does not: {0}"), {missing}};
        if (missing.empty()) return {tr("Monban does not see this, the other does: {0}"), {more}};
        return {tr("Monban sees this, the other does not: {0}. The other way round: {1}"), {missing, more}};
    }
    static void compare(SelfTestCheck& check, const std::set<std::string>& missing, const std::set<std::string>& more)
    {
        if (!missing.empty() || !more.empty()) fail(check, differs(listed(missing), listed(more)));
    }

    static void compareStore(SelfTestCheck& check, const std::vector<StoredCertificate>& store, const std::set<std::string>& shown,
                             const std::set<std::string>& certainly)
    {
        std::set<std::string> known;
        for (const StoredCertificate& entry : store) known.insert(entry.certificate.thumbprintSha1);
        compare(check, without(known, shown), without(certainly, known));
    }

    void settingsAreThoseOfAppcmd(const Site& site, const Access& access, std::size_t number)
    {
        SelfTestCheck& check = begin("appcmd.access." + std::to_string(number), {tr("The SSL settings of {0} are those that appcmd shows"), {site.name}});
        if (!run(check, "inetsrv\\appcmd.exe", {"list", "config", configurationPath(site.name), "/section:access"})) return;
        std::set<std::string> shown;
        const std::string mark = "sslFlags=\"";
        if (const std::size_t at = check.output.find(mark); at != std::string::npos) {
            const std::size_t begin = at + mark.size();
            std::string name;
            for (const char c : check.output.substr(begin, check.output.find('"', begin) - begin) + ',') {
                if (c != ',' && c != ' ') name += c;
                else if (!name.empty()) shown.insert(std::exchange(name, {}));
            }
        }
        shown.erase("None");
        std::set<std::string> known;
        for (const std::string& name : accessNames(access.flags))
            if (name != "None") known.insert(name);
        compare(check, without(known, shown), without(shown, known));
    }

    /// False where the program could not be run or failed; nothingToShow: it may end with an error then.
    bool run(SelfTestCheck& check, const std::string& program, std::vector<std::string> arguments, bool nothingToShow = false)
    {
        check.command = Command{systemProgram(facts(), program), std::move(arguments)};
        RunLimits limits;
        limits.timeout = kLongestCommand;
        limits.stop = m_stop;
        const auto output = m_server.run(*check.command, {}, {}, limits);
        if (!output) {
            fail(check, output.error().message);
            return false;
        }
        check.exitCode = output->exitCode;
        check.output = output->text;
        if (output->exitCode == 0 || nothingToShow) return true;
        fail(check, {tr("It ended with code {0}."), {std::to_string(output->exitCode)}});
        return false;
    }

    Server& m_server;
    SelfTest& m_test;
    std::stop_token m_stop;
};

const char* word(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Passed: return "passed";
    case Outcome::Failed: return "failed";
    case Outcome::NotApplicable: break;
    }
    return "not-applicable";
}

}  // namespace

bool SelfTest::passed() const
{
    return std::ranges::none_of(checks, [](const SelfTestCheck& check) { return check.outcome == Outcome::Failed; });
}

SelfTest selfTest(Server& server, const std::vector<std::string>& loadedLibraries, const std::stop_token& stop)
{
    SelfTest test;
    test.facts = server.observe({});
    Tester tester(server, test, stop);
    tester.everythingIsReadable();
    tester.recordsAreThoseOfNetsh();
    tester.storesAreThoseOfCertutil();
    tester.keysAreThoseOfPowerShell();
    tester.sitesAreThoseOfAppcmd();
    tester.schannelIsThatOfReg();
    tester.proxyIsThatOfNetsh();
    tester.outputIsReadable();
    tester.librariesAreWindows(loadedLibraries);
    tester.windowsAreThere();
    for (SelfTestCheck& check : test.checks)
        if (check.output.size() > kLongestSelfTestOutput) check.output = validUtf8(check.output.substr(0, kLongestSelfTestOutput));
    return test;
}

json selfTestJson(const SelfTest& test, Language language)
{
    json checks = json::array();
    for (const SelfTestCheck& check : test.checks) {
        json command = nullptr;
        if (check.command) command = {{"program", check.command->program}, {"arguments", check.command->arguments}};
        checks.push_back({{"id", check.id},
                          {"title", inLanguage(check.title, language)},
                          {"outcome", word(check.outcome)},
                          {"reason", check.reason.empty() ? json(nullptr) : json(inLanguage(check.reason, language))},
                          {"command", command},
                          {"exit_code", check.exitCode ? json(*check.exitCode) : json(nullptr)},
                          {"output", check.command ? json(check.output) : json(nullptr)}});
    }
    return {{"monban", MONBAN_VERSION}, {"passed", test.passed()}, {"checks", checks}, {"status", statusJson(test.facts, language)}};
}

}  // namespace monban
