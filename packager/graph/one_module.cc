#include "packager/graph/one_module.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "packager/bundle/app_build.h"
#include "packager/bundle/identifier.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/json.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/source_contents.h"
#include "packager/bundle/source_map.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr char kOutput[] = "/app.js";
// An ES module has no `require` for what CommonJS files in it ask Node's library for. esbuild names no variable so.
constexpr char kRequire[] =
    "import{createRequire as __dv8_createRequire}from\"node:module\";const require=__dv8_createRequire(import.meta.url);";

// The map's sources by virtual path, and by "dv8:" what is no file.
std::vector<std::string> VirtualSources(const SourceMap& map, const std::string& root) {
  std::vector<std::string> names;
  for (const std::string& source : map.sources()) {
    const std::string path = DecodePercent(source);
    const bool is_file = !IsStub(path) && path.find('<') == std::string::npos && !path.starts_with("dataurl:");
    names.push_back(is_file ? VirtualPath(root, AbsolutePath(kOutFolder, path)) : "dv8:stub");
  }
  return names;
}

// What esbuild's function for a pattern of require() or import() ends with, for a path that is none of its files'.
constexpr char kNotInBundle[] = "throw new Error(\"Module not found in bundle: \"";
// What it is to call then, with the files' functions by their paths: what require() may leave out may be missing.
constexpr char kFind[] =
    "function __dv8_find(m,p){for(const e of[\".js\",\".json\",\".cjs\",\"/index.js\",\"/index.json\"])if(m[p+e])return m[p+e]();"
    "throw Object.assign(new Error(\"Cannot find module '\"+p+\"'\"),{code:\"MODULE_NOT_FOUND\"})}";

// `code` with kFind's call in the place of that end, in as many bytes, so that its map stays right. False when there is none.
bool FindByPatterns(std::string* code) {
  const size_t at = code->find(kNotInBundle);
  const size_t end = at == std::string::npos ? at : code->find(')', at);
  // `fn = map[path]; if (fn) return fn();` stands before it.
  const size_t bracket = end == std::string::npos ? end : code->rfind('[', at);
  if (bracket == std::string::npos || bracket + 100 < at) return false;
  size_t map = bracket;
  while (map > 0 && IsIdentifierPart((*code)[map - 1])) map--;
  const std::string path = code->substr(bracket + 1, code->find(']', bracket) - bracket - 1);
  std::string call = "return __dv8_find(" + code->substr(map, bracket - map) + "," + path + ")";
  if (call.size() > end + 1 - at) return false;
  call.resize(end + 1 - at, ' ');
  code->replace(at, call.size(), call);
  return true;
}

// What files of one module say of their own place in the variables that stand for it: --define names them, and esbuild
// keeps those of different files apart.
constexpr const char* kPlaces[] = {"import.meta=__dv8_meta", "__dirname=__dv8_dirname", "__filename=__dv8_filename"};
// Where there is Node's loader, which can look from any file.
constexpr char kResolves[] = "--define:require.resolve=__dv8_resolve";
// The module's own import.meta, which is the entry's.
constexpr char kEntryMeta[] = "const __dv8_entry=import.meta;";

// The code that declares the place of a file whose text is `source`; empty when that does not ask for it. `passes_on`: its
// require() is a value.
std::string PlaceOf(const GraphFile& file, std::string_view source, bool is_entry, bool is_module, bool resolves, bool passes_on) {
  std::string code;
  if (passes_on) {
    code.append("var ").append(AppImports::kOwnRequire).append("=require(\"node:module\").createRequire(");
    code.append(QuoteJs(file.path)).append(");");
  }
  if (file.format != ModuleFormat::kModule) {
    if (source.find("__dirname") != std::string_view::npos) code += "var __dv8_dirname=" + QuoteJs(Dirname(file.path)) + ";";
    // esbuild's modules know nothing of it.
    const auto asks = [&](std::string_view name) { return source.find(name) != std::string_view::npos; };
    if (asks("module.filename") || asks("module.path")) {
      code += "module.filename=" + QuoteJs(file.path) + ";module.path=" + QuoteJs(Dirname(file.path)) + ";";
    }
    if (source.find("__filename") != std::string_view::npos) code += "var __dv8_filename=" + QuoteJs(file.path) + ";";
    if (resolves && source.find("require.resolve") != std::string_view::npos) {
      code += "var __dv8_resolve=require(\"node:module\").createRequire(" + QuoteJs(file.path) + ").resolve;";
    }
  }
  if (source.find("import.meta") == std::string_view::npos) return code;
  if (is_entry && is_module) return code + "var __dv8_meta=__dv8_entry;";
  code += "var __dv8_meta={__proto__:null,dirname:" + QuoteJs(Dirname(file.path)) + ",filename:" + QuoteJs(file.path) + ",main:!1,";
  if (is_module) code += "resolve:__dv8_entry.resolve,";
  return code + "url:" + QuoteJs(FileUrl(file.path)) + "};";
}

// By file, what PlaceOf() has for it.
std::map<std::string, std::string> PlacesOf(const Graph& graph, const BundleOptions& options, const AppBundle& app, bool is_module) {
  std::map<std::string, std::string> places;
  for (const GraphFile& file : graph.files) {
    if (file.loader != "js" && !IsTranspiled(file.loader)) continue;
    const Result<std::string> text = ReadSource(options, app.entry_file, file.file);
    const bool passes_on = app.has_node_library && app.imports->PassesOnRequire(file.file);
    std::string code =
        text.ok() ? PlaceOf(file, text.value(), file.file == app.entry_file, is_module, app.has_node_library, passes_on) : "";
    if (!code.empty()) places.emplace(file.file, std::move(code));
  }
  return places;
}

