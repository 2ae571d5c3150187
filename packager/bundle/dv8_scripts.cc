#include "packager/bundle/dv8_scripts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <utility>

#include "packager/bundle/app_build.h"
#include "packager/bundle/esbuild.h"
#include "packager/bundle/globals.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/json.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr std::string_view kRequire = "__require(";
// Words of text that is run without having been packed.
constexpr std::string_view kEvaluating[] = {"eval", "Function(", "runScript"};

bool IsWord(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c < 0; }

bool IsQuote(char c) { return c == '"' || c == '\'' || c == '`'; }

bool IsScriptName(std::string_view path) { return path.ends_with(".js") || path.ends_with(".cjs"); }

bool IsFile(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool IsWithin(std::string_view path, std::string_view folder) {
  return folder == "/" || path == folder || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

class Collector {
 public:
  Collector(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest, const std::set<std::string>& globals,
            const std::string& root, const std::string& entry, std::string* messages)
      : options_(options),
        excluded_(options.excludes, WorkingDirectory()),
        esbuild_(esbuild),
        manifest_(manifest),
        globals_(globals),
        root_(root),
        entry_folder_(Dirname(entry)),
        messages_(messages) {}

  // False when the file at `path` is no script, or stays out.
  Result<bool> Add(const std::string& path) {
    if (excluded_.Contains(path, root_)) return false;
    if (const auto known = known_.find(path); known != known_.end()) return known->second;
    known_[path] = true;
    const Result<std::string> source = ReadFile(path);
    if (!source.ok()) return source.error();
    const Result<std::optional<std::string>> code = Analyse(path, source.value());
    if (!code.ok()) {
      known_.erase(path);
      return code.error();
    }
    if (!code.value()) return known_[path] = false;
    Result<std::string> text = Text(path, source.value());
    if (!text.ok()) return text.error();
    scripts_.texts[VirtualPath(root_, path)] = std::move(text.value());
    scripts_.files.push_back(path);
    TakeNames(*code.value());
    if (Result<bool> required = TakeRequires(*code.value(), Dirname(path)); !required.ok()) {
      return required;
    }
    TakeFiles(*code.value(), Dirname(path));
    return true;
  }

  // The scripts that `code` names in string literals, from a file in `folder`: threads may start from
  // them. What is no script is none of ours.
  void TakeFiles(std::string_view code, const std::string& folder) {
    std::string* messages = std::exchange(messages_, &unsaid_);
    for (size_t end = 1; end < code.size(); end++) {
      if (!IsQuote(code[end]) || !IsScriptName(code.substr(0, end))) continue;
      const size_t line = code.rfind('\n', end);
      const size_t start = code.rfind(code[end], end - 1);
      if (start == std::string_view::npos || (line != std::string_view::npos && start < line)) {
        continue;
      }
      const std::string name(code.substr(start + 1, end - start - 1));
      if (name.starts_with('/')) continue;
      const std::string path = Find(name, folder);
      if (!path.empty()) (void)Add(path);
    }
    messages_ = messages;
  }

  // The scripts that the file at `path`, which is bundled, requires.
  void AddRequiresOf(const std::string& path, const std::string& source) {
    std::string* messages = std::exchange(messages_, &unsaid_);
    const Result<std::optional<std::string>> code = Analyse(path, source);
    if (code.ok() && code.value()) (void)TakeRequires(*code.value(), Dirname(path));
    messages_ = messages;
  }

  Dv8Scripts Take() { return std::move(scripts_); }

 private:
  // The file that `name` is from the working folder, as in dv8, else from the entry's folder or
  // the naming file's.
  std::string Find(const std::string& name, const std::string& folder) {
    const std::string working = WorkingFolder();
    for (const std::string& base : {working, entry_folder_, folder}) {
      std::string path = AbsolutePath(base, name);
      if (!IsFile(path)) continue;
      // The app need not know of a working folder that nothing was found from.
      if (base == working && base != entry_folder_) {
        scripts_.folder = VirtualPath(root_, base);
        if (IsWithin(root_, base)) scripts_.down = root_.substr(base == "/" ? 0 : base.size());
      }
      return path;
    }
    return "";
  }

  // `root_` when the two have nothing to do with each other: no path of this machine gets into the app.
  std::string WorkingFolder() const {
    char path[PATH_MAX];
    if (getcwd(path, sizeof(path)) == nullptr) return root_;
    return IsWithin(path, root_) || IsWithin(root_, path) ? path : root_;
  }

  std::vector<std::string> CommonFlags(const std::string& path) const {
    std::vector<std::string> flags = {"--sourcefile=" + (path.starts_with(root_ + "/") ? path.substr(root_.size() + 1) : path),
                                      kTarget,
                                      "--log-level=silent",
                                      "--log-override:assign-to-define=silent",
                                      "--log-override:commonjs-variable-in-esm=silent",
                                      "--legal-comments=none"};
    for (const std::string& define : options_.defines) flags.push_back("--define:" + define);
    return flags;
  }

  // What esbuild makes of a script when all that it names stays outside, with placeholders for
  // globals. Nothing when it is no script.
  Result<std::optional<std::string>> Analyse(const std::string& path, const std::string& source) {
    const bool other_loader =
        std::any_of(options_.loaders.begin(), options_.loaders.end(), [](const std::string& loader) { return loader.starts_with(".js="); });
    if (!IsScriptName(path) || other_loader) return std::optional<std::string>();
    EsbuildBuild build;
    build.folder = root_;
    build.input = source;
    build.flags = CommonFlags(path);
    build.flags.insert(build.flags.end(), {"--bundle", "--format=esm", "--platform=node", "--external:*", "--tree-shaking=false",
                                           "--outfile=/script.js", "--metafile"});
    for (std::string& define : GlobalDefines(globals_)) build.flags.push_back(std::move(define));
    Result<EsbuildResult> result = esbuild_->Build(build);
    if (!result.ok()) return result.error();
    if (std::any_of(result.value().errors.begin(), result.value().errors.end(), IsReservedName)) {
      // A script may have such names, and a CommonJS module of its own gets others.
      std::vector<std::string> flags = CommonFlags(path);
      flags.push_back("--format=cjs");
      const Result<EsbuildScript> script = esbuild_->Transform(source, "", flags);
      if (!script.ok()) return script.error();
      build.input = script.value().code;
      result = esbuild_->Build(build);
      if (!result.ok()) return result.error();
    }
    for (const bool are_warnings : {true, false}) {
      const Result<std::string> text =
          esbuild_->Format(are_warnings ? result.value().warnings : result.value().errors, are_warnings, options_.color);
      if (!text.ok()) return text.error();
      *messages_ += text.value();
    }
    if (!result.value().errors.empty() || result.value().files.empty()) {
      return Diagnostic{"cannot be bundled", path};
    }
    const std::optional<Json> meta = Json::Parse(result.value().metafile);
    if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
    if (IsModule(*meta)) return std::optional<std::string>();
    return std::optional<std::string>(std::move(result.value().files[0].bytes));
  }

  static bool IsModule(const Json& meta) {
    const Json* inputs = meta.Find("inputs");
    if (inputs == nullptr) return false;
    for (const auto& [file, input] : inputs->members()) {
      if (input.StringAt("format") == "esm") return true;
      const Json* imports = input.Find("imports");
      if (imports == nullptr) continue;
      for (const Json& import : imports->items()) {
        if (import.StringAt("kind") == "dynamic-import") return true;
      }
    }
    return false;
  }

  // The text to run: the file's own, so that stacks name its lines, unless options change it.
  Result<std::string> Text(const std::string& path, const std::string& source) {
    std::vector<std::string> changes;
    if (options_.minify) changes.push_back("--minify");
    for (const std::string& argument : options_.esbuild_arguments) {
      if (argument.starts_with("--keep-names") || argument.starts_with("--drop") || argument.starts_with("--pure")) {
        changes.push_back(argument);
      }
    }
    if (changes.empty() && options_.defines.empty()) return source;
    std::vector<std::string> flags = CommonFlags(path);
    flags.insert(flags.end(), changes.begin(), changes.end());
    Result<EsbuildScript> script = esbuild_->Transform(source, "", flags);
    if (!script.ok()) return script.error();
    return std::move(script.value().code);
  }

  void TakeNames(std::string_view code) {
    scripts_.globals.merge(GlobalsIn(code, globals_));
    scripts_.modules.merge(StubsIn(manifest_, code));
    scripts_.modules.merge(NamedAsDv8(manifest_, code));
    // process.spawn() makes threads.
    if (code.find("spawn(") != std::string_view::npos) scripts_.modules.insert("dv8:thread");
    // send() is for the inspector where the program has receive() for its answers.
    if (code.find("send(") != std::string_view::npos && code.find("receive") != std::string_view::npos) {
      scripts_.modules.insert("dv8:inspector");
    }
    scripts_.evaluates = scripts_.evaluates || Evaluates(code);
  }

  Result<bool> TakeRequires(std::string_view code, const std::string& folder) {
    for (size_t at = code.find(kRequire); at != std::string_view::npos; at = code.find(kRequire, at + 1)) {
      const std::string_view rest = code.substr(at + kRequire.size());
      if (rest.empty()) continue;
      const size_t end = IsQuote(rest[0]) ? rest.find(rest[0], 1) : std::string_view::npos;
      if (end == std::string_view::npos || end + 1 >= rest.size() || (rest[end + 1] != ')' && rest[end + 1] != ',')) {
        scripts_.evaluates = true;
        continue;
      }
      if (Result<Done> taken = TakeRequire(std::string(rest.substr(1, end - 1)), folder); !taken.ok()) {
        return taken.error();
      }
    }
    return true;
  }

  Result<Done> TakeRequire(const std::string& name, const std::string& folder) {
    if (std::find(options_.externals.begin(), options_.externals.end(), name) != options_.externals.end()) {
      scripts_.evaluates = true;
      return Done{};
    }
    if (std::any_of(options_.aliases.begin(), options_.aliases.end(),
                    [&](const std::string& alias) { return alias.starts_with(name + "="); })) {
      scripts_.required[name] = name;
      return Done{};
    }
    if (const std::string module = manifest_.Resolve(name); !module.empty()) {
      scripts_.modules.insert(module);
      return Done{};
    }
    const std::string found = Find(name, folder);
    const bool is_path = name.starts_with('.') || name.starts_with('/');
    if (!found.empty() && excluded_.Contains(found, root_)) {
      scripts_.evaluates = true;  // It is to be there when the program runs.
    } else if (IsScriptName(name) && !found.empty()) {
      const Result<bool> script = Add(found);
      if (!script.ok()) return script.error();
      if (!script.value()) scripts_.required[VirtualPath(root_, found)] = found;
    } else if (IsScriptName(name) && is_path) {
      scripts_.evaluates = true;  // Likewise.
    } else if (is_path) {
      const std::string path = found.empty() ? AbsolutePath(folder, name) : found;
      scripts_.required[VirtualPath(root_, path)] = path;
    } else {
      scripts_.required[name] = name;
    }
    return Done{};
  }

  const BundleOptions& options_;
  const Excluded excluded_;
  Esbuild* const esbuild_;
  const StdlibManifest& manifest_;
  const std::set<std::string>& globals_;
  const std::string root_;
  const std::string entry_folder_;
  std::string* messages_;
  std::string unsaid_;
  std::map<std::string, bool> known_;  // Real path -> whether it is a script.
  Dv8Scripts scripts_;
};

}  // namespace

std::string Dv8Scripts::Entry() const {
  std::string entry;
  for (const auto& [name, path] : required) {
    entry += "require(" + QuoteJson(path) + ");\n";
  }
  return entry + ";\n";
}

std::string Dv8Scripts::Installation(const std::string& entry) const {
  std::string out = "import{scripts}from\"./dv8/core.js\";\nscripts({folder:" + QuoteJs(folder) + ",down:" + QuoteJs(down) +
                    ",entry:" + QuoteJs(entry) + ",texts:{__proto__:null";
  for (const auto& [path, text] : texts) out += "," + QuoteJs(path) + ":" + QuoteJs(text);
  out += "},modules:{__proto__:null";
  for (const auto& [name, path] : modules_required) out += "," + QuoteJs(name) + ":" + QuoteJs(path);
  return out + "}});\n";
}

void Dv8Scripts::TakeModules(const Json& meta, const std::string& root) {
  const Json* inputs = meta.Find("inputs");
  const Json* input = inputs == nullptr ? nullptr : inputs->Find("<dv8pack>");
  if (input == nullptr) return;
  for (const Json& import : input->Find("imports")->items()) {
    const std::string path = import.StringAt("path");
    if (IsStub(path)) continue;
    for (const auto& [name, specifier] : required) {
      if (specifier == import.StringAt("original")) modules_required[name] = VirtualPath(root, AbsolutePath(root, path));
    }
  }
}

Result<std::optional<Dv8Scripts>> CollectProgram(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest,
                                                 const std::set<std::string>& globals, const std::string& root, const std::string& entry,
                                                 std::string* messages) {
  Collector collector(options, esbuild, manifest, globals, root, entry, messages);
  const Result<bool> script = collector.Add(entry);
  if (!script.ok()) return script.error();
  if (!script.value()) return std::optional<Dv8Scripts>();
  return std::optional<Dv8Scripts>(collector.Take());
}

Result<Dv8Scripts> CollectNamedScripts(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest,
                                       const std::set<std::string>& globals, const std::string& root, const std::string& entry,
                                       const std::vector<std::string>& sources, std::string* messages) {
  Collector collector(options, esbuild, manifest, globals, root, entry, messages);
  for (const std::string& path : sources) {
    const Result<std::string> text = ReadFile(path);
    if (!text.ok()) continue;
    collector.TakeFiles(text.value(), Dirname(path));
    if (text.value().find("start(") != std::string::npos || text.value().find("spawn(") != std::string::npos) {
      collector.AddRequiresOf(path, text.value());
    }
  }
  return collector.Take();
}

bool Evaluates(std::string_view code) {
  return std::any_of(std::begin(kEvaluating), std::end(kEvaluating),
                     [&](std::string_view word) { return code.find(word) != std::string_view::npos; });
}

void AddNames(const StdlibManifest& manifest, std::string_view text, AppBundle* bundle) {
  bundle->modules.merge(NamedAsDv8(manifest, text));
  for (size_t at = 0; at < text.size(); at++) {
    if (!IsWord(text[at]) || (at > 0 && (IsWord(text[at - 1]) || text[at - 1] == '.'))) continue;
    size_t end = at;
    while (end < text.size() && IsWord(text[end])) end++;
    const std::string word(text.substr(at, end - at));
    if (const auto global = manifest.globals.find(word); global != manifest.globals.end()) {
      bundle->globals.insert(word);
      bundle->modules.insert(global->second);
    } else if (manifest.bootstrap_globals.contains(word) || manifest.engine_globals.contains(word) ||
               manifest.node_globals.contains(word)) {
      bundle->standard_globals.insert(word);
    }
    at = end;
  }
}

}  // namespace dv8
