// SPDX-License-Identifier: MIT
#include "app/cli/certificate_files.h"

#include "core/pki/inspect.h"
#include "core/platform/this_server.h"
#include "core/tls/http_get.h"
#include "core/tls/revocation_lists.h"

namespace monban::cli {

Result<std::vector<Certificate>> certificatesFrom(const std::string& file, ByteView bytes, const Secret& password)
{
    Inspection inspection = inspect(file, bytes, password, hostTime());
    std::vector<Certificate> certificates;
    for (InspectedCertificate& one : inspection.certificates) certificates.push_back(std::move(one.certificate));
    if (!certificates.empty()) return certificates;
    if (inspection.status != FileStatus::Ok) return Error{ErrorCode::InvalidInput, inspection.reason, file};
    return Error{ErrorCode::InvalidInput, {tr("{0} holds no certificate."), {file}}, file};
}

Result<std::vector<Certificate>> certificatesFrom(const std::vector<std::string>& files, const Secret& password)
{
    std::vector<Certificate> all;
    for (const std::string& file : files) {
        const auto bytes = readFile(pathFromUtf8(file));
        if (!bytes) return bytes.error();
        auto some = certificatesFrom(file, *bytes, password);
        if (!some) return some.error();
        all.insert(all.end(), some->begin(), some->end());
    }
    return all;
}

Result<std::vector<ListSource>> listsAtPoints(const Console& console, const Certificate& certificate, const std::stop_token& stop)
{
    const auto server = console.practice.empty() ? platform::thisServer() : console.server();
    if (!server && !console.practice.empty()) return server.error();
    return listsOf(certificate, [&](const std::string& url) { return server ? (*server)->fetch(url, limitsForList(stop)) : httpGet(url, limitsForList(stop)); });
}

}  // namespace monban::cli
