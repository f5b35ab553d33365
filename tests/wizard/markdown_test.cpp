// SPDX-License-Identifier: MIT
#include "app/wizard/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/wizard/help_topics.h"

namespace monban::wizard {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Markdown, KnowsHeadingsParagraphsListsAndCode)
{
    const std::string html = htmlFromMarkdown("# Title\n\nOne\ntwo.\n\n- a\n- `b < c`\n\n1. first\n2. second\n\n```\nnetsh & co\n```\n");
    EXPECT_THAT(html, HasSubstr("<h2>Title</h2>"));
    EXPECT_THAT(html, HasSubstr("<p>One two. </p>"));
    EXPECT_THAT(html, HasSubstr("<ul><li>a<li><tt>b &lt; c</tt></ul>"));
    EXPECT_THAT(html, HasSubstr("<ol><li>first<li>second</ol>"));
    EXPECT_THAT(html, HasSubstr("<pre>netsh &amp; co\n</pre>"));
}

TEST(Markdown, TakesNoHtmlFromTheText) { EXPECT_THAT(htmlFromMarkdown("<b>x</b>"), HasSubstr("&lt;b&gt;x&lt;/b&gt;")); }

TEST(Markdown, EveryPageHasItsTopicInBothLanguages)
{
    for (const char* word : {"start", "certificate", "root", "import", "trust", "bind", "require", "verify", "troubleshoot", "finish"}) {
        const auto english = helpTopic(word, Language::English);
        const auto japanese = helpTopic(word, Language::Japanese);
        ASSERT_TRUE(english && japanese) << word;
        EXPECT_GT(english->size(), 400u) << word;
        EXPECT_GT(japanese->size(), 400u) << word;
        EXPECT_NE(*english, *japanese) << word;
        EXPECT_THAT(*english, HasSubstr("# "));
    }
    EXPECT_FALSE(helpTopic("nowhere", Language::English));
}

}  // namespace
}  // namespace monban::wizard
