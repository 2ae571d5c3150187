#include "packager/cli/install.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "packager/bundle/virtual_path.h"

namespace dv8 {
namespace {

// Without /proc, what the kernel was asked to execute. Empty when neither tells.
std::string OwnFile() {
  char path[PATH_MAX];
  if (const ssize_t size = readlink("/proc/self/exe", path, sizeof(path)); size > 0 && size < PATH_MAX) {
    return {path, static_cast<size_t>(size)};
  }
  const char* executed = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (executed == nullptr || realpath(executed, path) == nullptr) return "";
  return path;
}

}  // namespace

Result<Install> FindInstall() {
  const std::string self = OwnFile();
  if (self.empty()) {
    return Diagnostic{std::string("cannot tell where dv8pack lies: ") + strerror(errno), "/proc/self/exe"};
  }
  const std::string top = Dirname(Dirname(self));
  Install install;
  install.self = self;
  install.esbuild = top + "/libexec/esbuild";
  install.snapshot = top + "/libexec/dv8-snapshot";
  install.runtime = top + "/libexec/dv8-runtime";
  install.full_runtime = top + "/libexec/dv8-runtime-full";
  install.extra_bindings = top + "/share/dv8pack/extra_bindings.txt";
  install.init = top + "/libexec/dv8-init";
  install.repl = top + "/share/dv8pack/repl.mjs";
  install.stdlib_dir = top + "/share/dv8pack/stdlib";
  install.node_library = top + "/share/dv8pack/node.library";
  install.icu_dir = top + "/share/dv8pack/icu";
  install.sdk_dir = top + "/sdk";
  install.templates = top + "/share/dv8pack/templates";
  install.licenses = top + "/share/dv8pack/LICENSES";
  install.npm_lock = top + "/share/dv8pack/npm-lock.json";
  install.certificates = top + "/share/dv8pack/ca-certificates.crt";
  for (const std::string* file : {&install.esbuild, &install.snapshot, &install.runtime, &install.full_runtime}) {
    if (access(file->c_str(), R_OK | X_OK) != 0) {
      return Diagnostic{"is missing: dv8pack's folder is incomplete", *file, 0, 0,
                        "unpack the whole of dv8pack-linux-x64.tar.gz; bin/dv8pack finds the rest "
                        "beside it"};
    }
  }
  return install;
}

}  // namespace dv8
