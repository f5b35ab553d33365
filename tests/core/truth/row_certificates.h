// SPDX-License-Identifier: MIT
#pragma once
#include <set>
#include <string>

#include "tests/core/practice/practice_folder.h"

/// The certificates that the rows of clients.tsv speak of, made by plain OpenSSL calls.
namespace monban::practice::rows {

/// A CA of the tests. Its list lies at http://ca.practice/crl/NAME.crl.
struct Authority {
    std::string name;
    TestKey key;
    std::shared_ptr<X509> certificate;
    std::string listUrl() const { return "http://ca.practice/crl/" + name + ".crl"; }
    std::string commonName() const { return "Rows " + name; }
};

struct Holder {
    TestKey key;
    std::shared_ptr<X509> certificate;
};

constexpr long kRevokedSerial = 100;       ///< on the list of each authority
constexpr long kNewlyRevokedSerial = 200;  ///< on the list that is published now, not on the one before

/// Every authority the rows need, made once: the practice root, one that is trusted nowhere, one that is only in ROOT,
/// and one below the practice root.
struct Authorities {
    Authorities();
    Authority root, stranger, elsewhere, intermediate, hint;
};
const Authorities& authorities();

struct Wanted {
    const Authority* issuer = nullptr;  ///< nullptr: signs itself
    long serial = 1000;
    std::string usage = "clientAuth";  ///< empty: no extension
    std::string listUrl;               ///< empty: no extension
    int fromDay = -60;
    int toDay = 365;
};
Holder holderOf(const std::string& commonName, const Wanted& wanted);

/// A PKCS#12 file of the holder's certificate and key, as every Windows opens it.
std::string pkcs12Of(const Holder& holder, const std::string& password);

/// What the column `client` calls for; nothing for "none".
std::optional<Holder> clientFor(const std::set<std::string>& words);
/// The address of the list in that certificate, as clientFor writes it.
std::string listUrlFor(const std::set<std::string>& words);

/// A revocation list of that authority, in force from one day to another, counted from now.
Bytes listOf(const Authority& authority, const std::vector<long>& serials, int fromDay = -2, int toDay = 5);

}  // namespace monban::practice::rows
