// SPDX-License-Identifier: MIT
#include "core/model/answers_file.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <span>

#include "core/base/file.h"
#include "core/base/json_text.h"
#include "core/model/pasted.h"

namespace monban {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLargestAnswers = 1024 * 1024;

/// What is no thumbprint stays as it was, so that it can be named.
std::string thumbprintWord(std::string_view text) { return pastedFingerprint(text, 20).value_or(std::string(text)); }
std::string fingerprintWord(std::string_view text) { return pastedFingerprint(text, 32).value_or(std::string(text)); }

/// What stands at one key: where it is, and what the file may say there.
class Reader {
public:
    Reader(const JsonDocument& document, fs::path folder) : m_document(document), m_folder(std::move(folder)) {}

    using Read = std::function<std::optional<Error>(const json&, const std::vector<std::string>&)>;

    /// Reads an object; a key without a reader is an error that names it.
    std::optional<Error> object(const json& value, const std::vector<std::string>& path, const std::map<std::string, Read>& keys) const
    {
        if (!value.is_object()) return wrong(path, tr("{0}: \"{1}\" has to be an object in braces."));
        for (const auto& [key, member] : value.items()) {
            std::vector<std::string> here = path;
            here.push_back(key);
            const auto known = keys.find(key);
            if (known == keys.end()) {
                std::string list;
                for (const auto& [name, read] : keys) list += (list.empty() ? "" : ", ") + name;
                return Error{ErrorCode::InvalidInput,
                             {tr("{0}: \"{1}\" is not a known key. Known here: {2}."), {m_document.place(here), joined(here), list}},
                             "unknown key " + joined(here)};
            }
            if (auto error = known->second(member, here)) return error;
        }
        return std::nullopt;
    }

    Read text(std::string& target) const
    {
        return [this, &target](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            if (!value.is_string()) return wrong(path, tr("{0}: \"{1}\" has to be a text in quotes."));
            target = value.get<std::string>();
            return std::nullopt;
        };
    }
    /// A text that is made what was meant (pasted.h).
    Read pasted(std::string& target, std::string (*meant)(std::string_view)) const
    {
        return [this, &target, meant](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            if (!value.is_string()) return wrong(path, tr("{0}: \"{1}\" has to be a text in quotes."));
            target = meant(value.get<std::string>());
            return std::nullopt;
        };
    }
    Read word(std::string& target) const { return pasted(target, pastedWord); }
    /// A name that stays as it is, whatever it is: certificates and stores would keep what nobody can see.
    Read name(std::string& target) const
    {
        return [this, &target](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            if (!value.is_string()) return wrong(path, tr("{0}: \"{1}\" has to be a text in quotes."));
            target = value.get<std::string>();
            const auto mark = invisibleMark(target);
            if (!mark) return std::nullopt;
            return wrong(path, tr("{0}: \"{1}\" holds an invisible character ({2}), which came along when the text was copied. Type it by hand."), {*mark});
        };
    }
    Read path(std::string& target) const
    {
        return [this, &target](const json& value, const std::vector<std::string>& where) -> std::optional<Error> {
            if (!value.is_string()) return wrong(where, tr("{0}: \"{1}\" has to be a file name in quotes."));
            target = absolute(value.get<std::string>());
            return std::nullopt;
        };
    }
    /// Into a bool, or into one that may be left unanswered.
    template <class Flag>
    Read flag(Flag& target) const
    {
        return [this, &target](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            if (!value.is_boolean()) return wrong(path, tr("{0}: \"{1}\" has to be true or false."));
            target = value.get<bool>();
            return std::nullopt;
        };
    }
    Read time(std::optional<Time>& target) const
    {
        return [this, &target](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            target = value.is_string() ? timeFromRfc3339(value.get<std::string>()) : std::nullopt;
            if (target) return std::nullopt;
            return wrong(path, tr("{0}: \"{1}\" has to be a time such as \"2026-11-23T17:00:00Z\"."));
        };
    }
    Read number(std::optional<int>& target, int least, int most) const
    {
        return [this, &target, least, most](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            if (!value.is_number_integer() || value < least || value > most)
                return wrong(path, tr("{0}: \"{1}\" has to be a whole number from {2} to {3}."), {std::to_string(least), std::to_string(most)});
            target = value.get<int>();
            return std::nullopt;
        };
    }
    template <class T>
    Read oneOf(T& target, const std::vector<std::pair<std::string, T>>& words) const
    {
        return [this, &target, words](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            std::string list;
            for (const auto& [word, meaning] : words) {
                if (value.is_string() && value.get<std::string>() == word) {
                    target = meaning;
                    return std::nullopt;
                }
                list += (list.empty() ? "\"" : ", \"") + word + '"';
            }
            return wrong(path, tr("{0}: \"{1}\" has to be one of {2}."), {list});
        };
    }
    enum class Of { Words, Files, Thumbprints };
    Read list(std::vector<std::string>& target, Of kind) const
    {
        return texts(target, [this, kind](std::string& text, const std::vector<std::string>& here) -> std::optional<Error> {
            if (kind == Of::Thumbprints && !pastedFingerprint(text, 20))
                return wrong(here, tr("{0}: \"{1}\": {2} is not a thumbprint of 40 hexadecimal digits (SHA-1)."), {text});
            text = kind == Of::Files ? absolute(text) : kind == Of::Thumbprints ? thumbprintWord(text) : pastedWord(text);
            return std::nullopt;
        });
    }
    /// A list of some of the known words.
    Read words(std::vector<std::string>& target, std::span<const char* const> known) const
    {
        return texts(target, [this, known](const std::string& word, const std::vector<std::string>& here) -> std::optional<Error> {
            if (std::find(known.begin(), known.end(), word) != known.end()) return std::nullopt;
            std::string list;
            for (const char* one : known) list += (list.empty() ? "" : ", ") + std::string(one);
            return wrong(here, tr("{0}: \"{1}\": {2} is not a word that is known here. Known: {3}."), {word, list});
        });
    }
    Read chapter(std::map<std::string, Read> keys) const
    {
        return [this, keys = std::move(keys)](const json& value, const std::vector<std::string>& path) {
            return object(value, path, keys);
        };
    }

