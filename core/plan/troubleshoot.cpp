// SPDX-License-Identifier: MIT
#include <algorithm>
#include <ranges>

#include "core/base/utf8.h"
#include "core/plan/chapters.h"
#include "core/plan/resumption.h"
#include "core/plan/sample_page.h"

namespace monban {
namespace {

Step step(std::string id, Message title, Action action, State wanted)
{
    Step one;
    one.id = std::move(id);
    one.chapter = Chapter::Troubleshoot;
    one.title = std::move(title);
    one.action = std::move(action);
    one.after.push_back(std::move(wanted));
    return one;
}

/// Services that run now and stop with that one.
std::vector<std::string> runningDependents(const Facts& facts, const std::string& service)
{
    std::vector<std::string> names;
    const auto dependents = facts.dependents.find(service);
    if (dependents == facts.dependents.end()) return names;
    for (const std::string& name : dependents->second)
        if (const auto state = facts.services.find(name); state != facts.services.end() && state->second && *state->second) names.push_back(name);
    return names;
}

/// The four commands of the whitepaper's 5.3. Where no list that is kept would be believed, there is nothing to do; the
/// service is stopped only if there is, and before the rest, so that a run that fails at it has not said yet that all
/// is out of date.
void planFlush(const PlanInput& input, Plan& plan)
{
    const Facts& facts = input.facts;
    const std::string certutil = systemProgram(facts, "certutil.exe");
    const std::string net = systemProgram(facts, "net.exe");
    plan.steps.push_back(step("troubleshoot.flush-crl.cache", {tr("Empty this account's cache of revocation lists"), {}},
                              Command{certutil, {"-urlcache", "crl", "delete"}}, CrlCacheState{CrlCacheState::Of::Caller, 0}));
    std::vector<std::string> dependents;  // net stops them, too; net start of the service does not start them again
    if (facts.crlCache && facts.crlCache->servicesCurrent > 0) {
        Step stop = step("troubleshoot.flush-crl.stop", {tr("Stop the cryptographic services, which hold lists in memory"), {}},
                         Command{net, {"stop", "cryptsvc", "/y"}}, ServiceState{"cryptsvc", false});
        dependents = runningDependents(facts, "cryptsvc");
        for (const std::string& name : dependents) stop.after.push_back(ServiceState{name, false});
        plan.steps.push_back(std::move(stop));
    }
    plan.steps.push_back(step("troubleshoot.flush-crl.resync", {tr("Let every revocation list that was kept so far count as out of date"), {}},
                              Command{certutil, {"-setreg", "chain\\ChainCacheResyncFiletime", "@now"}},
                              CrlCacheState{CrlCacheState::Of::Services, 0}));
    plan.steps.push_back(step("troubleshoot.flush-crl.start", {tr("Start the cryptographic services"), {}}, Command{net, {"start", "cryptsvc"}},
                              ServiceState{"cryptsvc", true}));
    // What was stopped last is started first.
    for (const std::string& name : dependents | std::views::reverse)
        plan.steps.push_back(step("troubleshoot.flush-crl.start-" + name, {tr("Start {0}, which was stopped with the cryptographic services"), {name}},
                                  Command{net, {"start", name}}, ServiceState{name, true}));
}

/// The folder that the site or the application below it serves; empty where the configuration does not tell.
std::string folderOf(const Site& site, const std::string& below)
{
    const std::string path = locationPath(site.name, below);
    std::string folder = site.physicalPath;
    std::size_t known = site.name.size();
    for (const VirtualFolder& virtualFolder : site.folders) {
        const std::string& own = virtualFolder.path;
        const bool above = equalsIgnoringCase(path.substr(0, own.size()), own) && (path.size() == own.size() || path[own.size()] == '/');
        if (above && own.size() > known) {
            folder = virtualFolder.physicalPath;
            known = own.size();
        }
    }
    while (folder.size() > 3 && folder.back() == '\\') folder.pop_back();  // but a drive keeps its own
    if (folder.empty()) return folder;
    if (folder.back() == '\\') folder.pop_back();
    for (const char c : path.substr(known)) folder += c == '/' ? '\\' : c;
    return folder;
}

Message pageTitle(const std::string& path, bool there)
{
    if (there) return {tr("Put a page that shows the visitor's client certificate to {0}"), {path}};
    return {tr("Take the page that shows client certificates away: {0}"), {path}};
}

/// A step up would leave the site.
bool goesUp(const std::string& location) { return (location + "/").find("/../") != std::string::npos; }

/// What Monban wrote there, as it is now or as the journal has it of an earlier version.
bool isOurPage(const PlanInput& input, const std::string& path, const Bytes& content)
{
    if (content == samplePage()) return true;
    return std::ranges::any_of(input.earlier.samplePages, [&](const FileState& page) {
        return equalsIgnoringCase(page.path, path) && page.content == content;
    });
}

/// The pages that earlier runs put to where the answers do not point any more.
void planPagesElsewhere(const PlanInput& input, const std::string& here, Plan& plan)
{
    int number = 1;
    for (const FileState& page : input.earlier.samplePages) {
        const auto seen = fileIn(input.facts, page.path);
        const bool gone = seen && (!*seen || !isOurPage(input, page.path, **seen));
        if (gone || equalsIgnoringCase(page.path, here)) continue;
        plan.steps.push_back(step("troubleshoot.sample-page." + std::to_string(++number), pageTitle(page.path, false), WriteFile{page.path, std::nullopt},
                                  FileState{page.path, std::nullopt}));
    }
}

void planSamplePage(const PlanInput& input, bool wanted, Plan& plan)
{
    const char* id = "troubleshoot.sample-page";
    const auto site = chosenSite(input);
    const std::string folder = site ? folderOf(*site, input.answers.require.path) : std::string();
    if (folder.empty()) {
        plan.steps.push_back(blocked(id, Chapter::Troubleshoot, pageTitle("…", wanted),
                                     site ? Message{tr("The configuration of IIS does not say in which folder the site {0} lies."), {site->name}}
                                          : site.error().message));
        return;
    }
    if (goesUp(locationPath(site->name, input.answers.require.path))) {
        plan.steps.push_back(blocked(id, Chapter::Troubleshoot, pageTitle("…", wanted),
                                     {tr("{0} leads out of the site (require.path)."), {input.answers.require.path}}));
        return;
    }
    const std::string path = folder + "\\" + kSamplePageName;
    if (!wanted) planPagesElsewhere(input, path, plan);
    std::optional<Bytes> content;
    if (wanted) content = samplePage();
    Step one = step(id, pageTitle(path, wanted), WriteFile{path, content}, FileState{path, content});
    const auto seen = fileIn(input.facts, path);
    // One that is not, byte for byte, what Monban wrote is somebody's work.
    if (seen && *seen && !isOurPage(input, path, **seen)) {
        if (!wanted) return;
        block(one, {tr("{0} is there already and is not Monban's. Rename it first if you want the sample page."), {path}});
    }
    plan.steps.push_back(std::move(one));
    if (wanted)
        plan.findings.push_back({"sample-page-needs-aspnet", Severity::Info,
                                 {tr("The sample page {0} needs ASP.NET 4 (the role service Web-Asp-Net45); without it IIS answers 404."), {kSamplePageName}},
                                 {tr("Take the page away again when you have seen enough: it is for trying, not for users."), {}}});
}

/// Whether a CA certificate the server has, or is to get, made that list.
bool isKnownIssuer(const PlanInput& input, const Crl& crl)
{
    const Materials& materials = input.materials;
    if (materials.root && *materials.root && signedBy(crl, (*materials.root)->certificate)) return true;
    for (const auto& one : materials.intermediates)
        if (one && signedBy(crl, one->certificate)) return true;
    for (const char* name : {"ROOT", "CA"})
        if (const auto store = storeOf(input.facts, name))
            for (const StoredCertificate& entry : *store)
                if (entry.certificate.subject == crl.issuer && signedBy(crl, entry.certificate)) return true;
    return false;
}

/// Why the list would help nobody in the store.
std::optional<Message> uselessList(const PlanInput& input, const CrlMaterial& material)
{
    const Crl& crl = material.crl;
    if (!isKnownIssuer(input, crl)) return Message{tr("{0} was signed by no CA certificate that this server has. Put the CA's certificate there first, or get the right list."), {material.file}};
    if (crl.delta) return Message{tr("{0} is a delta list: Windows needs the complete one. Download the CA's base list."), {material.file}};
    const Time now = input.facts.machine->clock;
    if (crl.nextUpdate && *crl.nextUpdate < now)
        return Message{tr("{0} ended on {1}: with it http.sys would go on refusing every client certificate (403.13). Download the CA's present list."), {material.file, rfc3339(*crl.nextUpdate)}};
    if (now < crl.thisUpdate) return Message{tr("{0} begins on {1} only. Look whether the clock of this server is right."), {material.file, rfc3339(crl.thisUpdate)}};
    return std::nullopt;
}

void planStoredCrl(const PlanInput& input, Plan& plan)
{
    const char* id = "troubleshoot.install-crl";
    const auto& material = input.materials.crl;
    const std::string& file = input.answers.troubleshoot.installCrl;
    const Message title{tr("Put the revocation list {0} into the store CA, where it is found without a network"), {file}};
    if (!material || !*material || !input.facts.machine) {
        plan.steps.push_back(blocked(id, Chapter::Troubleshoot, title, material && !*material ? material->error().message : Message{}));
        return;
    }
    const Crl& crl = (*material)->crl;
    Step one = step(id, title, Command{systemProgram(input.facts, "certutil.exe"), {"-f", "-addstore", "CA", (*material)->file}},
                    CrlState{(*material)->thumbprint, true, crl.issuer});
    one.effect = TakesEffect::NewConnections;
    one.restsOn = (*material)->sha256;
    if (auto reason = uselessList(input, **material)) block(one, std::move(*reason));
    plan.steps.push_back(std::move(one));
    const auto older = [&](const StoredCrl& other) { return other.crl.issuer == crl.issuer && other.thumbprint != (*material)->thumbprint; };
    if (input.facts.storedCrls && std::ranges::any_of(*input.facts.storedCrls, older))
        plan.findings.push_back({"stored-crl-replaced", Severity::Warning,
                                 {tr("The store CA holds an earlier list of {0}, which Windows may replace by the new one: an undo takes the new one out and does not bring the earlier one back."), {crl.issuer}},
                                 {tr("Keep the earlier list's file, should it be needed."), {}}});
    if (crl.nextUpdate)
        plan.findings.push_back({"stored-crl-ends", Severity::Warning,
                                 {tr("The list in the store CA counts until {0}. Nobody replaces it by itself: after that every client certificate is refused again."), {rfc3339(*crl.nextUpdate)}},
                                 {tr("Note the date, and install the next list before it."), {}}});
}

}  // namespace

void planTroubleshoot(const PlanInput& input, Plan& plan)
{
    const std::size_t first = plan.steps.size();
    if (!input.answers.troubleshoot.installCrl.empty()) planStoredCrl(input, plan);
    planPause(input, plan);
    if (input.answers.troubleshoot.flushCrl) planFlush(input, plan);
    if (const auto page = input.answers.troubleshoot.samplePage) planSamplePage(input, *page, plan);
    const auto reason = noMachine(input.facts);
    for (std::size_t i = first; reason && i < plan.steps.size(); ++i) block(plan.steps[i], *reason);
}

}  // namespace monban
