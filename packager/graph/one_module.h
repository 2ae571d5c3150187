// --bundle: esbuild makes one module of a program's files, by its own rules.
#pragma once

#include <string>

#include "packager/bundle/bundle.h"
#include "packager/graph/graph.h"
#include "packager/graph/transpile.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Puts the module in the place of the files in `graph`: what is left is the entry. Files that the module asks for by their
// paths (the loader `file`) are added to `app`. Errors are in `messages`.
Result<TranspiledFile> BundleModules(const BundleOptions& options, Esbuild* esbuild, AppBundle* app, Graph* graph, std::string* messages);

}  // namespace dv8
