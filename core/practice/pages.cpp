// SPDX-License-Identifier: MIT
#include "core/practice/pages.h"

#include <cstdio>
#include <ctime>

#include "core/base/html.h"

namespace monban::practice {
namespace {

/// The texts of one kind of refusal.
struct Explanation {
    int status;
    int subStatus;
    const char* what;
    const char* cause;
    const char* remedy;
};

constexpr Explanation kExplanations[] = {
    {403, 4, tr("The page you asked for is only shown over a secure connection."),
     tr("The site requires SSL, and the address began with http."),
     tr("Begin the address with https.")},
    {403, 5, tr("The page you asked for is only shown over a connection that is encrypted with 128 bits or more."),
     tr("The site requires 128-bit SSL (Ssl128), and the connection is not encrypted so strongly."),
     tr("Begin the address with https. Administrators: take Ssl128 out of the access section; every TLS that is still spoken "
        "is as strong.")},
    {403, 12, tr("Your client certificate is not mapped to an account that may see this page."),
     tr("Certificates are to be mapped to accounts (SslMapCert), and no rule fits this one, or its account cannot log on."),
     tr("Administrators: give the certificate an account, or turn the mapping off: take SslMapCert out of the access section, "
        "or set dsmapperusage=disable in the http.sys record.")},
    {403, 7, tr("The page you asked for requires your browser to have a client certificate that the web server recognises."),
     tr("The browser sent no client certificate: none is installed, none comes from a certification authority the server "
        "lists, the dialog was cancelled, or the server never asked in a way the browser understands."),
     tr("Install a client certificate of the certification authority this site trusts, start the browser anew and choose "
        "the certificate when it asks.")},
    {403, 13, tr("Your client certificate was revoked, or the server could not find out whether it was."),
     tr("The certificate is on its issuer's revocation list, or that list could not be fetched, is past its next update, or "
        "the certificate does not say where it is."),
     tr("Ask for a new client certificate. Administrators: check with certutil -verify -urlfetch that this server reaches a "
        "current revocation list, and make it forget a list it keeps.")},
    {403, 16, tr("Your client certificate is not trusted by the web server, or is not valid."),
     tr("Its certification authority is not among the trusted roots of this server, is not in the certificate trust list "
        "(CTL) of this site, or the certificate is not meant for client authentication."),
     tr("Use a certificate of the certification authority this site trusts. Administrators: check the trusted root store, "
        "the store named as CTL, and that the root store holds self-signed certificates only.")},
    {403, 17, tr("Your client certificate has expired or is not yet valid."),
     tr("The present time of the server lies outside the dates of the certificate or of one of its issuers."),
     tr("Ask for a new client certificate. Administrators: check the clock of this server.")},
    {404, 0, tr("The resource you are looking for has been removed, had its name changed, or is not there now."),
     tr("There is no such file or folder on the web server."), tr("Check the address.")},
    {405, 0, tr("The page cannot be shown because a method that is not allowed here was used."),
     tr("The request used a method this page does not serve."), tr("Ask for the page with GET.")},
    {413, 1, tr("The request is too large for the web server."),
     tr("The body of the request is larger than what the server reads before it asks for a client certificate."),
     tr("Administrators: ask for the certificate while the connection is made (clientcertnegotiation=enable), or raise "
        "uploadReadAheadSize.")},
    {404, 13, tr("The request filtering module is configured to deny a request that exceeds the content length."),
     tr("The body of the request is larger than maxAllowedContentLength."), tr("Send less.")},
    {500, 0, tr("The page cannot be shown because an internal server error has occurred."),
     tr("The client certificate was asked for after the connection was made, which TLS 1.3 clients such as browsers do not "
        "offer."),
     tr("Administrators: ask for the certificate while the connection is made (clientcertnegotiation=enable), or turn TLS "
        "1.3 off for this binding.")},
    {500, 19, tr("The requested page cannot be accessed because the related configuration data for the page is invalid."),
     tr("A web.config file of this site sets the access section where it is locked at a higher level (error 0x80070021), or "
        "cannot be read (0x8007000d)."),
     tr("Administrators: take the access section out of that web.config file and set it on the server instead, as Monban "
        "does, or correct the line that cannot be read.")},
};

const Explanation* explanationOf(int status, int subStatus)
{
    for (const auto& one : kExplanations)
        if (one.status == status && one.subStatus == subStatus) return &one;
    return nullptr;
}

std::string document(const std::string& title, const std::string& content)
{
    return "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>" + htmlText(title) +
           "</title>\n<style>body{font-family:'Segoe UI','Yu Gothic UI',Meiryo,sans-serif;margin:2em;max-width:60em;"
           "color:#222}h1{font-size:1.3em}th{text-align:left;padding-right:1em;vertical-align:top;font-weight:normal;"
           "color:#555}td{word-break:break-all}</style>\n</head>\n<body>\n" + content + "</body>\n</html>\n";
}

std::string row(const std::string& label, const std::string& value)
{
    return "<tr><th>" + htmlText(label) + "</th><td>" + htmlText(value) + "</td></tr>\n";
}

std::string hexCode(std::uint32_t code)
{
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", static_cast<unsigned>(code));
    return text;
}

/// IIS shows the HRESULT; a plain Win32 code becomes one of facility 7.
std::uint32_t hresult(std::uint32_t win32) { return win32 && win32 < 0x10000 ? 0x80070000u | win32 : win32; }

std::string detailedBody(const Machine& machine, const HttpRequest& request, const Answer& answer)
{
    const auto in = [&](const char* english) { return translated(english, machine.language); };
    const std::string number = std::to_string(answer.status) + "." + std::to_string(answer.subStatus);
    const std::string phrase = reasonPhrase(answer.status);
    const auto* text = explanationOf(answer.status, answer.subStatus);
    const Message heading{tr("HTTP Error {0} - {1}"), {number, phrase}};
    std::string content = "<h1>" + htmlText(inLanguage(heading, machine.language)) + "</h1>\n";
    if (text) {
        content += "<p>" + htmlText(in(text->what)) + "</p>\n";
        content += "<h2>" + htmlText(in(tr("Most likely causes"))) + "</h2>\n<p>" + htmlText(in(text->cause)) + "</p>\n";
        content += "<h2>" + htmlText(in(tr("Things you can try"))) + "</h2>\n<p>" + htmlText(in(text->remedy)) + "</p>\n";
    }
    content += "<h2>" + htmlText(in(tr("Detailed error information"))) + "</h2>\n<table>\n";
    content += row(in(tr("Module")), "IIS Web Core") + row(in(tr("Notification")), "BeginRequest");
    content += row(in(tr("Handler")), "StaticFile") + row(in(tr("Error Code")), hexCode(hresult(answer.win32)));
    content += row(in(tr("Requested URL")), request.host + request.path) + "</table>\n";
    content += "<p>" + htmlText(in(tr("This is a practice server made by Monban, not a real IIS."))) + "</p>\n";
    return document("IIS 10.0 Detailed Error - " + number + " - " + phrase, content);
}

/// What IIS sends to other computers by default: no sub-status, no cause.
std::string plainBody(const Machine& machine, int status)
{
    const char* text = tr("The server could not do what was asked.");
    if (status == 403)
        text = tr("Access is denied. You do not have permission to see this page with the credentials you sent.");
    else if (status == 404)
        text = tr("The resource you are looking for has been removed, had its name changed, or is not there now.");
    const std::string title = std::to_string(status) + " - " + reasonPhrase(status);
    const std::string shown = htmlText(translated(text, machine.language));
    return document(title, "<h1>" + htmlText(title) + "</h1>\n<p>" + shown + "</p>\n");
}

/// RFC 9110, 5.6.7; always English whatever the locale.
std::string httpDate(Time time)
{
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday{day}.c_encoding()],
                  static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text;
}

}  // namespace

