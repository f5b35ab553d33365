// SPDX-License-Identifier: MIT
#include "core/observe/proxy.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/utf8.h"

namespace monban {
namespace {

std::vector<std::string> entries(const std::string& list)
{
    std::vector<std::string> found;
    std::string one;
    for (const char c : list + ';') {
        if (c != ';' && c != ' ' && c != '\t' && c != '\r' && c != '\n') one += c;
        else if (!one.empty()) found.push_back(lowerAscii(std::exchange(one, {})));
    }
    return found;
}

/// `*` stands for any characters. Both lists are an administrator's own, so their length is no attack.
bool matches(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    return std::ranges::all_of(pattern.substr(p), [](char c) { return c == '*'; });
}

bool isBypassed(const std::string& bypass, const std::string& host)
{
    return std::ranges::any_of(entries(bypass), [&](const std::string& entry) {
        return entry == "<local>" ? host.find_first_of(".:") == std::string::npos : matches(entry, host);
    });
}

}  // namespace

std::optional<std::string> proxyFor(const Proxy& proxy, const std::string& host)
{
    if (isBypassed(proxy.bypass, lowerAscii(host))) return std::nullopt;
    std::optional<std::string> any;
    for (std::string entry : entries(proxy.servers)) {
        const std::size_t equals = entry.find('=');
        const std::string scheme = equals == std::string::npos ? "" : entry.substr(0, equals);
        if (equals != std::string::npos) entry.erase(0, equals + 1);
        if (const std::size_t slashes = entry.find("://"); slashes != std::string::npos) entry.erase(0, slashes + 3);
        while (entry.ends_with('/')) entry.pop_back();
        if (entry.empty()) continue;
        if (scheme == "http") return entry;
        if (scheme.empty() && !any) any = entry;
    }
    return any;
}

}  // namespace monban
