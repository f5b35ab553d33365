// SPDX-License-Identifier: MIT
#include "core/practice/front.h"

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/practice/folder_backend.h"
#include "core/practice/visit.h"

namespace monban::practice {
namespace {

using Clock = std::chrono::steady_clock;
using Handler = std::function<void(Connection&)>;

constexpr std::size_t kConnectionsAtOnce = 64;
constexpr std::size_t kLongestQueue = 1024;
// Who waits longer than this gives way when others queue: a client that only holds its connection open must not keep
// out those that ask for something.
constexpr auto kFairShare = std::chrono::seconds(5);

/// A thread for each connection, a limited number at once; the rest queue.
class Reception {
public:
    void admit(std::shared_ptr<Connection> connection, Handler handler)
    {
        {
            const std::lock_guard guard(m_mutex);
            if (m_closed || m_queue.size() >= kLongestQueue) return connection->reset();
            m_queue.push_back({std::move(connection), std::move(handler)});
        }
        m_changed.notify_one();
    }

    /// Starts, joins and evicts until asked to stop; then ends every connection.
    void run(std::stop_token stop)
    {
        std::unique_lock guard(m_mutex);
        while (!stop.stop_requested()) {
            joinEnded();
            while (!m_queue.empty() && m_active.size() < kConnectionsAtOnce) start();
            if (!m_queue.empty()) evictOldest();
            // No stop_callback: the request may come out of a signal handler, where nothing may be notified.
            m_changed.wait_for(guard, std::chrono::milliseconds(100));
        }
        turnAway();
        for (auto& active : m_active) active.connection->interrupt();
        guard.unlock();
        for (auto& active : m_active) active.thread.join();
        m_active.clear();
    }

    /// Nobody is admitted any more, and who waits is sent away.
    void close()
    {
        const std::lock_guard guard(m_mutex);
        turnAway();
    }

private:
    struct Waiting {
        std::shared_ptr<Connection> connection;
        Handler handler;
    };
    struct Active {
        std::shared_ptr<Connection> connection;
        Clock::time_point since;
        bool evicted = false;
        bool ended = false;
        std::thread thread;
    };

    void turnAway()
    {
        m_closed = true;
        for (auto& waiting : m_queue) waiting.connection->reset();
        m_queue.clear();
    }

    void start()
    {
        auto& active = m_active.emplace_back();
        active.connection = m_queue.front().connection;
        active.since = Clock::now();
        try {
            active.thread = std::thread([this, &active, handler = std::move(m_queue.front().handler)] {
                receive(active, handler);
            });
        } catch (const std::system_error&) {  // the system has no thread left: this client's loss only
            active.connection->reset();
            m_active.pop_back();
        }
        m_queue.pop_front();
    }

    void receive(Active& active, const Handler& handler)
    {
        try {
            handler(*active.connection);
        } catch (const std::exception&) {  // out of memory, likewise
            active.connection->reset();
        }
        {
            const std::lock_guard guard(m_mutex);
            active.ended = true;
        }
        m_changed.notify_one();
    }

    void joinEnded()
    {
        for (auto active = m_active.begin(); active != m_active.end();) {
            if (!active->ended) {
                ++active;
                continue;
            }
            active->thread.join();
            active = m_active.erase(active);
        }
    }

    void evictOldest()
    {
        for (auto& active : m_active) {  // in the order they began
            if (active.evicted || Clock::now() - active.since < kFairShare) continue;
            active.evicted = true;
            active.connection->interrupt();
            return;
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Waiting> m_queue;
    std::list<Active> m_active;
    bool m_closed = false;
};

std::string addressOf(const Endpoint& endpoint, int port)
{
    return std::string(endpoint.tls ? "https" : "http") + "://127.0.0.1:" + std::to_string(port) + "/";
}

/// Opens a listener for each endpoint, and one for the CA's files.
Result<Listening> listenAll(Network& network, Reception& reception, const fs::path& folder,
                            const std::vector<Endpoint>& endpoints, int port, AccessLog& log)
{
    Listening listening;
    for (const auto& endpoint : endpoints) {
        const Handler handler = [folder, endpoint, &log](Connection& connection) {
            serveSite(connection, folder, endpoint, log);
        };
        const auto taken = network.listen(port, [&reception, handler](std::shared_ptr<Connection> connection) {
            reception.admit(std::move(connection), handler);
        });
        if (!taken) return taken.error();
        (endpoint.tls ? listening.https : listening.http).push_back({addressOf(endpoint, *taken), endpoint.text()});
        port = 0;  // it named the first one only
    }
    const Handler handler = [folder](Connection& connection) { serveCa(connection, folder); };
    const auto taken = network.listen(0, [&reception, handler](std::shared_ptr<Connection> connection) {
        reception.admit(std::move(connection), handler);
    });
    if (!taken) return taken.error();
    listening.caUrl = "http://127.0.0.1:" + std::to_string(*taken) + "/crl/";
    return listening;
}

}  // namespace

Result<Done> serve(const fs::path& folder, int port, const std::function<void(const Listening&)>& ready,
                   std::stop_token stop)
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
    AccessLog log(folder / "logs");
    Reception reception;
    const auto network = makeNetwork();  // after the reception, which its thread calls
    const auto listening = listenAll(*network, reception, folder, endpointsOf(*snapshot), port, log);
    if (!listening) {
        network->stopListening();
        reception.close();  // its connections must go before the network does
        return listening.error();
    }
    ready(*listening);
    reception.run(stop);
    network->stopListening();
    return Done{};
}

}  // namespace monban::practice
