// SPDX-License-Identifier: MIT
#include "core/plan/request_policy.h"

#include <gtest/gtest.h>

#include <random>

#include "core/practice/certreq.h"
#include "tests/support/values.h"

namespace monban {
namespace {

RequestPolicy policyOf(const Answers& answers, const Facts& facts = support::freshFacts(), const Materials& materials = {})
{
    auto policy = requestPolicy({answers, materials, facts, {}});
    EXPECT_TRUE(policy) << (policy ? "" : inEnglish(policy.error().message));
    return policy ? *policy : RequestPolicy{};
}

Answers answersFor(const std::string& name)
{
    Answers answers;
    answers.certificate.source = CertificateAnswers::Source::Request;
    answers.certificate.commonName = name;
    return answers;
}

/// What the practice server's certreq, written from its own documentation, reads out of the file.
std::vector<std::string> subjectValues(const Bytes& file)
{
    const auto inf = practice::InfFile::parse(file);
    if (!inf) return {"no INF"};
    const auto name = practice::x500Name(inf->value("NewRequest", "Subject").value_or(""));
    if (!name) return {"no name"};
    std::vector<std::string> values;
    for (const auto& relative : *name) {
        if (relative.size() != 1) return {"a name of several parts"};
        values.push_back(relative.front().second);
    }
    return values;
}

TEST(RequestPolicy, EveryTextArrivesAsItWasTyped)
{
    static const std::vector<std::string> kPieces{",", "+", "\"", "=", ";", "<", ">", "#", "\\", "%", "%%", "'", "[", "]", "{text}", " ",
                                                  "門", "é", "😀", "a", "O=x", "_continue_", "$", "&", "/", "\"\""};
    std::mt19937 random(2026);
    for (int round = 0; round < 2000; ++round) {
        Answers answers = answersFor("www.example.test");
        std::string text;
        for (std::size_t i = 1 + random() % 8; i > 0; --i) text += kPieces[random() % kPieces.size()];
        if (text.find_first_not_of(' ') == std::string::npos) continue;  // a value of blanks is no value
        answers.certificate.organization = text;
        const Bytes file = policyFile(policyOf(answers));
        ASSERT_EQ(subjectValues(file), (std::vector<std::string>{"www.example.test", text})) << text;
    }
}

TEST(RequestPolicy, FillsInWhatIsLeftOpen)
{
    const RequestPolicy plain = policyOf(answersFor("WWW.example.test"));
    EXPECT_EQ(plain.dnsNames, std::vector<std::string>{"www.example.test"}) << "browsers look at the alternative names only";
    EXPECT_EQ(plain.keyText(), "RSA 3072");
    EXPECT_FALSE(plain.cng);

    Materials small = support::materials();
    (*small.root)->certificate.key = {"RSA", 2048};
    EXPECT_EQ(policyOf(answersFor("a.test"), support::freshFacts(), small).bits, 2048) << "as the CA has it";

    Answers bound = answersFor("");
    bound.bind.hostname = "www.example.test:443";
    EXPECT_EQ(policyOf(bound).subject.commonName, "www.example.test");

    EXPECT_EQ(policyOf(answersFor("192.0.2.1")).ipAddresses, std::vector<std::string>{"192.0.2.1"});
    EXPECT_EQ(policyOf(answersFor("*.example.test")).dnsNames, std::vector<std::string>{"*.example.test"});

    Answers elliptic = answersFor("a.test");
    elliptic.certificate.keyAlgorithm = "ecdsa_p384";
    EXPECT_TRUE(policyOf(elliptic).cng);
    EXPECT_EQ(policyOf(elliptic).keyText(), "EC 384");
}

TEST(RequestPolicy, NamesTheAnswerThatMakesNoRequest)
{
    const auto refused = [](auto change) {
        Answers answers = answersFor("www.example.test");
        change(answers.certificate);
        const Materials none;
        const Facts facts = support::freshFacts();
        const auto policy = requestPolicy({answers, none, facts, {}});
        return policy ? std::string("accepted") : inEnglish(policy.error().message);
    };
    EXPECT_NE(refused([](auto& c) { c.keyBits = 1024; }).find("2048 or more"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.keyBits = 2049; }).find("2049"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.country = "J"; }).find("two letters"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.country = "日本"; }).find("two letters"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.state = "a\r\nb"; }).find("line break"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.friendlyName = "a\nb"; }).find("line break"), std::string::npos);
    EXPECT_EQ(refused([](auto& c) { c.organization.clear(); for (int i = 0; i < 64; ++i) c.organization += "門"; }), "accepted") << "64 characters, not bytes";
    EXPECT_NE(refused([](auto& c) { c.organization = std::string(65, 'x'); }).find("64"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.commonName = "My server"; }).find("My server"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.commonName.clear(); }).find("common_name"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.dnsNames = {"a.test", "b.*.test"}; }).find("b.*.test"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.ipAddresses = {"fe80::1%eth0"}; }).find("fe80"), std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.provider = "Microsoft RSA SChannel Cryptographic Provider"; c.keyAlgorithm = "ECDSA_P256"; }).find("RSA keys only"),
              std::string::npos);
    EXPECT_NE(refused([](auto& c) { c.commonName.clear(); c.replaces = std::string(40, 'c'); }).find("not on this server"), std::string::npos);
}

TEST(RequestPolicy, SaysNothingThatWouldLetTheKeyOut)
{
    for (const char* algorithm : {"RSA", "ECDSA_P256"}) {
        Answers answers = answersFor("www.example.test");
        answers.certificate.keyAlgorithm = algorithm;
        const auto inf = practice::InfFile::parse(policyFile(policyOf(answers)));
        ASSERT_TRUE(inf);
        EXPECT_EQ(inf->value("NewRequest", "Exportable"), "FALSE");
        EXPECT_EQ(inf->value("NewRequest", "MachineKeySet"), "TRUE");
        std::string trouble;
        EXPECT_TRUE(practice::policyFrom(*inf, trouble)) << trouble;
    }
}

}  // namespace
}  // namespace monban
