// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/utf8.h"
#include "core/model/materials.h"
#include "core/observe/facts.h"
#include "core/plan/action.h"
#include "core/tls/http_get.h"
#include "core/tls/https_visit.h"

namespace monban {

/// Console text as it comes, in pieces, UTF-8.
using OutputSink = std::function<void(const std::string& text)>;

struct RunLimits {
    std::chrono::milliseconds timeout = std::chrono::seconds(120);
    std::stop_token stop;
};

/// What to look at beyond the server's own state.
struct Lookups {
    std::vector<std::string> crlUrls;  ///< distribution points to be fetched as the server would fetch them
    std::vector<std::string> files;    ///< files to be read, by their path on the server; at most kLargestLookup each
};

constexpr std::uint64_t kLargestLookup = 1024 * 1024;

/// How long one visit to the server's own endpoint may take.
constexpr std::chrono::milliseconds kVisitTime = std::chrono::seconds(10);

/// What an action left behind. The exit code and the text prove nothing: whoever cares observes again.
struct Output {
    int exitCode = 0;
    std::string text;
};

enum class JournalUse { Look, Write };

/// The server that is set up: the port behind which Windows, a practice server or a test's stand-in lies.
/// One thread at a time; only fetch() may be asked by several at once.
class Server {
public:
    virtual ~Server() = default;

    /// Reads every section; a part that fails says so in the Facts, the call itself always answers.
    virtual Facts observe(const Lookups& lookups) = 0;

    /// Performs one action. A program that ran and failed is an Output with its exit code; an Error is one that could
    /// not be started, ran out of time or was cancelled. Materials hold the bytes and passwords an action only names.
    virtual Result<Output> run(const Action& action, const Materials& materials, const OutputSink& sink,
                               const RunLimits& limits) = 0;

    /// What an http address answers to this server (tls/http_get.h), by its own proxy. Errors: as httpGet has them.
    virtual Result<Bytes> fetch(const std::string& url, HttpLimits limits);

    /// What somebody on the server itself meets who opens a record's endpoint by HTTPS, without a client certificate. name:
    /// what is asked for by SNI and Host, empty where nothing is known. Errors: as visit() has them; NotFound where nothing
    /// listens for that record.
    virtual Result<HttpsAnswer> visit(const SslRecord& record, const std::string& name, const std::stop_token& stop);

    /// Where journals of runs on this server are kept; run/journal.h reads and writes them.
    virtual fs::path journalFolder() const = 0;
    /// Whether what lies in that folder may be believed: an undo acts on what stands there. A folder that is missing is
    /// made only for writing. Errors: Denied (somebody else could have written it), Io.
    virtual Result<Done> guardJournal(JournalUse) const { return Done{}; }

    /// Called once in a run, before its first step that changes IIS's configuration: makes a copy that outlives Monban
    /// and returns its name; nothing where this server needs none. The step does not begin when this fails.
    virtual Result<std::optional<std::string>> keepConfiguration(const std::string& run);
};

}  // namespace monban
