// SPDX-License-Identifier: MIT
#include "core/observe/facts.h"

#include <algorithm>
#include <array>

#include "core/base/number.h"
#include "core/base/utf8.h"

namespace monban {
namespace {

struct FlagName {
    std::uint32_t bit;
    const char* name;
};
/// In the order IIS writes them.
constexpr std::array<FlagName, 5> kAccessFlags = {{{access_flags::kSsl, "Ssl"},
                                                   {access_flags::kNegotiateCert, "SslNegotiateCert"},
                                                   {access_flags::kRequireCert, "SslRequireCert"},
                                                   {access_flags::kMapCert, "SslMapCert"},
                                                   {access_flags::kSsl128, "Ssl128"}}};

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<std::uint32_t> accessFlag(std::string_view word)
{
    if (equalsIgnoringCase(word, "None")) return 0;
    for (const FlagName& flag : kAccessFlags)
        if (equalsIgnoringCase(word, flag.name)) return flag.bit;
    return numberFrom<std::uint32_t>(word);
}

}  // namespace

std::string storeSpelling(const std::string& name)
{
    for (const char* usual : {"MY", "ROOT", "CA", "REQUEST", "WebHosting", "ClientAuthIssuer"})
        if (equalsIgnoringCase(name, usual)) return usual;
    return name;
}

Observed<std::span<const StoredCertificate>> storeOf(const Facts& facts, const std::string& name)
{
    using Lent = std::span<const StoredCertificate>;
    for (const auto& [spelling, store] : facts.stores) {
        if (!equalsIgnoringCase(spelling, name)) continue;
        return store ? Observed<Lent>(Lent(*store), store.at()) : Observed<Lent>(store.error(), store.at());
    }
    // A list that could not be read says nothing about this store: it must not look empty.
    if (!facts.storeList) return {facts.storeList.error(), facts.storeList.at()};
    return {Lent(), facts.storeList.at()};
}

std::optional<KeyHolder> keyHolder(const Facts& facts, ByteView publicKeyDer, std::initializer_list<const char*> stores)
{
    if (publicKeyDer.empty()) return std::nullopt;
    for (const char* name : stores) {
        const auto store = facts.stores.find(storeSpelling(name));
        if (store == facts.stores.end() || !store->second) continue;
        for (const StoredCertificate& entry : *store->second)
            if (entry.hasPrivateKey() && std::ranges::equal(entry.certificate.publicKeyDer, publicKeyDer)) return KeyHolder{store->first, &entry};
    }
    return std::nullopt;
}

Observed<std::optional<Bytes>> fileIn(const Facts& facts, const std::string& path)
{
    const auto file = facts.files.find(path);
    return file == facts.files.end() ? Observed<std::optional<Bytes>>() : file->second;
}

const SslRecord* recordAt(const std::vector<SslRecord>& records, RecordFamily family, const std::string& endpoint)
{
    const auto found = std::find_if(records.begin(), records.end(), [&](const SslRecord& record) {
        return record.family == family && equalsIgnoringCase(record.endpoint, endpoint);
    });
    return found == records.end() ? nullptr : &*found;
}

const Site* siteNamed(const std::vector<Site>& sites, const std::string& name)
{
    // IIS compares site names without regard to case.
    const auto found =
        std::find_if(sites.begin(), sites.end(), [&](const Site& site) { return equalsIgnoringCase(site.name, name); });
    return found == sites.end() ? nullptr : &*found;
}

Binding bindingFrom(std::string protocol, std::string information, std::uint32_t sslFlags)
{
    Binding binding;
    binding.protocol = std::move(protocol);
    binding.sslFlags = sslFlags;
    binding.information = std::move(information);
    const std::string& text = binding.information;
    // An IPv6 address stands in brackets, which stay: address and port joined by a colon is what http.sys is asked for.
    std::size_t addressEnd = std::string::npos;
    if (!text.empty() && text[0] == '[') {
        const auto bracket = text.find(']');
        if (bracket != std::string::npos) addressEnd = bracket + 1;
    } else {
        addressEnd = text.find(':');
    }
    if (addressEnd == std::string::npos || addressEnd == 0 || addressEnd >= text.size() || text[addressEnd] != ':')
        return binding;
    const auto portEnd = text.find(':', addressEnd + 1);
    if (portEnd == std::string::npos) return binding;
    const auto port = numberFrom<int>(std::string_view(text).substr(addressEnd + 1, portEnd - addressEnd - 1));
    if (!port || *port < 1 || *port > 65535 || text.find(':', portEnd + 1) != std::string::npos) return binding;
    binding.address = text.substr(0, addressEnd);
    binding.port = *port;
    binding.host = text.substr(portEnd + 1);
    return binding;
}

std::vector<std::string> accessNames(std::uint32_t flags)
{
    std::vector<std::string> names;
    for (const FlagName& flag : kAccessFlags) {
        if (flags & flag.bit) names.emplace_back(flag.name);
        flags &= ~flag.bit;
    }
    if (flags != 0) names.push_back(std::to_string(flags));
    return names;
}

std::string accessText(std::uint32_t flags)
{
    std::string text;
    for (const std::string& flag : accessNames(flags)) text += (text.empty() ? "" : ",") + flag;
    return text.empty() ? "None" : text;
}

std::optional<std::uint32_t> accessFromText(const std::string& text)
{
    if (trimmed(text).empty()) return 0;
    std::uint32_t flags = 0;
    std::string_view rest = text;
    for (;;) {
        const auto comma = rest.find(',');
        const auto flag = accessFlag(trimmed(rest.substr(0, comma)));
        if (!flag) return std::nullopt;
        flags |= *flag;
        if (comma == std::string_view::npos) return flags;
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace monban
