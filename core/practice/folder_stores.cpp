// SPDX-License-Identifier: MIT
#include "core/practice/folder_stores.h"

#include <boost/filesystem/operations.hpp>

#include <algorithm>
#include <set>

#include "core/base/file.h"
#include "core/pki/digest.h"
#include "core/practice/der.h"
#include "core/practice/folder_names.h"
#include "core/practice/folder_file.h"

namespace monban::practice {
namespace {

/// Stores every Windows Server with IIS has, even while their folder is missing.
constexpr const char* kPredefined[] = {"MY", "ROOT", "CA", "REQUEST", "WebHosting", "ClientAuthIssuer"};

bool isUserStore(const std::string& store) { return lowerAscii(store).starts_with(lowerAscii(kUserStores)); }

bool predefined(std::string store)
{
    if (isUserStore(store)) store.erase(0, std::char_traits<char>::length(kUserStores));
    return std::any_of(std::begin(kPredefined), std::end(kPredefined),
                       [&](const char* name) { return equalsIgnoringCase(name, store); });
}

Error noSuchStore(const std::string& store)
{
    return {ErrorCode::NotFound, {tr("The server has no certificate store named {0}."), {store}}, "no store " + store};
}

Error noSuchCertificate(const std::string& store, const std::string& thumbprint)
{
    return {ErrorCode::NotFound,
            {tr("The store {0} holds nothing with the thumbprint {1}."), {store, thumbprint}},
            "no " + thumbprint + " in " + store};
}

bool hasEnding(const fs::path& file, std::initializer_list<const char*> endings)
{
    const std::string ending = lowerAscii(utf8(file.extension()));
    return std::any_of(endings.begin(), endings.end(), [&](const char* one) { return ending == one; });
}

/// `<sha1>.cer`, `<sha1>.crl`: the name the practice server gives.
bool isOwnName(const fs::path& file)
{
    const std::string stem = utf8(file.stem());
    return stem.size() == 40 && stem.find_first_not_of("0123456789abcdef") == std::string::npos &&
           hasEnding(file, {".cer", ".crl"});
}

fs::path beside(const fs::path& certificate) { return fs::path(certificate).replace_extension(".json"); }

const std::vector<std::string> kKeyWords = {"none", "present", "not-exportable", "missing"};

KeyState keyState(const std::string& word)
{
    if (word == "present") return KeyState::Present;
    if (word == "not-exportable") return KeyState::NotExportable;
    return word == "missing" ? KeyState::Missing : KeyState::None;
}

const char* wordFor(KeyState state)
{
    switch (state) {
        case KeyState::None:
            return "none";
        case KeyState::NotExportable:
            return "not-exportable";
        // Whether the key is really there is looked up at each reading.
        case KeyState::Missing:
        case KeyState::Present:
            return "present";
    }
    return "none";
}

Result<Done> removeIfThere(const fs::path& file)
{
    auto done = removeFile(file);
    return !done && done.error().code == ErrorCode::NotFound ? Result<Done>(Done{}) : done;
}

}  // namespace

Result<std::vector<FolderStores::StoreFolder>> FolderStores::folders() const
{
    const auto entries = entriesOf(m_root / "stores");
    if (!entries) return entries.error();
    std::vector<StoreFolder> folders;
    for (const fs::path& folder : *entries) {
        boost::system::error_code trouble;
        if (!fs::is_directory(folder, trouble)) continue;
        const std::string fileName = utf8(folder.filename());
        std::string name = nameOf(fileName);
        if (isCut(fileName)) {
            auto whole = readText(folder / kNameFile);
            if (!whole) return whole.error();
            name = std::move(*whole);
        }
        folders.push_back({folder, storeSpelling(name)});
    }
    return folders;
}

Result<std::vector<fs::path>> FolderStores::foldersOf(const std::string& store) const
{
    const auto all = folders();
    if (!all) return all.error();
    std::vector<fs::path> found;
    for (const StoreFolder& one : *all)
        if (equalsIgnoringCase(one.name, store)) found.push_back(one.folder);
    if (found.empty() && !predefined(store)) return noSuchStore(store);
    return found;
}

Result<fs::path> FolderStores::folderToWrite(const std::string& store) const
{
    const auto found = foldersOf(store);
    if (found && !found->empty()) return found->front();
    if (!found && found.error().code != ErrorCode::NotFound) return found.error();
    const std::string name = storeSpelling(store);
    const fs::path folder = m_root / "stores" / pathFromUtf8(fileNameFor(name));
    if (const auto made = makeFolders(folder); !made) return made.error();
    if (isCut(utf8(folder.filename())))
        if (const auto written = replaceFile(folder / kNameFile, name); !written) return written.error();
    return folder;
}

Result<std::vector<std::string>> FolderStores::names() const
{
    const auto all = folders();
    if (!all) return all.error();
    std::vector<std::string> names(std::begin(kPredefined), std::end(kPredefined));
    for (const StoreFolder& one : *all)
        if (!isUserStore(one.name) && std::none_of(names.begin(), names.end(), [&](const auto& known) {
                return equalsIgnoringCase(known, one.name);
            }))
            names.push_back(one.name);
    return names;
}

/// Every file counts under whatever name it was dropped there; the thumbprint comes from its content.
Result<std::vector<FolderStores::Held>> FolderStores::held(const std::string& store, bool crls, Names names) const
{
    const auto stores = foldersOf(store);
    if (!stores) return stores.error();
    std::vector<Held> all;
    for (const fs::path& folder : *stores) {
        const auto files = entriesOf(folder);
        if (!files) return files.error();
        for (const fs::path& file : *files) {
            if (names == Names::Other && isOwnName(file)) continue;
            if (crls ? !hasEnding(file, {".crl"}) : !hasEnding(file, {".cer", ".crt", ".der"})) continue;
            const auto bytes = readFile(file);
            if (!bytes) return bytes.error();
            auto der = crls ? crlDer(*bytes) : certificateDer(*bytes);
            if (!der)
                return Error{
                    ErrorCode::Damaged,
                    {crls ? tr("{0} is not a revocation list. Remove it from the store's folder, or replace it with "
                               "one in DER or PEM form.")
                          : tr("{0} is not a certificate. Remove it from the store's folder, or replace it with one "
                               "in DER or PEM form."),
                     {utf8(file)}},
                    utf8(file) + " is neither DER nor PEM"};
            std::string thumbprint = sha1Hex(*der);
            all.push_back({file, std::move(*der), std::move(thumbprint)});
        }
    }
    return all;
}

Result<StoreEntry> FolderStores::entryFrom(Held held) const
{
    StoreEntry entry;
    entry.der = std::move(held.der);
    entry.thumbprint = std::move(held.thumbprint);
    auto document = FolderFile::read(beside(held.file));
    if (!document) return document.error();
    if (!*document) return entry;
    const JsonView view(**document);
    entry.friendlyName = view.text("friendly_name");
    entry.key = keyState(view.word("key", kKeyWords));
    entry.keyContainer = view.text("key_container");
    if ((*document)->problem()) return *(*document)->problem();
    boost::system::error_code trouble;
    if (entry.key != KeyState::None &&
        (entry.keyContainer.empty() || !fs::exists(keyFile(entry.keyContainer), trouble)))
        entry.key = KeyState::Missing;
    return entry;
}

Result<std::vector<StoreEntry>> FolderStores::entries(const std::string& store) const
{
    auto files = held(store, false, Names::All);
    if (!files) return files.error();
    std::vector<StoreEntry> entries;
    std::set<std::string> seen;
    for (Held& file : *files) {
        if (!seen.insert(file.thumbprint).second) continue;
        auto entry = entryFrom(std::move(file));
        if (!entry) return entry.error();
        entries.push_back(std::move(*entry));
    }
    return entries;
}

Result<Done> FolderStores::put(const std::string& store, const StoreEntry& entry) const
{
    const auto folder = folderToWrite(store);
    if (!folder) return folder.error();
    const std::string thumbprint = sha1Hex(entry.der);
    const fs::path file = *folder / (thumbprint + ".cer");
    // Properties first: a certificate that is seen has what belongs to it.
    if (!entry.friendlyName.empty() || entry.key != KeyState::None) {
        const nlohmann::json properties = {
            {"friendly_name", entry.friendlyName}, {"key", wordFor(entry.key)}, {"key_container", entry.keyContainer}};
        if (const auto written = replaceFile(beside(file), jsonText(properties)); !written) return written;
    } else if (const auto removed = removeIfThere(beside(file)); !removed) {
        return removed;
    }
    boost::system::error_code trouble;
    const bool known = fs::exists(file, trouble);
    if (const auto written = replaceFile(file, ByteView(entry.der)); !written || known) return written;
    // The same certificate may lie there under a name a person gave it.
    const auto others = held(store, false, Names::Other);
    if (!others) return Done{};  // another file of the store is damaged, which is not this certificate's fault
    for (const Held& other : *others)
        if (other.thumbprint == thumbprint)
            if (const auto removed = removeIfThere(other.file); !removed) return removed;
    return Done{};
}

Result<Done> FolderStores::removeHeld(const std::string& store, const std::string& thumbprint, bool crls) const
{
    const auto folders = foldersOf(store);
    const auto others = held(store, crls, Names::Other);
    if (!folders || !others) return folders ? others.error() : folders.error();
    std::vector<fs::path> files;
    for (const fs::path& folder : *folders)
        files.push_back(folder / (lowerAscii(thumbprint) + (crls ? ".crl" : ".cer")));
    for (const Held& other : *others)
        if (equalsIgnoringCase(other.thumbprint, thumbprint)) files.push_back(other.file);
    bool found = false;
    for (const fs::path& file : files) {
        boost::system::error_code trouble;
        if (!fs::exists(file, trouble)) continue;
        found = true;
        if (const auto removed = removeIfThere(file); !removed) return removed;
        if (!crls)
            if (const auto removed = removeIfThere(beside(file)); !removed) return removed;
    }
    return found ? Result<Done>(Done{}) : noSuchCertificate(store, thumbprint);
}

Result<Done> FolderStores::remove(const std::string& store, const std::string& thumbprint) const
{
    return removeHeld(store, thumbprint, false);
}

Result<std::vector<StoreCrl>> FolderStores::crls(const std::string& store) const
{
    auto files = held(store, true, Names::All);
    if (!files) return files.error();
    std::vector<StoreCrl> crls;
    for (Held& file : *files) crls.push_back({std::move(file.der), std::move(file.thumbprint)});
    return crls;
}

Result<Done> FolderStores::putCrl(const std::string& store, const StoreCrl& crl) const
{
    const auto folder = folderToWrite(store);
    if (!folder) return folder.error();
    return replaceFile(*folder / (sha1Hex(crl.der) + ".crl"), ByteView(crl.der));
}

Result<Done> FolderStores::removeCrl(const std::string& store, const std::string& thumbprint) const
{
    return removeHeld(store, thumbprint, true);
}

fs::path FolderStores::keyFile(const std::string& container) const
{
    return m_root / "keys" / pathFromUtf8(fileNameFor(container) + ".pem");
}

Result<Done> FolderStores::putKey(const std::string& container, const Secret& pem) const
{
    if (const auto made = makeFolders(m_root / "keys"); !made) return made;
    return pem.use(
        [&](std::string_view text) { return replaceFile(keyFile(container), viewOf(text), Readers::OwnerOnly); });
}

Result<Secret> FolderStores::key(const std::string& container) const
{
    auto text = readText(keyFile(container));
    if (!text) return text.error();
    return Secret(std::move(*text));
}

Result<Bytes> FolderStores::publicKey(const std::string& container) const
{
    const auto pem = key(container);
    if (!pem) return pem.error();
    if (auto half = publicKeyOf(*pem)) return std::move(*half);
    return Error{ErrorCode::Damaged,
                 {tr("{0} is not a private key in PEM form."), {utf8(keyFile(container))}},
                 utf8(keyFile(container)) + " is no key"};
}

Result<Done> FolderStores::removeKey(const std::string& container) const { return removeFile(keyFile(container)); }

}  // namespace monban::practice
