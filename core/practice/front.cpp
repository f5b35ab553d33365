// SPDX-License-Identifier: MIT
#include "core/practice/front.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/base/utf8.h"
#include "core/practice/folder_backend.h"
#include "core/practice/reception.h"
#include "core/practice/visit.h"

namespace monban::practice {
namespace {

/// How soon a binding that comes or goes is noticed.
constexpr auto kLookAgain = std::chrono::milliseconds(500);

std::string addressOf(const Endpoint& endpoint, int port)
{
    return std::string(endpoint.tls ? "https" : "http") + "://127.0.0.1:" + std::to_string(port) + "/";
}

/// The listeners, one for each endpoint and one for the CA's files. Used by one thread at a time.
class Listeners {
public:
    Listeners(Network& network, Reception& reception, fs::path folder)
        : m_network(network), m_reception(reception), m_folder(std::move(folder)), m_log(logFolderOf(m_folder))
    {
    }

    /// port: of the first endpoint; 0: any.
    Result<Done> open(const std::vector<Endpoint>& endpoints, int port)
    {
        for (const Endpoint& endpoint : endpoints) {
            const auto taken = listen(endpoint, port);
            if (!taken) return taken.error();
            m_open.push_back({endpoint, *taken});
            port = 0;  // it named the first one only
        }
        const auto taken = accept(0, [folder = m_folder](Connection& connection) { serveCa(connection, folder); });
        if (!taken) return taken.error();
        m_caUrl = "http://127.0.0.1:" + std::to_string(*taken) + "/crl/";
        return Done{};
    }

    /// Opens and closes so that there is a listener for each of these. An endpoint that comes again gets the port it had,
    /// if that is still free. Whether anything changed.
    bool follow(const std::vector<Endpoint>& endpoints)
    {
        bool changed = false;
        std::vector<Open> open;
        for (const Open& one : m_open) {
            if (std::find(endpoints.begin(), endpoints.end(), one.endpoint) != endpoints.end()) {
                open.push_back(one);
                continue;
            }
            m_network.stopListening(one.port);
            m_before[keyOf(one.endpoint)] = one.port;
            changed = true;
        }
        m_open = std::move(open);
        for (const Endpoint& endpoint : endpoints) {
            if (isOpen(endpoint)) continue;
            const auto before = m_before.find(keyOf(endpoint));
            auto taken = listen(endpoint, before == m_before.end() ? 0 : before->second);
            if (!taken && before != m_before.end()) taken = listen(endpoint, 0);
            if (!taken) continue;  // the system is out of ports or descriptors: another time
            m_open.push_back({endpoint, *taken});
            changed = true;
        }
        return changed;
    }

    Listening listening() const
    {
        Listening listening;
        for (const Open& one : m_open)
            (one.endpoint.tls ? listening.https : listening.http).push_back({addressOf(one.endpoint, one.port), one.endpoint.text()});
        listening.caUrl = m_caUrl;
        return listening;
    }

private:
    struct Open {
        Endpoint endpoint;
        int port = 0;
    };

    static std::string keyOf(const Endpoint& endpoint) { return (endpoint.tls ? "https " : "http ") + endpoint.text(); }
    bool isOpen(const Endpoint& endpoint) const
    {
        return std::any_of(m_open.begin(), m_open.end(), [&](const Open& one) { return one.endpoint == endpoint; });
    }
    Result<int> listen(const Endpoint& endpoint, int port)
    {
        return accept(port, [this, endpoint](Connection& connection) { serveSite(connection, m_folder, endpoint, m_log); });
    }
    Result<int> accept(int port, Handler handler)
    {
        return m_network.listen(port, [this, handler = std::move(handler)](std::shared_ptr<Connection> connection) {
            m_reception.admit(std::move(connection), handler);
        });
    }

