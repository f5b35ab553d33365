// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/utf8.h"

namespace monban {

/// What a web server's log says about one request.
struct LoggedAnswer {
    int status = 0;
    int subStatus = 0;                   ///< "7" of "403.7"
    std::optional<std::uint32_t> win32;  ///< why, as a Windows error; nothing where the log does not say
    friend bool operator==(const LoggedAnswer&, const LoggedAnswer&) = default;
};

/// By the word that stood in a request's query, in the order of the log: HTTP/2 may send a request twice, and two servers on one
/// machine may share a log.
using LoggedAnswers = std::map<std::string, std::vector<LoggedAnswer>>;

/// Finds requests in a log of the W3C extended format, in which its own "#Fields:" lines say what stands where
/// (https://www.w3.org/TR/WD-logfile). A line that is not whole, or that lacks the query, status or sub-status, says nothing.
class SiteLogReader {
public:
    explicit SiteLogReader(std::vector<std::string> words) : m_words(std::move(words)) {}
    void readLine(std::string_view line);
    const LoggedAnswers& found() const { return m_found; }

private:
    void readFields(std::string_view line);

    std::vector<std::string> m_words;
    LoggedAnswers m_found;
    std::size_t m_query = 0, m_status = 0, m_subStatus = 0, m_win32 = 0;  ///< places in a line, from 1; 0: not logged
    std::size_t m_count = 0;
};

/// Looks in the newest files (*.log) of a site's log folder, of a large one only at its end: IIS keeps it as
/// %SystemDrive%\inetpub\logs\LogFiles\W3SVC<number of the site> where nobody chose another. What cannot be read is not there.
/// http.sys writes a line within a minute, or when it is told to ("netsh http flush logbuffer"): each look reads on where the last
/// one ended.
class SiteLogSearch {
public:
    SiteLogSearch(fs::path folder, std::vector<std::string> words) : m_folder(std::move(folder)), m_words(std::move(words)) {}
    LoggedAnswers look();

private:
    struct File {
        SiteLogReader reader;
        std::uintmax_t next = 0;  ///< the first byte that was not read, at the beginning of a line
    };
    void read(const fs::path& path, File& file) const;

    fs::path m_folder;
    std::vector<std::string> m_words;
    std::map<fs::path, File> m_files;
    std::chrono::steady_clock::time_point m_listed{};
};

}  // namespace monban
