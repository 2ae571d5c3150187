#include "packager/bundle/bundle.h"

#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>

#include "packager/bundle/dv8_scripts.h"
#include "packager/bundle/entry.h"
#include "packager/bundle/esbuild.h"
#include "packager/bundle/file_names.h"
#include "packager/bundle/function_names.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/json.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/source_contents.h"
#include "packager/bundle/source_map.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

// How the library's native `require` and the app's are called in the wrapper.
constexpr char kParameters[] = "(require,module,exports,__dv8_require,__dv8_load)";
constexpr char kNoTopLevelAwait[] = "Top-level await is not available in the configured target";

// Beside esbuild's own defaults.
constexpr const char* kLoaders[] = {
    ".md=text",   ".html=text", ".sql=text",  ".graphql=text", ".bin=binary", ".wasm=binary",
    ".png=file",  ".jpg=file",  ".jpeg=file", ".gif=file",     ".webp=file",  ".ico=file",
    ".svg=file",  ".woff=file", ".woff2=file", ".ttf=file",    ".pdf=file",
};

// Where esbuild thinks that it writes to: places in its source map are relative to it.
constexpr char kOutFolder[] = "/";

std::string WorkingDirectory() {
  char path[PATH_MAX];
  return getcwd(path, sizeof(path)) == nullptr ? "/" : path;
}

// The globals that the packager wants to know of whether the code names them. `module` and
// `require` are every wrapper's own.
std::set<std::string> PlaceholderGlobals(const BundleOptions& options,
                                         const StdlibManifest& manifest) {
  std::set<std::string> names;
  for (const auto& [name, module] : manifest.globals) names.insert(name);
  if (options.environment == Environment::kCore) {
    names.insert(manifest.engine_globals.begin(), manifest.engine_globals.end());
    names.insert(manifest.bootstrap_globals.begin(), manifest.bootstrap_globals.end());
  }
  names.erase("module");
  names.erase("require");
  return names;
}

// Messages that say where code computes what it loads.
constexpr std::string_view kComputedIds[] = {"unsupported-require-call", "unsupported-dynamic-import"};
// Where code hands its require() on.
constexpr std::string_view kIndirectIds[] = {"indirect-require"};
// Patterns that no file matches: what the program then asks for in vain is its own error.
constexpr std::string_view kEmptyPatternIds[] = {"empty-glob"};

std::vector<std::string> AppFlags(const BundleOptions& options, const StdlibManifest& manifest) {
  std::vector<std::string> flags = {
      "--bundle", "--format=esm", "--platform=node", kTarget, "--sourcemap=external",
      "--sources-content=false", "--sourcefile=<dv8pack>", "--log-level=silent", "--log-limit=0", "--public-path=/app",
      "--asset-names=assets/[name]-[hash]", "--supported:dynamic-import=false", "--metafile",
      // Assigning to a global such as fetch is as good as ever.
      "--log-override:assign-to-define=silent", std::string("--outfile=") + kOutFolder + "app.js"};
  // The names are shortened at last: until then they tell what is what.
  if (options.minify) flags.insert(flags.end(), {"--minify-syntax", "--minify-whitespace"});
  for (const std::span<const std::string_view> ids :
       {std::span<const std::string_view>(kComputedIds), std::span<const std::string_view>(kIndirectIds)}) {
    for (const std::string_view id : ids) {
      flags.push_back("--log-override:" + std::string(id) + "=warning");
    }
  }
  std::vector<std::string> globals;
  for (const std::string& name : PlaceholderGlobals(options, manifest)) globals.push_back(name);
  for (std::string& flag : FileNameDefines(globals)) flags.push_back(std::move(flag));
  for (const char* loader : kLoaders) flags.push_back(std::string("--loader:") + loader);
  const std::string cwd = WorkingDirectory();
  for (const std::string& define : options.defines) flags.push_back("--define:" + define);
  for (const std::string& loader : options.loaders) flags.push_back("--loader:" + loader);
  for (const std::string& alias : options.aliases) {
    const size_t equals = alias.find('=');
    std::string to = alias.substr(equals + 1);
    if (to.starts_with(".")) to = AbsolutePath(cwd, to);
    flags.push_back("--alias:" + alias.substr(0, equals + 1) + to);
  }
  if (!options.tsconfig.empty()) {
    flags.push_back("--tsconfig=" + AbsolutePath(cwd, options.tsconfig));
  }
  // Node's conditions of package.json's "exports"; esbuild has "node", "import" and "require" itself.
  std::string conditions = "--conditions=module-sync";
  for (const std::string& argument : options.esbuild_arguments) {
    static constexpr std::string_view kConditions = "--conditions=";
    if (argument.starts_with(kConditions)) {
      conditions += "," + argument.substr(kConditions.size());
    } else {
      flags.push_back(argument);
    }
  }
  flags.push_back(conditions);
  return flags;
}

