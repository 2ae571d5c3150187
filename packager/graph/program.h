// Makes a program of one script the program of its modules.
#pragma once

#include <string>

#include "packager/bundle/bundle.h"
#include "packager/bundle/manifest.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Whether `app` can be its modules: it neither loads modules as dv8 does, nor starts dv8's threads, nor is debugged.
bool CanBeGraph(const AppBundle& app);

// Puts the files of `app` in the place of its script. `messages` gets what esbuild says.
Result<Done> MakeGraph(const BundleOptions& options, Esbuild* esbuild, const StdlibManifest& manifest, AppBundle* app,
                       std::string* messages);

}  // namespace dv8
