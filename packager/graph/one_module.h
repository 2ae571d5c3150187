// --bundle: esbuild makes one module of a program's files, by its own rules.
#pragma once

#include <string>
#include <vector>

#include "packager/bundle/bundle.h"
#include "packager/graph/graph.h"
#include "packager/graph/transpile.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Puts the module in the place of the files in `graph`: what is left is the entry, and files that only computed names lead
// to, with what they import, as modules of their own. Files that the module asks for by their paths (the loader `file`) are
// added to `app`. Errors are in `messages`.
Result<std::vector<TranspiledFile>> BundleModules(const BundleOptions& options, Esbuild* esbuild, AppBundle* app, Graph* graph,
                                                  std::string* messages);

}  // namespace dv8
