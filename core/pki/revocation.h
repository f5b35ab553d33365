// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/pki/crl_entry.h"
#include "core/pki/verdict.h"

namespace monban {

/// A revocation list by the file or address it came from, or why there is none.
struct ListSource {
    std::string name;
    Result<Crl> list;
};

/// Every list in a file or an answer, never none: DER, each block of PEM, those in PKCS#7. The second is called "NAME (2)".
std::vector<ListSource> listsIn(const std::string& name, ByteView bytes);

struct RevocationQuestion {
    Certificate certificate;
    std::vector<Certificate> issuers;  ///< one of them signed the lists; empty: their signatures stay unchecked
    Time at{};
    bool isIssuerNamed = false;  ///< by a person, who then is told where none of the issuers is the certificate's
};

/// Who a certificate's lists are to be signed by.
enum class ListSigner {
    NotGiven,    ///< no certificate of the CA is there
    NoneFits,    ///< somebody named certificates, none of which issued it
    MayNotSign,  ///< its key usage lacks cRLSign (RFC 5280, section 6.3.3 (f))
    Known,
};

/// One list, for one certificate.
struct JudgedList {
    std::string name;
    Result<Crl> list;
    CheckResult issuer = CheckResult::Unknown;     ///< it is of the certificate's CA
    CheckResult signature = CheckResult::Unknown;  ///< Unknown: no certificate of the CA was given; Fail also where it may not sign lists
    ListSigner signer = ListSigner::NotGiven;
    CheckResult current = CheckResult::Unknown;    ///< between this and next update
    CrlScope scope{};
    bool coversKind = true;   ///< users' or CAs', whichever the certificate is
    bool coversPoint = true;  ///< it is of one of the certificate's distribution points, or of all
    std::optional<CrlEntry> entry{};  ///< of the certificate

    /// Windows goes by it: of that CA, complete, not refuted. A delta list counts only together with the one it is based on, and
    /// indirect ones not at all.
    bool counts() const;
};

enum class RevocationState { Good, Revoked, Unknown };
const char* name(RevocationState state);  ///< "good", "revoked", "unknown"

/// What a server that checks revocation makes of a client's certificate (RFC 5280, section 6.3; WINDOWS-FACTS 8: what cannot be
/// known is refused, as 403.13).
struct RevocationVerdict {
    RevocationState state = RevocationState::Unknown;
    Certificate certificate;
    std::vector<JudgedList> lists;
    std::optional<CrlEntry> entry;           ///< why it is revoked
    std::optional<Time> nextUpdate;          ///< of the list that counts: from then on everybody is refused
    Time at{};

    std::optional<std::chrono::seconds> left() const;  ///< until then; negative: since
};

RevocationVerdict judgeRevocation(const RevocationQuestion& question, const std::vector<ListSource>& lists);
/// In a sentence: what becomes of whoever shows it.
Message summaryOf(const RevocationVerdict& verdict);
std::vector<Finding> findingsOf(const RevocationVerdict& verdict);

/// "2 days 3 hours", "5 minutes": of a time to come or gone, the two largest units.
Message spanText(std::chrono::seconds span);

}  // namespace monban