// Whether the package of `entry` says which of its files nobody would miss. They run under Node,
// the entry before all.
bool DeclaresSideEffects(const std::string& entry) {
  const std::string file = PackageJsonOf(entry);
  if (file.empty()) return false;
  const Result<std::string> text = ReadFile(file);
  if (!text.ok()) return false;
  const std::optional<Json> json = Json::Parse(text.value());
  return json && json->Find("sideEffects") != nullptr;
}

bool HasId(const EsbuildMessage& message, std::span<const std::string_view> ids) {
  return std::find(ids.begin(), ids.end(), message.id) != ids.end();
}

struct AppBuild {
  EsbuildResult result;
  bool awaits = false;
  std::vector<std::string> inputs;  // Absolute, of the last build that FindBeside() looked at.
  std::vector<EsbuildMessage> computed;
  std::vector<std::string> chosen;  // What --asset names, absolute.
  FilesBeside beside;

  void FindComputed() {
    computed.clear();
    for (const EsbuildMessage& warning : result.warnings) {
      if (HasId(warning, kComputedIds)) computed.push_back(warning);
    }
  }

  // By the last build.
  Result<Done> FindBeside(const std::string& root) {
    const std::optional<Json> meta = Json::Parse(result.metafile);
    if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
    inputs = InputsOf(*meta, root);
    std::map<std::string, Loads> loads;
    for (const EsbuildMessage& message : result.warnings) {
      if (message.file.empty()) continue;
      const std::string file = AbsolutePath(root, message.file);
      if (HasId(message, kIndirectIds)) loads[file] = Loads::kPassesOn;
      if (HasId(message, kComputedIds)) loads.try_emplace(file, Loads::kComputes);
    }
    beside = FindFilesBeside(inputs, loads, root, chosen);
    return Done{};
  }

  // The files that the map names, absolute.
  Result<std::set<std::string>> MappedFiles() const {
    std::set<std::string> files;
    for (const EsbuildFile& file : result.files) {
      if (!file.path.ends_with(".map")) continue;
      const std::optional<SourceMap> map = SourceMap::Parse(file.bytes);
      if (!map) return Diagnostic{std::string(kOurFault) + "esbuild's source map cannot be read"};
      for (const std::string& source : map->sources()) {
        files.insert(AbsolutePath(kOutFolder, DecodePercent(source)));
      }
    }
    return files;
  }
};

// "'x' (a.js), 'y' (b.js)"
std::string ListMissing(const std::vector<EsbuildMessage>& errors) {
  std::string list;
  for (const EsbuildMessage& error : errors) {
    list += (list.empty() ? "'" : ", '") + UnresolvedSpecifier(error).value_or(error.text) + "' (" + error.file + ")";
  }
  return list;
}

// The package that `file`, relative to the app's root, belongs to: "left-pad", or "the app".
std::string PackageOfFile(const std::string& file) {
  static constexpr std::string_view kModules = "node_modules/";
  const size_t at = file.rfind(kModules);
  return at == std::string::npos ? "the app" : PackageName(std::string_view(file).substr(at + kModules.size()));
}

// "3 computed calls of require() or import() are left to the run time: in a (2), the app".
std::string ComputedNotice(const std::vector<EsbuildMessage>& computed) {
  std::map<std::string, int> counts;
  for (const EsbuildMessage& message : computed) counts[PackageOfFile(message.file)]++;
  std::string list;
  for (const auto& [package, count] : counts) {
    list += (list.empty() ? "" : ", ") + package + (count > 1 ? " (" + std::to_string(count) + ")" : "");
  }
  return "notice: " + std::to_string(computed.size()) +
         (computed.size() == 1 ? " computed call of require() or import() is"
                               : " computed calls of require() or import() are") +
         " left to the run time, in " + list + "\n";
}

