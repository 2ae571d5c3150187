#include "packager/bundle/entry.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "packager/bundle/json.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr std::string_view kExtensions[] = {".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"};
// What may run JavaScript in a shebang.
constexpr std::string_view kInterpreters[] = {"node", "bun", "deno", "tsx", "dv8"};

constexpr size_t kHeadSize = 4096;

std::string Extension(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return dot == 0 || dot == std::string::npos ? "" : name.substr(dot);
}

// The name without its folder, and without the extension of a script.
std::string NameOf(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::string extension = Extension(path);
  return IsScriptName(path) ? name.substr(0, name.size() - extension.size()) : name;
}

std::string ReadHead(const std::string& path) {
  std::string head(kHeadSize, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), kHeadSize);
  head.resize(static_cast<size_t>(file.gcount()));
  return head;
}

// The first line when it is a shebang.
std::string_view Shebang(std::string_view head) { return head.starts_with("#!") ? head.substr(0, head.find('\n')) : std::string_view(); }

bool RunsScripts(std::string_view shebang) {
  return std::any_of(std::begin(kInterpreters), std::end(kInterpreters),
                     [&](std::string_view name) { return shebang.find(name) != std::string_view::npos; });
}

// The script that a shell script of npm's or pnpm's starts: it names it by "$basedir/…". Empty for
// other scripts.
std::string StartedByShell(const std::string& path, std::string_view head) {
  static constexpr std::string_view kPlace = "\"$basedir/";
  std::string started;
  for (size_t at = head.find(kPlace); at != std::string_view::npos; at = head.find(kPlace, at + 1)) {
    const size_t start = at + kPlace.size();
    const std::string file(head.substr(start, head.find('"', start) - start));
    if (!file.ends_with("/node") && !file.ends_with("node.exe")) started = AbsolutePath(Dirname(path), file);
  }
  return started;
}

Diagnostic CannotBeRead(const std::string& path) { return Diagnostic{std::string("cannot be read: ") + strerror(errno), path}; }

