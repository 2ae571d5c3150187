#include "packager/native/native.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "packager/process/files.h"
#include "packager/process/process.h"

namespace dv8 {
namespace {

constexpr std::chrono::minutes kLinkTime{10};
constexpr int kOldestLlvm = 15, kNewestLlvm = 40;
constexpr std::string_view kArchive = "!<arch>\n";
constexpr std::string_view kElf = "\177ELF";

// The absolute path of the first of `names` in a folder of PATH; empty when there is none.
std::string FindProgram(const std::vector<std::string>& names) {
  const char* path = getenv("PATH");
  for (const std::string& name : names) {
    std::istringstream folders(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
      if (!folder.starts_with('/')) continue;
      const std::string file = folder + "/" + name;
      struct stat status;
      if (stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(file.c_str(), X_OK) == 0) {
        return file;
      }
    }
  }
  return "";
}

// "clang-40", ... "clang-15".
std::vector<std::string> Versions(const std::string& name) {
  std::vector<std::string> names;
  for (int version = kNewestLlvm; version >= kOldestLlvm; version--) {
    names.push_back(name + "-" + std::to_string(version));
  }
  return names;
}

// The absolute path of what the user calls `archive`, when a linker can take it.
Result<std::string> CheckArchive(const std::string& archive) {
  char path[PATH_MAX];
  if (realpath(archive.c_str(), path) == nullptr) {
    return Diagnostic{std::string("cannot be read: ") + strerror(errno), archive};
  }
  const Result<std::string> bytes = ReadFile(path);
  if (!bytes.ok()) return bytes.error();
  if (!bytes.value().starts_with(kArchive) && !bytes.value().starts_with(kElf)) {
    return Diagnostic{"is neither a static library nor an object file", archive, 0, 0,
                      "--native takes what `ar rcs` or a compiler's -c made; the SDK's "
                      "templates/native-module shows how"};
  }
  return std::string(path);
}

}  // namespace

Result<Done> CheckSdk(const std::string& sdk_dir) {
  if (access((sdk_dir + "/lib/libdv8.a").c_str(), R_OK) == 0) return Done{};
  return Diagnostic{"dv8pack's SDK is not there", sdk_dir, 0, 0,
                    "unpack dv8pack-sdk-linux-x64.tar.gz of the same version where "
                    "dv8pack-linux-x64.tar.gz was unpacked"};
}

Result<NativeLinker> NativeLinker::Make(const std::vector<std::string>& archives, const std::string& sdk_dir, const std::string& temp_dir) {
  NativeLinker linker;
  for (const std::string& archive : archives) {
    Result<std::string> path = CheckArchive(archive);
    if (!path.ok()) return path.error();
    linker.archives_.push_back(std::move(path.value()));
  }
  if (Result<Done> there = CheckSdk(sdk_dir); !there.ok()) return there.error();
  // The newest: before version 15 it does not pack relocations, and programs are 1 MB larger.
  std::vector<std::string> names = Versions("ld.lld");
  names.emplace_back("ld.lld");
  const std::string lld = FindProgram(names);
  if (lld.empty()) {
    return Diagnostic{"--native needs the linker lld, and PATH has none", "", 0, 0, "on Debian: apt-get install lld"};
  }
  names = Versions("clang");
  names.insert(names.begin(), {"cc", "gcc", "clang"});
  linker.driver_ = FindProgram(names);
  if (linker.driver_.empty()) {
    return Diagnostic{"--native needs a C compiler to link with, and PATH has none", "", 0, 0, "on Debian: apt-get install g++"};
  }
  // The name by which every driver looks for it.
  if (symlink(lld.c_str(), (temp_dir + "/ld.lld").c_str()) != 0) {
    return Diagnostic{std::string("cannot be made: ") + strerror(errno), temp_dir + "/ld.lld"};
  }
  linker.sdk_dir_ = sdk_dir;
  linker.temp_dir_ = temp_dir;
  return linker;
}

Result<std::string> NativeLinker::LinkBuilder() const { return Link("dv8-snapshot", "snapshot.rsp", "libdv8-snapshot.a", "libdv8-full.a"); }

Result<std::string> NativeLinker::LinkRuntime(Template kind) const {
  return Link("dv8-runtime", "runtime.rsp", "libdv8-runtime.a", kind == Template::kFull ? "libdv8-full.a" : "libdv8-small.a");
}

Result<std::string> NativeLinker::Link(const std::string& name, const std::string& options, const std::string& whole_library,
                                       const std::string& bindings_library) const {
  const std::string out = temp_dir_ + "/" + name;
  Command command;
  command.args = {driver_,
                  "-fuse-ld=lld",
                  "-B" + temp_dir_,
                  "-o",
                  out,
                  "-Wl,-s",
                  "-Wl,--color-diagnostics=never",
                  "-Wl,--whole-archive",
                  "lib/" + whole_library,
                  "lib/" + bindings_library};
  command.args.insert(command.args.end(), archives_.begin(), archives_.end());
  // Its -l options come last: the start files' libraries follow them.
  command.args.insert(command.args.end(), {"-Wl,--no-whole-archive", "lib/libdv8.a", "@lib/" + options});
  command.cwd = sdk_dir_;  // The response files' paths go from there.
  command.time_limit = kLinkTime;
  const Result<Outcome> outcome = RunProcess(command);
  if (!outcome.ok()) return outcome.error();
  if (Interrupted() != 0) return Diagnostic{"interrupted"};
  if (outcome.value().timed_out) return Diagnostic{"linking the native modules did not end"};
  if (outcome.value().exit_code == 0) return out;
  const std::string& said = outcome.value().err;
  std::string hint;
  if (said.find("undefined symbol: dv8_abi_") != std::string::npos) {
    hint = "a module was compiled with another version's SDK: compile it with this one's headers";
  } else if (said.find("cannot find -l") != std::string::npos || said.find("unable to find library") != std::string::npos) {
    hint = "static libraries of C and C++ are needed; on Debian: apt-get install g++";
  } else if (said.find("out of memory") != std::string::npos) {
    hint = "dv8pack allows a tool " + MemoryLimitText() + " of memory here";
  }
  return Diagnostic{"the native modules cannot be linked by " + driver_ + ":\n" + said.substr(0, said.find_last_not_of('\n') + 1),
                    archives_.front(), 0, 0, hint};
}

Result<std::vector<std::string>> NativeModuleNames(const std::string& builder) {
  Command command;
  command.args = {builder, "--list-native-modules="};
  command.time_limit = std::chrono::seconds(20);
  const Result<Outcome> outcome = RunProcess(command);
  if (!outcome.ok()) return outcome.error();
  if (outcome.value().exit_code != 0) {
    return Diagnostic{"the native modules end the program before it begins (" +
                          (outcome.value().signal != 0 ? std::string(strsignal(outcome.value().signal))
                                                       : "exit code " + std::to_string(outcome.value().exit_code)) +
                          ")",
                      "", 0, 0, "what do their static initializers do?"};
  }
  std::vector<std::string> names;
  std::istringstream lines(outcome.value().out);
  for (std::string name; std::getline(lines, name);) {
    const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
    if (name.empty() || !is_plain) {
      return Diagnostic{"a native module is called '" + name + "'; its name is letters, digits, '-' and '_'"};
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return Diagnostic{"two native modules are called '" + name + "'"};
    }
    names.push_back(name);
  }
  if (names.empty()) {
    return Diagnostic{"--native: none of the files has a DV8_MODULE", "", 0, 0, "dv8/module.h in the SDK shows how a module is declared"};
  }
  return names;
}

}  // namespace dv8
