#include "packager/bundle/imports.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <initializer_list>

#include "packager/bundle/app_build.h"
#include "packager/bundle/data_files.h"
#include "packager/bundle/entry.h"
#include "packager/bundle/json.h"
#include "packager/bundle/loaders.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

// A stub's path is its script: a module of ours has no file, and esbuild names it by its path.
constexpr std::string_view kStubPath = "dv8:";
constexpr std::string_view kNode = "node:";
// What a module that is not found, and is imported by a declaration, becomes in one module.
constexpr std::string_view kLate = "late:";
// And a number: a script of PackModules().
constexpr std::string_view kPacked = "packed:";
constexpr std::string_view kFiles = " files: ";
constexpr char kDeferred[] = "Deferred imports are not available";
constexpr char kSourcePhase[] = "Source phase imports are not available";
constexpr char kPhaseInBundle[] = "Bundling with ";
constexpr std::string_view kNoExport = "o matching export in \"";
constexpr char kFileAttribute[] = "Importing with a type attribute of \"file\"";
constexpr char kFileType[] = "file";
constexpr char kAwaits[] = "contains a top-level await";
// What throws when it is run, and not before, or is right in CommonJS.
constexpr std::string_view kAssignsImport = "Cannot assign to import \"";
constexpr std::string_view kAssignsConstant = "\" because it is a constant";
constexpr std::string_view kNewTarget = "Cannot use \"new.target\" here";
// What stands before the name of an import that is assigned to.
constexpr std::string_view kStandIn = "__proto__";
// What an importing module finds when it is linked.
constexpr std::string_view kAmbiguous = "Ambiguous import \"";
constexpr char kReserved[] = "is a reserved word and cannot be used with the \"esm\" output format";

bool IsDynamic(const std::string& kind) { return kind == "require-call" || kind == "require-resolve" || kind == "dynamic-import"; }

// Points at the first place in `file` that names `specifier` in quotes.
void Locate(const std::string& file, const std::string& specifier, Diagnostic* diagnostic) {
  const Result<std::string> text = ReadFile(file);
  if (!text.ok()) return;
  for (const char quote : {'\'', '"', '`'}) {
    const size_t at = text.value().find(quote + specifier + quote);
    if (at == std::string::npos) continue;
    const std::string_view before = std::string_view(text.value()).substr(0, at);
    const size_t newline = before.rfind('\n');
    diagnostic->line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    diagnostic->col = static_cast<int>(newline == std::string_view::npos ? at + 1 : at - newline);
    return;
  }
}

// Declarations without code: a module that only they describe is empty when it runs.
bool HasOnlyTypes(const std::string& importer, const std::string& path) {
  if (!path.starts_with('.')) return false;
  const std::string base = AbsolutePath(Dirname(importer), path);
  for (const std::string_view ending : {".d.ts", ".d.mts", ".d.cts", "/index.d.ts"}) {
    if (ReadFile(base + std::string(ending)).ok()) return true;
  }
  return false;
}

// A package's own "#name" may lead to a module of the library; with a slash behind it, a name is a package's where there
// is one.
bool DependsOnPackage(const std::string& path) { return path.starts_with('#') || path.ends_with('/'); }

// The folder of the package in node_modules that `file` is in; empty when it is in none.
std::string PackageFolder(const std::string& file) {
  static constexpr std::string_view kModules = "/node_modules/";
  const size_t at = file.rfind(kModules);
  if (at == std::string::npos) return "";
  const size_t name = at + kModules.size();
  return file.substr(0, name) + PackageName(std::string_view(file).substr(name));
}

// `text` of `file` with those arguments of require() and import() in brackets that are patterns of what lies outside of
// the file's package: require('../../' + name) is no pattern then, which would be all of node_modules.
std::string WithoutWidePatterns(std::string text, const std::string& file) {
  const std::string package = PackageFolder(file);
  if (package.empty()) return text;
  for (const std::string_view call : {"require(", "import("}) {
    for (size_t at = text.find(call); at != std::string::npos; at = text.find(call, at + 1)) {
      const size_t start = at + call.size();
      const char quote = start < text.size() ? text[start] : 0;
      if ((quote != '\'' && quote != '"' && quote != '`') || text.compare(start + 1, 2, "..") != 0) continue;
      const size_t end = quote == '`' ? text.find("${", start) : text.find(quote, start + 1);
      if (end == std::string::npos) continue;
      const size_t next = text.find_first_not_of(" \n", end + 1);
      if (quote != '`' && (next == std::string::npos || text[next] != '+')) continue;
      const std::string folder = AbsolutePath(Dirname(file), text.substr(start + 1, end - start - 1));
      if (folder == package || folder.starts_with(package + "/")) continue;
      int depth = 1;
      size_t close = start;
      for (; close < text.size(); close++) {
        depth += (text[close] == '(') - (text[close] == ')');
        if (depth == 0) break;
      }
      if (close < text.size()) text.insert(close, ")").insert(start, "(0,");
    }
  }
  return text;
}

bool IsQuote(char c) { return c == '\'' || c == '"' || c == '`'; }

