#include "packager/bundle/named_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "packager/bundle/esbuild.h"
#include "packager/bundle/identifier.h"
#include "packager/bundle/json.h"
#include "packager/bundle/search.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPackageJson = "package.json";
constexpr std::string_view kOwnFolder[] = {"__dirname",
                                           "import.meta.dirname",
                                           "dirname(__filename)",
                                           "dirname(module.filename)",
                                           "dirname(import.meta.filename)",
                                           "dirname(fileURLToPath(import.meta.url))",
                                           "dirname(url.fileURLToPath(import.meta.url))"};
// Code with one of these asks where it lies, or starts workers.
constexpr std::string_view kOwnPlace[] = {"__dirname",     "__filename",      "module.filename", "import.meta",
                                          "createRequire", "require.resolve", "new Worker(",     ".commandDir("};
// The method of npm's yargs that loads the modules of a folder beside the file that calls it.
constexpr std::string_view kCommandFolder = ".commandDir(";
// Code for browsers, too, has a variable of this name, which esbuild does not take for Node's.
constexpr std::string_view kOwnRequire = "require = require ||";
// What names of functions that load the modules of a folder have in them: requireDir, require_all, loadPlugins.
constexpr std::string_view kLoaders[] = {"equire", "load", "Load"};
constexpr size_t kLongestPath = 400;

bool IsQuote(char c) { return c == '\'' || c == '"' || c == '`'; }

// The string literal that starts at `at`, with "*" for what a template leaves open; `end` is behind
// it. False when there is none, or one that is no path.
bool ReadLiteral(std::string_view source, size_t at, std::string* text, size_t* end) {
  if (at >= source.size() || !IsQuote(source[at])) return false;
  const char quote = source[at++];
  text->clear();
  for (; at < source.size() && text->size() < kLongestPath; at++) {
    if (source[at] == quote) {
      *end = at + 1;
      return true;
    }
    if (source[at] == '\\' || source[at] == '\n') return false;
    const bool is_open = quote == '`' && source.substr(at).starts_with("${");
    // What a library fills in: 'locales/{{lng}}.json'.
    const bool is_filled_in = source.substr(at).starts_with("{{");
    if (is_open || is_filled_in) {
      const size_t close = source.find(is_open ? "}" : "}}", at);
      if (close == std::string_view::npos) return false;
      *text += '*';
      at = is_open ? close : close + 1;
    } else {
      *text += source[at];
    }
  }
  return false;
}

size_t SkipBlanks(std::string_view source, size_t at) { return std::min(source.find_first_not_of(" \t\r\n", at), source.size()); }

bool Matches(std::string_view name, std::string_view pattern) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  const size_t last = pattern.rfind('*');
  return name.size() + 1 >= pattern.size() && name.starts_with(pattern.substr(0, star)) && name.ends_with(pattern.substr(last + 1));
}

