// What a program consists of: esbuild follows its imports, and bundles the parts of the standard library that it turns out
// to use.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "packager/bundle/esbuild.h"
#include "packager/bundle/manifest.h"
#include "runtime/payload/result.h"

namespace dv8 {

enum class Globals { kNamed, kAll };
// kCore: dv8's globals and the language's, and no others but those that the code names.
enum class Environment { kDefault, kCore };

struct BundleOptions {
  std::string entry;                 // As the user wrote it.
  std::vector<std::string> defines;  // K=V
  std::vector<std::string> aliases;  // from=to
  std::vector<std::string> externals;
  std::vector<std::string> excludes;           // Patterns of files that stay out: Excluded.
  std::vector<std::string> loaders;            // .ext=loader
  std::vector<std::string> esbuild_arguments;  // --jsx=…, --conditions=…: as they are.
  std::vector<std::string> included_modules;   // Names of library modules.
  std::vector<std::string> included_packages;  // Packages, and files of packages, whatever the code imports.
  std::vector<std::string> included_files;     // The same for files: absolute.
  std::vector<std::string> assets;             // Files and folders that the user chose to embed.
  std::string banner;                          // Code for the head of the entry, in one line.
  std::string tsconfig;
  std::string vintage;  // Of dv8: "0.0.4", "0.0.5" or "0.0.6"; empty for the newest.
  std::string output;   // The executable's file, which is no part of the app; may be empty.
  Globals globals = Globals::kNamed;
  Environment environment = Environment::kDefault;
  bool one_module = false;  // esbuild makes one module of all files.
  bool minify = false;
  bool is_sourceless = false;  // Code goes in compiled, without its text.
  bool strict = false;         // What is left to the run time is an error.
  bool source_contents = true;
  bool color = false;
};

// A file that goes into the app beside its script.
struct EmbeddedFile {
  std::string path;  // Virtual.
  std::string bytes;
  bool is_users = true;  // --asset names it; else it is a part of the program.
  bool is_link = false;  // A symbolic link: the bytes are the path that it leads to.
};

// A script as it is stored.
struct Script {
  std::string bytes;
  bool is_utf16 = false;  // Else Latin-1.

  const char* encoding() const { return is_utf16 ? "utf16" : "latin1"; }
};

class AppImports;

struct AppBundle {
  std::string source_map;         // Names virtual paths.
  std::string entry;              // Virtual path.
  std::string link;               // The virtual path of the symbolic link that leads to the entry; empty when it was named itself.
  std::string entry_file;         // Where it lies.
  std::string root;               // The folder that became /app.
  std::set<std::string> modules;  // Of the library.
  std::set<std::string> globals;
  std::set<std::string> standard_globals;    // The named ones that no module of dv8's gives.
  std::vector<EmbeddedFile> files;           // What the `file` loader asks for, and what lies beside the code.
  std::vector<std::string> inputs;           // Virtual paths of the bundled files, sorted.
  std::vector<std::string> input_files;      // Where they, and the embedded ones, lie.
  std::string metafile;                      // esbuild's.
  std::vector<std::string> beside;           // What the code finds beside itself, absolute.
  bool awaits = false;                       // Some module has a top-level await.
  std::shared_ptr<AppImports> imports;       // What has been learnt of where they lead.
  bool loads_as_dv8 = false;                 // By module("x") and library("x").
  std::map<std::string, std::string> texts;  // By file, of those that stand in place of the files' own.
  bool has_decorators = false;               // esbuild has made JavaScript of some that V8 does not know.
  bool imports_sources = false;              // `import source a from 'a.wasm'`.
  std::vector<std::string> code;             // Virtual paths of the graph's files that V8 compiles.
  bool needs_node_loader = false;            // Its modules are more than the small loader can run.
  bool has_node_library = false;             // Node's own, for what it names of Node.
  bool runs_assets = false;                  // As scripts: threads do, and text that is evaluated may.
  std::string library_tail;                  // What the library's script does last: see dv8_scripts.h.
};

struct Library {
  Script script;
  std::set<std::string> bindings;  // The native modules that it names, without "internal:".
};

// `messages` gets what esbuild says (warnings, errors with code frames).
Result<AppBundle> BundleApp(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest, std::string* messages);

// The library's script with just these modules and globals. `folder` is share/dv8pack/stdlib.
Result<Library> BundleStdlib(const std::string& folder, Esbuild* esbuild, const StdlibManifest& manifest, const AppBundle& app,
                             Environment environment);

// `text` (UTF-8) as Latin-1 when it can be, else as UTF-16LE.
Script EncodeScript(std::string_view text);

}  // namespace dv8
