// SPDX-License-Identifier: MIT
#include "core/practice/practice_server.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/observe/application_host.h"
#include "core/pki/digest.h"
#include "core/pki/pkcs12.h"
#include "core/pki/request.h"
#include "core/practice/crl_source.h"
#include "core/practice/folder_backend.h"
#include "core/practice/interpreter.h"
#include "core/practice/own_visit.h"
#include "core/practice/schannel_values.h"
#include "core/practice/services.h"
#include "core/practice/site_path.h"
#include "core/tls/http_address.h"

namespace monban::practice {
Result<std::unique_ptr<Server>> PracticeServer::open(const fs::path& folder)
{
    auto backend = openFolder(folder);
    if (!backend) return backend.error();
    return std::unique_ptr<Server>(std::make_unique<PracticeServer>(std::move(*backend), folder));
}

PracticeServer::PracticeServer(std::unique_ptr<Backend> backend, fs::path folder)
    : m_backend(std::move(backend)), m_folder(std::move(folder))
{
}

Observed<std::vector<StoredCertificate>> PracticeServer::observeStore(const std::string& name, Time now)
{
    const auto entries = m_backend->store(name);
    if (!entries) return {entries.error(), now};
    std::vector<StoredCertificate> certificates;
    for (const StoreEntry& entry : *entries) {
        auto known = m_parsed.find(entry.thumbprint);
        if (known == m_parsed.end()) {
            auto parsed = parseCertificate(entry.der);
            if (!parsed) return {parsed.error(), now};
            known = m_parsed.emplace(entry.thumbprint, std::move(*parsed)).first;
        }
        KeyState key = entry.key;
        if (key != KeyState::None && !m_backend->key(entry.keyContainer)) key = KeyState::Missing;
        certificates.push_back({known->second, entry.friendlyName, key});
    }
    return {std::move(certificates), now};
}

/// On a practice server only the practice CA's own distribution point exists; whether `serve` runs does not matter.
Observed<Crl> PracticeServer::crlAt(const std::string& url, Time now)
{
    const auto name = practiceCaFile(url);
    if (!name)
        return {Error{ErrorCode::Unsupported, {tr("A practice server reaches no network, so what {0} answers is unknown."), {url}}, "no network"}, now};
    const auto bytes = m_backend->caFile(*name);
    if (!bytes) return {bytes.error(), now};
    return {parseCrl(*bytes), now};
}

Result<Bytes> PracticeServer::fetch(const std::string& url, HttpLimits limits)
{
    const auto address = parseHttpAddress(url);
    if (!address) return address.error();
    if (address->host != "ca.practice") return Server::fetch(url, std::move(limits));
    if (const auto name = practiceCaFile(url)) return m_backend->caFile(*name);
    return Error{ErrorCode::NotFound, {tr("The practice CA publishes no file named {0}."), {address->target}}, "not its folder"};
}

Result<HttpsAnswer> PracticeServer::visit(const SslRecord& record, const std::string& name, const std::stop_token& stop)
{
    return visitOwn(m_folder, record, name, stop);
}

Observed<CrlCacheFacts> PracticeServer::crlCache(Time now)
{
    const auto callers = m_backend->cachedCrls(CacheOwner::Caller);
    if (!callers) return {callers.error(), now};
    const auto services = m_backend->cachedCrls(CacheOwner::Service);
    if (!services) return {services.error(), now};
    const auto resync = cacheResync(*m_backend);
    CrlCacheFacts facts;
    facts.callersLists = static_cast<int>(callers->size());
    facts.servicesCurrent = static_cast<int>(
        std::ranges::count_if(*services, [&](const CachedCrl& entry) { return !resync || entry.fetched > *resync; }));
    return {facts, now};
}

Observed<std::vector<StoredCrl>> PracticeServer::storedCrls(Time now)
{
    const auto lists = m_backend->crls("CA");
    if (!lists && lists.error().code != ErrorCode::NotFound) return {lists.error(), now};
    std::vector<StoredCrl> stored;
    if (lists)
        for (const StoreCrl& one : *lists) {
            auto crl = parseCrl(one.der);
            if (!crl) return {crl.error(), now};
            stored.push_back({std::move(*crl), one.thumbprint});
        }
    return {std::move(stored), now};
}

Observed<std::vector<monban::ScheduledTask>> PracticeServer::observeTasks(Time now)
{
    const auto tasks = m_backend->tasks();
    if (!tasks) return {tasks.error(), now};
    std::vector<monban::ScheduledTask> own;
    for (const ScheduledTask& task : *tasks)
        if (lowerAscii(task.name).starts_with(lowerAscii(std::string(kTaskFolder) + "\\"))) own.push_back(asWindowsKeeps(task));
    return {std::move(own), now};
}

Result<fs::path> PracticeServer::placeOf(const std::string& path)
{
    const auto configuration = m_backend->configuration();
    const auto sites = configuration ? sitesFromConfiguration(*configuration) : Result<std::vector<Site>>(configuration.error());
    const auto below = [&](const std::string& folder) {
        return !folder.empty() && path.size() > folder.size() + 1 && path[folder.size()] == '\\' &&
               equalsIgnoringCase(path.substr(0, folder.size()), folder);
    };
    if (sites)
        for (const Site& site : *sites)
            if (below(site.physicalPath) || std::ranges::any_of(site.folders, [&](const VirtualFolder& folder) { return below(folder.physicalPath); }))
                return m_backend->sitePath(path);
    return m_backend->hostPath(path);
}

Observed<std::optional<Bytes>> PracticeServer::fileAt(const std::string& path, Time now)
{
    const auto place = placeOf(path);
    if (!place) return {place.error(), now};
    auto content = readFile(*place, kLargestLookup);
    if (content) return {std::optional(std::move(*content)), now};
    if (content.error().code == ErrorCode::NotFound) return {std::optional<Bytes>(), now};
    return {content.error(), now};
}

void PracticeServer::observeServices(Facts& facts, const Result<Machine>& machine, Time now)
{
    const std::string name = "cryptsvc";
    if (!machine) {
        facts.services[name] = {machine.error(), now};
        return;
    }
    facts.services[name] = {!isStopped(*machine, *serviceNamed(name)), now};
    for (const Service& service : services()) {
        if (!dependsOn(service, name)) continue;
        facts.services[service.name] = {!isStopped(*machine, service), now};
        facts.dependents[name].push_back(service.name);
    }
}

Facts PracticeServer::observe(const Lookups& lookups)
{
    Facts facts;
    const auto held = m_backend->transaction();
    const auto machine = m_backend->machine();
    const Time now = machine ? machine->clock() : hostTime();
    // A folder that may only be read can be looked at all the same; only nobody is kept from writing meanwhile.
    if (!held && held.error().code != ErrorCode::Denied) {
        facts.machine = {held.error(), now};
        return facts;
    }
    if (!machine) {
        facts.machine = {machine.error(), now};
    } else {
        facts.machine = {MachineFacts{machine->name, machine->osName, machine->build, machine->iisInstalled, machine->iisVersion,
                                      machine->elevated, now, "C:\\Windows\\System32", true},
                         now};
    }
    const auto configuration = m_backend->configuration();
    if (configuration) facts.sites = {sitesFromConfiguration(*configuration, siteReader(*m_backend), siteLister(*m_backend)), now};
    else facts.sites = {configuration.error(), now};
    const auto redirection = m_backend->redirection();
    if (redirection) facts.sharedConfiguration = {sharedConfigurationFrom(*redirection), now};
    else if (redirection.error().code == ErrorCode::NotFound) facts.sharedConfiguration = {std::optional<std::string>(), now};
    else facts.sharedConfiguration = {redirection.error(), now};
    facts.records = {m_backend->records(), now};
    const auto names = m_backend->storeNames();
    if (names) facts.storeList = {true, now};
    else facts.storeList = {names.error(), now};
    if (names)
        for (const std::string& name : *names) facts.stores[name] = observeStore(name, now);
    if (machine) facts.schannel = {observeSchannel(*m_backend, *machine), now};
    else facts.schannel = {machine.error(), now};
    facts.crlCache = crlCache(now);
    facts.storedCrls = storedCrls(now);
    facts.tasks = observeTasks(now);
    facts.taskProgram = {std::string(kInstalledConsole), now};
    observeServices(facts, machine, now);
    for (const std::string& path : lookups.files) facts.files[path] = fileAt(path, now);
    for (const std::string& url : lookups.crlUrls) facts.distributionPoints.push_back({url, crlAt(url, now)});
    if (machine && !machine->faults.empty()) hide(facts, now);
    return facts;
}

Result<Output> PracticeServer::run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits)
{
    if (limits.stop.stop_requested()) return cancelled();
    const auto* command = std::get_if<Command>(&action);
    auto output = command ? runProgram(*command, limits) : runOwn(action, materials, limits);
    if (output && !output->text.empty() && sink) sink(output->text);
    return output;
}

