#include "runtime/bindings/node/fs_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/bindings/node/fs_request.h"

namespace dv8::node {
namespace {

bool IsFolder(const uv_stat_t& stat) { return (stat.st_mode & S_IFMT) == S_IFDIR; }

int CopyEmbedded(const VirtualRoot& root, const VirtualRoot::Entry& file, const std::string& to, int flags) {
  if (file.is_folder()) return UV_EISDIR;
  const int exclusive = flags & UV_FS_COPYFILE_EXCL ? O_EXCL : 0;
  const int fd = open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | exclusive, 0666);
  if (fd < 0) return -errno;
  const std::vector<std::byte> bytes = root.Read(file);
  const int rc = WriteAll(fd, reinterpret_cast<const char*>(bytes.data()), bytes.size());
  close(fd);
  return rc;
}

}  // namespace

int StatPath(const VirtualRoot* root, const std::string& path, bool follow, uv_stat_t* out) {
  if (root != nullptr) {
    if (const auto entry = root->FindOnly(path, follow)) {
      root->FillStat(*entry, out);
      return 0;
    }
  }
  uv_fs_t request;
  const int rc = follow ? uv_fs_stat(nullptr, &request, path.c_str(), nullptr) : uv_fs_lstat(nullptr, &request, path.c_str(), nullptr);
  if (rc == 0) *out = request.statbuf;
  uv_fs_req_cleanup(&request);
  return root == nullptr ? rc : root->Explain(path, rc);
}

int StatDescriptor(const VirtualRoot* root, int fd, uv_stat_t* out) {
  uv_fs_t request;
  const int rc = uv_fs_fstat(nullptr, &request, fd, nullptr);
  if (rc == 0) *out = request.statbuf;
  uv_fs_req_cleanup(&request);
  if (rc == 0 && root != nullptr) root->CorrectStat(out);
  return rc;
}

int AccessPath(const VirtualRoot* root, const std::string& path, int mode) {
  if (root != nullptr) {
    if (const auto entry = root->FindOnly(path)) return root->Access(*entry, mode);
  }
  if (access(path.c_str(), mode) == 0) return 0;
  const int error = -errno;
  return root == nullptr ? error : root->Explain(path, error);
}

int OpenPath(const VirtualRoot* root, const std::string& path, int flags, int mode) {
  if (root != nullptr) {
    if (const std::optional<int> opened = root->Open(path, flags)) return *opened;
  }
  const auto rc = static_cast<int>(RunUv(uv_fs_open, path.c_str(), flags, mode));
  return root == nullptr ? rc : root->Explain(path, rc);
}

int ListFolder(const VirtualRoot* root, const std::string& path, std::vector<FsEntry>* entries) {
  if (root != nullptr) {
    if (const auto entry = root->Find(path)) return root->List(*entry, entries);
  }
  const int rc = ListRealFolder(path.c_str(), entries);
  return root == nullptr ? rc : root->Explain(path, rc);
}

int CopyPath(const VirtualRoot* root, const std::string& from, const std::string& to, int flags) {
  if (root != nullptr) {
    if (const int rc = root->RefuseTarget(to); rc != 0) return rc;
    if (const auto file = root->FindOnly(from)) return CopyEmbedded(*root, *file, to, flags);
  }
  return static_cast<int>(RunUv(uv_fs_copyfile, from.c_str(), to.c_str(), flags));
}

int MakeFolder(const VirtualRoot* root, const std::string& path, int mode) {
  if (root != nullptr) {
    if (const int rc = root->RefuseNew(path); rc != 0) return rc;
  }
  return mkdir(path.c_str(), static_cast<mode_t>(mode)) == 0 ? 0 : -errno;
}

int MakeFolders(const VirtualRoot* root, const std::string& path, int mode, std::string* first) {
  std::vector<std::string> missing = {path};
  while (!missing.empty()) {
    const std::string next = std::move(missing.back());
    missing.pop_back();
    const int rc = MakeFolder(root, next, mode);
    if (rc == 0) {
      if (first->empty()) *first = next;
    } else if (rc == UV_ENOENT) {
      const size_t slash = next.rfind('/');
      if (slash == std::string::npos || slash == 0) return rc;  // Of a current folder that was removed.
      missing.push_back(next);
      missing.push_back(next.substr(0, slash));
    } else if (rc == UV_EACCES || rc == UV_ENOSPC || rc == UV_ENOTDIR || rc == UV_EPERM) {
      return rc;
    } else {
      uv_stat_t stat;
      const int found = StatPath(root, next, true, &stat);
      if (found < 0) return rc == UV_EEXIST ? found : rc;
      // A file that stands where a folder is needed is no folder; one that stands at the path exists.
      if (!IsFolder(stat)) return rc == UV_EEXIST && !missing.empty() ? UV_ENOTDIR : UV_EEXIST;
    }
  }
  return 0;
}

int ReadLink(const VirtualRoot* root, const std::string& path, std::string* target) {
  if (root != nullptr) {
    if (const auto entry = root->FindOnly(path, false)) {
      if (!entry->is_link) return UV_EINVAL;
      *target = root->ReadText(*entry);
      return 0;
    }
  }
  uv_fs_t request;
  const int rc = uv_fs_readlink(nullptr, &request, path.c_str(), nullptr);
  if (rc == 0) *target = static_cast<const char*>(request.ptr);
  uv_fs_req_cleanup(&request);
  return rc;
}

int MakeSymlink(const VirtualRoot* root, const std::string& target, const std::string& path) {
  if (root != nullptr) {
    if (const int rc = root->RefuseNew(path); rc != 0) return rc;
  }
  return symlink(target.c_str(), path.c_str()) == 0 ? 0 : -errno;
}

int UnlinkPath(const VirtualRoot* root, const std::string& path) {
  if (const int rc = RefuseChange(root, path); rc != 0) return rc;
  return unlink(path.c_str()) == 0 ? 0 : -errno;
}

int ReadToEnd(int fd, size_t limit, char** data, size_t* size) {
  constexpr size_t kFirst = 32 * 1024, kLargestStep = 8 * 1024 * 1024;
  size_t capacity = kFirst, used = 0;
  bool sized = false;
  auto* bytes = static_cast<char*>(std::malloc(capacity));
  const auto fail = [&](int rc) {
    std::free(bytes);
    return rc;
  };
  if (bytes == nullptr) return UV_ENOMEM;
  for (;;) {
    const ssize_t got = read(fd, bytes + used, capacity - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(-errno);
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (used < capacity) continue;
    size_t wanted = capacity + std::min(capacity, kLargestStep);
    if (struct stat info; !sized && fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
      const size_t rest = static_cast<size_t>(std::max<off_t>(info.st_size - lseek(fd, 0, SEEK_CUR), 0));
      if (rest > limit - std::min(limit, used)) return fail(UV_E2BIG);
      wanted = std::max(wanted, used + rest + 1);  // One byte more: the read that fills none of it is the last.
    }
    sized = true;
    if (wanted > limit) {
      if (capacity > limit) return fail(UV_E2BIG);
      wanted = limit + 1;
    }
    auto* grown = static_cast<char*>(std::realloc(bytes, wanted));
    if (grown == nullptr) return fail(UV_ENOMEM);
    bytes = grown;
    capacity = wanted;
  }
  if (used > limit) return fail(UV_E2BIG);
  *data = bytes;
  *size = used;
  return 0;
}

int WriteAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t written = write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -errno;
    data += written;
    size -= static_cast<size_t>(written);
  }
  return 0;
}

}  // namespace dv8::node
