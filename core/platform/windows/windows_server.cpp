// SPDX-License-Identifier: MIT
#include "core/platform/windows/windows_server.h"

#include "core/base/file.h"
#include "core/observe/application_host.h"
#include "core/observe/schannel.h"
#include "core/platform/this_server.h"
#include "core/platform/windows/crl_cache.h"
#include "core/platform/windows/data_folder.h"
#include "core/platform/windows/installed_program.h"
#include "core/platform/windows/machine.h"
#include "core/platform/windows/machine_proxy.h"
#include "core/platform/windows/process.h"
#include "core/platform/windows/scheduled_tasks.h"
#include "core/platform/windows/services.h"
#include "core/platform/windows/site_files.h"
#include "core/platform/windows/system_folder.h"
#include "core/tls/http_address.h"
#include "core/tls/http_get.h"

namespace monban::windows {
namespace {

constexpr std::chrono::seconds kListsCountFor{60};

/// The value where the call gave one, else its reason, at that time.
template <class T>
Observed<T> seen(Result<T> result, Time now)
{
    return Observed<T>(std::move(result), now);
}

Observed<std::optional<Bytes>> fileAt(const std::string& path, Time now)
{
    auto content = readFile(pathFromUtf8(path), kLargestLookup);
    if (content) return {std::optional(std::move(*content)), now};
    if (content.error().code == ErrorCode::NotFound) return {std::optional<Bytes>(), now};
    return {content.error(), now};
}

}  // namespace

WindowsServer::WindowsServer() : m_configuration(systemFolder() / L"inetsrv" / L"config") {}

Facts WindowsServer::observe(const Lookups& lookups)
{
    Facts facts;
    const Time now = hostTime();
    facts.machine = seen(observeMachine(m_registry), now);
    observeConfiguration(facts, now);
    facts.records = seen(records(), now);
    observeStores(facts, now);
    facts.schannel = seen(schannel(), now);
    facts.crlCache = seen(observeCrlCache(m_registry), now);
    facts.storedCrls = seen(m_stores.revocationLists(), now);
    facts.tasks = seen(scheduledTasks(m_registry), now);
    facts.taskProgram = seen(installedConsole(), now);
    observeServices(facts, now);
    for (const std::string& path : lookups.files) facts.files[path] = fileAt(path, now);
    for (const std::string& url : lookups.crlUrls) facts.distributionPoints.push_back({url, crlAt(url, now)});
    return facts;
}

void WindowsServer::observeConfiguration(Facts& facts, Time now)
{
    const auto file = readText(m_configuration / L"applicationHost.config");
    const bool isWithoutIis = facts.machine && !facts.machine->iisInstalled;
    if (file) facts.sites = seen(sitesFromConfiguration(*file, readSiteFile, siteFolders), now);
    else if (isWithoutIis && file.error().code == ErrorCode::NotFound) facts.sites = {std::vector<Site>(), now};
    else facts.sites = {file.error(), now};
    const auto redirection = readText(m_configuration / L"redirection.config");
    if (redirection) facts.sharedConfiguration = seen(sharedConfigurationFrom(*redirection), now);
    else if (redirection.error().code == ErrorCode::NotFound) facts.sharedConfiguration = {std::optional<std::string>(), now};
    else facts.sharedConfiguration = {redirection.error(), now};
}

void WindowsServer::observeStores(Facts& facts, Time now)
{
    const auto names = m_stores.names();
    if (!names) {
        facts.storeList = {names.error(), now};
        return;
    }
    facts.storeList = {true, now};
    for (const std::string& name : *names) facts.stores[name] = seen(m_stores.read(name), now);
}

void WindowsServer::observeServices(Facts& facts, Time now)
{
    const std::string name = "cryptsvc";
    facts.services[name] = seen(serviceRuns(name), now);
    const auto dependents = dependentsOf(name);
    if (!dependents) {
        // Who does not know what would stop with it must not stop it.
        if (dependents.error().code != ErrorCode::NotFound) facts.services[name] = {dependents.error(), now};
        return;
    }
    for (const Dependent& one : *dependents) {
        const std::string service = lowerAscii(one.name);
        facts.services[service] = {one.runs, now};
        facts.dependents[name].push_back(service);
    }
}

Result<std::vector<SslRecord>> WindowsServer::records()
{
    if (!m_records) {
        auto opened = HttpRecords::open();
        if (!opened) return opened.error();
        m_records = std::move(*opened);
    }
    return m_records->all();
}

Result<SchannelFacts> WindowsServer::schannel()
{
    auto facts = schannelFrom(m_registry);
    // Which value of the key it was, Windows does not keep: any later change may be one that waits for a restart.
    if (const auto written = m_registry.lastWritten(kSchannelKey); facts && written) facts->restartPending = *written > bootTime();
    return facts;
}

Observed<Crl> WindowsServer::crlAt(const std::string& url, Time now)
{
    const auto known = m_fetched.find(url);
    const auto moment = std::chrono::steady_clock::now();
    if (known != m_fetched.end() && moment - known->second.at < kListsCountFor) return known->second.crl;
    const auto bytes = fetch(url, limitsForList({}));
    const Observed<Crl> crl = bytes ? seen(parseCrl(*bytes), now) : Observed<Crl>(bytes.error(), now);
    m_fetched.insert_or_assign(url, Fetched{crl, std::chrono::steady_clock::now()});
    return crl;
}

Result<Bytes> WindowsServer::fetch(const std::string& url, HttpLimits limits)
{
    const auto address = parseHttpAddress(url);
    if (const auto proxy = machineProxy(); proxy && address) {
        limits.proxyFor = [proxy = *proxy](const std::string& host) { return monban::proxyFor(proxy, host).value_or(""); };
        limits.proxy = limits.proxyFor(address->host);
    }
    return httpGet(url, limits);
}

Result<Output> WindowsServer::run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits)
{
    if (limits.stop.stop_requested()) return cancelled();
    if (const auto* command = std::get_if<Command>(&action)) return runProcess(*command, sink, limits);
    if (auto done = perform(action, materials); !done) return done.error();
    return Output{};
}

