// SPDX-License-Identifier: MIT
#include "core/practice/network.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <future>
#include <list>
#include <thread>

namespace monban::practice {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// What an operation came to.
struct Ended {
    error_code problem;
    std::size_t count = 0;
};

/// What lives on the network's thread. Handlers keep it alive until they have run.
struct Socket {
    explicit Socket(tcp::socket given) : socket(std::move(given)) {}
    tcp::socket socket;
    bool interrupted = false;

    void cancel()
    {
        error_code ignored;
        socket.cancel(ignored);
    }
    void close()
    {
        error_code ignored;
        socket.close(ignored);
    }
};

/// Sockets are touched on the network's thread only; a caller posts an operation there and waits for its end. That
/// gives every operation a time limit, on every system, without a descriptor more per connection.
class SocketConnection final : public Connection {
public:
    SocketConnection(asio::io_context& context, tcp::socket socket)
        : m_context(context), m_socket(std::make_shared<Socket>(std::move(socket)))
    {
    }
    // Not waited for: the last reference may go on the network's own thread.
    ~SocketConnection() override { asio::post(m_context, [socket = m_socket] { socket->close(); }); }

    void setDeadline(Deadline deadline) override { m_deadline = deadline; }

    std::optional<std::size_t> read(std::uint8_t* buffer, std::size_t size) override
    {
        const Ended ended = await([socket = m_socket, buffer, size](auto&& done) {
            socket->socket.async_read_some(asio::buffer(buffer, size), std::forward<decltype(done)>(done));
        });
        if (ended.problem == asio::error::eof) return 0;
        if (ended.problem) return std::nullopt;
        return ended.count;
    }

    bool write(ByteView bytes) override
    {
        const Ended ended = await([socket = m_socket, bytes](auto&& done) {
            asio::async_write(socket->socket, asio::buffer(bytes.data(), bytes.size()), std::forward<decltype(done)>(done));
        });
        return !ended.problem;
    }

    void finish() override
    {
        asio::post(m_context, [socket = m_socket] {
            error_code ignored;
            socket->socket.shutdown(tcp::socket::shutdown_send, ignored);
        });
        m_deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
        std::uint8_t rest[4096];
        for (int i = 0; i < 256; ++i)
            if (const auto count = read(rest, sizeof rest); !count || *count == 0) break;
        asio::post(m_context, [socket = m_socket] { socket->close(); });
    }

    void reset() override
    {
        asio::post(m_context, [socket = m_socket] {
            error_code ignored;
            socket->socket.set_option(asio::socket_base::linger(true, 0), ignored);
            socket->close();
        });
    }

    void interrupt() override
    {
        asio::post(m_context, [socket = m_socket] {
            socket->interrupted = true;
            socket->cancel();
        });
    }

private:
    template <class Start>
    Ended await(Start start)
    {
        auto promise = std::make_shared<std::promise<Ended>>();
        auto ended = promise->get_future();
        asio::post(m_context, [socket = m_socket, start, promise] {
            if (socket->interrupted) return promise->set_value({asio::error::operation_aborted, 0});
            start([promise](const error_code& problem, std::size_t count) { promise->set_value({problem, count}); });
        });
        if (ended.wait_until(m_deadline) == std::future_status::ready) return ended.get();
        // The buffer is the caller's: it must not go before the operation has ended.
        asio::post(m_context, [socket = m_socket] { socket->cancel(); });
        Ended late = ended.get();
        if (!late.problem) late.problem = asio::error::timed_out;
        return late;
    }

    asio::io_context& m_context;
    std::shared_ptr<Socket> m_socket;
    Deadline m_deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
};

using Accepted = std::function<void(std::shared_ptr<Connection>)>;

class Listener {
public:
    Listener(asio::io_context& context, Accepted accepted)
        : m_context(context), m_acceptor(context), m_timer(context), m_accepted(std::move(accepted))
    {
    }

    error_code open(int port)
    {
        const tcp::endpoint place(asio::ip::address_v4::loopback(), static_cast<unsigned short>(port));
        error_code problem;
        m_acceptor.open(place.protocol(), problem);
#ifndef _WIN32  // there it would let a second process take over the port
        if (!problem) m_acceptor.set_option(tcp::acceptor::reuse_address(true), problem);
#endif
        if (!problem) m_acceptor.bind(place, problem);
        if (!problem) m_acceptor.listen(asio::socket_base::max_listen_connections, problem);
        return problem;
    }
    int port() const { return m_acceptor.local_endpoint().port(); }
    bool isOpen() const { return m_acceptor.is_open(); }

    void acceptNext()
    {
        m_acceptor.async_accept([this](const error_code& problem, tcp::socket socket) {
            if (problem == asio::error::operation_aborted) return;
            if (problem) return retryLater();
            error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            m_accepted(std::make_shared<SocketConnection>(m_context, std::move(socket)));
            acceptNext();
        });
    }
    void close()
    {
        error_code ignored;
        m_acceptor.close(ignored);
        m_timer.cancel();
    }

private:
    /// Out of descriptors or memory: the client waits in the backlog until others have gone.
    void retryLater()
    {
        m_timer.expires_after(std::chrono::milliseconds(50));
        m_timer.async_wait([this](const error_code& problem) {
            if (!problem && m_acceptor.is_open()) acceptNext();
        });
    }

    asio::io_context& m_context;
    tcp::acceptor m_acceptor;
    asio::steady_timer m_timer;
    Accepted m_accepted;
};

class AsioNetwork final : public Network {
public:
    AsioNetwork() : m_work(m_context.get_executor()), m_thread([this] { m_context.run(); }) {}

    ~AsioNetwork() override
    {
        stopListening();
        m_work.reset();
        m_context.stop();
        m_thread.join();
    }

    Result<int> listen(int port, Accepted accepted) override
    {
        auto listener = std::make_unique<Listener>(m_context, std::move(accepted));
        const error_code problem = listener->open(port);
        if (problem == asio::error::address_in_use || problem == asio::error::access_denied)
            return Error{ErrorCode::Busy,
                         {tr("Port {0} of this computer cannot be used: another program has it, or the system keeps it for "
                             "itself. Choose another port, or leave it out and any free one is taken."),
                          {std::to_string(port)}},
                         problem.message()};
        if (problem)
            return Error{ErrorCode::Io,
                         {tr("The practice server cannot listen on this computer ({0})."), {problem.message()}},
                         problem.message()};
        const int taken = listener->port();
        asio::post(m_context, [raw = listener.get()] { raw->acceptNext(); });
        m_listeners.push_back(std::move(listener));
        return taken;
    }

    void stopListening(int port) override
    {
        closeIf([port](const Listener& listener) { return listener.isOpen() && listener.port() == port; });
    }
    void stopListening() override
    {
        closeIf([](const Listener&) { return true; });
    }

private:
    /// Closed ones stay in the list: a handler of theirs may still be on its way.
    template <class Condition>
    void closeIf(Condition condition)
    {
        std::promise<void> closed;
        asio::post(m_context, [&] {
            for (auto& listener : m_listeners)
                if (condition(*listener)) listener->close();
            closed.set_value();
        });
        closed.get_future().wait();
        // One round more: handlers that were already on their way come before this one.
        std::promise<void> passed;
        asio::post(m_context, [&] { passed.set_value(); });
        passed.get_future().wait();
    }

    asio::io_context m_context{1};
    asio::executor_work_guard<asio::io_context::executor_type> m_work;
    std::list<std::unique_ptr<Listener>> m_listeners;
    std::thread m_thread;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Network> makeNetwork() { return std::make_unique<AsioNetwork>(); }

}  // namespace monban::practice