// Renames what is called by the words that only strict mode reserves. As a CommonJS module of its own
// a file may have such names, and esbuild gives it others.
Result<Done> RewriteSloppy(Esbuild* esbuild, AppImports* imports) {
  for (const std::string& file : imports->TakeSloppy()) {
    const Result<std::string> text = ReadFile(file);
    if (!text.ok()) return text.error();
    const Result<EsbuildScript> script = esbuild->Transform(
        text.value(), "",
        {"--format=cjs", kTarget, "--sourcemap=external", "--sources-content=false", "--log-level=silent",
         "--loader=" + imports->LoaderOf(file), "--sourcefile=" + file.substr(file.rfind('/') + 1)});
    if (!script.ok()) return script.error();
    imports->Rewrite(file, script.value().code + MapComment(script.value().map));
  }
  return Done{};
}

std::string ImportOf(const std::string& root, const std::string& entry) {
  return "import " + QuoteJson("./" + entry.substr(root == "/" ? 1 : root.size() + 1)) + ";\n";
}

// Builds until nothing is left that a build can learn from the one before it. `input` is a script that
// imports the app.
Result<AppBuild> BuildApp(const BundleOptions& options, const StdlibManifest& manifest,
                          Esbuild* esbuild, AppImports* imports, const std::string& root,
                          const std::string& entry, const std::string& input, std::string* messages) {
  EsbuildBuild build;
  build.folder = root;
  build.flags = AppFlags(options, manifest);
  if (DeclaresSideEffects(entry)) build.flags.push_back("--ignore-annotations");
  // Most apps have no top-level await, and esbuild is the one to know.
  build.flags.push_back("--supported:top-level-await=false");
  AppBuild app;
  const std::string cwd = WorkingDirectory();
  for (const std::string& asset : options.assets) app.chosen.push_back(AbsolutePath(cwd, asset));
  bool has_packed = false;
  while (true) {
    imports->AnswerIn(&build);
    build.input = imports->PackedImport() + input;
    Result<EsbuildResult> result = esbuild->Build(build);
    if (!result.ok()) return result.error();
    app.result = std::move(result.value());
    const std::vector<EsbuildMessage>& errors = app.result.errors;
    const bool awaits = std::any_of(errors.begin(), errors.end(), [](const EsbuildMessage& error) {
      return error.text.find(kNoTopLevelAwait) != std::string::npos;
    });
    if (awaits && !app.awaits) {
      app.awaits = true;
      build.flags.pop_back();
    } else if (!errors.empty() || has_packed) {
      if (!imports->LearnFrom(app.result)) break;
      if (Result<Done> done = RewriteSloppy(esbuild, imports); !done.ok()) return done.error();
    } else {
      // The first build that ends well: what the code loads by computed names goes in, too.
      has_packed = true;
      app.FindComputed();
      if (Result<Done> found = app.FindBeside(root); !found.ok()) return found.error();
      const Result<std::set<std::string>> mapped = app.MappedFiles();
      if (!mapped.ok()) return mapped.error();
      const bool maps = imports->LeaveOutMaps(mapped.value(), app.inputs);
      if (!maps && app.beside.code.empty() && app.beside.packages.empty()) break;
      imports->PackModules(app.beside);
    }
  }
  app.FindComputed();
  std::vector<EsbuildMessage> left = imports->LeftToRunTime();
  std::vector<EsbuildMessage> failures = app.result.errors;
  if (failures.empty() && !left.empty()) failures = imports->UnresolvedAtStart(app.result.metafile);
  const std::vector<EsbuildMessage>& computed = app.computed;
  std::vector<EsbuildMessage> warnings;
  for (const EsbuildMessage& warning : app.result.warnings) {
    if (!HasId(warning, kComputedIds) && !HasId(warning, kIndirectIds) && !HasId(warning, kEmptyPatternIds)) {
      warnings.push_back(warning);
    }
  }
  if (options.strict && failures.empty()) {
    failures = computed;
    failures.insert(failures.end(), left.begin(), left.end());
  }
  Result<std::string> text = esbuild->Format(warnings, true, options.color);
  if (!text.ok()) return text.error();
  *messages += text.value();
  if (!failures.empty()) {
    text = esbuild->Format(failures, false, options.color);
    if (!text.ok()) return text.error();
    *messages += text.value();
    const std::string specifier = UnresolvedSpecifier(failures[0]).value_or("");
    if (IsNodeModule(PackageName(specifier))) {
      return Diagnostic{"'" + specifier + "' is not in the standard library", failures[0].file,
                        failures[0].line, failures[0].column + 1};
    }
    return Diagnostic{"cannot be bundled", options.entry, 0, 0, EsbuildHint(failures)};
  }
  if (imports->no_such_module()) return *imports->no_such_module();
  for (const std::string& warning : imports->unknown_modules()) *messages += warning;
  if (!left.empty()) {
    *messages += "notice: " + std::string(left.size() == 1 ? "a module is" : "modules are") +
                 " not found and left to the run time: " + ListMissing(left) + "\n";
  }
  if (!computed.empty()) *messages += ComputedNotice(computed);
  return app;
}

