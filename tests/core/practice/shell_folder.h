// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include <functional>

#include "core/pki/digest.h"
#include "core/practice/interpreter.h"
#include "tests/core/practice/practice_folder.h"

namespace monban::practice {

/// PKCS#12 of a certificate with its root, 3DES and SHA-1 as every Windows reads it, or modern.
inline std::string pkcs12Of(X509* certificate, const TestKey& key, X509* root, const char* password, bool modern = false)
{
    struct Unload {
        void operator()(OSSL_PROVIDER* provider) const { OSSL_PROVIDER_unload(provider); }
    };
    const std::unique_ptr<OSSL_PROVIDER, Unload> legacy(OSSL_PROVIDER_load(nullptr, "legacy"));
    const std::unique_ptr<OSSL_PROVIDER, Unload> usual(OSSL_PROVIDER_load(nullptr, "default"));
    STACK_OF(X509)* const others = sk_X509_new_null();
    sk_X509_push(others, root);
    const int algorithm = modern ? NID_aes_256_cbc : NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
    PKCS12* const file = PKCS12_create(password, "friendly サーバー", key.key.get(), certificate,
                                       others, algorithm, algorithm, 2048, modern ? 2048 : -1, 0);
    if (!modern) PKCS12_set_mac(file, password, -1, nullptr, 0, 2048, EVP_sha1());
    sk_X509_free(others);
    unsigned char* data = nullptr;
    const int length = i2d_PKCS12(file, &data);
    std::string bytes(reinterpret_cast<char*>(data), static_cast<std::size_t>(length));
    OPENSSL_free(data);
    PKCS12_free(file);
    return bytes;
}

/// A practice server with a site, a root CA in a file, a certificate with key in MY, and a console to type at.
class ShellFolder : public PracticeFolder {
protected:
    ShellFolder()
    {
        m_rootX509 = testX509("Practice Root", m_rootKey);
        m_serverX509 = testX509("www.example.test", m_serverKey, m_rootX509.get(), &m_rootKey, 0xABCDEF);
        m_root = derOf(m_rootX509.get());
        m_server = derOf(m_serverX509.get());
        m_hash = sha1Hex(m_server);
        writeFile("ca/ia1.der", std::string(textOf(m_root)));
        (void)backend().putKey("server-key", Secret(m_serverKey.pem()));
        (void)backend().putCertificate("MY", {m_server, m_hash, "server", KeyState::NotExportable, "server-key"});
        (void)backend().writeConfiguration(
            "<configuration>\r\n"
            "    <system.applicationHost>\r\n"
            "        <sites>\r\n"
            "            <site name=\"Default Web Site\" id=\"1\">\r\n"
            "                <bindings>\r\n"
            "                    <binding protocol=\"http\" bindingInformation=\"*:80:\" />\r\n"
            "                </bindings>\r\n"
            "            </site>\r\n"
            "            <site name=\"O'Brien &amp; co\" id=\"2\" serverAutoStart=\"false\">\r\n"
            "                <bindings />\r\n"
            "            </site>\r\n"
            "        </sites>\r\n"
            "    </system.applicationHost>\r\n"
            "</configuration>\r\n");
    }

    Reply run(const std::string& program, const std::vector<std::string>& arguments, const std::string& input = {})
    {
        return interpret(backend(), {program, arguments, [input] { return input; }});
    }
    /// A line as typed: words divided by blanks, double quotes keep blanks and go away as the C runtime does it.
    Reply type(const std::string& line, const std::string& input = {})
    {
        std::vector<std::string> words;
        std::string word;
        bool quoted = false;
        bool any = false;
        for (const char c : line) {
            if (c == '"') quoted = !quoted, any = true;
            else if (c == ' ' && !quoted) {
                if (any) words.push_back(word);
                word.clear();
                any = false;
            } else {
                word += c;
                any = true;
            }
        }
        if (any) words.push_back(word);
        const std::string program = words.front();
        words.erase(words.begin());
        for (std::string& one : words)
            if (const auto at = one.rfind("HASH"); at != std::string::npos) one.replace(at, 4, m_hash);
        return run(program, words, input);
    }
    void change(const std::function<void(Machine&)>& edit)
    {
        Machine machine = *backend().machine();
        edit(machine);
        ASSERT_TRUE(backend().writeMachine(machine));
    }
    void onBuild(int build)
    {
        change([&](Machine& machine) { machine.build = build; });
    }
    std::size_t count(const std::string& store)
    {
        const auto entries = backend().store(store);
        return entries ? entries->size() : 0;
    }
    std::string pkcs12(const char* password, bool modern = false)
    {
        return pkcs12Of(m_serverX509.get(), m_serverKey, m_rootX509.get(), password, modern);
    }

    TestKey m_rootKey = testKey();
    TestKey m_serverKey = testKey();
    std::shared_ptr<X509> m_rootX509;
    std::shared_ptr<X509> m_serverX509;
    Bytes m_root;
    Bytes m_server;
    std::string m_hash;
};

/// True when the text is part of the reply.
inline bool says(const Reply& reply, const std::string& text) { return reply.text.find(text) != std::string::npos; }

constexpr int hresult(std::uint32_t code) { return static_cast<int>(static_cast<std::int32_t>(code)); }

}  // namespace monban::practice