    /// sentence: {0} is the place, {1} the key, then the values.
    std::optional<Error> wrong(const std::vector<std::string>& path, const char* sentence, std::vector<std::string> values = {}) const
    {
        values.insert(values.begin(), {m_document.place(path), joined(path)});
        return Error{ErrorCode::InvalidInput, {sentence, std::move(values)}, "wrong value for " + joined(path)};
    }

private:
    /// A list of texts; each is made what was meant, or refused.
    template <class Take>
    Read texts(std::vector<std::string>& target, Take take) const
    {
        return [this, &target, take](const json& value, const std::vector<std::string>& path) -> std::optional<Error> {
            if (!value.is_array()) return wrong(path, tr("{0}: \"{1}\" has to be a list in square brackets."));
            target.clear();
            for (std::size_t i = 0; i < value.size(); ++i) {
                std::vector<std::string> here = path;
                here.push_back(std::to_string(i));
                if (!value[i].is_string()) return wrong(here, tr("{0}: \"{1}\" has to be a text in quotes."));
                std::string text = value[i].get<std::string>();
                if (auto error = take(text, here)) return error;
                target.push_back(std::move(text));
            }
            return std::nullopt;
        };
    }
    static std::string joined(const std::vector<std::string>& path)
    {
        std::string text;
        for (const std::string& part : path) text += (text.empty() ? "" : ".") + part;
        return text;
    }
    /// A file that is there under the very name that was given is meant; otherwise the name is taken as it was pasted.
    std::string absolute(const std::string& text) const
    {
        if (text.empty()) return text;
        const std::string meant = pastedPath(text);
        if (meant == text || exists(inFolder(text))) return utf8(inFolder(text));
        if (meant.empty() || fs::path::preferred_separator != '/') return meant.empty() ? meant : utf8(inFolder(meant));
        // Not on Windows, but a practice server's answers may have been written there.
        std::string slashes = meant;
        std::replace(slashes.begin(), slashes.end(), '\\', '/');
        const bool fits = exists(inFolder(slashes)) || exists(inFolder(slashes).parent_path());
        return utf8(inFolder(!exists(inFolder(meant)) && fits ? slashes : meant));
    }
    fs::path inFolder(const std::string& text) const
    {
        const fs::path path = pathFromUtf8(text);
        return (path.is_absolute() ? path : m_folder / path).lexically_normal();
    }
    static bool exists(const fs::path& path)
    {
        boost::system::error_code trouble;
        return fs::exists(path, trouble);
    }

