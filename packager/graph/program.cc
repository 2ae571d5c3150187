#include "packager/graph/program.h"

#include <algorithm>
#include <filesystem>

#include "packager/bundle/app_build.h"
#include "packager/bundle/virtual_path.h"
#include "packager/graph/graph.h"
#include "packager/graph/transpile.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// What the packed program's script is: its files are the program.
constexpr char kEmptyScript[] = "(function () {})";
// The modules with which Node's loader works.
constexpr const char* kLoaderModules[] = {"node:module", "node:url", "node:path", "node:fs"};

}  // namespace

bool CanBeGraph(const AppBundle& app) {
  return app.has_node_library && !app.runs_assets && !app.modules.contains("dv8:node") && !app.modules.contains("dv8:thread");
}

Result<Done> MakeGraph(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest, AppBundle* app,
                       std::string* messages) {
  const std::optional<Json> meta = Json::Parse(app->metafile);
  if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
  const Graph graph = ReadGraph(*meta, app->root, FileLoaders(options));
  Result<std::vector<TranspiledFile>> transpiled = TranspileFiles(graph, app->root, options, esbuild, messages);
  if (!transpiled.ok()) return transpiled.error();
  std::map<std::string, std::string> texts;  // By virtual path.
  std::string maps;
  for (TranspiledFile& file : transpiled.value()) {
    const std::string& path = graph.files[file.file].path;
    texts[path] = std::move(file.code);
    if (!file.map.empty()) maps += (maps.empty() ? "" : ",") + QuoteJson(path) + ":" + file.map;
  }
  app->files.clear();
  app->input_files.clear();
  const auto add = [&](const std::string& file) -> Result<Done> {
    std::error_code error;
    // What was packed before, into a folder that the code names.
    if (!options.output.empty() && std::filesystem::equivalent(file, options.output, error)) return Done{};
    app->input_files.push_back(file);
    const std::string path = VirtualPath(app->root, file);
    const auto found = texts.find(path);
    Result<std::string> bytes = found == texts.end() ? ReadFile(file) : std::move(found->second);
    if (!bytes.ok()) return bytes.error();
    app->modules.merge(NamedInCalls(manifest, bytes.value(), kAllQuotes));
    app->files.push_back({path, std::move(bytes.value())});
    return Done{};
  };
  std::set<std::string> known;
  for (const GraphFile& file : graph.files) {
    known.insert(file.file);
    if (Result<Done> added = add(file.file); !added.ok()) return added;
  }
  for (const std::string& file : app->beside) {
    if (!known.insert(file).second) continue;
    if (Result<Done> added = add(file); !added.ok()) return added;
  }
  for (const char* module : kLoaderModules) app->modules.insert(module);
  app->script = {kEmptyScript, false};
  app->source_map = maps.empty() ? "" : "{\"files\":{" + maps + "}}";
  app->library_tail = "start.runGraph(" + GraphTable(graph, app->entry) + ");\n";
  app->is_graph = true;
  return Done{};
}

}  // namespace dv8
