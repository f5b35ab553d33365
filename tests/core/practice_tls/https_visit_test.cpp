// SPDX-License-Identifier: MIT
#include "core/tls/https_visit.h"

#include "core/base/file.h"
#include "tests/core/practice_tls/served_range.h"

namespace monban::practice {
namespace {

/// Our own visitor against a server that curl and openssl have judged in the other tests.
class HttpsVisitTest : public ServedRange {
protected:
    HttpsVisit to(int port) const
    {
        HttpsVisit wanted;
        wanted.host = "iisdemo.spt-demo.local";
        wanted.connectHost = "127.0.0.1";
        wanted.connectPort = static_cast<std::uint16_t>(port);
        return wanted;
    }
    Result<HttpsAnswer> with(const std::string& file, const std::string& password)
    {
        const auto client = clientIdentity(*readFile(ca(file)), Secret(std::string(password)));
        if (!client) return client.error();
        HttpsVisit wanted = to(httpsPort());
        wanted.client = *client;
        return visit(wanted);
    }
};

TEST_F(HttpsVisitTest, MeetsWhatABrowserMeets)
{
    make();
    setUp();
    serve();
    const auto without = visit(to(httpsPort()));
    ASSERT_TRUE(without) << without.error().detail;
    EXPECT_EQ(without->status, 403);
    EXPECT_EQ(without->subStatus, "7");
    EXPECT_EQ(without->tlsVersion, "TLSv1.3");
    EXPECT_TRUE(without->isAskedForCertificate());
    EXPECT_EQ(without->serverCertificate, record().thumbprint);
    const auto admitted = with("client.p12", password());
    ASSERT_TRUE(admitted) << admitted.error().detail;
    EXPECT_EQ(admitted->status, 200);
    EXPECT_EQ(admitted->subStatus, "");
    const auto stranger = with("client-other-ca.p12", password());
    ASSERT_TRUE(stranger);
    EXPECT_EQ(stranger->subStatus, "16");
}

TEST_F(HttpsVisitTest, AConnectionThatTheServerEndsIsAnAnswer)
{
    make();
    setUp();
    SslRecord rejecting = record();
    rejecting.flags |= record_flags::kReject;
    setRecord(rejecting);
    serve();
    const auto refused = visit(to(httpsPort()));
    ASSERT_TRUE(refused) << refused.error().detail;
    EXPECT_FALSE(refused->status);
    EXPECT_NE(refused->ended, "");
}

TEST_F(HttpsVisitTest, WhatCannotBeTriedIsAnError)
{
    make();
    setUp();
    serve();
    const auto wrong = with("client.p12", "wrong");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::WrongPassword);
    const int port = httpsPort();
    stop();
    const auto nobody = visit(to(port));
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code, ErrorCode::Io);
}

TEST_F(HttpsVisitTest, EndsWhenSomebodyWantsItToStop)
{
    make();
    setUp();
    serve();
    std::stop_source source;
    source.request_stop();
    HttpsVisit wanted = to(httpsPort());
    wanted.stop = source.get_token();
    const auto stopped = visit(wanted);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace monban::practice
