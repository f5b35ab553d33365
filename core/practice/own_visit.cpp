// SPDX-License-Identifier: MIT
#include "core/practice/own_visit.h"

#include <future>
#include <optional>
#include <thread>

#include "core/base/utf8.h"
#include "core/observe/server.h"
#include "core/observe/server_index.h"
#include "core/practice/front.h"
#include "core/tls/http_address.h"

namespace monban::practice {
namespace {

/// The listener that stands for the record: of the same name, or of the same address and port.
std::optional<std::uint16_t> portFor(const Listening& listening, const SslRecord& record)
{
    const auto port = portOf(record.endpoint);
    const auto at = [&](const std::string& address) -> std::optional<std::uint16_t> {
        for (const auto& place : listening.https)
            if (equalsIgnoringCase(place.endpoint, address + ":" + std::to_string(port.value_or(0))))
                if (const auto url = parseSiteAddress(place.url)) return url->port;
        return std::nullopt;
    };
    const std::string address = addressOf(record.endpoint);
    if (const auto exact = at(address)) return exact;
    // A binding to every address is met by a name, and over IPv6, too.
    if (record.family == RecordFamily::HostNamePort || address == "[::]" || address == "0.0.0.0") {
        if (const auto everywhere = at("0.0.0.0")) return everywhere;
        return at("*");
    }
    return std::nullopt;
}

Result<HttpsAnswer> visitBy(const Listening& listening, const SslRecord& record, const std::string& name, const std::stop_token& stop)
{
    const auto port = portFor(listening, record);
    if (!port) return Error{ErrorCode::NotFound, {tr("No site has an https binding at {0}, so nobody can visit it."), {record.endpoint}}, "no listener"};
    HttpsVisit wanted;
    wanted.host = name.empty() ? "127.0.0.1" : name;
    wanted.port = static_cast<std::uint16_t>(portOf(record.endpoint).value_or(443));
    wanted.connectHost = "127.0.0.1";
    wanted.connectPort = *port;
    wanted.time = kVisitTime;
    wanted.stop = stop;
    return visit(wanted);
}

}  // namespace

Result<HttpsAnswer> visitOwn(const fs::path& folder, const SslRecord& record, const std::string& name, const std::stop_token& stop)
{
    if (const auto served = listeningNow(folder)) {
        auto answer = visitBy(*served, record, name, stop);
        if (answer || answer.error().code != ErrorCode::Io) return answer;  // else its process is gone, and the note stayed
    }
    std::promise<Listening> opened;
    Result<Done> ended = Done{};
    std::jthread front([&](const std::stop_token& stopped) {
        bool isOpen = false;
        ended = serve(folder, 0, [&](const Listening& listening) {
            isOpen = true;
            opened.set_value(listening);
        }, stopped);
        if (!isOpen) opened.set_value({});
    });
    const Listening listening = opened.get_future().get();
    auto answer = visitBy(listening, record, name, stop);
    front.request_stop();
    front.join();
    return ended ? answer : Result<HttpsAnswer>(ended.error());
}

}  // namespace monban::practice
