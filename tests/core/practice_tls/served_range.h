// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "core/practice/folder_backend.h"
#include "core/practice/front.h"
#include "core/practice/range.h"

namespace monban::practice {

/// A practice server in a temporary folder, set up through the back-end (not by our own plan), and served on a thread.
/// The clients are other people's: curl and openssl.
class ServedRange : public testing::Test {
protected:
    ServedRange();
    ~ServedRange() override;

    void make(int build = windows_build::kServer2022);
    /// What the whitepaper's chapters 3.1 to 3.4 leave behind.
    void setUp();
    void serve(int port = 0);
    void stop();

    Backend& backend() { return *m_backend; }
    fs::path folder() const { return m_folder / "server"; }
    fs::path scratch() const { return m_folder / "scratch"; }
    const Listening& listening() const { return m_listening; }
    int httpsPort() const;
    int httpPort() const;

    void setRecord(const SslRecord& record);
    SslRecord record();
    void setAccess(std::uint32_t flags, const std::string& path = "Default Web Site");
    void addBinding(const std::string& information, std::uint32_t sslFlags = 0);
    void setIssuerList(bool on);
    void clearStore(const std::string& name);
    void putInStore(const std::string& store, const Bytes& der);
    void editMachine(const std::function<void(Machine&)>& edit);

    std::string password();
    /// Runs a line in a shell in the scratch folder; stdout and stderr together.
    std::string run(const std::string& line, int* status = nullptr);
    /// "200", "403.16", or "000 …" if there was no answer. client: a PKCS#12 file (empty: none); tls: "1.2" or "1.3".
    std::string fetch(const std::string& client, const std::string& tls, const std::string& path = "/");
    std::string fetchPage(const std::string& client, const std::string& tls, const std::string& path = "/");
    fs::path ca(const std::string& name) const { return folder() / "ca" / name; }
    /// Issues a client certificate with the openssl tool and the practice CA's key; a PKCS#12 file with our password.
    fs::path issueWithOpenssl(const std::string& name, const std::string& extensions, const std::string& dates = "-days 90");

    std::string m_curlOptions;  ///< for fetch and fetchPage; curl offers HTTP/2 unless told otherwise

private:
    fs::path m_folder;
    std::unique_ptr<Backend> m_backend;
    Listening m_listening;
    std::jthread m_server;
};

constexpr const char* kClientExtensions =
    "extendedKeyUsage=clientAuth\ncrlDistributionPoints=URI:http://ca.practice/crl/ia1.crl\n";

}  // namespace monban::practice
