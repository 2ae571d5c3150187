#include "runtime/bindings/node/virtual_root.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <iterator>
#include <mutex>

#include "runtime/core/embedded_files.h"
#include "runtime/core/environment.h"

namespace dv8::node {
namespace {

constexpr int kDamaged = 70;

[[noreturn]] void Die(const Diagnostic& error) {
  std::fprintf(stderr, "dv8: %s\n", error.text.c_str());
  Environment::ExitNow(kDamaged);
}

std::once_flag root_is_made;
std::atomic<bool> has_asked{false};
std::atomic<const VirtualRoot*> the_root{nullptr};

// The process's current folder, when it is not the disk's.
std::atomic<bool> has_current_folder{false};
std::mutex current_folder_lock;
std::string current_folder;

void SetCurrentFolder(std::string path) {
  const std::lock_guard lock(current_folder_lock);
  has_current_folder = !path.empty();
  current_folder = std::move(path);
}

// The disk's current folder; empty when it was removed.
std::string RealCurrentFolder() {
  char folder[PATH_MAX];
  return getcwd(folder, sizeof(folder)) == nullptr ? "" : folder;
}

// The normalized path of what may be embedded; empty when it lies elsewhere.
std::string Locate(std::string_view path) {
  if (path.empty()) return {};
  std::string full(path);
  if (path[0] != '/') {
    const std::string folder = RealCurrentFolder();
    if (folder.empty()) return {};
    full = folder + "/" + full;
  }
  full = NormalizePath(full);
  if (!full.starts_with(VirtualRoot::kPath)) return {};
  return full.size() == VirtualRoot::kPath.size() || full[VirtualRoot::kPath.size()] == '/' ? full : std::string();
}

// Whether the last name of `path` has to be a folder's.
bool NamesFolder(std::string_view path) { return path.ends_with("/") || path.ends_with("/."); }

bool IsRealFolder(const std::string& path, bool follow = true) {
  struct stat info;
  const int rc = follow ? stat(path.c_str(), &info) : lstat(path.c_str(), &info);
  return rc == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

const VirtualRoot* VirtualRoot::Of(const Environment* env) {
  if (!has_asked) {
    std::call_once(root_is_made, [env] {
      if (const AssetIndex* files = EmbeddedFiles(env->payload())) the_root = new VirtualRoot(*files);
      has_asked = true;
    });
  }
  return the_root;
}

int VirtualRoot::ChangeFolder(const Environment* env, std::string* path) {
  Resolve(path);
  const int rc = uv_chdir(path->c_str());
  if (rc == 0) SetCurrentFolder({});
  if (rc != UV_ENOENT || path->empty()) return rc;
  std::string full = NormalizePath((*path)[0] == '/' ? *path : RealCurrentFolder() + "/" + *path);
  const VirtualRoot* root = Of(env);
  if (root != nullptr) full = root->files_.Follow(full, true);
  if (full != kPath && (root == nullptr || !root->files_.IsFolder(full))) {
    return root != nullptr && (root->Find(*path) || root->IsBelowFile(*path)) ? UV_ENOTDIR : rc;
  }
  // A program without embedded files has its own folder all the same: process.chdir(__dirname).
  if (root == nullptr) the_root = new VirtualRoot(AssetIndex());
  SetCurrentFolder(full);
  return 0;
}

std::string VirtualRoot::CurrentFolder() {
  if (!has_current_folder) return {};
  const std::lock_guard lock(current_folder_lock);
  return current_folder;
}

void VirtualRoot::Resolve(std::string* path) {
  if (!has_current_folder || path->empty() || path->front() == '/') return;
  const std::string folder = CurrentFolder();
  if (!folder.empty()) *path = NormalizePath(folder + "/" + *path) + (path->ends_with('/') ? "/" : "");
}

std::string VirtualRoot::Place(std::string_view path, bool follow) const {
  const std::string full = Locate(path);
  return full.empty() ? full : files_.Follow(full, follow);
}

bool VirtualRoot::IsBelowFile(std::string_view path) const {
  const std::string full = Place(path, true);
  if (full.empty()) return false;
  const auto is_file = [this](std::string_view at) {
    const ptrdiff_t index = files_.Find(at);
    return index >= 0 && !files_.IsLink(static_cast<size_t>(index));
  };
  if (NamesFolder(path) && is_file(full)) return true;
  for (size_t end = full.rfind('/'); end > kPath.size() && end != std::string::npos; end = full.rfind('/', end - 1)) {
    if (is_file(std::string_view(full).substr(0, end))) return true;
  }
  return false;
}

std::optional<VirtualRoot::Entry> VirtualRoot::Find(std::string_view path, bool follow) const {
  std::string full = Place(path, follow || NamesFolder(path));
  if (full.empty()) return std::nullopt;
  const ptrdiff_t index = files_.Find(full);
  if (index >= 0) {
    if (NamesFolder(path)) return std::nullopt;
    const auto number = static_cast<size_t>(index);
    // A link that leads nowhere, or in a circle.
    if (follow && files_.IsLink(number)) return std::nullopt;
    return Entry{std::move(full), index, files_.file_size(number), files_.IsLink(number)};
  }
  if (!files_.IsFolder(full)) return std::nullopt;
  return Entry{std::move(full), -1};
}

std::optional<VirtualRoot::Entry> VirtualRoot::FindOnly(std::string_view path, bool follow) const {
  std::optional<Entry> entry = Find(path, follow);
  if (entry && entry->is_folder() && IsRealFolder(entry->path, follow)) return std::nullopt;
  return entry;
}

void VirtualRoot::FillStat(const Entry& entry, uv_stat_t* stat) const {
  constexpr uint64_t kBlockSize = 4096, kUnit = 512;
  *stat = {};
  stat->st_mode = entry.is_folder() ? S_IFDIR | 0755 : entry.is_link ? S_IFLNK | 0777 : S_IFREG | 0644;
  stat->st_nlink = 1;
  stat->st_blksize = kBlockSize;
  stat->st_ino = static_cast<uint64_t>(entry.index + 2);
  stat->st_size = entry.size;
  stat->st_blocks = (entry.size + kUnit - 1) / kUnit;
}

// The descriptor's own times name the file: the epoch, and as many nanoseconds as its number.
void VirtualRoot::CorrectStat(uv_stat_t* stat) const {
  if (stat->st_nlink != 0 || stat->st_mode != (S_IFREG | 0644) || stat->st_mtim.tv_sec != 0) return;
  const auto index = static_cast<ptrdiff_t>(stat->st_mtim.tv_nsec);
  if (index >= static_cast<ptrdiff_t>(files_.size())) return;
  const uint64_t size = files_.file_size(static_cast<size_t>(index));
  if (size == stat->st_size) FillStat({"", index, size}, stat);
}

int VirtualRoot::Access(const Entry& entry, int mode) const {
  if (mode & W_OK) return UV_EROFS;
  return mode & X_OK && !entry.is_folder() ? UV_EACCES : 0;
}

int VirtualRoot::RefuseChange(std::string_view path) const {
  if (Find(path, false)) return UV_EROFS;
  return IsBelowFile(path) ? UV_ENOTDIR : 0;
}

int VirtualRoot::Explain(std::string_view path, int rc) const { return rc == UV_ENOENT && IsBelowFile(path) ? UV_ENOTDIR : rc; }

int VirtualRoot::RefuseNew(std::string_view path) const {
  const std::string full = Place(path, false);
  if (full.empty()) return 0;
  if (IsBelowFile(path)) return UV_ENOTDIR;
  if (files_.Find(full) >= 0 || files_.IsFolder(full)) return UV_EEXIST;
  const std::string parent = full.substr(0, full.rfind('/'));
  if (!files_.IsFolder(parent)) return 0;
  return parent == kPath && IsRealFolder(parent) ? 0 : UV_EROFS;
}

int VirtualRoot::RefuseTarget(std::string_view path) const {
  const int rc = RefuseChange(path);
  return rc != 0 ? rc : RefuseNew(path);
}

std::optional<int> VirtualRoot::Open(std::string_view path, int flags) const {
  const std::optional<Entry> entry = FindOnly(path);
  if (!entry) {
    if (!(flags & O_CREAT) || Find(path)) return std::nullopt;
    const int rc = RefuseNew(path);
    return rc == 0 ? std::nullopt : std::optional<int>(rc);
  }
  if (flags & O_CREAT && flags & O_EXCL) return UV_EEXIST;
  if (entry->is_folder()) return UV_EISDIR;  // There is nothing that a descriptor could be of.
  if (flags & O_DIRECTORY) return UV_ENOTDIR;
  if ((flags & O_ACCMODE) != O_RDONLY || flags & (O_TRUNC | O_APPEND)) return UV_EROFS;
  return OpenFile(*entry);
}

int VirtualRoot::OpenFile(const Entry& entry) const {
  const std::vector<std::byte> bytes = Read(entry);
  const int fd = memfd_create("asset", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return -errno;
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t written = write(fd, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      close(fd);
      return -error;
    }
    done += static_cast<size_t>(written);
  }
  lseek(fd, 0, SEEK_SET);
  fchmod(fd, 0644);
  const timespec times[2] = {{0, entry.index}, {0, entry.index}};
  futimens(fd, times);
  fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  // Open for reading only, where there is a /proc: writing is then EBADF, as to any such file.
  const int readable = open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC);
  if (readable < 0) return fd;
  close(fd);
  return readable;
}

std::vector<std::byte> VirtualRoot::Read(const Entry& entry) const {
  Result<std::vector<std::byte>> bytes = files_.Read(static_cast<size_t>(entry.index));
  if (!bytes.ok()) Die(bytes.error());
  return std::move(bytes.value());
}

std::string VirtualRoot::ReadText(const Entry& entry) const {
  const std::vector<std::byte> bytes = Read(entry);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

int VirtualRoot::List(const Entry& entry, std::vector<FsEntry>* entries) const {
  if (!entry.is_folder()) return UV_ENOTDIR;
  std::vector<FsEntry> real;
  if (IsRealFolder(entry.path)) {
    if (const int rc = ListRealFolder(entry.path.c_str(), &real); rc < 0) return rc;
    if (entry.path == kPath) {
      *entries = std::move(real);
      return 0;
    }
  }
  for (std::string& name : files_.List(entry.path)) {
    const bool folder = name.ends_with('/');
    if (folder) name.pop_back();
    const ptrdiff_t index = folder ? -1 : files_.Find(entry.path + "/" + name);
    const bool link = index >= 0 && files_.IsLink(static_cast<size_t>(index));
    entries->push_back({std::move(name), folder ? UV_DIRENT_DIR : link ? UV_DIRENT_LINK : UV_DIRENT_FILE});
  }
  std::sort(entries->begin(), entries->end(), FsEntry::IsBefore);
  std::vector<FsEntry> seen;  // Of the disk's, those that no embedded file hides.
  std::copy_if(real.begin(), real.end(), std::back_inserter(seen),
               [&](const FsEntry& other) { return !std::binary_search(entries->begin(), entries->end(), other, FsEntry::IsBefore); });
  entries->insert(entries->end(), std::make_move_iterator(seen.begin()), std::make_move_iterator(seen.end()));
  std::sort(entries->begin(), entries->end(), FsEntry::IsBefore);
  return 0;
}

}  // namespace dv8::node