Result<Done> WindowsServer::perform(const Action& action, const Materials& materials)
{
    if (const auto* import = std::get_if<ImportPkcs12>(&action)) {
        if (!materials.pkcs12 || !*materials.pkcs12 || (*materials.pkcs12)->sha256 != import->sha256)
            return Error{ErrorCode::Conflict, {tr("{0} is not the file that was planned with."), {import->file}}, "PKCS#12 differs from the plan"};
        return m_stores.importPkcs12(*import, **materials.pkcs12);
    }
    if (const auto* removal = std::get_if<RemoveImported>(&action)) return m_stores.remove(*removal);
    if (const auto* property = std::get_if<SetCertificateProperty>(&action)) return m_stores.setProperty(*property);
    if (const auto* reopening = std::get_if<ReopenRequest>(&action)) return m_stores.reopen(*reopening);
    if (const auto* set = std::get_if<SetHttpRecord>(&action)) return setRecord(*set);
    const WriteFile& file = std::get<WriteFile>(action);
    const fs::path path = pathFromUtf8(file.path);
    return file.content ? replaceFile(path, *file.content) : removeFile(path);
}

Result<Done> WindowsServer::setRecord(const SetHttpRecord& set)
{
    if (const auto read = records(); !read) return read.error();  // opens http.sys's own interface
    return set.record ? m_records->put(*set.record) : m_records->remove(set.family, set.endpoint);
}

fs::path WindowsServer::journalFolder() const { return dataFolder() / L"journal"; }

Result<Done> WindowsServer::guardJournal(JournalUse use) const { return guardFolder(dataFolder(), use == JournalUse::Write); }

Result<std::optional<std::string>> WindowsServer::keepConfiguration(const std::string& run)
{
    std::string time = rfc3339(hostTime());
    std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
    const std::string name = "Monban-" + run + "-" + time;
    const fs::path appcmd = systemFolder() / L"inetsrv" / L"appcmd.exe";
    const auto failed = [](const std::string& why, const std::string& detail) {
        return Error{ErrorCode::Io, {tr("IIS's configuration could not be backed up (appcmd add backup), so nothing was changed here: {0}"), {why}}, detail};
    };
    const auto output = runProcess({utf8(appcmd), {"add", "backup", name}}, {}, {});
    if (!output) return failed(output.error().detail, output.error().detail);
    const fs::path copy = systemFolder() / L"inetsrv" / L"backup" / pathFromUtf8(name) / L"applicationHost.config";
    if (const auto kept = readFile(copy); !kept) return failed("appcmd: " + std::to_string(output->exitCode) + ", " + utf8(copy), kept.error().detail);
    return std::optional(name);
}

}  // namespace monban::windows

namespace monban::platform {

Result<std::unique_ptr<Server>> thisServer()
{
    windows::Registry registry;
    const auto machine = windows::observeMachine(registry);
    if (!machine) return machine.error();
    if (machine->build < windows_build::kServer2016)
        return Error{ErrorCode::Unsupported,
                     {tr("Monban needs Windows Server 2016 or Windows 10 (build {0}) or later; this is build {1}."),
                      {std::to_string(windows_build::kServer2016), std::to_string(machine->build)}},
                     "Windows too old"};
    return std::unique_ptr<Server>(std::make_unique<windows::WindowsServer>());
}

void flushSiteLogs(const std::stop_token& stop)
{
    const Command flush{utf8(windows::systemFolder() / L"netsh.exe"), {"http", "flush", "logbuffer"}};
    (void)windows::runProcess(flush, {}, {std::chrono::seconds(10), stop});
}

}  // namespace monban::platform