    const JsonDocument& m_document;
    fs::path m_folder;
};

std::map<std::string, Reader::Read> certificateKeys(const Reader& r, CertificateAnswers& a)
{
    using Source = CertificateAnswers::Source;
    return {{"source", r.oneOf<Source>(a.source, {{"pkcs12", Source::Pkcs12}, {"request", Source::Request}})},
            {"file", r.path(a.file)},
            {"common_name", r.name(a.commonName)},
            {"organization", r.name(a.organization)},
            {"organizational_unit", r.name(a.organizationalUnit)},
            {"locality", r.name(a.locality)},
            {"state", r.name(a.state)},
            {"country", r.word(a.country)},
            {"dns_names", r.list(a.dnsNames, Reader::Of::Words)},
            {"ip_addresses", r.list(a.ipAddresses, Reader::Of::Words)},
            {"provider", r.name(a.provider)},
            {"key_algorithm", r.word(a.keyAlgorithm)},
            {"key_bits", r.number(a.keyBits, 0, 65536)},
            {"friendly_name", r.name(a.friendlyName)},
            {"request_file", r.path(a.requestFile)},
            {"issued_file", r.path(a.issuedFile)},
            {"replaces", r.pasted(a.replaces, thumbprintWord)}};
}

std::map<std::string, Reader::Read> bindKeys(const Reader& r, BindAnswers& a)
{
    return {{"site", r.text(a.site)},
            {"endpoint", r.word(a.endpoint)},
            {"hostname", r.word(a.hostname)},
            {"check_revocation", r.flag(a.checkRevocation)},
            {"disable_tls13", r.flag(a.disableTls13)},
            {"disable_legacy_tls", r.flag(a.disableLegacyTls)},
            {"disable_http2", r.flag(a.disableHttp2)},
            {"disable_quic", r.flag(a.disableQuic)},
            {"disable_ocsp_stapling", r.flag(a.disableOcspStapling)},
            {"send_trusted_issuer_list", r.flag(a.sendTrustedIssuerList)}};
}

}  // namespace

Result<Answers> answersFromText(const std::string& text, const std::string& name, const fs::path& folder)
{
    const auto document = JsonDocument::parse(text, name);
    if (!document) return document.error();
    Answers a;
    const Reader r(*document, folder);
    using Mode = RequireAnswers::Mode;
    const std::map<std::string, Reader::Read> chapters{
        {"certificate", r.chapter(certificateKeys(r, a.certificate))},
        {"root", r.chapter({{"file", r.path(a.root.file)}, {"url", r.word(a.root.url)}, {"sha256", r.pasted(a.root.sha256, fingerprintWord)}})},
        {"import", r.chapter({{"store", r.oneOf<std::string>(a.import.store, {{"MY", "MY"}, {"WebHosting", "WebHosting"}})},
                              {"friendly_name", r.name(a.import.friendlyName)},
                              {"retire", r.list(a.import.retire, Reader::Of::Thumbprints)}})},
        {"trust", r.chapter({{"ctl_store", r.name(a.trust.ctlStore)},
                             {"intermediates", r.list(a.trust.intermediates, Reader::Of::Files)},
                             {"retire", r.list(a.trust.retire, Reader::Of::Thumbprints)}})},
        {"bind", r.chapter(bindKeys(r, a.bind))},
        {"require", r.chapter({{"mode", r.oneOf<Mode>(a.require.mode, {{"ignore", Mode::Ignore}, {"accept", Mode::Accept}, {"require", Mode::Require}})},
                               {"require_ssl", r.flag(a.require.requireSsl)},
                               {"path", r.pasted(a.require.path, pastedSitePath)}})},
        {"verify", r.chapter({{"address", r.word(a.verify.address)}, {"client_certificate", r.path(a.verify.clientCertificate)}})},
        {"troubleshoot", r.chapter({{"flush_crl", r.flag(a.troubleshoot.flushCrl)}, {"sample_page", r.flag(a.troubleshoot.samplePage)},
                                    {"install_crl", r.path(a.troubleshoot.installCrl)},
                                    {"revocation_off_until", r.time(a.troubleshoot.revocationOffUntil)},
                                    {"mend", r.words(a.troubleshoot.mend, kMendablePitfalls)}})},
    };
    if (auto error = r.object(document->root(), {}, chapters)) return *error;
    if (!a.bind.endpoint.empty() && !a.bind.hostname.empty())
        return *r.wrong({"bind", "hostname"}, tr("{0}: \"{1}\" has to be left out where \"endpoint\" is given: it is one or the other."));
    if (a.trust.ctlStore.empty()) return *r.wrong({"trust", "ctl_store"}, tr("{0}: \"{1}\" has to be the name of a certificate store."));
    return a;
}

Result<Answers> readAnswers(const fs::path& file)
{
    const auto text = readText(file, kLargestAnswers);
    if (!text) return text.error();
    boost::system::error_code trouble;
    const fs::path absolute = fs::absolute(file, trouble);
    if (trouble) return Error{ErrorCode::Io, {tr("{0} could not be used: {1}"), {utf8(file), trouble.message()}}, "absolute path"};
    return answersFromText(*text, utf8(file), absolute.parent_path());
}

namespace {

/// Without the name and password that stand before the host of "http://name:password@host/": a secret is never kept.
std::string withoutUser(const std::string& url)
{
    const auto slashes = url.find("//");
    // Without a scheme the host comes first, and slashes later on are the path's.
    const auto begin = slashes == std::string::npos || slashes > url.find_first_of("/?#\\") ? 0 : slashes + 2;
    const auto end = std::min(url.find_first_of("/?#\\", begin), url.size());
    const auto at = url.substr(0, end).rfind('@');
    return at == std::string::npos || at < begin ? url : url.substr(0, begin) + url.substr(at + 1);
}

}  // namespace

