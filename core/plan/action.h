// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/quoting.h"
#include "core/observe/ssl_record.h"

namespace monban {

/// Puts a PKCS#12 file's certificate and key into a LocalMachine store, in-process, so that the password reaches no
/// command line; certificates of its chain go to CA, never to ROOT. The key is not exportable.
struct ImportPkcs12 {
    std::string file;        ///< as the user named it, absolute
    std::string sha256;      ///< of the file's bytes, which are in the Materials
    std::string store;
    std::string thumbprint;  ///< of the certificate
    std::string friendlyName;
    std::vector<std::string> chain;  ///< thumbprints that go to CA
    friend bool operator==(const ImportPkcs12&, const ImportPkcs12&) = default;
};

/// The reverse: takes the certificate out of the store together with its key container.
struct RemoveImported {
    std::string store;
    std::string thumbprint;
    std::vector<std::string> chain;  ///< what the import itself had put into CA
    std::string requestFile;         ///< of a request that is withdrawn: goes too, if it still is that request
    friend bool operator==(const RemoveImported&, const RemoveImported&) = default;
};

/// Creates, restores or removes one file.
struct WriteFile {
    std::string path;
    std::optional<Bytes> content;  ///< nothing: the file is removed
    friend bool operator==(const WriteFile&, const WriteFile&) = default;
};

/// Writes an http.sys record whole, for what netsh cannot express; nothing: removes it.
struct SetHttpRecord {
    RecordFamily family = RecordFamily::IpPort;
    std::string endpoint;
    std::optional<SslRecord> record;
    friend bool operator==(const SetHttpRecord&, const SetHttpRecord&) = default;
};

/// The reverse of `certreq -accept`: takes the certificate out of its store, keeps its key, and lets the request that it
/// answered wait in REQUEST again.
struct ReopenRequest {
    std::string store;
    std::string thumbprint;  ///< of the certificate
    std::vector<std::string> chain;  ///< what the answer itself had put into CA
    Bytes pending;           ///< the certificate that stands for the request in REQUEST
    std::string pendingThumbprint;
    bool keepsCertificate = false;  ///< it stays where it is, without a key
    friend bool operator==(const ReopenRequest&, const ReopenRequest&) = default;
};

/// Sets a certificate's friendly name.
struct SetCertificateProperty {
    std::string store;
    std::string thumbprint;
    std::string friendlyName;
    friend bool operator==(const SetCertificateProperty&, const SetCertificateProperty&) = default;
};

/// The one thing a step does to a server.
using Action = std::variant<Command, ImportPkcs12, RemoveImported, WriteFile, SetHttpRecord, SetCertificateProperty, ReopenRequest>;

}  // namespace monban
