// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>

#include <string>

#include "core/base/bytes.h"
#include "core/base/utf8.h"

namespace monban::testing {

/// A temporary folder in which the tools of other people (openssl, certtool, pk12util, keytool) write files, and tell
/// what is in them: our reading is compared with theirs, not with our own writing.
class Tools : public ::testing::Test {
protected:
    Tools();
    ~Tools() override;

    /// Runs a line in a shell inside the folder; its output without the last line end. A failure fails the test.
    std::string run(const std::string& line) const;
    bool runs(const std::string& line) const;
    Bytes file(const std::string& name) const;
    void write(const std::string& name, ByteView bytes) const;
    std::string path(const std::string& name) const;

    /// How keys are made: quickly, unless a test is about something else.
    std::string newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";

    /// NAME.key and NAME.pem, self-signed; `more` are further options of `openssl req -x509`.
    void makeSelfSigned(const std::string& name, const std::string& subject, const std::string& more = {}) const;
    /// NAME.key and NAME.pem, issued by ISSUER; `extensions` is the text of an extension file.
    void issue(const std::string& name, const std::string& subject, const std::string& issuer,
               const std::string& extensions, const std::string& more = {}) const;

private:
    fs::path m_folder;
};

}  // namespace monban::testing