// `path` with the bytes that its "%20" and the like stand for.
std::string Decoded(std::string_view path) {
  const auto digit = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  std::string text;
  for (size_t i = 0; i < path.size(); i++) {
    if (path[i] != '%' || i + 2 >= path.size() || !digit(path[i + 1]) || !digit(path[i + 2])) {
      text += path[i];
      continue;
    }
    text += static_cast<char>(std::stoi(std::string(path.substr(i + 1, 2)), nullptr, 16));
    i += 2;
  }
  return text;
}

// Calls of import() of the modules that a WebAssembly module, `file`, imports from.
std::string ImportsOfWasm(const std::string& file) {
  constexpr size_t kHeader = 8;
  constexpr uint8_t kImportSection = 2;
  const Result<std::string> read = ReadFile(file);
  if (!read.ok()) return "";
  const std::string& bytes = read.value();
  size_t at = kHeader;
  const auto number = [&] {  // LEB128
    size_t value = 0;
    for (int shift = 0; at < bytes.size() && shift < 35; shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes[at++]);
      value |= static_cast<size_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  };
  const auto text = [&] {
    const size_t size = std::min(number(), bytes.size() - at);
    at += size;
    return bytes.substr(at - size, size);
  };
  std::set<std::string> names;
  while (at < bytes.size()) {
    const auto section = static_cast<uint8_t>(bytes[at++]);
    const size_t size = number(), end = std::min(at + size, bytes.size());
    for (size_t count = section == kImportSection ? number() : 0; count > 0 && at < end; count--) {
      names.insert(text());
      text();
      const auto kind = static_cast<uint8_t>(at < end ? bytes[at++] : 0);
      const auto limits = [&] {
        const size_t flags = number();
        number();
        if ((flags & 1) != 0) number();
      };
      if (kind == 0) number();        // A function's type.
      if (kind == 1) at++, limits();  // A table.
      if (kind == 2) limits();        // A memory.
      if (kind == 3) at += 2;         // A global.
      if (kind == 4) at++, number();  // A tag.
    }
    at = end;
  }
  std::string calls;
  for (const std::string& name : names) calls += "import(" + QuoteJs(name) + ").catch(()=>{});";
  return calls.empty() ? "" : "()=>{" + calls + "};";
}

// Whether the place `at` of `source` is in a try block, as far as its brackets tell.
bool IsTried(std::string_view source, size_t at) {
  int depth = 0;
  while (at > 0) {
    const char c = source[--at];
    depth += (c == '}') - (c == '{');
    if (c != '{' || depth >= 0) continue;
    depth = 0;
    const size_t last = at == 0 ? std::string_view::npos : source.find_last_not_of(" \t\r\n", at - 1);
    if (last != std::string_view::npos && source.substr(0, last + 1).ends_with("try")) return true;
  }
  return false;
}

// Whether each require() of `specifier` in `file` is in a try block.
bool TriesToRequire(const std::string& file, const std::string& specifier) {
  const Result<std::string> text = ReadFile(file);
  if (!text.ok()) return false;
  int count = 0;
  for (const char quote : {'\'', '"', '`'}) {
    const std::string call = std::string("require(") + quote + specifier + quote;
    for (size_t at = text.value().find(call); at != std::string::npos; at = text.value().find(call, at + 1)) {
      if (!IsTried(text.value(), at)) return false;
      count++;
    }
  }
  return count > 0;
}

// The offset in `text` of a place in it.
size_t OffsetOf(std::string_view text, int line, int column) {
  size_t start = 0;
  for (; line > 1; line--) start = std::min(text.find('\n', start), text.size() - 1) + 1;
  return start + static_cast<size_t>(column);
}

// What stands in for the `size` bytes at `at` of `text`, which esbuild has refused with `error`, where it is to follow the
// rest: the same names are used. Empty when there is nothing.
std::string StandIn(std::string_view error, std::string_view text, size_t at, size_t size) {
  const std::string name(text.substr(at, size));
  if (name.empty()) return "";
  if (error.starts_with(kNewTarget)) return "undefined";
  if (IsQuote(name[0])) return error.starts_with(kAmbiguous) ? "" : name.substr(0, 1) + std::string(kStandIn) + name[0] + "][" + name;
  const size_t last = at == 0 ? std::string_view::npos : text.find_last_not_of(" \t\r\n", at - 1);
  const size_t next = text.find_first_not_of(" \t\r\n", at + size);
  const char before = last == std::string_view::npos ? 0 : text[last];
  const char behind = next == std::string_view::npos ? 0 : text[next];
  if (error.starts_with(kAmbiguous)) return text.substr(std::min(next, text.size())).starts_with("as ") ? "default" : "default as " + name;
  if (before == '.') return std::string(kStandIn) + "." + name;
  const bool is_shorthand = behind == '}' || (before == '{' && behind == ',');
  return (is_shorthand ? name + ":" : "") + "[" + name + "][0]";
}

