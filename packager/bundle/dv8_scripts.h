// dv8's own way with files. There a program is a script, and require() runs the file that it
// names, which counts from the working folder, anew at each call. With --env=core the program and
// the files that it names are therefore packed as texts for stdlib-js/dv8/core.js to run, and
// what is no such script (packages, JSON, ECMAScript modules) is the program's modules. In any
// environment, files that threads start from are packed so too.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/bundle/json.h"
#include "packager/bundle/manifest.h"

namespace dv8 {

struct Dv8Scripts {
  std::string folder = "/app";               // What paths count from: the virtual path of the working folder.
  std::string down;                          // From there to the folder that became /app, when it is below.
  std::map<std::string, std::string> texts;  // By virtual path.
  std::vector<std::string> files;            // Their real paths.
  // What require() asks for that is no script (a virtual path or a package's name), and what esbuild resolves in its place.
  std::map<std::string, std::string> required;
  std::map<std::string, std::string> modules_required;  // Where that leads to: virtual paths.
  std::set<std::string> modules;                        // Of the library.
  std::set<std::string> globals;                        // Those that the scripts name.
  // A script runs text that is not known now, which may name any global of dv8's.
  bool evaluates = false;

  // The entry that esbuild looks at in place of the program's own.
  std::string Entry() const;
  // Finds in the metafile of that build where `required` leads to, in files below `root`.
  void TakeModules(const Json& meta, const std::string& root);
  // What the library's script does with the texts; `entry` is empty when the program is none.
  std::string Installation(const std::string& entry) const;
};

// The program of --env=core as scripts. Nothing when its entry is no script: an ECMAScript module,
// TypeScript. `globals` are those that are looked for.
Result<std::optional<Dv8Scripts>> CollectProgram(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest,
                                                 const std::set<std::string>& globals, const std::string& root, const std::string& entry,
                                                 std::string* messages);

// The scripts that string literals of `sources`, files of the app, name, and those that files with
// threads require: what threads start from.
Result<Dv8Scripts> CollectNamedScripts(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest,
                                       const std::set<std::string>& globals, const std::string& root, const std::string& entry,
                                       const std::vector<std::string>& sources, std::string* messages);

// Whether `code` may run text that was not packed.
bool Evaluates(std::string_view code);

// Adds the modules and globals that `text`, a script nobody has looked into, may name.
void AddNames(const StdlibManifest& manifest, std::string_view text, AppBundle* bundle);

}  // namespace dv8
