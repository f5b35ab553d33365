// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <memory>

#include "core/observe/server.h"
#include "core/practice/backend.h"

namespace monban::practice {

/// A practice server behind the port that a real Windows stands behind: the same facts, the same actions.
class PracticeServer final : public Server {
public:
    /// Errors: NotFound (no practice server in that folder), Damaged.
    static Result<std::unique_ptr<Server>> open(const fs::path& folder);

    /// folder: where the journal lies; the state itself is the back-end's business.
    PracticeServer(std::unique_ptr<Backend> backend, fs::path folder);

    Facts observe(const Lookups& lookups) override;
    Result<Output> run(const Action& action, const Materials& materials, const OutputSink& sink, const RunLimits& limits) override;
    /// The practice CA's own addresses are files of the folder, as for its revocation lists; any other is fetched.
    Result<Bytes> fetch(const std::string& url, HttpLimits limits) override;
    /// By the front that serves the folder, or, where none does, one that serves it for this visit.
    Result<HttpsAnswer> visit(const SslRecord& record, const std::string& name, const std::stop_token& stop) override;
    fs::path journalFolder() const override { return m_folder / "journal"; }

private:
    Observed<std::vector<StoredCertificate>> observeStore(const std::string& name, Time now);
    Observed<std::vector<StoredCrl>> storedCrls(Time now);
    Observed<std::vector<monban::ScheduledTask>> observeTasks(Time now);
    Observed<Crl> crlAt(const std::string& url, Time now);
    void hide(Facts& facts, Time now);
    void observeServices(Facts& facts, const Result<Machine>& machine, Time now);
    Result<Output> runProgram(const Command& command, const RunLimits& limits);
    Result<Output> runOwn(const Action& action, const Materials& materials, const RunLimits& limits);
    Result<Output> performWith(const Fault& fault, const Action& action, const Materials& materials, const RunLimits& limits);
    Result<Output> perform(const Action& action, const Materials& materials);
    Observed<CrlCacheFacts> crlCache(Time now);
    Observed<std::optional<Bytes>> fileAt(const std::string& path, Time now);
    /// Where a file of the server lies here: below DIR if it is a site's, else where the path says.
    Result<fs::path> placeOf(const std::string& path);
    bool isShared(const StoreEntry& entry);
    Result<Done> removeRequestFile(const std::string& file, ByteView pending);
    Result<Output> perform(const ImportPkcs12& import, const Materials& materials);
    Result<Output> perform(const RemoveImported& removal);
    Result<Output> perform(const WriteFile& file);
    Result<Output> perform(const SetHttpRecord& set);
    Result<Output> perform(const SetCertificateProperty& property);
    Result<Output> perform(const ReopenRequest& reopening);

    std::unique_ptr<Backend> m_backend;
    fs::path m_folder;
    std::map<std::string, Certificate> m_parsed;  // by thumbprint: a certificate never changes
};

}  // namespace monban::practice