// The files of `graph` that are not among `bundled` (absolute), and what they import. The number behind the last of them
// stands for the entry.
Graph LeftBeside(const Graph& graph, const std::vector<std::string>& bundled, const std::string& entry) {
  const std::set<std::string> inside(bundled.begin(), bundled.end());
  std::vector<size_t> open;
  std::vector<bool> stays(graph.files.size());
  const auto add = [&](size_t number) {
    if (graph.files[number].path == entry || stays[number]) return;
    stays[number] = true;
    open.push_back(number);
  };
  for (size_t i = 0; i < graph.files.size(); i++) {
    if (!inside.contains(graph.files[i].file)) add(i);
  }
  while (!open.empty()) {
    const GraphFile& file = graph.files[open.back()];
    open.pop_back();
    for (const std::vector<GraphImport>* imports : {&file.imported, &file.required}) {
      for (const GraphImport& import : *imports) {
        if (import.file >= 0) add(static_cast<size_t>(import.file));
      }
    }
  }
  Graph left;
  std::vector<int> numbers(graph.files.size(), static_cast<int>(std::count(stays.begin(), stays.end(), true)));
  for (size_t i = 0; i < graph.files.size(); i++) {
    if (!stays[i]) continue;
    numbers[i] = static_cast<int>(left.files.size());
    left.files.push_back(graph.files[i]);
  }
  for (GraphFile& file : left.files) {
    for (std::vector<GraphImport>* imports : {&file.imported, &file.required}) {
      for (GraphImport& import : *imports) {
        if (import.file >= 0) import.file = numbers[static_cast<size_t>(import.file)];
      }
    }
  }
  return left;
}

}  // namespace

Result<std::vector<TranspiledFile>> BundleModules(const BundleOptions& options, Esbuild* esbuild, AppBundle* app, Graph* graph,
                                                  std::string* messages) {
  const auto entry = std::find_if(graph->files.begin(), graph->files.end(), [&](const GraphFile& file) { return file.path == app->entry; });
  const bool is_module = app->awaits || entry->format == ModuleFormat::kModule;
  EsbuildBuild build;
  build.folder = app->root;
  build.entries = {{"app", app->entry_file}};
  for (const char* place : kPlaces) build.flags.push_back(std::string("--define:") + place);
  if (app->has_node_library) build.flags.push_back(kResolves);
  for (std::string& flag : FlagsOfFiles(options)) build.flags.push_back(std::move(flag));
  for (std::string& flag : FlagsOfImports(options)) build.flags.push_back(std::move(flag));
  build.flags.insert(build.flags.end(), {"--bundle", kTarget, "--platform=node", "--sourcemap=external", "--sources-content=false",
                                         "--log-level=silent", "--log-limit=0", "--charset=utf8", "--metafile", "--public-path=/app",
                                         "--asset-names=assets/[name]-[hash]", "--supported:import-source=true",
                                         is_module ? "--format=esm" : "--format=cjs", std::string("--outdir=") + kOutFolder});
  if (options.minify) build.flags.push_back("--minify");
  // The entry's `module` is esbuild's: it says which it is (imports.cc). A banner would stand before its directives.
  build.flags.push_back(std::string("--define:require.main=") + kMainModule);
  build.flags.push_back(std::string("--footer:js=var ") + kMainModule + ";");
  if (is_module) build.flags.push_back(std::string("--banner:js=") + (app->has_node_library ? kRequire : "") + kEntryMeta);
  app->imports->BeginWith(PlacesOf(*graph, options, *app, is_module));
  app->imports->AnswerIn(&build, is_module ? AppImports::Purpose::kBundleModule : AppImports::Purpose::kBundleCommonJs);
  Result<EsbuildResult> result = esbuild->Build(build);
  if (!result.ok()) return result.error();
  if (!result.value().errors.empty()) {
    const Result<std::string> text = esbuild->Format(result.value().errors, false, options.color);
    if (!text.ok()) return text.error();
    *messages += text.value();
    return Diagnostic{"cannot be one module", options.entry, 0, 0, "without --bundle its files are modules of their own"};
  }
  const std::optional<Json> meta = Json::Parse(result.value().metafile);
  if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
  *graph = LeftBeside(*graph, InputsOf(*meta, app->root), app->entry);
  std::erase_if(app->texts, [&](const auto& text) {
    return std::none_of(graph->files.begin(), graph->files.end(), [&](const GraphFile& file) { return file.file == text.first; });
  });
  Result<std::vector<TranspiledFile>> made = TranspileFiles(*graph, *app, options, esbuild, messages);
  if (!made.ok()) return made.error();
  TranspiledFile module{static_cast<int>(graph->files.size()), "", ""};
  GraphFile only;
  only.file = app->entry_file;
  only.path = app->entry;
  only.loader = "js";
  only.format = is_module ? ModuleFormat::kModule : ModuleFormat::kCommonJs;
  graph->files.push_back(std::move(only));
  for (EsbuildFile& file : result.value().files) {
    if (file.path == kOutput) {
      module.code = std::move(file.bytes);
      if (FindByPatterns(&module.code)) module.code.append(kFind).append("\n");
    } else if (file.path == std::string(kOutput) + ".map") {
      std::optional<SourceMap> map = SourceMap::Parse(file.bytes);
      if (!map) return Diagnostic{std::string(kOurFault) + "esbuild's source map cannot be read"};
      if (options.source_contents) map->set_contents(ReadSourceContents(*map, kOutFolder, app->root, app->input_files));
      module.map = map->Rewritten(VirtualSources(*map, app->root));
    } else {
      app->files.push_back({kVirtualRoot + file.path, std::move(file.bytes), false});
    }
  }
  app->metafile = std::move(result.value().metafile);
  made.value().push_back(std::move(module));
  return made;
}

}  // namespace dv8
