// Where the app's imports lead: names of the standard library and of Node's other modules to stubs,
// the same for what is left to the run time, and everything else to where esbuild finds it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/bundle/esbuild.h"
#include "packager/bundle/glob.h"
#include "packager/bundle/manifest.h"
#include "packager/bundle/named_files.h"

namespace dv8 {

// What stands for require.main in a program of one module.
inline constexpr char kMainModule[] = "__dv8_main";

class AppImports {
 public:
  // `options` and `manifest` are borrowed. `folder` is where the build runs and what becomes /app, `entry` the app's
  // first file; both are absolute.
  AppImports(const BundleOptions& options, const StdlibManifest& manifest, const std::string& folder, const std::string& entry);

  // Fills in what esbuild asks. kFollow: of files that stay modules of their own, in builds to learn from. Others: of
  // files that become one module, by what has been learnt.
  enum class Purpose { kFollow, kBundleModule, kBundleCommonJs };
  void AnswerIn(EsbuildBuild* build, Purpose purpose = Purpose::kFollow);
  // Code that files begin with in one module, by file: it must end with a semicolon.
  void BeginWith(std::map<std::string, std::string> beginnings) { beginnings_ = std::move(beginnings); }
  // Remembers where files use `require` as a value, by esbuild's warnings of that. In one module it is kOwnRequire there,
  // which they begin with: esbuild's knows nothing of where they lie.
  void LearnPassedOn(const std::vector<EsbuildMessage>& warnings);
  bool PassesOnRequire(const std::string& file) const { return passed_on_.contains(file); }
  static constexpr std::string_view kOwnRequire = "__dv8_own";

  // Bundles the code of `files`, too, for programs that load it by computed names; the build's input
  // has to begin with PackedImport(). What is no module is left out by LearnFrom(). False when it was all there.
  bool PackModules(const FilesBeside& files);
  std::string PackedImport() const;

  // Takes from `result` the imports that the next build leaves to the run time. False when that
  // build would not end otherwise.
  bool LearnFrom(const EsbuildResult& result);

  std::string ScriptLoaderOf(const std::string& file) const;
  // Whether Node 24 has a module of this name, with or without "node:".
  bool IsNodeModule(std::string_view specifier) const;

  // Files whose texts stay out of the build, because they may only be what they are as modules of their own (`with`,
  // `delete x`): what they load by name goes in. False when `file` was one already.
  bool KeepOut(const std::string& file) { return kept_out_.insert(file).second; }
  // Whether `warning` is about what stands for the text of `file`.
  bool StandsFor(const std::string& file, const EsbuildMessage& warning) const;
  bool KeepsOutAny() const { return !kept_out_.empty(); }

  // The texts of files in which imports are not deferred, which V8 cannot do.
  const std::map<std::string, std::string>& undeferred() const { return undeferred_; }
  // Leaves files that esbuild cannot read, and that are not the entry, to the run time, which may never come to them. False
  // when `errors` are others, or were there before.
  bool LeaveBroken(const std::vector<EsbuildMessage>& errors);
  // Whether esbuild refuses what is in `file`, and Node does not.
  bool IsOnlyForNode(const std::string& file) const { return for_node_.contains(file); }
  // Whether some import is one that only a module's own can be: of a file by its attribute, of WebAssembly.
  bool NeedsModules() const { return imports_files_ || imports_sources_ || !wasm_modules_.empty(); }
  bool ImportsSources() const { return imports_sources_; }
  // Takes the WebAssembly files whose exports are imported by name: they are modules, and not bytes. False when there
  // are no new ones.
  bool TakeWasmModules(const EsbuildResult& result);

  // By the last build's metafile: the errors for imports that Node could not resolve or link either when it
  // starts the app, because only static imports lead to them from the entry.
  std::vector<EsbuildMessage> UnresolvedAtStart(const std::string& metafile) const;
  // Whether there may be such errors.
  bool LeavesAny() const { return !missing_.empty() || !unlinked_.empty() || !broken_.empty(); }
  // The errors for imports that are left to the run time.
  std::vector<EsbuildMessage> LeftToRunTime() const;
  // Warnings for modules of Node that the app imports and the library does not have.
  const std::vector<std::string>& unknown_modules() const { return unknown_; }
  // The first static import of a "node:" module that Node does not have either.
  const std::optional<Diagnostic>& no_such_module() const { return no_such_module_; }

