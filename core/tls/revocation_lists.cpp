// SPDX-License-Identifier: MIT
#include "core/tls/revocation_lists.h"

#include "core/base/utf8.h"

namespace monban {

constexpr std::size_t kMostPoints = 8;  // a hostile certificate can name thousands

std::vector<ListSource> listsOf(const Certificate& certificate, const FetchList& fetch)
{
    std::vector<ListSource> lists;
    for (const std::string& url : certificate.crlUrls) {
        if (lists.size() == kMostPoints) break;
        const std::string shown = validUtf8(url.substr(0, 500));
        if (!lowerAscii(url).starts_with("http://")) {
            lists.push_back({shown, Error{ErrorCode::Unsupported, {tr("{0} is not an http address; Monban cannot fetch the list from there."), {shown}}, "scheme"}});
            continue;
        }
        const auto bytes = fetch(url);
        lists.push_back({shown, bytes ? parseCrl(*bytes) : Result<Crl>(bytes.error())});
    }
    return lists;
}

}  // namespace monban
