#include "packager/graph/graph.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "packager/bundle/imports.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// What a stub of packager/bundle says for a module of the library: dv8:__dv8_require("node:fs").
constexpr std::string_view kStub = "dv8:__dv8_require(\"";
constexpr std::string_view kDv8 = "dv8:";

// The helpers in esbuild's output.
constexpr char kRuntime[] = "<runtime>";

// Loaders of what is no code and no JSON.
constexpr std::string_view kValueLoaders[] = {"text", "binary", "file", "copy"};
constexpr std::string_view kMadeValues[] = {"base64", "dataurl", "empty"};

// The path of an input in the metafile: what follows " with {" are its attributes.
// The file of an input: esbuild's name has the attributes and the query that it is imported with.
std::string FileOf(const std::string& root, std::string_view name) {
  std::string file = AbsolutePath(root, std::string(name.substr(0, name.find(" with {"))));
  const size_t query = file.find_last_of("?#");
  std::error_code error;
  if (query == std::string::npos || std::filesystem::exists(file, error)) return file;
  return file.substr(0, file.find_first_of("?#", file.rfind('/')));
}

constexpr char kFileType[] = "file";

// The type in its attributes: "text" of `a.txt with { type: 'text' }`.
std::string AttributeOf(std::string_view name) {
  static constexpr std::string_view kType = "type: '";
  const size_t with = name.find(" with {");
  const size_t at = with == std::string_view::npos ? with : name.find(kType, with);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = name.substr(at + kType.size());
  return std::string(rest.substr(0, rest.find('\'')));
}

bool IsFile(std::string_view name) {
  return !name.starts_with('<') && !name.starts_with("(disabled)") && !IsStub(name) && !name.starts_with("data:") &&
         !name.starts_with("dataurl:");
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

bool Has(const SourceReader& read, const std::string& file, std::initializer_list<std::string_view> words) {
  const Result<std::string> text = read(file);
  return text.ok() &&
         std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.value().find(word) != std::string::npos; });
}

// Whether a file of TypeScript names what only CommonJS has.
bool UsesCommonJs(const GraphFile& file, const SourceReader& read) {
  return !file.required.empty() || Has(read, file.file, {"__dirname", "__filename", "require(", "module.exports"});
}

// What a file is whose package does not say.
ModuleFormat GuessFormat(const GraphFile& file, bool awaits, const SourceReader& read) {
  if (!file.has_module_syntax) {
    return IsTranspiled(file.loader) || file.is_common_js ? ModuleFormat::kCommonJs : ModuleFormat::kUnknown;
  }
  if (IsTranspiled(file.loader)) {
    const bool uses = UsesCommonJs(file, read);
    const bool is_module = awaits || file.has_attributes || Has(read, file.file, {"import.meta"});
    return uses || !is_module ? ModuleFormat::kCommonJs : ModuleFormat::kModule;
  }
  const bool uses = (!file.required.empty() || (!awaits && Has(read, file.file, {"require("}))) &&
                    !Has(read, file.file, {"typeof require", "import.meta", "createRequire"});
  return uses ? ModuleFormat::kCommonJs : ModuleFormat::kModule;
}

ModuleFormat FormatOf(const GraphFile& file, bool awaits, const SourceReader& read, PackageTypes* types) {
  if (file.loader == "json") return ModuleFormat::kJson;
  if (IsMadeValue(file.loader)) return ModuleFormat::kCommonJs;
  if (std::find(std::begin(kValueLoaders), std::end(kValueLoaders), file.loader) != std::end(kValueLoaders)) {
    return file.loader == "binary" && file.file.ends_with(".wasm") ? ModuleFormat::kWasm : ModuleFormat::kValue;
  }
  if (file.file.ends_with(".mjs") || file.file.ends_with(".mts")) return ModuleFormat::kModule;
  if (file.file.ends_with(".cjs") || file.file.ends_with(".cts")) return ModuleFormat::kCommonJs;
  const std::string type = types->Of(file.file);
  if (type == "module") return ModuleFormat::kModule;
  return type == "commonjs" ? ModuleFormat::kCommonJs : GuessFormat(file, awaits, read);
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
  return file.loader == "copy" ? 'f' : file.loader[0];  // text, binary, file.
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
  const bool known = std::any_of(list->begin(), list->end(), [&](const GraphImport& other) { return other.specifier == import.specifier; });
  if (!known) list->push_back(import);
}

}  // namespace

bool IsTranspiled(std::string_view loader) { return loader == "ts" || loader == "tsx" || loader == "jsx"; }

bool IsMadeValue(std::string_view loader) {
  return std::find(std::begin(kMadeValues), std::end(kMadeValues), loader) != std::end(kMadeValues);
}

bool BecomesCommonJs(const GraphFile& file) { return file.has_module_syntax && file.format == ModuleFormat::kCommonJs; }

