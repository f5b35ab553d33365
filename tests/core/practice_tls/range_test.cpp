// SPDX-License-Identifier: MIT
#include <boost/filesystem.hpp>
#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/model/answers_file.h"
#include "core/observe/application_host.h"
#include "core/practice/clock_text.h"
#include "core/practice/starting_configuration.h"
#include "tests/core/practice_tls/served_range.h"

namespace monban::practice {
namespace {

using Range = ServedRange;

TEST_F(Range, ANewServerIsFreshlyInstalled)
{
    make(windows_build::kServer2019);
    const auto machine = backend().machine();
    ASSERT_TRUE(machine);
    EXPECT_EQ(machine->build, windows_build::kServer2019);
    EXPECT_EQ(machine->osName, "Windows Server 2019");
    const auto sites = sitesFromConfiguration(*backend().configuration());
    ASSERT_TRUE(sites) << sites.error().detail;
    ASSERT_EQ(sites->size(), 1u);
    EXPECT_EQ(sites->front().name, "Default Web Site");
    EXPECT_EQ(sites->front().id, 1);
    EXPECT_EQ(sites->front().state, "Started");
    ASSERT_EQ(sites->front().bindings.size(), 1u);
    EXPECT_EQ(sites->front().bindings[0].information, "*:80:");
    EXPECT_EQ(sites->front().access[0].flags, 0u);
    EXPECT_TRUE(backend().records()->empty());
    EXPECT_EQ(backend().store("ROOT")->size(), 4u);
    EXPECT_TRUE(backend().store("MY")->empty());
    const auto answers = nlohmann::json::parse(*readText(folder() / "answers.json"));
    EXPECT_EQ(answers["certificate"]["file"], "ca/server.p12");
    EXPECT_EQ(answers["root"]["file"], "ca/ia1.der");
    const auto read = readAnswers(folder() / "answers.json");
    EXPECT_TRUE(read) << inEnglish(read.error().message);
}

TEST_F(Range, FilesOpenWithAnOpensslThatHasNoLegacyProvider)
{
    make();
    const std::string pass = " -passin file:" + ca("password.txt").string();
    for (const char* name : {"server", "client", "client-expired", "client-revoked", "client-other-ca", "client-trusted-elsewhere"}) {
        const std::string in = " -in " + ca(std::string(name) + ".p12").string() + pass;
        const std::string text = run("openssl pkcs12 -provider default -info -nodes" + in);
        EXPECT_NE(text.find("MAC: sha1"), std::string::npos) << text.substr(0, 500);
        EXPECT_NE(text.find("pbeWithSHA1And3-KeyTripleDES-CBC"), std::string::npos) << name;
        EXPECT_NE(text.find("BEGIN PRIVATE KEY"), std::string::npos) << name;
        std::size_t certificates = 0;
        for (auto at = text.find("BEGIN CERT"); at != std::string::npos; at = text.find("BEGIN CERT", at + 1)) ++certificates;
        EXPECT_EQ(certificates, 2u) << name << ": its own and its issuer's";
    }
}

TEST_F(Range, TheCertificatesAreWhatTheyAreCalled)
{
    make();
    const std::string root = "openssl x509 -inform DER -noout -text -in " + ca("ia1.der").string();
    const std::string text = run(root);
    EXPECT_NE(text.find(kPracticeMarker), std::string::npos);
    EXPECT_NE(text.find("Public-Key: (2048 bit)"), std::string::npos);
    EXPECT_NE(text.find("CA:TRUE"), std::string::npos);
    EXPECT_EQ(run("openssl x509 -inform DER -noout -subject -in " + ca("ia1.der").string() + " | grep -o CN | wc -l"), "1\n");
    const std::string setup = "openssl x509 -inform DER -in " + ca("ia1.der").string() + " -out root.pem; for i in server client; do "
        "openssl pkcs12 -nodes -clcerts -in " + folder().string() + "/ca/$i.p12 -passin file:" + ca("password.txt").string() +
        " -out $i.pem; done; openssl crl -inform DER -in " + ca("ia1.crl").string() + " -out list.pem; ";
    EXPECT_NE(run(setup + "openssl verify -x509_strict -purpose sslserver -verify_hostname iisdemo.spt-demo.local -CAfile root.pem server.pem")
                  .find("server.pem: OK"), std::string::npos);
    EXPECT_NE(run("openssl verify -x509_strict -purpose sslclient -crl_check -CRLfile list.pem -CAfile root.pem client.pem")
                  .find("client.pem: OK"), std::string::npos);
    EXPECT_NE(run("openssl verify -purpose sslserver -CAfile root.pem client.pem").find("client.pem: verification failed"), std::string::npos);
    EXPECT_NE(run("openssl x509 -noout -text -in client.pem").find("URI:http://ca.practice/crl/ia1.crl"), std::string::npos);
    const std::string list = run("openssl crl -noout -text -in list.pem");
    EXPECT_NE(list.find("X509v3 CRL Number"), std::string::npos);
}

TEST_F(Range, ASeedGivesTheSameNamesAndSerialsAndOtherKeys)
{
    make();
    ASSERT_TRUE(create({scratch() / "twin", 20348, "fresh", 7}));
    ASSERT_TRUE(create({scratch() / "other", 20348, "fresh", 8}));
    const auto shown = [&](const fs::path& server, const char* what) {
        return run("openssl pkcs12 -nodes -clcerts -in " + (server / "ca" / "client.p12").string() + " -passin file:" +
                   (server / "ca" / "password.txt").string() + " | openssl x509 -noout " + what);
    };
    EXPECT_EQ(shown(folder(), "-serial -subject"), shown(scratch() / "twin", "-serial -subject"));
    EXPECT_NE(shown(folder(), "-pubkey"), shown(scratch() / "twin", "-pubkey"));
    EXPECT_NE(shown(folder(), "-serial"), shown(scratch() / "other", "-serial"));
    EXPECT_NE(*readText(ca("password.txt")), *readText(scratch() / "twin" / "ca" / "password.txt"));
}

TEST_F(Range, MakesNothingWhereSomethingIs)
{
    ASSERT_TRUE(makeFolders(folder()));
    ASSERT_TRUE(replaceFile(folder() / "mine.txt", std::string("keep")));
    const auto made = create({folder(), 20348, "fresh", {}});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::Conflict);
    EXPECT_EQ(*readText(folder() / "mine.txt"), "keep");
    const auto file = create({folder() / "mine.txt", 20348, "fresh", {}});
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::Conflict);
    const auto unknown = create({scratch() / "x", 20348, "no-such", {}});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::InvalidInput);
    EXPECT_NE(inEnglish(unknown.error().message).find("fresh"), std::string::npos);
    const auto build = create({scratch() / "x", 7601, "fresh", {}});
    ASSERT_FALSE(build);
    EXPECT_EQ(build.error().code, ErrorCode::InvalidInput);
    EXPECT_FALSE(fs::exists(scratch() / "x"));
}

