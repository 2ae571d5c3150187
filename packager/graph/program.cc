#include "packager/graph/program.h"

#include <algorithm>
#include <filesystem>

#include "packager/bundle/app_build.h"
#include "packager/bundle/data_files.h"
#include "packager/bundle/decorators.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/virtual_path.h"
#include "packager/graph/graph.h"
#include "packager/graph/links.h"
#include "packager/graph/one_module.h"
#include "packager/graph/transpile.h"
#include "packager/process/files.h"
#include "runtime/payload/asset_index.h"

namespace dv8 {
namespace {

constexpr char kDebugger[] = "dv8:debugger";
// The modules with which Node's loader works.
constexpr const char* kLoaderModules[] = {"node:module", "node:url", "node:path", "node:fs"};

// The file below `root` that the link `file` leads to; empty when it is none.
std::string ModuleBehind(const std::string& file, const std::string& root) {
  std::error_code error;
  if (!std::filesystem::is_symlink(file, error)) return "";
  const std::string target = std::filesystem::canonical(file, error).string();
  return !error && target.starts_with(root + "/") ? target : "";
}

bool IsCode(ModuleFormat format) {
  return format == ModuleFormat::kUnknown || format == ModuleFormat::kCommonJs || format == ModuleFormat::kModule;
}

}  // namespace

Result<Done> MakeGraph(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest, AppBundle* app,
                       std::string* messages) {
  const std::optional<Json> meta = Json::Parse(app->metafile);
  if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
  const SourceReader read = [&](const std::string& file) { return ReadSource(options, app->entry_file, file); };
  Graph graph = ReadGraph(*meta, app->root, FileLoaders(options), app->awaits, Excluded(options.excludes, WorkingDirectory()), read);
  // V8 does not know decorators.
  for (GraphFile& file : graph.files) {
    if (app->has_decorators && file.loader == "js" && IsCode(file.format) && HasDecorator(file.file)) file.loader = "jsx";
  }
  app->files.clear();
  app->input_files.clear();
  for (const GraphFile& file : graph.files) app->input_files.push_back(file.file);
  std::vector<TranspiledFile> made;
  // A script of dv8's is no module itself.
  const bool has_entry =
      std::any_of(graph.files.begin(), graph.files.end(), [&](const GraphFile& file) { return file.path == app->entry; });
  if (options.one_module && has_entry) {
    Result<std::vector<TranspiledFile>> modules = BundleModules(options, esbuild, app, &graph, messages);
    if (!modules.ok()) return modules.error();
    made = std::move(modules.value());
  } else {
    Result<std::vector<TranspiledFile>> transpiled = TranspileFiles(graph, *app, options, esbuild, messages);
    if (!transpiled.ok()) return transpiled.error();
    made = std::move(transpiled.value());
  }
  if (!app->link.empty()) app->files.push_back({app->link, app->entry, false, true});
  std::string maps;
  for (TranspiledFile& file : made) {
    const std::string& path = graph.files[file.file].path;
    app->texts.erase(graph.files[file.file].file);
    // Clients of the debugger get the map with the code.
    if (app->modules.contains(kDebugger)) file.code += MapComment(file.map);
    app->files.push_back({kCodeRoot + path, std::move(file.code), false});
    if (!file.map.empty()) maps += (maps.empty() ? "" : ",") + QuoteJson(path) + ":" + file.map;
  }
  const auto add = [&](const std::string& file) -> Result<Done> {
    Result<std::string> bytes = ReadFile(file);
    if (!bytes.ok()) return bytes.error();
    if (app->has_node_library && !IsDeclaration(file))
      app->modules.merge(NamedInCalls(manifest, bytes.value(), BareNames::kNode, kAllQuotes));
    app->files.push_back({VirtualPath(app->root, file), std::move(bytes.value()), false});
    return Done{};
  };
  std::set<std::string> known;
  for (const GraphFile& file : graph.files) {
    if (file.loader != "json") continue;
    if (std::optional<std::string> json = DataAsJson(file.file)) app->texts[file.file] = std::move(*json);
  }
  for (auto& [file, text] : app->texts) app->files.push_back({kCodeRoot + VirtualPath(app->root, file), std::move(text), false});
  for (const GraphFile& file : graph.files) {
    known.insert(file.file);
    if (IsCode(file.format)) app->code.push_back(file.path);
    if (Result<Done> added = add(file.file); !added.ok()) return added;
  }
  for (const std::string& file : app->beside) {
    std::error_code error;
    // What was packed before, into a folder that the code names.
    if (!options.output.empty() && std::filesystem::equivalent(file, options.output, error)) continue;
    if (!known.insert(file).second) continue;
    // A module that has another name is one module.
    if (const std::string target = ModuleBehind(file, app->root); known.contains(target)) {
      const std::string path = VirtualPath(app->root, file);
      const std::filesystem::path to = std::filesystem::path(VirtualPath(app->root, target)).lexically_relative(Dirname(path));
      app->files.push_back({path, to.string(), false, true});
      continue;
    }
    app->input_files.push_back(file);
    if (Result<Done> added = add(file); !added.ok()) return added;
  }
  for (EmbeddedFile& link : PackageLinks(known, app->root)) app->files.push_back(std::move(link));
  if (app->has_node_library) app->modules.insert(std::begin(kLoaderModules), std::end(kLoaderModules));
  app->source_map = maps.empty() ? "" : "{\"files\":{" + maps + "}}";
  const GraphTableOptions table{app->entry, app->imports_sources, app->modules.contains(kDebugger) && !options.is_sourceless,
                                options.is_sourceless};
  app->library_tail += "start.runGraph(" + GraphTable(graph, table) + ");\n";
  return Done{};
}

}  // namespace dv8
