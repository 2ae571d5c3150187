#include "packager/graph/transpile.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "packager/bundle/app_build.h"
#include "packager/bundle/entry.h"
#include "packager/bundle/loaders.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/source_contents.h"
#include "packager/bundle/source_map.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// What esbuild's folding of constants makes an error of.
bool HasParenthesizedDelete(const std::string& file) {
  const Result<std::string> text = ReadFile(file);
  return text.ok() && (text.value().find("delete (") != std::string::npos || text.value().find("delete(") != std::string::npos);
}

// CommonJS and ES modules stay what they are, or an ES module becomes CommonJS. kNamed: CommonJS whose names Node finds in
// its text.
enum class Modules { kCommonJs, kNamed, kModule, kBecomeCommonJs };

// What CommonJS that exports what another file does has in it.
constexpr std::string_view kPassesOn[] = {"module.exports", "__export", ".forEach("};

// The numbers of the files of CommonJS that ES modules import, and of those whose names these may pass on.
std::set<int> ImportedCommonJs(const Graph& graph, const AppBundle& app, const BundleOptions& options) {
  std::set<int> found;
  std::vector<int> open;
  const auto take = [&](const std::vector<GraphImport>& imports) {
    for (const GraphImport& import : imports) {
      if (import.file < 0) continue;
      const ModuleFormat format = graph.files[import.file].format;
      const bool is_common_js = format == ModuleFormat::kCommonJs || format == ModuleFormat::kUnknown;
      if (is_common_js && found.insert(import.file).second) open.push_back(import.file);
    }
  };
  for (const GraphFile& file : graph.files) take(file.imported);
  while (!open.empty()) {
    const GraphFile& file = graph.files[open.back()];
    open.pop_back();
    const Result<std::string> text = ReadSource(options, app.entry_file, file.file);
    const auto has = [&](std::string_view words) { return text.ok() && text.value().find(words) != std::string::npos; };
    if (std::any_of(std::begin(kPassesOn), std::end(kPassesOn), has)) take(file.required);
  }
  return found;
}

// The dead code with which bundlers tell Node the names of CommonJS, `0 && (module.exports = { a, b })`: esbuild drops it.
std::string NamesAnnotatedIn(std::string_view text) {
  constexpr std::string_view kStart = "0 && (module.exports = {", kEnd = "})";
  std::string names;
  for (size_t at = text.find(kStart); at != std::string_view::npos; at = text.find(kStart, at + 1)) {
    const size_t end = text.find(kEnd, at);
    if (end == std::string_view::npos) break;
    names.append("\n").append(text.substr(at, end + kEnd.size() - at)).append(";\n");
  }
  return names;
}

bool IsCode(const std::string& loader) { return loader == "js" || IsTranspiled(loader); }

// Whether options change what is in a file of JavaScript.
bool ChangesCode(const BundleOptions& options) {
  if (options.minify || !options.defines.empty()) return true;
  for (const std::string& argument : options.esbuild_arguments) {
    if (argument.starts_with("--drop") || argument.starts_with("--pure") || argument.starts_with("--keep-names")) return true;
  }
  return false;
}

// Whether only require() takes a file for JavaScript, as it does of every ending that it does not know: a pattern may lead
// to what is none.
bool IsForeign(const GraphFile& file, const AppBundle& app, const LoadersByEnding& loaders) {
  const std::string name = file.file.substr(file.file.rfind('/') + 1);
  return file.file != app.entry_file && !IsScriptName(file.file) && name.find('.') != std::string::npos && !HasLoader(name, loaders);
}

