// SPDX-License-Identifier: MIT
// What Windows' libraries themselves say, without a line of the lab's or the product's own. probe.exe OUT STORE...
// writes for each LocalMachine store the certificates with their link to a key, and whether that key opens and signs;
// probe.exe OUT --http how many records of IP:port httpapi.dll tells of. probe.exe OUT --hold FILE keeps the file for itself
// until its standard input ends, and writes when it has it.
#include <windows.h>

#include <http.h>
#include <wincrypt.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::string hex(const std::vector<BYTE>& bytes)
{
    std::string text;
    for (const BYTE byte : bytes) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", byte);
        text += digits;
    }
    return text;
}

std::string jsonText(const wchar_t* text)
{
    char buffer[2048] = {};
    WideCharToMultiByte(CP_UTF8, 0, text, -1, buffer, sizeof buffer - 1, nullptr, nullptr);
    std::string escaped;
    for (const char* at = buffer; *at != '\0'; ++at) {
        if (*at == '"' || *at == '\\') escaped += '\\';
        escaped += *at;
    }
    return escaped;
}

std::vector<BYTE> property(const CERT_CONTEXT* context, DWORD id)
{
    DWORD size = 0;
    if (!CertGetCertificateContextProperty(context, id, nullptr, &size)) return {};
    std::vector<BYTE> value(size);
    CertGetCertificateContextProperty(context, id, value.data(), &size);
    return value;
}

/// One signature with the key in that container, checked with the public key of the certificate.
bool signsFor(const CERT_CONTEXT* context, HCRYPTPROV provider)
{
    HCRYPTHASH hash = 0;
    HCRYPTKEY publicKey = 0;
    const BYTE data[] = "門番";
    std::vector<BYTE> signature(1024);
    DWORD size = static_cast<DWORD>(signature.size());
    const bool fits = CryptCreateHash(provider, CALG_SHA1, 0, 0, &hash) && CryptHashData(hash, data, sizeof data, 0) &&
                      CryptSignHashW(hash, AT_KEYEXCHANGE, nullptr, 0, signature.data(), &size) &&
                      CryptImportPublicKeyInfo(provider, X509_ASN_ENCODING, &context->pCertInfo->SubjectPublicKeyInfo,
                                               &publicKey) &&
                      CryptVerifySignatureW(hash, signature.data(), size, publicKey, nullptr, 0);
    if (publicKey) CryptDestroyKey(publicKey);
    if (hash) CryptDestroyHash(hash);
    return fits;
}

bool exportable(HCRYPTPROV provider)
{
    HCRYPTKEY key = 0;
    if (!CryptGetUserKey(provider, AT_KEYEXCHANGE, &key)) return false;
    DWORD size = 0;
    const bool leaves = CryptExportKey(key, 0, PRIVATEKEYBLOB, 0, nullptr, &size);
    CryptDestroyKey(key);
    return leaves;
}

void writeKey(std::FILE* out, const CERT_CONTEXT* context)
{
    const auto link = property(context, CERT_KEY_PROV_INFO_PROP_ID);
    if (link.empty()) {
        std::fprintf(out, "\"key\": null}");
        return;
    }
    const auto* const info = reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(link.data());
    HCRYPTPROV provider = 0;
    const bool there = CryptAcquireContextW(&provider, info->pwszContainerName, info->pwszProvName, info->dwProvType,
                                            CRYPT_MACHINE_KEYSET | CRYPT_SILENT);
    std::fprintf(out, "\"key\": {\"container\": \"%s\", \"machine\": %s, \"there\": %s, \"signs\": %s, \"exportable\": %s}}",
                 jsonText(info->pwszContainerName).c_str(), info->dwFlags & CRYPT_MACHINE_KEYSET ? "true" : "false",
                 there ? "true" : "false", there && signsFor(context, provider) ? "true" : "false",
                 there && exportable(provider) ? "true" : "false");
    if (there) CryptReleaseContext(provider, 0);
}

void writeStore(std::FILE* out, const wchar_t* name)
{
    const HCERTSTORE store =
        CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_READONLY_FLAG, name);
    std::fprintf(out, "\"%s\": {\"certificates\": {", jsonText(name).c_str());
    const char* between = "";
    for (const CERT_CONTEXT* at = nullptr; (at = CertEnumCertificatesInStore(store, at)) != nullptr; between = ",") {
        auto friendly = property(at, CERT_FRIENDLY_NAME_PROP_ID);
        friendly.resize(friendly.size() + sizeof(wchar_t));
        std::fprintf(out, "%s\n\"%s\": {\"friendly_name\": \"%s\", ", between, hex(property(at, CERT_SHA1_HASH_PROP_ID)).c_str(),
                     jsonText(reinterpret_cast<const wchar_t*>(friendly.data())).c_str());
        writeKey(out, at);
    }
    int lists = 0;
    for (const CRL_CONTEXT* at = nullptr; (at = CertEnumCRLsInStore(store, at)) != nullptr;) ++lists;
    std::fprintf(out, "}, \"crls\": %d}", lists);
    CertCloseStore(store, 0);
}

template <class Function>
Function* named(HMODULE library, const char* name)
{
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(GetProcAddress(library, name)));
}

void writeRecords(std::FILE* out)
{
    const HMODULE library = LoadLibraryExW(L"httpapi.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
    const auto initialize = named<decltype(HttpInitialize)>(library, "HttpInitialize");
    const auto query = named<decltype(HttpQueryServiceConfiguration)>(library, "HttpQueryServiceConfiguration");
    HTTPAPI_VERSION version{};
    version.HttpApiMajorVersion = 1;
    int records = 0;
    ULONG answer = initialize(version, HTTP_INITIALIZE_CONFIG, nullptr);
    HTTP_SERVICE_CONFIG_SSL_QUERY next{};
    next.QueryDesc = HttpServiceConfigQueryNext;
    std::vector<BYTE> buffer(65'536);
    for (; answer == NO_ERROR; ++next.dwToken) {
        ULONG size = 0;
        answer = query(nullptr, HttpServiceConfigSSLCertInfo, &next, sizeof next, buffer.data(), static_cast<ULONG>(buffer.size()),
                       &size, nullptr);
        if (answer == NO_ERROR) ++records;
    }
    std::fprintf(out, "\"records\": %d, \"end\": %lu", records, answer);
}

/// As a virus scanner or an editor does that lets nobody else in.
bool hold(std::FILE* out, const wchar_t* file)
{
    const HANDLE held = CreateFileW(file, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    if (held == INVALID_HANDLE_VALUE) return false;
    std::fprintf(out, "{}\n");
    std::fflush(out);
    while (std::getchar() != EOF) {}
    return CloseHandle(held);
}

}  // namespace

int wmain(int count, wchar_t** list)
{
    if (count < 2) return 1;
    std::FILE* const out = _wfopen(list[1], L"wb");
    if (!out) return 2;
    if (count == 4 && std::wstring_view(list[2]) == L"--hold") return hold(out, list[3]) && std::fclose(out) == 0 ? 0 : 3;
    std::fprintf(out, "{");
    const bool http = count > 2 && std::wstring_view(list[2]) == L"--http";
    if (http) writeRecords(out);
    for (int i = 2; i < count && !http; ++i) {
        if (i > 2) std::fprintf(out, ",\n");
        writeStore(out, list[i]);
    }
    std::fprintf(out, "}\n");
    return std::fclose(out) == 0 ? 0 : 3;
}