constexpr std::string_view kCode[] = {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"};
constexpr std::string_view kTypes[] = {".d.ts", ".d.mts", ".d.cts"};

// What require() may leave out.
constexpr std::string_view kEndings[] = {"", ".js", ".json", ".cjs"};

bool IsLeftOut(const fs::path& name) { return name == "node_modules" || name == ".git"; }

// Whether a package.json says what its package is called: those inside of packages only say what
// kind of modules lie there.
bool HasName(const std::string& file) {
  const Result<std::string> text = ReadFile(file);
  const std::optional<Json> json = text.ok() ? Json::Parse(text.value()) : std::nullopt;
  return json && json->Find("name") != nullptr;
}

// Whether the literal whose quote is at `at` is what an import names: esbuild follows those, unless the source
// `hides` its import() in a text, has `made` its require() itself, or was given it.
bool IsImported(std::string_view source, size_t at, bool hides, bool made) {
  std::string_view before = source.substr(0, at);
  while (!before.empty() && (before.back() == ' ' || before.back() == '\n')) before.remove_suffix(1);
  for (const std::string_view word : {"import", "from"}) {
    if (before.ends_with(word)) return true;
  }
  return (!hides && before.ends_with("import(")) || (!made && before.ends_with("require("));
}

// What `exports`, or a part of it, leads to for require(); empty when it is nothing.
std::string TargetOf(const Json& exports) {
  static constexpr std::string_view kConditions[] = {".", "node", "require", "module-sync", "default"};
  if (exports.kind() == Json::Kind::kString) return exports.String();
  for (const auto& [key, value] : exports.members()) {
    if (std::find(std::begin(kConditions), std::end(kConditions), key) == std::end(kConditions)) continue;
    if (std::string target = TargetOf(value); !target.empty()) return target;
  }
  return "";
}

// The file, relative to its folder, that a package is for require().
std::string MainOf(const std::string& package) {
  const Result<std::string> text = ReadFile(AbsolutePath(package, kPackageJson));
  const std::optional<Json> json = text.ok() ? Json::Parse(text.value()) : std::nullopt;
  if (!json) return "index";
  const Json* exports = json->Find("exports");
  std::string main = exports != nullptr ? TargetOf(*exports) : json->StringAt("main");
  return main.empty() ? "index" : main;
}

// What `before` ends with an assignment to: "a" of `const a =`. Empty when it ends otherwise.
std::string_view AssignedName(std::string_view before) {
  const auto drop_blanks = [&] {
    while (before.ends_with(' ') || before.ends_with('\n')) before.remove_suffix(1);
  };
  drop_blanks();
  if (!before.ends_with('=')) return {};
  before.remove_suffix(1);
  drop_blanks();
  size_t name = before.size();
  while (name > 0 && IsIdentifierPart(before[name - 1])) name--;
  return before.substr(name);
}

// The name of the constant whose value is the path that the own folder's name at `at` begins: "root" of
// `const root = path.join(__dirname, '..')`. Empty when it begins something else.
std::string ConstantOf(std::string_view source, size_t at) {
  static constexpr std::string_view kDeclarations[] = {"const", "let", "var"};
  static constexpr std::string_view kJoining[] = {"join", "resolve", "normalize"};
  const size_t start = source.find_last_of(";{}\n", at) + 1;
  std::string_view before = source.substr(start, at - start);
  // `path.` of `path.dirname(…)`, and the call around it.
  const auto take_name = [&] {
    const size_t size = before.size();
    while (!before.empty() && (IsIdentifierPart(before.back()) || before.back() == '.')) before.remove_suffix(1);
    return source.substr(start + before.size(), size - before.size());
  };
  take_name();
  if (before.ends_with('(')) {
    before.remove_suffix(1);
    const std::string_view function = take_name();
    if (std::none_of(std::begin(kJoining), std::end(kJoining), [&](auto name) { return function.ends_with(name); })) return "";
  }
  const std::string_view constant = AssignedName(before);
  if (constant.empty()) return "";
  before = before.substr(0, static_cast<size_t>(constant.data() - before.data()));
  while (before.ends_with(' ')) before.remove_suffix(1);
  const bool is_declared =
      std::any_of(std::begin(kDeclarations), std::end(kDeclarations), [&](auto word) { return before.ends_with(word); });
  return is_declared ? std::string(constant) : "";
}

// The own folder's names in `source`, and those of its constants that stand for a folder behind it, with that folder's path.
std::vector<std::pair<std::string, std::string>> FolderNames(std::string_view source) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const std::string_view name : kOwnFolder) names.emplace_back(name, "./");
  for (size_t i = 0; i < names.size(); i++) {
    const auto [name, folder] = names[i];
    for (size_t at = Find(source, name); at != std::string_view::npos; at = Find(source, name, at + 1)) {
      const std::string constant = ConstantOf(source, at);
      const std::string path = PathAfter(source, at + name.size());
      const bool is_known = std::any_of(names.begin(), names.end(), [&](const auto& known) { return known.first == constant; });
      if (constant.size() > 1 && !is_known && path.find('*') == std::string::npos) names.emplace_back(constant, folder + path + "/");
    }
  }
  return names;
}

// The folders beside it that `source` gives to yargs as those of its commands.
std::set<std::string> CommandFoldersIn(std::string_view source) {
  std::set<std::string> folders;
  std::string literal;
  size_t end = 0;
  for (size_t at = Find(source, kCommandFolder); at != std::string_view::npos; at = Find(source, kCommandFolder, at + 1)) {
    const bool is_literal = ReadLiteral(source, SkipBlanks(source, at + kCommandFolder.size()), &literal, &end);
    if (is_literal && !literal.empty() && !literal.starts_with('/')) folders.insert("./" + literal);
  }
  return folders;
}

// The folder of the package `name` that `file` finds, and not that of a link to it; empty when there is none.
std::string PackageFolderFor(const std::string& file, const std::string& name) {
  std::error_code error;
  for (std::string at = Dirname(file); at != "/"; at = Dirname(at)) {
    const std::string package = fs::canonical(AbsolutePath(at, "node_modules/" + name), error).string();
    if (!error && fs::is_directory(package, error)) return package;
  }
  return "";
}

class Collector {
 public:
  explicit Collector(const std::vector<std::string>& chosen) : chosen_(chosen) {}

  // Takes what `pattern`, relative to the folder of `file`, stands for in `package`'s folder.
  void Take(const std::string& file, const std::string& package, const std::string& pattern) {
    const std::string path = AbsolutePath(Dirname(file), pattern);
    // What lies outside of the package is not the package's.
    if (!path.starts_with(package == "/" ? "/" : package + "/")) return;
    TakeMatching(package, path.substr(package.size() + (package == "/" ? 0 : 1)), file);
  }

  // Takes each package.json from `folder` up to that of its package, and returns the package's
  // folder: below node_modules, or the nearest one that has a package.json with a name, or `root`.
  std::string TakePackage(const std::string& folder, const std::string& root) {
    std::error_code error;
    for (std::string at = folder;; at = Dirname(at)) {
      const std::string file = AbsolutePath(at, kPackageJson);
      const bool is_there = fs::is_regular_file(file, error);
      if (is_there) files_.insert(file);
      const std::string parent = Dirname(at);
      const std::string_view name = std::string_view(parent).substr(parent.rfind('/') + 1);
      const bool is_package = name == "node_modules" || (name.starts_with('@') && Dirname(parent).ends_with("/node_modules"));
      if (is_package || at == root) return at;
      if (at == "/") return root;
      if (is_there && !folder.starts_with(root + "/") && HasName(file)) return at;
    }
  }

