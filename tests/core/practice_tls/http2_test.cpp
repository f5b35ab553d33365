// SPDX-License-Identifier: MIT
// HTTP/2 as its own clients meet it: curl, and frames written by hand where curl would not write them.
#include <boost/filesystem.hpp>

#include <algorithm>

#include "core/base/file.h"
#include "tests/core/practice_tls/raw_http2.h"
#include "tests/core/practice_tls/served_range.h"

namespace monban::practice {
namespace {

constexpr std::uint32_t kHttp11Required = 0xd;  // RFC 9113, 7

class Http2 : public ServedRange, public testing::WithParamInterface<const char*> {
protected:
    void begin(int build = windows_build::kServer2022)
    {
        make(build);
        setUp();
        serve();
    }
    /// The certificate is not asked for in the handshake, but wanted by the site.
    void askLate(std::uint32_t more = 0)
    {
        SslRecord late = record();
        late.flags = more;
        setRecord(late);
    }
    std::string url(const std::string& path = "/") const { return "'https://127.0.0.1:" + std::to_string(httpsPort()) + path + "'"; }
    /// "2 200", "1.1 403", or curl's own words.
    std::string curl(const std::string& options, const std::string& path = "/")
    {
        const bool old = GetParam() == std::string("1.2");
        return run("curl -sS -k -o page --noproxy '*' --max-time 40 --path-as-is -w '%{http_version} %{http_code}' " +
                   std::string(old ? "--tls-max 1.2 " : "--tlsv1.3 ") + options + " " + url(path));
    }
    std::string client(const char* name = "client.p12") { return "--cert-type P12 --cert '" + ca(name).string() + ":" + password() + "' "; }
    int tls() const { return GetParam() == std::string("1.2") ? TLS1_2_VERSION : TLS1_3_VERSION; }
    std::string log()
    {
        std::string text;
        for (fs::directory_iterator entry(folder() / "logs"), end; entry != end; ++entry) text += *readText(entry->path());
        return text;
    }
};
INSTANTIATE_TEST_SUITE_P(Tls, Http2, testing::Values("1.2", "1.3"),
                         [](const auto& one) { return one.param[2] == '2' ? "Tls12" : "Tls13"; });

TEST_P(Http2, IsSpokenWithWhoeverOffersItOnEveryWindows)
{
    begin();
    for (const int build : {windows_build::kServer2016, windows_build::kServer2019, windows_build::kServer2022, windows_build::kServer2025}) {
        editMachine([&](Machine& machine) { machine.build = build; });
        if (build < windows_build::kServer2022 && tls() == TLS1_3_VERSION) continue;  // has no TLS 1.3
        EXPECT_EQ(curl("--http2 " + client()), "2 200") << build;
        EXPECT_EQ(curl("--http2"), "2 403") << build;
        EXPECT_NE(readText(scratch() / "page")->find("Detailed Error - 403.7 "), std::string::npos);
        EXPECT_EQ(curl("--http1.1 " + client()), "1.1 200") << build;
        EXPECT_EQ(curl("--no-alpn " + client()), "1.1 200") << build;
    }
}

TEST_P(Http2, IsNotSpokenWhereTheRecordOrItsBindingSwitchesItOff)
{
    begin();
    const SslRecord on = record();
    SslRecord off = on;
    off.flags |= record_flags::kDisableHttp2;
    setRecord(off);
    EXPECT_EQ(curl("--http2 " + client()), "1.1 200");
    setRecord(on);
    EXPECT_EQ(curl("--http2 " + client()), "2 200");
    const auto without = *backend().configuration();
    addBinding("*:8443:", 4);  // elsewhere
    EXPECT_EQ(curl("--http2 " + client()), "2 200");
    addBinding("*:443:elsewhere.test", 4);  // without SNI: the same record
    EXPECT_EQ(curl("--http2 " + client()), "1.1 200");
    ASSERT_TRUE(backend().writeConfiguration(without));
    EXPECT_EQ(curl("--http2 " + client()), "2 200");
}

TEST_P(Http2, JudgesEachClientAsHttp11Does)
{
    begin();
    EXPECT_EQ(curl("--http2 " + client("client-revoked.p12")), "2 403");
    EXPECT_NE(readText(scratch() / "page")->find("403.13"), std::string::npos);
    EXPECT_EQ(curl("--http2 " + client("client-other-ca.p12")), "2 403");
    EXPECT_NE(readText(scratch() / "page")->find("403.16"), std::string::npos);
    EXPECT_EQ(curl("--http2 -A Tester/1 -e https://from.test/ " + client("client-expired.p12"), "/a?b=c"), "2 403");
    EXPECT_NE(log().find(" GET /a b=c 443 - 127.0.0.1 Tester/1 https://from.test/ 403 17 2148204801 "), std::string::npos) << log();
    EXPECT_EQ(curl("--http2 " + client(), "/no-such"), "2 404");
    EXPECT_EQ(curl("--http2 -H 'Host: a:b:c' " + client()), "2 200") << "a site without a name takes every name";
}

TEST_P(Http2, SendsALateClientBackToHttp11OnlyWithTls12)
{
    begin();
    askLate();
    // curl offers post-handshake authentication, which is of no use here (RFC 8740).
    const bool old = tls() == TLS1_2_VERSION;
    const std::string got = curl("--http2 " + client());
    if (old) {
        EXPECT_EQ(got, "1.1 200") << "sent back, and let in";
        EXPECT_EQ(curl("--http2"), "1.1 403");
    } else {
        EXPECT_NE(got.find("000"), std::string::npos) << got;
        EXPECT_EQ(curl("--http1.1 " + client()), "1.1 200");
    }
    RawHttp2 raw(httpsPort(), tls());
    ASSERT_TRUE(raw.agreed());
    raw.send(RawHttp2::request(1));
    std::uint32_t error = 0;
    while (const auto frame = raw.receive(2))
        if (frame->type == frame_type::kRstStream) error = frame->errorCode();
    EXPECT_EQ(error, old ? kHttp11Required : 0);
    EXPECT_EQ(raw.closed(), !old) << "only the request is refused, not the connection";
    editMachine([](Machine& machine) { machine.build = windows_build::kServer2025; });
    EXPECT_EQ(curl("--http2 " + client()), old ? "1.1 200" : "2 500");
    askLate(record_flags::kDisableHttp2);
    EXPECT_EQ(curl("--http2 " + client()), "1.1 200") << "asked by renegotiation, or as curl offers it";
}

TEST_P(Http2, OneConnectionServesPathsWithAndWithoutACertificate)
{
    begin();
    askLate();
    setAccess(0);
    setAccess(access_flags::kNegotiateCert | access_flags::kRequireCert, "Default Web Site/inside");
    if (tls() == TLS1_3_VERSION) return;
    EXPECT_EQ(run("curl -sS -k --noproxy '*' --max-time 40 --tls-max 1.2 --http2 -o /dev/null -o /dev/null -o /dev/null " + client() +
                  "-w '%{http_version} %{http_code} %{num_connects}\\n' " + url("/") + " " + url("/inside/x") + " " + url("/")),
              "2 200 1\n1.1 200 1\n1.1 200 0\n") << "sent back, curl stays with HTTP/1.1";
}

TEST_P(Http2, TakesBodiesUpToTheLimitAndAnswersHeadWithoutOne)
{
    begin();
    run("head -c 2000000 /dev/zero > two; head -c 31000000 /dev/zero > large");
    EXPECT_EQ(curl("--http2 --data-binary @two " + client()), "2 200");
    EXPECT_NE(readText(scratch() / "page")->find("client"), std::string::npos);
    EXPECT_EQ(curl("--http2 --data-binary @large " + client()), "2 404");
    EXPECT_NE(readText(scratch() / "page")->find("404.13"), std::string::npos);
    EXPECT_EQ(curl("--http2 -H 'Content-Length:' -T - < large " + client()), "2 404") << "its length is not told";
    EXPECT_EQ(curl("--http2 -X PUT -d x " + client()), "2 405");
    const std::string head = run("curl -sS -k --noproxy '*' --max-time 40 --http2 -I " + client() + url());
    EXPECT_TRUE(head.starts_with("HTTP/2 200")) << head;
    EXPECT_NE(head.find("server: Microsoft-IIS/10.0"), std::string::npos) << head;
    EXPECT_NE(head.find("content-length: "), std::string::npos) << head;
}

TEST_P(Http2, ServesManyRequestsOverOneConnection)
{
    begin();
    run("for i in $(seq 60); do echo \"url=\\\"" + url("/?").substr(1, url("/?").size() - 2) + "$i\\\"\"; echo output=/dev/null; done > list");
    const auto count = [&](const std::string& options) {
        return run("curl -sk --no-progress-meter --noproxy '*' --max-time 60 --http2 " + options + client() +
                   "-w '%{http_version} %{http_code} %{num_connects}\\n' -K list | sort | uniq -c");
    };
    EXPECT_EQ(count(""), "     59 2 200 0\n      1 2 200 1\n");
    EXPECT_EQ(count("--parallel --parallel-max 60 "), "     59 2 200 0\n      1 2 200 1\n");
    EXPECT_EQ(count("--parallel --parallel-immediate --parallel-max 60 ").find("403"), std::string::npos);
}

TEST_P(Http2, NeedsAModernCipher)
{
    begin();
    if (tls() == TLS1_3_VERSION) return;
    const auto agreed = [&](const std::string& options) {
        const std::string text = run("timeout 20 openssl s_client -connect 127.0.0.1:" + std::to_string(httpsPort()) + " -alpn h2,http/1.1 " +
                                     options + " </dev/null");
        const auto at = text.find("ALPN protocol: ");
        return at == std::string::npos ? "none" : text.substr(at + 15, text.find('\n', at) - at - 15);
    };
    EXPECT_EQ(agreed("-tls1_2"), "h2");
    EXPECT_EQ(agreed("-tls1_2 -cipher ECDHE-RSA-AES128-SHA256"), "http/1.1");
    EXPECT_EQ(agreed("-tls1_2 -cipher AES128-GCM-SHA256"), "http/1.1");
    EXPECT_EQ(agreed("-tls1_1 -cipher DEFAULT:@SECLEVEL=0"), "http/1.1");
}

TEST_P(Http2, AHeadThatSaysTwoThingsIsABadRequest)
{
    begin();
    setAccess(0);
    RawHttp2 raw(httpsPort(), tls());
    std::uint32_t stream = 1;
    const auto status = [&](const std::string& head) {
        raw.send({frame_type::kHeaders, 5, stream, head});
        std::string found = "nothing";
        while (const auto frame = raw.receive(5)) {
            if (frame->stream != stream) continue;
            if (frame->type == frame_type::kRstStream) found = "reset " + std::to_string(frame->errorCode());
            // :status of 200, 400 and 404 is one byte of the static table (RFC 7541, A).
            else if (frame->type == frame_type::kHeaders && !frame->payload.empty()) found = std::to_string(frame->payload[0] & 0x7f);
            if ((frame->flags & frame_flag::kEndStream) || frame->type == frame_type::kRstStream) break;
        }
        stream += 2;
        return found;
    };
    EXPECT_EQ(status(RawHttp2::head()), "8") << "200";
    EXPECT_EQ(status(RawHttp2::head("GET", "/nowhere")), "13") << "404";
    EXPECT_EQ(status(RawHttp2::head() + RawHttp2::field("host", "a.example:443")), "8");
    EXPECT_EQ(status(RawHttp2::head() + RawHttp2::field("transfer-encoding", "chunked")), "reset 1");
    EXPECT_EQ(status(RawHttp2::head() + RawHttp2::field("Upper", "case")), "reset 1");
    EXPECT_EQ(status(RawHttp2::head() + RawHttp2::field("host", "b.example")), "12") << "400";
}

}  // namespace
}  // namespace monban::practice
