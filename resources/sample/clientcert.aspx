<%@ Page Language="C#" ContentType="text/html" ResponseEncoding="utf-8" %>
<%-- Monban sample page. It shows the visitor which client certificate arrived at the server, for trying out a set-up.
     Remove it when you have seen enough. --%>
<script runat="server">
    private bool japanese;
    private HttpClientCertificate certificate;

    protected void Page_Load(object sender, EventArgs e)
    {
        string[] languages = Request.UserLanguages;
        japanese = languages != null && languages.Length > 0 && languages[0].StartsWith("ja", StringComparison.OrdinalIgnoreCase);
        certificate = Request.ClientCertificate;
        Response.Cache.SetCacheability(HttpCacheability.NoCache);
    }

    private string Say(string inEnglish, string inJapanese) { return japanese ? inJapanese : inEnglish; }

    private string Local(DateTime time) { return time.ToString("yyyy-MM-dd HH:mm:ss"); }
</script>
<!DOCTYPE html>
<html lang="<%: Say("en", "ja") %>">
<head>
    <meta charset="utf-8">
    <title><%: Say("Client certificate", "クライアント証明書") %></title>
    <style>
        body { font-family: "Segoe UI", "Yu Gothic UI", sans-serif; margin: 3em auto; max-width: 45em; }
        th { text-align: left; vertical-align: top; padding: .3em 2em .3em 0; white-space: nowrap; }
        td { overflow-wrap: anywhere; }
    </style>
</head>
<body>
<% if (!certificate.IsPresent) { %>
    <h1><%: Say("No client certificate arrived", "クライアント証明書は届いていません") %></h1>
    <p><%: Say("The server did not ask for one, or the browser did not send one.",
               "サーバーが要求しなかったか、ブラウザーが送りませんでした。") %></p>
<% } else { %>
    <h1><%: Say("This client certificate arrived", "届いたクライアント証明書") %></h1>
    <table>
        <tr><th><%: Say("Subject", "サブジェクト") %></th><td><%: certificate.Subject %></td></tr>
        <tr><th><%: Say("Issuer", "発行者") %></th><td><%: certificate.Issuer %></td></tr>
        <tr><th><%: Say("Serial number", "シリアル番号") %></th><td><%: certificate.SerialNumber %></td></tr>
        <tr><th><%: Say("Valid from", "有効期間の開始") %></th><td><%: Local(certificate.ValidFrom) %></td></tr>
        <tr><th><%: Say("Valid until", "有効期間の終了") %></th><td><%: Local(certificate.ValidUntil) %></td></tr>
        <tr><th><%: Say("Key of the connection", "接続の鍵長") %></th><td><%: certificate.KeySize %> bit</td></tr>
    </table>
<% } %>
</body>
</html>
