// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/pki/certificate.h"
#include "core/pki/openssl.h"

namespace monban {

/// The issuing distribution point of a list (RFC 5280, section 5.2.5): whose certificates the list is for.
class CrlPoint {
public:
    /// From the extension's value; nothing where that cannot be read.
    static std::optional<CrlPoint> from(ByteView der);

    /// Whether it is one of the certificate's points; true where it names none.
    bool isOf(const Certificate& certificate) const;
    /// For a sentence; empty where it names none.
    std::vector<std::string> names() const;

private:
    Handle<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> m_point;
};

}  // namespace monban