TEST_F(Range, AnswersARequestInTheFormTheNameAsksFor)
{
    make();
    run("openssl req -newkey rsa:2048 -nodes -keyout k.pem -out r.csr -utf8 -subj '/C=JP/O=株式会社/CN=www.example.test' "
        "-addext 'subjectAltName=DNS:www.example.test,IP:10.0.0.1,email:a@b.test' -addext 'basicConstraints=CA:TRUE'; "
        "openssl req -in r.csr -outform DER -out r.der; openssl x509 -inform DER -in " + ca("ia1.der").string() + " -out root.pem");
    for (const char* out : {"a.pem", "a.cer", "a.p7b"}) ASSERT_TRUE(issue(folder(), scratch() / "r.csr", scratch() / out)) << out;
    ASSERT_TRUE(issue(folder(), scratch() / "r.der", scratch() / "b.crt"));
    const std::string text = run("openssl x509 -in a.pem -noout -text -nameopt utf8");
    EXPECT_NE(text.find("株式会社"), std::string::npos) << text;
    EXPECT_NE(text.find("DNS:www.example.test, IP Address:10.0.0.1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("CA:FALSE"), std::string::npos);
    EXPECT_NE(run("openssl verify -x509_strict -purpose sslserver -CAfile root.pem a.pem b.crt").find("b.crt: OK"), std::string::npos);
    EXPECT_EQ(run("openssl x509 -in a.pem -noout -pubkey"), run("openssl pkey -in k.pem -pubout"));
    EXPECT_NE(run("openssl x509 -inform DER -in a.cer -noout -subject").find("www.example.test"), std::string::npos);
    EXPECT_EQ(run("openssl pkcs7 -inform DER -in a.p7b -print_certs | grep -c BEGIN"), "2\n");
    EXPECT_NE(run("openssl x509 -in a.pem -noout -serial"), run("openssl x509 -in b.crt -noout -serial"));
}

TEST_F(Range, RefusesRequestsItCannotVouchFor)
{
    make();
    run("openssl req -newkey rsa:1024 -nodes -keyout k.pem -out weak.csr -subj /CN=a; "
        "openssl req -newkey rsa:2048 -nodes -keyout k.pem -outform DER -out good.der -subj /CN=a");
    Bytes altered = *readFile(scratch() / "good.der");
    altered.back() ^= 1;
    ASSERT_TRUE(replaceFile(scratch() / "altered.der", altered));
    ASSERT_TRUE(replaceFile(scratch() / "junk", std::string("junk")));
    for (const char* request : {"weak.csr", "altered.der", "junk"}) {
        const auto issued = issue(folder(), scratch() / request, scratch() / "out.pem");
        ASSERT_FALSE(issued) << request;
        EXPECT_EQ(issued.error().code, ErrorCode::InvalidInput) << request;
    }
    EXPECT_FALSE(fs::exists(scratch() / "out.pem"));
    EXPECT_EQ(issue(folder(), scratch() / "none", scratch() / "out.pem").error().code, ErrorCode::NotFound);
    EXPECT_EQ(issue(folder(), scratch() / "good.der", scratch() / "good.der").error().code, ErrorCode::Conflict);
}

TEST_F(Range, RevokesWhatItIssuedInEveryForm)
{
    make();
    const std::string before = run("openssl crl -inform DER -noout -crlnumber -in " + ca("ia1.crl").string());
    const auto client = issueWithOpenssl("one", kClientExtensions);
    const auto count = [&] {
        return run("openssl crl -inform DER -noout -text -in " + ca("ia1.crl").string() + " | grep -c 'Serial Number'");
    };
    EXPECT_EQ(count(), "1\n") << "client-revoked";
    ASSERT_TRUE(revoke(folder(), scratch() / "one.pem"));
    EXPECT_EQ(count(), "2\n");
    ASSERT_TRUE(revoke(folder(), client));
    EXPECT_EQ(count(), "2\n") << "the same certificate in PKCS#12";
    ASSERT_TRUE(revoke(folder(), ca("client.p12")));
    EXPECT_EQ(count(), "3\n");
    ASSERT_TRUE(removeFile(ca("index.json")));
    issueWithOpenssl("two", kClientExtensions);
    ASSERT_TRUE(revoke(folder(), scratch() / "two.pem"));
    EXPECT_EQ(count(), "4\n") << "the published list remembers what a lost index does not";
    EXPECT_NE(run("openssl crl -inform DER -noout -crlnumber -in " + ca("ia1.crl").string()), before);
    run("openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out foreign.pem -subj '/C=JP/O=SPT Demo/CN=SPT Demo Practice CA'");
    EXPECT_EQ(revoke(folder(), scratch() / "foreign.pem").error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(revoke(folder(), ca("ia1.der")).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(revoke(folder(), ca("password.txt")).error().code, ErrorCode::InvalidInput);
}

TEST_F(Range, ARestartBringsIntoEffectWhatWaitsForIt)
{
    make();
    setIssuerList(true);
    EXPECT_FALSE(backend().machine()->schannelAtBoot.contains("SendTrustedIssuerList"));
    editMachine([](Machine& machine) { machine.stoppedServices["W3SVC"] = "stopped"; });
    ASSERT_TRUE(setClock(folder(), "2027-01-31T00:00:00Z"));
    ASSERT_TRUE(restart(folder()));
    const auto machine = backend().machine();
    EXPECT_EQ(machine->schannelAtBoot.at("SendTrustedIssuerList").data, "1");
    EXPECT_EQ(machine->stoppedServices, Machine().stoppedServices);
    EXPECT_EQ(rfc3339(machine->bootTime).substr(0, 13), "2027-01-31T00");
}

TEST(PracticeClock, TakesTimesAndSteps)
{
    const Time now = *timeFromRfc3339("2026-11-23T12:00:00Z");
    const auto shown = [&](const char* text) {
        const auto time = clockFrom(text, now);
        return time ? rfc3339(*time) : "refused";
    };
    EXPECT_EQ(shown("2027-01-31T00:00:00Z"), "2027-01-31T00:00:00Z");
    EXPECT_EQ(shown("2027-01-31T09:00:00+09:00"), "2027-01-31T00:00:00Z");
    EXPECT_EQ(shown("+30d"), "2026-12-23T12:00:00Z");
    EXPECT_EQ(shown("-2h"), "2026-11-23T10:00:00Z");
    EXPECT_EQ(shown("+90m"), "2026-11-23T13:30:00Z");
    EXPECT_EQ(shown("+10s"), "2026-11-23T12:00:10Z");
    for (const char* text : {"", "+", "+d", "30d", "+30", "+30x", "+-3d", "+9999999999d", "-9999999d", "tomorrow", "+3 d",
                             "9999-01-01T00:00:00Z"})
        EXPECT_EQ(shown(text), "refused") << text;
}

TEST_F(Range, ServesTheFirstEndpointOnTheNamedPort)
{
    make();
    serve();
    EXPECT_TRUE(listening().https.empty());
    ASSERT_EQ(listening().http.size(), 1u);
    EXPECT_EQ(listening().http[0].endpoint, "*:80");
    const int taken = httpPort();
    const auto busy = practice::serve(folder(), taken, [](const Listening&) {}, {});
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().code, ErrorCode::Busy);
    stop();
    serve(taken);
    EXPECT_EQ(httpPort(), taken);
    EXPECT_EQ(practice::serve(folder(), 70'000, [](const Listening&) {}, {}).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(practice::serve(scratch(), 0, [](const Listening&) {}, {}).error().code, ErrorCode::NotFound);
}

/// What curl makes of the port that stands for an endpoint just now: IIS's page of an error, or curl's own code.
class Following : public Range {
protected:
    std::string portOf(const std::string& endpoint)
    {
        const auto text = readText(folder() / kListeningFile);
        const std::string all = text ? *text : std::string();
        const auto at = all.find("\"endpoint\":\"" + endpoint + "\",\"url\":\"https://127.0.0.1:");
        if (at == std::string::npos) return {};
        const auto begin = all.find("127.0.0.1:", at) + 10;
        return all.substr(begin, all.find('/', begin) - begin);
    }
    /// Waits until it is there, or gone.
    std::string waitFor(const std::string& endpoint, bool there)
    {
        for (int i = 0; i < 100; ++i) {
            if (portOf(endpoint).empty() != there) return portOf(endpoint);
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        ADD_FAILURE() << endpoint << (there ? " was not opened" : " was not closed");
        return {};
    }
    int curl(const std::string& port, const std::string& page)
    {
        int status = 0;
        const std::string text = run("curl -s -k https://127.0.0.1:" + port + "/", &status);
        if (status == 0) {
            EXPECT_NE(text.find("HTTP Error " + page + " - "), std::string::npos) << text;
        }
        return status / 256;  // as the shell's wait status has it
    }
    /// Whether somebody listens. Not asked of curl: where the connection is reset as soon as it stands, curl may see that
    /// before it sees that it stood, and calls both 7.
    bool connects(const std::string& port)
    {
        int status = 0;
        run("bash -c ': <>/dev/tcp/127.0.0.1/" + port + "'", &status);
        return status == 0;
    }
    void setBindings(const std::vector<std::string>& ports)
    {
        std::string text = kStartingConfiguration;
        std::vector<SslRecord> records;
        for (const std::string& port : ports) {
            text = *withBinding(text, "Default Web Site", bindingFrom("https", "*:" + port + ":", 0));
            records.push_back(record());
            records.back().endpoint = "0.0.0.0:" + port;
        }
        text = *withAccess(text, "Default Web Site", access_flags::kSsl | access_flags::kNegotiateCert | access_flags::kRequireCert);
        ASSERT_TRUE(backend().writeConfiguration(text));
        ASSERT_TRUE(backend().writeRecords(records));
    }
};

TEST_F(Following, ListensForBindingsThatComeAndNoLongerForThoseThatGo)
{
    make();
    setUp();
    serve();
    const std::string first = waitFor("0.0.0.0:443", true);
    EXPECT_EQ(first, std::to_string(httpsPort()));
    setBindings({"443", "8443"});
    const std::string second = waitFor("0.0.0.0:8443", true);
    EXPECT_EQ(curl(second, "403.7"), 0);
    EXPECT_EQ(portOf("0.0.0.0:443"), first) << "what is open stays where it is";
    setBindings({"443"});
    waitFor("0.0.0.0:8443", false);
    EXPECT_FALSE(connects(second)) << "nobody listens any more";
    EXPECT_EQ(curl(first, "403.7"), 0);
    setBindings({"8443", "443"});
    EXPECT_EQ(waitFor("0.0.0.0:8443", true), second) << "it comes back where it was";
    EXPECT_EQ(curl(second, "403.7"), 0);
    // A stopped service takes no binding away; whoever comes meanwhile is sent off.
    editMachine([](Machine& machine) { machine.stoppedServices["w3svc"] = "stopped"; });
    std::this_thread::sleep_for(std::chrono::milliseconds(1200));
    EXPECT_EQ(portOf("0.0.0.0:8443"), second);
    EXPECT_TRUE(connects(second));
    EXPECT_NE(curl(second, ""), 0);
    editMachine([](Machine& machine) { machine.stoppedServices.clear(); });
    EXPECT_EQ(curl(second, "403.7"), 0);
    // What cannot be read takes nothing away either.
    const std::string whole = *backend().configuration();
    ASSERT_TRUE(backend().writeConfiguration("<configuration"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1200));
    EXPECT_EQ(portOf("0.0.0.0:8443"), second);
    ASSERT_TRUE(backend().writeConfiguration(whole));
    stop();
    EXPECT_FALSE(fs::exists(folder() / kListeningFile));
}

}  // namespace
}  // namespace monban::practice