Answer acceptedPage(const Machine& machine, const std::optional<Certificate>& client)
{
    const auto in = [&](const char* english) { return translated(english, machine.language); };
    std::string content = "<h1>" + htmlText(in(tr("You are in"))) + "</h1>\n";
    if (client) {
        content += "<p>" + htmlText(in(tr("The site accepted this client certificate:"))) + "</p>\n<table>\n";
        content += row(in(tr("Subject")), client->subject) + row(in(tr("Issuer")), client->issuer);
        content += row(in(tr("Serial number")), client->serial) + row(in(tr("Thumbprint")), client->thumbprintSha1);
        content += row(in(tr("Valid from")), rfc3339(client->notBefore));
        content += row(in(tr("Valid to")), rfc3339(client->notAfter));
        content += "</table>\n";
    } else {
        content += "<p>" + htmlText(in(tr("No client certificate was presented."))) + "</p>\n";
    }
    content += "<p>" + htmlText(in(tr("This is a practice server made by Monban, not a real IIS."))) + "</p>\n";
    Answer answer;
    answer.body = document(in(tr("You are in")), content);
    return answer;
}

Answer errorPage(const Machine& machine, const HttpRequest& request, int status, int subStatus, std::uint32_t win32)
{
    Answer answer;
    answer.status = status;
    answer.subStatus = subStatus;
    answer.win32 = win32;
    answer.body = machine.detailedErrors ? detailedBody(machine, request, answer) : plainBody(machine, status);
    return answer;
}

