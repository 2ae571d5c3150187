// JavaScript of the program's files that are none: TypeScript, JSX, and what --define, --minify and --banner change. Each file
// stays a file; its ES modules stay ES modules.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/graph/graph.h"
#include "runtime/payload/result.h"

namespace dv8 {

struct TranspiledFile {
  int file;  // In Graph::files.
  std::string code;
  std::string map;  // Its source is the file's virtual path.
};

// The files of `graph` that need it; `app.texts`, by file, stand in place of the files' own. Errors in them are in
// `messages`.
Result<std::vector<TranspiledFile>> TranspileFiles(const Graph& graph, const AppBundle& app, const BundleOptions& options, Esbuild* esbuild,
                                                   std::string* messages);

}  // namespace dv8
