#include "runtime/payload/mapped_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace dv8 {

Result<MappedFile> MappedFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info;
  void* memory = nullptr;
  bool ok = fd >= 0 && fstat(fd, &info) == 0;
  // There is no mapping of nothing.
  if (ok && info.st_size > 0) {
    memory = mmap(nullptr, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    ok = memory != MAP_FAILED;
  }
  const int error = errno;
  if (fd >= 0) close(fd);
  if (!ok) return Diagnostic{std::string("cannot be read: ") + strerror(error), path};
  return MappedFile({static_cast<const std::byte*>(memory), static_cast<size_t>(info.st_size)});
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace dv8