Graph ReadGraph(const Json& meta, const std::string& root, const LoadersByEnding& loaders, bool awaits, const Excluded& excluded,
                const SourceReader& read) {
  Graph graph;
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return graph;
  PackageTypes types;
  std::map<std::string, GraphFile> files;                   // By virtual path.
  std::map<std::string, std::set<std::string>> attributed;  // By virtual path: the types that it is imported with.
  const auto add = [&](const std::string& file) -> GraphFile& {
    const auto [found, is_new] = files.try_emplace(VirtualPath(root, file));
    if (is_new) {
      found->second.file = file;
      found->second.path = found->first;
      found->second.loader = LoaderOf(file, loaders);
    }
    return found->second;
  };
  const auto belongs = [&](std::string_view name) { return IsFile(name) && !excluded.Contains(FileOf(root, name), root); };
  // What an attribute makes esbuild leave alone is a file of the program's all the same. Patterns are Node's.
  const auto is_beside = [](const Json& import) {
    const std::string path = import.StringAt("path");
    return import.Find("external") != nullptr && import.Find("with") != nullptr && path.starts_with('.') &&
           path.find('*') == std::string::npos;
  };
  std::set<std::string> as_json, as_named;  // By virtual path: what an attribute says is JSON, and what is imported without one.
  for (const auto& [name, input] : inputs->members()) {
    if (!belongs(name)) continue;
    const std::string file = FileOf(root, name);
    GraphFile& added = add(file);
    attributed[added.path].insert(AttributeOf(name));
    added.has_module_syntax |= input.StringAt("format") == "esm";
    added.is_common_js |= input.StringAt("format") == "cjs";
    for (const Json& import : input.Find("imports")->items()) {
      if (is_beside(import)) attributed[add(AbsolutePath(Dirname(file), import.StringAt("path"))).path].insert(kFileType);
      const Json* with = import.Find("with");
      if (belongs(import.StringAt("path")) && import.Find("external") == nullptr) {
        const bool is_json = with != nullptr && with->StringAt("type") == "json";
        (is_json ? as_json : as_named).insert(VirtualPath(root, FileOf(root, import.StringAt("path"))));
      }
      added.has_attributes |= with != nullptr && with->StringAt("type") != "json";
      // esbuild calls such a file CommonJS when its package does.
      added.has_module_syntax |= import.StringAt("kind") == "import-statement" && import.StringAt("path") != kRuntime;
    }
  }
  for (const std::string& path : as_json) {
    const auto found = files.find(path);
    if (found != files.end() && !as_named.contains(path)) found->second.loader = "json";
  }
  // What is only imported by attributes is no code, whatever its name.
  for (const auto& [path, types] : attributed) {
    if (types.contains("") || types.contains("json")) continue;
    const std::string& type = *types.begin();
    files.at(path).loader = type == "bytes" ? "binary" : type;
  }
  std::map<std::string, int> numbers;  // By virtual path.
  for (auto& [path, file] : files) numbers.try_emplace(path, static_cast<int>(numbers.size()));
  for (const auto& [name, input] : inputs->members()) {
    if (!belongs(name)) continue;
    GraphFile& file = add(FileOf(root, name));
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
        const auto found = numbers.find(VirtualPath(root, FileOf(root, path)));
        if (found == numbers.end()) continue;
        edge.file = found->second;
      }
      if (edge.specifier.empty()) continue;
      Add(edge, kind.starts_with("require") ? &file.required : &file.imported);
    }
  }
  std::vector<GraphFile*> list, modules;
  for (auto& [path, file] : files) {
    file.format = FormatOf(file, awaits, read, &types);
    list.push_back(&file);
    if (file.format == ModuleFormat::kModule) modules.push_back(&file);
  }
  // TypeScript that an ES module imports stays one: as CommonJS it would have no names, and another default.
  while (!modules.empty()) {
    const GraphFile* module = modules.back();
    modules.pop_back();
    for (const GraphImport& import : module->imported) {
      GraphFile* file = import.file < 0 ? nullptr : list[static_cast<size_t>(import.file)];
      if (file == nullptr || !BecomesCommonJs(*file) || !IsTranspiled(file->loader) || file->file.ends_with(".cts") ||
          types.Of(file->file) == "commonjs" || UsesCommonJs(*file, read)) {
        continue;
      }
      file->format = ModuleFormat::kModule;
      modules.push_back(file);
    }
  }
  for (auto& [path, file] : files) {
    // Its import declarations become calls of require().
    if (BecomesCommonJs(file)) {
      for (const GraphImport& import : file.imported) Add(import, &file.required);
    }
    graph.files.push_back(std::move(file));
  }
  return graph;
}

std::string GraphTable(const Graph& graph, const GraphTableOptions& options) {
  std::string paths, formats, imported, required;
  for (const GraphFile& file : graph.files) {
    const std::string_view comma = paths.empty() ? "" : ",";
    paths.append(comma).append(QuoteJs(file.path));
    formats += LetterOf(file);
    imported.append(comma).append(ImportsText(file.imported));
    required.append(comma).append(ImportsText(file.required));
  }
  return "{entry:" + QuoteJs(std::string(options.entry)) + ",paths:[" + paths + "],formats:" + QuoteJs(formats) + ",imported:[" + imported +
         "],required:[" + required + "]" + (options.imports_sources ? ",importsSources:true" : "") +
         (options.is_debugged ? ",isDebugged:true" : "") + (options.is_sourceless ? ",isSourceless:true" : "") + "}";
}

}  // namespace dv8
