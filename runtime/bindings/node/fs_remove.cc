// internalBinding('fs'): rmSync, which removes a tree.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_errno.h"
#include "runtime/bindings/node/fs_functions.h"

namespace dv8::node {
namespace {

// A folder whose entries are being removed, and its name in the one above.
struct OpenFolder {
  DIR* entries;
  std::string name;
};

// Opens the folder `name` in `parent` (AT_FDCWD) and puts it on `open`. 0 or a negative error.
int Enter(std::vector<OpenFolder>* open, int parent, std::string name) {
  const int fd = openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  DIR* entries = fdopendir(fd);
  if (entries == nullptr) {
    const int error = errno;
    close(fd);
    return -error;
  }
  open->push_back({entries, std::move(name)});
  return 0;
}

// Removes one entry of the innermost folder, or enters it; or leaves the folder and removes that.
int Step(std::vector<OpenFolder>* open) {
  DIR* folder = open->back().entries;
  errno = 0;
  const dirent* entry = readdir(folder);
  if (entry == nullptr) {
    if (errno != 0) return -errno;
    closedir(folder);
    const std::string name = std::move(open->back().name);
    open->pop_back();
    const int parent = open->empty() ? AT_FDCWD : dirfd(open->back().entries);
    return unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -errno;
  }
  const std::string name = entry->d_name;
  if (name == "." || name == "..") return 0;
  if (entry->d_type != DT_DIR) {
    if (unlinkat(dirfd(folder), name.c_str(), 0) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR) return -errno;
  }
  const int rc = Enter(open, dirfd(folder), name);
  return rc == UV_ENOENT ? 0 : rc;
}

// Removes the file or the tree at `path`; what is not there any more is no error.
int RemoveTree(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return 0;
  const int error = -errno;
  if (error != UV_EISDIR && error != UV_EPERM) return error;
  std::vector<OpenFolder> open;
  if (const int rc = Enter(&open, AT_FDCWD, path); rc < 0) return rc == UV_ENOTDIR || rc == UV_ELOOP ? error : rc;
  while (!open.empty()) {
    const int rc = Step(&open);
    if (rc == 0) continue;
    for (const OpenFolder& folder : open) closedir(folder.entries);
    return rc;
  }
  return 0;
}

int RemoveFile(const std::string& path) { return unlink(path.c_str()) == 0 || errno == ENOENT ? 0 : -errno; }

bool MayPass(int error) {
  return error == UV_EBUSY || error == UV_EMFILE || error == UV_ENFILE || error == UV_ENOTEMPTY || error == UV_EPERM;
}

void Sleep(int64_t milliseconds) {
  const timespec time = {milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  nanosleep(&time, nullptr);
}

const char* Reason(int error) {
  switch (error) {
    case UV_EPERM: return "Operation not permitted: ";
    case UV_ENOTEMPTY: return "Directory not empty: ";
    case UV_ENOTDIR: return "Not a directory: ";
    case UV_EACCES: return "Permission denied: ";
    default: return nullptr;
  }
}

}  // namespace

void ThrowErrno(v8::Isolate* isolate, int error, const char* syscall, std::string_view text, std::string_view path) {
  const std::string code = uv_err_name(error);
  const std::string message = code + ", " + (text.empty() ? uv_strerror(error) : std::string(text)) + " '" + std::string(path) + "'";
  v8::Local<v8::Object> exception = CodedError(isolate, ErrorKind::kError, code.c_str(), message);
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  v8::Local<v8::String> name;
  if (!FromUtf8(isolate, path).ToLocal(&name)) return;
  exception->Set(context, Internalized(isolate, "errno"), v8::Integer::New(isolate, -error)).Check();
  exception->Set(context, Internalized(isolate, "path"), name).Check();
  exception->Set(context, Internalized(isolate, "syscall"), Internalized(isolate, syscall)).Check();
  isolate->ThrowException(exception);
}

void FsRmSync(const CallInfo& info, FsPath path, int32_t max_retries, bool recursive, int32_t retry_delay) {
  v8::Isolate* isolate = info.GetIsolate();
  const VirtualRoot* root = VirtualRoot::Of(Environment::From(info));
  int rc = RefuseChange(root, path.value);
  if (rc < 0) return ThrowUvError(info, rc, "rm", path.c_str());
  struct stat stat;
  if (lstat(path.c_str(), &stat) != 0 && errno == ENOENT) return;
  if (S_ISDIR(stat.st_mode) && !recursive) {
    return ThrowCoded(isolate, ErrorKind::kError, "ERR_FS_EISDIR", "Path is a directory: " + path.value);
  }
  for (int64_t attempt = 1;; attempt++) {
    rc = recursive ? RemoveTree(path.value) : RemoveFile(path.value);
    if (rc == 0) return;
    if (!MayPass(rc) || attempt > max_retries) break;
    if (retry_delay > 0) Sleep(attempt * retry_delay);
  }
  const char* reason = Reason(rc);
  ThrowErrno(isolate, rc, "rm", reason != nullptr ? reason + path.value : std::string("Unknown error: ") + uv_strerror(rc), path.value);
}

}  // namespace dv8::node
