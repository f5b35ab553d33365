// SPDX-License-Identifier: MIT
#include "core/report/self_checks.h"

#include "core/plan/chapters.h"
#include "core/tls/http_address.h"

namespace monban {
namespace {

class List {
public:
    explicit List(const Facts& facts) : m_facts(facts) {}

    void program(const std::string& name, const std::vector<std::string>& arguments)
    {
        const auto text = forCommandPrompt({name, arguments});
        if (text) m_checks.push_back({SelfCheck::Kind::Command, *text, {systemProgram(m_facts, name + ".exe"), arguments}});
    }
    /// Its full path, since nobody has appcmd on the search path.
    void appcmd(const std::vector<std::string>& arguments)
    {
        const Command command{appcmdProgram(m_facts), arguments};
        if (const auto text = forCommandPrompt(command)) m_checks.push_back({SelfCheck::Kind::Command, *text, command});
    }
    void cmdlet(const std::string& text)
    {
        m_checks.push_back({SelfCheck::Kind::Command, text,
                            {systemProgram(m_facts, "WindowsPowerShell\\v1.0\\powershell.exe"), {"-NoProfile", "-NonInteractive", "-Command", text}}});
    }
    void window(const char* name) { m_checks.push_back({SelfCheck::Kind::Window, name, {}}); }
    void elsewhere(const Command& command)
    {
        if (const auto text = forCommandPrompt(command)) m_checks.push_back({SelfCheck::Kind::Elsewhere, *text, {}});
    }
    std::vector<SelfCheck> take() { return std::move(m_checks); }

private:
    const Facts& m_facts;
    std::vector<SelfCheck> m_checks;
};

/// A store as PowerShell's provider has it; one with a blank or worse stands in quotes.
std::string certificatesIn(const std::string& store)
{
    const std::string path = "Cert:\\LocalMachine\\" + store;
    const bool isPlain = path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:\\_-.") == std::string::npos;
    return "Get-ChildItem " + (isPlain ? path : powerShellString(path));
}

std::string siteOf(const Answers& answers, const Facts& facts)
{
    const Materials none;
    const auto site = chosenSite({answers, none, facts, {}});
    return site ? site->name : answers.bind.site;
}

/// The record where the site is bound.
std::vector<std::string> showRecord(const BindAnswers& bind)
{
    const bool isByName = !bind.hostname.empty();
    return {"http", "show", "sslcert", isByName ? "hostnameport=" + bind.hostname : "ipport=" + (bind.endpoint.empty() ? std::string(kDefaultEndpoint) : bind.endpoint)};
}

}  // namespace

std::vector<SelfCheck> selfChecks(const std::string& page, const Answers& answers, const Facts& facts)
{
    List list(facts);
    const std::string site = siteOf(answers, facts);
    if (page == "start") {
        list.appcmd({"list", "site"});
        list.window("winver");
        list.window("inetmgr");
    } else if (page == "certificate") {
        const bool isRequest = answers.certificate.source == CertificateAnswers::Source::Request;
        const std::string& file = isRequest ? answers.certificate.requestFile : answers.certificate.file;
        if (isRequest && !file.empty()) list.program("certutil", {"-dump", file});
        if (isRequest) list.program("certutil", {"-store", "REQUEST"});
        list.cmdlet(certificatesIn("My"));
        list.window("certlm.msc");
    } else if (page == "root") {
        if (!answers.root.file.empty()) list.program("certutil", {"-dump", answers.root.file});
        list.cmdlet(certificatesIn("Root"));
    } else if (page == "import") {
        list.cmdlet(certificatesIn(answers.import.store == "MY" ? "My" : answers.import.store));
        list.program("certutil", {"-store", answers.import.store});
        list.window("certlm.msc");
    } else if (page == "trust") {
        if (!answers.trust.ctlStore.empty()) list.program("certutil", {"-store", answers.trust.ctlStore});
        list.cmdlet(certificatesIn("Root"));
        list.window("certlm.msc");
    } else if (page == "bind") {
        list.program("netsh", showRecord(answers.bind));
        list.program("netsh", {"http", "show", "sslcert"});
        list.cmdlet("Get-WebBinding");
        list.window("inetmgr");
    } else if (page == "require") {
        if (!site.empty()) list.appcmd({"list", "config", configurationPath(site), "/section:access"});
        list.window("inetmgr");
    } else if (page == "verify") {
        if (const auto address = parseSiteAddress(answers.verify.address)) list.elsewhere({"curl", {"-v", "https://" + address->authority() + address->target}});
        list.elsewhere({"certmgr.msc", {}});
        list.program("netsh", showRecord(answers.bind));
    } else if (page == "troubleshoot") {
        list.program("certutil", {"-urlcache", "crl"});
        list.program("netsh", showRecord(answers.bind));
        list.window("eventvwr.msc");
    } else {
        list.program("netsh", {"http", "show", "sslcert"});
        list.appcmd({"list", "site"});
        list.window("inetmgr");
    }
    return list.take();
}

}  // namespace monban