Answer httpSysPage(int status, const Machine& machine)
{
    const char* text = status == 400   ? tr("The request is badly formed, or names a host this server does not serve.")
                       : status == 404 ? tr("The requested resource is not found.")
                       : status == 503 ? tr("The service is unavailable.")
                                       : tr("The server could not do what was asked.");
    const std::string phrase = reasonPhrase(status);
    Answer answer;
    answer.status = status;
    answer.fromHttpSys = true;
    answer.body = document(phrase, "<h1>" + htmlText(phrase) + "</h1>\n<p>HTTP Error " + std::to_string(status) + ". " +
                                       htmlText(translated(text, machine.language)) + "</p>\n");
    return answer;
}

Answer brokenStatePage(const Machine& machine, const Error& error)
{
    Answer answer;
    answer.status = 500;
    answer.subStatus = 19;  // IIS: configuration data is invalid
    answer.body = document("HTTP Error 500.19", "<h1>HTTP Error 500.19 - Internal Server Error</h1>\n<p>" +
                                                    htmlText(inLanguage(error.message, machine.language)) + "</p>\n<pre>" +
                                                    htmlText(error.detail) + "</pre>\n");
    return answer;
}

const char* reasonPhrase(int status)
{
    switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Request Entity Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Error";
    }
}

std::vector<std::pair<std::string, std::string>> responseFields(const Answer& answer, Time now)
{
    std::vector<std::pair<std::string, std::string>> fields;
    fields.emplace_back("Content-Type", answer.contentType);
    fields.emplace_back("Server", answer.fromHttpSys ? "Microsoft-HTTPAPI/2.0" : "Microsoft-IIS/10.0");
    fields.emplace_back("Cache-Control", "private");
    fields.insert(fields.end(), answer.headers.begin(), answer.headers.end());
    fields.emplace_back("Date", httpDate(now));
    fields.emplace_back("Content-Length", std::to_string(answer.body.size()));
    return fields;
}

std::string responseText(const Answer& answer, bool withBody, bool keepAlive, Time now)
{
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " " + reasonPhrase(answer.status) + "\r\n";
    for (const auto& [name, value] : responseFields(answer, now)) text += name + ": " + value + "\r\n";
    text += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (withBody) text += answer.body;
    return text;
}

}  // namespace monban::practice
