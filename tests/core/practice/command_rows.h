// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

#include "core/practice/interpreter.h"
#include "tests/core/practice/stage.h"
#include "tests/core/truth/row_count.h"

namespace monban::practice {

/// Plays rows of tests/data/truth/commands.tsv on a stage and judges what each look at it shows.
class CommandRows {
public:
    explicit CommandRows(Stage& stage);

    /// All: on each build a row names, and in each language. OnePerRow: in English on the newest of its builds.
    enum class Runs { All, OnePerRow };
    /// Every row but those to be skipped. Returns how many commands were run in English.
    std::size_t playAll(Runs which, const std::map<std::string, std::string>& skipped);
    /// How many facts that look was asked for and knew.
    std::size_t judgedBy(const std::string& look) const { return m_judged.count(look) > 0 ? m_judged.at(look) : 0; }

private:
    void judge(const support::TruthRow& row, int build, Language language);
    /// A server as the README describes it, with what the row gives on top.
    void prepare(const support::TruthRow& row, int build, Language language);
    void give(const std::string& what);
    void giveRecord(const std::string& which);
    void store(const char* name, const std::shared_ptr<X509>& certificate, KeyState key, const char* container, const TestKey* pem);
    void put(const char* name, const std::string& bytes);
    void change(const std::function<void(Machine&)>& edit);
    bool storeIs(Look& look, const std::string& name, const std::string& rule, std::size_t before);
    void judgeEffect(Look& look, support::TruthEffect effect, std::size_t before, const std::string& place);
    std::string in(const char* name) const;
    Backend& backend() { return m_stage.backend(); }

    Stage& m_stage;
    std::map<std::string, std::string> m_values;
    std::map<std::string, std::vector<std::string>> m_before;  ///< what each look saw at first, by what was given
    std::map<std::string, std::size_t> m_judged;  ///< by the name of the look
};

}  // namespace monban::practice
