// SPDX-License-Identifier: MIT
#include "tests/core/practice_tls/served_range.h"

#include <boost/filesystem.hpp>

#include <array>
#include <cstdio>
#include <future>

#include "core/base/file.h"
#include "core/observe/application_host.h"
#include "core/pki/pkcs12.h"

namespace monban::practice {
namespace {

int portOf(const std::vector<Listening::Place>& places)
{
    if (places.empty()) return 0;
    const auto& url = places.front().url;
    return std::stoi(url.substr(url.rfind(':') + 1));
}

}  // namespace

ServedRange::ServedRange() : m_folder(fs::temp_directory_path() / fs::unique_path("monban-tls-%%%%-%%%%"))
{
    fs::create_directories(scratch());
}

ServedRange::~ServedRange()
{
    stop();
    boost::system::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

void ServedRange::make(int build)
{
    const auto made = create({folder(), build, "fresh", 7});
    ASSERT_TRUE(made) << inEnglish(made.error().message) << made.error().detail;
    auto opened = openFolder(folder());
    ASSERT_TRUE(opened);
    m_backend = std::move(*opened);
}

void ServedRange::setUp()
{
    const auto file = readFile(ca("server.p12"));
    ASSERT_TRUE(file);
    const auto contents = openPkcs12(*file, Secret(password()));
    ASSERT_TRUE(contents) << contents.error().detail;
    const auto& server = contents->certificates.front();
    ASSERT_TRUE(backend().putKey("server-key", contents->keyPem));
    ASSERT_TRUE(backend().putCertificate("MY", {server.der, server.thumbprintSha1, "", KeyState::NotExportable, "server-key"}));
    const auto root = readFile(ca("ia1.der"));
    ASSERT_TRUE(root);
    putInStore("ROOT", *root);
    putInStore("iis_client_trust", *root);
    SslRecord record;
    record.endpoint = "0.0.0.0:443";
    record.thumbprint = server.thumbprintSha1;
    record.appId = kIisAppId;
    record.store = "MY";
    record.ctlStore = "iis_client_trust";
    record.flags = record_flags::kNegotiateClientCertificate;
    setRecord(record);
    addBinding("*:443:");
    setAccess(access_flags::kSsl | access_flags::kNegotiateCert | access_flags::kRequireCert);
    setIssuerList(true);
    ASSERT_TRUE(restart(folder()));
}

void ServedRange::serve(int port)
{
    std::promise<Listening> ready;
    auto listening = ready.get_future();
    m_server = std::jthread([this, port, &ready](std::stop_token stop) {
        const auto served = practice::serve(folder(), port, [&](const Listening& where) { ready.set_value(where); }, stop);
        EXPECT_TRUE(served) << served.error().detail;
    });
    ASSERT_EQ(listening.wait_for(std::chrono::seconds(20)), std::future_status::ready);
    m_listening = listening.get();
}

void ServedRange::stop()
{
    if (!m_server.joinable()) return;
    m_server.request_stop();
    m_server.join();
}

int ServedRange::httpsPort() const { return portOf(m_listening.https); }
int ServedRange::httpPort() const { return portOf(m_listening.http); }

void ServedRange::setRecord(const SslRecord& record) { ASSERT_TRUE(backend().writeRecords({record})); }
SslRecord ServedRange::record() { return backend().records()->front(); }

void ServedRange::setAccess(std::uint32_t flags, const std::string& path)
{
    const auto changed = withAccess(*backend().configuration(), path, flags);
    ASSERT_TRUE(changed) << changed.error().detail;
    ASSERT_TRUE(backend().writeConfiguration(*changed));
}

void ServedRange::addBinding(const std::string& information, std::uint32_t sslFlags)
{
    const auto changed = withBinding(*backend().configuration(), "Default Web Site",
                                     bindingFrom("https", information, sslFlags));
    ASSERT_TRUE(changed) << changed.error().detail;
    ASSERT_TRUE(backend().writeConfiguration(*changed));
}

void ServedRange::setIssuerList(bool on)
{
    ASSERT_TRUE(backend().setRegistryValue(kSchannelKey, "SendTrustedIssuerList", {"REG_DWORD", on ? "1" : "0"}));
}

void ServedRange::clearStore(const std::string& name)
{
    const auto entries = backend().store(name);
    ASSERT_TRUE(entries);
    for (const auto& entry : *entries) ASSERT_TRUE(backend().removeCertificate(name, entry.thumbprint));
}

void ServedRange::putInStore(const std::string& store, const Bytes& der)
{
    const auto certificate = parseCertificate(der);
    ASSERT_TRUE(certificate);
    ASSERT_TRUE(backend().putCertificate(store, {certificate->der, certificate->thumbprintSha1, "", KeyState::None, ""}));
}

void ServedRange::editMachine(const std::function<void(Machine&)>& edit)
{
    auto machine = backend().machine();
    ASSERT_TRUE(machine);
    edit(*machine);
    ASSERT_TRUE(backend().writeMachine(*machine));
}

std::string ServedRange::password()
{
    auto text = readText(ca("password.txt"));
    EXPECT_TRUE(text);
    return text ? text->substr(0, text->find('\n')) : "";
}

std::string ServedRange::run(const std::string& line, int* status)
{
    const std::string command = "exec 2>&1; cd '" + scratch().string() + "' || exit\n" + line;
    std::FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return "(cannot run)";
    std::string output;
    std::array<char, 4096> buffer;
    for (std::size_t count; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) output.append(buffer.data(), count);
    const int ended = pclose(pipe);
    if (status) *status = ended;
    return output;
}

std::string ServedRange::fetchPage(const std::string& client, const std::string& tls, const std::string& path)
{
    std::string line = "curl -sS -k --path-as-is --noproxy '*' --max-time 30 -w '\\n%{http_code}'";
    line += tls == "1.2" ? " --tlsv1.2 --tls-max 1.2" : " --tlsv1.3";
    line += m_curlOptions;
    if (!client.empty()) line += " --cert-type P12 --cert '" + client + ":" + password() + "'";
    return run(line + " 'https://127.0.0.1:" + std::to_string(httpsPort()) + path + "'");
}

std::string ServedRange::fetch(const std::string& client, const std::string& tls, const std::string& path)
{
    const std::string page = fetchPage(client, tls, path);
    const std::string code = page.substr(page.rfind('\n') + 1);
    if (code == "000") return page;
    const auto title = page.find("Detailed Error - ");
    if (title == std::string::npos) return code;
    const std::string shown = page.substr(title + 17, page.find(" - ", title + 17) - title - 17);
    return shown.substr(0, shown.find('.')) == code ? shown : "page " + shown + " but status " + code;
}

fs::path ServedRange::issueWithOpenssl(const std::string& name, const std::string& extensions, const std::string& dates)
{
    EXPECT_TRUE(replaceFile(scratch() / (name + ".ext"), extensions));
    int status = 0;
    const std::string root = ca("ia1.der").string();
    const std::string key = ca("ia1.key").string();
    const std::string output = run(
        "set -e; openssl req -newkey rsa:2048 -nodes -batch -keyout " + name + ".key -out " + name + ".csr -subj '/CN=" + name +
            "'; openssl x509 -inform DER -in " + root + " -out root.pem; openssl x509 -req -in " + name + ".csr -CA root.pem -CAkey " +
            key + " -CAcreateserial " + dates + " -extfile " + name + ".ext -out " + name +
            ".pem; openssl pkcs12 -export -inkey " + name + ".key -in " + name + ".pem -certfile root.pem -out " + name +
            ".p12 -passout pass:" + password(),
        &status);
    EXPECT_EQ(status, 0) << output;
    return scratch() / (name + ".p12");
}

}  // namespace monban::practice
