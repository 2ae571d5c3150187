// The standard library's list of modules, share/dv8pack/stdlib/manifest.json.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

// What makes a program behave as `node`. It has no bare name: "node" is a word that code has for other things.
inline constexpr char kNodeProgram[] = "dv8:node";

struct StdlibModule {
  std::string file;                  // Under the library's folder; "internal:…" for a native one; empty for Node's.
  std::vector<std::string> aliases;  // "fs" for "node:fs".
  // Code with all words of one of these needs the module unasked.
  std::vector<std::vector<std::string>> words;
};

struct StdlibManifest {
  static Result<StdlibManifest> Parse(std::string_view json, const std::string& path);

  // The module that `specifier` (a name or an alias, exactly) stands for; empty when none.
  std::string Resolve(std::string_view specifier) const;
  // The module whose name is nearest to `specifier`, for a hint; empty when none is near.
  std::string Nearest(std::string_view specifier) const;

  // Adds the user's native module `name` as "dv8:name". False when the library has that name.
  bool AddNative(const std::string& name);
  // Gives dv8's modules their bare names where Node has no module of that name and `is_package`
  // says of none that the app has a package of that name.
  void AliasDv8(const std::function<bool(const std::string&)>& is_package);
  // Makes it the library of --env=core: a bare name is dv8's module before it is Node's, and
  // dv8:core gives the globals in `core`.
  void UseCore();

  std::map<std::string, StdlibModule> modules;  // By name: "node:fs".
  // Node's own names, whatever they stand for: "node:fs" and "fs".
  std::set<std::string, std::less<>> node_names;
  std::map<std::string, std::string> globals;  // "print" -> the module of dv8's that gives it.
  std::set<std::string> node_globals;          // Those of Node's library that the small start lacks.
  // Of those: the module of dv8's that makes them, where a program has it, so that they need no library of Node's.
  std::map<std::string, std::string> stand_ins;
  std::set<std::string> engine_globals;     // Newer than what --env=core has.
  std::set<std::string> bootstrap_globals;  // Those that the bootstrap makes.
  std::set<std::string> core;               // Globals that dv8:core gives every program of --env=core.
  std::string bootstrap;                    // The file that starts the library.
  std::string node_bootstrap;               // The same for programs with Node's.
};

// The modules that stubs in `script`, esbuild's output, ask for, and those whose word is in it.
std::set<std::string> StubsIn(const StdlibManifest& manifest, std::string_view script);

// The dv8 modules that `source`, a file of the app, asks for by module("x") or library("x").
std::set<std::string> NamedAsDv8(const StdlibManifest& manifest, std::string_view source);

// The modules that some call in `script` names by a string literal: what code that makes its
// own `require` at run time may want.
// `bare` says what a name without a scheme may mean: in a program for Node, "debugger" and "system" are mere words.
// esbuild's output has the first quotes only.
enum class BareNames { kNode, kNodeAndDv8 };
inline constexpr std::string_view kEsbuildQuotes = "\"";
inline constexpr std::string_view kAllQuotes = "\"'`";
std::set<std::string> NamedInCalls(const StdlibManifest& manifest, std::string_view script, BareNames bare,
                                   std::string_view quotes = kEsbuildQuotes);

// Those that `source`, a file nobody has looked into, requires.
std::set<std::string> RequiredIn(const StdlibManifest& manifest, std::string_view source);

// kSmall: what every program has, and dv8's modules. kNode: the same over Node's library, which has the modules
// and globals of Node itself.
enum class StdlibStart { kSmall, kNode };
// The script that starts the library with just `modules` and `globals`, for esbuild to bundle
// with the library's folder as its working directory.
std::string StdlibEntry(const StdlibManifest& manifest, const std::set<std::string>& modules, const std::set<std::string>& globals,
                        StdlibStart start);
// What follows it for --env=core: leaves the globals in `kept` beside the language's.
std::string TrimGlobals(const StdlibManifest& manifest, const std::set<std::string>& kept);

}  // namespace dv8