// A regular expression of just these texts; empty for none.
std::string OneOf(const std::set<std::string>& texts) {
  std::string expression;
  for (const std::string& text : texts) expression += (expression.empty() ? "^(?:" : "|") + QuoteRegexp(text);
  return expression.empty() ? "" : expression + ")$";
}

}  // namespace

bool IsReservedName(const EsbuildMessage& error) { return error.text.find(kReserved) != std::string::npos; }

bool IsStub(std::string_view path) { return path.starts_with(kStubPath); }

AppImports::AppImports(const BundleOptions& options, const StdlibManifest& manifest, const std::string& folder, const std::string& entry)
    : options_(options), excluded_(options.excludes, WorkingDirectory()), manifest_(manifest), folder_(folder), entry_(entry) {
  for (const std::string& alias : options.aliases) {
    const size_t equals = alias.find('=');
    aliased_[alias.substr(0, equals)] = alias.substr(equals + 1);
  }
  FilesBeside included;
  included.code = options.included_files;
  for (const std::string& name : options.included_packages) {
    included.packages[entry].insert(name);
    included.imported[entry].insert(name);
  }
  PackModules(included);
}

void AppImports::AnswerIn(EsbuildBuild* build, Purpose purpose) {
  purpose_ = purpose;
  build->import_filter = Filter();
  std::set<std::string>& files = load_;
  files.clear();
  // esbuild has no loader for a name without extension.
  if (!IsScriptName(entry_) || !options_.banner.empty() || purpose == Purpose::kBundleCommonJs) files.insert(entry_);
  for (const std::string& file : packed_files_.code) {
    if (file.find('.', file.rfind('/')) == std::string::npos) files.insert(file);
  }
  for (const auto& [file, arguments] : patterns_) files.insert(file);
  files.insert(kept_out_.begin(), kept_out_.end());
  files.insert(no_code_.begin(), no_code_.end());
  files.insert(foreign_.begin(), foreign_.end());
  for (const auto& [file, text] : without_phases_) files.insert(file);
  if (purpose == Purpose::kFollow) {
    for (const auto& [file, text] : for_node_) files.insert(file);
  }
  for (const auto& [file, names] : missing_exports_) files.insert(file);
  files.insert(wasm_modules_.begin(), wasm_modules_.end());
  for (const auto& [file, code] : beginnings_) files.insert(file);
  const bool loads_all = !excluded_.empty() || closes_wide_patterns_;
  build->load_filter = loads_all ? ".*" : OneOf(files);
  const std::string data = DataFilter(options_.loaders);
  if (!data.empty() && !loads_all) build->load_filter += (files.empty() ? "" : "|") + data;
  build->own_resolution = [this](const EsbuildImport& import) { return !excluded_.empty() || DependsOnPackage(import.path); };
  build->resolve = [this](const EsbuildImport& import, const EsbuildResolution* own) { return Resolve(import, own); };
  build->load = [this](const std::string& path, const std::string& name_space) { return Load(path, name_space); };
}

bool AppImports::IsNodeModule(std::string_view specifier) const { return manifest_.node_names.contains(specifier); }

std::string AppImports::Filter() const {
  if (!excluded_.empty() || imports_files_) return ".*";
  std::set<std::string> names;
  for (const auto& [name, module] : manifest_.modules) {
    names.insert(QuoteRegexp(name));
    for (const std::string& alias : module.aliases) names.insert(QuoteRegexp(alias));
  }
  for (const std::string& name : manifest_.node_names) names.insert(QuoteRegexp(name));
  for (const auto& [import, error] : missing_) names.insert(QuoteRegexp(import.path));
  for (const auto& [name, module] : aliased_) {
    if (!manifest_.Resolve(module).empty()) names.insert(QuoteRegexp(name));
  }
  for (const std::string& external : options_.externals) {
    const size_t star = external.find('*');
    names.insert(star == std::string::npos ? QuoteRegexp(external)
                                           : QuoteRegexp(external.substr(0, star)) + ".*" + QuoteRegexp(external.substr(star + 1)));
  }
  std::string filter = "^(?:node:.*|#.*|[./].*%.*|" + std::string(kStubPath) + std::string(kPacked) + ".*";
  for (const std::string& name : names) filter += "|" + name;
  return filter + ")/?$";
}

bool AppImports::IsExternal(const std::string& path) const {
  return std::any_of(options_.externals.begin(), options_.externals.end(), [&](const std::string& name) {
    const size_t star = name.find('*');
    if (star == std::string::npos) return name == path;
    return path.size() + 1 >= name.size() && path.starts_with(name.substr(0, star)) && path.ends_with(name.substr(star + 1));
  });
}