// The map's sources by virtual path. What no file of the app is gets a name that begins with
// "dv8:", as the library's script has: stacks leave such frames out.
std::vector<std::string> VirtualSources(const SourceMap& map, const std::string& root) {
  std::vector<std::string> names;
  for (const std::string& source : map.sources()) {
    if (IsStub(source) || source.find("%3Cdv8pack%3E") != std::string::npos) {
      names.emplace_back("dv8:stub");
    } else if (source.find("dataurl:") == 0) {
      names.push_back("data:");
    } else {
      names.push_back(VirtualPath(root, AbsolutePath(kOutFolder, DecodePercent(source))));
    }
  }
  return names;
}

// Native modules are plain objects: the library calls their functions directly, and not through
// the getters of the copy that esbuild makes of a CommonJS module's exports.
std::string WithDirectNatives(std::string_view text) {
  static constexpr std::string_view kHead = "__toESM(require(\"internal:";
  std::string out;
  out.reserve(text.size());
  while (true) {
    const size_t at = text.find(kHead);
    const size_t end = at == std::string_view::npos ? at : text.find("\")", at);
    const size_t close = end == std::string_view::npos ? end : text.find(')', end + 2);
    if (close == std::string_view::npos) return out.append(text);
    const size_t call = at + std::string_view("__toESM(").size();
    out.append(text.substr(0, at)).append(text.substr(call, end + 2 - call));
    text.remove_prefix(close + 1);
  }
}

// The native modules that `text` asks for, at once or later.
std::set<std::string> BindingsIn(std::string_view text) {
  static constexpr std::string_view kHead = "require(\"internal:";
  std::set<std::string> names;
  for (size_t at = text.find(kHead); at != std::string_view::npos; at = text.find(kHead, at)) {
    at += kHead.size();
    names.emplace(text.substr(at, text.find('"', at) - at));
  }
  return names;
}

// The comments that esbuild keeps (those inside classes) must not make the whole library a
// text of two bytes a character. Nothing else in it is outside ASCII.
void MakeCommentsAscii(std::string* text) {
  for (size_t start = 0; start < text->size();) {
    const size_t end = std::min(text->find('\n', start), text->size());
    const size_t first = text->find_first_not_of(' ', start);
    const std::string_view line =
        std::string_view(*text).substr(std::min(first, end), end - std::min(first, end));
    if (line.starts_with("//") || line.starts_with("/*") || line.starts_with("*")) {
      std::replace_if(text->begin() + static_cast<ptrdiff_t>(start),
                      text->begin() + static_cast<ptrdiff_t>(end), [](char c) { return c < 0; },
                      '?');
    }
    start = end + 1;
  }
}

// The app's own files that esbuild has bundled, absolute.
std::vector<std::string> OwnFiles(const Json& meta, const std::string& root) {
  std::vector<std::string> files;
  for (std::string& file : InputsOf(meta, root)) {
    if (file.find("/node_modules/") == std::string::npos) files.push_back(std::move(file));
  }
  return files;
}

// The dv8 modules that `files`, the app's own, ask for by module() or library().
std::set<std::string> ModulesAskedFor(const StdlibManifest& manifest, const std::vector<std::string>& files) {
  std::set<std::string> names;
  for (const std::string& file : files) {
    const Result<std::string> source = ReadFile(file);
    if (source.ok()) names.merge(NamedAsDv8(manifest, source.value()));
  }
  return names;
}

