// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace monban::support {

/// A TCP server on loopback that does to one client after the other what the test says.
class ScriptedServer {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using Script = std::function<void(Socket&, const std::string& request)>;

    explicit ScriptedServer(Script script)
        : m_acceptor(m_context, {boost::asio::ip::make_address_v4("127.0.0.1"), 0}), m_script(std::move(script)), m_thread([this] { serve(); })
    {
    }
    /// Answers every request with this text and closes.
    explicit ScriptedServer(std::string answer)
        : ScriptedServer([answer](Socket& socket, const std::string&) { send(socket, answer); })
    {
    }
    ~ScriptedServer()
    {
        m_stopping = true;
        boost::system::error_code ignored;
        Socket waker(m_context);
        waker.connect(m_acceptor.local_endpoint(), ignored);
        m_thread.join();
    }

    std::string url(const std::string& path = "/x") const { return "http://127.0.0.1:" + port() + path; }
    std::string port() const { return std::to_string(m_acceptor.local_endpoint().port()); }
    int clients() const { return m_clients; }
    std::string lastRequest() const { return m_request; }  // once the client has its answer
    bool stopping() const { return m_stopping; }

    static bool send(Socket& socket, const std::string& text)
    {
        boost::system::error_code problem;
        boost::asio::write(socket, boost::asio::buffer(text), problem);
        return !problem;
    }

private:
    void serve()
    {
        while (!m_stopping) {
            boost::system::error_code problem;
            Socket socket(m_context);
            m_acceptor.accept(socket, problem);
            if (problem || m_stopping) continue;
            ++m_clients;
            std::string request;
            char buffer[4096];
            while (request.find("\r\n\r\n") == std::string::npos && !problem)
                request.append(buffer, socket.read_some(boost::asio::buffer(buffer), problem));
            m_request = request;
            m_script(socket, request);
            socket.shutdown(Socket::shutdown_both, problem);
        }
    }

    boost::asio::io_context m_context;
    boost::asio::ip::tcp::acceptor m_acceptor;
    Script m_script;
    std::string m_request;
    std::atomic<int> m_clients = 0;
    std::atomic<bool> m_stopping = false;
    std::thread m_thread;
};

}  // namespace monban::support
