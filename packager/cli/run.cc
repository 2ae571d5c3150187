#include "packager/cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dv8 {
namespace {

bool WriteAll(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(put);
  }
  return true;
}

void Execute(int fd, const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<char*> argv = {const_cast<char*>(name.c_str())};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  fexecve(fd, argv.data(), environ);
}

// A file without a name, for systems that do not execute memory files. -1 when there is none.
int OpenNamelessCopy(std::span<const std::byte> executable) {
  char path[] = "/tmp/dv8pack-run-XXXXXX";
  const int writer = mkostemp(path, O_CLOEXEC);
  if (writer < 0) return -1;
  const bool written = WriteAll(writer, executable) && fchmod(writer, 0700) == 0;
  const int reader = written ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  // A file that is open for writing cannot be executed.
  close(writer);
  unlink(path);
  return reader;
}

}  // namespace

Diagnostic RunExecutable(std::span<const std::byte> executable, const std::string& name, const std::vector<std::string>& arguments) {
  const int memory = memfd_create("app", MFD_CLOEXEC);
  if (memory >= 0 && WriteAll(memory, executable)) Execute(memory, name, arguments);
  if (memory >= 0) close(memory);
  const int file = OpenNamelessCopy(executable);
  if (file >= 0) Execute(file, name, arguments);
  return {std::string("cannot be run: ") + strerror(errno), name};
}

}  // namespace dv8