std::string_view Identifier(std::string_view text) {
  size_t end = 0;
  while (end < text.size() && (isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_' || text[end] == '$')) end++;
  return text.substr(0, end);
}

// esbuild makes the `module` of a CommonJS file in one place of its output, beside the call of the
// file's function: `(0, cb[…])((mod = { exports: {} }).exports, mod)`. Ours, made of `cb`, takes
// that place, in a text that is as long. `make` is the function that makes it. Returns what the
// wrapper declares.
std::string MakeModules(const std::string& make, std::string* text) {
  static constexpr std::pair<std::string_view, std::string_view> kObjects[] = {
      {"= { exports: {} }).exports, ", "(0, "}, {"={exports:{}}).exports,", "(0,"}};
  for (const auto& [place, call] : kObjects) {
    const size_t at = text->find(place);
    const size_t function = at == std::string::npos ? at : text->rfind(call, at);
    if (function == std::string::npos) continue;
    const size_t object = at + place.find('{');
    const size_t size = place.find(')') - place.find('{');
    std::string made = "__dv8_m(";
    made.append(Identifier(std::string_view(*text).substr(function + call.size()))).append(")");
    if (made.size() > size) return "";
    made.resize(size, ' ');
    text->replace(object, size, made);
    return "const __dv8_m=" + make + ";";
  }
  return "";
}

// Whether `code`, esbuild's, calls module() with the name of a module.
bool CallsModule(std::string_view code) {
  static constexpr std::string_view kCall = "module(";
  for (size_t at = code.find(kCall); at != std::string_view::npos; at = code.find(kCall, at + 1)) {
    const std::string_view argument = code.substr(at + kCall.size());
    const bool is_member = at > 0 && (code[at - 1] == '.' || !Identifier(code.substr(at - 1, 1)).empty());
    if (!is_member && !argument.empty() &&
        std::string_view("\"'`").find(argument[0]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// The names that esbuild gives the CommonJS files of `text` that call module(), as an array of
// JavaScript's.
std::string FilesThatCallModule(std::string_view text) {
  std::string names;
  for (const std::string_view head : {" = __commonJS({\n  ", "=__commonJS({"}) {
    for (size_t at = text.find(head); at != std::string_view::npos;) {
      const std::string_view key = text.substr(at + head.size());
      const size_t next = text.find(head, at + 1);
      const size_t end = key.empty() ? std::string_view::npos : key.find(key[0], 1);
      if (end != std::string_view::npos && CallsModule(text.substr(at, next - at))) {
        names += (names.empty() ? "" : ",") + std::string(key.substr(0, end + 1));
      }
      at = next;
    }
  }
  return "[" + names + "]";
}

// In dv8 `module` is a function. UMD packages look for an object, so it is one in bundled files that
// do not call it; until v0.0.5 it was a function in each. Returns what the wrapper declares.
std::string MakeModulesCallable(const std::string& vintage, std::string* text) {
  static constexpr char kCallable[] = "__dv8_require(\"dv8:core\").callable";
  std::string make = kCallable;
  if (vintage.empty() || vintage == "0.0.6") {
    make = "(f)=>" + FilesThatCallModule(*text) + ".includes(Object.keys(f)[0])?" + kCallable +
           "():__dv8_from.module(f)";
  } else {
    make = "()=>" + make + "()";
  }
  return MakeModules(make, text) + "module=" + kCallable + "(module);";
}

// Adds what `scripts` need to the bundle.
void AddScripts(const Dv8Scripts& scripts, const StdlibManifest& manifest, const std::string& entry,
                AppBundle* bundle) {
  for (const std::string& name : scripts.globals) {
    (manifest.globals.contains(name) ? bundle->globals : bundle->standard_globals).insert(name);
  }
  bundle->modules.insert(scripts.modules.begin(), scripts.modules.end());
  bundle->modules.insert("dv8:core");
  bundle->library_tail += scripts.Installation(entry);
  for (const std::string& file : scripts.files) {
    bundle->inputs.push_back(VirtualPath(bundle->root, file));
    bundle->input_files.push_back(file);
  }
  std::sort(bundle->inputs.begin(), bundle->inputs.end());
}

// Text that is run without having been packed may name any global of dv8's.
void AddAllOfDv8(const StdlibManifest& manifest, AppBundle* bundle) {
  for (const auto& [name, module] : manifest.globals) {
    if (!module.starts_with("dv8:globals/")) bundle->globals.insert(name);
  }
  bundle->standard_globals.insert(manifest.bootstrap_globals.begin(),
                                  manifest.bootstrap_globals.end());
}

// Whether the first mention of the global `name` in esbuild's output is a call of it.
bool CallsBeforeAll(std::string_view text, std::string_view name) {
  const std::string placeholder = "__dv8_g_" + std::string(name);
  const size_t at = text.find(placeholder);
  return at != std::string_view::npos && at > 0 && text[at - 1] != '.' &&
         text.substr(at + placeholder.size()).starts_with('(');
}

// esbuild's helper for patterns (`globImport_x = __glob({…})`) knows whole names only, and throws
// where an import() rejects: ours take its place, under names that are as long. Returns what the
// wrapper declares.
std::string ResolvePatternsAsNode(std::string* text) {
  static constexpr std::string_view kHelper = "__glob(";
  static constexpr std::pair<std::string_view, std::string_view> kOurs[] = {
      {"globImport", "__gimp"}, {"globRequire", "__greq"}};
  std::string declarations;
  for (size_t at = text->find(kHelper); at != std::string::npos; at = text->find(kHelper, at + 1)) {
    std::string_view before = std::string_view(*text).substr(0, at);
    while (before.ends_with(' ') || before.ends_with('=')) before.remove_suffix(1);
    const size_t start = before.find_last_of(" ,;{\n") + 1;
    for (const auto& [prefix, ours] : kOurs) {
      if (!before.substr(start).starts_with(prefix)) continue;
      text->replace(at, ours.size(), ours);
      if (declarations.find(ours) == std::string::npos) {
        declarations += "const " + std::string(ours) + "=__dv8_from." + std::string(prefix) + ";";
      }
    }
  }
  return declarations;
}

// esbuild's helper for a require() of an ES module copies the namespace; ours, whose text is as long,
// gives what Node 24 does.
void RequireModulesAsNode(std::string* text) {
  static constexpr std::string_view kCopies[] = {
      "__copyProps(__defProp({}, \"__esModule\", { value: true }), ",
      "__copyProps(__defProp({},\"__esModule\",{value:!0}),",
  };
  for (const std::string_view copy : kCopies) {
    const size_t at = text->find(copy);
    if (at == std::string::npos) continue;
    std::string head = "__dv8_from.required(";
    head.insert(0, copy.size() - head.size(), ' ');
    text->replace(at, copy.size(), head);
  }
}

// The script, a function in parentheses, with shorter names. As a statement of its own esbuild would
// drop it, so it is assigned for a moment.
Result<EsbuildScript> Minify(const std::string& script, const std::string& map,
                             const BundleOptions& options, Esbuild* esbuild) {
  static constexpr std::string_view kHolder = "__dv8_app=";
  std::vector<std::string> flags = {"--minify", kTarget, "--sourcemap=external", "--log-level=silent",
                                    std::string("--sourcefile=") + kOutFolder + "app.js"};
  if (!options.source_contents) flags.push_back("--sources-content=false");
  // As long as what it replaces, so that the map stays right.
  std::string open(kHolder.size(), ' ');
  open.back() = '(';
  Result<EsbuildScript> minified = esbuild->Transform(std::string(kHolder) + script, map, flags);
  if (!minified.ok()) return minified.error();
  std::string& code = minified.value().code;
  if (!code.starts_with(kHolder)) return Diagnostic{std::string(kOurFault) + "esbuild has renamed a global"};
  code.replace(0, kHolder.size(), open);
  while (code.ends_with('\n') || code.ends_with(';')) code.pop_back();
  code += ')';
  return minified;
}

// The module with which a program loads what was not bundled.
constexpr char kLoaderModule[] = "node:module";

// Whether the program looks whether its entry is what was started, by realpath(process.argv[1]): then
// the file has to be there. One that is a whole program by itself is not embedded a second time.
bool LooksForEntry(const std::string& script, const std::string& entry) {
  static constexpr uintmax_t kLargest = 64 << 10;
  std::error_code error;
  return script.find("realpath") != std::string::npos && fs::file_size(entry, error) <= kLargest;
}

// Whether a program with these modules could tell that a file was embedded.
bool CanReadFiles(const std::set<std::string>& modules) {
  return std::any_of(modules.begin(), modules.end(), [](const std::string& name) {
    return name == kLoaderModule || name.starts_with("node:fs");
  });
}

std::string Wrapper(bool awaits, bool strict, const std::string& declarations) {
  return std::string("(") + (awaits ? "async " : "") + "function " + kParameters + " {" +
         (strict ? "\"use strict\";" : "") + declarations + "\n";
}

}  // namespace

Result<AppBundle> BundleApp(const BundleOptions& options, Esbuild* esbuild,
                            const StdlibManifest& manifest, std::string* messages) {
  const Result<Entry> entry = FindEntry(options.entry);
  if (!entry.ok()) return entry.error();
  const std::string& entry_file = entry.value().file;
  AppBundle bundle;
  bundle.root = FindRoot(entry_file);
  bundle.entry = VirtualPath(bundle.root, entry_file);
  const std::set<std::string> globals = PlaceholderGlobals(options, manifest);
  std::optional<Dv8Scripts> program;
  if (options.environment == Environment::kCore) {
    Result<std::optional<Dv8Scripts>> found = CollectProgram(
        options, esbuild, manifest, globals, bundle.root, entry_file, messages);
    if (!found.ok()) return found.error();
    program = std::move(found.value());
  }
  AppImports imports(options, manifest, bundle.root, entry_file);
  Result<AppBuild> build =
      BuildApp(options, manifest, esbuild, &imports, bundle.root, entry_file,
               program ? program->BundledEntry() : ImportOf(bundle.root, entry_file), messages);
  if (!build.ok()) return build.error();
  const std::optional<Json> meta = Json::Parse(build.value().result.metafile);
  if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
  bundle.input_files = InputsOf(*meta, bundle.root);
  for (const std::string& file : bundle.input_files) {
    bundle.inputs.push_back(VirtualPath(bundle.root, file));
  }
  std::sort(bundle.inputs.begin(), bundle.inputs.end());

  std::string text, map_text;
  for (EsbuildFile& file : build.value().result.files) {
    if (file.path == std::string(kOutFolder) + "app.js") {
      text = std::move(file.bytes);
    } else if (file.path == std::string(kOutFolder) + "app.js.map") {
      map_text = std::move(file.bytes);
    } else {
      bundle.files.push_back({kVirtualRoot + file.path, std::move(file.bytes)});
    }
  }
  std::optional<SourceMap> map = SourceMap::Parse(map_text);
  if (!map) return Diagnostic{std::string(kOurFault) + "esbuild's source map cannot be read"};
  std::vector<std::string> sources = VirtualSources(*map, bundle.root);
  if (options.source_contents) {
    map->set_contents(ReadSourceContents(*map, kOutFolder, bundle.root, bundle.input_files));
  }

  const bool calls_gc = CallsBeforeAll(text, "gc");
  FileNames names = ReplacePlaceholders(*map, sources, bundle.entry, globals, &text);
  names.declarations += ResolvePatternsAsNode(&text);
  RequireModulesAsNode(&text);
  if (!options.minify) {
    std::map<int, std::string> texts;
    names.declarations += RestoreFunctionNames(*map, [&](int source) -> const std::string& {
      const auto [found, is_new] = texts.try_emplace(source);
      if (is_new) {
        const Result<std::string> file =
            ReadFile(AbsolutePath(kOutFolder, DecodePercent(map->sources()[source])));
        if (file.ok()) found->second = file.value();
      }
      return found->second;
    }, &text);
  }
  if (options.globals == Globals::kAll) names.globals = globals;
  // Programs for Node ask whether it is there, and mean V8's, which a flag makes.
  if (!calls_gc && options.environment != Environment::kCore) names.globals.erase("gc");
  for (const std::string& name : names.globals) {
    (manifest.globals.contains(name) ? bundle.globals : bundle.standard_globals).insert(name);
  }
  if (options.environment == Environment::kCore) {
    bundle.globals.insert(manifest.core.begin(), manifest.core.end());
  }
  bundle.modules = StubsIn(manifest, text);
  if (program) AddScripts(*program, manifest, bundle.entry, &bundle);
  if (options.environment == Environment::kCore) {
    // The process makes threads.
    if (text.find(".spawn(") != std::string::npos) bundle.modules.insert("dv8:thread");
    const bool evaluates = program ? program->evaluates : Evaluates(text);
    if (evaluates || bundle.modules.contains("dv8:thread")) AddAllOfDv8(manifest, &bundle);
  }
  for (const std::string& name : options.included_modules) bundle.modules.insert(name);
  for (const std::string& name : bundle.globals) bundle.modules.insert(manifest.globals.at(name));
  const std::vector<std::string> own_files = OwnFiles(*meta, bundle.root);
  const std::set<std::string> dv8_modules = ModulesAskedFor(manifest, own_files);
  if (!dv8_modules.empty()) {
    bundle.modules.insert(dv8_modules.begin(), dv8_modules.end());
    bundle.modules.insert("dv8:core");
    // Process.spawn() makes threads.
    if (dv8_modules.contains("dv8:process") && text.find(".spawn(") != std::string::npos) {
      bundle.modules.insert("dv8:thread");
    }
    names.declarations += MakeModulesCallable(options.vintage, &text);
  } else {
    names.declarations += MakeModules("__dv8_from.module", &text);
  }
  if (bundle.modules.contains("dv8:thread") && !program) {
    const Result<Dv8Scripts> named = CollectNamedScripts(
        options, esbuild, manifest, globals, bundle.root, entry_file, own_files, text, messages);
    if (!named.ok()) return named.error();
    AddScripts(named.value(), manifest, "", &bundle);
    for (const std::string& name : bundle.globals) bundle.modules.insert(manifest.globals.at(name));
  }
  if (names.computes || !options.externals.empty()) bundle.modules.insert(kLoaderModule);
  // Such code names modules where esbuild does not look.
  if (bundle.modules.contains(kLoaderModule)) bundle.modules.merge(NamedInCalls(manifest, text));
  if (CanReadFiles(bundle.modules)) {
    if (Result<Done> found = build.value().FindBeside(bundle.root); !found.ok()) return found.error();
    std::vector<std::string>& beside = build.value().beside.all;
    if (LooksForEntry(text, entry_file)) beside.push_back(entry_file);
    for (const std::string& file : beside) {
      // What was packed before, into a folder that the code names.
      std::error_code error;
      if (!options.output.empty() && fs::equivalent(file, options.output, error)) continue;
      bundle.input_files.push_back(file);
      Result<std::string> bytes = ReadFile(file);
      if (!bytes.ok()) return bytes.error();
      // What is loaded from there asks for the library's modules, too.
      if (bundle.modules.contains(kLoaderModule) && IsModuleFile(file)) {
        bundle.modules.merge(NamedInCalls(manifest, bytes.value(), kAllQuotes));
      }
      bundle.files.push_back({VirtualPath(bundle.root, file), std::move(bytes.value())});
    }
  }
  if ((names.declarations + text).find("__dv8_from.") != std::string::npos) {
    names.declarations.insert(0, "const __dv8_from=__dv8_load();");
  }
  const std::string script =
      Wrapper(build.value().awaits, IsAllStrict(*meta), names.declarations) + text + "\n})";
  if (!options.minify) {
    bundle.source_map = map->Rewritten(sources);
    bundle.script = EncodeScript(script);
    return bundle;
  }
  Result<EsbuildScript> minified = Minify(script, map->Rewritten(map->sources()), options, esbuild);
  if (!minified.ok()) return minified.error();
  const std::optional<SourceMap> last = SourceMap::Parse(minified.value().map);
  if (!last) return Diagnostic{std::string(kOurFault) + "esbuild's source map cannot be read"};
  bundle.source_map = last->Rewritten(VirtualSources(*last, bundle.root), 0);
  bundle.script = EncodeScript(minified.value().code);
  return bundle;
}

Result<Library> BundleStdlib(const std::string& folder, Esbuild* esbuild, const StdlibManifest& manifest,
                             const AppBundle& app, Environment environment) {
  EsbuildBuild build;
  build.folder = folder;
  build.input = StdlibEntry(manifest, app.modules, app.globals) + app.library_tail;
  if (environment == Environment::kCore) {
    std::set<std::string> kept = app.globals;
    kept.insert(app.standard_globals.begin(), app.standard_globals.end());
    build.input += TrimGlobals(manifest, kept);
  }
  build.flags = {"--bundle", "--format=cjs", "--platform=neutral", kTarget, "--external:internal:*",
                 "--sourcefile=<dv8pack>", "--log-level=silent", "--legal-comments=none",
                 std::string("--outfile=") + kOutFolder + "stdlib.js"};
  Result<EsbuildResult> result = esbuild->Build(build);
  if (!result.ok()) return result.error();
  if (!result.value().errors.empty() || result.value().files.empty()) {
    const Result<std::string> errors = esbuild->Format(result.value().errors, false, false);
    return Diagnostic{std::string(kOurFault) + "the standard library cannot be bundled:\n" +
                      (errors.ok() ? errors.value() : errors.error().text)};
  }
  std::string text = WithDirectNatives(result.value().files[0].bytes);
  MakeCommentsAscii(&text);
  Library library;
  library.bindings = BindingsIn(text);
  std::string head = "(function (require, module, exports) {\n";
  std::string tail = "\n})";
  if (environment == Environment::kCore) {
    // The library keeps what the program is not given.
    std::string names;
    for (const std::string& name : manifest.engine_globals) {
      names += (names.empty() ? "" : ",") + name;
    }
    head = "(function () {const{" + names + "}=globalThis;return " + head;
    tail += "})()";
  }
  library.script = EncodeScript(head + text + tail);
  return library;
}

}  // namespace dv8
