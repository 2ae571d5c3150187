#include "packager/process/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <new>
#include <system_error>

namespace dv8 {
namespace {

namespace fs = std::filesystem;

// A folder that is younger may not have been locked yet.
constexpr time_t kLockedBySeconds = 60;
// What removing a folder may need when nothing else is left.
constexpr size_t kReserve = size_t{1} << 20;

std::vector<std::string> live_folders;
char* reserve = nullptr;

int OpenLocked(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// Removes what killed runs of this user left in `base`.
void Sweep(const std::string& base) {
  std::error_code error;
  for (fs::directory_iterator at(base, error), end; !error && at != end; at.increment(error)) {
    if (!at->path().filename().native().starts_with(kTempDirName)) continue;
    struct stat info;
    if (lstat(at->path().c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
        time(nullptr) - info.st_mtime < kLockedBySeconds) {
      continue;
    }
    const int lock = OpenLocked(at->path());
    if (lock < 0) continue;
    std::error_code ignored;
    fs::remove_all(at->path(), ignored);
    close(lock);
  }
}

void EndOutOfMemory() {
  std::set_new_handler(nullptr);
  delete[] reserve;
  std::error_code ignored;
  for (const std::string& folder : live_folders) fs::remove_all(folder, ignored);
  static constexpr std::string_view kText = "dv8pack: error: out of memory\n";
  (void)!write(2, kText.data(), kText.size());
  _exit(1);
}

}  // namespace

void CatchOutOfMemory() {
  std::set_new_handler(EndOutOfMemory);
  reserve = new char[kReserve];
}

Result<TempDir> TempDir::Make() {
  const char* named = getenv("TMPDIR");
  int error = ENOENT;
  // A bare chroot may have neither /tmp nor /var/tmp.
  for (const char* base : {named != nullptr && named[0] == '/' ? named : "/tmp", "/tmp", "/var/tmp", "."}) {
    char resolved[PATH_MAX];
    if (realpath(base, resolved) == nullptr) continue;
    Sweep(resolved);
    std::string path = std::string(resolved) + "/" + std::string(kTempDirName) + "XXXXXX";
    if (mkdtemp(path.data()) != nullptr) {
      live_folders.push_back(path);
      return TempDir(path, OpenLocked(path));
    }
    error = errno;
  }
  return Diagnostic{std::string("cannot make a temporary folder: ") + strerror(error), "", 0, 0,
                    "name a folder that can be written in TMPDIR"};
}

TempDir::~TempDir() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (lock_ >= 0) close(lock_);
  std::erase(live_folders, path_);
}

Result<std::string> ReadFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Diagnostic{std::string("cannot be read: ") + strerror(errno), path};
  std::string bytes;
  struct stat info;
  if (fstat(fd, &info) == 0 && info.st_size > 0) bytes.resize(info.st_size);
  size_t size = 0;
  while (true) {
    // The end shows in a buffer of its own: a larger string would be a second copy for a moment.
    char more[4096];
    const bool full = size == bytes.size();
    const ssize_t got = full ? read(fd, more, sizeof(more)) : read(fd, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      close(fd);
      return Diagnostic{std::string("cannot be read: ") + strerror(error), path};
    }
    if (got == 0) break;
    if (full) bytes.append(more, got);
    size += got;
  }
  close(fd);
  bytes.resize(size);
  return bytes;
}

Result<Done> WriteFile(const std::string& path, std::string_view bytes) {
  const std::span<const std::byte> piece = AsBytes(bytes);
  return WriteFile(path, std::span(&piece, 1));
}

Result<Done> WriteFile(const std::string& path, std::span<const std::span<const std::byte>> pieces) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return Diagnostic{std::string("cannot be written: ") + strerror(errno), path};
  int error = 0;
  for (std::span<const std::byte> left : pieces) {
    while (!left.empty() && error == 0) {
      const ssize_t put = write(fd, left.data(), left.size());
      if (put >= 0) {
        left = left.subspan(static_cast<size_t>(put));
      } else if (errno != EINTR) {
        error = errno;
      }
    }
  }
  if (close(fd) != 0 && error == 0) error = errno;
  if (error != 0) return Diagnostic{std::string("cannot be written: ") + strerror(error), path};
  return Done{};
}

}  // namespace dv8
