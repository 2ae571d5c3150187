#include "packager/bundle/whole_packages.h"

#include <algorithm>
#include <filesystem>

#include "packager/bundle/identifier.h"
#include "packager/bundle/json.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/search.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view TrimEnd(std::string_view text) {
  const size_t last = text.find_last_not_of(kBlanks);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string_view TrimStart(std::string_view text) { return text.substr(std::min(text.find_first_not_of(kBlanks), text.size())); }

bool EndsWithAny(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return text.ends_with(ending); });
}

bool StartsWithAny(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](auto start) { return text.starts_with(start); });
}

// Whether what stands at `at` in `source` is a use that leads to no file: in a text, in its own declaration, in a
// comparison, or where only a name or a require() is made of it.
bool IsHarmless(std::string_view source, size_t at, size_t size) {
  const std::string_view before = TrimEnd(source.substr(0, at));
  const std::string_view after = TrimStart(source.substr(at + size));
  if (at > 0 && (IsIdentifierPart(source[at - 1]) || source[at - 1] == '.' || source[at - 1] == '\'' || source[at - 1] == '"')) return true;
  if (at + size < source.size() && IsIdentifierPart(source[at + size])) return true;
  if (after.starts_with('=') && !after.starts_with("==")) return true;
  if (StartsWithAny(after, {"==", "!="}) || EndsWithAny(before, {"==", "!=", "typeof", "createRequire(", "basename("})) return true;
  // A comment.
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  return line.find("//") != std::string_view::npos || TrimStart(line).starts_with('*') || TrimStart(line).starts_with("/*");
}

// The statement before `at`: what it is assigned to.
bool DeclaresPlace(std::string_view source, size_t at) {
  const std::string_view before = source.substr(0, at);
  const size_t start = before.find_last_of(";{}");
  const std::string_view statement = before.substr(start == std::string_view::npos ? 0 : start);
  return statement.find("__dirname") != std::string_view::npos || statement.find("__filename") != std::string_view::npos;
}

// new URL('a.txt', import.meta.url)
bool HasLiteralBefore(std::string_view source, size_t at) {
  std::string_view before = TrimEnd(source.substr(0, at));
  if (!before.ends_with(',')) return false;
  before.remove_suffix(1);
  before = TrimEnd(before);
  return EndsWithAny(before, {"'", "\"", "`"});
}

bool IsTestOrText(const std::string& name) {
  static constexpr std::string_view kNames[] = {"test",    "tests",    "__tests__", "doc",       "docs",
                                                "example", "examples", "coverage",  "benchmark", "benchmarks"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

bool IsLeftOut(const fs::path& path, const std::string& package) {
  const std::string name = path.filename().string();
  if (name.ends_with(".map")) return true;
  // In a folder they may be what the package copies.
  if (path.parent_path() == package) {
    for (const std::string_view start : {".", "README", "readme", "CHANGELOG", "changelog", "HISTORY", "CONTRIBUTING"}) {
      if (name.starts_with(start)) return true;
    }
  }
  for (const auto& [types, code] : {std::pair(".d.ts", ".js"), std::pair(".d.mts", ".mjs"), std::pair(".d.cts", ".cjs")}) {
    if (!name.ends_with(types)) continue;
    std::string beside = path.string();
    beside.replace(beside.size() - std::string_view(types).size(), std::string::npos, code);
    std::error_code error;
    return fs::exists(beside, error);
  }
  return false;
}

}  // namespace

bool ComputesPaths(std::string_view source, const std::string& file) {
  const std::string folder = Dirname(file);
  for (const std::string_view name : {"__dirname", "import.meta.dirname"}) {
    for (size_t at = Find(source, name); at != std::string_view::npos; at = Find(source, name, at + 1)) {
      if (IsHarmless(source, at, name.size())) continue;
      const std::string path = PathAfter(source, at + name.size());
      if (path.empty() || path.starts_with("/*")) return true;
      // A folder that the file lies in: names are put behind it later.
      const std::string named = AbsolutePath(folder, "./" + path);
      if (folder == named || folder.starts_with(named + "/") || named == "/") return true;
    }
  }
  for (const std::string_view name : {"__filename", "import.meta.url", "import.meta.filename"}) {
    for (size_t at = Find(source, name); at != std::string_view::npos; at = Find(source, name, at + 1)) {
      if (!IsHarmless(source, at, name.size()) && !DeclaresPlace(source, at) && !HasLiteralBefore(source, at)) return true;
    }
  }
  return false;
}

WholePackage ReadPackage(const std::string& folder) {
  WholePackage package{folder, {}, 0};
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (at->is_directory(error)) {
      // Below others they are of what the package copies, such as templates.
      const bool is_hidden = name.starts_with('.') && (name == ".git" || at->path().parent_path() == folder);
      if (name == "node_modules" || is_hidden || IsTestOrText(name)) at.disable_recursion_pending();
    } else if (at->is_regular_file(error) && !IsLeftOut(at->path(), folder)) {
      package.size += at->file_size(error);
      package.files.push_back(at->path().string());
    }
  }
  std::sort(package.files.begin(), package.files.end());
  return package;
}

std::set<std::string> DeclaredPackages(const std::string& folder) {
  std::set<std::string> names;
  const Result<std::string> text = ReadFile(AbsolutePath(folder, "package.json"));
  const std::optional<Json> json = text.ok() ? Json::Parse(text.value()) : std::nullopt;
  if (!json) return names;
  std::error_code error;
  for (const char* key : {"dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta"}) {
    const Json* declared = json->Find(key);
    if (declared == nullptr) continue;
    for (const auto& [name, version] : declared->members()) {
      for (std::string at = folder;; at = Dirname(at)) {
        if (fs::is_directory(AbsolutePath(at, "node_modules/" + name), error)) {
          names.insert(name);
          break;
        }
        if (at == "/") break;
      }
    }
  }
  return names;
}

}  // namespace dv8
