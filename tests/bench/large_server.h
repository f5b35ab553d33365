// SPDX-License-Identifier: MIT
#pragma once
#include <boost/filesystem/operations.hpp>

#include <fstream>
#include <functional>

#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/observe/state.h"
#include "core/pki/digest.h"
#include "core/pki/openssl.h"
#include "core/practice/range.h"

namespace monban::bench {

/// What a server of that many sites has: twice as many http.sys records, five times as many certificates.
struct LargeServer {
    fs::path folder;

    LargeServer(const fs::path& where, int sites) : folder(where)
    {
        practice::NewServer server;
        server.folder = where;
        if (!practice::create(server)) throw std::runtime_error("no practice server could be made");
        const auto thumbprints = writeCertificates(sites);
        write(where / "inetsrv" / "config" / "applicationHost.config", configuration(sites));
        write(where / "http" / "records.json", records(sites, thumbprints));
    }

private:
    /// Without flushing each file to the disk: nobody loses power here.
    static void write(const fs::path& file, std::string_view content)
    {
        std::ofstream(file.native(), std::ios::binary) << content;
    }

    /// One key for all, of the fast kind; names and serials differ. 2/5 in MY with a key, 1/5 in WebHosting, 2/5 in CA.
    std::vector<std::string> writeCertificates(int sites) const
    {
        const PkeyPtr key(EVP_EC_gen("P-256"));
        std::vector<std::string> thumbprints;
        write(folder / "keys" / "shared.pem", "one key for all");
        for (const char* store : {"MY", "WebHosting", "CA"}) fs::create_directories(folder / "stores" / store);
        for (int i = 0; i < sites * 5; ++i) {
            const Bytes der = certificate(key.get(), i, i / 2 + 1);
            const std::string thumbprint = sha1Hex(der);
            const fs::path store = folder / "stores" / (i < sites * 2 ? "MY" : i < sites * 3 ? "WebHosting" : "CA");
            write(store / (thumbprint + ".cer"), textOf(der));
            if (i < sites * 3)
                write(store / (thumbprint + ".json"), R"({"friendly_name": "site", "key": "not-exportable", "key_container": "shared"})");
            thumbprints.push_back(thumbprint);
        }
        return thumbprints;
    }

    static Bytes certificate(EVP_PKEY* key, int number, int site)
    {
        const X509Ptr made(X509_new());
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1000 + number);
        X509_set_version(made.get(), X509_VERSION_3);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -86'400L);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400L * 365);
        X509_set_pubkey(made.get(), key);
        const std::string host = "www" + std::to_string(site) + ".example.test";
        const auto put = [](X509_NAME* name, const std::string& text) {
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
        };
        put(X509_get_subject_name(made.get()), host);
        put(X509_get_issuer_name(made.get()), "Private CA");
        const Handle<X509_EXTENSION, X509_EXTENSION_free> names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str()));
        X509_add_ext(made.get(), names.get(), -1);
        X509_sign(made.get(), key, EVP_sha256());
        unsigned char* data = nullptr;
        const int length = i2d_X509(made.get(), &data);
        Bytes der(data, data + length);
        OPENSSL_free(data);
        return der;
    }

    static std::string configuration(int sites)
    {
        std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n  <system.applicationHost>\n    <sites>\n"
                           "      <site name=\"Default Web Site\" id=\"1\">\n        <bindings>\n"
                           "          <binding protocol=\"http\" bindingInformation=\"*:80:\" />\n        </bindings>\n      </site>\n";
        for (int i = 2; i <= sites; ++i) {
            const std::string n = std::to_string(i);
            text += "      <site name=\"Site " + n + "\" id=\"" + n + "\">\n        <application path=\"/\">\n          <virtualDirectory path=\"/\" physicalPath=\"C:\\inetpub\\" + n +
                    "\" />\n        </application>\n        <bindings>\n          <binding protocol=\"http\" bindingInformation=\"*:80:www" + n +
                    ".example.test\" />\n          <binding protocol=\"https\" bindingInformation=\"*:443:www" + n +
                    ".example.test\" sslFlags=\"1\" />\n        </bindings>\n      </site>\n";
        }
        text += "    </sites>\n  </system.applicationHost>\n";
        for (int i = 2; i <= sites; ++i)
            text += "  <location path=\"Site " + std::to_string(i) + (i % 2 ? "/app" : "") +
                    "\"><system.webServer><security><access sslFlags=\"Ssl, SslNegotiateCert\" /></security></system.webServer></location>\n";
        return text + "</configuration>\n";
    }

    static std::string records(int sites, const std::vector<std::string>& thumbprints)
    {
        nlohmann::json list = nlohmann::json::array();
        for (int i = 1; i <= sites * 2; ++i) {
            SslRecord record;
            const bool named = i <= sites;
            record.family = named ? RecordFamily::HostNamePort : RecordFamily::IpPort;
            record.endpoint = named ? "www" + std::to_string(i) + ".example.test:443"
                                    : "10." + std::to_string(i / 62'500) + "." + std::to_string(i / 250 % 250) + "." + std::to_string(i % 250) + ":443";
            record.thumbprint = thumbprints[static_cast<std::size_t>(i - 1)];
            record.store = "MY";
            record.appId = kIisAppId;
            record.ctlStore = i % 2 ? "CA" : "";
            record.flags = record_flags::kNegotiateClientCertificate;
            list.push_back(toJson(record));
        }
        return jsonText(list);
    }
};

}  // namespace monban::bench
