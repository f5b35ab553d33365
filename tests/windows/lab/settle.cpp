// SPDX-License-Identifier: MIT
// Moves a practice server into the lab: what `monban practice new` left in the lab's folder as files goes into Wine's
// own certificate stores, machine key set, registry and services, so that the lab begins as that server would.
#include <windows.h>

#include <cstdio>

#include "core/practice/folder_backend.h"
#include "core/practice/folder_files.h"
#include "tests/windows/lab/crypt32_stores.h"
#include "tests/windows/lab/lab_backend.h"
#include "tests/windows/lab/service_control.h"

namespace monban::lab {
namespace {

using practice::Backend;

Result<Done> settleStore(Backend& folder, Backend& machine, const std::string& store)
{
    const auto entries = folder.store(store);
    if (!entries) return entries.error();
    for (const practice::StoreEntry& entry : *entries) {
        if (!entry.keyContainer.empty())
            if (const auto pem = folder.key(entry.keyContainer))
                if (auto kept = machine.putKey(entry.keyContainer, *pem); !kept) return kept;
        if (auto put = machine.putCertificate(store, entry); !put) return put;
    }
    const auto crls = folder.crls(store);
    if (!crls) return crls.error();
    for (const practice::StoreCrl& crl : *crls)
        if (auto put = machine.putCrl(store, crl); !put) return put;
    return Done{};
}

Result<Done> settleRegistry(Backend& machine)
{
    const auto registry = practice::readRegistry(labFolder() / "registry.json");
    if (!registry) return registry.error();
    for (const auto& [key, values] : *registry) {
        if (auto made = machine.setRegistryValue(key, "", {}); !made) return made;
        for (const auto& [name, value] : values) {
            // What is there already keeps the time at which it was written.
            const auto known = machine.registryValue(key, name);
            if (known && *known == value) continue;
            if (auto set = machine.setRegistryValue(key, name, value); !set) return set;
        }
    }
    return Done{};
}

fs::path ownFolder()
{
    wchar_t path[MAX_PATH] = {};
    const DWORD length = ::GetModuleFileNameW(nullptr, path, MAX_PATH);
    return fs::path(std::wstring(path, length)).parent_path();
}

Result<Done> settle()
{
    const auto folder = practice::openFolder(labFolder());
    if (!folder) return folder.error();
    const auto machine = openLab();
    if (!machine) return machine.error();
    const auto stores = (*folder)->storeNames();
    if (!stores) return stores.error();
    for (const std::string& store : *stores) {
        // Also the empty ones: a Windows with IIS has them, a fresh Wine has not.
        if (auto made = Crypt32Stores().make(store); !made) return made;
        if (auto settled = settleStore(**folder, **machine, store); !settled) return settled;
    }
    if (auto settled = settleRegistry(**machine); !settled) return settled;
    for (const auto owner : {practice::CacheOwner::Service, practice::CacheOwner::Caller}) {
        const auto lists = (*folder)->cachedCrls(owner);
        if (!lists) return lists.error();
        if (auto kept = (*machine)->writeCachedCrls(owner, *lists); !kept) return kept;
    }
    const auto state = (*machine)->machine();
    if (!state) return state.error();
    if (auto made = makeServices(ownFolder() / "lab_service.exe"); !made) return made;
    return followServices(*state);
}

}  // namespace
}  // namespace monban::lab

int wmain()
{
    const auto done = monban::lab::settle();
    if (done) return 0;
    std::fprintf(stderr, "%s\n", done.error().detail.c_str());
    return 1;
}
