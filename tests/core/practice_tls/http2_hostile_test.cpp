// SPDX-License-Identifier: MIT
// HTTP/2 clients that mean harm. Each ends its own connection; everybody else is still served.
#include <algorithm>
#include <chrono>
#include <random>

#include "tests/core/practice_tls/raw_http2.h"
#include "tests/core/practice_tls/served_range.h"

namespace monban::practice {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class HostileHttp2 : public ServedRange {
protected:
    void begin()
    {
        make();
        setUp();
        serve();
    }
    RawHttp2 connect(bool greet = true) { return RawHttp2(httpsPort(), TLS1_3_VERSION, greet); }
    bool alive() { return fetch("", "1.3") == "403.7"; }

    /// Sends until the server closes; how often it took it.
    static int sendUntilClosed(RawHttp2& raw, const std::string& bytes, int most)
    {
        int sent = 0;
        while (sent < most && raw.send(bytes)) ++sent;
        return sent;
    }
    /// The server has closed after a GOAWAY that names an error: not for want of time.
    static bool wasSentAway(RawHttp2& raw)
    {
        const auto frames = raw.receiveAll();
        return raw.closed() && std::any_of(frames.begin(), frames.end(), [](const RawFrame& frame) {
            return frame.type == frame_type::kGoAway && frame.errorCode() != 0;
        });
    }
};

TEST_F(HostileHttp2, FloodsOfFramesThatAskForNothingAreCutOff)
{
    begin();
    const std::pair<const char*, RawFrame> floods[] = {
        {"SETTINGS", {frame_type::kSettings, 0, 0, std::string("\0\4\0\1\0\0", 6)}},
        {"PING", {frame_type::kPing, 0, 0, "12345678"}},
        {"PRIORITY", {frame_type::kPriority, 0, 3, std::string("\0\0\0\0\x10", 5)}},
        {"WINDOW_UPDATE", {frame_type::kWindowUpdate, 0, 0, std::string("\0\0\0\1", 4)}},
    };
    for (const auto& [name, frame] : floods) {
        auto raw = connect();
        std::string many;
        for (int i = 0; i < 100; ++i) many += RawHttp2::bytesOf(frame);
        EXPECT_LT(sendUntilClosed(raw, many, 10'000), 10'000) << name << ": of a million frames";
        raw.receiveAll();
        EXPECT_TRUE(raw.closed()) << name;
    }
    auto raw = connect();
    raw.send(RawFrame{frame_type::kHeaders, frame_flag::kEndHeaders, 1, RawHttp2::head("POST")});
    std::string many;
    for (int i = 0; i < 100; ++i) many += RawHttp2::bytesOf({frame_type::kData, 0, 1, ""});
    EXPECT_LT(sendUntilClosed(raw, many, 10'000), 10'000) << "empty DATA";
    EXPECT_TRUE(alive());
}

TEST_F(HostileHttp2, RequestsThatAreResetAtOnceAreCutOff)
{
    begin();
    auto raw = connect();
    for (std::uint32_t stream = 1; stream < 1000; stream += 2)
        if (!raw.send(RawHttp2::bytesOf(RawHttp2::request(stream)) +
                      RawHttp2::bytesOf({frame_type::kRstStream, 0, stream, std::string("\0\0\0\x8", 4)})))
            break;
    EXPECT_TRUE(wasSentAway(raw)) << "well before the thousand requests that anybody may send";
    EXPECT_TRUE(alive());
}

TEST_F(HostileHttp2, HeadersWithoutEndAreCutOff)
{
    begin();
    auto raw = connect();
    raw.send(RawFrame{frame_type::kHeaders, frame_flag::kEndStream, 1, RawHttp2::head()});
    const RawFrame more{frame_type::kContinuation, 0, 1, RawHttp2::field("x", std::string(8000, 'x'))};
    EXPECT_LT(sendUntilClosed(raw, RawHttp2::bytesOf(more), 10'000), 10'000);
    auto empty = connect();
    empty.send(RawFrame{frame_type::kHeaders, frame_flag::kEndStream, 1, RawHttp2::head()});
    EXPECT_LT(sendUntilClosed(empty, RawHttp2::bytesOf({frame_type::kContinuation, 0, 1, ""}), 200'000), 200'000);
    EXPECT_TRUE(alive());
}

TEST_F(HostileHttp2, ASmallHeadThatUnpacksToALargeOneIsABadRequest)
{
    begin();
    for (const std::size_t times : {100u, 12'000u}) {
        auto raw = connect();
        // One field of 3,800 bytes goes into the table (RFC 7541, 6.2.1); then one byte each names it again.
        std::string block = RawHttp2::head();
        block += static_cast<char>(0x40) + RawHttp2::field("x", std::string(3800, 'x')).substr(1);
        block += std::string(times, static_cast<char>(0x80 | 62));
        raw.send(RawFrame{frame_type::kHeaders, 5, 1, block});
        std::string status;
        while (const auto frame = raw.receive(10))
            if (frame->type == frame_type::kHeaders) status = frame->payload.substr(0, 1);
        EXPECT_EQ(status, std::string(1, static_cast<char>(0x80 | 12))) << "400 for " << times << " fields";
        EXPECT_TRUE(raw.closed());
    }
    EXPECT_TRUE(alive());
}

TEST_F(HostileHttp2, WhoTakesNoAnswerOrSendsNoRequestIsDroppedInTime)
{
    begin();
    const auto start = steady_clock::now();
    auto idle = connect();
    auto mute = connect(false);
    auto closedWindow = connect();
    closedWindow.send(RawFrame{frame_type::kSettings, 0, 0, std::string("\0\4\0\0\0\0", 6)});  // INITIAL_WINDOW_SIZE 0
    for (std::uint32_t stream = 1; stream < 199; stream += 2) closedWindow.send(RawHttp2::request(stream));
    auto unfinished = connect();
    unfinished.send(RawFrame{frame_type::kHeaders, frame_flag::kEndHeaders, 1, RawHttp2::head("POST")});
    auto trickling = connect();
    while (!trickling.closed() && steady_clock::now() - start < seconds(40)) {
        trickling.send(RawFrame{frame_type::kPing, 0, 0, "12345678"});
        while (trickling.receive(1)) {}  // until it is silent for a second
    }
    EXPECT_GT(steady_clock::now() - start, seconds(10)) << "patience, too";
    EXPECT_LT(steady_clock::now() - start, seconds(25));
    const std::pair<const char*, RawHttp2*> others[] = {
        {"idle", &idle}, {"mute", &mute}, {"closed window", &closedWindow}, {"unfinished", &unfinished}};
    for (const auto& [name, raw] : others) {
        raw->receiveAll(10);
        EXPECT_TRUE(raw->closed()) << name;
    }
    EXPECT_LT(steady_clock::now() - start, seconds(30));
    EXPECT_TRUE(alive());
}

TEST_F(HostileHttp2, MoreStreamsAtOnceThanAllowedAreRefused)
{
    begin();
    auto raw = connect();
    std::string requests;
    for (std::uint32_t i = 0; i < 150; ++i)
        requests += RawHttp2::bytesOf({frame_type::kHeaders, frame_flag::kEndHeaders, 2 * i + 1, RawHttp2::head("POST")});
    raw.send(requests);
    int refused = 0;
    while (const auto frame = raw.receive(3))
        refused += frame->type == frame_type::kRstStream && frame->errorCode() == 7;  // REFUSED_STREAM
    EXPECT_TRUE(refused == 50 || raw.closed()) << refused;
    EXPECT_TRUE(alive());
}

TEST_F(HostileHttp2, AThousandRequestsAreEnoughForOneConnection)
{
    begin();
    auto raw = connect();
    std::uint32_t stream = 1;
    int answers = 0;
    bool last = false;
    while (stream < 4001 && !raw.closed()) {
        std::string requests;
        for (int i = 0; i < 50; ++i, stream += 2) requests += RawHttp2::bytesOf(RawHttp2::request(stream));
        // Windows are given back, or the answers would stop for want of them.
        requests += RawHttp2::bytesOf({frame_type::kWindowUpdate, 0, 0, std::string("\0\1\0\0", 4)});
        if (!raw.send(requests)) break;
        for (int ended = 0; ended < 50;) {
            const auto frame = raw.receive(5);
            if (!frame) break;
            last = last || frame->type == frame_type::kGoAway;
            if (frame->type == frame_type::kData && (frame->flags & frame_flag::kEndStream)) ++ended, ++answers;
        }
    }
    EXPECT_TRUE(last);
    EXPECT_EQ(answers, 1000);
}

TEST_F(HostileHttp2, BrokenFramesEndOnlyTheirOwnConnection)
{
    begin();
    std::mt19937 random(7);
    for (int round = 0; round < 150; ++round) {
        auto raw = connect(round % 10 != 0);
        if (round % 3 == 0) raw.send(RawHttp2::request(1));
        std::string bytes;
        for (int i = 0; i < 5; ++i) {
            RawFrame frame{static_cast<std::uint8_t>(random() % 12), static_cast<std::uint8_t>(random()),
                           static_cast<std::uint32_t>(random() % 6), std::string(random() % 60, '\0')};
            for (char& byte : frame.payload) byte = static_cast<char>(random());
            bytes += RawHttp2::bytesOf(frame);
        }
        if (round % 5 == 0) bytes[random() % bytes.size()] = static_cast<char>(random());
        raw.send(bytes);
        raw.receive(1);
    }
    auto other = connect(false);
    other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    other.receiveAll();
    EXPECT_TRUE(other.closed()) << "not the preface";
    auto large = connect();
    large.send(RawHttp2::bytesOf({frame_type::kData, 0, 1, std::string(20'000, 'x')}));
    EXPECT_TRUE(wasSentAway(large)) << "FRAME_SIZE_ERROR";
    EXPECT_TRUE(alive());
}

}  // namespace
}  // namespace monban::practice