Result<Output> PracticeServer::perform(const Action& action, const Materials& materials)
{
    return std::visit(
        [&](const auto& what) -> Result<Output> {
            using What = std::decay_t<decltype(what)>;
            if constexpr (std::is_same_v<What, Command>) return runProgram(what, {});
            else if constexpr (std::is_same_v<What, ImportPkcs12>) return perform(what, materials);
            else return perform(what);
        },
        action);
}

Result<Output> PracticeServer::perform(const ImportPkcs12& import, const Materials& materials)
{
    if (!materials.pkcs12 || !*materials.pkcs12 || (*materials.pkcs12)->sha256 != import.sha256)
        return Error{ErrorCode::Conflict, {tr("{0} is not the file that was planned with."), {import.file}}, "PKCS#12 differs from the plan"};
    const Pkcs12Material& material = **materials.pkcs12;
    const auto contents = openPkcs12(material.bytes, material.password);
    if (!contents) return contents.error();

    const auto held = m_backend->transaction();
    if (!held) return held.error();
    // Named after what it is for: when a run is cut off between key and certificate, importing again takes the same
    // container, and no forgotten private key stays behind.
    const std::string container = sha1Hex(viewOf(storeSpelling(import.store) + "/" + import.thumbprint));
    if (auto kept = m_backend->putKey(container, contents->keyPem); !kept) return kept.error();
    for (std::size_t i = 0; i < contents->certificates.size(); ++i) {
        const Certificate& certificate = contents->certificates[i];
        const bool own = certificate.thumbprintSha1 == import.thumbprint;
        if (!own && std::find(import.chain.begin(), import.chain.end(), certificate.thumbprintSha1) == import.chain.end()) continue;
        StoreEntry entry{certificate.der, certificate.thumbprintSha1, {}, KeyState::None, {}};
        if (own) {
            entry.friendlyName = import.friendlyName.empty() ? contents->friendlyNames[i] : import.friendlyName;
            entry.key = KeyState::NotExportable;
            entry.keyContainer = container;
        }
        if (auto put = m_backend->putCertificate(own ? import.store : "CA", entry); !put) {
            // Nothing of a failed import stays behind.
            (void)m_backend->removeKey(container);
            return put.error();
        }
    }
    return Output{};
}

