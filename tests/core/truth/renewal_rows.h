// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>

#include "core/practice/interpreter.h"
#include "tests/core/practice/stage.h"

namespace monban::practice {

/// Plays the rows of tests/data/truth/renewal.tsv on a stage, by its commands and by http.sys's native calls.
class RenewalRows {
public:
    explicit RenewalRows(Stage& stage);

    /// Every row but those to be skipped. Returns how many were checked.
    std::size_t playAll(const std::map<std::string, std::string>& skipped);

private:
    void check(const support::TruthRow& row, const std::string& build);
    void prepare(int build, const std::string& before);
    void play(const std::string& how);
    Reply run(const std::string& line);
    /// One of http.sys's native calls.
    void callHttpSys(const std::optional<SslRecord>& record);
    std::uint32_t bindingFlags(Look& look);
    std::string fieldOf(Look& look, const SslRecord& record, const std::string& field);
    Backend& backend() { return m_stage.backend(); }

    Stage& m_stage;
    std::shared_ptr<X509> m_root, m_server, m_renewed;
    TestKey m_key;
    std::string m_old, m_new;
    SslRecord m_before;
};

}  // namespace monban::practice
