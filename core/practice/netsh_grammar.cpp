// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/practice/netsh.h"

namespace monban::practice::netsh {
namespace {

using namespace record_flags;
using namespace windows_build;

constexpr Parameter kParameters[] = {
    {"ipport", Kind::IpPort, 0, 0, "<IP Address:port>"},
    {"hostnameport", Kind::HostNamePort, 0, 0, "<name:port>"},
    {"ccs", Kind::Ccs, 0, 0, "<port>"},
    {"scopedccs", Kind::ScopedCcs, kServer2022, 0, "<name:port>"},
    {"certhash", Kind::Hash, 0, 0, "<string>"},
    {"appid", Kind::AppId, 0, 0, "<GUID>"},
    {"certstorename", Kind::Text, 0, 0, "<string>"},
    {"verifyclientcertrevocation", Kind::Switch, 0, 0, "enable|disable"},
    {"verifyrevocationwithcachedclientcertonly", Kind::Switch, 0, 0, "enable|disable"},
    {"usagecheck", Kind::Switch, 0, 0, "enable|disable"},
    {"revocationfreshnesstime", Kind::Number, 0, 0, "<u-int>"},
    {"urlretrievaltimeout", Kind::Number, 0, 0, "<u-int>"},
    {"sslctlidentifier", Kind::Text, 0, 0, "<string>"},
    {"sslctlstorename", Kind::Text, 0, 0, "<string>"},
    {"dsmapperusage", Kind::Switch, 0, kDsMapper, "enable|disable"},
    {"clientcertnegotiation", Kind::Switch, 0, kNegotiateClientCertificate, "enable|disable"},
    {"reject", Kind::Switch, kServer2016, kReject, "enable|disable"},
    {"disablehttp2", Kind::Switch, kServer2016, kDisableHttp2, "enable|disable"},
    {"disablequic", Kind::Switch, kServer2019, kDisableQuic, "enable|disable"},
    {"disablelegacytls", Kind::Switch, kServer2019, kDisableLegacyTls, "enable|disable"},
    {"disabletls12", Kind::Switch, kServer2019, kDisableTls12, "enable|disable"},
    {"disabletls13", Kind::Switch, kServer2019, kDisableTls13, "enable|disable"},
    {"disableocspstapling", Kind::Switch, kServer2019, kDisableOcspStapling, "enable|disable"},
    {"enabletokenbinding", Kind::Switch, kServer2022, kEnableTokenBinding, "enable|disable"},
    {"logextendedevents", Kind::Switch, kServer2022, kLogExtendedEvents, "enable|disable"},
    {"enablesessionticket", Kind::Switch, kServer2022, kEnableSessionTicket, "enable|disable"},
    {"disablesessionid", Kind::Switch, kServer2025, kDisableSessionId, "enable|disable"},
};

bool isSelector(Kind kind)
{
    return kind == Kind::IpPort || kind == Kind::HostNamePort || kind == Kind::Ccs || kind == Kind::ScopedCcs;
}

std::optional<std::string> port(const std::string& text)
{
    const auto number = text.size() <= 5 ? unsignedNumber(text) : std::nullopt;
    if (!number || *number < 1 || *number > 65535) return std::nullopt;
    return std::to_string(*number);
}

bool isIpv4(const std::string& text)
{
    int parts = 0;
    std::string rest = text;
    for (;;) {
        const auto dot = rest.find('.');
        const std::string part = rest.substr(0, dot);
        const auto number = part.size() <= 3 ? unsignedNumber(part) : std::nullopt;
        if (!number || *number > 255) return false;
        ++parts;
        if (dot == std::string::npos) return parts == 4;
        rest.erase(0, dot + 1);
    }
}

/// RFC 4291, section 2.2: eight groups, or fewer with one "::".
bool isIpv6(const std::string& text)
{
    if (text.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos) return false;
    const auto gap = text.find("::");
    if (gap != std::string::npos && text.find("::", gap + 1) != std::string::npos) return false;
    int groups = 0;
    std::size_t at = 0;
    while (at <= text.size()) {
        const auto colon = std::min(text.find(':', at), text.size());
        const std::string group = text.substr(at, colon - at);
        if (group.find('.') != std::string::npos) {
            if (colon != text.size() || !isIpv4(group)) return false;
            groups += 2;
        } else if (group.empty()) {
            // Only around the "::" may a group be missing.
            if (gap == std::string::npos || (at != gap && at != gap + 1 && at != gap + 2)) return false;
        } else if (group.size() > 4) {
            return false;
        } else {
            ++groups;
        }
        at = colon + 1;
    }
    return gap == std::string::npos ? groups == 8 : groups <= 7;
}

std::optional<std::string> addressAndPort(const std::string& value)
{
    const auto colon = value.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto number = port(value.substr(colon + 1));
    const std::string address = value.substr(0, colon);
    if (!number) return std::nullopt;
    if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
        if (!isIpv6(address.substr(1, address.size() - 2))) return std::nullopt;
        return lowerAscii(address) + ":" + *number;
    }
    return isIpv4(address) ? std::optional(address + ":" + *number) : std::nullopt;
}

std::optional<std::string> nameAndPort(const std::string& value)
{
    const auto colon = value.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    const std::string host = value.substr(0, colon);
    const auto number = port(value.substr(colon + 1));
    if (!number || host.find_first_of(" :/\\[]@?#\"'") != std::string::npos) return std::nullopt;
    return lowerAscii(host) + ":" + *number;
}

}  // namespace