std::optional<EsbuildResolution> AppImports::Resolve(const EsbuildImport& import, const EsbuildResolution* own) {
  if (import.path.starts_with(std::string(kStubPath) + std::string(kPacked))) {
    return EsbuildResolution{import.path.substr(kStubPath.size()), kStubNamespace};
  }
  if (import.name_space == kStubNamespace && purpose_ != Purpose::kFollow) return EsbuildResolution{import.path, "", true};
  if (import.name_space != "file") return std::nullopt;
  if (import.type == kFileType) return EsbuildResolution{import.path, "", true};
  if (IsExternal(import.path)) return ToRunTime(import);
  if (own != nullptr && excluded_.Contains(own->path, folder_)) return ToRunTime(import);
  if (!DependsOnPackage(import.path)) own = nullptr;
  if (const auto alias = aliased_.find(import.path); alias != aliased_.end()) {
    const std::string module = manifest_.Resolve(alias->second);
    return module.empty() ? std::nullopt : std::optional(ToLibrary(import, module));
  }
  if (std::optional<EsbuildResolution> file = ResolveEncoded(import)) return file;
  if (const Import key{import.importer, import.path}; missing_.contains(key)) {
    if (!IsDynamic(import.kind)) {
      if (HasOnlyTypes(import.importer, import.path)) {
        only_types_.insert(key);
        return EsbuildResolution{"{}", kStubNamespace};
      }
      static_missing_.insert(key);
      // In one module an import of what is outside is the whole module's, also where only import() leads to it.
      if (purpose_ != Purpose::kFollow) return EsbuildResolution{std::string(kLate) + import.path, kStubNamespace};
    }
    return ToRunTime(import);
  }
  std::string name = import.path;
  if (own != nullptr) {
    if (!own->external && !own->path.empty()) return std::nullopt;
    if (name.starts_with('#')) {
      name = own->path;
    } else if (!own->external) {
      name.pop_back();
    }
  }
  if (const std::string module = manifest_.Resolve(name); !module.empty()) return ToLibrary(import, module);
  if (IsNodeModule(name) || name.starts_with(kNode)) {
    NoteUnknown(import);
    return ToLibrary(import, name.starts_with(kNode) ? name : std::string(kNode) + name);
  }
  return std::nullopt;
}

// Node reads the path of an import as a part of a URL.
std::optional<EsbuildResolution> AppImports::ResolveEncoded(const EsbuildImport& import) const {
  if (import.path.find('%') == std::string::npos || import.kind.starts_with("require")) return std::nullopt;
  const std::string path = Decoded(import.path);
  if (!path.starts_with('.') && !path.starts_with('/')) return std::nullopt;
  std::string file = AbsolutePath(Dirname(import.importer), path);
  if (!ReadFile(file).ok()) return std::nullopt;
  return EsbuildResolution{std::move(file), ""};
}

EsbuildResolution AppImports::ToLibrary(const EsbuildImport& import, const std::string& module) {
  if (import.kind == "require-resolve") return {import.path, "", true};
  if (purpose_ != Purpose::kFollow) return {module, "", true};
  return {"__dv8_require(" + QuoteJs(module) + ")", kStubNamespace};
}

EsbuildResolution AppImports::ToRunTime(const EsbuildImport& import) const {
  if (purpose_ != Purpose::kFollow) return {import.path, "", true};
  return {QuoteJs(import.path), kStubNamespace};
}

void AppImports::NoteUnknown(const EsbuildImport& import) {
  if (!noted_.insert(import.importer + "\n" + import.path).second) return;
  const std::string file = import.importer.starts_with(folder_ + "/") ? import.importer.substr(folder_.size() + 1) : import.importer;
  Diagnostic place{"'" + import.path + "' is not in the standard library", file};
  Locate(import.importer, import.path, &place);
  const std::string near = manifest_.Nearest(import.path);
  const bool in_package = file.find("node_modules/") != std::string::npos;
  if (!IsNodeModule(import.path) && !IsDynamic(import.kind) && !in_package) {
    place.hint =
        near.empty() ? "--alias:" + import.path + "=./file.js puts a module of yours in its place" : "did you mean '" + near + "'?";
    if (!no_such_module_) no_such_module_ = place;
    return;
  }
  // A package knows what it does when the module is not there.
  if (in_package) return;
  unknown_.push_back(file + ":" + std::to_string(place.line) + ":" + std::to_string(place.col) + ": warning: " + place.text +
                     "; its import throws at run time\n");
}

std::string AppImports::ScriptLoaderOf(const std::string& file) const { return LoaderOf(file, ScriptLoaders(options_)); }