  // Takes the file that `specifier`, a package or a file of one, names in `file`.
  void TakeResolved(const std::string& file, const std::string& specifier, const std::string& root) {
    const std::string name = PackageName(specifier);
    const std::string package = PackageFolderFor(file, name);
    if (package.empty()) return;
    TakePackage(package, root);
    // 'assert/' is the package, and not Node's module.
    const std::string rest = specifier.size() > name.size() + 1 ? specifier.substr(name.size() + 1) : MainOf(package);
    const std::string base = AbsolutePath(package, rest);
    std::error_code error;
    for (const std::string_view ending : {"", ".js", ".json", ".cjs", "/index.js"}) {
      if (!fs::is_regular_file(base + std::string(ending), error)) continue;
      TakeFile(base + std::string(ending));
      break;
    }
  }

  // Takes what oclif finds by the package.json of the command's package in `folder`, and of the plug-ins that it lists: the
  // modules of commands and hooks.
  void TakeOclif(const std::string& folder) {
    if (!oclif_.insert(folder).second) return;
    const Result<std::string> text = ReadFile(AbsolutePath(folder, kPackageJson));
    const std::optional<Json> json = text.ok() ? Json::Parse(text.value()) : std::nullopt;
    const Json* oclif = json ? json->Find("oclif") : nullptr;
    if (oclif == nullptr) return;
    files_.insert(AbsolutePath(folder, kPackageJson));
    std::error_code error;
    for (const char* manifest : {"oclif.manifest.json", ".oclif.manifest.json"}) {
      const std::string file = AbsolutePath(folder, manifest);
      if (fs::is_regular_file(file, error)) files_.insert(file);
    }
    const bool computes = std::exchange(computes_, true);
    if (const Json* commands = oclif->Find("commands")) TakeTargets(folder, *commands);
    if (const Json* hooks = oclif->Find("hooks")) {
      for (const auto& [name, hook] : hooks->members()) TakeTargets(folder, hook);
    }
    computes_ = computes;
    const Json* plugins = oclif->Find("plugins");
    if (plugins == nullptr) return;
    for (const Json& plugin : plugins->items()) {
      const std::string found = PackageFolderFor(AbsolutePath(folder, kPackageJson), plugin.String());
      if (!found.empty()) TakeOclif(found);
    }
  }

  // Whether the code whose names are taken next computes what it loads: the code in a folder is then the program's.
  void set_computes(bool computes) { computes_ = computes; }

  // Takes the modules beside `file`, and what they import unless the folder is `root`.
  void TakeSiblings(const std::string& file, const std::string& root) {
    std::error_code error;
    const std::string folder = Dirname(file);
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const std::string path = at->path().string();
      if (!at->is_regular_file(error) || !(IsModuleFile(path) || path.ends_with(".json"))) continue;
      files_.insert(path);
      if (folder != root && IsModuleFile(path)) code_.insert(path);
    }
  }

  // Takes all of those packages that `file` may ask for by `names` and that are no modules: their files are read.
  void TakeUnloadable(const std::string& file, const std::set<std::string>& names) {
    std::error_code error;
    for (const std::string& name : names) {
      const std::string package = PackageFolderFor(file, name);
      if (package.empty() || !unloadable_.insert(package).second) continue;
      const std::string base = AbsolutePath(package, MainOf(package));
      const bool is_module = !base.ends_with(".json") && std::any_of(std::begin(kEndings), std::end(kEndings), [&](auto ending) {
        return fs::is_regular_file(base + std::string(ending), error);
      });
      if (is_module || fs::is_directory(base, error)) continue;
      const WholePackage whole = ReadPackage(package);
      if (whole.size <= kLargestPackage) TakeAll(whole.files);
      for (const std::string& path : whole.files) {
        if (IsModuleFile(path)) code_.insert(path);
      }
    }
  }

  // Takes the files of a command's subcommands, which commander starts by their names: `tool-add` beside `tool`.
  void TakeSubcommands(const std::string& entry) {
    const fs::path path(entry);
    const std::string start = path.stem().string() + "-";
    std::error_code error;
    for (fs::directory_iterator at(path.parent_path(), error), end; !error && at != end; at.increment(error)) {
      const fs::path& file = at->path();
      if (!at->is_regular_file(error) || !file.filename().string().starts_with(start) || file.extension() != path.extension()) continue;
      files_.insert(file.string());
      code_.insert(file.string());
    }
  }

  void TakeModule(const std::string& path) {
    std::error_code error;
    for (const std::string_view ending : kEndings) {
      const std::string file = path + std::string(ending);
      if (IsModuleFile(file) && fs::is_regular_file(file, error)) return TakeFile(file);
    }
  }

  void TakeAll(const std::vector<std::string>& files) { files_.insert(files.begin(), files.end()); }

  FilesBeside files() const { return {{files_.begin(), files_.end()}, {code_.begin(), code_.end()}, {}, {}, {}}; }

 private:
  // `rest` are the names below `folder` that are not walked yet.
  void TakeMatching(const std::string& folder, const std::string& rest, const std::string& file) {
    const size_t slash = rest.find('/');
    const std::string name = rest.substr(0, slash);
    const std::string left = slash == std::string::npos ? "" : rest.substr(slash + 1);
    if (IsLeftOut(name)) return;
    if (name.find('*') == std::string::npos) {
      const std::string path = AbsolutePath(folder, name);
      return left.empty() ? TakeWhole(path, file) : TakeMatching(path, left, file);
    }
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      names.push_back(at->path().filename().string());
    }
    const auto matches = [&](const std::string& found) {
      return std::any_of(std::begin(kEndings), std::end(kEndings), [&](auto ending) { return Matches(found, name + std::string(ending)); });
    };
    for (const std::string& found : names) {
      if (IsLeftOut(found) || !matches(found)) continue;
      const std::string path = AbsolutePath(folder, found);
      if (!left.empty()) {
        TakeMatching(path, left, file);
      } else if (!fs::is_symlink(path, error) || !fs::is_directory(path, error)) {
        TakeWhole(path, file);
        // A module that is a folder.
        if (fs::is_regular_file(path + "/index.js", error)) TakeFile(path + "/index.js");
      }
    }
  }

  // A path in `folder`, or an object with one as its "target", or several.
  void TakeTargets(const std::string& folder, const Json& targets) {
    for (const Json& target : targets.items()) TakeTargets(folder, target);
    const std::string path = targets.kind() == Json::Kind::kObject ? targets.StringAt("target") : targets.String();
    if (!path.empty()) TakeMatching(folder, AbsolutePath("/", path).substr(1), "");
  }

  void TakeFile(const std::string& path) {
    files_.insert(path);
    if (IsModuleFile(path)) code_.insert(path);
  }

  void TakeWhole(const std::string& path, const std::string& file) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) return TakeFile(path);
    for (const std::string_view ending : kEndings) {
      if (!ending.empty() && fs::is_regular_file(path + std::string(ending), error)) TakeFile(path + std::string(ending));
    }
    const auto lies_in = [&](const std::string& other) { return other.starts_with(path + "/"); };
    if (!fs::is_directory(path, error) || lies_in(file) || std::any_of(chosen_.begin(), chosen_.end(), lies_in)) {
      return;
    }
    fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error);
    for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
      if (IsLeftOut(at->path().filename())) {
        at.disable_recursion_pending();
      } else if (at->is_regular_file(error)) {
        files_.insert(at->path().string());
        if (computes_ && IsModuleFile(at->path().string())) code_.insert(at->path().string());
      }
    }
  }

  const std::vector<std::string>& chosen_;
  std::set<std::string> unloadable_;  // Packages that were looked at.
  std::set<std::string> oclif_;       // The same.
  bool computes_ = false;
  std::set<std::string> files_;
  std::set<std::string> code_;
};

}  // namespace

