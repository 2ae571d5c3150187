#include "packager/graph/one_module.h"

#include <algorithm>

#include "packager/bundle/app_build.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/output_files.h"
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

}  // namespace

Result<TranspiledFile> BundleModules(const BundleOptions& options, Esbuild* esbuild, AppBundle* app, Graph* graph, std::string* messages) {
  const auto entry = std::find_if(graph->files.begin(), graph->files.end(), [&](const GraphFile& file) { return file.path == app->entry; });
  const bool is_module = app->awaits || entry->format == ModuleFormat::kModule;
  EsbuildBuild build;
  build.folder = app->root;
  build.entries = {{"app", app->entry_file}};
  build.flags = FlagsOfFiles(options);
  for (std::string& flag : FlagsOfImports(options)) build.flags.push_back(std::move(flag));
  build.flags.insert(build.flags.end(), {"--bundle", kTarget, "--platform=node", "--sourcemap=external", "--sources-content=false",
                                         "--log-level=silent", "--log-limit=0", "--charset=utf8", "--metafile", "--public-path=/app",
                                         "--asset-names=assets/[name]-[hash]", "--supported:import-source=true",
                                         is_module ? "--format=esm" : "--format=cjs", std::string("--outdir=") + kOutFolder});
  if (options.minify) build.flags.push_back("--minify");
  // The entry's `module` is esbuild's: it says which it is (imports.cc). A banner would stand before its directives.
  build.flags.push_back(std::string("--define:require.main=") + kMainModule);
  build.flags.push_back(std::string("--footer:js=var ") + kMainModule + ";");
  if (is_module && app->has_node_library) build.flags.push_back(std::string("--banner:js=") + kRequire);
  app->imports->AnswerIn(&build, is_module ? AppImports::Purpose::kBundleModule : AppImports::Purpose::kBundleCommonJs);
  Result<EsbuildResult> result = esbuild->Build(build);
  if (!result.ok()) return result.error();
  if (!result.value().errors.empty()) {
    const Result<std::string> text = esbuild->Format(result.value().errors, false, options.color);
    if (!text.ok()) return text.error();
    *messages += text.value();
    return Diagnostic{"cannot be one module", options.entry, 0, 0, "without --bundle its files are modules of their own"};
  }
  TranspiledFile module{0, "", ""};
  for (EsbuildFile& file : result.value().files) {
    if (file.path == kOutput) {
      module.code = std::move(file.bytes);
    } else if (file.path == std::string(kOutput) + ".map") {
      std::optional<SourceMap> map = SourceMap::Parse(file.bytes);
      if (!map) return Diagnostic{std::string(kOurFault) + "esbuild's source map cannot be read"};
      if (options.source_contents) map->set_contents(ReadSourceContents(*map, kOutFolder, app->root, app->input_files));
      module.map = map->Rewritten(VirtualSources(*map, app->root));
    } else {
      app->files.push_back({kVirtualRoot + file.path, std::move(file.bytes), false});
    }
  }
  app->texts.clear();  // Of other files than the module's.
  app->metafile = std::move(result.value().metafile);
  GraphFile only;
  only.file = app->entry_file;
  only.path = app->entry;
  only.loader = "js";
  only.format = is_module ? ModuleFormat::kModule : ModuleFormat::kCommonJs;
  graph->files = {std::move(only)};
  return module;
}

}  // namespace dv8
