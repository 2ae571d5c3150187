#include "packager/process/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace dv8 {

Result<TempDir> TempDir::Make() {
  const char* named = getenv("TMPDIR");
  int error = ENOENT;
  // A bare chroot may have neither /tmp nor /var/tmp.
  for (const char* base : {named != nullptr && named[0] == '/' ? named : "/tmp", "/tmp",
                           "/var/tmp", "."}) {
    char resolved[PATH_MAX];
    if (realpath(base, resolved) == nullptr) continue;
    std::string path = std::string(resolved) + "/dv8pack-XXXXXX";
    if (mkdtemp(path.data()) != nullptr) return TempDir(std::move(path));
    error = errno;
  }
  return Diagnostic{std::string("cannot make a temporary folder: ") + strerror(error), "", 0, 0,
                    "name a folder that can be written in TMPDIR"};
}

TempDir::~TempDir() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<std::string> ReadFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Diagnostic{std::string("cannot be read: ") + strerror(errno), path};
  std::string bytes;
  struct stat info;
  if (fstat(fd, &info) == 0 && info.st_size > 0) bytes.resize(info.st_size);
  size_t size = 0;
  while (true) {
    if (size == bytes.size()) bytes.resize(size + 4096);
    const ssize_t got = read(fd, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      close(fd);
      return Diagnostic{std::string("cannot be read: ") + strerror(error), path};
    }
    if (got == 0) break;
    size += got;
  }
  close(fd);
  bytes.resize(size);
  return bytes;
}

Result<Done> WriteFile(const std::string& path, std::string_view bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return Diagnostic{std::string("cannot be written: ") + strerror(errno), path};
  int error = 0;
  for (size_t done = 0; done < bytes.size() && error == 0;) {
    const ssize_t put = write(fd, bytes.data() + done, bytes.size() - done);
    if (put >= 0) {
      done += put;
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (close(fd) != 0 && error == 0) error = errno;
  if (error != 0) return Diagnostic{std::string("cannot be written: ") + strerror(error), path};
  return Done{};
}

}  // namespace dv8