json answersToJson(const Answers& a, const fs::path& folder)
{
    const Answers defaults;
    json root = json::object();
    const auto put = [&](const char* chapter, const char* key, const auto& value, const auto& usual) {
        if (!(value == usual)) root[chapter][key] = value;
    };
    const auto relative = [&](const std::string& file) {
        if (file.empty()) return file;
        const fs::path below = pathFromUtf8(file).lexically_relative(folder);
        return below.empty() || *below.begin() == ".." ? file : utf8(below);
    };
    const auto putPath = [&](const char* chapter, const char* key, const std::string& file) {
        if (!file.empty()) root[chapter][key] = relative(file);
    };
    const auto putFlag = [&](const char* key, const std::optional<bool>& value) {
        if (value) root["bind"][key] = *value;
    };
    const CertificateAnswers& c = a.certificate;
    const CertificateAnswers& usual = defaults.certificate;
    if (c.source == CertificateAnswers::Source::Request) root["certificate"]["source"] = "request";
    putPath("certificate", "file", c.file);
    put("certificate", "common_name", c.commonName, usual.commonName);
    put("certificate", "organization", c.organization, usual.organization);
    put("certificate", "organizational_unit", c.organizationalUnit, usual.organizationalUnit);
    put("certificate", "locality", c.locality, usual.locality);
    put("certificate", "state", c.state, usual.state);
    put("certificate", "country", c.country, usual.country);
    put("certificate", "dns_names", c.dnsNames, usual.dnsNames);
    put("certificate", "ip_addresses", c.ipAddresses, usual.ipAddresses);
    put("certificate", "provider", c.provider, usual.provider);
    put("certificate", "key_algorithm", c.keyAlgorithm, usual.keyAlgorithm);
    if (c.keyBits) root["certificate"]["key_bits"] = *c.keyBits;
    put("certificate", "friendly_name", c.friendlyName, usual.friendlyName);
    putPath("certificate", "request_file", c.requestFile);
    putPath("certificate", "issued_file", c.issuedFile);
    put("certificate", "replaces", c.replaces, usual.replaces);
    putPath("root", "file", a.root.file);
    put("root", "url", withoutUser(a.root.url), defaults.root.url);
    put("root", "sha256", a.root.sha256, defaults.root.sha256);
    put("import", "store", a.import.store, defaults.import.store);
    put("import", "friendly_name", a.import.friendlyName, defaults.import.friendlyName);
    put("import", "retire", a.import.retire, defaults.import.retire);
    put("trust", "ctl_store", a.trust.ctlStore, defaults.trust.ctlStore);
    for (const std::string& file : a.trust.intermediates) root["trust"]["intermediates"].push_back(relative(file));
    put("trust", "retire", a.trust.retire, defaults.trust.retire);
    put("bind", "site", a.bind.site, defaults.bind.site);
    put("bind", "endpoint", a.bind.endpoint, defaults.bind.endpoint);
    put("bind", "hostname", a.bind.hostname, defaults.bind.hostname);
    putFlag("check_revocation", a.bind.checkRevocation);
    putFlag("disable_tls13", a.bind.disableTls13);
    putFlag("disable_legacy_tls", a.bind.disableLegacyTls);
    putFlag("disable_http2", a.bind.disableHttp2);
    putFlag("disable_quic", a.bind.disableQuic);
    putFlag("disable_ocsp_stapling", a.bind.disableOcspStapling);
    put("bind", "send_trusted_issuer_list", a.bind.sendTrustedIssuerList, defaults.bind.sendTrustedIssuerList);
    if (a.require.mode == RequireAnswers::Mode::Ignore) root["require"]["mode"] = "ignore";
    if (a.require.mode == RequireAnswers::Mode::Accept) root["require"]["mode"] = "accept";
    put("require", "require_ssl", a.require.requireSsl, defaults.require.requireSsl);
    put("require", "path", a.require.path, defaults.require.path);
    put("verify", "address", withoutUser(a.verify.address), defaults.verify.address);
    putPath("verify", "client_certificate", a.verify.clientCertificate);
    put("troubleshoot", "flush_crl", a.troubleshoot.flushCrl, defaults.troubleshoot.flushCrl);
    if (a.troubleshoot.samplePage) root["troubleshoot"]["sample_page"] = *a.troubleshoot.samplePage;
    putPath("troubleshoot", "install_crl", a.troubleshoot.installCrl);
    if (a.troubleshoot.revocationOffUntil) root["troubleshoot"]["revocation_off_until"] = rfc3339(*a.troubleshoot.revocationOffUntil);
    put("troubleshoot", "mend", a.troubleshoot.mend, defaults.troubleshoot.mend);
    return root;
}

}  // namespace monban
