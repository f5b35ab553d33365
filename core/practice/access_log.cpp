// SPDX-License-Identifier: MIT
#include "core/practice/access_log.h"

#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>

namespace monban::practice {
namespace {

// One day of anybody's practice is far smaller; a client that floods us must not fill the disk.
constexpr std::uintmax_t kLargestLog = 16 * 1024 * 1024;
constexpr std::size_t kLongestField = 1024;

constexpr const char* kFields =
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
    "sc-status sc-substatus sc-win32-status time-taken\n";

std::string field(std::string_view text)
{
    if (text.empty()) return "-";
    std::string word = validUtf8(text.substr(0, kLongestField));
    for (char& c : word)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) c = '+';
    return word;
}

}  // namespace

std::string logLine(const LoggedRequest& request)
{
    std::string at = rfc3339(request.at);
    at[10] = ' ';
    at.pop_back();
    std::string line = at + " 127.0.0.1 " + field(request.method) + " " + field(request.path) + " " + field(request.query);
    line += " " + std::to_string(request.port) + " - 127.0.0.1 " + field(request.userAgent) + " " + field(request.referer);
    line += " " + std::to_string(request.status) + " " + std::to_string(request.subStatus);
    return line + " " + std::to_string(request.win32) + " " + std::to_string(request.milliseconds);
}

void AccessLog::add(const LoggedRequest& request)
{
    const std::string day = rfc3339(request.at);  // yyyy-mm-dd…
    const fs::path file = m_folder / ("u_ex" + day.substr(2, 2) + day.substr(5, 2) + day.substr(8, 2) + ".log");
    const std::lock_guard guard(m_mutex);
    boost::system::error_code problem;
    fs::create_directories(m_folder, problem);
    const auto size = fs::file_size(file, problem);
    const bool fresh = static_cast<bool>(problem) || size == 0;
    if (!fresh && size > kLargestLog) return;
    fs::ofstream out(file, std::ios::binary | std::ios::app);
    if (fresh)
        out << "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: " << day.substr(0, 10) << " "
            << day.substr(11, 8) << "\n" << kFields;
    out << logLine(request) << "\n";
}

}  // namespace monban::practice