bool IsDeclaration(std::string_view path) {
  return std::any_of(std::begin(kTypes), std::end(kTypes), [&](auto ending) { return path.ends_with(ending); });
}

bool IsModuleFile(std::string_view path) {
  return !IsDeclaration(path) && std::any_of(std::begin(kCode), std::end(kCode), [&](auto ending) { return path.ends_with(ending); });
}

// "*/b" for `+ name + '/b'` at `at`; empty when something else is there.
static std::string SumAfter(std::string_view source, size_t at) {
  std::string rest;
  size_t end = 0;
  at = SkipBlanks(source, at);
  if (at >= source.size() || source[at] != '+') return "";
  at = source.find_first_of("+)", at + 1);
  if (at == std::string_view::npos || source[at] != '+' || !ReadLiteral(source, SkipBlanks(source, at + 1), &rest, &end)) return "";
  return "*" + rest;
}

std::set<std::string> PathsNamedIn(std::string_view source, Loads loads) {
  std::set<std::string> paths;
  const bool hides = HidesImport(source);
  const bool asks = loads != Loads::kNames || hides ||
                    std::any_of(std::begin(kOwnPlace), std::end(kOwnPlace), [&](auto word) { return Contains(source, word); });
  if (!asks) return paths;
  const bool made = loads == Loads::kPassesOn || Contains(source, "createRequire");
  std::string literal;
  size_t end = 0;
  for (size_t at = Find(source, "./"); at != std::string_view::npos; at = Find(source, "./", at + 1)) {
    const size_t start = at > 0 && source[at - 1] == '.' ? at - 1 : at;
    if (start == 0 || !ReadLiteral(source, start - 1, &literal, &end)) continue;
    if (!IsImported(source, start - 1, hides, made) || literal.find('*') != std::string::npos) {
      paths.insert(literal);
    } else if (const std::string pattern = SumAfter(source, end); pattern.starts_with("*/")) {
      paths.insert(literal + pattern);  // './a/' + name + '/b', whose file has an ending.
    }
  }
  for (const auto& [name, folder] : FolderNames(source)) {
    for (size_t at = Find(source, name); at != std::string_view::npos; at = Find(source, name, at + 1)) {
      if (at > 0 && IsIdentifierPart(source[at - 1])) continue;
      const std::string path = PathAfter(source, at + name.size());
      if (!path.empty()) paths.insert(folder + path);
    }
  }
  paths.merge(CommandFoldersIn(source));
  // new URL('a.wasm', import.meta.url)
  static constexpr std::string_view kUrl = "new URL(";
  for (size_t at = Find(source, kUrl); at != std::string_view::npos; at = Find(source, kUrl, at + 1)) {
    if (!ReadLiteral(source, SkipBlanks(source, at + kUrl.size()), &literal, &end)) continue;
    const size_t comma = SkipBlanks(source, end);
    if (comma >= source.size() || source[comma] != ',') continue;
    if (source.substr(SkipBlanks(source, comma + 1)).starts_with("import.meta.url") && literal.find(':') == std::string::npos) {
      paths.insert("./" + literal);
    }
  }
  return paths;
}

