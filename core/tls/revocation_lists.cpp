// SPDX-License-Identifier: MIT
#include "core/tls/revocation_lists.h"

#include <algorithm>
#include <future>
#include <iterator>

#include "core/base/utf8.h"

namespace monban {

constexpr std::size_t kMostPoints = 8;  // a hostile certificate can name thousands

std::vector<ListSource> listsOf(const Certificate& certificate, const FetchList& fetch)
{
    std::vector<std::pair<std::string, std::future<Result<Bytes>>>> answers;
    for (const std::string& url : certificate.crlUrls) {
        if (answers.size() == kMostPoints) break;
        std::string shown = validUtf8(url.substr(0, 500));
        auto answer = lowerAscii(url).starts_with("http://") ? std::async(std::launch::async, [&fetch, &url] { return fetch(url); }) : std::future<Result<Bytes>>();
        answers.emplace_back(std::move(shown), std::move(answer));
    }
    std::vector<ListSource> lists;
    for (auto& [shown, answer] : answers) {
        if (!answer.valid()) {
            lists.push_back({shown, Error{ErrorCode::Unsupported, {tr("{0} is not an http address; Monban cannot fetch the list from there."), {shown}}, "scheme"}});
            continue;
        }
        const auto bytes = answer.get();
        if (bytes) std::ranges::move(listsIn(shown, *bytes), std::back_inserter(lists));
        else lists.push_back({shown, bytes.error()});
    }
    return lists;
}

}  // namespace monban
