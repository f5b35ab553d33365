// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/practice/backend.h"

namespace monban::practice {

/// Certificate stores and keys of a practice server's folder: `stores/<STORE>/<sha1>.cer`, `.json`, `.crl` and
/// `keys/<container>.pem`. Takes no lock; the back-end holds it.
class FolderStores {
public:
    explicit FolderStores(fs::path root) : m_root(std::move(root)) {}

    Result<std::vector<std::string>> names() const;
    Result<std::vector<StoreEntry>> entries(const std::string& store) const;
    Result<Done> put(const std::string& store, const StoreEntry& entry) const;
    Result<Done> remove(const std::string& store, const std::string& thumbprint) const;
    Result<std::vector<StoreCrl>> crls(const std::string& store) const;
    Result<Done> putCrl(const std::string& store, const StoreCrl& crl) const;
    Result<Done> removeCrl(const std::string& store, const std::string& thumbprint) const;

    Result<Done> putKey(const std::string& container, const Secret& pem) const;
    Result<Secret> key(const std::string& container) const;
    Result<Bytes> publicKey(const std::string& container) const;
    Result<Done> removeKey(const std::string& container) const;

private:
    /// A file of a store and what it holds.
    struct Held {
        fs::path file;
        Bytes der;
        std::string thumbprint;
    };
    struct StoreFolder {
        fs::path folder;
        std::string name;
    };
    Result<std::vector<StoreFolder>> folders() const;
    Result<std::vector<fs::path>> foldersOf(const std::string& store) const;  // several only if a person made them
    Result<fs::path> folderToWrite(const std::string& store) const;
    enum class Names { All, Other };  ///< Other: only files that are not named by their thumbprint
    Result<std::vector<Held>> held(const std::string& store, bool crls, Names names) const;
    Result<Done> removeHeld(const std::string& store, const std::string& thumbprint, bool crls) const;
    Result<StoreEntry> entryFrom(Held held) const;
    fs::path keyFile(const std::string& container) const;

    fs::path m_root;
};

}  // namespace monban::practice
