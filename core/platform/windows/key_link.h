// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/observe/facts.h"
#include "core/platform/windows/machine_store.h"

namespace monban::windows {

/// Where a certificate's private key is kept, as CERT_KEY_PROV_INFO_PROP_ID names it: the one thing that ties the two
/// together. A key is always looked for in the machine's key set: http.sys uses no other, and Wine forgets the flag that
/// says so.
struct KeyLink {
    std::wstring container;
    std::wstring provider;  ///< empty: the default one of that type
    DWORD type = 0;         ///< 0: a key storage provider of CNG; else a CryptoAPI provider's type
    DWORD flags = 0;
    DWORD spec = 0;

    bool isCng() const { return type == 0; }
    /// AT_SIGNATURE where it says so, else AT_KEYEXCHANGE: Wine writes both at once.
    DWORD useOf() const { return spec == AT_SIGNATURE ? AT_SIGNATURE : AT_KEYEXCHANGE; }
};

/// Nothing where no private key belongs to the certificate.
std::optional<KeyLink> keyLinkOf(const CERT_CONTEXT* certificate);
Result<Done> setKeyLink(const CERT_CONTEXT* certificate, const KeyLink& link);
/// The other certificate's link as it is, with whatever parameters it carries; none takes it away.
Result<Done> copyKeyLink(const CERT_CONTEXT* from, const CERT_CONTEXT* to);
Result<Done> removeKeyLink(const CERT_CONTEXT* certificate);

/// Whether both name one key. The names of containers and providers ignore case.
bool sameKey(const KeyLink& a, const KeyLink& b);

/// Opens the key without a dialog and looks whether it may leave; never None.
KeyState keyStateOf(const KeyLink& link);

/// Deletes the container with its key. Only one of the machine's key set that has a name: the default container of a
/// provider, or a user's own, is never taken away. A key that is gone already is no error. Errors: Denied, Io.
Result<Done> deleteKey(const KeyLink& link);

/// Whether a certificate in any LocalMachine store refers to that key; also where one of them cannot be read.
bool isKeyUsed(const KeyLink& link);

}  // namespace monban::windows
