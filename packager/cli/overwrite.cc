#include "packager/cli/overwrite.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

namespace dv8 {
namespace {

Diagnostic WouldReplace(const std::string& output, const std::string& what) {
  return {"the output would replace " + what, output, 0, 0, "name another file with -o"};
}

// The path without links; empty when there is no such file.
std::string RealPath(const std::string& path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) == nullptr ? "" : resolved;
}

}  // namespace

bool IsSameFile(const std::string& a, const std::string& b) {
  struct stat first, second;
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

Result<Done> CheckOverwrite(const std::string& output, const Options& options, const Install& install) {
  for (const std::string& entry : options.entries) {
    if (IsSameFile(output, entry)) return WouldReplace(output, "the entry");
  }
  for (const std::string& asset : options.assets) {
    if (IsSameFile(output, asset)) return WouldReplace(output, "an asset");
  }
  for (const std::string& file : options.env_files) {
    if (IsSameFile(output, file)) return WouldReplace(output, "an .env file");
  }
  for (const std::string& archive : options.native) {
    if (IsSameFile(output, archive)) return WouldReplace(output, "a native module");
  }
  for (const FileToCopy& file : options.image.files) {
    if (IsSameFile(output, file.source)) return WouldReplace(output, "a file of the image");
  }
  if (IsSameFile(output, options.image.base)) return WouldReplace(output, "the base");
  const std::string real = RealPath(output);
  if (IsSameFile(output, options.bundle.tsconfig) || real.ends_with(".json")) {
    return WouldReplace(output, "a JSON file");
  }
  for (const std::string* folder : {&install.stdlib_dir, &install.icu_dir, &install.sdk_dir, &install.templates}) {
    if (real.starts_with(*folder + "/")) return WouldReplace(output, "a part of dv8pack");
  }
  for (const std::string* file : {&install.self, &install.esbuild, &install.snapshot, &install.runtime, &install.full_runtime,
                                  &install.repl, &install.extra_bindings, &install.licenses, &install.npm_lock, &install.certificates}) {
    if (IsSameFile(output, *file)) return WouldReplace(output, "a part of dv8pack");
  }
  return Done{};
}

Result<Done> CheckReport(const std::string& option, const std::string& file, const Options& options) {
  const Diagnostic lost{option + " would replace it", file};
  const std::string real = RealPath(file);
  for (const std::string_view name : {"/package.json", "/tsconfig.json", "/dv8pack.json"}) {
    if (real.ends_with(name)) return lost;
  }
  for (const std::vector<std::string>* files : {&options.entries, &options.assets, &options.env_files, &options.native}) {
    for (const std::string& other : *files) {
      if (IsSameFile(file, other)) return lost;
    }
  }
  return Done{};
}

Result<Done> CheckOverwrite(const std::string& output, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    if (IsSameFile(output, input)) return WouldReplace(output, "a file that the app is made of");
  }
  return Done{};
}

}  // namespace dv8