 private:
  struct Import {
    std::string importer;
    std::string path;
    auto operator<=>(const Import&) const = default;
  };
  // A script of ours that loads modules from one folder.
  struct PackedScript {
    std::string folder;
    std::string text;
  };
  struct Argument {
    int line, column, size;  // In bytes; the line from 1.
  };
  // A place of esbuild's error that Node sees no error in until it runs it.
  struct RunTimeError {
    int line, column, size;
    std::string text;
  };

  std::string Filter() const;
  bool IsExternal(const std::string& path) const;
  std::optional<EsbuildResolution> Resolve(const EsbuildImport& import, const EsbuildResolution* own);
  std::optional<EsbuildSource> Load(const std::string& path, const std::string& name_space) const;
  EsbuildResolution ToLibrary(const EsbuildImport& import, const std::string& module);
  EsbuildResolution ToRunTime(const EsbuildImport& import) const;
  void NoteUnknown(const EsbuildImport& import);
  bool LeaveOutPhase(const EsbuildMessage& error, std::string_view phase);
  void WritePackedScripts();
  bool LearnFromPacked(const EsbuildMessage& error);
  bool LearnExport(const EsbuildMessage& error);
  bool IsRunTimeError(const EsbuildMessage& error) const;
  bool WriteForNode(const std::map<std::string, std::vector<RunTimeError>>& errors);
  std::optional<EsbuildResolution> ResolveEncoded(const EsbuildImport& import) const;

  const BundleOptions& options_;
  const Excluded excluded_;
  const StdlibManifest& manifest_;
  const std::string folder_;
  const std::string entry_;
  Purpose purpose_ = Purpose::kFollow;
  std::map<std::string, std::string> aliased_;  // By name: the module that stands for it.
  std::map<Import, EsbuildMessage> missing_;    // What esbuild did not find, and its error.
  std::set<Import> static_missing_;
  std::set<Import> only_types_;  // Of TypeScript: nothing is there when it runs.
  // By file: arguments of require() and import() that are patterns and match nothing to bundle.
  std::map<std::string, std::vector<Argument>> patterns_;
  std::map<std::string, std::vector<Argument>> passed_on_;  // By file: each `require` that is used as a value.
  std::set<std::string> no_code_;                           // Files that a pattern or PackModules() leads to and esbuild cannot read.
  std::set<std::string> foreign_;  // Files of packages with unknown endings that only require() takes for JavaScript.
  std::set<std::string> kept_out_;
  std::set<std::string> load_;                                    // Files whose texts esbuild asks for.
  std::map<std::string, std::set<std::string>> missing_exports_;  // By file: names that others import of it.
  std::map<Import, EsbuildMessage> unlinked_;                     // The errors for those, each with its text in the place of a path.
  std::map<std::string, std::string> undeferred_;                 // By file.
  std::map<std::string, std::string> beginnings_;                 // By file, of one module.
  std::map<std::string, std::string> without_phases_;             // By file: what esbuild bundles, which knows no phases.
  std::map<std::string, std::string> for_node_;   // By file: a text that esbuild follows in the place of what only Node takes.
  std::set<std::string> ambiguous_;               // Files that import what several modules export.
  std::map<std::string, EsbuildMessage> broken_;  // By file.
  std::set<std::string> wasm_modules_;
  bool closes_wide_patterns_ = false;  // Since one led to what is no code.
  bool imports_files_ = false;
  bool imports_sources_ = false;
  std::vector<PackedScript> packed_;
  FilesBeside packed_files_;
  std::set<std::string> unpacked_;         // Code that PackModules() is not to take again.
  std::set<std::string> waiting_modules_;  // Code with a top-level await: import() alone can have it.
  std::set<std::string> noted_;
  std::vector<std::string> unknown_;
  std::optional<Diagnostic> no_such_module_;
};

// Whether `error` is that a name is one of the words which only strict mode reserves.
bool IsReservedName(const EsbuildMessage& error);

// Whether a path in esbuild's metafile or source map is a stub of ours.
bool IsStub(std::string_view path);

}  // namespace dv8
