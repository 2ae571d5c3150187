#include "packager/bundle/bundle.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "packager/bundle/app_build.h"
#include "packager/bundle/dv8_scripts.h"
#include "packager/bundle/entry.h"
#include "packager/bundle/esbuild.h"
#include "packager/bundle/globals.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/json.h"
#include "packager/bundle/named_files.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

namespace fs = std::filesystem;

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
void AddScripts(const Dv8Scripts& scripts, const StdlibManifest& manifest, const std::string& entry, AppBundle* bundle) {
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
  bundle->standard_globals.insert(manifest.bootstrap_globals.begin(), manifest.bootstrap_globals.end());
}

// The module with which a program loads what was not bundled.
constexpr char kLoaderModule[] = "node:module";

// The module that serves what an entry exports, and how code names it by its global.
constexpr char kServeModule[] = "dv8:serve";
constexpr std::string_view kServeGlobal = "dv8.serve";

// Whether the entry may have `export default { fetch }`: what it exports is kept, and looked at when it has run.
bool MayServe(const std::string& entry) {
  const Result<std::string> text = ReadFile(entry);
  return text.ok() && text.value().find("export") != std::string::npos && text.value().find("default") != std::string::npos;
}

constexpr std::string_view kRequire = "require(";

// Whether code asks where something lies that it does not import itself.
bool AsksWhereModulesAre(std::string_view script) {
  return script.find("require.resolve(") != std::string_view::npos || script.find("meta.resolve(") != std::string_view::npos;
}

// Whether something is imported by its URL: Node knows which it takes, and what it says of the others.
bool ImportsUrls(const Json& meta) {
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr) return false;
  for (const auto& [name, input] : inputs->members()) {
    for (const Json& import : input.Find("imports")->items()) {
      const std::string path = import.StringAt("path");
      if (path.starts_with("data:") || path.starts_with("http:") || path.starts_with("https:")) return true;
    }
  }
  return false;
}

// Tells Node's loader what --external names.
std::string LeaveOut(const std::vector<std::string>& externals) {
  std::string names;
  for (const std::string& name : externals) names += (names.empty() ? "" : ",") + QuoteJs(name);
  return "start.leaveOut([" + names + "]);\n";
}

}  // namespace

Result<AppBundle> BundleApp(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest, std::string* messages) {
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
    Result<std::optional<Dv8Scripts>> found = CollectProgram(options, esbuild, manifest, globals, bundle.root, entry_file, messages);
    if (!found.ok()) return found.error();
    program = std::move(found.value());
  }
  bundle.imports = std::make_shared<AppImports>(options, manifest, bundle.root, entry_file);
  AppImports& imports = *bundle.imports;
  const bool may_serve = !program && MayServe(entry_file);
  Result<AppBuild> build = BuildApp(options, manifest, esbuild, &imports, bundle.root, entry_file,
                                    program     ? program->Entry()
                                    : may_serve ? ImportAllOf(bundle.root, entry_file)
                                                : ImportOf(bundle.root, entry_file),
                                    messages);
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
  bundle.texts = imports.undeferred();
  bundle.imports_sources = imports.ImportsSources();

  std::string text;
  for (EsbuildFile& file : build.value().result.files) {
    if (file.path == std::string(kOutFolder) + "app.js") text = std::move(file.bytes);
  }
  bundle.has_decorators = text.find("__decoratorStart") != std::string::npos;
  std::set<std::string> named = GlobalsIn(text, globals);
  const bool calls_gc = CallsUnasked(text, "gc");
  text = WithoutPlaceholders(text);
  if (options.globals == Globals::kAll) named = globals;
  // Programs for Node ask whether it is there, and mean V8's, which a flag makes.
  if (!calls_gc && options.environment != Environment::kCore) named.erase("gc");
  // Programs of Runtime.JS are scripts, and have a `performance` and a `require` of their own.
  const bool is_runtime_js = named.contains("isolate") && options.globals != Globals::kAll && !HasEsModules(*meta);
  if (is_runtime_js) named.erase("performance");
  for (const std::string& name : named) {
    (manifest.globals.contains(name) ? bundle.globals : bundle.standard_globals).insert(name);
  }
  if (options.environment == Environment::kCore) {
    bundle.globals.insert(manifest.core.begin(), manifest.core.end());
  }
  const bool serves = may_serve && text.find("fetch") != std::string::npos;
  if (serves || text.find(kServeGlobal) != std::string::npos) text += "__dv8_require(" + QuoteJson(kServeModule) + ");\n";
  if (serves) bundle.library_tail += "import{serveEntry}from\"./dv8/serve.js\";\nstart.setServer(serveEntry);\n";
  bundle.modules = StubsIn(manifest, text);
  if (program) {
    program->TakeModules(*meta, bundle.root);
    AddScripts(*program, manifest, bundle.entry, &bundle);
  }
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
    if (options.environment != Environment::kCore) bundle.library_tail += "import{giveModule}from\"./dv8/core.js\";\ngiveModule();\n";
  }
  if (bundle.modules.contains("dv8:thread") && !program) {
    Result<Dv8Scripts> scripts = CollectNamedScripts(options, esbuild, manifest, globals, bundle.root, entry_file, own_files, messages);
    if (!scripts.ok()) return scripts.error();
    AddScripts(scripts.value(), manifest, "", &bundle);
    bundle.runs_assets = true;
    for (const std::string& name : bundle.globals) bundle.modules.insert(manifest.globals.at(name));
  }
  if ((build.value().HandsOnRequire() && !is_runtime_js) || !options.externals.empty()) bundle.modules.insert(kLoaderModule);
  if (!options.externals.empty()) bundle.library_tail += LeaveOut(options.externals);
  const bool is_dv8 =
      options.environment == Environment::kCore || bundle.loads_as_dv8 || is_runtime_js || bundle.modules.contains("dv8:thread");
  // Such code names modules where esbuild does not look.
  if (bundle.modules.contains(kLoaderModule)) {
    bundle.modules.merge(NamedInCalls(manifest, text, is_dv8 ? BareNames::kNodeAndDv8 : BareNames::kNode));
  }
  // Code in texts asks for modules by names in quotes.
  if (!is_dv8 && Evaluates(text) && text.find(kRequire) != std::string::npos)
    bundle.modules.merge(NamedInCalls(manifest, text, BareNames::kNode, kAllQuotes));
  // Node's loader resolves patterns and what no import leads to, and an ES module's place is a URL in its stacks.
  const bool is_mixed = CountCode(*meta) > 1 && HasEsModules(*meta) && (bundle.awaits || !IsAllStrict(*meta));
  bundle.needs_node_loader =
      imports.NeedsModules() ||
      (!is_dv8 && (imports.KeepsOutAny() || ImportsWasmLate(*meta) || !build.value().computed.empty() ||
                   !build.value().beside.code.empty() || HasPatterns(text) || is_mixed || AsksWhereModulesAre(text) || ImportsUrls(*meta)));
  return bundle;
}

}  // namespace dv8