std::set<std::string> FoldersLoadedIn(std::string_view source) {
  std::set<std::string> folders = CommandFoldersIn(source);
  for (const std::string_view name : kOwnFolder) {
    for (size_t at = Find(source, name); at != std::string_view::npos; at = Find(source, name, at + 1)) {
      const size_t start = source.find_last_of(";{}\n", at);
      const std::string_view before = source.substr(start + 1, at - start - 1);
      const bool loads =
          std::any_of(std::begin(kLoaders), std::end(kLoaders), [&](auto word) { return before.find(word) != std::string_view::npos; });
      const std::string path = loads ? PathAfter(source, at + name.size()) : "";
      if (!path.empty()) folders.insert("./" + path);
    }
  }
  return folders;
}

std::string PathAfter(std::string_view source, size_t at) {
  std::string path, literal;
  at = SkipBlanks(source, at);
  if (at < source.size() && source[at] == '}') {
    // `${__dirname}/a`
    const size_t close = source.find('`', at);
    if (close == std::string_view::npos) return "";
    size_t end = 0;
    const std::string rest = "`" + std::string(source.substr(at + 1, close - at));
    return ReadLiteral(rest, 0, &literal, &end) ? literal : "";
  }
  const bool is_sum = at < source.size() && source[at] == '+';
  while (at < source.size() && (source[at] == ',' || source[at] == '+')) {
    const bool joins = source[at] == ',';
    if (joins && is_sum) break;  // __dirname + '/a', 'utf8'
    size_t end = 0;
    const size_t next = SkipBlanks(source, at + 1);
    if (source.substr(next).starts_with(')')) break;  // The last argument may have a comma behind it.
    if (!ReadLiteral(source, next, &literal, &end)) {
      // A part that only the running code knows; behind a sum it is another argument: fork(__dirname + '/a.js', list).
      return path.empty() || (joins && is_sum) ? path : path + "/*";
    }
    path += (joins ? "/" : "") + literal;
    at = SkipBlanks(source, end);
  }
  return path;
}

std::string PackageJsonOf(const std::string& file) {
  std::error_code error;
  for (std::string folder = Dirname(file);; folder = Dirname(folder)) {
    const std::string path = AbsolutePath(folder, kPackageJson);
    if (fs::is_regular_file(path, error)) return path;
    if (folder == "/") return "";
  }
}

// The packages, and files of packages, that the argument of each call of `function` names.
static std::set<std::string> PackagesIn(std::string_view source, std::string_view function) {
  std::set<std::string> packages;
  std::string literal;
  size_t end = 0;
  for (size_t at = Find(source, function); at != std::string_view::npos; at = Find(source, function, at + 1)) {
    if (ReadLiteral(source, at + function.size(), &literal, &end) && IsPackage(literal) && literal.find('*') == std::string::npos) {
      packages.insert(literal);
    }
  }
  return packages;
}

std::set<std::string> PackagesRequiredIn(std::string_view source) {
  static constexpr std::string_view kMaker = "createRequire", kAs = "createRequire as ";
  if (!Contains(source, kMaker)) return {};
  std::set<std::string> packages;
  // By whatever names the source gives them.
  std::set<std::string> calls = {"equire("}, makers = {std::string(kMaker) + "("};
  for (size_t at = Find(source, kAs); at != std::string_view::npos; at = Find(source, kAs, at + 1)) {
    makers.insert(std::string(Identifier(source.substr(at + kAs.size()))) + "(");
  }
  std::vector<size_t> made;  // Where the arguments of those calls begin.
  for (const std::string& maker : makers) {
    for (size_t at = Find(source, maker); at != std::string_view::npos; at = Find(source, maker, at + 1)) {
      if (maker.size() > 1 && (at == 0 || !IsIdentifierPart(source[at - 1]))) made.push_back(at + maker.size() - 1);
    }
  }
  for (const size_t open : made) {
    int depth = 0;
    size_t close = open;
    for (; close < source.size(); close++) {
      depth += (source[close] == '(') - (source[close] == ')');
      if (depth == 0) break;
    }
    std::string literal;
    size_t end = 0;
    if (source.substr(std::min(close + 1, source.size())).starts_with('(') && ReadLiteral(source, close + 2, &literal, &end) &&
        IsPackage(literal) && literal.find('*') == std::string::npos) {
      packages.insert(literal);
    }
    // `const load = createRequire(…)`, `const load = module.createRequire(…)`.
    size_t start = open;
    while (start > 0 && (IsIdentifierPart(source[start - 1]) || source[start - 1] == '.')) start--;
    if (const std::string_view name = AssignedName(source.substr(0, start)); !name.empty()) calls.insert(std::string(name) + "(");
  }
  for (const std::string& call : calls) packages.merge(PackagesIn(source, call));
  return packages;
}

