// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/observe/facts.h"

namespace monban {

/// An https binding with the records that may answer its visitors, the likeliest first.
struct HttpsBinding {
    const Site* site = nullptr;
    const Binding* binding = nullptr;
    std::vector<const SslRecord*> records;

    bool isSni() const { return binding->sslFlags & binding_flags::kSni; }
    bool isCentralStore() const { return binding->sslFlags & binding_flags::kCentralStore; }
    bool isEverywhere() const;  ///< no address of its own
    std::string host() const { return binding->host.value_or(""); }
};

/// The facts ordered for looking things up, so that the pitfalls of thousands of sites and records take their time once
/// and not for each pair. Holds on to the facts it was made from.
class ServerIndex {
public:
    explicit ServerIndex(const Facts& facts);

    const Facts& facts() const { return m_facts; }
    const std::vector<HttpsBinding>& bindings() const { return m_bindings; }
    const SslRecord* record(RecordFamily family, const std::string& endpoint) const;
    /// Records on that port; none: an empty list.
    const std::vector<const SslRecord*>& recordsOnPort(int port) const;

    enum class StoreSeen { Unreadable, Absent, There };
    StoreSeen seen(const std::string& store) const;
    /// Its certificates; none where it is absent or cannot be read.
    const std::vector<StoredCertificate>& certificates(const std::string& store) const;
    const StoredCertificate* certificate(const std::string& store, const std::string& thumbprint) const;

    /// A certificate in ROOT or CA that may have issued it, by names and key identifiers; nullptr: there is none.
    const Certificate* issuerOf(const Certificate& certificate) const;
    /// True when its chain, as far as ROOT and CA hold it, comes by the certificate of that thumbprint; itself counts.
    bool leadsTo(const Certificate& certificate, const std::string& thumbprint) const;
    /// True when its chain ends in ROOT.
    bool reachesRoot(const Certificate& certificate) const;

private:
    using StoreMap = std::map<std::string, const StoredCertificate*>;

    void indexRecords();
    void indexBindings();
    void indexIssuers();
    std::vector<const SslRecord*> answering(const Binding& binding) const;
    const Observed<std::vector<StoredCertificate>>* find(const std::string& store) const;

    const Facts& m_facts;
    std::vector<HttpsBinding> m_bindings;
    std::map<std::pair<RecordFamily, std::string>, const SslRecord*> m_records;
    std::map<int, std::vector<const SslRecord*>> m_byPort;
    std::map<std::string, const Observed<std::vector<StoredCertificate>>*> m_stores;
    mutable std::map<std::string, StoreMap> m_byThumbprint;
    std::multimap<std::string, const Certificate*> m_issuers;  // of ROOT first, then of CA, by subject
    std::set<std::pair<std::string, std::string>> m_roots;     // subject and key of those in ROOT
};

/// The port at the end of a record's endpoint; nothing where there is none.
std::optional<int> portOf(const std::string& endpoint);
/// "192.0.2.1" of "192.0.2.1:443".
std::string addressOf(const std::string& endpoint);
/// A record of a known product other than IIS: shown, never changed, and none of IIS's business.
bool isForeign(const SslRecord& record);

}  // namespace monban
