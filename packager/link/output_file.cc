#include "packager/link/output_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace dv8 {
namespace {

constexpr int kMaxLinks = 40;
constexpr int kMaxNames = 100;
constexpr size_t kMaxNameKept = 200;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Signals wait while the new file has a name but not yet its own.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &old_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t old_;
};

Diagnostic CannotWrite(const std::string& path, int error) {
  return Diagnostic{.text = std::string("cannot write the output: ") + std::strerror(error), .path = path};
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// The path with its links followed, as cc -o does; the last one may lead to nothing yet.
std::string FollowLinks(const std::string& path) {
  char resolved[PATH_MAX];
  if (realpath(path.c_str(), resolved) != nullptr) return resolved;
  std::string at = path;
  for (int links = 0; errno == ENOENT && links < kMaxLinks; links++) {
    const ssize_t size = readlink(at.c_str(), resolved, sizeof(resolved));
    if (size <= 0) return at;
    const std::string target(resolved, static_cast<size_t>(size));
    at = target.front() == '/' ? target : FolderOf(at) + "/" + target;
    errno = ENOENT;
  }
  return path;
}

mode_t CurrentUmask() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

// The page cache holds a file in pieces as it was written, and a page fault maps a whole one: after larger writes a program
// has pages in memory that it has not asked for (hello 6.2 MiB in place of 5.5), after smaller ones it starts slower.
constexpr size_t kPiece = 32 << 10;

int WriteAll(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), std::min(bytes.size(), kPiece));
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return 0;
}

int WriteAndSync(int fd, std::span<const std::byte> bytes, mode_t mode) {
  if (const int error = WriteAll(fd, bytes); error != 0) return error;
  return fchmod(fd, mode) == 0 && fsync(fd) == 0 ? 0 : errno;
}

// Names beside `target` for its next contents; only one that nobody else has is used.
std::string TemporaryName(const std::string& target, int attempt) {
  const size_t slash = target.rfind('/');
  const std::string name = slash == std::string::npos ? target : target.substr(slash + 1);
  return FolderOf(target) + "/." + name.substr(0, kMaxNameKept) + "." + std::to_string(getpid()) +
         (attempt == 0 ? "" : "-" + std::to_string(attempt));
}

// Gives a file without a name the name `*temporary`, which is chosen here. An error number.
int NameFile(int fd, const std::string& target, std::string* temporary) {
  const std::string self = "/proc/self/fd/" + std::to_string(fd);
  for (int attempt = 0; attempt < kMaxNames; attempt++) {
    *temporary = TemporaryName(target, attempt);
    if (linkat(fd, "", AT_FDCWD, temporary->c_str(), AT_EMPTY_PATH) == 0) return 0;
    // Only root, and everybody since Linux 6.10, may do it without /proc.
    if (errno != EEXIST && linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temporary->c_str(), AT_SYMLINK_FOLLOW) == 0) {
      return 0;
    }
    if (errno != EEXIST) return errno;
  }
  return EEXIST;
}

int RenameOrRemove(const std::string& temporary, const std::string& target) {
  if (rename(temporary.c_str(), target.c_str()) == 0) return 0;
  const int error = errno;
  unlink(temporary.c_str());
  return error;
}

enum class Step { kDone, kFailed, kImpossible };

// Writes a file without a name and gives it one at the end: a process that is killed leaves
// nothing. kImpossible where the file system or the kernel cannot do it.
Step WriteNameless(const std::string& target, std::span<const std::byte> bytes, mode_t mode, int* error) {
  const Descriptor file(open(FolderOf(target).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file.ok()) return Step::kImpossible;
  *error = WriteAndSync(file.get(), bytes, mode);
  if (*error != 0) return Step::kFailed;
  const SignalsBlocked blocked;
  std::string temporary;
  if (NameFile(file.get(), target, &temporary) != 0) return Step::kImpossible;
  *error = RenameOrRemove(temporary, target);
  return *error == 0 ? Step::kDone : Step::kFailed;
}

// Writes a file that has a name from the start: only SIGKILL or a power cut may leave it.
int WriteNamed(const std::string& target, std::span<const std::byte> bytes, mode_t mode) {
  const SignalsBlocked blocked;
  for (int attempt = 0; attempt < kMaxNames; attempt++) {
    const std::string temporary = TemporaryName(target, attempt);
    const Descriptor file(open(temporary.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
    if (!file.ok() && errno == EEXIST) continue;
    if (!file.ok()) return errno;
    if (const int error = WriteAndSync(file.get(), bytes, mode); error != 0) {
      unlink(temporary.c_str());
      return error;
    }
    return RenameOrRemove(temporary, target);
  }
  return EEXIST;
}

// An existing file's permissions stay, and who may read it may run it. It is no longer
// set-user-ID: its contents are new, and its owner may be.
mode_t ModeFor(const std::string& target, OutputKind kind) {
  struct stat old;
  const bool is_executable = kind == OutputKind::kExecutable;
  if (stat(target.c_str(), &old) != 0) return (is_executable ? 0777 : 0666) & ~CurrentUmask();
  return (old.st_mode & 0777) | (is_executable ? (old.st_mode & 0444) >> 2 : 0);
}

}  // namespace

Result<Done> CheckOutputPath(const std::string& path) {
  const std::string target = FollowLinks(path);
  struct stat info;
  if (stat(target.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) {
      return Diagnostic{.text = "the output is a directory", .path = path, .hint = "name a file with -o"};
    }
    if (!S_ISREG(info.st_mode)) {
      return Diagnostic{.text = "the output is not a regular file", .path = path};
    }
  } else if (errno != ENOENT) {
    return CannotWrite(path, errno);
  }
  const std::string folder = FolderOf(target);
  if (stat(folder.c_str(), &info) != 0) return CannotWrite(path, errno);
  if (access(folder.c_str(), W_OK | X_OK) != 0) return CannotWrite(path, errno);
  return Done{};
}

Result<Done> WriteOutput(const std::string& path, std::span<const std::byte> bytes, OutputKind kind) {
  if (Result<Done> possible = CheckOutputPath(path); !possible.ok()) return possible;
  const std::string target = FollowLinks(path);
  const mode_t mode = ModeFor(target, kind);
  int error = 0;
  if (WriteNameless(target, bytes, mode, &error) == Step::kImpossible) {
    error = WriteNamed(target, bytes, mode);
  }
  // Of the folder a power cut may leave the state before: the old file.
  return error == 0 ? Result<Done>(Done{}) : CannotWrite(path, error);
}

}  // namespace dv8
