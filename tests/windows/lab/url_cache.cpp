// SPDX-License-Identifier: MIT
#include "tests/windows/lab/url_cache.h"

#include <windows.h>

#include <shlobj.h>

#include <boost/filesystem/operations.hpp>

#include <algorithm>

#include "core/base/file.h"
#include "core/pki/crl.h"
#include "core/pki/digest.h"
#include "core/platform/windows/system_folder.h"
#include "core/practice/folder_names.h"

namespace monban::lab {
namespace {

using practice::CachedCrl;

fs::path callersFolder()
{
    wchar_t* path = nullptr;
    const HRESULT result = ::SHGetKnownFolderPath(FOLDERID_LocalAppDataLow, 0, nullptr, &path);
    const fs::path folder = SUCCEEDED(result) ? fs::path(path) : fs::path();
    ::CoTaskMemFree(path);
    return folder;
}

fs::path servicesFolder()
{
    return windows::systemFolder().parent_path() / L"ServiceProfiles\\NetworkService\\AppData\\LocalLow";
}

std::string fileFor(const std::string& url) { return sha1Hex(viewOf(url)).substr(0, 32); }

struct Held {
    std::string name;
    CachedCrl crl;
};
Result<std::vector<Held>> listsIn(const fs::path& folder)
{
    const auto files = practice::entriesOf(folder);
    if (!files) return files.error();
    std::vector<Held> lists;
    for (const fs::path& file : *files) {
        auto content = readFile(file);
        if (!content || !parseCrl(*content)) continue;
        const std::string name = utf8(file.filename());
        const Time written{std::chrono::seconds(fs::last_write_time(file))};
        lists.push_back({name, {name, std::move(*content), written}});
    }
    return lists;
}

}  // namespace

UrlCache::UrlCache(practice::CacheOwner owner)
    : m_content((owner == practice::CacheOwner::Caller ? callersFolder() : servicesFolder()) /
                L"Microsoft\\CryptnetUrlCache\\Content")
{
}

Result<std::vector<CachedCrl>> UrlCache::read(const std::vector<CachedCrl>& known) const
{
    auto lists = listsIn(m_content);
    if (!lists) return lists.error();
    std::vector<CachedCrl> crls;
    for (Held& held : *lists) {
        const auto same = std::find_if(known.begin(), known.end(),
                                       [&](const CachedCrl& one) { return fileFor(one.url) == held.name; });
        if (same != known.end()) held.crl.url = same->url;
        crls.push_back(std::move(held.crl));
    }
    return crls;
}

Result<Done> UrlCache::write(const std::vector<CachedCrl>& crls) const
{
    if (auto made = makeFolders(m_content); !made) return made;
    const auto lists = listsIn(m_content);
    if (!lists) return lists.error();
    // A list that came some other way goes by the name of its file.
    const auto nameFor = [&](const CachedCrl& crl) {
        const bool isName = std::any_of(lists->begin(), lists->end(), [&](const Held& held) { return held.name == crl.url; });
        return isName ? crl.url : fileFor(crl.url);
    };
    for (const Held& held : *lists)
        if (std::none_of(crls.begin(), crls.end(), [&](const CachedCrl& crl) { return nameFor(crl) == held.name; }))
            if (auto gone = removeFile(m_content / held.name); !gone) return gone;
    for (const CachedCrl& crl : crls) {
        const fs::path file = m_content / nameFor(crl);
        if (auto done = replaceFile(file, ByteView(crl.der)); !done) return done;
        fs::last_write_time(file, static_cast<std::time_t>(crl.fetched.time_since_epoch().count()));
    }
    return Done{};
}

}  // namespace monban::lab
