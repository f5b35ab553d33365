// SPDX-License-Identifier: MIT
#pragma once
#include <windows.h>

#include <ncrypt.h>
#include <wincrypt.h>

#include <utility>

#include "core/platform/windows/key_link.h"

namespace monban::windows {

inline void release(HCRYPTPROV provider) { ::CryptReleaseContext(provider, 0); }
inline void destroyKey(HCRYPTKEY key) { ::CryptDestroyKey(key); }
inline void destroyHash(HCRYPTHASH hash) { ::CryptDestroyHash(hash); }
inline void freeObject(NCRYPT_HANDLE object) { ::NCryptFreeObject(object); }

/// A handle that is a number, released with the function of its kind.
template <auto releaseIt>
class NumberHandle {
public:
    NumberHandle() = default;
    NumberHandle(NumberHandle&& other) noexcept : m_number(other.letGo()) {}
    NumberHandle& operator=(NumberHandle&& other) noexcept
    {
        std::swap(m_number, other.m_number);
        return *this;
    }
    ~NumberHandle()
    {
        if (m_number != 0) releaseIt(m_number);
    }
    ULONG_PTR get() const { return m_number; }
    ULONG_PTR* out() { return &m_number; }  ///< for the call that opens it
    ULONG_PTR letGo() { return std::exchange(m_number, 0); }

private:
    ULONG_PTR m_number = 0;
};

using CapiProvider = NumberHandle<release>;
using CapiKey = NumberHandle<destroyKey>;
using CapiHash = NumberHandle<destroyHash>;
using CngObject = NumberHandle<freeObject>;

/// A private key, open: of CryptoAPI a container and the key in it, or one of CNG.
struct OpenedKey {
    CapiProvider container;
    CapiKey capi;
    CngObject cng;
};

/// Opens the key in the machine's key set; silently, so a key that needs a person (a smart card's) is refused instead of
/// asking one who may not be there. What Windows answers: 0 for an opened key.
DWORD openKey(const KeyLink& link, OpenedKey& key);

/// Whether that answer means that there is no such key, or no provider that could hold it. Anything else is a key that
/// is there and may not, or cannot now, be opened.
bool meansNoKey(DWORD answer);

}  // namespace monban::windows
