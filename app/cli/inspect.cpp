// SPDX-License-Identifier: MIT
#include "core/pki/inspect.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "app/cli/commands.h"
#include "core/base/file.h"

namespace monban::cli {
namespace {

std::string join(const std::vector<std::string>& list)
{
    std::string text;
    for (const std::string& one : list) text += (text.empty() ? "" : ", ") + oneLine(one);
    return text;
}

const char* word(FileKind kind)
{
    switch (kind) {
    case FileKind::Pkcs12: return tr("PKCS#12 file (certificate with private key)");
    case FileKind::Certificate: return tr("certificate");
    case FileKind::Pkcs7: return tr("PKCS#7 file (certificates without key)");
    case FileKind::Request: return tr("certificate request (CSR)");
    case FileKind::Crl: return tr("certificate revocation list (CRL)");
    case FileKind::Unknown: break;
    }
    return tr("unknown kind of file");
}

void printCertificate(const Console& console, const InspectedCertificate& one)
{
    const Certificate& c = one.certificate;
    const auto line = [&](const char* label, const std::string& value) {
        if (!value.empty()) console.print("    " + console.text(label) + ": " + oneLine(value));
    };
    console.print("  " + c.subject);
    line(tr("issued by"), c.issuer);
    line(tr("valid"), rfc3339(c.notBefore) + " – " + rfc3339(c.notAfter));
    line(tr("host names"), join(c.dnsNames));
    line(tr("IP addresses"), join(c.ipAddresses));
    line(tr("purposes"), join(c.extendedKeyUsage));
    line(tr("key"), c.key.algorithm + " " + std::to_string(c.key.bits) + ", " +
                        console.text(one.hasPrivateKey ? tr("private key included") : tr("no private key")));
    line(tr("serial number"), c.serial);
    line(tr("thumbprint (SHA-1)"), c.thumbprintSha1);
    line(tr("fingerprint (SHA-256)"), c.thumbprintSha256);
    line(tr("friendly name"), one.friendlyName);
    line(tr("CRL"), join(c.crlUrls));
}

void print(const Console& console, const Inspection& inspection)
{
    console.print(oneLine(inspection.file) + ": " + console.text(word(inspection.kind)));
    // Where a finding says the same with its remedy, that is enough.
    const bool told = std::any_of(inspection.findings.begin(), inspection.findings.end(),
                                  [&](const Finding& finding) { return finding.message == inspection.reason; });
    if (inspection.status != FileStatus::Ok && !told) console.print("  " + console.text(tr("Problem")) + ": " + console.text(inspection.reason));
    for (const InspectedCertificate& one : inspection.certificates) printCertificate(console, one);
    if (inspection.request) {
        console.print("  " + inspection.request->subject);
        console.print("    " + console.text(tr("host names")) + ": " + join(inspection.request->dnsNames));
    }
    if (inspection.crl) {
        console.print("  " + inspection.crl->issuer);
        console.print("    " + console.text(tr("valid")) + ": " + rfc3339(inspection.crl->thisUpdate) + " – " +
                      (inspection.crl->nextUpdate ? rfc3339(*inspection.crl->nextUpdate) : "?"));
        console.print("    " + console.text(tr("revoked certificates")) + ": " + std::to_string(inspection.crl->revokedSerials.size()));
    }
    for (const Finding& finding : inspection.findings) console.print(finding);
}

/// The answer for a file of which nothing was read: a script still gets one for each file it named.
Inspection unread(const std::string& file, const Error& why)
{
    Inspection inspection;
    inspection.file = file;
    inspection.status = FileStatus::Broken;
    inspection.reason = why.message;
    return inspection;
}

int inspectFiles(const Console& console, const std::vector<std::string>& files)
{
    const auto password = console.password();
    if (!password) return console.refuse(password.error(), kUsage);
    nlohmann::json list = nlohmann::json::array();
    bool unopened = false;
    bool wanting = false;
    for (const std::string& file : files) {
        const auto bytes = readFile(pathFromUtf8(file));
        if (!bytes && bytes.error().code != ErrorCode::Unsupported) {
            unopened = true;
            console.say(console.text(bytes.error().message));
        }
        const Inspection inspection = bytes ? inspect(file, *bytes, *password, console.at.value_or(hostTime()))
                                            : unread(file, bytes.error());
        wanting = wanting || inspection.status != FileStatus::Ok;
        if (console.json) list.push_back(toJson(inspection, console.language));
        else if (bytes || bytes.error().code == ErrorCode::Unsupported) print(console, inspection);
    }
    if (console.json) console.print(list);
    return unopened ? kUsage : wanting ? kWanting : kDone;
}

}  // namespace

void addInspect(CLI::App& app, Console& console, Job& job)
{
    auto* command = app.add_subcommand("inspect", console.text(tr("Say what certificate files hold and whether Windows can use them.")));
    auto files = std::make_shared<std::vector<std::string>>();
    command->add_option("FILE", *files, console.text(tr("PKCS#12, certificate, PKCS#7, request or CRL files.")))->required();
    command->add_option("--password-file", console.passwordFile, console.text(tr("File with the password of the PKCS#12 files; - reads standard input.")));
    command->callback([files, &job] { job = [files](const Console& c) { return inspectFiles(c, *files); }; });
}

}  // namespace monban::cli
