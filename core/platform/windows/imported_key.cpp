// SPDX-License-Identifier: MIT
#include "core/platform/windows/imported_key.h"

#include "core/pki/digest.h"
#include "core/pki/pkcs12_writing.h"
#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// A password nobody ever sees, for one call.
Secret passwordForOnce()
{
    Bytes random = randomBytes(32);
    std::string text = hex(random);
    ::SecureZeroMemory(random.data(), random.size());
    return Secret(std::move(text));
}

/// The password as Windows wants it; wiped when it is no longer needed. ASCII only, as passwordForOnce() makes it.
class WidePassword {
public:
    explicit WidePassword(const Secret& password)
    {
        password.use([&](std::string_view text) { m_text.assign(text.begin(), text.end()); });
    }
    WidePassword(const WidePassword&) = delete;
    WidePassword& operator=(const WidePassword&) = delete;
    ~WidePassword() { ::SecureZeroMemory(m_text.data(), m_text.size() * sizeof(wchar_t)); }
    const wchar_t* text() const { return m_text.c_str(); }

private:
    std::wstring m_text;
};

/// Never with CRYPT_EXPORTABLE, always into the machine's key set, where http.sys finds it.
/// A key storage provider of CNG is preferred: Schannel fails at TLS 1.3 with RSA keys that lie in an old CryptoAPI
/// provider, which cannot sign with RSA-PSS (dotnet/runtime issue 58927, mended there by importing into the key storage
/// provider). "Prefer" gives way only to a provider that the file itself names, and ours names none (Microsoft's
/// description of PFXImportCertStore); where Windows has no such provider the call fails, so it is made once without.
StoreHandle storeOf(Bytes& file, const Secret& password)
{
    const WidePassword wide(password);
    CRYPT_DATA_BLOB blob{static_cast<DWORD>(file.size()), file.data()};
    for (const DWORD preference : {DWORD{PKCS12_PREFER_CNG_KSP}, DWORD{0}}) {
        ::SetLastError(0);
        if (StoreHandle store{::PFXImportCertStore(&blob, wide.text(), CRYPT_MACHINE_KEYSET | preference)}) return store;
    }
    return nullptr;
}

Error notTaken(const Certificate& certificate, DWORD code)
{
    if (code != 0) return windowsError("PFXImportCertStore", code);
    return {ErrorCode::Unsupported,
            {tr("Windows does not take a private key of this kind ({0}, {1} bits), and gives no reason. Ask the CA for a certificate "
                "with an RSA key of 2048 bits or more."),
             {certificate.key.algorithm, std::to_string(certificate.key.bits)}},
            "PFXImportCertStore: no reason given"};
}

/// Wine forgets in its link which key set it was, and names both uses of the key at once. False: nothing was missing.
bool complete(KeyLink& link)
{
    const KeyLink before = link;
    link.flags |= CRYPT_MACHINE_KEYSET;
    if (!link.isCng()) link.spec = link.useOf();
    return link.flags != before.flags || link.spec != before.spec;
}

}  // namespace

Result<ImportedKey> ImportedKey::take(const Secret& keyPem, const Certificate& certificate)
{
    // The user's file never reaches Windows: it may hold more than what was planned with, name a provider that asks for
    // something, or be encrypted in a way that Server 2016 cannot read.
    const Secret password = passwordForOnce();
    auto file = writePkcs12(keyPem, certificate, password);
    if (!file) return file.error();
    StoreHandle store = storeOf(*file, password);
    if (!store) return notTaken(certificate, ::GetLastError());

    auto found = certificatesIn(store.get(), certificate.thumbprintSha1);
    auto link = found.empty() ? std::nullopt : keyLinkOf(found.front().get());
    if (!link) return notTaken(certificate, 0);
    const bool wasCompleted = complete(*link);
    ImportedKey taken(std::move(store), std::move(found.front()), *link);
    if (wasCompleted)
        if (const auto set = setKeyLink(taken.certificate(), *link); !set) return set.error();
    return taken;
}

ImportedKey::ImportedKey(StoreHandle store, CertificateHandle certificate, KeyLink link)
    : m_store(std::move(store)), m_certificate(std::move(certificate)), m_link(std::move(link))
{
}

ImportedKey::ImportedKey(ImportedKey&& other) noexcept
    : m_store(std::move(other.m_store)), m_certificate(std::move(other.m_certificate)), m_link(std::move(other.m_link)), m_kept(other.m_kept)
{
    other.m_kept = true;
}

ImportedKey::~ImportedKey()
{
    // What a certificate in a store refers to is not of this import alone: Wine has one container for all of an account.
    if (!m_kept && !isKeyUsed(m_link)) (void)deleteKey(m_link);
}

}  // namespace monban::windows