/// Whether another certificate has the same key, so that it must not go with this one.
bool PracticeServer::isShared(const StoreEntry& entry)
{
    const auto names = m_backend->storeNames();
    if (!names) return true;
    for (const std::string& name : *names) {
        const auto entries = m_backend->store(name);
        if (entries && std::ranges::any_of(*entries, [&](const StoreEntry& other) { return other.keyContainer == entry.keyContainer; })) return true;
    }
    return false;
}

/// Only while it still is the request of that key: whatever else lies there by now is somebody's.
Result<Done> PracticeServer::removeRequestFile(const std::string& file, ByteView pending)
{
    const auto certificate = parseCertificate(pending);
    const auto place = placeOf(file);
    if (!place) return place.error();
    const auto bytes = readFile(*place, kLargestLookup);
    const auto request = bytes ? parseRequest(*bytes) : Result<Request>(Error{});
    if (!certificate || !request || certificate->publicKeyDer != request->publicKeyDer) return Done{};
    return removeFile(*place);
}

Result<Output> PracticeServer::perform(const RemoveImported& removal)
{
    const auto held = m_backend->transaction();
    if (!held) return held.error();
    const auto entries = m_backend->store(removal.store);
    if (!entries) return entries.error();
    for (const StoreEntry& entry : *entries) {
        if (entry.thumbprint != removal.thumbprint) continue;
        if (auto removed = m_backend->removeCertificate(removal.store, entry.thumbprint); !removed) return removed.error();
        if (!removal.requestFile.empty())
            if (auto withdrawn = removeRequestFile(removal.requestFile, entry.der); !withdrawn) return withdrawn.error();
        if (!entry.keyContainer.empty() && !isShared(entry))
            if (auto removed = m_backend->removeKey(entry.keyContainer); !removed && removed.error().code != ErrorCode::NotFound)
                return removed.error();
    }
    for (const std::string& thumbprint : removal.chain)
        if (auto removed = m_backend->removeCertificate("CA", thumbprint); !removed && removed.error().code != ErrorCode::NotFound)
            return removed.error();
    return Output{};
}

