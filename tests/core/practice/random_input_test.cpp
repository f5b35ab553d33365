// SPDX-License-Identifier: MIT
// Command lines out of the truth tables, bent at random: no program crashes or hangs, and one that fails changes nothing.
#include <boost/filesystem.hpp>

#include <random>

#include "core/practice/practice_server.h"
#include "tests/core/practice/shell_folder.h"
#include "tests/support/truth_table.h"

namespace monban::practice {
namespace {

using Words = std::vector<std::string>;

class RandomInput : public ShellFolder {
protected:
    RandomInput()
    {
        m_p12 = utf8(m_folder / "ca" / "server.p12");
        writeFile("ca/server.p12", pkcs12("secret"));
        writeFile("ca/garbage.bin", std::string("\x30\x82\xff\xff\x00\x01garbage", 13));
        const std::map<std::string, std::string> values = {
            {"{thumb}", m_hash}, {"{THUMB}", m_hash}, {"{iis}", kIisAppId}, {"{host}", "www.example.test"}, {"{p12}", m_p12},
            {"{password}", "secret"}, {"{root}", utf8(m_folder / "ca" / "ia1.der")}, {"{root-thumb}", sha1Hex(m_root)},
            {"{garbage}", utf8(m_folder / "ca" / "garbage.bin")}, {"{missing}", utf8(m_folder / "nothing")},
            {"{request}", utf8(m_folder / "out.req")}, {"{inf}", utf8(m_folder / "ca" / "garbage.bin")}};
        for (const auto& row : support::readTruthTable("commands").rows) {
            Words words = support::parseWindowsCommandLine(row["command"]);
            for (std::string& word : words)
                for (const auto& [name, value] : values)
                    if (const auto at = word.find(name); at != std::string::npos) word.replace(at, name.size(), value);
            m_lines.push_back(std::move(words));
        }
        // Where a command writes or removes a file of a random name.
        EXPECT_TRUE(makeFolders(m_folder / "scratch"));
        fs::current_path(m_folder / "scratch");
    }
    ~RandomInput() override { fs::current_path(m_cwd); }

    /// No file outside of the folder is named, whatever a command takes for one.
    Words harmless(Words words) const
    {
        for (std::string& word : words)
            if (word.starts_with('/') && !word.starts_with(utf8(m_folder) + "/")) word[0] = '-';
        return words;
    }

    std::size_t below(std::size_t most) { return m_random() % most; }
    const Words& anyLine() { return m_lines[below(m_lines.size())]; }
    std::string anyWord()
    {
        static const Words kOdd = {"",  "-",  "/",  "--", "=", "=x", "x=", "-f", "\"", "'", "&", "%PATH%", "..\\..", "-1", "99999999999",
                                   "0x", "\xff\xfe", "\x1b[2J", "山田", "[", "]", "{", "}", "@now", "@", "*", "\n", "a\nb", ":443", "[::]:0"};
        switch (below(4)) {
        case 0: return kOdd[below(kOdd.size())];
        case 1: return std::string(1 + below(3000), 'A');
        case 2: {
            std::string bytes(below(40), ' ');
            for (char& c : bytes) c = static_cast<char>(1 + below(255));
            return bytes;
        }
        default: {
            const Words& line = anyLine();
            return line[below(line.size())];
        }
        }
    }
    Words bent(Words words)
    {
        for (std::size_t times = 1 + below(4); times > 0; --times) {
            const std::size_t at = words.size() < 2 ? 0 : 1 + below(words.size() - 1);
            switch (words.size() < 2 ? 0 : below(5)) {
            case 0: words.insert(words.begin() + static_cast<std::ptrdiff_t>(words.empty() ? 0 : 1 + below(words.size())), anyWord()); break;
            case 1: words.erase(words.begin() + static_cast<std::ptrdiff_t>(at)); break;
            case 2: words[at] = anyWord(); break;
            case 3: std::swap(words[at], words[1 + below(words.size() - 1)]); break;
            default:
                if (words[at].empty()) break;
                words[at][below(words[at].size())] = static_cast<char>(1 + below(255));
            }
        }
        const bool writesFiles = !words.empty() && (lowerAscii(words[0]).find("cert") != std::string::npos || lowerAscii(words[0]).find("shell") != std::string::npos);
        return writesFiles ? harmless(std::move(words)) : words;
    }
    /// Everything a command could change, as one text.
    std::string state()
    {
        std::string text = readFileText("http/records.json") + readFileText("registry.json") +
                           readFileText("inetsrv/config/applicationHost.config") + readFileText("tasks.json") + readFileText("machine.json");
        for (fs::recursive_directory_iterator at(m_folder / "stores"), end; at != end; ++at)
            text += utf8(at->path()) + (fs::is_regular_file(at->path()) ? *readText(at->path()) : "") + "\n";
        for (fs::directory_iterator at(m_folder / "keys"), end; at != end; ++at) text += utf8(at->path()) + "\n";
        return text;
    }
    static std::string shown(const Words& words)
    {
        std::string text;
        for (const std::string& word : words) text += "[" + validUtf8(word.substr(0, 200)) + "] ";
        return text;
    }

    fs::path m_cwd = fs::current_path();
    std::mt19937 m_random{20261123};
    std::vector<Words> m_lines;
    std::string m_p12;
};

TEST_F(RandomInput, LeavesTheServerAsItWasWhereACommandFails)
{
    std::string before = state();
    int refused = 0;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 1500; ++i) {
        Words words = bent(anyLine());
        // Of several PowerShell statements those before the one that fails stay done.
        if (words.empty() || (words[0].find("owershell") != std::string::npos && shown(words).find(';') != std::string::npos)) continue;
        const std::string line = shown(words);
        const std::string program = words.front();
        words.erase(words.begin());
        const Reply reply = run(program, words, below(2) == 0 ? "" : "y\nsecret\n");
        const std::string after = state();
        if (reply.exitCode != 0) {
            ++refused;
            // `net stop` of several services and `iisreset` stop at the first that fails, as Windows' do.
            EXPECT_TRUE(after == before) << line << "\n" << validUtf8(reply.text);
        }
        before = after;
    }
    EXPECT_GT(refused, 500);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(300));
    const auto server = std::move(*PracticeServer::open(m_folder));
    const Facts facts = server->observe({});
    EXPECT_TRUE(facts.machine && facts.sites && facts.records && facts.storeList && facts.schannel) << "it can still be read";
    for (const auto& [name, store] : facts.stores) EXPECT_TRUE(store) << name;
}

TEST_F(RandomInput, GarbageAloneIsRefused)
{
    const std::string before = state();
    for (const char* program : {"certutil", "netsh", "certreq", "appcmd", "reg", "net", "sc", "schtasks", "iisreset", "powershell"})
        for (int i = 0; i < 60; ++i) {
            Words words;
            for (std::size_t count = 1 + below(5); count > 0; --count) {
                std::string word = "\x01";
                for (std::size_t length = below(30); length > 0; --length) word += static_cast<char>(1 + below(255));
                std::erase_if(word, [](char c) { return c == '?' || c == '\'' || c == '"'; });
                words.push_back(word);
            }
            words = harmless(std::move(words));
            EXPECT_NE(run(program, words).exitCode, 0) << program << " " << shown(words);
        }
    EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace monban::practice