std::optional<EsbuildSource> AppImports::Load(const std::string& path, const std::string& name_space) const {
  if (name_space == kStubNamespace && path.starts_with(kPacked)) {
    const PackedScript& script = packed_[std::stoul(path.substr(kPacked.size()))];
    return EsbuildSource{script.text, "js", script.folder};
  }
  if (name_space == kStubNamespace && path.starts_with(kLate)) {
    const std::string text = "try{module.exports=require(" + QuoteJs(path.substr(kLate.size())) +
                             ")}catch(e){if(e.code===\"MODULE_NOT_FOUND\")e.code=\"ERR_MODULE_NOT_FOUND\";throw e}";
    return EsbuildSource{text, "js", folder_};
  }
  if (name_space == kStubNamespace) return EsbuildSource{"module.exports=" + path, "js", folder_};
  if (excluded_.Contains(path, folder_)) {
    // A pattern matches it.
    const std::string text = "Cannot find module " + QuoteJs(VirtualPath(folder_, path));
    return EsbuildSource{"throw Object.assign(new Error(" + QuoteJs(text) + "),{code:'MODULE_NOT_FOUND'})", "js", Dirname(path)};
  }
  if (purpose_ == Purpose::kFollow && wasm_modules_.contains(path))
    return EsbuildSource{"module.exports={};" + ImportsOfWasm(path), "js", Dirname(path)};
  if (no_code_.contains(path)) {
    // Node would take it for JavaScript.
    const std::string text = "Invalid or unexpected token in " + VirtualPath(folder_, path);
    return EsbuildSource{"throw new SyntaxError(" + QuoteJs(text) + ")", "js", Dirname(path)};
  }
  if (const std::optional<std::string> json = DataAsJson(path)) return EsbuildSource{*json, "json", Dirname(path)};
  if (!load_.contains(path)) {
    const Result<std::string> text = closes_wide_patterns_ && IsModuleFile(path) ? ReadFile(path) : std::string();
    if (!text.ok() || text.value().empty()) return std::nullopt;
    std::string closed = WithoutWidePatterns(text.value(), path);
    if (closed == text.value()) return std::nullopt;
    return EsbuildSource{std::move(closed), ScriptLoaderOf(path), Dirname(path)};
  }
  const auto phases = without_phases_.find(path);
  BundleOptions options = options_;
  if (purpose_ == Purpose::kBundleCommonJs) options.banner.insert(0, std::string(kMainModule) + "=module;");
  const auto for_node = purpose_ == Purpose::kFollow ? for_node_.find(path) : for_node_.end();
  Result<std::string> text = for_node != for_node_.end()       ? for_node->second
                             : phases != without_phases_.end() ? phases->second
                                                               : ReadSource(options, entry_, path);
  if (!text.ok()) return std::nullopt;
  if (purpose_ == Purpose::kFollow && kept_out_.contains(path)) return EsbuildSource{LoadsIn(text.value()), "js", Dirname(path)};
  static constexpr std::string_view kRequire = "require";
  std::vector<Argument> places;
  if (const auto found = patterns_.find(path); found != patterns_.end()) places = found->second;
  if (const auto found = passed_on_.find(path); found != passed_on_.end() && beginnings_.contains(path)) {
    places.insert(places.end(), found->second.begin(), found->second.end());
  }
  // From the back, so that they stay right. In a sequence an argument is no pattern.
  std::sort(places.begin(), places.end(),
            [](const Argument& a, const Argument& b) { return std::pair(a.line, a.column) > std::pair(b.line, b.column); });
  for (const Argument& place : places) {
    const size_t start = OffsetOf(text.value(), place.line, place.column), size = static_cast<size_t>(place.size);
    if (start + size > text.value().size()) continue;
    if (text.value().compare(start, size, kRequire) == 0) {
      text.value().replace(start, size, kOwnRequire);
    } else {
      text.value().insert(start + size, ")").insert(start, "(0,");
    }
  }
  if (const auto found = beginnings_.find(path); found != beginnings_.end()) {
    if (closes_wide_patterns_) text = WithoutWidePatterns(std::move(text.value()), path);
    const Prologue prologue = ReadPrologue(text.value());
    text.value().insert(prologue.end, (prologue.needs_semicolon ? ";" : "") + found->second);
  }
  if (const auto found = missing_exports_.find(path); found != missing_exports_.end()) {
    std::string list;
    for (const std::string& name : found->second) list += "__dv8_missing as " + QuoteJs(name) + ",";
    text.value() += "\nvar __dv8_missing;export{" + list + "};\n";
  }
  return EsbuildSource{std::move(text.value()), ScriptLoaderOf(path), Dirname(path)};
}

bool AppImports::PackModules(const FilesBeside& files) {
  bool grows = false;
  for (const std::string& file : files.code) {
    if (unpacked_.contains(file)) continue;
    std::vector<std::string>& code = packed_files_.code;
    if (std::find(code.begin(), code.end(), file) != code.end()) continue;
    code.push_back(file);
    grows = true;
  }
  for (const auto& [file, names] : files.packages) {
    for (const std::string& name : names) {
      if (!unpacked_.contains(name)) grows |= packed_files_.packages[file].insert(name).second;
    }
  }
  for (const auto& [file, names] : files.imported) {
    for (const std::string& name : names) {
      if (!unpacked_.contains(name)) grows |= packed_files_.imported[file].insert(name).second;
    }
  }
  if (grows) WritePackedScripts();
  return grows;
}

void AppImports::WritePackedScripts() {
  packed_.clear();
  std::string text;
  for (const std::string& file : packed_files_.code) {
    const bool only_import = file.ends_with(".mjs") || waiting_modules_.contains(file);
    text += (only_import ? "import(" : "require(") + QuoteJs(file) + ");";
  }
  if (!text.empty()) packed_.push_back({folder_, text});
  for (const auto& [file, packages] : packed_files_.packages) {
    text.clear();
    // In a try block what is not there is left to the run time.
    for (const std::string& package : packages) text += "try{require(" + QuoteJs(package) + ")}catch{}";
    packed_.push_back({Dirname(file), text});
  }
  for (const auto& [file, packages] : packed_files_.imported) {
    std::string calls;
    for (const std::string& package : packages) calls += "import(" + QuoteJs(package) + ").catch(()=>{});";
    packed_.push_back({Dirname(file), "()=>{" + calls + "};"});
  }
}

