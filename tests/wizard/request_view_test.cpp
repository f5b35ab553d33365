// SPDX-License-Identifier: MIT
#include "app/wizard/request_view.h"

#include <gtest/gtest.h>

#include <boost/filesystem/operations.hpp>

#include "core/base/file.h"

namespace monban::wizard {
namespace {

View emptyView()
{
    View view;
    view.materials = std::make_shared<Materials>();
    return view;
}

Answers request()
{
    Answers answers;
    answers.certificate.source = CertificateAnswers::Source::Request;
    answers.certificate.commonName = "www.example.co.jp";
    answers.certificate.state = "Tokyo";
    answers.certificate.country = "jp";
    return answers;
}

TEST(RequestView, ShowsWhatTheRequestWillSayWhileItIsTyped)
{
    const auto preview = requestPreview(request(), emptyView());
    ASSERT_TRUE(preview);
    EXPECT_EQ(preview->subject, "CN=www.example.co.jp,ST=Tokyo,C=JP");
    EXPECT_EQ(preview->names, "www.example.co.jp");
    EXPECT_EQ(preview->key, "RSA 3072");
    EXPECT_NE(preview->policy.find("Subject = \"CN=www.example.co.jp,S=Tokyo,C=JP\""), std::string::npos) << preview->policy;
}

TEST(RequestView, WhatIsMissingOrWrongNamesTheAnswer)
{
    EXPECT_NE(inEnglish(requestPreview({}, emptyView()).error().message).find("certificate.common_name"), std::string::npos);
    Answers japan = request();
    japan.certificate.country = "Japan";
    EXPECT_NE(inEnglish(requestPreview(japan, emptyView()).error().message).find("certificate.country"), std::string::npos);
    Answers bad = request();
    bad.certificate.ipAddresses = {"192.0.2"};
    EXPECT_NE(inEnglish(requestPreview(bad, emptyView()).error().message).find("certificate.ip_addresses"), std::string::npos);
}

TEST(RequestView, SuggestsAFileThatIsNotThereYet)
{
    const fs::path folder = fs::temp_directory_path() / fs::unique_path("monban-suggest-%%%%-%%%%");
    fs::create_directories(folder);
    EXPECT_EQ(suggestedRequestFile(folder, ""), "") << "no name, no suggestion";
    EXPECT_EQ(suggestedRequestFile(folder, "www.example.co.jp"), utf8(folder / "www.example.co.jp.req"));
    ASSERT_TRUE(replaceFile(folder / "www.example.co.jp.req", std::string("x")));
    EXPECT_EQ(suggestedRequestFile(folder, "www.example.co.jp"), utf8(folder / "www.example.co.jp-2.req"));
    EXPECT_EQ(suggestedRequestFile(folder, "*.example.co.jp"), utf8(folder / "wildcard.example.co.jp.req"));
    EXPECT_EQ(suggestedRequestFile(folder, "2001:db8::1"), utf8(folder / "2001_db8__1.req"));
    EXPECT_EQ(suggestedRequestFile(folder, "../../etc/x"), utf8(folder / ".._.._etc_x.req")) << "it stays in its folder";
    EXPECT_EQ(fs::path(suggestedRequestFile(folder, std::string(500, 'w'))).filename().size(), 68u);
    fs::remove_all(folder);
}

TEST(RequestView, OnlyRequestsForServersAreOffered)
{
    Facts facts;
    StoredCertificate entry;
    entry.key = KeyState::NotExportable;
    entry.certificate.commonName = "www.example.co.jp";
    entry.certificate.subject = "CN=www.example.co.jp";
    EXPECT_TRUE(pendingRequests(facts, {}).empty()) << "a store that was not read";
    facts.stores["REQUEST"] = {std::vector<StoredCertificate>{}, Time{}};
    EXPECT_TRUE(pendingRequests(facts, {}).empty());
    StoredCertificate keyless = entry;
    keyless.key = KeyState::Missing;
    facts.stores["REQUEST"] = {std::vector<StoredCertificate>{keyless}, Time{}};
    EXPECT_TRUE(pendingRequests(facts, {}).empty()) << "no answer could be used without the key";
}

}  // namespace
}  // namespace monban::wizard
