// SPDX-License-Identifier: MIT
#pragma once
#include <boost/filesystem/operations.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/model/materials.h"
#include "core/pki/digest.h"
#include "core/practice/ca.h"
#include "core/practice/certificate_maker.h"
#include "core/practice/folder_backend.h"
#include "core/practice/starting_configuration.h"

namespace monban::support {

/// Memory where the system has such a place: hundreds of flushed files take long on a disk.
inline fs::path scratchFolder()
{
    boost::system::error_code trouble;
    // As answers hold it: Wine knows the place, but without its drive and with other slashes.
    return (fs::absolute(fs::is_directory("/dev/shm", trouble) ? fs::path("/dev/shm") : fs::temp_directory_path()) / fs::unique_path("monban-%%%%-%%%%")).make_preferred();
}

/// A practice server with a CA, an intermediate CA and a PKCS#12 file, ready in milliseconds because its keys are
/// elliptic ones; to be copied for each case.
class QuickServer {
public:
    explicit QuickServer(int build) : folder(scratchFolder())
    {
        practice::Machine machine;
        machine.name = "WEB";
        machine.build = build;
        machine.bootTime = hostTime();
        auto backend = std::move(*practice::makeFolder(folder, machine));
        EXPECT_TRUE(backend->writeConfiguration(practice::kStartingConfiguration));
        makeCa();
        answers.certificate.file = utf8(folder / "ca" / "server.p12");
        answers.root.file = utf8(folder / "ca" / "ia1.der");
        answers.bind.site = "Default Web Site";
        materials = readMaterials(answers, Secret("secret"), {});
        EXPECT_TRUE(materials.pkcs12 && *materials.pkcs12);
    }
    ~QuickServer()
    {
        boost::system::error_code ignored;
        fs::remove_all(folder, ignored);
    }
    QuickServer(const QuickServer&) = delete;
    QuickServer& operator=(const QuickServer&) = delete;

    fs::path folder;
    Answers answers;
    Materials materials;

private:
    void makeCa()
    {
        using namespace practice;
        const Time now = hostTime();
        const auto wanted = [&](const char* name, std::uint8_t serial, bool ca) {
            NewCertificate certificate;
            certificate.subject = {{"CN", name}};
            certificate.serial = {serial};
            certificate.notBefore = now - std::chrono::hours(1);
            certificate.notAfter = now + std::chrono::hours(24 * 365);
            certificate.ca = ca;
            if (!ca) certificate.extendedKeyUsage = "serverAuth";
            if (!ca) certificate.dnsNames = {"www.example.test"};
            return certificate;
        };
        const PkeyPtr rootKey = makeEcKey();
        const PkeyPtr issuingKey = makeEcKey();
        const PkeyPtr serverKey = makeEcKey();
        const auto root = makeCertificate(wanted("Root", 1, true), rootKey.get(), {nullptr, rootKey.get()});
        const auto issuing = makeCertificate(wanted("Issuing", 2, true), issuingKey.get(), {root->get(), rootKey.get()});
        const auto server = makeCertificate(wanted("www.example.test", 3, false), serverKey.get(), {issuing->get(), issuingKey.get()});
        const auto file = makePkcs12(server->get(), serverKey.get(), issuing->get(), "server", "secret");
        EXPECT_TRUE(replaceFile(folder / "ca" / "ia1.der", derOf(root->get())));
        EXPECT_TRUE(replaceFile(folder / "ca" / "server.p12", *file));
        pemOf(rootKey.get()).use([&](std::string_view pem) { EXPECT_TRUE(replaceFile(folder / "ca" / "ia1.key", std::string(pem))); });
        EXPECT_TRUE(PracticeCa::open(folder / "ca")->publish(now));
    }
};

}  // namespace monban::support
