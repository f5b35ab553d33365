// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/practice/scenario.h"

namespace monban::practice {

/// What an administrator did before a scenario begins: chapters 3.1 to 3.4 by the commands they typed, and what else
/// is on the server. The first thing that fails is what done() reports.
class SetUp {
public:
    explicit SetUp(ScenarioServer& server) : m_server(server) {}

    struct OwnCertificate {
        std::string host;
        Time notBefore{};
        Time notAfter{};
    };
    struct Binding {
        bool negotiate = true;  ///< ask in the first handshake
        bool ctl = true;        ///< name the store of the accepted CAs
    };
    struct Record {
        RecordFamily family = RecordFamily::IpPort;
        std::string endpoint;
        std::string appId;
        std::uint32_t flags = 0;
        std::uint32_t checkMode = 0;
        std::uint32_t freshnessSeconds = 0;
        std::uint32_t timeoutMilliseconds = 0;
        std::string ctlStore = {};
        std::string thumbprint = {};  ///< empty: of the certificate in hand
    };

    SetUp& importServer();                          ///< ca/server.p12 into MY
    SetUp& useOwnCertificate(const OwnCertificate& wanted);  ///< another one of the practice CA, straight into MY
    SetUp& trust();
    SetUp& bind(const Binding& options);            ///< and SendTrustedIssuerList, with the restart it needs
    SetUp& require();
    SetUp& addSite(const std::string& startTag, const std::string& bindings);
    Result<Done> done() const { return m_problem ? Result<Done>(*m_problem) : Done{}; }

    /// Records with the certificate, in MY.
    Result<Done> addRecords(const std::vector<Record>& records);
    const std::string& thumbprint() const { return m_thumbprint; }

private:
    void type(const std::string& program, const std::vector<std::string>& arguments);
    void keep(const Result<Done>& done);
    std::string caFile(const char* name) const;

    ScenarioServer& m_server;
    std::string m_thumbprint;  ///< of the server certificate
    std::optional<Error> m_problem;
};

}  // namespace monban::practice
