// internalBinding('fs'): the parts of cpSync that lib/internal/fs/cp/cp-sync.js leaves to C++.
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_errno.h"
#include "runtime/bindings/node/fs_functions.h"

namespace dv8::node {
namespace {

enum class Links { kFollow, kKeep };

// What is at a path.
struct Found {
  int rc = 0;
  uv_stat_t stat = {};
  bool exists() const { return rc == 0; }
  bool Is(uint64_t type) const { return exists() && (stat.st_mode & S_IFMT) == type; }
  bool SameAs(const Found& other) const {
    return exists() && other.exists() && stat.st_dev == other.stat.st_dev && stat.st_ino == other.stat.st_ino;
  }
};

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::vector<std::string> PartsOf(const std::string& path) {
  std::string full = path;
  char folder[PATH_MAX];
  if (!path.starts_with('/') && getcwd(folder, sizeof(folder)) != nullptr) full = std::string(folder) + "/" + path;
  std::vector<std::string> parts;
  for (size_t start = 0; start < full.size();) {
    const size_t end = std::min(full.find('/', start), full.size());
    if (end > start) parts.push_back(full.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

bool IsInside(const std::string& inner, const std::string& outer) {
  const std::vector<std::string> a = PartsOf(outer), b = PartsOf(inner);
  return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
}

// The absolute path without links as far as it exists, without "." and ".." behind that.
std::string Canonical(const std::string& path) {
  std::vector<std::string> rest;
  std::vector<std::string> parts = PartsOf(path);
  std::string base;
  for (;;) {
    base.clear();
    for (const std::string& part : parts) base += "/" + part;
    char resolved[PATH_MAX];
    if (parts.empty() || realpath(base.c_str(), resolved) != nullptr) {
      base = parts.empty() ? "" : resolved;
      break;
    }
    rest.insert(rest.begin(), parts.back());
    parts.pop_back();
  }
  if (base == "/") base.clear();
  for (const std::string& part : rest) {
    if (part == "..") {
      base.resize(base.empty() ? 0 : base.rfind('/'));
    } else if (part != ".") {
      base += "/" + part;
    }
  }
  return base.empty() ? "/" : base;
}

// One cpSync. Its functions are false when an exception is pending.
class TreeCopy {
 public:
  explicit TreeCopy(const CallInfo& info) : isolate_(info.GetIsolate()), root_(VirtualRoot::Of(Environment::From(info))) {}

  Found Look(const std::string& path, Links links) const {
    Found found;
    found.rc = StatPath(root_, path, links == Links::kFollow, &found.stat);
    return found;
  }
  bool Fail(const char* code, const std::string& message) const {
    ThrowCoded(isolate_, ErrorKind::kError, code, message);
    return false;
  }
  bool FailErrno(int rc, const std::string& path, const char* syscall = "cp") const {
    ThrowErrno(isolate_, rc, syscall, "", path);
    return false;
  }
  bool FailUv(int rc, const char* syscall, const std::string& path, const char* dest = nullptr) const {
    isolate_->ThrowException(UvError(isolate_, rc, syscall, path.c_str(), dest));
    return false;
  }

  bool Check(const std::string& from, const std::string& to, bool dereference, bool recursive) const;
  bool Override(const std::string& from, const std::string& to, int mode) const;
  bool CopyTimes(const std::string& from, const std::string& to) const;
  bool CopyFolder(const std::string& from, const std::string& to) const;
  const VirtualRoot* root() const { return root_; }

  bool force = false, dereference = false, error_on_exist = false, verbatim_symlinks = false, preserve_timestamps = false;

 private:
  bool CheckKinds(const std::string& from, const std::string& to, const Found& target, bool source_is_folder) const;
  bool CopyEntry(const std::string& from, const std::string& to) const;
  bool CopyLink(const std::string& from, const std::string& to) const;
  bool MakeWay(const std::string& target, const std::string& to) const;
  bool CopyFile(const std::string& from, const std::string& to) const;

  v8::Isolate* isolate_;
  const VirtualRoot* root_;
};

bool TreeCopy::CheckKinds(const std::string& from, const std::string& to, const Found& target, bool source_is_folder) const {
  if (Look(from, Links::kFollow).SameAs(Look(to, Links::kFollow))) {
    return Fail("ERR_FS_CP_EINVAL", "src and dest cannot be the same " + to);
  }
  const bool target_is_folder = target.Is(S_IFDIR);
  if (source_is_folder && !target_is_folder) {
    return Fail("ERR_FS_CP_DIR_TO_NON_DIR", "Cannot overwrite non-directory " + to + " with directory " + from);
  }
  if (!source_is_folder && target_is_folder) {
    return Fail("ERR_FS_CP_NON_DIR_TO_DIR", "Cannot overwrite directory " + to + " with non-directory " + from);
  }
  return true;
}

bool TreeCopy::Check(const std::string& from, const std::string& to, bool dereference, bool recursive) const {
  const Found source = Look(from, dereference ? Links::kKeep : Links::kFollow);
  if (!source.exists()) return FailUv(source.rc, dereference ? "stat" : "lstat", from);
  const Found target = Look(to, dereference ? Links::kFollow : Links::kKeep);
  const bool source_is_folder = source.Is(S_IFDIR) || (dereference && source.Is(S_IFLNK));
  if (target.exists() && !CheckKinds(from, to, target, source_is_folder)) return false;
  const std::string folder = from.ends_with('/') ? from : from + "/";
  const std::string into_itself = "Cannot copy " + folder + " to a subdirectory of self " + to;
  if (source_is_folder && to.starts_with(folder)) return Fail("ERR_FS_CP_EINVAL", into_itself);
  const Found followed = Look(from, Links::kFollow);
  for (std::string parent = ParentOf(to); parent != ParentOf(from) && parent.size() > 1; parent = ParentOf(parent)) {
    const Found above = Look(parent, Links::kFollow);
    if (!above.exists()) break;
    if (above.SameAs(followed)) return Fail("ERR_FS_CP_EINVAL", into_itself);
  }
  if (source_is_folder && !recursive) {
    return Fail("ERR_FS_EISDIR", "Recursive option not enabled, cannot copy a directory: " + folder);
  }
  if (source.Is(S_IFSOCK)) return Fail("ERR_FS_CP_SOCKET", "Cannot copy a socket file: " + to);
  if (source.Is(S_IFIFO)) return Fail("ERR_FS_CP_FIFO_PIPE", "Cannot copy a FIFO pipe: " + to);
  const std::string parent = ParentOf(to);
  std::string first;
  // Where it fails, so does the copy.
  if (!parent.empty() && !Look(parent, Links::kFollow).exists()) MakeFolders(root_, parent, 0777, &first);
  return true;
}

bool TreeCopy::Override(const std::string& from, const std::string& to, int mode) const {
  if (const int rc = UnlinkPath(root_, to); rc < 0) return FailErrno(rc, to, "unlink");
  const int rc = CopyPath(root_, from, to, mode);
  if (rc < 0) return mode == 0 ? FailErrno(rc, to) : FailUv(rc, "cp", from, to.c_str());
  return !preserve_timestamps || CopyTimes(from, to);
}

bool TreeCopy::CopyTimes(const std::string& from, const std::string& to) const {
  const Found source = Look(from, Links::kFollow);
  if (!source.exists()) return FailUv(source.rc, "stat", from);
  const auto seconds = [](const uv_timespec_t& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9; };
  const int64_t rc = RunUv(uv_fs_utime, to.c_str(), seconds(source.stat.st_atim), seconds(source.stat.st_mtim));
  return rc < 0 ? FailUv(static_cast<int>(rc), "utime", to) : true;
}

bool TreeCopy::CopyFolder(const std::string& from, const std::string& to) const {
  std::vector<FsEntry> entries;
  if (const int rc = ListFolder(root_, from, &entries); rc < 0) return FailErrno(rc, to);
  return std::all_of(entries.begin(), entries.end(),
                     [&](const FsEntry& entry) { return CopyEntry(from + "/" + entry.name, to + "/" + entry.name); });
}

bool TreeCopy::CopyEntry(const std::string& from, const std::string& to) const {
  if (Look(from, Links::kKeep).Is(S_IFLNK)) return CopyLink(from, to);
  const Found source = Look(from, Links::kFollow);
  if (source.Is(S_IFREG)) return CopyFile(from, to);
  if (!source.Is(S_IFDIR)) return true;  // Devices, pipes and sockets are left out.
  const int rc = MakeFolder(root_, to, 0777);
  if (rc < 0 && rc != UV_EEXIST) return FailErrno(rc, to);
  return CopyFolder(from, to);
}

// Removes the link that is at `to`, unless it and what the new one leads to, `target`, are in each other.
bool TreeCopy::MakeWay(const std::string& target, const std::string& to) const {
  if (!Look(to, Links::kFollow).exists()) return true;
  if (!Look(to, Links::kKeep).Is(S_IFLNK)) {
    const bool may_replace = dereference && (force || !error_on_exist);
    return may_replace || !Look(to, Links::kFollow).Is(S_IFREG) ? true : FailErrno(UV_EEXIST, to);
  }
  std::string current;
  if (const int rc = ReadLink(root_, to, &current); rc < 0) return FailErrno(rc, ParentOf(to));
  if (!dereference && Look(target, Links::kFollow).Is(S_IFDIR) && IsInside(current, target)) {
    return Fail("ERR_FS_CP_EINVAL", "Cannot copy " + target + " to a subdirectory of self " + current);
  }
  // The files that are copied would be gone with the link to them.
  if (Look(to, Links::kFollow).Is(S_IFDIR) && IsInside(target, current)) {
    return Fail("ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY", "cannot overwrite " + current + " with " + target);
  }
  if (const int rc = UnlinkPath(root_, to); rc < 0) return FailErrno(rc, ParentOf(to));
  return true;
}

bool TreeCopy::CopyLink(const std::string& from, const std::string& to) const {
  std::string target;
  if (const int rc = ReadLink(root_, from, &target); rc < 0) return FailErrno(rc, ParentOf(to));
  if (!verbatim_symlinks) {
    if (!MakeWay(target, to)) return false;
    target = Canonical(target.starts_with('/') ? target : ParentOf(from) + "/" + target);
  }
  const int rc = MakeSymlink(root_, target, to);
  return rc < 0 ? FailErrno(rc, ParentOf(to)) : true;
}

bool TreeCopy::CopyFile(const std::string& from, const std::string& to) const {
  if (!force && !error_on_exist && Look(to, Links::kFollow).exists()) return true;
  const int rc = CopyPath(root_, from, to, force ? 0 : UV_FS_COPYFILE_EXCL);
  if (rc == UV_EEXIST) {
    return Fail("ERR_FS_CP_EEXIST", "[ERR_FS_CP_EEXIST]: Target already exists: cp returned EEXIST (" + to + " already exists)");
  }
  if (rc < 0) return FailErrno(rc, ParentOf(to));
  return !preserve_timestamps || CopyTimes(from, to);
}

}  // namespace

void FsCpSyncCheckPaths(const CallInfo& info, FsPath from, FsPath to, bool dereference, bool recursive) {
  TreeCopy(info).Check(from.value, to.value, dereference, recursive);
}

void FsCpSyncOverrideFile(const CallInfo& info, FsPath from, FsPath to, v8::Local<v8::Value> mode, bool preserve_timestamps) {
  int flags;
  if (!ReadFsMode(info.GetIsolate(), mode, 0, UV_FS_COPYFILE_EXCL | UV_FS_COPYFILE_FICLONE | UV_FS_COPYFILE_FICLONE_FORCE, &flags)) {
    return;
  }
  TreeCopy copy(info);
  copy.preserve_timestamps = preserve_timestamps;
  copy.Override(from.value, to.value, flags);
}

void FsCpSyncCopyDir(const CallInfo& info, FsPath from, FsPath to, bool force, bool dereference, bool error_on_exist,
                     bool verbatim_symlinks, bool preserve_timestamps) {
  TreeCopy copy(info);
  copy.force = force;
  copy.dereference = dereference;
  copy.error_on_exist = error_on_exist;
  copy.verbatim_symlinks = verbatim_symlinks;
  copy.preserve_timestamps = preserve_timestamps;
  std::string first;
  if (const int rc = MakeFolders(copy.root(), to.value, 0777, &first); rc < 0) {
    copy.FailErrno(rc, to.value);
    return;
  }
  copy.CopyFolder(from.value, to.value);
}

}  // namespace dv8::node
