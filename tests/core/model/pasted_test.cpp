// SPDX-License-Identifier: MIT
#include "core/model/pasted.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/model/answers_file.h"
#include "tests/support/fake_server.h"

namespace monban {
namespace {

const std::string kDigits = "5ab2c3d4e5f60718293a4b5c6d7e8f9001122334";
const std::string kDigits256 = kDigits + "aabbccddeeff001122334455";

TEST(PastedWord, BecomesTheAsciiThatWasMeant)
{
    const std::pair<const char*, const char*> table[] = {
        {"www.example.com:443", "www.example.com:443"},
        {"ｗｗｗ．ｅｘａｍｐｌｅ．ｃｏｍ：４４３", "www.example.com:443"},
        {"ＷＷＷ。example｡com：443", "WWW.example.com:443"},
        {"０．０．０．０：４４３", "0.0.0.0:443"},
        {"［：：１］：８４４３", "[::1]:8443"},
        {"　0.0.0.0:443　", "0.0.0.0:443"},
        {" \t0.0.0.0:443\r\n", "0.0.0.0:443"},
        {"\u200Ewww.example.com\u200B:443\uFEFF", "www.example.com:443"},
        {"\u202Awww.example.com\u202C", "www.example.com"},
        {"www\u00AD.example.com\u2066\u2069", "www.example.com"},
        {"\u00A0JP\u00A0", "JP"},
        {"ＪＰ", "JP"},
        {"my\u2010host\u2011a\u2013b\uFF0Dc", "my-host-a-b-c"},
        {"ｈｔｔｐ：／／ｃａ．ｐｒａｃｔｉｃｅ／ｃｒｌ／ｉａ１．ｄｅｒ", "http://ca.practice/crl/ia1.der"},
        {"日本語.example", "日本語.example"},
        {"a b", "a b"},
        {"", ""},
        {"　", ""},
    };
    for (const auto& [pasted, meant] : table) EXPECT_EQ(pastedWord(pasted), meant) << pasted;
    EXPECT_EQ(pastedWord("\xFF"), "\xFF");
}

TEST(PastedPath, BecomesThePathThatWasMeant)
{
    const std::pair<const char*, const char*> table[] = {
        {"C:\\pki\\server.p12", "C:\\pki\\server.p12"},
        {"\"C:\\pki\\my server.p12\"", "C:\\pki\\my server.p12"},
        {"“C:\\pki\\server.p12”", "C:\\pki\\server.p12"},
        {" \"C:\\pki\\server.p12\" \r\n", "C:\\pki\\server.p12"},
        {"C:¥pki¥server.p12", "C:\\pki\\server.p12"},
        {"C:￥pki￥server.p12", "C:\\pki\\server.p12"},
        {"C:₩pki₩server.p12", "C:\\pki\\server.p12"},
        {"Ｃ：￥pki￥証明書（２０２６）．p12", "C:\\pki\\証明書（２０２６）．p12"},
        {"Ｃ：＼pki＼server.p12", "C:\\pki\\server.p12"},
        {"Ｃ：／pki／server.p12", "C:/pki/server.p12"},
        {"¥¥files¥pki¥server.p12", "\\\\files\\pki\\server.p12"},
        {"pki¥server.p12", "pki\\server.p12"},
        {"\u202AC:\\pki\\server.p12\u202C", "C:\\pki\\server.p12"},  // the marks of Windows' security dialog
        {"\uFEFF\u200EC:\\pki\\server.p12", "C:\\pki\\server.p12"},
        {"C:\\pki\\5¥.p12", "C:\\pki\\5¥.p12"},
        {"/pki/5¥.p12", "/pki/5¥.p12"},
        {"C:\\pki\\ｓｅｒｖｅｒ.p12", "C:\\pki\\ｓｅｒｖｅｒ.p12"},
        {"/tmp/a b.p12", "/tmp/a b.p12"},
        {"\"", "\""},
        {"\"\"", ""},
        {"", ""},
    };
    for (const auto& [pasted, meant] : table) EXPECT_EQ(pastedPath(pasted), meant) << pasted;
    EXPECT_EQ(pastedPath("/tmp/\xFF.p12"), "/tmp/\xFF.p12");
}

TEST(PastedSitePath, HasOneKindOfSlash)
{
    for (const char* pasted : {"/app", "／app", "\\app", "¥app", "￥app", "\u200E/app ", "　/app"}) EXPECT_EQ(pastedSitePath(pasted), "/app") << pasted;
    EXPECT_EQ(pastedSitePath("/門番/ａ"), "/門番/ａ");
}

TEST(PastedFingerprint, IsReadInEveryFormProgramsShowIt)
{
    const std::string upper = "5AB2C3D4E5F60718293A4B5C6D7E8F9001122334";
    std::string colons;
    std::string blanks;
    std::string pairs = "\u200E";
    for (std::size_t i = 0; i < upper.size(); i += 2) {
        colons += (i ? ":" : "") + upper.substr(i, 2);
        blanks += (i ? " " : "") + kDigits.substr(i, 2);
        pairs += kDigits.substr(i, 2) + "\u00A0";
    }
    for (const std::string& text :
         {kDigits, upper, colons, blanks, pairs, "  " + colons + "\r\n", "sha1 Fingerprint=" + colons, "SHA1 Fingerprint=" + colons, "SHA-1: " + colons,
          "Cert Hash(sha1): " + blanks, "証明書ハッシュ(sha1): " + blanks, "Thumbprint: " + upper, "拇印: " + blanks, "0x" + upper, "\"" + kDigits + "\"",
          kDigits.substr(0, 20) + "\r\n" + kDigits.substr(20), std::string("５ａｂ２") + kDigits.substr(4), colons.substr(0, 29) + "\u2013" + colons.substr(30)})
        EXPECT_EQ(pastedFingerprint(text, 20), kDigits) << text;
    EXPECT_EQ(pastedFingerprint("SHA-256 Fingerprint=" + kDigits256, 32), kDigits256);
    for (const std::string& text : {std::string(), kDigits + "0", kDigits.substr(1), std::string(40, 'g'), kDigits256, std::string("\xFF") + kDigits})
        EXPECT_FALSE(pastedFingerprint(text, 20)) << text;
}

TEST(InvisibleMark, IsNamedByItsNumber)
{
    EXPECT_EQ(invisibleMark("Site\u200E"), "U+200E");
    EXPECT_EQ(invisibleMark("\uFEFFSite"), "U+FEFF");
    for (const char* seen : {"Default Web Site", "門番", "👨‍👩‍👧", "نامه\u200Cای", "a\u00A0b", ""}) EXPECT_FALSE(invisibleMark(seen)) << seen;
}

std::string json(const std::string& text) { return "\"" + text + "\""; }

TEST(AnswersFile, TakesWhatWasPastedAsItWasMeant)
{
    const auto answers = answersFromText(
        "{\"certificate\":{\"country\":\"ＪＰ\",\"dns_names\":[\"ｗｗｗ．example.com\"],\"ip_addresses\":[\"１０．０．０．１\"],\"replaces\":" +
            json("\u200E" + kDigits.substr(0, 20) + " " + kDigits.substr(20)) + "},\"root\":{\"url\":\"ｈｔｔｐ://ca.practice/crl/ia1.der\",\"sha256\":" +
            json("SHA256 Fingerprint=" + kDigits256) + "},\"bind\":{\"endpoint\":\"０．０．０．０：４４３\"},\"require\":{\"path\":\"￥app\"},\"verify\":{\"address\":\"　https://www.example.com/\"}}",
        "answers.json", "/pki");
    ASSERT_TRUE(answers) << inEnglish(answers.error().message);
    EXPECT_EQ(answers->certificate.country, "JP");
    EXPECT_EQ(answers->certificate.dnsNames.at(0), "www.example.com");
    EXPECT_EQ(answers->certificate.ipAddresses.at(0), "10.0.0.1");
    EXPECT_EQ(answers->certificate.replaces, kDigits);
    EXPECT_EQ(answers->root.url, "http://ca.practice/crl/ia1.der");
    EXPECT_EQ(answers->root.sha256, kDigits256);
    EXPECT_EQ(answers->bind.endpoint, "0.0.0.0:443");
    EXPECT_EQ(answers->require.path, "/app");
    EXPECT_EQ(answers->verify.address, "https://www.example.com/");
    const auto nonsense = answersFromText(R"({"root":{"sha256":"12:34"},"certificate":{"replaces":"abc"}})", "answers.json", "/pki");
    EXPECT_EQ(nonsense->root.sha256, "12:34") << "as it was, so that it can be named";
    EXPECT_EQ(nonsense->certificate.replaces, "abc");
}

TEST(AnswersFile, NamesAnInvisibleMarkInATextThatIsKeptAsItIs)
{
    for (const char* part : {"\"certificate\":{\"common_name\"", "\"certificate\":{\"organization\"", "\"certificate\":{\"friendly_name\"",
                             "\"import\":{\"friendly_name\"", "\"trust\":{\"ctl_store\""}) {
        const auto answers = answersFromText(std::string("{") + part + ":\"a\u200Eb\"}}", "answers.json", "/pki");
        ASSERT_FALSE(answers) << part;
        EXPECT_NE(inEnglish(answers.error().message).find("U+200E"), std::string::npos);
    }
    const auto kept = answersFromText(R"({"certificate":{"organization":"株式会社　門番（東京）"},"import":{"friendly_name":" ２０２６ "}})", "a", "/pki");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->certificate.organization, "株式会社　門番（東京）");
    EXPECT_EQ(kept->import.friendlyName, " ２０２６ ");
}

TEST(AnswersFile, PrefersTheFileThatIsThereUnderTheVeryName)
{
    const fs::path folder = support::temporaryFolder();
    fs::create_directories(folder / "pki");
    const auto fileOf = [&](const std::string& name) {
        const auto answers = answersFromText("{\"certificate\":{\"file\":" + json(name) + "}}", "answers.json", folder);
        std::string file = answers ? utf8(pathFromUtf8(answers->certificate.file).lexically_relative(folder)) : "refused";
        std::replace(file.begin(), file.end(), '\\', '/');  // as Windows divides paths
        return file;
    };
    ASSERT_TRUE(replaceFile(folder / "pki" / "a.p12", std::string("x")));
    for (const char* name : {"pki/a.p12", "pki¥a.p12", "pki￥a.p12", "pki＼a.p12", " pki/a.p12 ", "\\\"pki/a.p12\\\"", "\u202Apki/a.p12"})
        EXPECT_EQ(fileOf(name), "pki/a.p12") << name;
    EXPECT_EQ(fileOf("pki¥new.p12"), "pki/new.p12") << "one that is still to come";
    ASSERT_TRUE(replaceFile(folder / pathFromUtf8("b¥c.p12"), std::string("x")));
    EXPECT_EQ(pathFromUtf8(fileOf("b¥c.p12")), pathFromUtf8("b¥c.p12"));
    boost::system::error_code ignored;
    fs::remove_all(folder, ignored);
}

}  // namespace
}  // namespace monban
