// SPDX-License-Identifier: MIT
#include "core/observe/server.h"

#include "core/observe/server_index.h"

namespace monban {
namespace {

/// Where somebody on the server itself reaches an endpoint: a wildcard by the loopback address of its kind.
std::string loopbackFor(const SslRecord& record)
{
    const std::string address = addressOf(record.endpoint);
    if (record.family != RecordFamily::IpPort || address == "0.0.0.0") return "127.0.0.1";
    if (!address.starts_with('[')) return address;
    return address == "[::]" ? "::1" : address.substr(1, address.size() - 2);
}

}  // namespace

Result<Bytes> Server::fetch(const std::string& url, HttpLimits limits) { return httpGet(url, limits); }

Result<HttpsAnswer> Server::visit(const SslRecord& record, const std::string& name, const std::stop_token& stop)
{
    const auto port = portOf(record.endpoint);
    if (!port) return Error{ErrorCode::NotFound, {tr("{0} has no port, so nobody can visit it."), {record.endpoint}}, "no port"};
    HttpsVisit wanted;
    wanted.connectHost = loopbackFor(record);
    wanted.connectPort = wanted.port = static_cast<std::uint16_t>(*port);
    wanted.host = name.empty() ? wanted.connectHost : name;
    wanted.time = kVisitTime;
    wanted.stop = stop;
    return monban::visit(wanted);
}

Result<std::optional<std::string>> Server::keepConfiguration(const std::string&) { return std::optional<std::string>(); }

}  // namespace monban
