#include "packager/bundle/bundle.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "packager/bundle/app_build.h"
#include "packager/bundle/dv8_scripts.h"
#include "packager/bundle/entry.h"
#include "packager/bundle/esbuild.h"
#include "packager/bundle/file_names.h"
#include "packager/bundle/function_names.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/json.h"
#include "packager/bundle/module_helpers.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/source_contents.h"
#include "packager/bundle/source_map.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

// How the library's native `require` and the app's are called in the wrapper.
constexpr char kParameters[] = "(require,module,exports,__dv8_require,__dv8_load)";
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
  for (const auto& [name, module] : manifest.globals) bundle->globals.insert(name);
  bundle->standard_globals.insert(manifest.bootstrap_globals.begin(),
                                  manifest.bootstrap_globals.end());
}

// Whether esbuild's output calls the global `name` in some place without having asked for it before.
bool CallsUnasked(std::string_view text, std::string_view name) {
  constexpr size_t kNear = 200;
  const std::string placeholder = "__dv8_g_" + std::string(name);
  size_t before = std::string_view::npos;
  for (size_t at = text.find(placeholder); at != std::string_view::npos;
       at = text.find(placeholder, at + 1)) {
    const bool is_call = text.substr(at + placeholder.size()).starts_with('(');
    if (is_call && (before == std::string_view::npos || at - before > kNear)) return true;
    before = at;
  }
  return false;
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

// Tells Node's loader what --external names.
std::string LeaveOut(const std::vector<std::string>& externals) {
  std::string names;
  for (const std::string& name : externals) names += (names.empty() ? "" : ",") + QuoteJs(name);
  return "start.leaveOut([" + names + "]);\n";
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
  const Excluded excluded(options.excludes, WorkingDirectory());
  if (excluded.Contains(entry_file, bundle.root)) {
    return Diagnostic{"--exclude leaves out the file that the app starts with", options.entry};
  }
  bundle.entry = VirtualPath(bundle.root, entry_file);
  if (entry.value().link.starts_with(bundle.root + "/")) bundle.link = VirtualPath(bundle.root, entry.value().link);
  bundle.entry_file = entry_file;
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
  std::erase_if(bundle.input_files, [&](const std::string& file) { return excluded.Contains(file, bundle.root); });
  for (const std::string& file : bundle.input_files) {
    bundle.inputs.push_back(VirtualPath(bundle.root, file));
  }
  std::sort(bundle.inputs.begin(), bundle.inputs.end());

  bundle.metafile = build.value().result.metafile;
  bundle.beside = build.value().beside.all;
  bundle.awaits = build.value().awaits;
  bundle.keeps_files_out = imports.KeepsOutAny();
  bundle.texts = imports.undeferred();
  bundle.imports_sources = imports.ImportsSources();

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
  const bool is_no_script = CountCode(*meta) > 1 && (bundle.awaits || !IsAllStrict(*meta) || DeletesName(text));
  // Node's loader resolves patterns and what no import leads to, and an ES module's place is a URL in its stacks.
  bundle.needs_loader = options.graph && (bundle.keeps_files_out || imports.NeedsModules() || ImportsWasmLate(*meta) ||
                                          !build.value().computed.empty() || !build.value().beside.code.empty() ||
                                          (is_no_script && (HasEsModules(*meta) || HasPatterns(text))));
  bundle.needs_modules = bundle.needs_loader || (options.graph && is_no_script);
  std::optional<SourceMap> map = SourceMap::Parse(map_text);
  if (!map) return Diagnostic{std::string(kOurFault) + "esbuild's source map cannot be read"};
  std::vector<std::string> sources = VirtualSources(*map, bundle.root);
  if (options.source_contents) {
    map->set_contents(ReadSourceContents(*map, kOutFolder, bundle.root, bundle.input_files));
  }

  const bool calls_gc = CallsUnasked(text, "gc");
  FileNames names = ReplacePlaceholders(*map, sources, bundle.entry, globals, &text);
  names.declarations += ResolvePatternsAsNode(&text);
  const std::string file_constants = names.declarations;
  RequireModulesAsNode(&text);
  if (!options.minify && ShareScope(*meta)) {
    std::map<int, std::string> texts;
    names.declarations += RestoreFunctionNames(*map, [&](int source) -> const std::string& {
      const auto [found, is_new] = texts.try_emplace(source);
      if (is_new) {
        const Result<std::string> file =
            ReadSource(options, entry_file, AbsolutePath(kOutFolder, DecodePercent(map->sources()[source])));
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
    bundle.runs_assets = evaluates || bundle.modules.contains("dv8:thread");
    if (bundle.runs_assets) AddAllOfDv8(manifest, &bundle);
  }
  for (const std::string& name : options.included_modules) bundle.modules.insert(name);
  for (const std::string& name : bundle.globals) bundle.modules.insert(manifest.globals.at(name));
  const std::vector<std::string> own_files = OwnFiles(*meta, bundle.root);
  const std::set<std::string> dv8_modules = ModulesAskedFor(manifest, own_files);
  bundle.loads_as_dv8 = !dv8_modules.empty();
  if (bundle.loads_as_dv8) {
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
    Result<Dv8Scripts> named = CollectNamedScripts(
        options, esbuild, manifest, globals, bundle.root, entry_file, own_files, text, messages);
    if (!named.ok()) return named.error();
    named.value().constants = file_constants;
    AddScripts(named.value(), manifest, "", &bundle);
    bundle.runs_assets = true;
    for (const std::string& name : bundle.globals) bundle.modules.insert(manifest.globals.at(name));
  }
  if (names.computes || !options.externals.empty()) bundle.modules.insert(kLoaderModule);
  if (!options.externals.empty()) bundle.library_tail += LeaveOut(options.externals);
  // Such code names modules where esbuild does not look.
  if (bundle.modules.contains(kLoaderModule)) bundle.modules.merge(NamedInCalls(manifest, text));
  if (CanReadFiles(bundle.modules)) {
    if (!bundle.link.empty()) bundle.files.push_back({bundle.link, bundle.entry, false, true});
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
  const Result<std::string> entry_text = ReadSource(options, entry_file, entry_file);
  const bool is_strict = entry_text.ok() && ReadPrologue(entry_text.value()).is_strict;
  const std::string script =
      Wrapper(build.value().awaits, IsAllStrict(*meta) || (CountCode(*meta) == 1 && is_strict),
              names.declarations) +
      text + "\n})";
  // Functions that threads start from are texts, which name what is around them; what becomes modules is not needed.
  if (!options.minify || bundle.needs_modules || bundle.modules.contains("dv8:thread")) {
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

}  // namespace dv8
