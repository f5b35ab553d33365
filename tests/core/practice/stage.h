// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/core/practice/practice_folder.h"
#include "tests/support/truth_table.h"

namespace monban::practice {

/// A server's state as one sees it who looks in a way of his own.
class Look {
public:
    struct Entry {
        std::string thumbprint;
        std::string friendlyName;
        KeyState key = KeyState::None;
    };

    virtual ~Look() = default;
    virtual const char* name() const = 0;
    virtual std::vector<SslRecord> records() = 0;
    /// Nothing where there is no store of that name.
    virtual std::optional<std::vector<Entry>> store(const std::string& name) = 0;
    virtual std::vector<Site> sites() = 0;
    /// Flags in effect at a site's path; nothing where this look does not reach.
    virtual std::optional<std::uint32_t> access(const std::string& path) = 0;
    /// The data of a SCHANNEL value; nothing where there is none.
    virtual std::optional<std::string> schannel(const std::string& value) = 0;
    /// The words that may be true of a fact of another kind; none where this look does not reach.
    virtual std::vector<std::string> words(const support::TruthEffect& effect) = 0;
    /// All that is seen, in one text.
    virtual std::string everything() = 0;

    /// The words that may be true of any fact but one of a store; none where this look does not reach.
    std::vector<std::string> wordsOf(const support::TruthEffect& effect);

private:
    std::string recordWord(const std::string& endpoint, const std::string& field);
    std::string keyWord(const std::string& thumbprint, bool friendly);
    std::string bindingWord(const std::string& key, const std::string& field);
    std::vector<std::string> accessWords(const std::string& path);
};

/// The server that rows of the truth tables are played on: a practice server's folder, or Wine's own state in the lab.
class Stage {
public:
    virtual ~Stage() = default;
    virtual Backend& backend() = 0;
    /// Its `in` holds the files that rows name.
    virtual fs::path folder() const = 0;
    /// A key of the kind this server can keep.
    virtual TestKey makeKey() const = 0;
    /// Nothing is left of certificates, keys, records, lists, backups, the configuration and Schannel's values.
    virtual void clear() = 0;
    virtual void restart() = 0;
    /// Writes a record, or removes it, by http.sys's native calls or what stands for them.
    virtual Result<Done> setRecord(RecordFamily family, const std::string& endpoint, const std::optional<SslRecord>& record) = 0;
    /// Each begins to look when it is asked first.
    virtual std::vector<std::unique_ptr<Look>> looks();
};

/// The practice server's folder as a stage.
class FolderStage final : public Stage {
public:
    FolderStage(Backend& backend, fs::path folder) : m_backend(backend), m_folder(std::move(folder)) {}
    Backend& backend() override { return m_backend; }
    fs::path folder() const override { return m_folder; }
    TestKey makeKey() const override { return testKey(); }
    void clear() override;
    void restart() override;
    Result<Done> setRecord(RecordFamily family, const std::string& endpoint, const std::optional<SslRecord>& record) override;

private:
    Backend& m_backend;
    fs::path m_folder;
};

/// The value itself: a range-for over the dereferenced temporary would outlive it.
template <class T>
T taken(Result<T> result)
{
    return std::move(*result);
}

}  // namespace monban::practice
