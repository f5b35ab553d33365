// SPDX-License-Identifier: MIT
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <random>

#include "core/base/file.h"
#include "tests/core/practice_tls/served_range.h"

namespace monban::practice {
namespace {

using boost::asio::ip::tcp;

class HostileClients : public ServedRange {
protected:
    tcp::socket connect(int port)
    {
        tcp::socket socket(m_context);
        socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)});
        return socket;
    }
    static bool send(tcp::socket& socket, const std::string& text)
    {
        boost::system::error_code problem;
        boost::asio::write(socket, boost::asio::buffer(text), problem);
        return !problem;
    }
    static std::string receive(tcp::socket& socket)
    {
        std::string text;
        boost::system::error_code problem;
        boost::asio::read(socket, boost::asio::dynamic_buffer(text), problem);
        return text;
    }
    bool alive() { return fetch("", "1.3") == "403.7"; }

    boost::asio::io_context m_context;
};

TEST_F(HostileClients, GarbageEndsOnlyTheirOwnConnection)
{
    make();
    setUp();
    serve();
    std::mt19937 random(1);
    for (int round = 0; round < 60; ++round) {
        auto socket = connect(round % 2 ? httpsPort() : httpPort());
        std::string bytes(1 + random() % 3000, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        // Some begin like a handshake, so that they come further.
        if (round % 4 == 1) bytes.replace(0, std::min<std::size_t>(bytes.size(), 6), "\x16\x03\x01\x02\x00\x01", std::min<std::size_t>(bytes.size(), 6));
        send(socket, bytes);
        socket.shutdown(tcp::socket::shutdown_send);
        receive(socket);
    }
    EXPECT_TRUE(alive());
}

TEST_F(HostileClients, EndlessHeadersAndOversizedBodiesAreCutOff)
{
    make();
    setUp();
    serve();
    auto headers = connect(httpPort());
    send(headers, "GET / HTTP/1.1\r\nHost: a\r\n");
    bool open = true;
    for (int i = 0; open && i < 10'000; ++i) open = send(headers, "X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n");
    EXPECT_FALSE(open) << "after at most 64 KB and what the sockets hold";
    auto body = connect(httpPort());
    send(body, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nabc");
    EXPECT_NE(receive(body).find("404.13"), std::string::npos);
    auto chunks = connect(httpPort());
    send(chunks, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\nabc");
    chunks.shutdown(tcp::socket::shutdown_send);
    receive(chunks);
    auto both = connect(httpPort());
    send(both, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    EXPECT_EQ(receive(both).substr(0, 12), "HTTP/1.1 400");
    EXPECT_TRUE(alive());
}

TEST_F(HostileClients, ThoseWhoOnlyHoldConnectionsOpenKeepNobodyOut)
{
    make();
    setUp();
    serve();
    std::vector<tcp::socket> idle;
    for (int i = 0; i < 120; ++i) {
        idle.push_back(connect(i % 2 ? httpsPort() : httpPort()));
        send(idle.back(), i % 2 ? std::string("\x16\x03\x01") : std::string("GET / HT"));
    }
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(alive());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(25));
    const auto ending = std::chrono::steady_clock::now();
    stop();
    EXPECT_LT(std::chrono::steady_clock::now() - ending, std::chrono::seconds(5)) << "serve ends promptly with clients about";
}

TEST_F(HostileClients, TwoHundredAtOnceAreAllServed)
{
    make();
    setUp();
    serve();
    const std::string url = "https://127.0.0.1:" + std::to_string(httpsPort()) + "/";
    const std::string counted = run("for i in $(seq 200); do echo \"url=\\\"" + url + "?$i\\\"\"; echo output=/dev/null; done > list; "
                                    "curl -sk --http1.1 --no-progress-meter --noproxy '*' --parallel --parallel-immediate --parallel-max 200 -H 'Connection: close' "
                                    "-w '%{http_code}\\n' -K list 2>/dev/null | grep -c 403");
    EXPECT_EQ(counted, "200\n");
    EXPECT_TRUE(alive());
}

TEST_F(HostileClients, AFolderSomebodyBreaksIsSaidToBeBroken)
{
    make();
    setUp();
    serve();
    const auto good = *backend().configuration();
    ASSERT_TRUE(backend().writeConfiguration("<configuration><unclosed>"));
    EXPECT_TRUE(fetchPage("", "1.3").ends_with("\n500"));
    ASSERT_TRUE(backend().writeConfiguration(good));
    EXPECT_TRUE(alive());
    ASSERT_TRUE(replaceFile(folder() / "stores" / "ROOT" / (std::string(40, 'a') + ".cer"), std::string("junk")));
    EXPECT_TRUE(fetchPage(ca("client.p12").string(), "1.3").ends_with("\n500"));
    ASSERT_TRUE(removeFile(folder() / "stores" / "ROOT" / (std::string(40, 'a') + ".cer")));
    EXPECT_EQ(fetch(ca("client.p12").string(), "1.3"), "200");
    ASSERT_TRUE(replaceFile(folder() / "machine.json", std::string("{")));
    EXPECT_NE(fetch("", "1.3"), "403.7");
    EXPECT_NE(run("curl -sS --noproxy '*' 'http://127.0.0.1:" + std::to_string(httpPort()) + "/'").find("500.19"), std::string::npos);
}

}  // namespace
}  // namespace monban::practice
