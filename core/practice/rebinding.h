// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/practice/backend.h"

namespace monban::practice {

/// The record as IIS itself writes it for one of its bindings: the certificate, its store and IIS's id, all else at its
/// default. Whatever a record of that endpoint said before is lost (WINDOWS-FACTS 1.7, 5.5, 5.6).
SslRecord recordOfIis(RecordFamily family, const std::string& endpoint, const std::string& thumbprint, const std::string& store);

/// Chooses a certificate for an endpoint as IIS Manager and AddSslCertificate do. Errors: NotFound (no such certificate
/// with a key in that store), which Windows says as 1312.
Result<Done> rebind(Backend& backend, RecordFamily family, const std::string& endpoint, const std::string& thumbprint,
                    const std::string& store);

/// The record that belongs to an https binding of IIS: of its host name where it uses SNI, else of its address.
/// Nothing where its text cannot be split.
std::optional<std::pair<RecordFamily, std::string>> recordEndpointOf(const Binding& binding);

}  // namespace monban::practice
