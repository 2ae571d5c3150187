#include "packager/bundle/app_build.h"

#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <span>

#include "packager/bundle/data_files.h"
#include "packager/bundle/decorators.h"
#include "packager/bundle/globals.h"
#include "packager/bundle/json.h"
#include "packager/bundle/loaders.h"
#include "packager/bundle/output_files.h"
#include "packager/bundle/prologue.h"
#include "packager/bundle/virtual_path.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr char kNoTopLevelAwait[] = "Top-level await is not available in the configured target";

constexpr std::string_view kConditions = "--conditions=";

// Messages that say where code computes what it loads.
constexpr std::string_view kComputedImport = "unsupported-dynamic-import";
constexpr std::string_view kComputedIds[] = {"unsupported-require-call", kComputedImport};
// Where code hands its require() on.
constexpr std::string_view kIndirectIds[] = {"indirect-require"};
// Patterns that no file matches: what the program then asks for in vain is its own error.
constexpr std::string_view kEmptyPatternIds[] = {"empty-glob"};

std::vector<std::string> AppFlags(const BundleOptions& options, const StdlibManifest& manifest) {
  std::vector<std::string> flags = {"--bundle", "--format=esm", "--platform=node", kTarget, "--sourcefile=<dv8pack>", "--log-level=silent",
                                    "--log-limit=0", "--legal-comments=none", "--supported:dynamic-import=false", "--metafile",
                                    // Assigning to a global such as fetch is as good as ever.
                                    "--log-override:assign-to-define=silent", std::string("--outfile=") + kOutFolder + "app.js"};
  for (const std::span<const std::string_view> ids :
       {std::span<const std::string_view>(kComputedIds), std::span<const std::string_view>(kIndirectIds)}) {
    for (const std::string_view id : ids) {
      flags.push_back("--log-override:" + std::string(id) + "=warning");
    }
  }
  for (std::string& flag : GlobalDefines(PlaceholderGlobals(options, manifest))) flags.push_back(std::move(flag));
  for (std::string& flag : FlagsOfFiles(options)) flags.push_back(std::move(flag));
  for (std::string& flag : FlagsOfImports(options)) flags.push_back(std::move(flag));
  return flags;
}

bool HasId(const EsbuildMessage& message, std::span<const std::string_view> ids) {
  return std::find(ids.begin(), ids.end(), message.id) != ids.end();
}

// "'x' (a.js), 'y' (b.js)"
std::string ListMissing(const std::vector<EsbuildMessage>& errors) {
  std::string list;
  for (const EsbuildMessage& error : errors) {
    list += (list.empty() ? "'" : ", '") + UnresolvedSpecifier(error).value_or(error.text) + "'";
    // A script of ours has no file.
    if (!error.file.starts_with('<')) list += " (" + error.file + ")";
  }
  return list;
}

// The package that `file`, relative to the app's root, belongs to: "left-pad", or "the app".
std::string PackageOfFile(const std::string& file) {
  static constexpr std::string_view kModules = "node_modules/";
  const size_t at = file.rfind(kModules);
  return at == std::string::npos ? "the app" : PackageName(std::string_view(file).substr(at + kModules.size()));
}

// "3 computed calls of require() or import() are left to the run time: in a (2), the app".
std::string ComputedNotice(const std::vector<EsbuildMessage>& computed) {
  std::map<std::string, int> counts;
  for (const EsbuildMessage& message : computed) counts[PackageOfFile(message.file)]++;
  std::string list;
  for (const auto& [package, count] : counts) {
    list += (list.empty() ? "" : ", ") + package + (count > 1 ? " (" + std::to_string(count) + ")" : "");
  }
  return "notice: " + std::to_string(computed.size()) +
         (computed.size() == 1 ? " computed call of require() or import() is" : " computed calls of require() or import() are") +
         " left to the run time, in " + list + "\n";
}

