// SPDX-License-Identifier: MIT
#include "core/model/answers_file.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/json_text.h"

namespace monban {
namespace {

const fs::path kFolder = pathFromUtf8("/pki");

Result<Answers> read(const std::string& text) { return answersFromText(text, "answers.json", kFolder); }

std::string complaint(const std::string& text)
{
    const auto answers = read(text);
    return answers ? "accepted" : inEnglish(answers.error().message);
}

TEST(AnswersFile, HasTheContractsDefaults)
{
    const auto answers = read("{}");
    ASSERT_TRUE(answers);
    EXPECT_EQ(*answers, Answers{});
    EXPECT_EQ(answers->import.store, "MY");
    EXPECT_EQ(answers->trust.ctlStore, "iis_client_trust");
    EXPECT_TRUE(answers->bind.sendTrustedIssuerList);
    EXPECT_TRUE(answers->require.requireSsl);
    EXPECT_EQ(answers->require.mode, RequireAnswers::Mode::Require);
    EXPECT_FALSE(answers->bind.disableHttp2) << "switches stay as they are found";
}

TEST(AnswersFile, TakesRelativePathsRelativeToItself)
{
    const auto answers = read(R"({"certificate":{"file":"a/../server.p12"},"trust":{"intermediates":["x/ca.cer"]}})");
    ASSERT_TRUE(answers);
    EXPECT_EQ(pathFromUtf8(answers->certificate.file), pathFromUtf8("/pki/server.p12").lexically_normal());
    EXPECT_EQ(pathFromUtf8(answers->trust.intermediates.at(0)), pathFromUtf8("/pki/x/ca.cer").lexically_normal());
}

TEST(AnswersFile, NamesAnUnknownKeyAndItsPlace)
{
    const std::string said = complaint("{\n  \"bind\": {\n    \"sight\": \"x\"\n  }\n}");
    EXPECT_NE(said.find("answers.json:3:14"), std::string::npos) << said;
    EXPECT_NE(said.find("bind.sight"), std::string::npos);
    EXPECT_NE(said.find("check_revocation"), std::string::npos) << "the keys it could have been";
}

TEST(AnswersFile, NamesAValueOfTheWrongKindAndItsPlace)
{
    EXPECT_NE(complaint("{\"certificate\":{\"key_bits\":\"3072\"}}").find("answers.json:1:28"), std::string::npos);
    EXPECT_NE(complaint("{\"import\":{\"store\":\"ROOT\"}}").find("\"MY\", \"WebHosting\""), std::string::npos);
    EXPECT_NE(complaint("{\"trust\":{\"intermediates\":[\"a\",5]}}").find("trust.intermediates.1"), std::string::npos);
    EXPECT_NE(complaint("[]").find("braces"), std::string::npos);
}

TEST(AnswersFile, RefusesBothAnEndpointAndAHostName)
{
    EXPECT_NE(complaint(R"({"bind":{"endpoint":"0.0.0.0:443","hostname":"a:443"}})"), "accepted");
}

TEST(AnswersFile, ReadsWhatWindowsToolsWrite)
{
    const std::string text = "{\"bind\":{\"site\":\"門番\"}}";
    const std::u16string units = utf16FromUtf8(text);
    std::string little = "\xFF\xFE";
    for (const char16_t unit : units) {
        little += static_cast<char>(unit & 0xFF);
        little += static_cast<char>(unit >> 8);
    }
    for (const std::string& file : {"\xEF\xBB\xBF" + text, little}) {
        const auto answers = read(file);
        ASSERT_TRUE(answers);
        EXPECT_EQ(answers->bind.site, "門番");
    }
}

TEST(AnswersFile, GivesBackWhatItRead)
{
    Answers answers;
    answers.certificate.file = utf8((kFolder / "server.p12").lexically_normal());
    answers.certificate.dnsNames = {"a.test", "b.test"};
    answers.certificate.keyBits = 3072;
    answers.root.url = "http://ca.test/crl/ia1.der";
    answers.root.sha256 = std::string(64, 'a');
    answers.import = {"WebHosting", "site 2026", {std::string(40, 'b')}};
    answers.trust = {"my_ctl", {utf8((kFolder / "x.cer").lexically_normal())}, {std::string(40, 'c')}};
    answers.bind.hostname = "www.example.test:443";
    answers.bind.checkRevocation = false;
    answers.bind.disableHttp2 = true;
    answers.bind.sendTrustedIssuerList = false;
    answers.require = {RequireAnswers::Mode::Accept, false, "/app"};
    answers.troubleshoot.flushCrl = true;
    const std::string text = jsonText(answersToJson(answers, kFolder));
    EXPECT_EQ(text.find("/pki"), std::string::npos) << "the file can be moved with what it names";
    const auto again = read(text);
    ASSERT_TRUE(again) << inEnglish(again.error().message);
    EXPECT_EQ(*again, answers);
}

TEST(JsonDocument, SaysLineAndColumnInCharacters)
{
    const auto document = JsonDocument::parse("{\n \"門番\": tru }", "x.json");
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().message.values[1], "2");
    EXPECT_EQ(document.error().message.values[2], "11");
}

TEST(JsonDocument, RefusesWhatNobodyWrites)
{
    EXPECT_FALSE(JsonDocument::parse(std::string(100000, '['), "x"));
    EXPECT_FALSE(JsonDocument::parse("{\"a\":" + std::string(80, '[') + std::string(80, ']') + "}", "x"));
    EXPECT_FALSE(JsonDocument::parse("{\"a\":1,\"a\":2}", "x"));
    EXPECT_FALSE(JsonDocument::parse("", "x"));
    EXPECT_FALSE(JsonDocument::parse("\xFF\xFE{", "x"));
}

}  // namespace
}  // namespace monban
