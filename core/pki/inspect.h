// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

#include "core/pki/certificate.h"
#include "core/pki/crl.h"
#include "core/pki/finding.h"
#include "core/pki/pkcs12.h"
#include "core/pki/request.h"

namespace monban {

enum class FileKind { Pkcs12, Certificate, Pkcs7, Request, Crl, Unknown };
enum class FileStatus { Ok, WrongPassword, Unsupported, Broken };

struct InspectedCertificate {
    Certificate certificate;
    bool hasPrivateKey = false;
    std::string friendlyName;
};

/// Everything `monban inspect` says about one file (CONTRACTS, "inspect").
struct Inspection {
    std::string file;
    FileKind kind = FileKind::Unknown;
    FileStatus status = FileStatus::Ok;
    Message reason;  ///< why the status is not Ok
    std::vector<InspectedCertificate> certificates;
    std::optional<Request> request;
    std::optional<Crl> crl;
    std::optional<Pkcs12Encryption> encryption;
    std::vector<Finding> findings;
};

const char* name(FileKind kind);      ///< "pkcs12" …, as in the contract
const char* name(FileStatus status);  ///< "ok", "wrong-password" …

/// Never fails: what cannot be read has a status that says so. `at` is the clock findings about dates are judged by.
Inspection inspect(const std::string& file, ByteView bytes, const Secret& password, Time at);

/// Findings about a server's certificate with the certificates that came with it: dates, names, purposes, key, chain.
std::vector<Finding> findingsForServer(const std::vector<Certificate>& certificates, bool hasKey, bool keyMatches,
                                       Time at);

/// Findings about what is to become a trusted root: a CA whose own signature verifies, within its dates.
std::vector<Finding> findingsForRoot(const Certificate& root, Time at);

nlohmann::json toJson(const Inspection& inspection, Language language);
nlohmann::json toJson(const Certificate& certificate, bool hasPrivateKey, const std::string& friendlyName);
nlohmann::json toJson(const Finding& finding, Language language);
nlohmann::json toJson(const std::vector<Finding>& findings, Language language);

}  // namespace monban
