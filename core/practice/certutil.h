// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/pki/certificate.h"
#include "core/practice/shell.h"

/// The parts of the practice server's certutil.
namespace monban::practice::certutil {

struct Options {
    bool force = false;
    bool user = false;
    bool urlFetch = false;
    std::optional<std::string> password;  ///< -p
};

/// One verb with its arguments, and how it ends.
struct Call {
    Shell& shell;
    Options options;
    std::string verb;  ///< as certutil spells it: "addstore", "importPFX"
    std::vector<std::string> arguments;

    Reply completed(const std::string& text) const;
    /// The code is a Win32 code or an HRESULT; the text is what was printed before.
    Reply failed(std::uint32_t code, const std::string& text = {}) const;
    Reply failed(const Error& error, const std::string& text = {}) const;
    Reply needsAdministrator() const;

    /// What the back-end calls the store that was typed: with -user one of the caller's own.
    std::string storeName(const std::string& typed) const { return (options.user ? kUserStores : "") + typed; }
};

Reply addStore(Call& call);
Reply deleteStore(Call& call);
Reply listStore(Call& call);
Reply importPfx(Call& call);
Reply repairStore(Call& call);
Reply verify(Call& call);
Reply urlCache(Call& call);
Reply setRegistry(Call& call);
Reply getRegistry(Call& call);
Reply deleteRegistry(Call& call);
Reply dump(Call& call);
Reply hashFile(Call& call);

/// `ROOT "Trusted Root Certification Authorities"`: the store as typed and its display name.
std::string storeLine(const Shell& shell, const std::string& store);
/// The block that -store, -dump and -verify print of one certificate.
std::string certificateText(const Shell& shell, const Certificate& certificate, const StoreEntry* entry);
/// The certificate and its issuers out of ROOT and CA (and of others that came with it), up to a trusted root.
struct Chain {
    std::vector<Certificate> certificates;  ///< the certificate itself first
    bool trusted = false;
};
Chain chainOf(Backend& backend, const Certificate& leaf, const std::vector<Certificate>& others = {});

/// What messages call a certificate: its CN, or else its whole name.
std::string shownName(const Certificate& certificate);
/// The part of an RFC 4514 name that certutil shows for a CRL: its CN.
std::string commonNameOf(const std::string& rfc4514);

/// The certificates and revocation lists of a store that a CertId names: a number, serial, hash, container or name.
struct Matches {
    std::vector<std::size_t> certificates;
    std::vector<std::size_t> crls;
    bool empty() const { return certificates.empty() && crls.empty(); }
};
Result<Matches> matching(const std::vector<StoreEntry>& entries, const std::vector<StoreCrl>& crls,
                         const std::string& id);

}  // namespace monban::practice::certutil