std::set<std::string> PackagesResolvedIn(std::string_view source) {
  std::set<std::string> packages;
  for (const std::string_view function : {"require.resolve(", "import.meta.resolve(", "resolve.sync(", "findPackageJSON("}) {
    packages.merge(PackagesIn(source, function));
  }
  return packages;
}

std::set<std::string> PackageFoldersIn(std::string_view source) {
  std::set<std::string> packages;
  std::string literal, next;
  size_t end = 0;
  for (const std::string_view function : {"require.resolve(", "import.meta.resolve(", "resolve.sync("}) {
    for (size_t at = Find(source, function); at != std::string_view::npos; at = Find(source, function, at + 1)) {
      if (!ReadLiteral(source, SkipBlanks(source, at + function.size()), &literal, &end)) continue;
      if (!IsPackage(literal) || literal.find('*') != std::string::npos) continue;
      std::string_view before = source.substr(0, at);
      end = SkipBlanks(source, end);
      for (const std::string_view wrapper : {"fileURLToPath(", "url."}) {
        if (before.ends_with(wrapper)) before.remove_suffix(wrapper.size());
      }
      const size_t close = source.find_first_not_of(") ", end);
      const bool goes_up = close != std::string_view::npos && source[close] == ',' && close > end &&
                           ReadLiteral(source, SkipBlanks(source, close + 1), &next, &end) && next.starts_with("..");
      if (before.ends_with("dirname(") || goes_up) packages.insert(PackageName(literal));
    }
  }
  return packages;
}

std::set<std::string> PathsIntoPackagesIn(std::string_view source) {
  static constexpr std::string_view kFolder = "node_modules";
  std::set<std::string> files;
  std::string literal;
  size_t end = 0;
  for (size_t at = Find(source, kFolder); at != std::string_view::npos; at = Find(source, kFolder, at + 1)) {
    const size_t quote = source.find_last_of("'\"`\n", at);
    if (quote == std::string_view::npos || at - quote > kLongestPath || !ReadLiteral(source, quote, &literal, &end)) continue;
    const size_t folder = literal.rfind(kFolder);
    if (end < at || folder == std::string::npos) continue;
    std::string path = literal.substr(folder + kFolder.size()) + PathAfter(source, end);
    if (!path.starts_with('/')) continue;
    path.erase(0, 1);
    const bool is_file = path.size() > PackageName(path).size() && path.find('*') == std::string::npos;
    if (is_file && IsPackage(path)) files.insert(path);
  }
  return files;
}

bool HidesImport(std::string_view source) {
  if (!Contains(source, "import(")) return false;
  return Contains(source, "Function(") || Contains(source, "eval(");
}

std::set<std::string> PackagePatternsIn(std::string_view source) {
  std::set<std::string> patterns;
  std::string literal, rest;
  size_t end = 0;
  for (const std::string_view call : {"require(", "import(", "require.resolve("}) {
    for (size_t at = Find(source, call); at != std::string_view::npos; at = Find(source, call, at + 1)) {
      if (!ReadLiteral(source, SkipBlanks(source, at + call.size()), &literal, &end)) continue;
      size_t next = SkipBlanks(source, end);
      if (source.substr(next).starts_with('+')) {
        literal += '*';
        // 'a/' + name + '.js'
        next = source.find_first_of("+)", next + 1);
        if (next != std::string_view::npos && source[next] == '+' && ReadLiteral(source, SkipBlanks(source, next + 1), &rest, &end)) {
          literal += rest;
        }
      }
      const size_t star = literal.find('*');
      if (star == std::string::npos || !IsPackage(literal)) continue;
      if (PackageName(literal).size() < star && literal.find('*', star + 1) == std::string::npos) patterns.insert(literal);
    }
  }
  return patterns;
}

// The names that `pattern`, relative to the package in `folder`, stands for: by its "exports" when it has them.
static std::set<std::string> NamesOf(const std::string& folder, const std::string& pattern) {
  std::set<std::string> names;
  const Result<std::string> text = ReadFile(AbsolutePath(folder, kPackageJson));
  const std::optional<Json> json = text.ok() ? Json::Parse(text.value()) : std::nullopt;
  // `path`, with a "*" in its last part: what lies there, as `name` says with its own.
  const auto list = [&](const std::string& path, const std::string& name) {
    const std::string last = path.substr(path.rfind('/') + 1), ahead = name.substr(0, name.find('*'));
    const size_t star = last.find('*');
    if (star == std::string::npos) return;
    std::error_code error;
    for (fs::directory_iterator at(Dirname(AbsolutePath(folder, path)), error), end; !error && at != end; at.increment(error)) {
      const std::string file = at->path().filename().string();
      if (!Matches(file, last) || !(IsModuleFile(file) || file.ends_with(".json"))) continue;
      names.insert(ahead + file.substr(star, file.size() + 1 - last.size()) + name.substr(ahead.size() + 1));
    }
  };
  const Json* exports = json ? json->Find("exports") : nullptr;
  if (exports == nullptr) {
    for (const std::string_view ending : kEndings) list(pattern + std::string(ending), pattern + std::string(ending));
    return names;
  }
  for (const auto& [key, value] : exports->members()) {
    if (!key.starts_with("./")) continue;
    const std::string name = key.substr(2);
    if (name.find('*') == std::string::npos) {
      if (Matches(name, pattern)) names.insert(name);
      continue;
    }
    list(TargetOf(value), name);
  }
  std::erase_if(names, [&](const std::string& name) { return !Matches(name, pattern); });
  return names;
}