    Network& m_network;
    Reception& m_reception;
    const fs::path m_folder;
    AccessLog m_log;
    std::vector<Open> m_open;
    std::map<std::string, int> m_before;  ///< ports of endpoints that are gone
    std::string m_caUrl;
};

/// Looks at the configuration and the records now and then while the reception works.
void watch(Backend& backend, Listeners& listeners, const std::function<void(const Listening&)>& changed, std::stop_token stop)
{
    std::mutex mutex;
    std::condition_variable_any waiting;
    std::unique_lock guard(mutex);
    while (!waiting.wait_for(guard, stop, kLookAgain, [&] { return stop.stop_requested(); })) {
        const auto snapshot = readSnapshot(backend);
        // What cannot be read says nothing, and a stopped service is answered by a reset: its bindings are still there.
        if (!snapshot || snapshot->sitesProblem || !snapshot->running) continue;
        if (listeners.follow(endpointsOf(*snapshot))) changed(listeners.listening());
    }
}

}  // namespace

std::optional<std::string> placeOf(const Listening& listening, const std::string& host, int port)
{
    const std::string wanted = ":" + std::to_string(port);
    const Listening::Place* found = nullptr;
    for (const auto& place : listening.https) {
        if (!place.endpoint.ends_with(wanted)) continue;
        if (!found || equalsIgnoringCase(place.endpoint, host + wanted)) found = &place;
    }
    if (!found) return std::nullopt;
    return found->url.substr(8, found->url.size() - 9);  // of "https://127.0.0.1:40123/"
}

fs::path logFolderOf(const fs::path& folder) { return folder / "logs"; }

std::optional<Listening> listeningNow(const fs::path& folder)
{
    const auto note = readFile(folder / kListeningFile);
    if (!note) return std::nullopt;
    const auto json = nlohmann::json::parse(note->begin(), note->end(), nullptr, false);
    if (!json.is_object() || !json.contains("https") || !json["https"].is_array()) return std::nullopt;
    Listening listening;
    for (const auto& place : json["https"])
        if (place.is_object() && place.contains("url") && place["url"].is_string() && place.contains("endpoint") && place["endpoint"].is_string())
            listening.https.push_back({place["url"], place["endpoint"]});
    return listening;
}

std::string listeningText(const Listening& listening)
{
    const auto places = [](const std::vector<Listening::Place>& list) {
        nlohmann::json array = nlohmann::json::array();
        for (const auto& place : list) array.push_back({{"url", place.url}, {"endpoint", place.endpoint}});
        return array;
    };
    const nlohmann::json object = {{"https", places(listening.https)}, {"http", places(listening.http)}, {"ca", {{"url", listening.caUrl}}}};
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<Done> serve(const fs::path& folder, int port, const std::function<void(const Listening&)>& ready,
                   std::stop_token stop, const std::function<void(const Listening&)>& changed)
{
    if (port < 0 || port > 65535)
        return Error{ErrorCode::InvalidInput,
                     {tr("{0} is not a port. Name a number from 1 to 65535, or leave it out and any free port is taken."),
                      {std::to_string(port)}},
                     "not a port"};
    const auto backend = openFolder(folder);
    if (!backend) return backend.error();
    const auto snapshot = readSnapshot(**backend);
    if (!snapshot) return snapshot.error();
    if (snapshot->sitesProblem) return *snapshot->sitesProblem;
    Reception reception;
    const auto network = makeNetwork();  // after the reception, which its thread calls
    Listeners listeners(*network, reception, folder);
    if (const auto opened = listeners.open(endpointsOf(*snapshot), port); !opened) {
        network->stopListening();
        reception.close();  // its connections must go before the network does
        return opened.error();
    }
    const fs::path note = folder / kListeningFile;
    const auto tell = [&](const Listening& listening, const std::function<void(const Listening&)>& listener) {
        // Only a help for whoever came later: a folder that may not be written is served all the same.
        (void)replaceFile(note, listeningText(listening));
        if (listener) listener(listening);
    };
    tell(listeners.listening(), ready);
    {
        std::jthread watcher([&](std::stop_token ended) {
            watch(**backend, listeners, [&](const Listening& listening) { tell(listening, changed); }, ended);
        });
        reception.run(stop);
    }
    network->stopListening();
    (void)removeFile(note);
    return Done{};
}

}  // namespace monban::practice
