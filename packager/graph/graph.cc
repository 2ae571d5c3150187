#include "packager/graph/graph.h"

#include <algorithm>

#include "packager/bundle/file_names.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// What a stub of packager/bundle says for a module of the library: dv8:__dv8_require("node:fs").
constexpr std::string_view kStub = "dv8:__dv8_require(\"";
constexpr std::string_view kDv8 = "dv8:";

// Loaders of what is no code and no JSON.
constexpr std::string_view kValueLoaders[] = {"text", "binary", "file", "base64", "dataurl", "copy"};

constexpr std::string_view kCommonJsNames[] = {"__dirname", "__filename", "require(", "require.", "module.exports"};

// The path of an input in the metafile: what follows " with {" are its attributes.
std::string_view WithoutAttributes(std::string_view name) { return name.substr(0, name.find(" with {")); }

bool IsFile(std::string_view name) {
  return !name.starts_with('<') && !name.starts_with("(disabled)") && !IsStub(name) && !name.starts_with("data");
}

std::string LoaderOf(std::string_view file, const LoadersByEnding& loaders) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const auto found = loaders.find(name.substr(dot));
    if (found != loaders.end()) return found->second;
  }
  return "js";
}

// "type" of the package.json files above the program's files, by folder: "" when there is none.
class PackageTypes {
 public:
  std::string Of(const std::string& file) {
    const std::string folder = Dirname(file);
    const auto [found, is_new] = types_.try_emplace(folder);
    if (is_new) {
      const std::string package = PackageJsonOf(file);
      // A folder of packages is no part of what is around it.
      const size_t modules = file.rfind("/node_modules/");
      if (!package.empty() && (modules == std::string::npos || package.size() > modules + 14)) {
        const Result<std::string> text = ReadFile(package);
        const std::optional<Json> json = text.ok() ? Json::Parse(text.value()) : std::nullopt;
        if (json) found->second = json->StringAt("type");
      }
    }
    return found->second;
  }

 private:
  std::map<std::string, std::string> types_;
};

// Whether a file of TypeScript counts on being compiled to CommonJS, as tsc does where nothing says otherwise.
bool UsesCommonJs(const GraphFile& file) {
  if (!file.required.empty()) return true;
  const Result<std::string> text = ReadFile(file.file);
  if (!text.ok()) return false;
  return std::any_of(std::begin(kCommonJsNames), std::end(kCommonJsNames),
                     [&](std::string_view name) { return text.value().find(name) != std::string::npos; });
}

ModuleFormat FormatOf(const GraphFile& file, PackageTypes* types) {
  if (file.loader == "json") return ModuleFormat::kJson;
  if (std::find(std::begin(kValueLoaders), std::end(kValueLoaders), file.loader) != std::end(kValueLoaders)) {
    return file.file.ends_with(".wasm") ? ModuleFormat::kWasm : ModuleFormat::kValue;
  }
  if (file.file.ends_with(".mjs") || file.file.ends_with(".mts")) return ModuleFormat::kModule;
  if (file.file.ends_with(".cjs") || file.file.ends_with(".cts")) return ModuleFormat::kCommonJs;
  const std::string type = types->Of(file.file);
  if (type == "module") return ModuleFormat::kModule;
  if (type == "commonjs") return ModuleFormat::kCommonJs;
  if (IsTranspiled(file.loader) && (!file.has_module_syntax || UsesCommonJs(file))) return ModuleFormat::kCommonJs;
  if (file.has_module_syntax) return ModuleFormat::kModule;
  return file.is_common_js ? ModuleFormat::kCommonJs : ModuleFormat::kUnknown;
}

// The letter that program.js reads.
char LetterOf(const GraphFile& file) {
  switch (file.format) {
    case ModuleFormat::kUnknown: return 'u';
    case ModuleFormat::kCommonJs: return 'c';
    case ModuleFormat::kModule: return 'm';
    case ModuleFormat::kJson: return 'j';
    case ModuleFormat::kWasm: return 'w';
    case ModuleFormat::kValue: break;
  }
  if (file.loader == "base64") return '6';
  return file.loader == "copy" ? 'f' : file.loader[0];  // text, binary, file, dataurl.
}

std::string ImportsText(const std::vector<GraphImport>& imports) {
  std::string text;
  for (const GraphImport& import : imports) {
    text += (text.empty() ? "" : ",") + QuoteJs(import.specifier) + "," +
            (import.library.empty() ? std::to_string(import.file) : QuoteJs(import.library));
  }
  return text.empty() ? "0" : "[" + text + "]";
}