std::string AppImports::PackedImport() const {
  std::string imports;
  for (size_t i = 0; i < packed_.size(); i++) {
    imports += "import \"" + std::string(kStubPath) + std::string(kPacked) + std::to_string(i) + "\";";
  }
  return imports;
}

// For an error in what only PackModules() brought in.
bool AppImports::LearnFromPacked(const EsbuildMessage& error) {
  if (packed_.empty()) return false;
  if (error.text.find(kAwaits) != std::string::npos) {
    for (const std::string& file : packed_files_.code) {
      const std::string name = file.starts_with(folder_ + "/") ? file.substr(folder_.size() + 1) : file;
      if (error.text.find("\"" + name + "\"") == std::string::npos) continue;
      if (!waiting_modules_.insert(file).second) return false;
      WritePackedScripts();
      return true;
    }
  }
  // Its text stays embedded.
  const std::string file = AbsolutePath(folder_, error.file);
  if (unpacked_.insert(file).second && std::erase(packed_files_.code, file) > 0) {
    WritePackedScripts();
    return true;
  }
  // Another that one of them imports: its text is the program's, and its error comes when it is loaded.
  if (IsModuleFile(file) && KeepOut(file)) return true;
  for (const std::string& code : packed_files_.code) unpacked_.insert(code);
  for (const auto& [importer, names] : packed_files_.packages) unpacked_.insert(names.begin(), names.end());
  for (const auto& [importer, names] : packed_files_.imported) unpacked_.insert(names.begin(), names.end());
  packed_files_ = {};
  WritePackedScripts();
  return true;
}

// Puts blanks in the place of `phase`, as in `import defer * as a from 'a'` or `import.defer('a')`, at the place of
// `error`. False when it is not there.
bool AppImports::LeaveOutPhase(const EsbuildMessage& error, std::string_view phase) {
  const std::string file = AbsolutePath(folder_, error.file);
  for (std::map<std::string, std::string>* texts : {&without_phases_, &undeferred_}) {
    if (texts == &undeferred_ && phase != "defer") break;
    const auto found = texts->find(file);
    Result<std::string> text = found == texts->end() ? ReadFile(file) : found->second;
    if (!text.ok()) return false;
    size_t start = 0;
    for (int line = 1; line < error.line && start != std::string::npos; line++) start = text.value().find('\n', start) + 1;
    size_t at = text.value().find(phase, start + static_cast<size_t>(error.column));
    if (at == std::string::npos) return false;
    size_t size = phase.size();
    if (at > 0 && text.value()[at - 1] == '.') at--, size++;
    text.value().replace(at, size, size, ' ');
    (*texts)[file] = std::move(text.value());
  }
  return true;
}

bool AppImports::TakeWasmModules(const EsbuildResult& result) {
  const size_t before = wasm_modules_.size();
  for (const std::vector<EsbuildMessage>* messages : {&result.errors, &result.warnings}) {
    for (const EsbuildMessage& message : *messages) {
      const size_t at = message.text.find(kNoExport);
      if (at == std::string::npos) continue;
      const size_t start = at + kNoExport.size();
      const std::string file = message.text.substr(start, message.text.find('"', start) - start);
      if (file.ends_with(".wasm")) wasm_modules_.insert(AbsolutePath(folder_, file));
    }
  }
  return wasm_modules_.size() > before;
}

// Whether `error` is that a package has an addon: many do without it where it cannot be loaded.
static bool IsPackagesAddon(const EsbuildMessage& error) {
  return error.text.ends_with(".node") && error.file.find("node_modules/") != std::string::npos;
}

// The file that `error`, that there is no loader for it, is about, when a package names it to require(): Node takes it for
// JavaScript whatever its ending is.
static std::optional<std::string> RequiredByPackage(const EsbuildMessage& error, std::string_view line) {
  const size_t at = error.text.find(kFiles);
  if (!error.text.starts_with("No loader is configured for ") || at == std::string::npos || IsPackagesAddon(error)) return std::nullopt;
  const size_t column = std::min(static_cast<size_t>(error.column), line.size());
  const std::string_view argument = line.substr(column);
  const bool is_literal = (argument.starts_with('\'') || argument.starts_with('"')) && argument.find('+') == std::string_view::npos;
  if (!is_literal || !line.substr(0, column).ends_with("require(") || error.file.find("node_modules/") == std::string::npos)
    return std::nullopt;
  return error.text.substr(at + kFiles.size());
}

