// SPDX-License-Identifier: MIT
#include "core/practice/range.h"

#include <boost/filesystem.hpp>
#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/practice/clock_text.h"
#include "core/practice/folder_backend.h"
#include "core/practice/scenario.h"
#include "core/practice/starting_configuration.h"

namespace monban::practice {
namespace {

struct Release {
    int build;
    const char* name;
};
constexpr Release kReleases[] = {
    {windows_build::kServer2016, "Windows Server 2016"},
    {windows_build::kServer2019, "Windows Server 2019"},
    {windows_build::kServer2022, "Windows Server 2022"},
    {windows_build::kServer2025, "Windows Server 2025"},
};

Result<std::string> osNameOf(int build)
{
    for (const auto& release : kReleases)
        if (release.build == build) return std::string(release.name);
    return Error{ErrorCode::InvalidInput,
                 {tr("There is no practice server with Windows build {0}. Choose Windows Server 2016, 2019, 2022 or 2025."),
                  {std::to_string(build)}},
                 "unknown build"};
}

Result<Done> requireEmpty(const fs::path& folder)
{
    boost::system::error_code problem;
    const auto status = fs::status(folder, problem);
    if (status.type() == fs::file_not_found) return Done{};
    const bool empty = status.type() == fs::directory_file && fs::is_empty(folder, problem);
    if (problem)
        return Error{ErrorCode::Denied,
                     {tr("The folder {0} cannot be looked into, so no practice server can be made there. Choose another "
                         "folder."),
                      {utf8(folder)}},
                     problem.message()};
    if (empty) return Done{};
    return Error{ErrorCode::Conflict,
                 {tr("{0} exists and is not an empty folder. So that nothing is lost, a practice server is only made in a "
                     "new or empty folder: name another one, or delete this one first."),
                  {utf8(folder)}},
                 "folder not empty"};
}

std::string answers()
{
    // Files only, so that plan and apply work without a network.
    const nlohmann::ordered_json answers = {
        {"certificate", {{"source", "pkcs12"}, {"file", "ca/server.p12"}}},
        {"root", {{"file", "ca/ia1.der"}}},
        {"bind", {{"site", "Default Web Site"}}},
        {"verify", {{"client_certificate", "ca/client.p12"}}},
    };
    return answers.dump(2) + "\n";
}

bool isSecret(const std::string& file)
{
    return file.ends_with(".p12") || file.ends_with(".key") || file == "password.txt";
}

Result<Done> writeCa(const fs::path& folder, StartingMaterial& material, Time now)
{
    if (auto made = makeFolders(folder); !made) return made;
    for (const auto& [name, content] : material.files) {
        const auto readers = isSecret(name) ? Readers::OwnerOnly : Readers::Everybody;
        if (auto done = replaceFile(folder / name, content, readers); !done) return done;
    }
    auto key = material.caKey.use([&](std::string_view pem) {
        return replaceFile(folder / "ia1.key", viewOf(pem), Readers::OwnerOnly);
    });
    if (!key) return key;
    return material.ca.publish(now);
}

/// What reg.exe and the product look up on any Windows Server with IIS.
Result<Done> writeRegistry(Backend& backend, const Machine& machine)
{
    const std::string windows = R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion)";
    const std::string iis = R"(HKLM\SOFTWARE\Microsoft\InetStp)";
    const std::string build = std::to_string(machine.build);
    const struct {
        std::string key;
        const char* name;
        RegistryValue value;
    } values[] = {
        {windows, "ProductName", {"REG_SZ", machine.osName + " Standard"}},
        {windows, "CurrentBuild", {"REG_SZ", build}},
        {windows, "CurrentBuildNumber", {"REG_SZ", build}},
        {windows, "CurrentMajorVersionNumber", {"REG_DWORD", "10"}},
        {windows, "CurrentMinorVersionNumber", {"REG_DWORD", "0"}},
        {iis, "MajorVersion", {"REG_DWORD", "10"}},
        {iis, "MinorVersion", {"REG_DWORD", "0"}},
        {kSchannelKey, "EventLogging", {"REG_DWORD", "1"}},
    };
    for (const auto& [key, name, value] : values)
        if (auto done = backend.setRegistryValue(key, name, value); !done) return done;
    return Done{};
}

Result<std::map<std::string, RegistryValue>> valuesOf(Backend& backend, const char* key)
{
    auto values = backend.registryKey(key);
    if (!values && values.error().code == ErrorCode::NotFound) return std::map<std::string, RegistryValue>{};
    return values;
}

/// Schannel and http.sys look at their values when they start, and not again.
Result<Done> takeEffect(Backend& backend, Machine& machine)
{
    auto schannel = valuesOf(backend, kSchannelKey);
    if (!schannel) return schannel.error();
    auto http = valuesOf(backend, kHttpParametersKey);
    if (!http) return http.error();
    machine.schannelAtBoot = std::move(*schannel);
    machine.httpAtBoot = std::move(*http);
    return Done{};
}

Machine machineFor(const NewServer& wanted, const std::string& osName, Time now)
{
    Machine machine;
    machine.name = "IISDEMO";
    machine.osName = osName;
    machine.build = wanted.build;
    machine.bootTime = now - std::chrono::hours(1);
    return machine;
}

Result<Done> writeState(Backend& backend, Machine machine)
{
    if (auto done = backend.writeConfiguration(kStartingConfiguration); !done) return done;
    if (auto done = backend.writeRecords({}); !done) return done;
    if (auto done = writeRegistry(backend, machine); !done) return done;
    if (auto done = takeEffect(backend, machine); !done) return done;
    return backend.writeMachine(machine);
}

Result<Done> fillFolder(const NewServer& wanted, const Scenario& scenario, const std::string& osName)
{
    const Time now = hostTime();
    const fs::path ca = wanted.folder / "ca";
    auto material = makeStartingMaterial(ca, wanted.seed ? *wanted.seed : randomSeed(), now);
    if (!material) return material.error();
    const Machine machine = machineFor(wanted, osName, now);
    auto backend = makeFolder(wanted.folder, machine);
    if (!backend) return backend.error();
    for (const char* store : {"MY", "ROOT", "CA"})
        if (auto done = makeFolders(wanted.folder / "stores" / store); !done) return done;
    if (auto done = writeState(**backend, machine); !done) return done;
    for (const auto& root : material->trustedRoots)
        if (auto done = (*backend)->putCertificate("ROOT", {root, sha1Of(root), "", KeyState::None, ""}); !done)
            return done;
    if (auto done = writeCa(ca, *material, now); !done) return done;
    if (auto done = replaceFile(wanted.folder / "answers.json", answers()); !done) return done;
    ScenarioServer server{**backend, *material, wanted.folder, now};
    return scenario.prepare(server);
}

/// A half-made server must not be mistaken for one; the folder was empty when we began.
void clear(const fs::path& folder)
{
    boost::system::error_code ignored;
    for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored))
        fs::remove_all(entry->path(), ignored);
}

