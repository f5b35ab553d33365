// SPDX-License-Identifier: MIT
#include "core/practice/reception.h"

#include <system_error>

namespace monban::practice {
namespace {

constexpr std::size_t kConnectionsAtOnce = 64;
constexpr std::size_t kLongestQueue = 1024;
// Who waits longer than this gives way when others queue: a client that only holds its connection open must not keep
// out those that ask for something.
constexpr auto kFairShare = std::chrono::seconds(5);

}  // namespace

void Reception::admit(std::shared_ptr<Connection> connection, Handler handler)
{
    {
        const std::lock_guard guard(m_mutex);
        if (m_closed || m_queue.size() >= kLongestQueue) return connection->reset();
        m_queue.push_back({std::move(connection), std::move(handler)});
    }
    m_changed.notify_one();
}

void Reception::run(std::stop_token stop)
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

void Reception::close()
{
    const std::lock_guard guard(m_mutex);
    turnAway();
}

void Reception::turnAway()
{
    m_closed = true;
    for (auto& waiting : m_queue) waiting.connection->reset();
    m_queue.clear();
}

void Reception::start()
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

void Reception::receive(Active& active, const Handler& handler)
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

void Reception::joinEnded()
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

void Reception::evictOldest()
{
    for (auto& active : m_active) {  // in the order they began
        if (active.evicted || Clock::now() - active.since < kFairShare) continue;
        active.evicted = true;
        active.connection->interrupt();
        return;
    }
}

}  // namespace monban::practice