// The files of packages that `pattern` of `file` stands for; none where they are too many.
static std::set<std::string> PackageFilesBy(const std::string& file, const std::string& pattern) {
  static constexpr size_t kMost = 1000;
  const std::string name = PackageName(pattern);
  std::error_code error;
  for (std::string at = Dirname(file); at != "/"; at = Dirname(at)) {
    const std::string folder = AbsolutePath(at, "node_modules/" + name);
    if (!fs::is_directory(folder, error)) continue;
    std::set<std::string> files;
    for (const std::string& found : NamesOf(folder, pattern.substr(name.size() + 1))) files.insert(name + "/" + found);
    return files.size() > kMost ? std::set<std::string>() : files;
  }
  return {};
}

std::set<std::string> JsonOfPackagesIn(std::string_view source) {
  static constexpr std::string_view kJson = ".json";
  std::set<std::string> files;
  for (size_t at = Find(source, kJson); at != std::string_view::npos; at = Find(source, kJson, at + 1)) {
    const size_t end = at + kJson.size();
    if (end >= source.size() || !IsQuote(source[end])) continue;
    const size_t start = source.rfind(source[end], at);
    if (start == std::string_view::npos || end - start > kLongestPath) continue;
    const std::string_view name = source.substr(start + 1, end - start - 1);
    if (IsPackage(name) && name.find_first_of(" \n\\$") == std::string_view::npos) files.emplace(name);
  }
  return files;
}

std::set<std::string> PackagesNamedIn(std::string_view source) {
  std::set<std::string> names;
  std::string literal;
  size_t end = 0;
  for (const char quote : {'\'', '"'}) {
    for (size_t at = source.find(quote); at != std::string_view::npos; at = source.find(quote, at + 1)) {
      if (ReadLiteral(source, at, &literal, &end) && !literal.empty() && IsPackage(literal)) names.insert(literal);
    }
  }
  return names;
}

bool ResolvesComputed(std::string_view source) {
  static constexpr std::string_view kCall = "require.resolve(";
  std::string literal;
  for (size_t at = Find(source, kCall); at != std::string_view::npos; at = Find(source, kCall, at + 1)) {
    const size_t start = SkipBlanks(source, at + kCall.size());
    size_t end = start;
    if (!ReadLiteral(source, start, &literal, &end) || literal.find('*') != std::string::npos) return true;
    end = SkipBlanks(source, end);
    if (end < source.size() && source[end] == '+') return true;
  }
  return false;
}

std::string LoadsIn(std::string_view source) {
  // CommonJS: what it exports is not known.
  std::string script = "module.exports={};\n", literal;
  size_t end = 0;
  for (const std::string_view call : {"require(", "import("}) {
    for (size_t at = Find(source, call); at != std::string_view::npos; at = Find(source, call, at + 1)) {
      if (!ReadLiteral(source, SkipBlanks(source, at + call.size()), &literal, &end)) continue;
      if (literal.empty() || literal.find('*') != std::string::npos) continue;
      // In a try block what is not there is left to the run time.
      script.append("try{").append(call).append(QuoteJson(literal)).append(")}catch(e){}\n");
    }
  }
  return script;
}

