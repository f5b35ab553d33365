// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/utf8.h"

namespace monban {

/// Certificates, requests, answers files and configurations are far smaller; whatever is larger is refused unread.
constexpr std::uint64_t kLargestInput = 32u * 1024 * 1024;

/// The whole file. Errors: NotFound, Denied, InvalidInput (a folder or a device), Unsupported (larger than the limit), Io.
Result<Bytes> readFile(const fs::path& path, std::uint64_t limit = kLargestInput);
Result<std::string> readText(const fs::path& path, std::uint64_t limit = kLargestInput);

/// Who may read a file that is written.
enum class Readers { Everybody, OwnerOnly };

/// Writes beside the file, flushes to the disk and renames over it: a reader, or a machine that loses power, sees the
/// old content or the new one, never a part. Errors: Denied, NotFound (no such folder), Io (disk full).
Result<Done> replaceFile(const fs::path& path, ByteView content, Readers readers = Readers::Everybody);
Result<Done> replaceFile(const fs::path& path, const std::string& content, Readers readers = Readers::Everybody);

Result<Done> removeFile(const fs::path& path);
Result<Done> makeFolders(const fs::path& path);

/// An exclusive lock between processes (and between threads: each holder opens the file anew), let go on destruction
/// and by the system when its process dies.
class FileLock {
public:
    virtual ~FileLock() = default;
};
/// Waits at most that long. Errors: Busy, Denied, Io.
Result<std::unique_ptr<FileLock>> lockFile(const fs::path& path, int milliseconds = 10'000);

}  // namespace monban