// "notice: all files of typescript (11.6 MB) are packed, because its code computes the names of files"
std::string WholeNotice(const std::vector<WholePackage>& packages) {
  std::string taken, large;
  int count = 0;
  for (const WholePackage& package : packages) {
    const std::string name = PackageOfFile(package.folder + "/");
    char size[32];
    std::snprintf(size, sizeof(size), " (%.1f MB)", static_cast<double>(package.size) / 1e6);
    std::string& list = package.size <= kLargestPackage ? taken : large;
    list += (list.empty() ? "" : ", ") + name + (package.size >= 100'000 ? size : "");
    count += package.size <= kLargestPackage;
  }
  std::string notice;
  if (!taken.empty()) {
    notice += "notice: all files of " + taken + " are packed: " + (count > 1 ? "their" : "its") + " code computes the names of files\n";
  }
  if (!large.empty())
    notice +=
        "notice: the code of " + large + " computes the names of files, which --asset has to name: it is too large to be packed whole\n";
  return notice;
}

// What strict mode forbids, which esbuild's output is in.
constexpr char kOnlyInOneScope[] = "cannot be used with the \"esm\" output format";

// Keeps those files out of the build that esbuild cannot put into one scope with others, and that are right all the
// same. False when there is no such file among those of `errors`.
Result<bool> KeepOutFiles(const std::vector<EsbuildMessage>& errors, const std::string& root, Esbuild* esbuild, AppImports* imports) {
  bool found = false;
  for (const EsbuildMessage& error : errors) {
    if (error.file.empty() || error.text.find(kOnlyInOneScope) == std::string::npos) return false;
    const std::string file = AbsolutePath(root, error.file);
    const Result<std::string> text = ReadFile(file);
    if (!text.ok()) return false;
    const Result<EsbuildScript> script =
        esbuild->Transform(text.value(), "", {kTarget, "--log-level=silent", "--loader=" + imports->ScriptLoaderOf(file)});
    if (!script.ok()) return false;
    found |= imports->KeepOut(file);
  }
  return found;
}

// What an error says of an option's value, which lies in no file: `--define: Syntax error "x"`. Empty for other errors.
std::string OptionIn(const EsbuildMessage& error) {
  static constexpr std::pair<std::string_view, std::string_view> kPlaces[] = {
      {"(define name)", "--define: "}, {"(pure name)", "--pure: "}, {"<tsconfig.json>", "--tsconfig-raw: "}, {"", ""}};
  for (const auto& [file, option] : kPlaces) {
    if (error.file == file) return std::string(option) + error.text;
  }
  return "";
}

std::vector<Diagnostic> CausesIn(const std::vector<EsbuildMessage>& errors, const std::string& root) {
  std::vector<Diagnostic> causes;
  for (const EsbuildMessage& error : errors) {
    const bool has_place = !error.file.empty();
    causes.push_back({error.text, has_place ? AbsolutePath(root, error.file) : "", error.line, has_place ? error.column + 1 : 0});
  }
  return causes;
}

// Leaves the packages in `packages` that esbuild has not followed: those that a file asks a require() of
// its own making for by require(), or by import() when `are_imports`, and that are no modules of Node's: what
// "exports" leads to differs.
void LeaveOutFollowed(const Json& meta, const std::string& root, const AppImports& known, bool are_imports,
                      std::map<std::string, std::set<std::string>>* packages) {
  const Json* inputs = meta.Find("inputs");
  if (inputs == nullptr || packages->empty()) return;
  for (const auto& [name, input] : inputs->members()) {
    const auto found = packages->find(AbsolutePath(root, name));
    const Json* followed = found == packages->end() ? nullptr : input.Find("imports");
    if (followed == nullptr) continue;
    for (const Json& import : followed->items()) {
      if (import.StringAt("kind").starts_with("require") == are_imports) continue;
      found->second.erase(import.StringAt("original"));
      found->second.erase(import.StringAt("path"));
    }
  }
  for (auto& [file, names] : *packages) std::erase_if(names, [&](const auto& name) { return known.IsNodeModule(name); });
  std::erase_if(*packages, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace

std::string WorkingDirectory() {
  char path[PATH_MAX];
  return getcwd(path, sizeof(path)) == nullptr ? "/" : path;
}

std::set<std::string> PlaceholderGlobals(const BundleOptions& options, const StdlibManifest& manifest) {
  std::set<std::string> names;
  for (const auto& [name, module] : manifest.globals) names.insert(name);
  names.insert(manifest.node_globals.begin(), manifest.node_globals.end());
  if (options.environment == Environment::kCore) {
    names.insert(manifest.engine_globals.begin(), manifest.engine_globals.end());
    names.insert(manifest.bootstrap_globals.begin(), manifest.bootstrap_globals.end());
  }
  names.erase("module");
  names.erase("require");
  return names;
}

std::vector<std::string> ConditionsOf(const BundleOptions& options) {
  std::vector<std::string> conditions;
  for (const std::string& argument : options.esbuild_arguments) {
    if (!argument.starts_with(kConditions)) continue;
    std::string_view list = std::string_view(argument).substr(kConditions.size());
    while (!list.empty()) {
      const std::string_view name = list.substr(0, list.find(','));
      list.remove_prefix(std::min(name.size() + 1, list.size()));
      if (!name.empty()) conditions.emplace_back(name);
    }
  }
  return conditions;
}

std::vector<std::string> FlagsOfImports(const BundleOptions& options) {
  std::vector<std::string> flags;
  const std::string cwd = WorkingDirectory();
  for (const std::string& alias : options.aliases) {
    const size_t equals = alias.find('=');
    std::string to = alias.substr(equals + 1);
    if (to.starts_with(".")) to = AbsolutePath(cwd, to);
    flags.push_back("--alias:" + alias.substr(0, equals + 1) + to);
  }
  // Node's conditions of package.json's "exports"; esbuild has "node", "import" and "require" itself.
  std::string conditions = "--conditions=module-sync";
  for (const std::string& condition : ConditionsOf(options)) conditions += "," + condition;
  flags.push_back(conditions);
  return flags;
}

std::vector<std::string> FlagsOfFiles(const BundleOptions& options) {
  std::vector<std::string> flags = LoaderFlags(options);
  for (const std::string& ending : DataEndings()) flags.push_back("--loader:" + ending + "=json");
  for (const std::string& define : options.defines) flags.push_back("--define:" + define);
  if (!options.tsconfig.empty()) {
    flags.push_back("--tsconfig=" + AbsolutePath(WorkingDirectory(), options.tsconfig));
  }
  for (const std::string& argument : options.esbuild_arguments) {
    if (!argument.starts_with(kConditions)) flags.push_back(argument);
  }
  return flags;
}

void AppBuild::FindComputed() {
  computed.clear();
  for (const EsbuildMessage& warning : result.warnings) {
    if (HasId(warning, kComputedIds)) computed.push_back(warning);
  }
}

Result<Done> AppBuild::FindBeside(const std::string& root, const std::string& entry, const Excluded& excluded, const AppImports& imports) {
  const std::optional<Json> meta = Json::Parse(result.metafile);
  if (!meta) return Diagnostic{std::string(kOurFault) + "esbuild's metafile is not JSON"};
  inputs = InputsOf(*meta, root);
  std::map<std::string, Loads> loads;
  for (const EsbuildMessage& message : result.warnings) {
    if (message.file.empty()) continue;
    const std::string file = AbsolutePath(root, message.file);
    if (HasId(message, kIndirectIds)) loads[file] = Loads::kPassesOn;
    if (message.id == kComputedImport && loads[file] != Loads::kPassesOn) loads[file] = Loads::kImports;
    if (HasId(message, kComputedIds) || HasId(message, kEmptyPatternIds)) loads.try_emplace(file, Loads::kComputes);
  }
  beside = FindFilesBeside(inputs, loads, root, chosen, entry);
  for (std::vector<std::string>* files : {&beside.all, &beside.code}) {
    std::erase_if(*files, [&](const std::string& file) { return excluded.Contains(file, root); });
  }
  LeaveOutFollowed(*meta, root, imports, false, &beside.packages);
  LeaveOutFollowed(*meta, root, imports, true, &beside.imported);
  return Done{};
}

bool AppBuild::HandsOnRequire() const {
  return std::any_of(result.warnings.begin(), result.warnings.end(),
                     [](const EsbuildMessage& warning) { return HasId(warning, kComputedIds) || HasId(warning, kIndirectIds); });
}

std::string ImportOf(const std::string& root, const std::string& entry) {
  return "import " + QuoteJson("./" + entry.substr(root == "/" ? 1 : root.size() + 1)) + ";\n";
}

std::string ImportAllOf(const std::string& root, const std::string& entry) {
  return "import * as entry from " + QuoteJson("./" + entry.substr(root == "/" ? 1 : root.size() + 1)) + ";\nexport { entry };\n";
}

Result<AppBuild> BuildApp(const BundleOptions& options, const StdlibManifest& manifest, Esbuild* esbuild, AppImports* imports,
                          const std::string& root, const std::string& entry, const std::string& input, std::string* messages) {
  EsbuildBuild build;
  build.folder = root;
  build.flags = AppFlags(options, manifest);
  // They run under Node, whatever their packages say of side effects.
  build.flags.push_back("--ignore-annotations");
  // Most apps have no top-level await, and esbuild is the one to know.
  build.flags.push_back("--supported:top-level-await=false");
  AppBuild app;
  const std::string cwd = WorkingDirectory();
  for (const std::string& asset : options.assets) app.chosen.push_back(AbsolutePath(cwd, asset));
  const Excluded excluded(options.excludes, cwd);
  while (true) {
    imports->AnswerIn(&build);
    build.input = imports->PackedImport() + input;
    Result<EsbuildResult> result = esbuild->Build(build);
    if (!result.ok()) return result.error();
    app.result = std::move(result.value());
    const std::vector<EsbuildMessage>& errors = app.result.errors;
    const bool awaits = std::any_of(errors.begin(), errors.end(),
                                    [](const EsbuildMessage& error) { return error.text.find(kNoTopLevelAwait) != std::string::npos; });
    if (awaits && !app.awaits) {
      app.awaits = true;
      build.flags.pop_back();
    } else if (imports->TakeWasmModules(app.result)) {
      continue;
    } else if (!errors.empty()) {
      if (!imports->LearnFrom(app.result)) {
        const Result<bool> kept = KeepOutFiles(errors, root, esbuild, imports);
        if (!kept.ok()) return kept.error();
        if (!kept.value() && !imports->LeaveBroken(errors)) break;
      }
    } else {
      // A build that ends well: what the code loads by computed names goes in, too, and what that loads.
      app.FindComputed();
      if (Result<Done> found = app.FindBeside(root, entry, excluded, *imports); !found.ok()) return found.error();
      if (!imports->PackModules(app.beside)) break;
    }
  }
  app.FindComputed();
  imports->LearnPassedOn(app.result.warnings);
  std::vector<EsbuildMessage> left = imports->LeftToRunTime();
  std::vector<EsbuildMessage> failures = app.result.errors;
  if (failures.empty() && imports->LeavesAny()) failures = imports->UnresolvedAtStart(app.result.metafile);
  const std::vector<EsbuildMessage>& computed = app.computed;
  std::vector<EsbuildMessage> warnings;
  for (const EsbuildMessage& warning : app.result.warnings) {
    if (!warning.file.empty() && imports->StandsFor(AbsolutePath(root, warning.file), warning)) continue;
    if (!HasId(warning, kComputedIds) && !HasId(warning, kIndirectIds) && !HasId(warning, kEmptyPatternIds)) {
      warnings.push_back(warning);
    }
  }
  if (options.strict && failures.empty()) {
    failures = computed;
    failures.insert(failures.end(), left.begin(), left.end());
  }
  Result<std::string> text = esbuild->Format(warnings, true, options.color);
  if (!text.ok()) return text.error();
  *messages += text.value();
  if (!failures.empty() && !OptionIn(failures[0]).empty()) return UsageError(OptionIn(failures[0]));
  if (!failures.empty()) {
    text = esbuild->Format(failures, false, options.color);
    if (!text.ok()) return text.error();
    *messages += text.value();
    const std::string specifier = UnresolvedSpecifier(failures[0]).value_or("");
    if (imports->IsNodeModule(PackageName(specifier))) {
      return Diagnostic{"'" + specifier + "' is not in the standard library", failures[0].file, failures[0].line, failures[0].column + 1};
    }
    return Diagnostic{"cannot be bundled", options.entry, 0, 0, EsbuildHint(failures), CausesIn(failures, root)};
  }
  if (imports->no_such_module()) return *imports->no_such_module();
  for (const std::string& warning : imports->unknown_modules()) *messages += warning;
  if (!left.empty()) {
    *messages += "notice: " + std::string(left.size() == 1 ? "a module is" : "modules are") +
                 " not found and left to the run time: " + ListMissing(left) + "\n";
  }
  if (!computed.empty()) *messages += ComputedNotice(computed);
  *messages += WholeNotice(app.beside.whole);
  *messages += DecoratorNotice(app.inputs, options.tsconfig.empty() ? "" : AbsolutePath(cwd, options.tsconfig));
  return app;
}

}  // namespace dv8
