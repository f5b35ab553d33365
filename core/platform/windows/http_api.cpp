// SPDX-License-Identifier: MIT
#include "core/platform/windows/http_api.h"

#include "core/platform/windows/windows_error.h"

namespace monban::windows {
namespace {

/// HTTPAPI_VERSION, which is handed over by value.
struct ApiVersion {
    USHORT major;
    USHORT minor;
};
constexpr ApiVersion kVersion{2, 0};
constexpr ULONG kForConfiguration = 2;  // HTTP_INITIALIZE_CONFIG

using Initialize = ULONG(WINAPI*)(ApiVersion, ULONG, void*);
using Terminate = ULONG(WINAPI*)(ULONG, void*);
using Query = ULONG(WINAPI*)(HANDLE, ULONG, void*, ULONG, void*, ULONG, ULONG*, OVERLAPPED*);
using Change = ULONG(WINAPI*)(HANDLE, ULONG, void*, ULONG, OVERLAPPED*);

template <class Function>
Function function(HMODULE library, const char* name)
{
    return reinterpret_cast<Function>(reinterpret_cast<void*>(::GetProcAddress(library, name)));
}

class LoadedHttpApi final : public HttpApi {
public:
    explicit LoadedHttpApi(HMODULE library)
        : m_initialize(function<Initialize>(library, "HttpInitialize")),
          m_terminate(function<Terminate>(library, "HttpTerminate")),
          m_query(function<Query>(library, "HttpQueryServiceConfiguration")),
          m_set(function<Change>(library, "HttpSetServiceConfiguration")),
          m_remove(function<Change>(library, "HttpDeleteServiceConfiguration")),
          m_update(function<Change>(library, "HttpUpdateServiceConfiguration"))
    {
    }
    LoadedHttpApi(const LoadedHttpApi&) = delete;
    LoadedHttpApi& operator=(const LoadedHttpApi&) = delete;
    ~LoadedHttpApi() override
    {
        if (m_initialised) m_terminate(kForConfiguration, nullptr);
    }

    bool isComplete() const { return m_initialize && m_terminate && m_query && m_set && m_remove; }
    ULONG initialise()
    {
        const ULONG code = m_initialize(kVersion, kForConfiguration, nullptr);
        m_initialised = code == NO_ERROR;
        return code;
    }

    ULONG query(ULONG id, void* query, ULONG size, void* answer, ULONG answerSize, ULONG& needed) override
    {
        return m_query(nullptr, id, query, size, answer, answerSize, &needed, nullptr);
    }
    ULONG set(ULONG id, void* record, ULONG size) override { return m_set(nullptr, id, record, size, nullptr); }
    ULONG remove(ULONG id, void* record, ULONG size) override { return m_remove(nullptr, id, record, size, nullptr); }
    std::optional<ULONG> update(ULONG id, void* record, ULONG size) override
    {
        if (!m_update) return std::nullopt;
        const ULONG code = m_update(nullptr, id, record, size, nullptr);
        // The page of this call names no server that supports it: one may have it and do nothing.
        const bool isMissing = code == ERROR_INVALID_FUNCTION || code == ERROR_NOT_SUPPORTED || code == ERROR_CALL_NOT_IMPLEMENTED;
        return isMissing ? std::nullopt : std::optional(code);
    }

private:
    Initialize m_initialize;
    Terminate m_terminate;
    Query m_query;
    Change m_set;
    Change m_remove;
    Change m_update;
    bool m_initialised = false;
};

}  // namespace

Result<std::unique_ptr<HttpApi>> loadHttpApi(const fs::path& library)
{
    // A part of Windows: it stays loaded for as long as the program runs, whoever else uses it.
    const HMODULE module = ::LoadLibraryExW(library.c_str(), nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!module) {
        Error error = windowsError("LoadLibraryEx " + utf8(library), ::GetLastError());
        if (error.code == ErrorCode::NotFound) error.message = {tr("{0} is not on this computer."), {utf8(library)}};
        return error;
    }
    auto api = std::make_unique<LoadedHttpApi>(module);
    if (!api->isComplete()) return windowsError("GetProcAddress in " + utf8(library), ERROR_PROC_NOT_FOUND);
    if (const ULONG code = api->initialise()) return windowsError("HttpInitialize", code);
    return std::unique_ptr<HttpApi>(std::move(api));
}

}  // namespace monban::windows
