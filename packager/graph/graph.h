// A program as its modules: the files that belong to it, what each of them is, and where their imports lead.
// esbuild finds that out (its metafile); packager/bundle asks for it when a program is packed with Node's library,
// whose own loader runs the modules.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "packager/bundle/glob.h"
#include "packager/bundle/json.h"
#include "packager/bundle/loaders.h"
#include "runtime/payload/result.h"

namespace dv8 {

// What Node's loader makes of a file. kUnknown: CommonJS, or an ES module when its text says so.
enum class ModuleFormat { kUnknown, kCommonJs, kModule, kJson, kWasm, kValue };

// An import and where it leads: a file by its number in Graph::files, or a module of the library.
struct GraphImport {
  std::string specifier;
  int file = -1;
  std::string library;  // "dv8:main"; empty for a file.
};

struct GraphFile {
  std::string file;    // Where it lies: absolute.
  std::string path;    // Virtual.
  std::string loader;  // esbuild's name for how it is read: "js", "ts", "json", "text", ….
  ModuleFormat format = ModuleFormat::kUnknown;
  bool has_module_syntax = false;
  bool is_common_js = false;          // By what it uses.
  bool has_attributes = false;        // Some import has `with { type: … }` that is not JSON's: require() has none.
  std::vector<GraphImport> imported;  // By `import`, in their order.
  std::vector<GraphImport> required;  // By `require`.
};

struct Graph {
  std::vector<GraphFile> files;  // Sorted by path.
};

// Gives the text of a file of the program.
using SourceReader = std::function<Result<std::string>(const std::string& file)>;

// The graph in a metafile of a build in `root`, whose files have the loaders of FileLoaders(). `awaits`: some module has a
// top-level await, which no CommonJS module can have. Files that a pattern of require() or import() matches are in the
// metafile when they are `excluded`, too.
Graph ReadGraph(const Json& meta, const std::string& root, const LoadersByEnding& loaders, bool awaits, const Excluded& excluded,
                const SourceReader& read);

struct GraphTableOptions {
  std::string_view entry;        // A virtual path.
  bool imports_sources = false;  // Some module has `import source`.
  // V8's inspector shows scripts that are compiled when it is there: none lies in the snapshot.
  bool is_debugged = false;
  bool is_sourceless = false;  // No text of code is kept.
};

// The graph as the object that internal/dv8/program.js takes.
std::string GraphTable(const Graph& graph, const GraphTableOptions& options);

// Whether a file is an ES module that has to become a CommonJS one. Other than under Node, where it would not run,
// JavaScript may have both import declarations and calls of require(); TypeScript is CommonJS where nothing says
// otherwise, as for tsc.
bool BecomesCommonJs(const GraphFile& file);

// Whether esbuild has to make JavaScript of a file of this loader: of TypeScript and JSX.
bool IsTranspiled(std::string_view loader);

// Whether esbuild makes a CommonJS module of what is no code.
bool IsMadeValue(std::string_view loader);

}  // namespace dv8