// An import of what the imported module does not export. Node finds that when it links the importing module, which is
// the run time for import(): the build has the export.
bool AppImports::LearnExport(const EsbuildMessage& error) {
  constexpr std::string_view kName = "\" for import \"";
  const size_t file = error.text.find(kNoExport), name = error.text.find(kName);
  if (error.file.empty() || file == std::string::npos || name == std::string::npos) return false;
  const size_t start = file + kNoExport.size(), end = name + kName.size();
  const std::string exporter = AbsolutePath(folder_, error.text.substr(start, name - start));
  if (!IsModuleFile(exporter)) return false;
  const std::string importer = AbsolutePath(folder_, error.file), export_name = error.text.substr(end, error.text.rfind('"') - end);
  // The stand-in for an import that several modules export has its own error.
  if (ambiguous_.contains(importer) && export_name == "default") return missing_exports_[exporter].insert(export_name).second;
  if (!unlinked_.try_emplace({importer, error.text}, error).second) return false;
  missing_exports_[exporter].insert(export_name);
  return true;
}

void AppImports::LearnPassedOn(const std::vector<EsbuildMessage>& warnings) {
  passed_on_.clear();
  for (const EsbuildMessage& warning : warnings) {
    if (warning.file.empty() || warning.id != "indirect-require") continue;
    passed_on_[AbsolutePath(folder_, warning.file)].push_back({warning.line, warning.column, warning.value["location"]["length"].Int()});
  }
}

bool AppImports::IsRunTimeError(const EsbuildMessage& error) const {
  if (error.file.empty() || IsStub(error.file)) return false;
  if (error.text.starts_with(kNewTarget)) return !error.file.ends_with(".mjs") && !error.file.ends_with(".mts");
  return error.text.starts_with(kAssignsImport) || error.text.starts_with(kAmbiguous) || error.text.ends_with(kAssignsConstant);
}

// Puts what esbuild takes in the places of `errors`, by file. False when one is not there.
bool AppImports::WriteForNode(const std::map<std::string, std::vector<RunTimeError>>& errors) {
  for (const auto& [file, list] : errors) {
    const auto found = for_node_.find(file);
    const auto phases = without_phases_.find(file);
    Result<std::string> read = found != for_node_.end()          ? found->second
                               : phases != without_phases_.end() ? phases->second
                                                                 : ReadSource(options_, entry_, file);
    if (!read.ok()) return false;
    std::string& text = read.value();
    // From the back, so that the places stay right.
    std::vector<RunTimeError> places = list;
    std::sort(places.begin(), places.end(),
              [](const RunTimeError& a, const RunTimeError& b) { return std::pair(a.line, a.column) > std::pair(b.line, b.column); });
    size_t before = text.size();
    for (const RunTimeError& place : places) {
      const size_t at = OffsetOf(text, place.line, place.column), size = static_cast<size_t>(place.size);
      if (at + size > text.size()) return false;
      if (at >= before) continue;
      const std::string code = StandIn(place.text, text, at, size);
      if (code.empty()) return false;
      text.replace(at, size, code);
      before = at;
    }
    for_node_[file] = std::move(text);
  }
  return true;
}

bool AppImports::StandsFor(const std::string& file, const EsbuildMessage& warning) const {
  return kept_out_.contains(file) || (for_node_.contains(file) && warning.text.find(kStandIn) != std::string::npos);
}

bool AppImports::LeaveBroken(const std::vector<EsbuildMessage>& errors) {
  // The next build has those again that are not known yet.
  const auto is_learnt = [&](const EsbuildMessage& error) {
    return IsRunTimeError(error) || UnresolvedSpecifier(error) || error.text.find(kNoExport) != std::string::npos;
  };
  for (const EsbuildMessage& error : errors) {
    if (is_learnt(error)) continue;
    const std::string file = AbsolutePath(folder_, error.file);
    if (error.file.empty() || IsStub(error.file) || error.file.starts_with('<') || file == entry_) return false;
    if (!IsModuleFile(file) && !file.ends_with(".json")) return false;
    if (kept_out_.contains(file) && !broken_.contains(file)) return false;
  }
  bool leaves = false;
  for (const EsbuildMessage& error : errors) {
    if (is_learnt(error)) continue;
    const std::string file = AbsolutePath(folder_, error.file);
    broken_.try_emplace(file, error);
    leaves |= KeepOut(file);
  }
  return leaves;
}

