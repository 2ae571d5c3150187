#include "packager/link/output_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace dv8 {
namespace {

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

 private:
  sigset_t old_;
};

Diagnostic CannotWrite(const std::string& path, int error) {
  return Diagnostic{.text = std::string("cannot write the output: ") + std::strerror(error),
                    .path = path};
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A link is written through, as cc -o does.
std::string FollowLinks(const std::string& path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) != nullptr ? resolved : path;
}

mode_t CurrentUmask() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

int WriteAll(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return 0;
}

}  // namespace

Result<Done> CheckOutputPath(const std::string& path) {
  const std::string target = FollowLinks(path);
  struct stat info;
  if (stat(target.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) {
      return Diagnostic{.text = "the output is a directory",
                        .path = path,
                        .hint = "name a file with -o"};
    }
    if (!S_ISREG(info.st_mode)) {
      return Diagnostic{.text = "the output is not a regular file", .path = path};
    }
  }
  const std::string folder = FolderOf(target);
  if (stat(folder.c_str(), &info) != 0) return CannotWrite(path, errno);
  if (access(folder.c_str(), W_OK | X_OK) != 0) return CannotWrite(path, errno);
  return Done{};
}

Result<Done> WriteExecutable(const std::string& path, std::span<const std::byte> bytes) {
  if (Result<Done> possible = CheckOutputPath(path); !possible.ok()) return possible;
  const std::string target = FollowLinks(path);
  const std::string folder = FolderOf(target);
  // A name of its own for this process; it exists for the moment between link and rename, or,
  // where the file system has no nameless files, while the bytes are written.
  const std::string temporary =
      folder + "/." + target.substr(target.rfind('/') + 1) + "." + std::to_string(getpid());

  struct stat old;
  const bool exists = stat(target.c_str(), &old) == 0;
  const mode_t mode = exists ? (old.st_mode & 07777) : (0777 & ~CurrentUmask());

  bool named = false;
  int fd = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    fd = open(temporary.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    named = true;
  }
  Descriptor file(fd);
  if (!file.ok()) return CannotWrite(path, errno);
  const auto fail = [&](int error) {
    if (named) unlink(temporary.c_str());
    return CannotWrite(path, error);
  };
  if (const int error = WriteAll(file.get(), bytes); error != 0) return fail(error);
  if (fchmod(file.get(), mode) != 0 || fsync(file.get()) != 0) return fail(errno);
  {
    SignalsBlocked blocked;
    if (!named) {
      const std::string self = "/proc/self/fd/" + std::to_string(file.get());
      if (linkat(file.get(), "", AT_FDCWD, temporary.c_str(), AT_EMPTY_PATH) != 0 &&
          linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        return CannotWrite(path, errno);
      }
      named = true;
    }
    if (rename(temporary.c_str(), target.c_str()) != 0) return fail(errno);
  }
  Descriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.ok()) fsync(directory.get());
  return Done{};
}

}  // namespace dv8
