// SPDX-License-Identifier: MIT
#include "core/practice/http_request.h"

#include <gtest/gtest.h>

#include <deque>

namespace monban::practice {
namespace {

/// Hands out what a client sends, piece by piece.
class Pieces : public Stream {
public:
    explicit Pieces(std::deque<std::string> pieces) : m_pieces(std::move(pieces)) {}
    std::optional<std::size_t> read(std::uint8_t* buffer, std::size_t size) override
    {
        if (m_pieces.empty()) return 0;
        const auto count = std::min(size, m_pieces.front().size());
        std::copy_n(m_pieces.front().begin(), count, buffer);
        m_pieces.front().erase(0, count);
        if (m_pieces.front().empty()) m_pieces.pop_front();
        return count;
    }
    bool write(ByteView bytes) override
    {
        written += textOf(bytes);
        return true;
    }
    std::string written;

private:
    std::deque<std::string> m_pieces;
};

std::optional<HttpRequest> parsed(const std::string& head)
{
    const auto result = parseHead(head);
    const auto* request = std::get_if<HttpRequest>(&result);
    return request ? std::optional(*request) : std::nullopt;
}

std::string pathOf(const std::string& target)
{
    const auto request = parsed("GET " + target + " HTTP/1.1\r\nHost: a");
    return request ? request->path : "refused";
}

TEST(HttpRequestHead, IsTakenApart)
{
    const auto request = parsed("GET /a%20b/?x=1 HTTP/1.1\r\nHost: WWW.Example.test.:8443\r\nX-Y:  z \r\nConnection: Close");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->path, "/a b/");
    EXPECT_EQ(request->query, "x=1");
    EXPECT_EQ(request->host, "www.example.test");
    EXPECT_EQ(*request->header("x-y"), "z");
    EXPECT_FALSE(request->keepAlive);
    EXPECT_EQ(parsed("GET / HTTP/1.1\r\nHost: [::1]:443")->host, "[::1]");
    EXPECT_EQ(parsed("GET / HTTP/1.1\r\nHost: example.test.")->host, "example.test");
}

TEST(HttpRequestHead, PathsCannotStepAroundTheRuleOfAFolder)
{
    EXPECT_EQ(pathOf("/open/../secure/x"), "/secure/x");
    EXPECT_EQ(pathOf("//secure//x"), "/secure/x");
    EXPECT_EQ(pathOf("/%73ecure/./x"), "/secure/x");
    EXPECT_EQ(pathOf("/open\\..\\secure"), "/secure");
    EXPECT_EQ(pathOf("/open/%2e%2e/secure/"), "/secure/");
    EXPECT_EQ(pathOf("/../secure"), "refused");
    EXPECT_EQ(pathOf("/a%00b"), "refused");
    EXPECT_EQ(pathOf("/a%zz"), "refused");
    EXPECT_EQ(pathOf("/a%2"), "refused");
    EXPECT_EQ(pathOf("https://elsewhere.test/b"), "/b");
}

TEST(HttpRequestHead, RefusesWhatCanBeReadInTwoWays)
{
    const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_FALSE(parsed(start + "Content-Length: 5\r\nContent-Length: 6"));
    EXPECT_FALSE(parsed(start + "Content-Length: 5\r\nTransfer-Encoding: chunked"));
    EXPECT_FALSE(parsed(start + "Content-Length: -5"));
    EXPECT_FALSE(parsed(start + "Content-Length: 5x"));
    EXPECT_FALSE(parsed(start + "Transfer-Encoding: gzip, chunked"));
    EXPECT_FALSE(parsed(start + "X : y"));
    EXPECT_FALSE(parsed(start + " folded: y"));
    EXPECT_FALSE(parsed("GET / HTTP/1.1\r\nHost: a\r\nHost: b"));
    EXPECT_FALSE(parsed("GET / HTTP/1.1"));
    EXPECT_FALSE(parsed("GET  / HTTP/1.1\r\nHost: a"));
    EXPECT_FALSE(parsed("GET / HTTP/2.0\r\nHost: a"));
    EXPECT_FALSE(parsed(""));
    EXPECT_TRUE(parsed("GET / HTTP/1.0"));
}

TEST(HttpReader, FindsRequestsHoweverTheyAreCut)
{
    const std::string text = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                             "GET /y HTTP/1.1\r\nHost: a\r\n\r\n";
    for (std::size_t cut = 1; cut < 8; ++cut) {
        std::deque<std::string> pieces;
        for (std::size_t at = 0; at < text.size(); at += cut) pieces.push_back(text.substr(at, cut));
        Pieces stream(pieces);
        HttpReader reader(stream);
        const auto first = reader.next();
        ASSERT_TRUE(std::holds_alternative<HttpRequest>(first)) << cut;
        EXPECT_EQ(reader.skipBody(std::get<HttpRequest>(first)), HttpReader::Body::Read) << cut;
        const auto second = reader.next();
        ASSERT_TRUE(std::holds_alternative<HttpRequest>(second)) << cut;
        EXPECT_EQ(std::get<HttpRequest>(second).path, "/y");
        EXPECT_TRUE(std::holds_alternative<NoRequest>(reader.next()));
    }
}

TEST(HttpReader, StopsAtItsLimits)
{
    Pieces headers({"GET / HTTP/1.1\r\nHost: a\r\n" + std::string(70'000, 'x')});
    EXPECT_TRUE(std::holds_alternative<BadRequest>(HttpReader(headers).next()));
    Pieces line({std::string(20'000, 'A')});
    EXPECT_TRUE(std::holds_alternative<BadRequest>(HttpReader(line).next()));
    Pieces garbage({std::string("\x16\x03\x01\x02", 4)});
    EXPECT_TRUE(std::holds_alternative<BadRequest>(HttpReader(garbage).next()));
    HttpRequest large;
    large.contentLength = kLargestBody + 1;
    Pieces nothing({});
    EXPECT_EQ(HttpReader(nothing).skipBody(large), HttpReader::Body::TooLarge);
    HttpRequest chunked;
    chunked.chunked = true;
    Pieces huge({"ffffffffffffffffffffff\r\n"});
    EXPECT_EQ(HttpReader(huge).skipBody(chunked), HttpReader::Body::TooLarge);
    Pieces wrong({"3\r\nabcdef"});
    EXPECT_EQ(HttpReader(wrong).skipBody(chunked), HttpReader::Body::Broken);
}

TEST(HttpReader, TellsAClientThatWaitsToGoOn)
{
    HttpRequest request;
    request.contentLength = 3;
    request.expectsContinue = true;
    Pieces body({"abc"});
    EXPECT_EQ(HttpReader(body).skipBody(request), HttpReader::Body::Read);
    EXPECT_EQ(body.written, "HTTP/1.1 100 Continue\r\n\r\n");
}

}  // namespace
}  // namespace monban::practice
