// SPDX-License-Identifier: MIT
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/practice/network.h"

namespace monban::practice {

/// What is done with a connection, on a thread of its own.
using Handler = std::function<void(Connection&)>;

/// A thread for each connection, a limited number at once; the rest queue.
class Reception {
public:
    void admit(std::shared_ptr<Connection> connection, Handler handler);

    /// Starts, joins and evicts until asked to stop; then ends every connection.
    void run(std::stop_token stop);

    /// Nobody is admitted any more, and who waits is sent away.
    void close();

private:
    using Clock = std::chrono::steady_clock;

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

    void turnAway();
    void start();
    void receive(Active& active, const Handler& handler);
    void joinEnded();
    void evictOldest();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Waiting> m_queue;
    std::list<Active> m_active;
    bool m_closed = false;
};

}  // namespace monban::practice
