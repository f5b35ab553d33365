// SPDX-License-Identifier: MIT
#include "tests/core/truth/chromium.h"

#include <cstdlib>

namespace monban::practice::rows {
namespace {

void run(const std::string& line, const fs::path& log)
{
    EXPECT_EQ(std::system((line + " >>'" + log.string() + "' 2>&1").c_str()), 0)
        << line << "\n" << readText(log).operator*();
}

}  // namespace

Chromium::Chromium(fs::path home, int port, const std::optional<Holder>& client) : m_home(std::move(home)), m_port(port)
{
    const fs::path store = m_home / ".pki" / "nssdb";
    const fs::path profile = m_home / "profile" / "Default";
    fs::create_directories(store);
    fs::create_directories(profile);
    const fs::path log = m_home / "log";
    const std::string place = " -d 'sql:" + store.string() + "'";
    run("certutil -N --empty-password" + place, log);
    if (!client) return;
    EXPECT_TRUE(replaceFile(m_home / "client.p12", pkcs12Of(*client, "word")));
    run("pk12util -i '" + (m_home / "client.p12").string() + "' -W word -K ''" + place, log);
    // Without this it would ask which certificate to send, and wait for ever. The policy AutoSelectCertificateForUrls
    // writes the same setting, but for the whole computer.
    EXPECT_TRUE(replaceFile(profile / "Preferences",
                            R"({"profile":{"content_settings":{"exceptions":{"auto_select_certificate":{"https://127.0.0.1:)" +
                                std::to_string(m_port) + R"(,*":{"setting":{"filters":[{}]}}}}}}})"));
}

Browsed Chromium::visit(bool tls13, bool http2, int seconds) const
{
    const std::string home = m_home.string();
    std::string line = "HOME='" + home + "' DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent timeout -k 5 " + std::to_string(seconds);
    line += " chromium --headless --no-sandbox --disable-dev-shm-usage --no-first-run --disable-background-networking"
            " --disable-component-update --no-proxy-server --ignore-certificate-errors";
    line += " --user-data-dir='" + home + "/profile' --log-net-log='" + home + "/net.json'";
    if (!tls13) line += " --ssl-version-max=tls1.2";
    if (!http2) line += " --disable-http2";
    line += " --dump-dom https://127.0.0.1:" + std::to_string(m_port) + "/ >'" + home + "/page' 2>'" + home + "/words'";
    const int ended = std::system(line.c_str());
    const auto page = readText(m_home / "page");
    const auto log = readText(m_home / "net.json", 64 * 1024 * 1024);
    EXPECT_EQ(ended, 0) << readText(m_home / "words").operator*();
    EXPECT_TRUE(page && log);
    return {page ? *page : "", log ? *log : ""};
}

}  // namespace monban::practice::rows