std::vector<Parameter> parametersOf(int build)
{
    std::vector<Parameter> parameters;
    for (const Parameter& parameter : kParameters)
        if (build >= parameter.since) parameters.push_back(parameter);
    return parameters;
}

const Parameter* parameterNamed(const std::vector<Parameter>& parameters, const std::string& name)
{
    const Parameter* found = nullptr;
    const std::string wanted = lowerAscii(name);
    for (const Parameter& parameter : parameters) {
        if (wanted == parameter.name) return &parameter;
        // netsh takes any beginning of a name that fits one parameter only, as it does for its commands.
        if (!wanted.empty() && std::string_view(parameter.name).starts_with(wanted)) {
            if (found != nullptr) return nullptr;
            found = &parameter;
        }
    }
    return found;
}

const Given* find(const std::vector<Given>& given, const char* name)
{
    for (const Given& one : given)
        if (std::string_view(one.parameter->name) == name) return &one;
    return nullptr;
}

std::optional<std::vector<Given>> givenFrom(const std::vector<std::string>& arguments,
                                            const std::vector<Parameter>& parameters)
{
    std::vector<Given> given;
    // Values alone: address, hash, id and so on; of the selectors only the first has no name in the documented form.
    std::vector<const Parameter*> positions;
    for (const Parameter& parameter : parameters)
        if (parameter.kind == Kind::IpPort || !isSelector(parameter.kind)) positions.push_back(&parameter);
    std::size_t position = 0;
    for (const std::string& argument : arguments) {
        const std::string text = unquoted(argument);
        const auto equals = text.find('=');
        const Parameter* parameter = nullptr;
        if (equals != std::string::npos) {
            parameter = parameterNamed(parameters, trimmed(text.substr(0, equals)));
        } else {
            while (position < positions.size() && find(given, positions[position]->name) != nullptr) ++position;
            if (position < positions.size()) parameter = positions[position++];
        }
        if (parameter == nullptr || find(given, parameter->name) != nullptr) return std::nullopt;
        given.push_back({parameter, equals == std::string::npos ? text : text.substr(equals + 1)});
    }
    return given;
}

Selection selectionFrom(const std::vector<Given>& given)
{
    Selection selection;
    for (const Given& one : given) {
        if (!isSelector(one.parameter->kind)) continue;
        std::optional<std::string> endpoint;
        RecordFamily family = RecordFamily::Ccs;
        if (one.parameter->kind == Kind::IpPort) {
            family = RecordFamily::IpPort;
            endpoint = addressAndPort(one.value);
        } else if (one.parameter->kind == Kind::HostNamePort) {
            family = RecordFamily::HostNamePort;
            endpoint = nameAndPort(one.value);
        } else {
            endpoint = one.parameter->kind == Kind::Ccs ? port(one.value) : nameAndPort(one.value);
        }
        if (!endpoint || selection.selector) selection.malformed = true;
        else selection.selector = Selector{family, *endpoint};
    }
    return selection;
}

}  // namespace monban::practice::netsh