Result<Done> Transpile(const Graph& graph, const std::vector<int>& files, Modules modules, const AppBundle& app,
                       const BundleOptions& options, Esbuild* esbuild, std::vector<TranspiledFile>* out, std::string* messages) {
  if (files.empty()) return Done{};
  EsbuildBuild build;
  build.folder = app.root;
  build.flags = FlagsOfFiles(options);
  build.flags.insert(build.flags.end(),
                     {kTarget, "--platform=node", "--supported:import-source=true", "--sourcemap=external", "--sources-content=false",
                      "--log-level=silent", "--log-limit=0", "--charset=utf8", std::string("--outdir=") + kOutFolder});
  if (options.minify) {
    // With a format esbuild shortens names at the top level, too.
    const char* minify = modules == Modules::kNamed ? "--minify-whitespace" : "--minify";
    build.flags.insert(build.flags.end(), {minify, modules == Modules::kModule ? "--format=esm" : "--format=cjs"});
  }
  // ES modules are strict; what is made of data has no import declarations and becomes CommonJS, too.
  if (modules == Modules::kBecomeCommonJs) build.flags.insert(build.flags.end(), {"--format=cjs", "--banner:js=\"use strict\";"});
  const auto text_of = [&](const std::string& path) -> Result<std::string> {
    const auto text = app.texts.find(path);
    return text == app.texts.end() ? ReadSource(options, app.entry_file, path) : Result<std::string>(text->second);
  };
  for (const int number : files) {
    const GraphFile& file = graph.files[number];
    build.entries.push_back({std::to_string(number), file.file});
    // esbuild goes by the ending of a name.
    const bool is_nameless = file.loader == "js" && !IsScriptName(file.file);
    if (app.texts.contains(file.file) || is_nameless || (!options.banner.empty() && file.file == app.entry_file)) {
      build.load_filter += (build.load_filter.empty() ? "^" : "$|^") + QuoteRegexp(file.file);
    }
  }
  if (!build.load_filter.empty()) build.load_filter += "$";
  build.load = [&](const std::string& path, const std::string&) -> std::optional<EsbuildSource> {
    const auto of_path = [&](const int number) { return graph.files[number].file == path; };
    Result<std::string> text = text_of(path);
    if (!text.ok()) return std::nullopt;
    return EsbuildSource{std::move(text.value()), graph.files[*std::find_if(files.begin(), files.end(), of_path)].loader, Dirname(path)};
  };
  Result<EsbuildResult> result = esbuild->Build(build);
  if (!result.ok()) return result.error();
  if (!result.value().errors.empty()) {
    const Result<std::string> text = esbuild->Format(result.value().errors, false, options.color);
    if (!text.ok()) return text.error();
    *messages += text.value();
    return Diagnostic{"cannot be made JavaScript", options.entry};
  }
  std::map<std::string, std::string> bytes;  // By the output's name.
  for (EsbuildFile& file : result.value().files) bytes[file.path.substr(1)] = std::move(file.bytes);
  for (const int number : files) {
    const GraphFile& file = graph.files[number];
    std::string& code = bytes[std::to_string(number) + ".js"];
    if (file.loader == "js" && DeletesName(code) && HasParenthesizedDelete(file.file)) continue;
    if (modules == Modules::kCommonJs || modules == Modules::kNamed) {
      if (const Result<std::string> text = text_of(file.file); text.ok()) code += NamesAnnotatedIn(text.value());
    }
    TranspiledFile transpiled{number, std::move(code), ""};
    const std::string map_text = std::move(bytes[std::to_string(number) + ".js.map"]);
    if (std::optional<SourceMap> map = SourceMap::Parse(map_text)) {
      if (options.source_contents) map->set_contents(ReadSourceContents(*map, kOutFolder, app.root, {file.file}));
      std::vector<std::string> names(map->sources().size(), file.path);
      transpiled.map = map->Rewritten(names);
    }
    out->push_back(std::move(transpiled));
  }
  return Done{};
}

}  // namespace

Result<std::vector<TranspiledFile>> TranspileFiles(const Graph& graph, const AppBundle& app, const BundleOptions& options, Esbuild* esbuild,
                                                   std::string* messages) {
  const bool all = ChangesCode(options);
  const LoadersByEnding loaders = FileLoaders(options);
  std::vector<int> common_js, named, es_modules, become;
  const std::set<int> imported = options.minify ? ImportedCommonJs(graph, app, options) : std::set<int>();
  std::vector<TranspiledFile> files;
  for (size_t i = 0; i < graph.files.size(); i++) {
    const GraphFile& file = graph.files[i];
    const bool converts = BecomesCommonJs(file) || IsMadeValue(file.loader);
    const bool stays =
        (!all || IsForeign(file, app, loaders) || app.imports->IsOnlyForNode(file.file)) && !IsTranspiled(file.loader) && !converts;
    if (stays && !options.banner.empty() && file.file == app.entry_file) {
      Result<std::string> text = ReadSource(options, app.entry_file, file.file);
      if (!text.ok()) return text.error();
      files.push_back({static_cast<int>(i), std::move(text.value()), ""});
    }
    if ((!IsCode(file.loader) && !converts) || stays) continue;
    std::vector<int>& list = converts                                 ? become
                             : file.format == ModuleFormat::kModule   ? es_modules
                             : imported.contains(static_cast<int>(i)) ? named
                                                                      : common_js;
    list.push_back(static_cast<int>(i));
  }
  for (const auto& [numbers, modules] : {std::pair(&common_js, Modules::kCommonJs), std::pair(&named, Modules::kNamed),
                                         std::pair(&es_modules, Modules::kModule), std::pair(&become, Modules::kBecomeCommonJs)}) {
    if (Result<Done> done = Transpile(graph, *numbers, modules, app, options, esbuild, &files, messages); !done.ok()) {
      return done.error();
    }
  }
  return files;
}

}  // namespace dv8