// The absolute path of `path` when that is a symbolic link; the folder that it lies in has none.
std::string LinkAt(const std::string& path) {
  struct stat info;
  char folder[PATH_MAX];
  if (lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return "";
  if (realpath(Dirname(path).c_str(), folder) == nullptr) return "";
  return AbsolutePath(folder, path.substr(path.rfind('/') + 1));
}

Result<Entry> FindFile(const std::string& path, const std::string& name) {
  char resolved[PATH_MAX];
  if (realpath(path.c_str(), resolved) == nullptr) {
    if (errno == ENOENT || errno == ENOTDIR) return Diagnostic{"there is no such file", path};
    return CannotBeRead(path);
  }
  struct stat info;
  if (stat(resolved, &info) != 0) return CannotBeRead(path);
  if (!S_ISREG(info.st_mode)) return Diagnostic{"is no ordinary file", path};
  if (access(resolved, R_OK) != 0) return CannotBeRead(path);
  const std::string extension = Extension(resolved);
  if (IsScriptName(resolved)) return Entry{resolved, LinkAt(path), name};
  const std::string head = ReadHead(resolved);
  const std::string_view shebang = Shebang(head);
  if (!shebang.empty() && !RunsScripts(shebang)) {
    const std::string started = StartedByShell(resolved, head);
    if (!started.empty()) return FindFile(started, name);
    return Diagnostic{"is a script for '" + std::string(shebang.substr(2)) + "', not JavaScript", path};
  }
  if (shebang.empty() && (!extension.empty() || head.find('\0') != std::string::npos)) {
    return Diagnostic{"is not JavaScript or TypeScript by its name", path, 0, 0,
                      "an entry ends with .js, .mjs, .cjs, .jsx, .ts, .mts, .cts or .tsx, or has no "
                      "extension, or begins with #! and node"};
  }
  return Entry{resolved, LinkAt(path), name};
}

// "name" of "@scope/name".
std::string WithoutScope(const std::string& package) { return package.substr(package.rfind('/') + 1); }

bool IsRegular(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

// The file that `path` is, as "main" may name it: without an extension, or by its folder. Empty when there is none.
std::string FileOf(const std::string& path) {
  if (IsRegular(path)) return path;
  for (const std::string& base : {path, AbsolutePath(path, "index")}) {
    for (const std::string_view extension : kExtensions) {
      if (IsRegular(base + std::string(extension))) return base + std::string(extension);
    }
  }
  return "";
}

// What `exports`, or a part of it, leads to for who starts the package; empty when it is nothing.
std::string TargetOf(const Json& exports) {
  static constexpr std::string_view kConditions[] = {".", "node", "import", "module-sync", "require", "default"};
  if (exports.kind() == Json::Kind::kString) return exports.String();
  for (const auto& [key, value] : exports.members()) {
    if (std::find(std::begin(kConditions), std::end(kConditions), key) == std::end(kConditions)) continue;
    if (std::string target = TargetOf(value); !target.empty()) return target;
  }
  return "";
}

// The script that "bin" names; empty when there is no "bin". `name` becomes the program's.
Result<std::string> ScriptOfBin(const Json& package, const std::string& file, const std::string& folder, std::string* name) {
  const Json* bin = package.Find("bin");
  if (bin == nullptr || (bin->kind() == Json::Kind::kObject && bin->members().empty())) return std::string();
  if (bin->kind() == Json::Kind::kObject) {
    const auto& programs = bin->members();
    const Json* own = programs.size() == 1 ? &programs[0].second : bin->Find(*name);
    if (own == nullptr) {
      std::string choices;
      for (const auto& [key, value] : programs) {
        const std::string path = AbsolutePath("/", value.String()).substr(1);
        choices += (choices.empty() ? "" : ", ") + (folder == "." ? path : folder + (folder.ends_with('/') ? "" : "/") + path);
      }
      return Diagnostic{"has several programs in \"bin\"", file, 0, 0, "name one of them: " + choices};
    }
    if (programs.size() == 1) *name = WithoutScope(programs[0].first);
    bin = own;
  }
  if (bin->String().empty()) return Diagnostic{"has a \"bin\" that names no file", file, 0, 0, "name the file to start with"};
  return bin->String();
}

Result<Entry> FindInFolder(const std::string& folder) {
  char resolved[PATH_MAX];
  if (realpath(folder.c_str(), resolved) == nullptr) return CannotBeRead(folder);
  const std::string index = FileOf(AbsolutePath(resolved, "index"));
  const std::string file = AbsolutePath(resolved, "package.json");
  if (access(file.c_str(), F_OK) != 0) {
    if (!index.empty()) return FindFile(index, NameOf(resolved));
    return Diagnostic{"is a folder without a package.json and an index.js; name the file to start with", folder};
  }
  const Result<std::string> text = ReadFile(file);
  if (!text.ok()) return text.error();
  const std::optional<Json> package = Json::Parse(text.value());
  if (!package || package->kind() != Json::Kind::kObject) return Diagnostic{"is not JSON", file};
  std::string name = WithoutScope(package->StringAt("name"));
  if (name.empty()) name = NameOf(resolved);
  const Result<std::string> bin = ScriptOfBin(*package, file, folder, &name);
  if (!bin.ok()) return bin.error();
  std::string script = bin.value();
  if (script.empty()) script = package->StringAt("main");
  if (script.empty() && package->Find("exports") != nullptr) script = TargetOf(*package->Find("exports"));
  std::string found = script.empty() ? "" : FileOf(AbsolutePath(resolved, script));
  // Node takes it when "main" leads nowhere, too.
  if (found.empty() && bin.value().empty()) found = index;
  if (!found.empty()) return FindFile(found, name);
  return Diagnostic{"names '" + (script.empty() ? "index.js" : script) + "', which is not there", file, 0, 0,
                    "name the file to start with, or build it first"};
}

}  // namespace

bool IsScriptName(const std::string& path) {
  return std::find(std::begin(kExtensions), std::end(kExtensions), Extension(path)) != std::end(kExtensions);
}

Result<Entry> FindEntry(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return FindInFolder(path);
  return FindFile(path, NameOf(path));
}

}  // namespace dv8
