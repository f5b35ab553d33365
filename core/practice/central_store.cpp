// SPDX-License-Identifier: MIT
#include "core/practice/central_store.h"

#include "core/base/file.h"

namespace monban::practice {
namespace {

constexpr std::uint64_t kLargestFile = 1024 * 1024;

Error refused(ErrorCode code, const char* detail) { return {code, {tr("The handshake was refused."), {}}, detail}; }

/// Of a value that is absent or of another type: empty.
Result<std::string> setting(Backend& backend, const char* name, std::string_view type)
{
    const auto value = backend.registryValue(kCentralStoreKey, name);
    if (!value) return value.error();
    return *value && equalsIgnoringCase((*value)->type, type) ? (*value)->data : std::string();
}

/// `\\NAME\SHARE\rest` of this machine as a path of its drive; any other network path is left as it is.
std::string localPath(const Machine& machine, const std::string& location)
{
    if (!location.starts_with("\\\\")) return location;
    const auto end = location.find('\\', 2);
    const std::string host = location.substr(2, end == std::string::npos ? end : end - 2);
    const bool own = equalsIgnoringCase(host, machine.name) || equalsIgnoringCase(host, "localhost") || host == "127.0.0.1";
    return own && end != std::string::npos ? "C:\\shares" + location.substr(end) : location;
}

bool isHostName(const std::string& host)
{
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    return !host.empty() && host.front() != '.' && host.find_first_not_of(kLetters) == std::string::npos;
}

/// The file of the name itself comes before that of its wildcard.
std::vector<std::string> fileNamesFor(const std::string& host)
{
    std::vector<std::string> names{host + ".pfx"};
    if (const auto dot = host.find('.'); dot != std::string::npos) names.push_back("_" + host.substr(dot) + ".pfx");
    return names;
}

}  // namespace

Result<Pkcs12Contents> centralCertificate(Backend& backend, const Machine& machine, const std::string& host)
{
    const std::string name = lowerAscii(host);
    if (!isHostName(name)) return refused(ErrorCode::NotFound, "no host name to look for");
    const auto enabled = setting(backend, "Enabled", "REG_DWORD");
    if (!enabled) return enabled.error();
    const auto location = setting(backend, "CertStoreLocation", "REG_SZ");
    if (!location) return location.error();
    if (enabled->empty() || *enabled == "0" || location->empty())
        return refused(ErrorCode::NotFound, "the central certificate store is off");
    auto password = setting(backend, "PrivateKeyPassword", "REG_SZ");
    if (!password) return password.error();
    const Secret secret(std::move(*password));
    for (const std::string& file : fileNamesFor(name)) {
        const auto place = backend.sitePath(localPath(machine, *location) + "\\" + file);
        if (!place) return place.error();
        const auto bytes = readFile(*place, kLargestFile);
        if (!bytes && bytes.error().code == ErrorCode::NotFound) continue;
        if (!bytes) return bytes.error();
        auto contents = openPkcs12(*bytes, secret);
        if (contents && contents->encryption.needsModernWindows && machine.build < windows_build::kServer2019)
            return refused(ErrorCode::Unsupported, "Server 2016 cannot open this PKCS#12 file");
        return contents;
    }
    return refused(ErrorCode::NotFound, "the central certificate store has no file for that name");
}

}  // namespace monban::practice
