// SPDX-License-Identifier: MIT
#include "tests/core/practice/shell_folder.h"

namespace monban::practice {
namespace {

class Certutil : public ShellFolder {};

TEST_F(Certutil, AddsTheWhitepapersRootToBothStores)
{
    const Reply ctl = type("certutil -f -addstore iis_client_trust ia1.der");
    EXPECT_EQ(ctl.exitCode, 0) << ctl.text;
    EXPECT_EQ(ctl.text,
              "iis_client_trust\nSignature matches Public Key\nCertificate \"Practice Root\" added to store.\n"
              "CertUtil: -addstore command completed successfully.\n");
    const Reply root = type("certutil -f -addstore ROOT ia1.der");
    EXPECT_TRUE(root.text.starts_with("ROOT \"Trusted Root Certification Authorities\"\n"));
    EXPECT_EQ(backend().store("iis_client_trust")->at(0).der, m_root);
    EXPECT_EQ(backend().store("ROOT")->at(0).der, m_root);
}

TEST_F(Certutil, WithoutForceAMissingStoreIsNotMade)
{
    const Reply reply = type("certutil -addstore iis_client_trust ia1.der");
    EXPECT_EQ(reply.exitCode, hresult(0x80070002));
    EXPECT_TRUE(says(reply, "Cannot open existing Cert store.  Use -f option to force Cert store creation."));
    EXPECT_TRUE(says(reply,
                     "CertUtil: -addstore command FAILED: 0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)\nCertUtil: The "
                     "system cannot find the file specified."));
    EXPECT_FALSE(backend().store("iis_client_trust"));
    EXPECT_EQ(type("certutil -addstore root ia1.der").exitCode, 0);
    EXPECT_TRUE(says(type("certutil -addstore root ia1.der"), "Certificate \"Practice Root\" already in store."));
    EXPECT_TRUE(says(type("certutil -f -addstore root ia1.der"), "added to store."));
    EXPECT_EQ(count("ROOT"), 1u);
}

TEST_F(Certutil, AForcedAddKeepsTheKeyOfACertificateThatIsThere)
{
    writeFile("ca/server.cer", std::string(textOf(m_server)));
    ASSERT_EQ(type("certutil -f -addstore My server.cer").exitCode, 0);
    EXPECT_EQ(backend().store("MY")->at(0).key, KeyState::NotExportable);
    EXPECT_EQ(backend().store("MY")->at(0).friendlyName, "server");
}

TEST_F(Certutil, NamesWhatIsWrongWithTheFileOrTheRights)
{
    EXPECT_EQ(type("certutil -f -addstore ROOT nowhere.der").exitCode, hresult(0x80070002));
    writeFile("ca/text.txt", "not a certificate");
    EXPECT_EQ(type("certutil -f -addstore ROOT text.txt").exitCode, hresult(0x80092009));
    EXPECT_EQ(type("certutil -f -addstore a\\b ia1.der").exitCode, hresult(0x8007007b));
    change([](Machine& machine) { machine.elevated = false; });
    const Reply denied = type("certutil -f -addstore ROOT ia1.der");
    EXPECT_EQ(denied.exitCode, hresult(0x80070005));
    EXPECT_TRUE(says(denied, "Administrator permissions are needed to use the selected options."));
    EXPECT_EQ(count("ROOT"), 0u);
    EXPECT_EQ(type("certutil -store My").exitCode, 0) << "reading needs no rights";
}

TEST_F(Certutil, TakesRevocationListsAndReplies)
{
    writeFile("ca/ia1.crl", std::string(textOf(testCrl(m_rootX509.get(), m_rootKey))));
    const Reply reply = type("certutil -addstore CA ia1.crl");
    EXPECT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_TRUE(says(reply, "CRL \"Practice Root\" added to store."));
    EXPECT_EQ(backend().crls("CA")->size(), 1u);
    EXPECT_TRUE(says(type("certutil -store CA"), "================ CRL 0 ================"));
    EXPECT_EQ(type("certutil -delstore CA .0").exitCode, 0);
    EXPECT_TRUE(backend().crls("CA")->empty());
}

TEST_F(Certutil, DeletesByThumbprintSerialNameAndIndex)
{
    const std::string spaced = [&] {
        std::string text;
        for (std::size_t i = 0; i < m_hash.size(); i += 2) text += (i ? " " : "") + m_hash.substr(i, 2);
        return text;
    }();
    for (const std::string& id : {m_hash, spaced, std::string("abcdef"), std::string("00ABCDEF"),
                                  std::string("WWW.example"), std::string("0"), std::string("server-key")}) {
        ASSERT_TRUE(backend().putCertificate("MY", {m_server, "", "", KeyState::Present, "server-key"}));
        const Reply reply = run("certutil", {"-delstore", "my", id});
        EXPECT_EQ(reply.exitCode, 0) << id << reply.text;
        EXPECT_EQ(count("MY"), 0u) << id;
    }
    const Reply missing = type("certutil -delstore my www");
    EXPECT_EQ(missing.exitCode, hresult(0x80092004));
    EXPECT_TRUE(says(missing, "0x80092004 (-2146885628 CRYPT_E_NOT_FOUND)\nCertUtil: Cannot find object or property."));
    EXPECT_EQ(type("certutil -delstore nowhere www").exitCode, hresult(0x80070002));
}

TEST_F(Certutil, ListsAStore)
{
    const Reply reply = type("certutil -store My");
    EXPECT_EQ(reply.exitCode, 0);
    for (const std::string& part :
         {std::string("My \"Personal\"\n================ Certificate 0 ================\nSerial Number: "
                      "abcdef\nIssuer: CN=Practice Root\n NotBefore: "),
          std::string("Subject: CN=www.example.test\nNon-root Certificate\nCert Hash(sha1): ") + m_hash,
          std::string("  Key Container = server-key\n"), std::string("Private key is NOT exportable\n")})
        EXPECT_TRUE(says(reply, part)) << part << reply.text;
    EXPECT_EQ(type("certutil -store My nothing").exitCode, hresult(0x80090011));
    EXPECT_EQ(type("certutil -store nowhere").exitCode, hresult(0x80070002));
    EXPECT_EQ(type("certutil -store").text.substr(0, 2), "CA");
}

TEST_F(Certutil, ImportsAPkcs12WithItsChain)
{
    writeFile("ca/server.p12", pkcs12("secret"));
    ASSERT_TRUE(backend().removeCertificate("MY", m_hash));
    const Reply reply = type("certutil -f -p secret -importpfx server.p12");
    EXPECT_EQ(reply.exitCode, 0) << reply.text;
    EXPECT_EQ(
        reply.text,
        "Certificate \"www.example.test\" added to store.\n\nCertUtil: -importPFX command completed successfully.\n");
    const auto entry = backend().store("MY")->at(0);
    EXPECT_EQ(entry.key, KeyState::Present);
    EXPECT_EQ(entry.friendlyName, "friendly サーバー");
    EXPECT_TRUE(backend().key(entry.keyContainer));
    EXPECT_EQ(count("ROOT"), 1u) << "without NoRoot the root goes to ROOT";
}

TEST_F(Certutil, ModifiersKeepRootAndKeyIn)
{
    writeFile("ca/server.p12", pkcs12("secret"));
    EXPECT_EQ(type("certutil -importpfx -p secret WebHosting server.p12 NoExport,NoSuchModifier").exitCode,
              hresult(0x80070057));
    EXPECT_EQ(
        type("certutil -importpfx -p secret WebHosting server.p12 \"NoExport,NoRoot,FriendlyName=a, b\"").exitCode, 0);
    const auto entry = backend().store("WebHosting")->at(0);
    EXPECT_EQ(entry.key, KeyState::NotExportable);
    EXPECT_EQ(entry.friendlyName, "a, b");
    EXPECT_EQ(count("ROOT"), 0u);
}

TEST_F(Certutil, ThePasswordIsAskedForOnceAndNeverWaitedFor)
{
    writeFile("ca/server.p12", pkcs12("秘密"));
    const Reply asked = type("certutil -importpfx WebHosting server.p12 NoRoot", "秘密\r\n");
    EXPECT_EQ(asked.exitCode, 0) << asked.text;
    EXPECT_TRUE(says(asked, "Enter PFX password:"));
    const Reply wrong = type("certutil -importpfx WebHosting server.p12", "falsch\n");
    EXPECT_EQ(wrong.exitCode, hresult(0x80070056));
    EXPECT_TRUE(says(wrong, "CertUtil: The specified network password is not correct."));
    EXPECT_NE(type("certutil -importpfx WebHosting server.p12").exitCode, 0) << "nobody answers";
    EXPECT_EQ(type("certutil -p x -importpfx nowhere.p12").exitCode, hresult(0x80070002));
    writeFile("ca/broken.p12", "nonsense");
    EXPECT_NE(type("certutil -p x -importpfx broken.p12").exitCode, 0);
}

TEST_F(Certutil, Server2016CannotReadAModernPkcs12)
{
    writeFile("ca/modern.p12", pkcs12("secret", true));
    onBuild(14393);
    EXPECT_EQ(type("certutil -p secret -importpfx WebHosting modern.p12").exitCode, hresult(0x80070056));
    EXPECT_EQ(count("WebHosting"), 0u);
    onBuild(17763);
    EXPECT_EQ(type("certutil -p secret -importpfx WebHosting modern.p12").exitCode, 0);
}

std::int64_t secondsOf(const RegistryValue& value)
{
    const auto bytes = *bytesFromHex(value.data);
    std::uint64_t ticks = 0;
    for (int i = 7; i >= 0; --i) ticks = ticks << 8 | bytes[static_cast<std::size_t>(i)];
    return static_cast<std::int64_t>(ticks / 10'000'000) - 11644473600;
}

TEST_F(Certutil, SetsTheResyncTimeInEveryWayItCanBeTyped)
{
    change([](Machine& machine) { machine.clockOffsetSeconds = 86400 * 100; });
    const auto now = backend().machine()->clock().time_since_epoch().count();
    for (const char* name :
         {"chain\\ChainCacheResyncFiletime", "chain¥ChainCacheResyncFiletime", "Chain\\chaincacheresyncfiletime"})
        for (const char* value : {"@now", "\"@now\"", "'@now'", "@NOW"}) {
            (void)backend().deleteRegistryKey(kChainEngineKey);
            const Reply reply = run("certutil", {"-setreg", name, value});
            EXPECT_EQ(reply.exitCode, 0) << name << value << reply.text;
            EXPECT_TRUE(says(reply, "REG_BINARY = ")) << reply.text;
            const auto set = backend().registryValue(kChainEngineKey, "ChainCacheResyncFiletime");
            ASSERT_TRUE(*set);
            EXPECT_EQ((*set)->type, "REG_BINARY");
            EXPECT_NEAR(static_cast<double>(secondsOf(**set)), static_cast<double>(now), 5.0)
                << "the machine's clock, not the host's";
        }
    ASSERT_EQ(type("certutil -setreg chain\\ChainCacheResyncFiletime @now+1:02").exitCode, 0);
    EXPECT_NEAR(static_cast<double>(secondsOf(**backend().registryValue(kChainEngineKey, "ChainCacheResyncFiletime"))),
                static_cast<double>(now + 93600), 5.0);
    ASSERT_EQ(run("certutil", {"-setreg", "chain\\ChainCacheResyncFiletime", "@11/23/2026 9:05 AM"}).exitCode, 0);
    EXPECT_EQ(secondsOf(**backend().registryValue(kChainEngineKey, "ChainCacheResyncFiletime")),
              timeFromRfc3339("2026-11-23T09:05:00Z")->time_since_epoch().count());
    ASSERT_EQ(run("certutil", {"-setreg", "chain\\ChainCacheResyncFiletime", "@2026-11-23-1:00"}).exitCode, 0);
    EXPECT_EQ(secondsOf(**backend().registryValue(kChainEngineKey, "ChainCacheResyncFiletime")),
              timeFromRfc3339("2026-11-22T00:00:00Z")->time_since_epoch().count());
    EXPECT_TRUE(says(type("certutil -getreg chain\\ChainCacheResyncFiletime"), "11/22/2026 12:00 AM"));
    EXPECT_EQ(type("certutil -delreg chain\\ChainCacheResyncFiletime").exitCode, 0);
    EXPECT_EQ(type("certutil -getreg chain\\ChainCacheResyncFiletime").exitCode, hresult(0x80070002));
    EXPECT_NE(type("certutil -setreg chain\\ChainCacheResyncFiletime @nonsense").exitCode, 0);
    EXPECT_EQ(type("certutil -setreg ca\\CRLPeriod 1").exitCode, hresult(0x80070002)) << "no CA runs here";
}

TEST_F(Certutil, SetsNumbersAndBits)
{
    ASSERT_EQ(type("certutil -setreg chain\\ChainUrlRetrievalTimeoutMilliseconds 0x4e20").exitCode, 0);
    EXPECT_EQ(**backend().registryValue(kChainEngineKey, "ChainUrlRetrievalTimeoutMilliseconds"),
              (RegistryValue{"REG_DWORD", "20000"}));
    ASSERT_EQ(type("certutil -setreg chain\\EnableWeakSignatureFlags 6").exitCode, 0);
    ASSERT_EQ(type("certutil -setreg chain\\EnableWeakSignatureFlags +8").exitCode, 0);
    ASSERT_EQ(run("certutil", {"-setreg", "chain\\EnableWeakSignatureFlags", "-2"}).exitCode, 0);
    EXPECT_EQ((*backend().registryValue(kChainEngineKey, "EnableWeakSignatureFlags"))->data, "12");
}

TEST_F(Certutil, EmptiesOnlyTheCallersCache)
{
    const CachedCrl crl{"http://ca.practice/crl/ia1.crl", {1}, hostTime()};
    ASSERT_TRUE(backend().writeCachedCrls(CacheOwner::Caller, {crl}));
    ASSERT_TRUE(backend().writeCachedCrls(CacheOwner::Service, {crl}));
    EXPECT_TRUE(says(type("certutil -urlcache crl"), "http://ca.practice/crl/ia1.crl\nWinHttp Cache entries: 1"));
    EXPECT_EQ(type("certutil -urlcache ocsp delete").exitCode, 0);
    EXPECT_EQ(backend().cachedCrls(CacheOwner::Caller)->size(), 1u);
    EXPECT_EQ(type("certutil -urlcache crl delete").exitCode, 0);
    EXPECT_TRUE(backend().cachedCrls(CacheOwner::Caller)->empty());
    EXPECT_EQ(backend().cachedCrls(CacheOwner::Service)->size(), 1u) << "5.3 cannot reach the services' cache";
    EXPECT_NE(type("certutil -urlcache nonsense delete").exitCode, 0);
}

TEST_F(Certutil, VerifiesTheChain)
{
    writeFile("ca/server.cer", std::string(textOf(m_server)));
    EXPECT_TRUE(says(type("certutil -verify server.cer"), "0x800b010a"));
    ASSERT_EQ(type("certutil -addstore root ia1.der").exitCode, 0);
    const Reply trusted = type("certutil -verify -urlfetch server.cer");
    EXPECT_EQ(trusted.exitCode, 0);
    EXPECT_TRUE(says(trusted, "0x80092012")) << "no distribution point";
    change([](Machine& machine) { machine.clockOffsetSeconds = 86400 * 1000; });
    EXPECT_TRUE(says(type("certutil -verify server.cer"), "Expired certificate"));
}

TEST_F(Certutil, TheUsersStoresAreNotTheComputers)
{
    change([](Machine& machine) { machine.elevated = false; });
    EXPECT_EQ(type("certutil -user -addstore root ia1.der").exitCode, 0);
    EXPECT_TRUE(says(type("certutil -user -store Root"), "Practice Root"));
    EXPECT_EQ(count("ROOT"), 0u);
    EXPECT_EQ(type("certutil -user -delstore root Practice").exitCode, 0);
    EXPECT_EQ(type("certutil -user -addstore none ia1.der").exitCode, hresult(0x80070002));
    EXPECT_EQ(type("certutil -user -setreg chain\\ChainCacheResyncFiletime @now").exitCode, hresult(0x80070005));
}

TEST_F(Certutil, RepairsTheLinkToAKeyThatIsThere)
{
    ASSERT_TRUE(backend().putCertificate("WebHosting", {m_server, "", "", KeyState::None, ""}));
    EXPECT_EQ(type("certutil -repairstore WebHosting HASH").exitCode, 0);
    EXPECT_EQ(backend().store("WebHosting")->at(0).keyContainer, "server-key");
    ASSERT_TRUE(backend().putCertificate("WebHosting", {m_root, "", "", KeyState::None, ""}));
    EXPECT_EQ(type("certutil -repairstore WebHosting Practice").exitCode, hresult(0x8009000d));
}

TEST_F(Certutil, SpeaksJapanese)
{
    change([](Machine& machine) { machine.language = Language::Japanese; });
    EXPECT_EQ(type("certutil -f -addstore root ia1.der").text,
              "root \"信頼されたルート証明機関\"\n署名は公開キーと一致します\n証明書 \"Practice Root\" "
              "がストアに追加されました。\n"
              "CertUtil: -addstore コマンドは正常に完了しました。\n");
    EXPECT_TRUE(says(type("certutil -delstore my nothing"), "CertUtil: -delstore コマンド エラーです: 0x80092004"));
}

TEST_F(Certutil, RefusesWhatItDoesNotKnow)
{
    for (const char* line :
         {"certutil -frobnicate", "certutil -addstore", "certutil -addstore root", "certutil -addstore root a b c",
          "certutil -p", "certutil -setreg chain\\x", "certutil -hashfile ia1.der md2"}) {
        const Reply reply = type(line);
        EXPECT_LT(reply.exitCode, 0) << line;
        EXPECT_FALSE(reply.text.empty());
    }
    EXPECT_TRUE(says(type("certutil -?"), "Verbs:"));
    EXPECT_TRUE(says(type("certutil -hashfile ia1.der SHA256"), sha256Hex(m_root)));
    EXPECT_TRUE(says(type("certutil -dump ia1.der"), "Subject: CN=Practice Root"));
    EXPECT_EQ(count("ROOT"), 0u);
}

}  // namespace
}  // namespace monban::practice
