// SPDX-License-Identifier: MIT
#include "core/tls/site_log.h"

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/fstream.hpp>
#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <functional>
#include <utility>

#include "core/base/number.h"

namespace monban {
namespace {

constexpr std::size_t kMostFiles = 4;       // today's, and what is beside it around midnight
constexpr std::size_t kMostDated = 20'000;  // of a folder where nobody ever deleted a log: asking for a time takes a while
constexpr auto kListedFor = std::chrono::seconds(1);
constexpr std::uintmax_t kEnd = 4 * 1024 * 1024;
constexpr std::size_t kLongestLine = 64 * 1024;
constexpr std::size_t kMostFields = 256;

std::vector<std::string_view> fieldsOf(std::string_view line)
{
    std::vector<std::string_view> fields;
    while (fields.size() <= kMostFields) {
        const auto begin = line.find_first_not_of(" \t");
        if (begin == std::string_view::npos) break;
        line.remove_prefix(begin);
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        fields.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return fields;
}

/// The word as one of the query's parameters: a longer one that contains it is another's.
bool hasParameter(std::string_view query, std::string_view word)
{
    for (auto at = query.find(word); at != std::string_view::npos; at = query.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || query[at - 1] == '&') && (end == query.size() || query[end] == '&')) return true;
    }
    return false;
}

/// Reads whole lines between two places, the first at the beginning of a line unless it says otherwise; returns where the last one
/// ends: a line without its end is still being written.
std::uintmax_t readLines(std::istream& in, std::uintmax_t from, std::uintmax_t to, bool beginsWhole, SiteLogReader& reader)
{
    in.clear();
    in.seekg(static_cast<std::streamoff>(from));
    std::string line;
    std::vector<char> piece(64 * 1024);
    bool isWhole = beginsWhole;
    std::uintmax_t at = from, lastEnd = from;
    while (at < to && in) {
        in.read(piece.data(), static_cast<std::streamsize>(std::min<std::uintmax_t>(to - at, piece.size())));
        const auto count = in.gcount();
        if (count <= 0) break;
        for (const char c : std::string_view(piece.data(), static_cast<std::size_t>(count))) {
            ++at;
            if (c != '\n') {
                if (line.size() < kLongestLine) line += c;
                else isWhole = false;
                continue;
            }
            if (isWhole) reader.readLine(line);
            line.clear();
            isWhole = true;
            lastEnd = at;
        }
    }
    return lastEnd;
}

/// Where the last line before a place begins that says which fields there are: somebody may have chosen others in the middle of the
/// day. The file's beginning where none is near.
std::uintmax_t lastFieldsBefore(std::istream& in, std::uintmax_t place)
{
    constexpr std::string_view kMark = "\n#Fields:";
    constexpr std::uintmax_t kBlock = 1024 * 1024, kFarthest = 256 * kBlock;
    std::string block;
    for (auto end = place; end > 0 && place - end < kFarthest;) {
        const auto begin = end > kBlock ? end - kBlock : 0;
        const auto size = std::min(end + kMark.size(), place) - begin;  // one that begins in this block may end in the next
        block.resize(static_cast<std::size_t>(size));
        in.clear();
        in.seekg(static_cast<std::streamoff>(begin));
        if (!in.read(block.data(), static_cast<std::streamsize>(size))) return 0;
        if (const auto found = block.rfind(kMark); found != std::string::npos) return begin + found + 1;
        end = begin;
    }
    return 0;
}

/// The newest by name as well as by time: of a file that is open, Windows does not always keep the time, and "u_extend10.log" comes
/// before "u_extend9.log".
std::vector<fs::path> newestOf(const fs::path& folder)
{
    using Dated = std::pair<std::time_t, fs::path>;
    std::vector<Dated> byTime;
    std::vector<fs::path> byName;
    const auto keepGreatest = [](auto& kept, auto&& one) {
        kept.push_back(std::move(one));
        std::ranges::sort(kept, std::greater());
        if (kept.size() > kMostFiles) kept.pop_back();
    };
    boost::system::error_code problem;
    std::size_t entries = 0;
    for (fs::directory_iterator at(folder, problem), end; !problem && at != end; at.increment(problem), ++entries) {
        boost::system::error_code unknown;
        if (!equalsIgnoringCase(utf8(at->path().extension()), ".log") || at->status(unknown).type() != fs::regular_file) continue;
        keepGreatest(byName, fs::path(at->path()));
        if (entries < kMostDated) keepGreatest(byTime, Dated(fs::last_write_time(at->path(), unknown), at->path()));
    }
    for (const Dated& one : byTime)
        if (std::ranges::find(byName, one.second) == byName.end()) byName.push_back(one.second);
    return byName;
}

}  // namespace

void SiteLogReader::readFields(std::string_view line)
{
    const auto fields = fieldsOf(line);
    const auto place = [&](std::string_view field) {
        const auto found = std::ranges::find(fields, field);
        return found == fields.end() ? 0 : static_cast<std::size_t>(found - fields.begin()) + 1;
    };
    m_query = place("cs-uri-query");
    m_status = place("sc-status");
    m_subStatus = place("sc-substatus");
    m_win32 = place("sc-win32-status");
    m_count = fields.size();
}

void SiteLogReader::readLine(std::string_view line)
{
    constexpr std::string_view kFields = "#Fields:", kByteOrderMark = "\xEF\xBB\xBF";
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(kFields)) return readFields(line.substr(kFields.size()));
    if (line.starts_with('#') || m_query == 0 || m_status == 0 || m_subStatus == 0) return;
    const auto fields = fieldsOf(line);
    if (fields.size() != m_count) return;
    const auto word = std::ranges::find_if(m_words, [&](const std::string& one) { return hasParameter(fields[m_query - 1], one); });
    if (word == m_words.end()) return;
    const auto status = numberFrom<int>(fields[m_status - 1]);
    const auto subStatus = numberFrom<int>(fields[m_subStatus - 1]);
    if (!status || !subStatus || *status < 100 || *status > 999 || *subStatus < 0 || *subStatus > 999) return;
    m_found[*word].push_back({*status, *subStatus, m_win32 == 0 ? std::nullopt : numberFrom<std::uint32_t>(fields[m_win32 - 1])});
}

void SiteLogSearch::read(const fs::path& path, File& file) const
{
    boost::system::error_code problem;
    const auto size = fs::file_size(path, problem);
    fs::ifstream in(path, std::ios::binary);
    if (problem || !in) return;
    if (size < file.next) file = {SiteLogReader(m_words), 0};  // begun anew
    bool beginsWhole = true;
    if (size - file.next > kEnd) {
        const auto fields = lastFieldsBefore(in, size - kEnd);
        (void)readLines(in, fields, std::min(fields + kLongestLine, size - kEnd), true, file.reader);
        file.next = size - kEnd;
        beginsWhole = false;
    }
    file.next = readLines(in, file.next, size, beginsWhole, file.reader);
}

LoggedAnswers SiteLogSearch::look()
{
    const auto now = std::chrono::steady_clock::now();
    if (m_files.empty() || now - m_listed > kListedFor) {
        for (fs::path& path : newestOf(m_folder)) m_files.try_emplace(std::move(path), File{SiteLogReader(m_words)});
        m_listed = now;
    }
    LoggedAnswers found;
    for (auto& [path, file] : m_files) {
        read(path, file);
        for (const auto& [word, answers] : file.reader.found()) found[word].insert(found[word].end(), answers.begin(), answers.end());
    }
    return found;
}

}  // namespace monban
