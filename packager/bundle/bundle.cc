#include "packager/bundle/bundle.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "packager/bundle/esbuild.h"
#include "packager/bundle/file_names.h"
#include "packager/bundle/json.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/source_map.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// How the library's native `require` and the app's are called in the wrapper.
constexpr char kParameters[] = "(require,module,exports,__dv8_require,__dv8_import)";
constexpr char kNoTopLevelAwait[] = "Top-level await is not available in the configured target";

// Beside esbuild's own defaults.
constexpr const char* kLoaders[] = {
    ".md=text",   ".html=text", ".sql=text",  ".graphql=text", ".bin=binary", ".wasm=binary",
    ".png=file",  ".jpg=file",  ".jpeg=file", ".gif=file",     ".webp=file",  ".ico=file",
    ".svg=file",  ".woff=file", ".woff2=file", ".ttf=file",    ".pdf=file",
};

constexpr std::string_view kExtensions[] = {".js", ".mjs", ".cjs", ".jsx",
                                            ".ts", ".mts", ".cts", ".tsx"};

std::string WorkingDirectory() {
  char path[PATH_MAX];
  return getcwd(path, sizeof(path)) == nullptr ? "/" : path;
}

// The names that the user gives a meaning of his own.
std::set<std::string> TakenNames(const BundleOptions& options) {
  std::set<std::string> names(options.externals.begin(), options.externals.end());
  for (const std::string& alias : options.aliases) names.insert(alias.substr(0, alias.find('=')));
  return names;
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

std::vector<std::string> AppArguments(const BundleOptions& options, const BundleTools& tools,
                                      const StdlibManifest& manifest) {
  std::vector<std::string> args = {
      "--bundle", "--format=esm", "--platform=node", kTarget, "--sourcemap=external",
      "--sourcefile=<dv8pack>", "--log-level=warning", "--public-path=/app",
      "--asset-names=assets/[name]-[hash]", "--supported:dynamic-import=false",
      // Assigning to a global such as fetch is as good as ever.
      "--log-override:assign-to-define=silent",
      "--outfile=" + tools.temp_dir + "/app.js", "--metafile=" + tools.temp_dir + "/meta.json",
      options.color ? "--color=true" : "--color=false"};
  if (!options.source_contents) args.push_back("--sources-content=false");
  if (options.minify) args.push_back("--minify");
  if (!options.allow_dynamic) {
    args.push_back("--log-override:unsupported-require-call=error");
    args.push_back("--log-override:unsupported-dynamic-import=error");
  }
  std::vector<std::string> globals;
  for (const std::string& name : PlaceholderGlobals(options, manifest)) globals.push_back(name);
  for (std::string& arg : FileNameDefines(globals)) args.push_back(std::move(arg));
  for (std::string& arg : StubAliases(manifest, TakenNames(options))) {
    args.push_back(std::move(arg));
  }
  for (const char* loader : kLoaders) args.push_back(std::string("--loader:") + loader);
  const std::string cwd = WorkingDirectory();
  for (const std::string& define : options.defines) args.push_back("--define:" + define);
  for (const std::string& loader : options.loaders) args.push_back("--loader:" + loader);
  for (const std::string& alias : options.aliases) {
    const size_t equals = alias.find('=');
    std::string to = alias.substr(equals + 1);
    if (to.starts_with(".")) to = AbsolutePath(cwd, to);
    args.push_back("--alias:" + alias.substr(0, equals + 1) + to);
  }
  for (const std::string& external : options.externals) {
    const bool is_pattern = external.find('*') != std::string::npos;
    args.push_back(is_pattern ? "--external:" + external : ExternalAlias(external));
  }
  if (!options.tsconfig.empty()) {
    args.push_back("--tsconfig=" + AbsolutePath(cwd, options.tsconfig));
  }
  args.insert(args.end(), options.esbuild_arguments.begin(), options.esbuild_arguments.end());
  return args;
}

// Runs esbuild for the app. Most apps have no top-level await, and esbuild is the one to know:
// the first run forbids it, and only an app that has it pays for a second one.
Result<bool> RunForApp(const BundleOptions& options, const BundleTools& tools,
                       const StdlibManifest& manifest, const std::string& root,
                       const std::string& entry, std::string* messages) {
  std::vector<std::string> args = AppArguments(options, tools, manifest);
  const std::string input =
      "import " + QuoteJson("./" + entry.substr(root == "/" ? 1 : root.size() + 1)) + ";\n";
  args.push_back("--supported:top-level-await=false");
  Result<Outcome> outcome = RunEsbuild(tools.esbuild, root, input, args);
  if (!outcome.ok()) return outcome.error();
  bool awaits = false;
  if (outcome.value().exit_code != 0 &&
      outcome.value().err.find(kNoTopLevelAwait) != std::string::npos) {
    args.pop_back();
    outcome = RunEsbuild(tools.esbuild, root, input, args);
    if (!outcome.ok()) return outcome.error();
    awaits = true;
  }
  *messages += outcome.value().err;
  if (Interrupted() != 0) return Diagnostic{"interrupted"};
  if (outcome.value().exit_code != 0) {
    return Diagnostic{"cannot be bundled", options.entry, 0, 0, EsbuildHint(outcome.value().err)};
  }
  return awaits;
}

// The map's sources by virtual path. What no file of the app is gets a name that begins with
// "dv8:", as the library's script has: stacks leave such frames out.
std::vector<std::string> VirtualSources(const SourceMap& map, const std::string& temp_dir,
                                        const std::string& root) {
  std::vector<std::string> names;
  for (const std::string& source : map.sources()) {
    if (IsStub(source) || source.find("%3Cdv8pack%3E") != std::string::npos) {
      names.emplace_back("dv8:stub");
    } else if (source.find("dataurl:") == 0) {
      names.push_back("data:");
    } else {
      names.push_back(VirtualPath(root, AbsolutePath(temp_dir, DecodePercent(source))));
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

// The dv8 modules that the app's own files ask for by module() or library().
std::set<std::string> ModulesAskedFor(const Json& meta, const StdlibManifest& manifest,
                                      const std::string& root,
                                      const std::set<std::string>& modules) {
  std::set<std::string> names;
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return names;
  for (const auto& [file, input] : inputs->members()) {
    if (file.find("node_modules/") != std::string::npos || IsStub(file)) continue;
    const Result<std::string> source = ReadFile(AbsolutePath(root, file));
    if (source.ok()) names.merge(NamedAsDv8(manifest, source.value()));
  }
  return names;
}

// In dv8 `module` is a function. esbuild makes a CommonJS file's `module` an object, in one
// place of its output; the text that takes that place is as long. Gives what the wrapper declares.
std::string MakeModulesCallable(std::string* text) {
  static constexpr std::pair<std::string_view, std::string_view> kObjects[] = {
      {"(mod = { exports: {} }).exports", "(mod = __dv8_module() ).exports"},
      {"={exports:{}}).exports,", "=__dv8_mod() ).exports,"},
  };
  for (const auto& [object, callable] : kObjects) {
    if (const size_t at = text->find(object); at != std::string::npos) {
      text->replace(at, object.size(), callable);
      break;
    }
  }
  return "const __dv8_module=__dv8_require(\"dv8:core\").callable,__dv8_mod=__dv8_module;"
         "module=__dv8_mod(module);";
}

std::string Wrapper(bool awaits, bool strict, const std::string& declarations) {
  return std::string("(") + (awaits ? "async " : "") + "function " + kParameters + " {" +
         (strict ? "\"use strict\";" : "") + declarations + "\n";
}

}  // namespace

Result<std::string> FindEntry(const std::string& entry) {
  char resolved[PATH_MAX];
  if (realpath(entry.c_str(), resolved) == nullptr) {
    if (errno == ENOENT) return Diagnostic{"there is no such file", entry};
    return Diagnostic{std::string("cannot be read: ") + strerror(errno), entry};
  }
  struct stat info;
  if (stat(resolved, &info) == 0 && S_ISDIR(info.st_mode)) {
    return Diagnostic{"is a folder; name the file to start with", entry};
  }
  if (!S_ISREG(info.st_mode)) return Diagnostic{"is no ordinary file", entry};
  const std::string_view path = resolved;
  if (std::none_of(std::begin(kExtensions), std::end(kExtensions),
                   [&](std::string_view extension) { return path.ends_with(extension); })) {
    return Diagnostic{"is not JavaScript or TypeScript by its name", entry, 0, 0,
                      "an entry ends with .js, .mjs, .cjs, .jsx, .ts, .mts, .cts or .tsx"};
  }
  if (access(resolved, R_OK) != 0) {
    return Diagnostic{std::string("cannot be read: ") + strerror(errno), entry};
  }
  return std::string(path);
}

Result<AppBundle> BundleApp(const BundleOptions& options, const BundleTools& tools,
                            const StdlibManifest& manifest, std::string* messages) {
  const Result<std::string> entry = FindEntry(options.entry);
  if (!entry.ok()) return entry.error();
  AppBundle bundle;
  bundle.root = FindRoot(entry.value());
  bundle.entry = VirtualPath(bundle.root, entry.value());
  const Result<bool> awaits =
      RunForApp(options, tools, manifest, bundle.root, entry.value(), messages);
  if (!awaits.ok()) return awaits.error();

  Result<std::string> meta_text = ReadFile(tools.temp_dir + "/meta.json");
  if (!meta_text.ok()) return meta_text.error();
  const std::optional<Json> meta = Json::Parse(meta_text.value());
  if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
  if (const std::optional<Diagnostic> problem =
          CheckImports(*meta, manifest, bundle.root, messages)) {
    return *problem;
  }
  bundle.inputs = InputsOf(*meta, bundle.root);

  Result<std::string> text = ReadFile(tools.temp_dir + "/app.js");
  if (!text.ok()) return text.error();
  const Result<std::string> map_text = ReadFile(tools.temp_dir + "/app.js.map");
  if (!map_text.ok()) return map_text.error();
  const std::optional<SourceMap> map = SourceMap::Parse(map_text.value());
  if (!map) return Diagnostic{std::string(kOurFault) + "esbuild's source map cannot be read"};
  const std::vector<std::string> sources = VirtualSources(*map, tools.temp_dir, bundle.root);

  const std::set<std::string> globals = PlaceholderGlobals(options, manifest);
  FileNames names = ReplacePlaceholders(*map, sources, bundle.entry, globals, &text.value());
  if (text.value().find("__dv8_external(") != std::string::npos) {
    names.declarations += "const __dv8_external=require;";
  }
  if (options.globals == Globals::kAll) names.globals = globals;
  for (const std::string& name : names.globals) {
    (manifest.globals.contains(name) ? bundle.globals : bundle.standard_globals).insert(name);
  }
  if (options.environment == Environment::kCore) {
    bundle.globals.insert(manifest.core.begin(), manifest.core.end());
  }
  bundle.modules = StubsIn(manifest, text.value());
  for (const std::string& name : options.included_modules) bundle.modules.insert(name);
  for (const std::string& name : bundle.globals) bundle.modules.insert(manifest.globals.at(name));
  const std::set<std::string> dv8_modules =
      ModulesAskedFor(*meta, manifest, bundle.root, bundle.modules);
  if (!dv8_modules.empty()) {
    bundle.modules.insert(dv8_modules.begin(), dv8_modules.end());
    bundle.modules.insert("dv8:core");
    // Process.spawn() makes threads.
    if (dv8_modules.contains("dv8:process") && text.value().find(".spawn(") != std::string::npos) {
      bundle.modules.insert("dv8:thread");
    }
    names.declarations += MakeModulesCallable(&text.value());
  }
  // Code with a `require` of its own making names modules where esbuild does not look.
  if (options.allow_dynamic || bundle.modules.contains("node:module")) {
    bundle.modules.merge(NamedInCalls(manifest, text.value()));
  }
  bundle.source_map = map->Rewritten(sources);
  bundle.script = EncodeScript(
      Wrapper(awaits.value(), IsAllStrict(*meta), names.declarations) + text.value() + "\n})");

  Result<std::vector<EmbeddedFile>> files = ReadOutputFiles(tools.temp_dir + "/assets");
  if (!files.ok()) return files.error();
  bundle.files = std::move(files.value());
  return bundle;
}

Result<Library> BundleStdlib(const BundleTools& tools, const StdlibManifest& manifest,
                             const AppBundle& app, Environment environment) {
  std::string entry = StdlibEntry(manifest, app.modules, app.globals);
  if (environment == Environment::kCore) {
    std::set<std::string> kept = app.globals;
    kept.insert(app.standard_globals.begin(), app.standard_globals.end());
    entry += TrimGlobals(manifest, kept);
  }
  const Result<Outcome> outcome =
      RunEsbuild(tools.esbuild, tools.stdlib_dir, entry,
                 {"--bundle", "--format=cjs", "--platform=neutral", kTarget,
                  "--external:internal:*", "--sourcefile=<dv8pack>", "--log-level=error",
                  "--legal-comments=none", "--color=false"});
  if (!outcome.ok()) return outcome.error();
  if (outcome.value().exit_code != 0) {
    return Diagnostic{std::string(kOurFault) + "the standard library cannot be bundled:\n" +
                      outcome.value().err};
  }
  std::string text = WithDirectNatives(outcome.value().out);
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