/// Reads the machine, changes it and writes it back, while nobody else writes.
template <class Change>
Result<Done> changeMachine(const fs::path& folder, Change&& change)
{
    auto backend = openFolder(folder);
    if (!backend) return backend.error();
    const auto transaction = (*backend)->transaction();
    if (!transaction) return transaction.error();
    auto machine = (*backend)->machine();
    if (!machine) return machine.error();
    if (auto done = change(**backend, *machine); !done) return done;
    return (*backend)->writeMachine(*machine);
}

}  // namespace

Result<Done> create(const NewServer& server)
{
    const auto scenario = scenarioNamed(server.scenario);
    if (!scenario) return scenario.error();
    const auto osName = osNameOf(server.build);
    if (!osName) return osName.error();
    if (auto empty = requireEmpty(server.folder); !empty) return empty;
    if (auto made = makeFolders(server.folder); !made) return made;
    auto filled = fillFolder(server, *scenario, *osName);
    if (!filled) clear(server.folder);
    return filled;
}

Result<Done> setClock(const fs::path& folder, const std::string& time)
{
    return changeMachine(folder, [&](Backend&, Machine& machine) -> Result<Done> {
        const auto wanted = clockFrom(time, machine.clock());
        if (!wanted)
            return Error{ErrorCode::InvalidInput,
                         {tr("{0} is not a time. Write it as 2027-01-31T00:00:00Z, or as a step from the practice server's "
                             "present time: +30d, -2h, +90m or +10s."),
                          {time}},
                         "not a time"};
        machine.clockOffsetSeconds = (*wanted - hostTime()).count();
        return Done{};
    });
}

Result<Done> restart(const fs::path& folder)
{
    return changeMachine(folder, [](Backend& backend, Machine& machine) -> Result<Done> {
        if (auto done = takeEffect(backend, machine); !done) return done;
        machine.bootTime = machine.clock();
        machine.stoppedServices = Machine().stoppedServices;  // one does not start by itself
        return Done{};
    });
}

}  // namespace monban::practice
