// SPDX-License-Identifier: MIT
#pragma once
#include <mutex>
#include <string>

#include "core/base/time.h"
#include "core/base/utf8.h"

namespace monban::practice {

/// One request, as IIS's W3C log tells it.
struct LoggedRequest {
    Time at{};
    std::string method;
    std::string path;
    std::string query;
    int port = 0;
    std::string userAgent;
    std::string referer;
    int status = 0;
    int subStatus = 0;
    std::uint32_t win32 = 0;
    std::int64_t milliseconds = 0;
};

/// logs/u_exYYMMDD.log. Handshakes that fail never reach it, as on a real server.
class AccessLog {
public:
    explicit AccessLog(fs::path folder) : m_folder(std::move(folder)) {}
    /// What cannot be written is let go: a full disk does not stop the site.
    void add(const LoggedRequest& request);

private:
    fs::path m_folder;
    std::mutex m_mutex;
};

/// The line without its end; every field one word, "-" for nothing.
std::string logLine(const LoggedRequest& request);

}  // namespace monban::practice
