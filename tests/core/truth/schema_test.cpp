// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <iostream>
#include <regex>
#include <set>

#include "tests/support/truth_table.h"

/// The form of the truth tables. What they say is tested where there is something that must agree with them.
namespace monban::support {
namespace {

using Words = std::set<std::string>;

const Words kBuilds{"14393", "17763", "20348", "26100"};
const Words kMarks{"documented", "observed", "contract", "assumption"};

struct Shape {
    const char* name;
    std::vector<std::string> columns;
    std::size_t fewest;  ///< so that a table cut short is noticed
};

const std::vector<Shape>& shapes()
{
    static const std::vector<Shape> all{
        {"commands",
         {"id", "builds", "given", "command", "verdict", "exit", "text_en", "text_ja", "effect", "mark", "source",
          "note"},
         300},
        {"clients",
         {"id",         "builds", "negotiation", "ctl",    "send_issuers", "client_auth_issuer",
          "root_store", "mode",   "record",      "client", "tls",          "http2",
          "outcome",    "status", "substatus",   "error",  "names",        "mark",
          "source",     "note"},
         150},
        {"flags", {"id", "system", "name", "value", "since", "netsh", "counterpart", "mark", "source", "note"}, 40},
        {"owners", {"id", "guid", "owner", "rule", "mark", "source", "note"}, 10},
        {"registry", {"id", "key", "value", "spelling", "takes_effect", "mark", "source", "note"}, 15},
        {"renewal", {"id", "builds", "how", "before", "after", "mark", "source", "note"}, 10},
        {"selection", {"id", "records", "address", "sni", "chosen", "mark", "source", "note"}, 15},
        {"errors", {"id", "code", "name", "text_en", "text_ja", "where", "mark", "source"}, 25},
    };
    return all;
}

std::string place(const char* table, const TruthRow& row)
{
    return std::string(table) + ".tsv:" + std::to_string(row.line) + " " + row["id"];
}

void expectWord(const char* table, const TruthRow& row, const std::string& column, const Words& known)
{
    EXPECT_TRUE(known.contains(row[column])) << place(table, row) << ": " << column << " is " << row[column];
}

/// Words of a cell separated by ";" and a blank; of name=value only the whole counts, but for kinds that take any
/// value.
void expectGiven(const TruthRow& row)
{
    static const std::regex known(
        "none|not-elevated|binding=https|access=require|crl-cache=filled|backup=before|file=request:present|REQUEST="
        "pending"
        "|(MY|WebHosting)=(cert\\+key|cert|cert\\+user-key|other\\+key)|ROOT=root|iis_client_trust=(root|empty)"
        "|record=(plain|full|fresh)-ipport|record=plain-(hostname|ccs)|registry=[A-Za-z]+:[0-9]+|service=[a-z]+:"
        "stopped");
    const auto words = splitCell(row["given"], "; ");
    for (const std::string& word : words) {
        EXPECT_TRUE(std::regex_match(word, known)) << place("commands", row) << ": given " << word;
        EXPECT_TRUE(word != "none" || words.size() == 1) << place("commands", row) << ": none and something";
    }
}

void expectPlaceholdersKnown(const TruthRow& row, const std::string& column)
{
    static const Words known{"thumb",
                             "THUMB",
                             "other-thumb",
                             "absent-thumb",
                             "iis",
                             "host",
                             "HOST",
                             "p12",
                             "p12-aes",
                             "password",
                             "wrong-password",
                             "root",
                             "root-cn",
                             "root-thumb",
                             "ROOT-THUMB",
                             "intermediate",
                             "intermediate-thumb",
                             "crl",
                             "client-cer",
                             "inf",
                             "request",
                             "issued",
                             "issued-thumb",
                             "issued-other-key",
                             "missing",
                             "garbage"};
    static const std::regex placeholder("\\{([A-Za-z][A-Za-z12-]*)\\}");
    const std::string& text = row[column];
    for (std::sregex_iterator it(text.begin(), text.end(), placeholder), end; it != end; ++it) {
        EXPECT_TRUE(known.contains((*it)[1].str())) << place("commands", row) << ": " << (*it)[0].str();
    }
}

void expectEffects(const TruthRow& row)
{
    static const Words subjects{"record",  "records", "store",   "key",    "friendly_name", "registry", "in-force",
                                "binding", "access",  "service", "backup", "file",          "cache"};
    static const Words fields{"family",
                              "thumbprint",
                              "app_id",
                              "store",
                              "ctl_identifier",
                              "ctl_store",
                              "negotiate_client_certificate",
                              "check_revocation",
                              "cached_only",
                              "usage_check",
                              "freshness_seconds",
                              "timeout_milliseconds",
                              "ds_mapper",
                              "flags",
                              "check_mode"};
    static const std::regex storeValue("(has|lacks):\\{[A-Za-z-]+\\}|empty|one-more|has-pending|has-list");
    static const std::regex number("0x[0-9a-f]+");
    std::string problem;
    for (const TruthEffect& effect : effectsOf(row["effect"], problem)) {
        const std::string where = place("commands", row) + ": " + effect.subject;
        EXPECT_TRUE(subjects.contains(effect.subject)) << where;
        if (effect.subject == "record") {
            EXPECT_TRUE(effect.field.empty() || fields.contains(effect.field)) << where << ' ' << effect.field;
        }
        if (effect.subject == "binding") {
            EXPECT_TRUE(effect.field.empty() || effect.field == "ssl_flags") << where;
        }
        for (const std::string& value : effect.values) {
            EXPECT_FALSE(value.empty()) << where;
            const bool presence = effect.field.empty() && (effect.subject == "record" || effect.subject == "binding");
            if (presence) {
                EXPECT_TRUE(value == "present" || value == "absent") << where << " = " << value;
            }
            if (effect.subject == "store") {
                EXPECT_TRUE(std::regex_match(value, storeValue)) << where << " = " << value;
            }
            if (effect.field == "flags" || effect.field == "check_mode") {
                EXPECT_TRUE(std::regex_match(value, number)) << where << " = " << value;
            }
        }
    }
    EXPECT_EQ(problem, "") << place("commands", row);
}

TEST(TruthTables, AreWellFormedAndEachRowHasItsOwnIdItsMarkAndItsSource)
{
    static const std::regex id("[a-z0-9.-]+");
    std::size_t total = 0, assumed = 0;
    for (const Shape& shape : shapes()) {
        const TruthTable table = readTruthTable(shape.name);
        EXPECT_EQ(table.problems, std::vector<std::string>{}) << shape.name;
        EXPECT_EQ(table.columns, shape.columns) << shape.name;
        EXPECT_GE(table.rows.size(), shape.fewest) << shape.name;
        Words ids;
        for (const TruthRow& row : table.rows) {
            EXPECT_TRUE(std::regex_match(row["id"], id)) << place(shape.name, row);
            EXPECT_TRUE(ids.insert(row["id"]).second) << place(shape.name, row) << ": the id is taken";
            EXPECT_GT(row["source"].size(), 3u) << place(shape.name, row);
            expectWord(shape.name, row, "mark", kMarks);
            assumed += row["mark"] == "assumption" ? 1u : 0u;
            if (row.cells.contains("builds")) {
                for (const std::string& build : buildsOf(row))
                    EXPECT_TRUE(kBuilds.contains(build)) << place(shape.name, row);
            }
        }
        std::cout << shape.name << ": " << table.rows.size() << " rows\n";
        total += table.rows.size();
    }
    std::cout << "truth tables: " << total << " rows, of which " << assumed << " are assumptions\n";
    EXPECT_GE(total, 300u);
}

TEST(TruthTables, CommandsUseOnlyWordsThatARunnerCanCheck)
{
    static const Words programs{"netsh", "certutil", "reg", "net", "appcmd", "certreq", "powershell"};
    static const std::regex exits("any|nonzero|(0x8[0-9a-f]{7}|[0-9]+)(\\|(0x8[0-9a-f]{7}|[0-9]+))*");
    for (const TruthRow& row : readTruthTable("commands").rows) {
        const auto words = parseWindowsCommandLine(row["command"]);
        std::string program = words.front();
        for (char& c : program) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (program.ends_with(".exe")) program.resize(program.size() - 4);
        EXPECT_TRUE(programs.contains(program)) << place("commands", row);
        expectWord("commands", row, "verdict", {"accepted", "refused"});
        EXPECT_TRUE(std::regex_match(row["exit"], exits)) << place("commands", row) << ": exit " << row["exit"];
        EXPECT_TRUE(row["verdict"] != "accepted" || row["exit"] == "0")
            << place("commands", row) << ": accepted, exit " << row["exit"];
        EXPECT_TRUE(row["verdict"] != "refused" || row["exit"] != "0")
            << place("commands", row) << ": refused with 0 alone";
        expectGiven(row);
        expectEffects(row);
        for (const char* column : {"command", "text_en", "text_ja", "effect"}) expectPlaceholdersKnown(row, column);
        for (const char* column : {"text_en", "text_ja"}) {
            for (const std::string& piece : splitCell(row[column], " && ")) {
                for (const std::string& one : splitCell(piece, "||"))
                    EXPECT_FALSE(one.empty()) << place("commands", row);
            }
        }
    }
}

TEST(TruthTables, NoTwoCommandRowsSayWhatHappensInTheSameSituation)
{
    std::map<std::string, std::string> seen;
    for (const TruthRow& row : readTruthTable("commands").rows) {
        for (const std::string& build : buildsOf(row)) {
            const auto [other, fresh] = seen.emplace(build + '|' + row["given"] + '|' + row["command"], row["id"]);
            EXPECT_TRUE(fresh) << place("commands", row) << ": the same as " << other->second;
        }
    }
}

TEST(TruthTables, CommandsCoverEveryParameterOfAddSslcertOnEveryServer)
{
    Words seen;
    for (const TruthRow& row : readTruthTable("commands").rows) {
        if (!row["command"].starts_with("netsh http add sslcert")) continue;
        for (const std::string& word : parseWindowsCommandLine(row["command"])) {
            for (const std::string& build : buildsOf(row)) seen.insert(build + ' ' + word.substr(0, word.find('=')));
        }
    }
    for (const char* parameter : {"ipport",
                                  "hostnameport",
                                  "ccs",
                                  "certhash",
                                  "appid",
                                  "certstorename",
                                  "verifyclientcertrevocation",
                                  "verifyrevocationwithcachedclientcertonly",
                                  "usagecheck",
                                  "revocationfreshnesstime",
                                  "urlretrievaltimeout",
                                  "sslctlidentifier",
                                  "sslctlstorename",
                                  "dsmapperusage",
                                  "clientcertnegotiation",
                                  "reject",
                                  "disablehttp2",
                                  "disablequic",
                                  "disabletls13",
                                  "disableocspstapling",
                                  "enabletokenbinding",
                                  "logextendedevents",
                                  "disablelegacytls",
                                  "enablesessionticket",
                                  "disabletls12"}) {
        for (const std::string& build : kBuilds)
            EXPECT_TRUE(seen.contains(build + ' ' + parameter)) << parameter << " on " << build;
    }
}

TEST(TruthTables, ClientRowsUseKnownWordsAndAgreeWithThemselves)
{
    static const Words certificates{"none",
                                    "good",
                                    "other-ca",
                                    "trusted-elsewhere",
                                    "self-signed",
                                    "wrong-purpose",
                                    "no-eku",
                                    "any-eku",
                                    "expired",
                                    "not-yet-valid",
                                    "revoked",
                                    "newly-revoked",
                                    "no-cdp",
                                    "crl-unreachable",
                                    "crl-expired",
                                    "ldap-cdp",
                                    "intermediate-missing",
                                    "intermediate-in-ca"};
    static const Words added{"expired",    "revoked",   "no-cdp",     "crl-unreachable",
                             "crl-cached", "crl-in-ca", "cache-stale"};
    for (const TruthRow& row : readTruthTable("clients").rows) {
        const auto word = [&](const char* column, const Words& known) { expectWord("clients", row, column, known); };
        word("negotiation", {"handshake", "late"});
        word("ctl", {"none", "empty", "right", "other"});
        word("send_issuers", {"0", "1", "1-unrestarted"});
        word("client_auth_issuer", {"empty", "filled"});
        word("root_store", {"ours", "emptied", "polluted"});
        word("mode", {"ignore", "accept", "require"});
        word("record", {"defaults", "no-revocation", "cached-only", "no-usage-check"});
        word("tls", {"1.2", "1.3"});
        word("http2", {"y", "n"});
        word("outcome", {"answered", "reset", "handshake-alert", "retry-http11"});
        word("status", {"-", "200", "403", "500"});
        word("substatus", {"-", "0", "7", "13", "16", "17"});
        word("error", {"-", "0x80070032"});
        word("names", {"-", "ctl", "clientauthissuer", "root", "none", "not-asked"});
        const auto parts = splitCell(row["client"], "+");
        EXPECT_TRUE(certificates.contains(parts[0])) << place("clients", row) << ": " << parts[0];
        for (std::size_t i = 1; i < parts.size(); ++i)
            EXPECT_TRUE(added.contains(parts[i])) << place("clients", row) << ": " << parts[i];
        const bool answered = row["outcome"] == "answered" || row["outcome"] == "retry-http11";
        EXPECT_EQ(answered, row["status"] != "-") << place("clients", row);
        EXPECT_EQ(row["status"] == "403" || row["status"] == "500", row["substatus"] != "-") << place("clients", row);
        EXPECT_EQ(row["status"] == "500", row["error"] != "-") << place("clients", row);
        if (row["tls"] == "1.3" && row["outcome"] != "handshake-alert") {
            for (const std::string& build : buildsOf(row))
                EXPECT_GE(build, "20348") << place("clients", row) << ": has no TLS 1.3";
        }
    }
}

TEST(TruthTables, NoTwoClientRowsJudgeTheSameSituation)
{
    std::map<std::string, std::string> seen;
    for (const TruthRow& row : readTruthTable("clients").rows) {
        std::string situation;
        for (const char* column : {"negotiation", "ctl", "send_issuers", "client_auth_issuer", "root_store", "mode",
                                   "record", "client", "tls", "http2"}) {
            situation += row[column] + '|';
        }
        for (const std::string& build : buildsOf(row)) {
            const auto [other, fresh] = seen.emplace(situation + build, row["id"]);
            EXPECT_TRUE(fresh) << place("clients", row) << ": the same as " << other->second;
        }
    }
}

TEST(TruthTables, FlagsOwnersAndRegistryNamesUseKnownWords)
{
    static const std::regex value("0x[0-9a-f]+|[0-9]+");
    static const std::regex guid("\\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\}");
    Words numbers, guids;
    for (const TruthRow& row : readTruthTable("flags").rows) {
        expectWord("flags", row, "system", {"http", "check-mode", "binding", "access", "access-mode", "trust-mode"});
        EXPECT_TRUE(std::regex_match(row["value"], value)) << place("flags", row);
        EXPECT_TRUE(row["since"] == "-" || kBuilds.contains(row["since"])) << place("flags", row);
        EXPECT_TRUE(numbers.insert(row["system"] + row["value"]).second)
            << place("flags", row) << ": the number is taken";
    }
    for (const TruthRow& row : readTruthTable("owners").rows) {
        EXPECT_TRUE(std::regex_match(row["guid"], guid)) << place("owners", row);
        EXPECT_TRUE(guids.insert(row["guid"]).second) << place("owners", row) << ": has two owners";
        expectWord("owners", row, "rule", {"ours", "confirm", "foreign"});
    }
    for (const TruthRow& row : readTruthTable("registry").rows) {
        expectWord("registry", row, "spelling", {"right", "misspelt"});
        expectWord("registry", row, "takes_effect", {"now", "restart", "none", "read-only"});
        EXPECT_EQ(row["spelling"] == "misspelt", row["takes_effect"] == "none") << place("registry", row);
    }
}

TEST(TruthTables, CounterpartsOfTheTwoFlagSystemsPointAtEachOther)
{
    const TruthTable table = readTruthTable("flags");
    const auto counterpart = [&](const std::string& system, const std::string& number) {
        for (const TruthRow& row : table.rows) {
            if (row["system"] == system && row["value"] == number) return row["counterpart"];
        }
        return std::string();
    };
    std::size_t pairs = 0;
    for (const TruthRow& row : table.rows) {
        if (row["counterpart"] == "-") continue;
        const std::string other = row["system"] == "http" ? "binding" : "http";
        EXPECT_EQ(counterpart(other, row["counterpart"]), row["value"]) << place("flags", row);
        ++pairs;
    }
    EXPECT_EQ(pairs, 12u) << "six switches, seen from both sides";
}

TEST(TruthTables, TheRecordThatAnswersIsOneOfThoseThere)
{
    for (const TruthRow& row : readTruthTable("selection").rows) {
        const auto records = splitCell(row["records"], " ");
        const Words there(records.begin(), records.end());
        EXPECT_TRUE(row["chosen"] == "-" || there.contains(row["chosen"])) << place("selection", row);
    }
    for (const TruthRow& row : readTruthTable("renewal").rows) {
        expectWord("renewal", row, "before", {"full-ipport", "mapper-ipport", "binding-flags-112"});
        for (const std::string& field : splitCell(row["after"], "; "))
            EXPECT_NE(field.find('='), std::string::npos) << place("renewal", row);
    }
    for (const TruthRow& row : readTruthTable("errors").rows)
        expectWord("errors", row, "where", {"win32", "certutil", "certreq", "iis"});
}

}  // namespace
}  // namespace monban::support
