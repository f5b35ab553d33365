// SPDX-License-Identifier: MIT
#include "app/wizard/draft.h"

#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/model/answers_file.h"

namespace monban::wizard {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestDraft = 1024 * 1024;  // as answers files have it

/// A relative name is meant from where the program was started, which may be elsewhere the next time.
void makeAbsolute(std::string& file)
{
    boost::system::error_code trouble;
    const fs::path path = file.empty() ? fs::path() : fs::absolute(pathFromUtf8(file), trouble);
    if (!path.empty() && !trouble) file = utf8(path);
}

/// Without what the reader of answers files would refuse (a half-typed name of a store): one such value must not cost
/// the user all the others.
json readable(const json& all, const fs::path& folder)
{
    json kept = json::object();
    if (answersFromText(jsonText(all), {}, folder)) return all;
    for (const auto& [chapter, values] : all.items())
        for (const auto& [key, value] : values.items()) {
            json with = kept;
            with[chapter][key] = value;
            if (answersFromText(jsonText(with), {}, folder)) kept = std::move(with);
        }
    return kept;
}

std::string draftText(Answers answers, const fs::path& file)
{
    answers.troubleshoot = {};  // tasks, done once
    for (std::string* path : {&answers.certificate.file, &answers.certificate.requestFile, &answers.certificate.issuedFile, &answers.root.file,
                              &answers.verify.clientCertificate})
        makeAbsolute(*path);
    for (std::string& path : answers.trust.intermediates) makeAbsolute(path);
    const fs::path folder = file.parent_path();
    return jsonText(readable(answersToJson(answers, folder), folder));
}

fs::path beside(const fs::path& file, const std::string& word)
{
    return file.parent_path() / pathFromUtf8(utf8(file.stem()) + "." + word + utf8(file.extension()));
}

/// What cannot be read may be somebody's only copy, so that each gets a name of its own.
fs::path freeName(const fs::path& file)
{
    constexpr int kMost = 1000;
    boost::system::error_code ignored;
    fs::path name = beside(file, "unreadable");
    for (int number = 2; number < kMost && fs::exists(fs::symlink_status(name, ignored)); ++number)
        name = beside(file, "unreadable-" + std::to_string(number));
    return name;
}

Result<Done> renameFile(const fs::path& from, const fs::path& to)
{
    boost::system::error_code trouble;
    fs::rename(from, to, trouble);
    if (!trouble) return Done{};
    return Error{ErrorCode::Io, {tr("{0} could not be renamed to {1}: {2}"), {utf8(from), utf8(to), validUtf8(trouble.message())}}, "rename"};
}

}  // namespace

bool saysSomething(const Answers& answers)
{
    Answers rest = answers;
    rest.certificate.source = {};
    rest.bind.site.clear();
    if (rest.bind.endpoint == kDefaultEndpoint) rest.bind.endpoint.clear();
    rest.verify.address.clear();
    rest.troubleshoot = {};
    return !(rest == Answers{});
}

Draft::Draft(fs::path file) : m_file(std::move(file))
{
    if (m_file.empty()) return;
    boost::system::error_code trouble;
    if (const fs::path absolute = fs::absolute(m_file, trouble); !trouble) m_file = absolute;
    auto text = readText(m_file, kLargestDraft);
    if (!text) {
        if (text.error().code != ErrorCode::NotFound) m_unreadable = text.error();
        return;
    }
    auto answers = answersFromText(*text, utf8(m_file), m_file.parent_path());
    if (!answers) {
        m_unreadable = answers.error();
        return;
    }
    m_foundText = std::move(*text);
    const std::time_t at = fs::last_write_time(m_file, trouble);
    if (saysSomething(*answers)) m_found = Found{std::move(*answers), trouble ? hostTime() : Time(std::chrono::seconds(at))};
    else m_own = m_foundText;
}

std::optional<Draft::Found> Draft::found() const
{
    const std::lock_guard guard(m_mutex);
    return m_own ? std::nullopt : m_found;
}

std::optional<Error> Draft::unreadable() const
{
    const std::lock_guard guard(m_mutex);
    return m_own ? std::nullopt : m_unreadable;
}

std::optional<Error> Draft::problem() const
{
    const std::lock_guard guard(m_mutex);
    return m_problem;
}

void Draft::takeOver()
{
    const std::lock_guard guard(m_mutex);
    ++m_epoch;
    if (m_found && !m_own) m_own = m_foundText;
}

unsigned Draft::epoch() const
{
    const std::lock_guard guard(m_mutex);
    return m_epoch;
}

void Draft::save(const Answers& answers, unsigned epoch)
{
    const std::lock_guard guard(m_mutex);
    if (epoch != m_epoch) return;
    const auto written = write(answers);
    m_problem = written ? std::nullopt : std::optional(written.error());
}

void Draft::leave(const Answers& answers)
{
    const std::lock_guard guard(m_mutex);
    ++m_epoch;
    if (m_file.empty()) return;
    const bool isFinished = m_finished && *m_finished == answers;
    if (saysSomething(answers) && !isFinished) {
        const auto written = write(answers);
        m_problem = written ? std::nullopt : std::optional(written.error());
        if (!written) return;
        m_found = Found{answers, hostTime()};
        m_foundText = m_own.value_or(std::string());
    }
    // What was taken over and is nobody's any more may be replaced.
    if (m_found) m_own.reset();
}

void Draft::finish(const Answers& answers)
{
    const std::lock_guard guard(m_mutex);
    ++m_epoch;
    if (m_file.empty() || (m_finished && *m_finished == answers)) return;
    const auto written = write(answers);
    const auto moved = written && m_own ? renameFile(m_file, beside(m_file, "finished")) : written;
    m_problem = moved ? std::nullopt : std::optional(moved.error());
    if (!moved) return;
    m_finished = answers;
    m_found.reset();
    m_foundText.clear();
    m_own.emplace();
}

bool Draft::isFinished(const Answers& answers) const
{
    const std::lock_guard guard(m_mutex);
    return m_finished && *m_finished == answers;
}

Result<Done> Draft::write(const Answers& answers)
{
    if (m_file.empty() || (m_finished && *m_finished == answers)) return Done{};
    if (!m_own && !saysSomething(answers)) return Done{};
    std::string text = draftText(answers, m_file);
    if (m_own && *m_own == text) return Done{};
    if (text.size() > kLargestDraft)
        return Error{ErrorCode::Unsupported, {tr("The answers are too long to be kept: {0} bytes, and {1} are the most."), {std::to_string(text.size()), std::to_string(kLargestDraft)}}, "large draft"};
    const auto there = readText(m_file, kLargestDraft);
    const bool isOurs = there ? m_own && *there == *m_own : there.error().code == ErrorCode::NotFound;
    if (!isOurs)
        if (auto moved = setAside(there ? *there : std::string()); !moved) return moved;
    if (auto replaced = replaceFile(m_file, text); !replaced) return replaced;
    m_own = std::move(text);
    return Done{};
}

Result<Done> Draft::setAside(const std::string& text) const
{
    const auto answers = text.empty() ? Result<Answers>(Error{}) : answersFromText(text, {}, m_file.parent_path());
    if (answers && !saysSomething(*answers)) return Done{};
    return renameFile(m_file, answers ? beside(m_file, "previous") : freeName(m_file));
}

}  // namespace monban::wizard
