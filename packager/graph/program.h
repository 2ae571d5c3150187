// Makes a program of what esbuild has found.
#pragma once

#include <string>

#include "packager/bundle/bundle.h"
#include "packager/bundle/manifest.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Puts the files of `app` into it, with what has to be made of them, and the table of their imports. `messages` gets what
// esbuild says.
Result<Done> MakeGraph(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest, AppBundle* app,
                       std::string* messages);

}  // namespace dv8
