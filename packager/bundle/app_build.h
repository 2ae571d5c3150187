// Has esbuild build the app until nothing is left that a build can learn from the one before it: what is
// not found, what waits at the top level, what the code loads by computed names.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/bundle/esbuild.h"
#include "packager/bundle/glob.h"
#include "packager/bundle/imports.h"
#include "packager/bundle/manifest.h"
#include "packager/bundle/named_files.h"

namespace dv8 {

// Where esbuild thinks that it writes to: places in its source map are relative to it.
inline constexpr char kOutFolder[] = "/";

// dv8pack's, absolute.
std::string WorkingDirectory();

// The globals that the packager wants to know of whether the code names them. `module` and
// `require` are every wrapper's own.
std::set<std::string> PlaceholderGlobals(const BundleOptions& options, const StdlibManifest& manifest);

// The names in --conditions.
std::vector<std::string> ConditionsOf(const BundleOptions& options);

// esbuild's options for where imports lead.
std::vector<std::string> FlagsOfImports(const BundleOptions& options);

// esbuild's options for what is in a file: loaders, definitions, JSX and TypeScript.
std::vector<std::string> FlagsOfFiles(const BundleOptions& options);

struct AppBuild {
  EsbuildResult result;
  bool awaits = false;
  std::vector<std::string> inputs;  // Absolute, of the last build that FindBeside() looked at.
  std::vector<EsbuildMessage> computed;
  std::vector<std::string> chosen;  // What --asset names, absolute.
  FilesBeside beside;               // By the last build.

  void FindComputed();
  // By the last build.
  Result<Done> FindBeside(const std::string& root, const std::string& entry, const Excluded& excluded, const AppImports& imports);
  // Whether the code does more with a require() of its own than call it with a name.
  bool HandsOnRequire() const;
};

// A script that imports `entry`, which lies below `root`.
std::string ImportOf(const std::string& root, const std::string& entry);
// The same for an entry whose exports are looked at when it has run.
std::string ImportAllOf(const std::string& root, const std::string& entry);

// `input` is a script that imports the app. `messages` gets warnings, errors and notices as they are
// printed.
Result<AppBuild> BuildApp(const BundleOptions& options, const StdlibManifest& manifest, Esbuild* esbuild, AppImports* imports,
                          const std::string& root, const std::string& entry, const std::string& input, std::string* messages);

}  // namespace dv8
