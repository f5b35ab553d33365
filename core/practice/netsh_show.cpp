// SPDX-License-Identifier: MIT
#include <algorithm>

#include "core/practice/netsh.h"

namespace monban::practice::netsh {
namespace {

using namespace record_flags;

/// Writes one record's lines: a label, padded, and its value. netsh pads the short labels to 29 columns only.
class Lines {
public:
    explicit Lines(const Shell& shell) : m_shell(shell) {}

    void add(const char* english, const char* japanese, const std::string& value)
    {
        m_text += "    " + padded(m_shell.say(english, japanese), 29) + ": " + value + "\n";
    }
    void wide(const char* english, const char* japanese, bool value)
    {
        m_text += "    " + m_shell.say(english, japanese) + " : " + word(value) + "\n";
    }
    void enabled(const char* english, const char* japanese, bool value) { add(english, japanese, word(value)); }
    void set(const char* english, const char* japanese, bool value)
    {
        add(english, japanese, value ? m_shell.say("Set", "設定済み") : m_shell.say("Not Set", "未設定"));
    }
    void line(const std::string& text) { m_text += "    " + text + "\n"; }
    const std::string& text() const { return m_text; }

private:
    std::string word(bool value) const
    {
        return value ? m_shell.say("Enabled", "有効") : m_shell.say("Disabled", "無効");
    }

    const Shell& m_shell;
    std::string m_text;
};

std::string orNull(const std::string& text) { return text.empty() ? "(null)" : text; }

void selector(Lines& lines, const SslRecord& record)
{
    const bool scoped = record.endpoint.find(':') != std::string::npos;
    switch (record.family) {
        case RecordFamily::IpPort:
            lines.add("IP:port", "IP:ポート", record.endpoint);
            break;
        case RecordFamily::HostNamePort:
            lines.add("Hostname:port", "ホスト名:ポート", record.endpoint);
            break;
        case RecordFamily::Ccs:
            if (scoped) lines.add("Scoped CCS:port", "スコープ付き CCS:ポート", record.endpoint);
            else lines.add("CCS:port", "CCS:ポート", record.endpoint);
            break;
    }
}

struct NewerLine {
    const char* english;
    const char* japanese;
    std::uint32_t bit;
    int since;
};
/// With Set and Not Set instead of Enabled and Disabled, in netsh's order; a build shows what its netsh can set.
constexpr NewerLine kNewerLines[] = {
    {"Disable HTTP2", "HTTP2 を無効にする", kDisableHttp2, windows_build::kServer2019},
    {"Disable QUIC", "QUIC を無効にする", kDisableQuic, windows_build::kServer2019},
    {"Disable TLS1.2", "TLS1.2 を無効にする", kDisableTls12, windows_build::kServer2019},
    {"Disable TLS1.3", "TLS1.3 を無効にする", kDisableTls13, windows_build::kServer2019},
    {"Disable OCSP Stapling", "OCSP ステープリングを無効にする", kDisableOcspStapling, windows_build::kServer2019},
    {"Enable Token Binding", "トークン バインドを有効にする", kEnableTokenBinding, windows_build::kServer2022},
    {"Log Extended Events", "拡張イベントを記録する", kLogExtendedEvents, windows_build::kServer2022},
    {"Disable Legacy TLS Versions", "レガシ TLS バージョンを無効にする", kDisableLegacyTls, windows_build::kServer2019},
    {"Enable Session Ticket", "セッション チケットを有効にする", kEnableSessionTicket, windows_build::kServer2022},
    {"Disable Session ID", "セッション ID を無効にする", kDisableSessionId, windows_build::kServer2025},
};

void newerLines(Lines& lines, const SslRecord& record, int build)
{
    for (const NewerLine& line : kNewerLines)
        if (build >= line.since) lines.set(line.english, line.japanese, record.flags & line.bit);
    if (build < windows_build::kServer2025) return;
    lines.line("Extended Properties:");
    lines.add("PropertyId", "PropertyId", "0");
    lines.add("Receive Window", "Receive Window", "1048576");
    lines.line("Extended Properties:");
    lines.add("PropertyId", "PropertyId", "1");
    lines.add("Max Settings Per Frame", "Max Settings Per Frame", "2796202");
    lines.add("Max Settings Per Minute", "Max Settings Per Minute", "4294967295");
}

std::string recordText(const Shell& shell, const SslRecord& record)
{
    Lines lines(shell);
    selector(lines, record);
    lines.add("Certificate Hash", "証明書ハッシュ", orNull(record.thumbprint));
    lines.add("Application ID", "アプリケーション ID", record.appId);
    lines.add("Certificate Store Name", "証明書ストア名", orNull(record.store));
    lines.wide("Verify Client Certificate Revocation", "クライアント証明書の失効の検証", record.checksRevocation());
    lines.wide("Verify Revocation Using Cached Client Certificate Only",
               "キャッシュされたクライアント証明書のみを使用した失効の検証", record.cachedRevocationOnly());
    lines.enabled("Usage Check", "使用法の検査", record.checksUsage());
    lines.add("Revocation Freshness Time", "失効の更新時間", std::to_string(record.freshnessSeconds));
    if (record.checkMode & check_mode::kUseFreshnessTime)
        lines.wide("Use Revocation Freshness Time", "失効の更新時間の使用", true);
    lines.add("URL Retrieval Timeout", "URL 取得のタイムアウト", std::to_string(record.timeoutMilliseconds));
    lines.add("Ctl Identifier", "CTL 識別子", orNull(record.ctlIdentifier));
    lines.add("Ctl Store Name", "CTL ストア名", orNull(record.ctlStore));
    lines.enabled("DS Mapper Usage", "DS マッパーの使用", record.mapsToDirectory());
    lines.enabled("Negotiate Client Certificate", "クライアント証明書のネゴシエート",
                  record.negotiatesClientCertificate());
    lines.enabled("Reject Connections", "接続の拒否", record.flags & kReject);
    newerLines(lines, record, shell.machine.build);
    return lines.text();
}

}  // namespace

std::string showRecords(const Shell& shell, const std::vector<SslRecord>& records)
{
    std::string text = shell.say("\nSSL Certificate bindings:\n-------------------------\n\n",
                                 "\nSSL 証明書のバインド:\n-------------------------\n\n");
    for (const SslRecord& record : records) text += recordText(shell, record) + "\n";
    return text;
}

std::string usage(const Shell& shell, const char* verb)
{
    const bool writes = std::string_view(verb) == "add" || std::string_view(verb) == "update";
    std::string text = fill(shell.say("Usage: {0} sslcert", "使用法: {0} sslcert"), {verb});
    const auto parameters = parametersOf(shell.machine.build);
    std::string selectors;
    for (const Parameter& parameter : parameters)
        if (parameter.kind == Kind::IpPort || parameter.kind == Kind::HostNamePort || parameter.kind == Kind::Ccs ||
            parameter.kind == Kind::ScopedCcs)
            selectors += (selectors.empty() ? "" : " | ") + std::string(parameter.name) + "=" + parameter.help;
    text += std::string_view(verb) == "show" ? " [" + selectors + "]\n" : " " + selectors + "\n";
    if (!writes) return text;
    text += "             appid=<GUID>\n";
    for (const Parameter& parameter : parameters) {
        const bool listed = parameter.kind == Kind::Hash || parameter.kind == Kind::Text ||
                            parameter.kind == Kind::Switch || parameter.kind == Kind::Number;
        if (listed) text += "             [" + std::string(parameter.name) + "=" + parameter.help + "]\n";
    }
    return text;
}

}  // namespace monban::practice::netsh