FilesBeside FindFilesBeside(const std::vector<std::string>& inputs, const std::map<std::string, Loads>& loads, const std::string& root,
                            const std::vector<std::string>& chosen, const std::string& entry) {
  Collector collector(chosen);
  std::map<std::string, std::set<std::string>> packages, imported;
  std::map<std::string, std::set<std::string>> named;  // By the program's own file, the packages among its strings.
  std::map<std::string, WholePackage> whole;           // By folder.
  std::map<std::string, std::string> package_of;       // The folder of the package that a folder is in.
  bool any_computes = false, any_imports = false;
  for (const std::string& input : inputs) {
    const auto [package, is_new] = package_of.try_emplace(Dirname(input));
    if (is_new) package->second = collector.TakePackage(Dirname(input), root);
    const Result<std::string> source = ReadFile(input);
    if (!source.ok()) continue;
    const auto found = loads.find(input);
    Loads how = found == loads.end() ? Loads::kNames : found->second;
    if (how == Loads::kNames && Contains(source.value(), kOwnRequire)) how = Loads::kPassesOn;
    const bool computes = how == Loads::kComputes || how == Loads::kImports || ResolvesComputed(source.value());
    collector.set_computes(computes);
    any_computes |= computes;
    any_imports |= how == Loads::kImports;
    const std::set<std::string> loaded = FoldersLoadedIn(source.value());
    for (const std::string& path : PathsNamedIn(source.value(), how)) {
      collector.set_computes(computes || loaded.contains(path));
      collector.Take(input, package->second, path);
    }
    collector.set_computes(computes);
    if (input == entry) {
      for (const std::string& path : PathsNamedIn(source.value(), Loads::kComputes)) {
        collector.TakeModule(AbsolutePath(Dirname(input), path));
      }
    }
    const auto take_package = [&](const std::string& folder) {
      if (whole.contains(folder)) return;
      const WholePackage& read = whole[folder] = ReadPackage(folder);
      if (read.size <= kLargestPackage) collector.TakeAll(read.files);
    };
    for (const std::string& specifier : PackagesResolvedIn(source.value())) {
      collector.TakeResolved(input, specifier, root);
      // Where its own package lies: what it finds there has computed names.
      if (package->second.ends_with("/node_modules/" + PackageName(specifier)) && specifier.ends_with("/package.json")) {
        take_package(package->second);
      }
    }
    for (const std::string& name : PackageFoldersIn(source.value())) {
      const std::string folder = PackageFolderFor(input, name);
      if (!folder.empty()) take_package(folder);
    }
    for (const std::string& specifier : JsonOfPackagesIn(source.value())) {
      const std::string name = PackageName(specifier);
      if (!DeclaredPackages(package->second).contains(name)) continue;
      collector.TakeResolved(input, specifier, root);
      collector.TakeUnloadable(input, {name});
    }
    std::set<std::string> named_files = PathsIntoPackagesIn(source.value());
    if (ResolvesComputed(source.value())) named_files.merge(PackagesNamedIn(source.value()));
    for (const std::string& specifier : named_files) {
      const std::string name = PackageName(specifier);
      if (specifier.size() > name.size() && DeclaredPackages(package->second).contains(name))
        collector.TakeResolved(input, specifier, root);
    }
    std::set<std::string> required = PackagesRequiredIn(source.value());
    for (const std::string& pattern : computes ? PackagePatternsIn(source.value()) : std::set<std::string>()) {
      const std::set<std::string> files = PackageFilesBy(input, pattern);
      required.insert(files.begin(), files.end());
      if (how == Loads::kImports) imported[input].insert(files.begin(), files.end());
    }
    const bool is_own = package->second.find("/node_modules/") == std::string::npos;
    if (how == Loads::kPassesOn || is_own) {
      const std::set<std::string> declared = DeclaredPackages(package->second);
      for (const std::string& specifier : PackagesNamedIn(source.value())) {
        // 'page.ejs' asks for ejs.
        const std::string ending = specifier.substr(specifier.rfind('.') + 1);
        if (is_own && declared.contains(ending)) named[input].insert(ending);
        if (!declared.contains(PackageName(specifier))) continue;
        (how == Loads::kPassesOn ? required : named[input]).insert(specifier);
      }
    }
    if (computes && is_own && ComputesPaths(source.value(), input)) {
      collector.TakeSiblings(input, root);
    }
    // Without an extension it is a program's `bin` file.
    const bool is_code = IsModuleFile(input) || input.find('.', input.rfind('/')) == std::string::npos;
    if (!is_own && is_code) {
      const std::string& folder = package->second;
      if (ComputesPaths(source.value(), input)) take_package(folder);
      const bool hides = HidesImport(source.value());
      if (computes || hides) {
        std::set<std::string> declared = DeclaredPackages(folder);
        if (how == Loads::kImports) imported[input].insert(declared.begin(), declared.end());
        if (hides) {
          for (const std::string& specifier : PackagesNamedIn(source.value())) {
            const std::string name = PackageName(specifier);
            if (declared.contains(name) || folder.ends_with("/node_modules/" + name)) imported[input].insert(specifier);
          }
        }
        if (computes) {
          collector.TakeUnloadable(input, declared);
          required.merge(declared);
        }
      }
    }
    if (!required.empty()) packages[input] = std::move(required);
  }
  // Packages that name themselves by the project that they are installed in (yargs' version) look for its package.json.
  const std::string project = AbsolutePath(root, kPackageJson);
  std::error_code error;
  if (entry.find("/node_modules/") != std::string::npos && fs::is_regular_file(project, error)) collector.TakeAll({project});
  const bool has_commander = std::any_of(package_of.begin(), package_of.end(),
                                         [](const auto& known) { return known.second.ends_with("/node_modules/commander"); });
  if (has_commander) collector.TakeSubcommands(entry);
  collector.TakeOclif(package_of[Dirname(entry)]);
  // What a command's package configures has names of plug-ins that it declares, and others load them.
  const std::string& home = package_of[Dirname(entry)];
  if (any_computes && home.find("/node_modules/") != std::string::npos) {
    std::set<std::string> unreached = DeclaredPackages(home);
    std::erase_if(unreached, [&](const std::string& name) {
      return std::any_of(package_of.begin(), package_of.end(),
                         [&](const auto& known) { return known.second.ends_with("/node_modules/" + name); });
    });
    collector.TakeUnloadable(entry, unreached);
    if (any_imports) imported[entry].insert(unreached.begin(), unreached.end());
    packages[entry].merge(unreached);
  }
  // What a program configures packages with: one of them may load it by that name.
  if (any_computes) {
    for (const auto& [file, names] : named) {
      packages[file].insert(names.begin(), names.end());
      if (any_imports) imported[file].insert(names.begin(), names.end());
    }
  }
  FilesBeside files = collector.files();
  files.packages = std::move(packages);
  files.imported = std::move(imported);
  for (auto& [folder, package] : whole) files.whole.push_back(std::move(package));
  return files;
}

}  // namespace dv8
