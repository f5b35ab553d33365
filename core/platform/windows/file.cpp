// SPDX-License-Identifier: MIT
#include <windows.h>

#include <chrono>
#include <memory>
#include <thread>

#include "core/base/file.h"
#include "core/platform/windows/handle.h"
#include "core/platform/windows/long_path.h"

namespace monban {
namespace {

using windows::extendedPath;
using windows::Handle;

Error windowsError(const fs::path& path, DWORD number, const char* what)
{
    const std::string file = utf8(path);
    const std::string detail = std::string(what) + " " + file + ": Windows error " + std::to_string(number);
    switch (number) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
        return {ErrorCode::NotFound, {tr("{0} is not there."), {file}}, detail};
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT:
    case ERROR_PRIVILEGE_NOT_HELD:
        return {ErrorCode::Denied, {tr("The right to use {0} is missing."), {file}}, detail};
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
        return {ErrorCode::Busy, {tr("{0} is in use by another program."), {file}}, detail};
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return {ErrorCode::Io, {tr("The disk is full: {0} could not be written."), {file}}, detail};
    default:
        return {ErrorCode::Io, {tr("{0} could not be used: {1}"), {file, "Windows error " + std::to_string(number)}}, detail};
    }
}

Handle open(const fs::path& path, DWORD access, DWORD share, DWORD disposition)
{
    return windows::handleOf(::CreateFileW(extendedPath(path).c_str(), access, share, nullptr, disposition, FILE_ATTRIBUTE_NORMAL, nullptr));
}

bool isFolder(const fs::path& path)
{
    const DWORD attributes = ::GetFileAttributesW(extendedPath(path).c_str());
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/// Zero, or Windows' error; a folder that is there already is none.
DWORD makeFolder(const fs::path& path)
{
    if (::CreateDirectoryW(extendedPath(path).c_str(), nullptr)) return 0;
    const DWORD number = ::GetLastError();
    return isFolder(path) ? 0 : number;
}

class HandleLock final : public FileLock {
public:
    explicit HandleLock(Handle handle) : m_handle(std::move(handle)) {}

private:
    Handle m_handle;
};

}  // namespace

Result<Bytes> readFile(const fs::path& path, std::uint64_t limit)
{
    if (isFolder(path))
        return Error{ErrorCode::InvalidInput, {tr("{0} is a folder; a file is needed."), {utf8(path)}}, "a folder"};
    const Handle file = open(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, OPEN_EXISTING);
    if (!file) return windowsError(path, ::GetLastError(), "open");
    if (::GetFileType(file.get()) != FILE_TYPE_DISK)
        return Error{ErrorCode::InvalidInput, {tr("{0} is not an ordinary file."), {utf8(path)}}, "not a disk file"};
    Bytes content;
    content.reserve(2 * 65536);  // a small file is never moved: a password's would stay where it was
    for (;;) {
        const std::size_t have = content.size();
        if (have > limit)
            return Error{ErrorCode::Unsupported,
                         {tr("{0} is larger than {1} MB, which no such file is."), {utf8(path), std::to_string(limit >> 20)}},
                         "over the size limit"};
        content.resize(have + 65536);
        DWORD got = 0;
        if (!::ReadFile(file.get(), content.data() + have, 65536, &got, nullptr))
            return windowsError(path, ::GetLastError(), "read");
        content.resize(have + got);
        if (got == 0) return content;
    }
}

Result<Done> replaceFile(const fs::path& path, ByteView content, Readers)
{
    // Who may read it follows from the folder's access list, which new files inherit.
    const fs::path beside =
        path.parent_path() / (L"." + path.filename().native() + L".new-" + std::to_wstring(::GetCurrentProcessId()));
    {
        const Handle file = open(beside, GENERIC_WRITE, 0, CREATE_ALWAYS);
        if (!file && ::GetLastError() == ERROR_PATH_NOT_FOUND)
            return Error{ErrorCode::NotFound, {tr("{0} cannot be written: its folder is not there."), {utf8(path)}}, "create " + utf8(path)};
        if (!file) return windowsError(path, ::GetLastError(), "create");
        DWORD trouble = 0;
        for (std::size_t at = 0; at < content.size() && trouble == 0;) {
            DWORD wrote = 0;
            const auto count = static_cast<DWORD>(std::min<std::size_t>(content.size() - at, 1u << 24));
            if (!::WriteFile(file.get(), content.data() + at, count, &wrote, nullptr)) trouble = ::GetLastError();
            at += wrote;
        }
        if (trouble == 0 && !::FlushFileBuffers(file.get())) trouble = ::GetLastError();
        if (trouble != 0) {
            const Error error = windowsError(path, trouble, "write");
            ::DeleteFileW(extendedPath(beside).c_str());
            return error;
        }
    }
    // A virus scanner or a reader may hold the old file for a moment.
    for (int attempt = 0;; ++attempt) {
        if (::MoveFileExW(extendedPath(beside).c_str(), extendedPath(path).c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) return Done{};
        const DWORD number = ::GetLastError();
        if (attempt == 50 || (number != ERROR_ACCESS_DENIED && number != ERROR_SHARING_VIOLATION)) {
            ::DeleteFileW(extendedPath(beside).c_str());
            return windowsError(path, number, "replace");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

Result<std::unique_ptr<FileLock>> lockFile(const fs::path& path, int milliseconds)
{
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    for (;;) {
        // Opened for nobody else: the system closes it with the process, whatever happens.
        Handle file = open(path, GENERIC_READ | GENERIC_WRITE, 0, OPEN_ALWAYS);
        if (file) return std::unique_ptr<FileLock>(std::make_unique<HandleLock>(std::move(file)));
        const DWORD number = ::GetLastError();
        if (number != ERROR_SHARING_VIOLATION) return windowsError(path, number, "lock");
        if (std::chrono::steady_clock::now() >= until) return windowsError(path, number, "lock");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

Result<Done> removeFile(const fs::path& path)
{
    if (!::DeleteFileW(extendedPath(path).c_str())) return windowsError(path, ::GetLastError(), "remove");
    return Done{};
}

Result<Done> makeFolders(const fs::path& path)
{
    DWORD number = makeFolder(path);
    const fs::path parent = path.parent_path();
    if (number == ERROR_PATH_NOT_FOUND && !parent.empty() && parent != path) {
        if (auto made = makeFolders(parent); !made) return made;
        number = makeFolder(path);
    }
    return number == 0 ? Result<Done>(Done{}) : windowsError(path, number, "create folder");
}

}  // namespace monban