void Add(const GraphImport& import, std::vector<GraphImport>* list) {
  const bool known = std::any_of(list->begin(), list->end(), [&](const GraphImport& other) {
    return other.specifier == import.specifier;
  });
  if (!known) list->push_back(import);
}

}  // namespace

bool IsTranspiled(std::string_view loader) { return loader == "ts" || loader == "tsx" || loader == "jsx"; }

Graph ReadGraph(const Json& meta, const std::string& root, const LoadersByEnding& loaders) {
  Graph graph;
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return graph;
  PackageTypes types;
  std::map<std::string, GraphFile> files;  // By virtual path.
  const auto add = [&](const std::string& file) -> GraphFile& {
    const auto [found, is_new] = files.try_emplace(VirtualPath(root, file));
    if (is_new) {
      found->second.file = file;
      found->second.path = found->first;
      found->second.loader = LoaderOf(file, loaders);
    }
    return found->second;
  };
  // What an attribute makes esbuild leave alone is a file of the program's all the same.
  const auto is_beside = [](const Json& import) {
    return import.Find("external") != nullptr && import.Find("with") != nullptr && import.StringAt("path").starts_with('.');
  };
  for (const auto& [name, input] : inputs->members()) {
    if (!IsFile(name)) continue;
    const std::string file = AbsolutePath(root, WithoutAttributes(name));
    GraphFile& added = add(file);
    added.has_module_syntax |= input.StringAt("format") == "esm";
    added.is_common_js |= input.StringAt("format") == "cjs";
    for (const Json& import : input.Find("imports")->items()) {
      if (is_beside(import)) add(AbsolutePath(Dirname(file), import.StringAt("path")));
    }
  }
  std::map<std::string, int> numbers;  // By virtual path.
  for (auto& [path, file] : files) numbers.try_emplace(path, static_cast<int>(numbers.size()));
  for (const auto& [name, input] : inputs->members()) {
    if (!IsFile(name)) continue;
    GraphFile& file = add(AbsolutePath(root, WithoutAttributes(name)));
    for (const Json& import : input.Find("imports")->items()) {
      const std::string path = import.StringAt("path");
      const std::string kind = import.StringAt("kind");
      GraphImport edge{import.StringAt("original"), -1, {}};
      if (path.starts_with(kStub)) {
        edge.library = path.substr(kStub.size(), path.find('"', kStub.size()) - kStub.size());
        // What Node finds by itself.
        const bool is_own = edge.library.starts_with(kDv8) ? edge.specifier == edge.library
                                                           : edge.specifier == edge.library || "node:" + edge.specifier == edge.library;
        if (is_own) continue;
      } else if (is_beside(import)) {
        edge.specifier = path;
        edge.file = numbers.at(VirtualPath(root, AbsolutePath(Dirname(file.file), path)));
      } else if (!IsFile(path) || import.Find("external") != nullptr) {
        continue;
      } else {
        const auto found = numbers.find(VirtualPath(root, AbsolutePath(root, WithoutAttributes(path))));
        if (found == numbers.end()) continue;
        edge.file = found->second;
      }
      if (edge.specifier.empty()) continue;
      Add(edge, kind.starts_with("require") ? &file.required : &file.imported);
    }
  }
  for (auto& [path, file] : files) {
    file.format = FormatOf(file, &types);
    // Its import declarations become calls of require().
    if (file.has_module_syntax && file.format == ModuleFormat::kCommonJs) {
      for (const GraphImport& import : file.imported) Add(import, &file.required);
    }
    graph.files.push_back(std::move(file));
  }
  return graph;
}

std::string GraphTable(const Graph& graph, std::string_view entry) {
  std::string paths, formats, imported, required;
  for (const GraphFile& file : graph.files) {
    const std::string_view comma = paths.empty() ? "" : ",";
    paths.append(comma).append(QuoteJs(file.path));
    formats += LetterOf(file);
    imported.append(comma).append(ImportsText(file.imported));
    required.append(comma).append(ImportsText(file.required));
  }
  return "{entry:" + QuoteJs(std::string(entry)) + ",paths:[" + paths + "],formats:" + QuoteJs(formats) + ",imported:[" +
         imported + "],required:[" + required + "]}";
}

}  // namespace dv8