Result<Output> PracticeServer::perform(const WriteFile& file)
{
    const auto path = placeOf(file.path);
    if (!path) return path.error();
    auto done = file.content ? replaceFile(*path, *file.content) : removeFile(*path);
    if (!done) return done.error();
    return Output{};
}

Result<Output> PracticeServer::perform(const SetHttpRecord& set)
{
    const auto held = m_backend->transaction();
    if (!held) return held.error();
    auto records = m_backend->records();
    if (!records) return records.error();
    const auto isMeant = [&](const SslRecord& record) { return record.family == set.family && record.endpoint == set.endpoint; };
    const auto there = std::ranges::find_if(*records, isMeant);
    if (there == records->end() && set.record) records->push_back(*set.record);
    else if (set.record) *there = *set.record;
    else std::erase_if(*records, isMeant);
    if (auto written = m_backend->writeRecords(*records); !written) return written.error();
    return Output{};
}

Result<Output> PracticeServer::perform(const SetCertificateProperty& property)
{
    const auto held = m_backend->transaction();
    if (!held) return held.error();
    const auto entries = m_backend->store(property.store);
    if (!entries) return entries.error();
    for (StoreEntry entry : *entries) {
        if (entry.thumbprint != property.thumbprint) continue;
        entry.friendlyName = property.friendlyName;
        if (auto put = m_backend->putCertificate(property.store, entry); !put) return put.error();
    }
    return Output{};
}

Result<Output> PracticeServer::perform(const ReopenRequest& reopening)
{
    const auto held = m_backend->transaction();
    if (!held) return held.error();
    const auto entries = m_backend->store(reopening.store);
    if (!entries) return entries.error();
    for (const StoreEntry& entry : *entries) {
        if (entry.thumbprint != reopening.thumbprint) continue;
        const StoreEntry pending{reopening.pending, reopening.pendingThumbprint, entry.friendlyName, entry.key, entry.keyContainer};
        if (auto put = m_backend->putCertificate("REQUEST", pending); !put) return put.error();
        if (reopening.keepsCertificate) {
            const StoreEntry plain{entry.der, entry.thumbprint, {}, KeyState::None, {}};
            if (auto put = m_backend->putCertificate(reopening.store, plain); !put) return put.error();
        } else if (auto removed = m_backend->removeCertificate(reopening.store, entry.thumbprint); !removed) return removed.error();
    }
    for (const std::string& thumbprint : reopening.chain)
        if (auto removed = m_backend->removeCertificate("CA", thumbprint); !removed && removed.error().code != ErrorCode::NotFound)
            return removed.error();
    return Output{};
}

}  // namespace monban::practice
