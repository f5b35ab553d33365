// SPDX-License-Identifier: MIT
#include "core/base/file.h"

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace monban {
namespace {

/// Closes on every way out.
class Descriptor {
public:
    explicit Descriptor(int descriptor) : m_descriptor(descriptor) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    int get() const { return m_descriptor; }
    /// What close() itself reports (a full disk on some file systems) matters after writing.
    int close()
    {
        const int result = ::close(m_descriptor);
        m_descriptor = -1;
        return result;
    }

private:
    int m_descriptor;
};

Error posixError(const fs::path& path, int number, const char* what)
{
    const std::string file = utf8(path);
    const std::string detail = std::string(what) + " " + file + ": " + std::strerror(number);
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return {ErrorCode::NotFound, {tr("{0} is not there."), {file}}, detail};
    case EACCES:
    case EPERM:
    case EROFS:
        return {ErrorCode::Denied, {tr("The right to use {0} is missing."), {file}}, detail};
    case EISDIR:
        return {ErrorCode::InvalidInput, {tr("{0} is a folder; a file is needed."), {file}}, detail};
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return {ErrorCode::Io, {tr("The disk is full: {0} could not be written."), {file}}, detail};
    default:
        return {ErrorCode::Io, {tr("{0} could not be used: {1}"), {file, std::strerror(number)}}, detail};
    }
}

Result<Done> syncFolder(const fs::path& file)
{
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A file system that cannot flush a folder (EINVAL) keeps the rename in its own journal.
    if (descriptor.get() < 0 || (::fsync(descriptor.get()) != 0 && errno != EINVAL))
        return posixError(folder, errno, "fsync");
    return Done{};
}

class FlockLock final : public FileLock {
public:
    explicit FlockLock(int descriptor) : m_descriptor(descriptor) {}

private:
    Descriptor m_descriptor;
};

}  // namespace

Result<Bytes> readFile(const fs::path& path, std::uint64_t limit)
{
    // Without O_NONBLOCK the open of a pipe waits for its writer.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return posixError(path, errno, "open");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return posixError(path, errno, "fstat");
    if (S_ISDIR(status.st_mode)) return posixError(path, EISDIR, "open");
    if (!S_ISREG(status.st_mode))
        return Error{ErrorCode::InvalidInput, {tr("{0} is not an ordinary file."), {utf8(path)}}, "not a regular file"};
    Bytes content;
    content.reserve(2 * 65536);  // a small file is never moved: a password's would stay where it was
    for (;;) {
        const std::size_t have = content.size();
        if (have > limit || static_cast<std::uint64_t>(status.st_size) > limit)
            return Error{ErrorCode::Unsupported,
                         {tr("{0} is larger than {1} MB, which no such file is."), {utf8(path), std::to_string(limit >> 20)}},
                         "over the size limit"};
        content.resize(have + 65536);
        const ssize_t got = ::read(file.get(), content.data() + have, 65536);
        if (got < 0 && errno == EINTR) {
            content.resize(have);
            continue;
        }
        if (got < 0) return posixError(path, errno, "read");
        content.resize(have + static_cast<std::size_t>(got));
        if (got == 0) return content;
    }
}

Result<Done> replaceFile(const fs::path& path, ByteView content, Readers readers)
{
    const fs::path beside = path.parent_path() / fs::path("." + path.filename().native() + ".new-" + std::to_string(::getpid()));
    const mode_t mode = readers == Readers::OwnerOnly ? 0600 : 0644;
    Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
    if (file.get() < 0 && errno == ENOENT)
        return Error{ErrorCode::NotFound, {tr("{0} cannot be written: its folder is not there."), {utf8(path)}}, "create " + utf8(path)};
    if (file.get() < 0) return posixError(path, errno, "create");
    int trouble = 0;
    for (std::size_t at = 0; at < content.size() && trouble == 0;) {
        const ssize_t wrote = ::write(file.get(), content.data() + at, content.size() - at);
        if (wrote >= 0) at += static_cast<std::size_t>(wrote);
        else if (errno != EINTR) trouble = errno;
    }
    if (trouble == 0 && ::fsync(file.get()) != 0) trouble = errno;
    if (file.close() != 0 && trouble == 0) trouble = errno;
    if (trouble == 0 && ::rename(beside.c_str(), path.c_str()) != 0) trouble = errno;
    if (trouble != 0) {
        ::unlink(beside.c_str());
        return posixError(path, trouble, "write");
    }
    return syncFolder(path);
}

Result<std::unique_ptr<FileLock>> lockFile(const fs::path& path, int milliseconds)
{
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) return posixError(path, errno, "open");
    std::unique_ptr<FileLock> lock = std::make_unique<FlockLock>(descriptor);
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return posixError(path, errno, "lock");
        if (std::chrono::steady_clock::now() >= until)
            return Error{ErrorCode::Busy, {tr("{0} is in use by another program."), {utf8(path)}}, "lock held"};
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return lock;
}

Result<Done> removeFile(const fs::path& path)
{
    if (::unlink(path.c_str()) != 0) return posixError(path, errno, "remove");
    return syncFolder(path);
}

Result<Done> makeFolders(const fs::path& path)
{
    boost::system::error_code trouble;
    fs::create_directories(path, trouble);
    if (trouble) return posixError(path, trouble.value(), "create folder");
    return Done{};
}

}  // namespace monban