bool AppImports::LearnFrom(const EsbuildResult& result) {
  if (result.errors.empty()) return false;
  const std::set<std::string> no_code = no_code_, foreign = foreign_;
  std::set<Import> found_missing;  // require() and import() of a name are an error each.
  std::map<std::string, std::vector<RunTimeError>> run_time_errors;
  for (const EsbuildMessage& error : result.errors) {
    const std::string file = AbsolutePath(folder_, error.file);
    if (error.text.starts_with(kPhaseInBundle)) continue;  // The other error about it has its place.
    if (LearnExport(error)) continue;
    if (IsRunTimeError(error)) {
      run_time_errors[file].push_back({error.line, error.column, error.value["location"]["length"].Int(), error.text});
      if (!error.text.starts_with(kAmbiguous)) continue;
      ambiguous_.insert(file);
      unlinked_.try_emplace({file, error.text}, error);
      continue;
    }
    const bool is_deferred = error.text.starts_with(kDeferred);
    if (is_deferred || error.text.starts_with(kSourcePhase)) {
      if (!LeaveOutPhase(error, is_deferred ? "defer" : "source")) return false;
      imports_sources_ |= !is_deferred;
      continue;
    }
    if (error.text.starts_with(kFileAttribute)) {
      if (std::exchange(imports_files_, true)) return false;
      continue;
    }
    if (const std::optional<std::string> path = UnresolvedSpecifier(error); path && !error.file.empty()) {
      const Import import{file, *path};
      if (!missing_.try_emplace(import, error).second && !found_missing.contains(import)) return false;
      found_missing.insert(import);
      continue;
    }
    const std::string& line_text = error.value["location"]["lineText"].text();
    if (foreign.contains(file)) {
      foreign_.erase(file);
      no_code_.insert(file);
      continue;
    }
    if (const std::optional<std::string> required = RequiredByPackage(error, line_text)) {
      const std::string script = AbsolutePath(folder_, *required);
      if (foreign.contains(script)) return false;
      foreign_.insert(script);
      continue;
    }
    if (const size_t at = error.text.find(kFiles); error.text.starts_with("No loader is configured for ") && at != std::string::npos &&
                                                   static_cast<size_t>(error.column) < line_text.size() &&
                                                   (IsStub(error.file) || IsPackagesAddon(error) || line_text[error.column] == '`' ||
                                                    line_text.find('+', error.column) != std::string::npos)) {
      const std::string found = AbsolutePath(folder_, error.text.substr(at + kFiles.size()));
      if (no_code.contains(found)) return false;
      no_code_.insert(found);
      continue;
    }
    const bool is_pattern = error.text.starts_with("Could not resolve require(\"") || error.text.starts_with("Could not resolve import(\"");
    // Only a pattern leads to what has no extension and is no code: require('./' + name) and LICENSE.
    if (!is_pattern && !error.file.empty() && !IsStub(error.file) && file != entry_ &&
        file.find('.', file.rfind('/')) == std::string::npos) {
      if (!closes_wide_patterns_ && Dirname(file) == PackageFolder(file)) {
        closes_wide_patterns_ = true;
        return true;
      }
      if (no_code.contains(file)) return false;
      no_code_.insert(file);
      continue;
    }
    if (!is_pattern || error.file.empty()) {
      return LearnFromPacked(error);
    }
    const int size = error.value["location"]["length"].Int();
    std::vector<Argument>& arguments = patterns_[file];
    const bool known = std::any_of(arguments.begin(), arguments.end(), [&](const Argument& argument) {
      return argument.line == error.line && argument.column == error.column;
    });
    if (!known) arguments.push_back({error.line, error.column, size});
  }
  return WriteForNode(run_time_errors);
}

std::vector<EsbuildMessage> AppImports::UnresolvedAtStart(const std::string& metafile) const {
  std::map<std::string, const Json*> inputs;
  const std::optional<Json> meta = Json::Parse(metafile);
  if (const Json* list = meta ? meta->Find("inputs") : nullptr; list != nullptr) {
    for (const auto& [file, input] : list->members()) inputs[AbsolutePath(folder_, file)] = &input;
  }
  // The files that only these kinds of imports lead to.
  const auto reached_by = [&](std::initializer_list<std::string_view> kinds) {
    std::set<std::string> reached = {entry_};
    for (std::deque<std::string> open = {entry_}; !open.empty(); open.pop_front()) {
      const auto found = inputs.find(open.front());
      const Json* imports = found == inputs.end() ? nullptr : found->second->Find("imports");
      if (imports == nullptr) continue;
      for (const Json& import : imports->items()) {
        const std::string kind = import.StringAt("kind");
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
        if (kind == "require-call" && TriesToRequire(open.front(), import.StringAt("original"))) continue;
        std::string file = AbsolutePath(folder_, import.StringAt("path"));
        if (reached.insert(file).second) open.push_back(std::move(file));
      }
    }
    return reached;
  };
  const std::set<std::string> reached = reached_by({"import-statement"});
  std::vector<EsbuildMessage> errors;
  for (const auto& [import, error] : missing_) {
    if (static_missing_.contains(import) && reached.contains(import.importer)) errors.push_back(error);
  }
  for (const auto& [import, error] : unlinked_) {
    if (reached.contains(import.importer)) errors.push_back(error);
  }
  if (broken_.empty()) return errors;
  const std::set<std::string> required = reached_by({"import-statement", "require-call"});
  for (const auto& [file, error] : broken_) {
    if (required.contains(file)) errors.push_back(error);
  }
  return errors;
}

std::vector<EsbuildMessage> AppImports::LeftToRunTime() const {
  std::vector<EsbuildMessage> errors;
  for (const auto& [import, error] : missing_) {
    if (!only_types_.contains(import)) errors.push_back(error);
  }
  return errors;
}

}  // namespace dv8
