// SPDX-License-Identifier: MIT
#include "tests/core/pki/tools.h"

#include <boost/filesystem/operations.hpp>

#include <array>
#include <cstdio>

#include "core/base/file.h"

namespace monban::testing {
namespace {

struct Output {
    std::string text;
    int status = -1;
};

Output shell(const fs::path& folder, const std::string& line)
{
    const std::string command = "exec 2>&1; cd '" + folder.string() + "' || exit\n" + line;
    Output output;
    std::FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return output;
    std::array<char, 4096> buffer;
    for (std::size_t count; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        output.text.append(buffer.data(), count);
    output.status = pclose(pipe);
    if (!output.text.empty() && output.text.back() == '\n') output.text.pop_back();
    return output;
}

}  // namespace

Tools::Tools() : m_folder(fs::temp_directory_path() / fs::unique_path("monban-pki-%%%%%%%%%%"))
{
    fs::create_directories(m_folder);
}

Tools::~Tools()
{
    boost::system::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

std::string Tools::run(const std::string& line) const
{
    Output output = shell(m_folder, line);
    EXPECT_EQ(output.status, 0) << line << "\n" << output.text;
    return output.text;
}

bool Tools::runs(const std::string& line) const { return shell(m_folder, line).status == 0; }

Bytes Tools::file(const std::string& name) const
{
    auto bytes = readFile(m_folder / name);
    EXPECT_TRUE(bytes) << name;
    return bytes ? *bytes : Bytes();
}

void Tools::write(const std::string& name, ByteView bytes) const { EXPECT_TRUE(replaceFile(m_folder / name, bytes)); }

std::string Tools::path(const std::string& name) const { return (m_folder / name).string(); }

void Tools::makeSelfSigned(const std::string& name, const std::string& subject, const std::string& more) const
{
    run("openssl req -x509 " + newKey + " -nodes -utf8 -batch -days 365 -keyout " + name + ".key -out " + name +
        ".pem -subj '" + subject + "' " + more);
}

void Tools::issue(const std::string& name, const std::string& subject, const std::string& issuer,
                  const std::string& extensions, const std::string& more) const
{
    write(name + ".ext", viewOf(extensions));
    run("openssl req " + newKey + " -nodes -utf8 -batch -keyout " + name + ".key -out " + name + ".csr -subj '" +
        subject + "'");
    run("openssl x509 -req -in " + name + ".csr -CA " + issuer + ".pem -CAkey " + issuer +
        ".key -CAcreateserial -days 365 -out " + name + ".pem -extfile " + name + ".ext " + more);
}

}  // namespace monban::testing
