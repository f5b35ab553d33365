// SPDX-License-Identifier: MIT
#include "core/report/probe_html.h"

#include "core/base/html.h"
#include "core/base/joined.h"

namespace monban {
namespace {

constexpr const char* kHead = R"(<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 15px/1.5 "Segoe UI", "Yu Gothic UI", "Noto Sans CJK JP", sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #1b1b1b; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #c8c8c8; padding: .4em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f2f2f2; }
.bad { background: #fde7e9; }
h1 { font-size: 1.5em; color: #003399; } h2 { font-size: 1.15em; margin-top: 1.6em; }
</style>
)";

class Html {
public:
    explicit Html(Language language) : m_language(language) {}

    std::string say(const Message& message) const { return htmlText(inLanguage(message, m_language)); }
    std::string say(const char* english) const { return say(Message{english, {}}); }
    void heading(const char* english) { text += "<h2>" + say(english) + "</h2>\n"; }
    void paragraph(const std::string& safe) { text += "<p>" + safe + "</p>\n"; }
    void row(const std::vector<std::string>& safe, const char* cell, bool isBad = false)
    {
        text += isBad ? "<tr class=\"bad\">" : "<tr>";
        for (const std::string& one : safe) text += std::string("<") + cell + ">" + one + "</" + cell + ">";
        text += "</tr>\n";
    }

    std::string text;

private:
    Language m_language;
};

void addAttempts(Html& html, const ProbeReport& report)
{
    html.heading(tr("What was tried"));
    html.text += "<table>\n";
    html.row({html.say(tr("Attempt")), html.say(tr("Expected")), html.say(tr("Met")), html.say(tr("Evidence")), html.say(tr("TLS")), "ms"}, "th");
    for (const ProbeAttempt& attempt : report.attempts) {
        const bool isBad = attempt.counts && !attempt.isAsExpected();
        const std::string mark = !attempt.counts ? "– " : isBad ? "✗ " : "✓ ";
        std::string tls = "–";
        if (attempt.answer && !attempt.answer->tlsVersion.empty())
            tls = htmlText(attempt.answer->tlsVersion + ", " + attempt.answer->cipher + (attempt.answer->alpn.empty() ? "" : ", " + attempt.answer->alpn));
        html.row({html.say(titleOf(attempt)), html.say(wordFor(attempt.expectsAccepted ? Admission::Accepted : Admission::Refused)), mark + html.say(wordFor(attempt.observed)),
                  html.say(evidenceOf(attempt)), tls, std::to_string(attempt.took.count())},
                 "td", isBad);
    }
    html.text += "</table>\n";
}

void addNames(Html& html, const ProbeReport& report)
{
    if (report.asked == Asked::Never) return;
    html.heading(tr("CA names the server sends"));
    html.paragraph(html.say(Message{tr("Asked for: {0}. Size of the list: {1} bytes of at most {2}."),
                                    {name(report.asked), std::to_string(report.acceptableIssuersBytes), std::to_string(kMostIssuerBytes)}}));
    html.text += "<ul>\n";
    for (const std::string& issuer : report.acceptableIssuers) html.text += "<li>" + htmlText(issuer) + "</li>\n";
    html.text += "</ul>\n";
    if (!report.offered.empty()) html.paragraph(html.say(Message{tr("Browsers would offer: {0}"), {joined(report.offered)}}));
    if (!report.notOffered.empty()) html.paragraph(html.say(Message{tr("Browsers would not offer: {0}"), {joined(report.notOffered)}}));
}

void addServer(Html& html, const ProbeReport& report)
{
    if (!report.server) return;
    html.heading(tr("Server certificate"));
    html.text += "<table>\n";
    html.row({html.say(tr("Subject")), html.say(tr("Issuer")), html.say(tr("valid until")), "SHA-1"}, "th");
    for (const Certificate& one : report.chain) html.row({htmlText(one.subject), htmlText(one.issuer), rfc3339(one.notAfter), one.thumbprintSha1}, "td");
    html.text += "</table>\n";
    for (const auto& [question, check] : {std::pair{tr("Is its issuer trusted?"), &report.server->trusted}, {tr("Is the time within its dates?"), &report.server->validity},
                                          {tr("Does it have the name of the address?"), &report.server->hostname}}) {
        const char* const answer = check->result == CheckResult::Pass ? tr("yes") : check->result == CheckResult::Fail ? tr("no") : tr("not known");
        std::string line = html.say(question) + " <b>" + html.say(answer) + "</b>";
        for (const PathFlaw& flaw : check->flaws) line += "<br>" + html.say(reasonOf(*report.server, flaw));
        html.paragraph(line);
    }
}

}  // namespace

std::string probeHtml(const ProbeReport& report, const std::string& url, Time at, Language language)
{
    Html html(language);
    const std::string title = html.say(Message{tr("Who gets in: {0}"), {url}});
    html.text = std::string("<!DOCTYPE html>\n<html lang=\"") + (language == Language::Japanese ? "ja" : "en") + "\">\n<head>\n" + kHead + "<title>" + title + "</title>\n</head>\n<body>\n<h1>" + title + "</h1>\n";
    html.paragraph(rfc3339(at) + ", Monban " MONBAN_VERSION);
    html.paragraph("<b>" + html.say(report.passes() ? tr("Who gets in is as it should be.") : tr("Who gets in is not as it should be.")) + "</b>");
    addAttempts(html, report);
    addNames(html, report);
    addServer(html, report);
    const auto findings = findingsOf(report);
    if (!findings.empty()) html.heading(tr("What it means"));
    for (const Finding& finding : findings) html.paragraph("<b>" + html.say(finding.message) + "</b>" + (finding.remedy.empty() ? "" : "<br>" + html.say(finding.remedy)));
    html.text += "</body>\n</html>\n";
    return html.text;
}

}  // namespace monban
